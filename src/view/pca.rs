//! Principal component analysis, in small units of work.
//!
//! The covariance is accumulated row by row; its leading eigenvectors are found by subspace iteration with a Rayleigh-Ritz step
//! (Saad, "Numerical Methods for Large Eigenvalue Problems", 2011, chapter 5). The result is deterministic, signs included.

/// The number of vectors that are iterated in addition to the components: the more, the fewer iterations.
const OVERSAMPLING: usize = 6;

/// The residual at which the iteration has converged, relative to the largest eigenvalue.
const TOLERANCE: f64 = 1e-8;

/// The same for rows that come in rounds: nobody sees a smaller difference.
const ROUND_TOLERANCE: f64 = 1e-3;

/// The most vectors that are iterated for rows that come in rounds.
const MAX_VECTORS: usize = 2 + OVERSAMPLING;

/// The limit of iterations, which data without structure reaches.
const MAX_ITERATIONS: u32 = 300;

/// The limit of sweeps of the Jacobi method; a small matrix needs about six.
const MAX_JACOBI_SWEEPS: u32 = 30;

/// The covariance of rows of `D` features, as sums in `f64`.
#[derive(Clone, Debug)]
pub struct Covariance {
    count: u64,
    /// `[D]`
    sums: Vec<f64>,
    /// The sums of `x_i x_j` for `j >= i`, row after row: `[D (D + 1) / 2]`
    products: Vec<f64>,
    /// The indices and values of the nonzero features of a row.
    nonzero: Vec<(usize, f64)>,
}

impl Covariance {
    /// Creates empty sums over rows of `d` features.
    pub fn new(d: usize) -> Self {
        let products = vec![0.0; d * (d + 1) / 2];
        Self { count: 0, sums: vec![0.0; d], products, nonzero: Vec::with_capacity(d) }
    }

    /// Adds a row. Zeros cost almost nothing.
    ///
    /// # Panics
    /// If it does not have `D` features.
    pub fn add(&mut self, row: &[f32]) {
        let d = self.sums.len();
        assert_eq!(row.len(), d, "a row has {d} features");
        self.count += 1;
        self.nonzero.clear();
        let nonzero = row.iter().enumerate().filter(|(_, x)| **x != 0.0);
        self.nonzero.extend(nonzero.map(|(index, &x)| (index, f64::from(x))));
        for (index, &(i, x)) in self.nonzero.iter().enumerate() {
            self.sums[i] += x;
            let products = &mut self.products[start(d, i)..start(d, i + 1)];
            for &(j, y) in &self.nonzero[index..] {
                products[j - i] += x * y;
            }
        }
    }

    /// Returns the number of rows.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the mean row, `[D]`; zeros if there are no rows.
    pub fn mean(&self) -> Vec<f64> {
        let count = self.count.max(1) as f64;
        self.sums.iter().map(|sum| sum / count).collect()
    }

    /// Returns the row `i` of the covariance from the diagonal on, given the mean row.
    fn row<'a>(&'a self, mean: &'a [f64], i: usize) -> impl Iterator<Item = f64> + 'a {
        let (count, d) = (self.count.max(1) as f64, mean.len());
        let products = &self.products[start(d, i)..start(d, i + 1)];
        products.iter().zip(&mean[i..]).map(move |(product, y)| product / count - mean[i] * y)
    }

    /// Computes the first `k` principal components.
    pub fn pca(&self, k: usize) -> Pca {
        let mut solver = PcaSolver::new(self, k);
        while !solver.advance(self, usize::MAX) {}
        solver.pca()
    }
}

/// The subspace iteration for the principal components of a covariance.
#[derive(Clone, Debug)]
pub struct PcaSolver {
    subspace: Subspace,
    iterations: u32,
    /// The next row of the covariance in this iteration.
    row: usize,
    is_converged: bool,
}

impl PcaSolver {
    /// Starts solving for the first `min(k, D)` principal components.
    pub fn new(covariance: &Covariance, k: usize) -> Self {
        let mean = covariance.mean();
        let diagonal = (0..mean.len()).map(|i| covariance.row(&mean, i).next().unwrap_or_default());
        let total_variance = diagonal.map(|variance| variance.max(0.0)).sum();
        let subspace = Subspace { total_variance, ..Subspace::new(mean, k) };
        Self { is_converged: subspace.k == 0, subspace, iterations: 0, row: 0 }
    }

    /// Advances an iteration by up to `rows` rows of the same covariance, and returns whether the solver has finished. An iteration
    /// takes about `M D^2` multiplications for `M = k + 6` vectors.
    pub fn advance(&mut self, covariance: &Covariance, rows: usize) -> bool {
        if self.is_converged {
            return true;
        }
        self.multiply(covariance, rows);
        if self.row < self.subspace.mean.len() {
            return false;
        }
        self.row = 0;
        self.subspace.rotate();
        self.iterations += 1;
        self.is_converged = self.subspace.residual() <= TOLERANCE || self.iterations >= MAX_ITERATIONS;
        if !self.is_converged {
            self.subspace.iterate();
        }
        self.is_converged
    }

    /// Returns the current components.
    pub fn pca(&self) -> Pca {
        self.subspace.pca()
    }

    /// Computes `image = C vectors` for the next `rows` rows of `C`.
    fn multiply(&mut self, covariance: &Covariance, rows: usize) {
        let Subspace { mean, width, vectors, image, .. } = &mut self.subspace;
        let (d, m) = (mean.len(), *width);
        if self.row == 0 {
            image.fill(0.0);
        }
        let first = self.row;
        self.row = first.saturating_add(rows).min(d);
        for i in first..self.row {
            let mut row = covariance.row(mean, i);
            let diagonal = row.next().unwrap_or_default();
            let (own, below) = image[i * m..].split_at_mut(m);
            let vector = &vectors[i * m..];
            for (sum, x) in own.iter_mut().zip(vector) {
                *sum += diagonal * x;
            }
            let (mine, others) = vector.split_at(m);
            for ((c, image), other) in row.zip(below.chunks_exact_mut(m)).zip(others.chunks_exact(m)) {
                for (((sum, x), own), y) in image.iter_mut().zip(mine).zip(&mut *own).zip(other) {
                    *sum += c * x;
                    *own += c * y;
                }
            }
        }
    }
}

/// The principal components of rows that come again and again, such as a layer's outputs while the network trains. Each round
/// over the rows is an iteration, at `2 M D` multiplications per row: no covariance is made, which would take `D^2 / 2`.
#[derive(Clone, Debug)]
pub struct StreamingPca {
    subspace: Subspace,
    count: u64,
    /// The sums of the features, and of their squares.
    sums: Vec<f64>,
    squares: f64,
}

impl StreamingPca {
    /// Starts looking for the first `min(k, D)` components of rows of `d` features.
    pub fn new(d: usize, k: usize) -> Self {
        Self { subspace: Subspace::new(vec![0.0; d], k), count: 0, sums: vec![0.0; d], squares: 0.0 }
    }

    /// Adds a row of this round.
    ///
    /// # Panics
    /// If it does not have `D` features.
    pub fn add(&mut self, row: &[f32]) {
        let Subspace { vectors, image, width, .. } = &mut self.subspace;
        assert_eq!(row.len(), self.sums.len(), "a row has {} features", self.sums.len());
        let mut shares = [0.0; MAX_VECTORS];
        let shares = &mut shares[..*width];
        for (vector, &x) in vectors.chunks_exact(*width).zip(row) {
            shares.iter_mut().zip(vector).for_each(|(share, v)| *share += f64::from(x) * v);
        }
        for ((image, sum), &x) in image.chunks_exact_mut(*width).zip(&mut self.sums).zip(row) {
            let x = f64::from(x);
            image.iter_mut().zip(&*shares).for_each(|(image, share)| *image += x * share);
            *sum += x;
            self.squares += x * x;
        }
        self.count += 1;
    }

    /// Ends a round. Returns the components so far, and whether they have converged.
    pub fn finish_round(&mut self) -> (Pca, bool) {
        let (count, m) = (self.count.max(1) as f64, self.subspace.width);
        let mean: Vec<f64> = self.sums.iter().map(|sum| sum / count).collect();
        // C v = E[x (x . v)] - mean (mean . v)
        let mut shares = vec![0.0; m];
        for (vector, mean) in self.subspace.vectors.chunks_exact(m).zip(&mean) {
            shares.iter_mut().zip(vector).for_each(|(share, v)| *share += mean * v);
        }
        for (image, mean) in self.subspace.image.chunks_exact_mut(m).zip(&mean) {
            image.iter_mut().zip(&shares).for_each(|(image, share)| *image = *image / count - mean * share);
        }
        self.subspace.total_variance =
            self.squares / count - mean.iter().map(|mean| mean * mean).sum::<f64>();
        self.subspace.mean = mean;
        self.subspace.rotate();
        let found = (self.subspace.pca(), self.subspace.residual() <= ROUND_TOLERANCE);
        self.subspace.iterate();
        self.subspace.image.fill(0.0);
        self.sums.fill(0.0);
        (self.count, self.squares) = (0, 0.0);
        found
    }
}

/// The vectors that are iterated, and their images.
#[derive(Clone, Debug)]
struct Subspace {
    k: usize,
    /// The number of vectors, `M`.
    width: usize,
    mean: Vec<f64>,
    /// The vectors and their products with the covariance, `[D, M]` each.
    vectors: Vec<f64>,
    image: Vec<f64>,
    /// `[M]`
    values: Vec<f64>,
    total_variance: f64,
}

impl Subspace {
    /// Starts with vectors that hardly depend on the rows, for `min(k, D)` components.
    fn new(mean: Vec<f64>, k: usize) -> Self {
        let d = mean.len();
        let k = k.min(d);
        let width = (k + OVERSAMPLING).min(d);
        let mut subspace = Self {
            k,
            width,
            mean,
            vectors: (0..d * width).map(weyl).collect(),
            image: vec![0.0; d * width],
            values: vec![0.0; width],
            total_variance: 0.0,
        };
        subspace.orthonormalise();
        subspace
    }

    /// Begins the next iteration with the images of this one.
    fn iterate(&mut self) {
        std::mem::swap(&mut self.vectors, &mut self.image);
        self.orthonormalise();
    }

    /// Returns the components.
    fn pca(&self) -> Pca {
        let d = self.mean.len();
        let mut components = Vec::with_capacity(self.k * d);
        for column in 0..self.k {
            let of = |i: usize| self.vectors[i * self.width + column];
            // The sign is arbitrary: the entry of largest magnitude is made positive.
            let largest = (0..d).map(of).fold(0.0_f64, |max, x| if x.abs() > max.abs() { x } else { max });
            components.extend((0..d).map(|i| (of(i) * largest.signum()) as f32));
        }
        Pca {
            mean: self.mean.iter().map(|&x| x as f32).collect(),
            components,
            explained_variance: self.values[..self.k].iter().map(|value| value.max(0.0)).collect(),
            total_variance: self.total_variance,
        }
    }

    /// Rotates vectors and images to the eigenvectors within their span (Rayleigh-Ritz), largest eigenvalue first.
    fn rotate(&mut self) {
        let m = self.width;
        let mut small = vec![0.0; m * m];
        for (vector, image) in self.vectors.chunks_exact(m).zip(self.image.chunks_exact(m)) {
            for (row, x) in small.chunks_exact_mut(m).zip(vector) {
                row.iter_mut().zip(image).for_each(|(sum, y)| *sum += x * y);
            }
        }
        let rotation = jacobi(&mut small, m);
        let mut order: Vec<usize> = (0..m).collect();
        // An insertion sort, as there are only a few.
        for end in 1..m {
            let is_less = |a: usize, b: usize| small[a * m + a] < small[b * m + b];
            let mut i = end;
            while i > 0 && is_less(order[i - 1], order[i]) {
                order.swap(i - 1, i);
                i -= 1;
            }
        }
        self.values = order.iter().map(|&c| small[c * m + c]).collect();
        let mut old = vec![0.0; m];
        for row in self.vectors.chunks_exact_mut(m).chain(self.image.chunks_exact_mut(m)) {
            old.copy_from_slice(row);
            for (x, &column) in row.iter_mut().zip(&order) {
                *x = old.iter().enumerate().map(|(i, y)| y * rotation[i * m + column]).sum();
            }
        }
    }

    /// Returns the largest norm of `C v - value v` among the components, relative to the largest value.
    fn residual(&self) -> f64 {
        let m = self.width;
        let of = |column: usize| {
            let rows = self.vectors.chunks_exact(m).zip(self.image.chunks_exact(m));
            rows.map(|(v, image)| (image[column] - self.values[column] * v[column]).powi(2)).sum::<f64>()
        };
        let largest = self.values.first().map_or(0.0, |value| value.max(f64::MIN_POSITIVE));
        (0..self.k).map(of).fold(0.0, f64::max).sqrt() / largest
    }

    /// Orthonormalises the vectors.
    fn orthonormalise(&mut self) {
        let m = self.width;
        for column in 0..m {
            let norm_before = dot(&self.vectors, m, column, column).sqrt();
            let mut norm = project_out_previous(&mut self.vectors, m, column);
            let mut axis = 0;
            // A vector in the span of the previous ones is replaced by an axis outside of it.
            while norm <= 1e-10 * norm_before || norm < f64::MIN_POSITIVE {
                for (i, row) in self.vectors.chunks_exact_mut(m).enumerate() {
                    row[column] = f64::from(u8::from(i == axis));
                }
                norm = project_out_previous(&mut self.vectors, m, column);
                // At least one axis has this much outside of the span.
                norm = if norm * (m as f64).sqrt() < 0.5 { 0.0 } else { norm };
                axis += 1;
            }
            self.vectors.chunks_exact_mut(m).for_each(|row| row[column] /= norm);
        }
    }
}

/// The first principal components of rows of `D` features.
#[derive(Clone, Debug, PartialEq)]
pub struct Pca {
    /// The mean row, `[D]`.
    pub mean: Vec<f32>,
    /// The components, `[k, D]`: orthonormal, by descending variance. The entry of largest magnitude is positive.
    pub components: Vec<f32>,
    /// The variance along each component, `[k]`, as a mean over the rows.
    pub explained_variance: Vec<f64>,
    /// The total variance of the features.
    pub total_variance: f64,
}

impl Pca {
    /// Projects a row onto the components: `coordinates_k = component_k . (row - mean)`, `[k]`.
    ///
    /// # Panics
    /// If the row does not have `D` features.
    pub fn transform(&self, row: &[f32], coordinates: &mut [f32]) {
        let d = self.mean.len();
        assert_eq!(row.len(), d, "a row has {d} features");
        for (coordinate, component) in coordinates.iter_mut().zip(self.components.chunks_exact(d)) {
            let offsets = row.iter().zip(&self.mean).map(|(x, mean)| x - mean);
            *coordinate = offsets.zip(component).map(|(x, c)| x * c).sum();
        }
    }

    /// Maps coordinates back: `row = mean + sum_k coordinates_k component_k`, `[D]`.
    pub fn inverse_transform(&self, coordinates: &[f32], row: &mut [f32]) {
        let d = self.mean.len();
        row.copy_from_slice(&self.mean);
        for (coordinate, component) in coordinates.iter().zip(self.components.chunks_exact(d)) {
            row.iter_mut().zip(component).for_each(|(x, c)| *x += coordinate * c);
        }
    }
}

/// Returns the offset of row `i` in the packed upper triangle of a `d` by `d` matrix.
fn start(d: usize, i: usize) -> usize {
    i * (2 * d + 1 - i) / 2
}

/// Returns a quasi-random number from -0.5 to 0.5: a quadratic Weyl sequence of the golden ratio.
fn weyl(index: usize) -> f64 {
    let x = (index + 1) as f64;
    (x * x * 0.618_033_988_749_894_9).fract() - 0.5
}

/// Returns the dot product of two columns of `[D, M]`.
fn dot(vectors: &[f64], m: usize, a: usize, b: usize) -> f64 {
    vectors.chunks_exact(m).map(|row| row[a] * row[b]).sum()
}

/// Makes a column of `[D, M]` orthogonal to the previous ones by Gram-Schmidt, twice for accuracy, and returns its norm.
fn project_out_previous(vectors: &mut [f64], m: usize, column: usize) -> f64 {
    for other in (0..column).chain(0..column) {
        let share = dot(vectors, m, column, other);
        vectors.chunks_exact_mut(m).for_each(|row| row[column] -= share * row[other]);
    }
    dot(vectors, m, column, column).sqrt()
}

/// Diagonalises the symmetric `matrix: [M, M]` by the Jacobi method and returns the eigenvectors as columns.
fn jacobi(matrix: &mut [f64], m: usize) -> Vec<f64> {
    let mut vectors = vec![0.0; m * m];
    (0..m).for_each(|i| vectors[i * m + i] = 1.0);
    for _ in 0..MAX_JACOBI_SWEEPS {
        let mut is_diagonal = true;
        for (p, q) in (0..m).flat_map(|p| (p + 1..m).map(move |q| (p, q))) {
            let off = matrix[p * m + q];
            let (a, b) = (matrix[p * m + p], matrix[q * m + q]);
            if off.abs() <= 1e-17 * (a.abs() + b.abs()) {
                continue;
            }
            is_diagonal = false;
            let theta = 0.5 * (b - a) / off;
            let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
            let c = 1.0 / (t * t + 1.0).sqrt();
            let s = t * c;
            let mix = |matrix: &mut [f64], x: usize, y: usize| {
                (matrix[x], matrix[y]) = (c * matrix[x] - s * matrix[y], s * matrix[x] + c * matrix[y]);
            };
            for i in 0..m {
                mix(matrix, i * m + p, i * m + q);
                mix(&mut vectors, i * m + p, i * m + q);
            }
            for i in 0..m {
                mix(matrix, p * m + i, q * m + i);
            }
        }
        if is_diagonal {
            break;
        }
    }
    vectors
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns rows with components of known direction and standard deviation: cosines over whole periods are uncorrelated.
    fn waves(count: usize, mean: &[f32], parts: &[(f32, &[f32])]) -> Vec<Vec<f32>> {
        let row = |n: usize| {
            let mut row = mean.to_vec();
            for (k, (amplitude, direction)) in parts.iter().enumerate() {
                let angle = std::f64::consts::TAU * ((k + 1) * n) as f64 / count as f64;
                // The mean square of a cosine is one half.
                let share = (2.0_f64.sqrt() * angle.cos()) as f32 * amplitude;
                row.iter_mut().zip(*direction).for_each(|(x, d)| *x += share * d);
            }
            row
        };
        (0..count).map(row).collect()
    }

    fn of(rows: &[Vec<f32>]) -> Covariance {
        let mut covariance = Covariance::new(rows[0].len());
        rows.iter().for_each(|row| covariance.add(row));
        covariance
    }

    fn assert_near(actual: &[f32], expected: &[f32]) {
        let differs = actual.iter().zip(expected).any(|(a, b)| (a - b).abs() > 1e-5);
        assert!(actual.len() == expected.len() && !differs, "{actual:?}, not {expected:?}");
    }

    #[test]
    fn two_features_agree_with_the_closed_form() {
        // [[a, b], [b, c]] has the eigenvalues (a + c) / 2 +- sqrt(((a - c) / 2)^2 + b^2).
        let rows =
            [[1.0, 2.0], [3.0, 3.5], [-2.0, 0.5], [0.0, -1.0], [5.0, 2.0]].map(|row: [f32; 2]| row.to_vec());
        let mean = [1.4_f64, 1.4];
        let second = |i: usize, j: usize| {
            let product = |row: &Vec<f32>| (f64::from(row[i]) - mean[i]) * (f64::from(row[j]) - mean[j]);
            rows.iter().map(product).sum::<f64>() / 5.0
        };
        let (a, b, c) = (second(0, 0), second(0, 1), second(1, 1));
        let root = (0.25 * (a - c).powi(2) + b * b).sqrt();
        let pca = of(&rows).pca(2);
        assert_near(&pca.mean, &[1.4, 1.4]);
        for (actual, expected) in
            pca.explained_variance.iter().zip([0.5 * (a + c) + root, 0.5 * (a + c) - root])
        {
            assert!((actual - expected).abs() < 1e-12, "{actual}, not {expected}");
        }
        assert!((pca.total_variance - a - c).abs() < 1e-12);
        let (x, y) = (b, pca.explained_variance[0] - a);
        let length = x.hypot(y);
        assert_near(&pca.components[..2], &[(x / length) as f32, (y / length) as f32]);
    }

    #[test]
    fn components_are_ordered_by_variance_with_fixed_signs() {
        let mut directions = [[0.0_f32; 40], [0.0; 40], [0.0; 40]];
        directions[0][3..5].copy_from_slice(&[0.6, -0.8]);
        directions[1][17] = -1.0;
        directions[2][30..34].fill(0.5);
        let mean = [0.25; 40];
        let parts = [(0.5, &directions[0][..]), (3.0, &directions[1]), (1.0, &directions[2])];
        let pca = of(&waves(64, &mean, &parts)).pca(2);
        directions[1][17] = 1.0;
        assert_near(&pca.components[..40], &directions[1]);
        assert_near(&pca.components[40..], &directions[2]);
        assert!(
            (pca.explained_variance[0] - 9.0).abs() < 1e-5 && (pca.explained_variance[1] - 1.0).abs() < 1e-5
        );
        assert!((pca.total_variance - 10.25).abs() < 1e-5);
        assert_near(&pca.mean, &mean);
    }

    #[test]
    fn inverse_transform_restores_rows_in_the_span() {
        let rows = waves(32, &[1.0, -2.0, 0.0], &[(2.0, &[0.6, 0.8, 0.0]), (1.0, &[0.0, 0.0, 1.0])]);
        let pca = of(&rows).pca(2);
        let (mut coordinates, mut back) = ([0.0; 2], [0.0; 3]);
        for row in &rows {
            pca.transform(row, &mut coordinates);
            pca.inverse_transform(&coordinates, &mut back);
            assert_near(&back, row);
        }
        assert!((pca.total_variance - pca.explained_variance.iter().sum::<f64>()).abs() < 1e-6);
    }

    #[test]
    fn skipping_zeros_does_not_change_the_sums() {
        let rows: Vec<Vec<f32>> = (0..50_i16)
            .map(|n| (0..9_i16).map(|i| f32::from((n * (i + 3)) % 7 - 3).max(0.0)).collect())
            .collect();
        let (sparse, d) = (of(&rows), 9);
        for (i, j) in (0..d).flat_map(|i| (i..d).map(move |j| (i, j))) {
            let expected: f64 = rows.iter().map(|row| f64::from(row[i] * row[j])).sum();
            assert_eq!(sparse.products[start(d, i) + j - i], expected);
        }
    }

    #[test]
    fn two_components_agree_with_all_after_few_iterations() {
        // A slowly decaying spectrum, like that of images.
        let rows: Vec<Vec<f32>> = (0..400)
            .map(|n| (0..60).map(|i| (weyl(61 * n + i) / (1.0 + 0.1 * i as f64)) as f32).collect())
            .collect();
        let all = of(&rows).pca(60);
        assert!(all.explained_variance.is_sorted_by(|a, b| a >= b));
        assert!((all.explained_variance.iter().sum::<f64>() - all.total_variance).abs() < 1e-12);
        let covariance = of(&rows);
        let mut solver = PcaSolver::new(&covariance, 2);
        while !solver.advance(&covariance, usize::MAX) {}
        assert!(solver.iterations < 200, "{} iterations", solver.iterations);
        let two = solver.pca();
        assert_near(&two.components, &all.components[..120]);
        assert!((two.explained_variance[1] - all.explained_variance[1]).abs() < 1e-12);
    }

    #[test]
    fn rounds_over_the_rows_converge_to_the_components_of_their_covariance() {
        let rows: Vec<Vec<f32>> = (0..300)
            .map(|n| (0..40).map(|i| (0.3 + weyl(41 * n + i) / (1.0 + 0.3 * i as f64)) as f32).collect())
            .collect();
        let expected = of(&rows).pca(2);
        let mut rounds = StreamingPca::new(40, 2);
        let mut count = 0;
        let found = loop {
            rows.iter().for_each(|row| rounds.add(row));
            let (found, is_converged) = rounds.finish_round();
            count += 1;
            if is_converged {
                break found;
            }
        };
        assert!(count < 40, "{count} rounds");
        assert_near(&found.mean, &expected.mean);
        assert!(found.components.iter().zip(&expected.components).all(|(a, b)| (a - b).abs() < 1e-2));
        assert!((found.total_variance - expected.total_variance).abs() < 1e-9);
    }

    #[test]
    fn rows_without_variance_have_orthonormal_components() {
        for rows in [vec![], vec![vec![2.0_f32; 5]; 3]] {
            let mut covariance = Covariance::new(5);
            rows.iter().for_each(|row| covariance.add(row));
            let pca = covariance.pca(2);
            assert_eq!((pca.total_variance, pca.explained_variance), (0.0, vec![0.0; 2]));
            let length = |c: &[f32]| c.iter().map(|x| x * x).sum::<f32>();
            assert!(pca.components.chunks(5).all(|c| (length(c) - 1.0).abs() < 1e-6));
        }
        assert_eq!(Covariance::new(1).pca(2).components, [1.0]);
    }

    #[test]
    fn a_small_variance_far_from_zero_is_found() {
        let rows = waves(100, &[1e3, -1e3], &[(1e-1, &[0.6, 0.8])]);
        let pca = of(&rows).pca(1);
        assert!((pca.components[0] - 0.6).abs() < 1e-2, "{pca:?}");
    }
}

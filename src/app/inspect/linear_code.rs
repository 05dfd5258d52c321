//! The linear baseline: the test error of PCA with as many components as the code has dimensions.

use crate::data::{Dataset, PIXELS, write_pixels};
use crate::view::pca::{Covariance, Pca, PcaSolver};

/// The first estimate is from this many training digits, and over this many test digits.
const ESTIMATE_TRAIN: usize = 5_000;
const ESTIMATE_TEST: usize = 1_000;

/// The error of the best linear code, computed in stages: sums over the training digits, the components of their covariance,
/// and the test digits along the components. An estimate from the first digits comes before the error from all.
///
/// With `m` the mean training digit and `v_k` the components, the error of `n` test digits per pixel is
///
/// `E = 1 / (784 n) sum_x (|x - m|^2 - sum_k (v_k . (x - m))^2)`.
#[derive(Debug, Default)]
pub struct LinearCode {
    /// Sums over the training digits so far.
    sums: Option<Covariance>,
    /// The number of dimensions of the code.
    pub dim: usize,
    stage: Stage,
    error: Option<f32>,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Summing,
    Solving(PcaSolver),
    /// The components, the number of test digits measured, and the sum of their squared errors.
    Measuring(Pca, usize, f64),
    Done,
}

impl LinearCode {
    /// Returns the error per pixel on the test digits, or an estimate of it, once known.
    pub fn error(&self) -> Option<f32> {
        self.error
    }

    /// Returns whether the error is that from all digits.
    pub fn is_exact(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// Forgets everything, for another dataset.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Sets the number of dimensions. Returns whether it is another.
    pub fn use_dim(&mut self, dim: usize) -> bool {
        let is_other = dim != self.dim;
        if is_other {
            (self.dim, self.stage, self.error) = (dim, Stage::Summing, None);
        }
        is_other
    }

    /// Works on up to `units`, each a digit or a row of the covariance. The test digits are all here, the training digits as far
    /// as they have come. Returns how many units were done.
    pub fn work(&mut self, units: usize, train: &Dataset, test: &Dataset) -> usize {
        let is_estimate = self.error.is_none();
        let sums = self.sums.get_or_insert_with(|| Covariance::new(PIXELS));
        match &mut self.stage {
            Stage::Summing => {
                let next = sums.count() as usize;
                let wanted = if is_estimate { ESTIMATE_TRAIN.max(next) } else { usize::MAX };
                let end = (next + units).min(wanted).min(train.len());
                let mut row = [0.0; PIXELS];
                for index in next..end {
                    write_pixels(train.image(index), &mut row);
                    sums.add(&row);
                }
                if end == wanted || (end == train.len() && train.is_complete()) {
                    self.stage = Stage::Solving(PcaSolver::new(sums, self.dim));
                    return (end - next).max(1);
                }
                end - next
            }
            Stage::Solving(solver) => {
                if solver.advance(sums, units) {
                    self.stage = Stage::Measuring(solver.pca(), 0, 0.0);
                }
                units
            }
            Stage::Measuring(pca, next, squares) => {
                let is_exact = sums.count() as usize == train.len() && train.is_complete();
                let count = if is_exact { test.len() } else { ESTIMATE_TEST.min(test.len()) };
                let end = (*next + units).min(count);
                let done = end - *next;
                let (mut row, mut coordinates) = ([0.0; PIXELS], vec![0.0; self.dim]);
                for index in *next..end {
                    write_pixels(test.image(index), &mut row);
                    pca.transform(&row, &mut coordinates);
                    let square = |x: f32| f64::from(x) * f64::from(x);
                    *squares += row.iter().zip(&pca.mean).map(|(x, mean)| square(x - mean)).sum::<f64>();
                    *squares -= coordinates.iter().map(|&z| square(z)).sum::<f64>();
                }
                *next = end;
                if end == count {
                    self.error = Some((*squares / (PIXELS * count.max(1)) as f64) as f32);
                    self.stage = if is_exact { Stage::Done } else { Stage::Summing };
                }
                done.max(1)
            }
            Stage::Done => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::synthetic;

    /// Computes the error of the reconstructions, pixel by pixel.
    fn naive(train: &Dataset, test: &Dataset, dim: usize) -> f64 {
        let mut sums = Covariance::new(PIXELS);
        let (mut row, mut output) = ([0.0; PIXELS], [0.0; PIXELS]);
        let mut coordinates = vec![0.0; dim];
        for index in 0..train.len() {
            write_pixels(train.image(index), &mut row);
            sums.add(&row);
        }
        let pca = sums.pca(dim);
        let mut error = 0.0;
        for index in 0..test.len() {
            write_pixels(test.image(index), &mut row);
            pca.transform(&row, &mut coordinates);
            pca.inverse_transform(&coordinates, &mut output);
            error += row.iter().zip(&output).map(|(x, y)| f64::from(x - y).powi(2)).sum::<f64>();
        }
        error / (PIXELS * test.len()) as f64
    }

    fn error(code: &mut LinearCode, train: &Dataset, test: &Dataset, units: usize) -> f32 {
        while code.work(units, train, test) > 0 {}
        assert!(code.is_exact());
        code.error().unwrap()
    }

    #[test]
    fn the_closed_form_agrees_with_the_reconstructions() {
        let (train, test) = (synthetic::dataset(1, 0..300), synthetic::dataset(1, 300..380));
        let mut code = LinearCode::default();
        for (dim, units) in [(2, 7), (1, 1_000), (8, 100)] {
            code.use_dim(dim);
            assert_eq!(code.error(), None);
            let (found, expected) = (error(&mut code, &train, &test, units), naive(&train, &test, dim));
            assert!((f64::from(found) - expected).abs() < 1e-6, "{dim}: {found}, not {expected}");
        }
        assert!(!code.use_dim(8) && code.work(10, &train, &test) == 0, "it is known");
        code.clear();
        assert_eq!(code.error(), None);
    }

    #[test]
    fn an_estimate_from_the_first_digits_comes_first() {
        let all = synthetic::dataset(1, 0..6_300);
        let bytes = |range: std::ops::Range<usize>| {
            all.images(6_300)[range.start * PIXELS..range.end * PIXELS].to_vec()
        };
        let train = Dataset::from_bytes(PIXELS, bytes(0..6_000), Vec::new());
        let test = Dataset::from_bytes(PIXELS, bytes(6_000..6_300), Vec::new());
        let mut code = LinearCode::default();
        code.use_dim(2);
        while code.error().is_none() {
            assert!(code.work(100, &train, &test) > 0);
        }
        let (estimate, is_exact) = (code.error().unwrap(), code.is_exact());
        let exact = error(&mut code, &train, &test, 100);
        assert!(
            !is_exact && estimate != exact && (estimate / exact - 1.0).abs() < 0.02,
            "{estimate}, {exact}"
        );
    }

    /// The images of a part of MNIST, where `MNIST_DIR` names it.
    #[cfg(not(target_arch = "wasm32"))]
    fn mnist(part: &str) -> Option<Dataset> {
        let directory = std::env::var_os("MNIST_DIR")?;
        let path = std::path::Path::new(&directory).join(format!("{part}-images-idx3-ubyte.gz"));
        Some(Dataset::from_idx(&std::fs::read(path).unwrap(), None).unwrap())
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[test]
    fn on_mnist_it_agrees_with_numpy() {
        let (Some(train), Some(test)) = (mnist("train"), mnist("t10k")) else { return };
        let mut code = LinearCode::default();
        for (dim, expected) in [(1, 0.06073), (2, 0.05567), (8, 0.03744), (16, 0.02686), (30, 0.01769)] {
            code.use_dim(dim);
            let found = error(&mut code, &train, &test, 1_000);
            assert!((found - expected).abs() <= 0.6e-5, "{dim} components: {found}, not {expected}");
        }
    }
}

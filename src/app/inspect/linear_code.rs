//! The linear baseline: the test error of PCA with as many components as the code has dimensions.

use crate::data::{Dataset, PIXELS, write_pixels};
use crate::view::pca::{Covariance, Pca, PcaSolver};

/// The error of the best linear code, computed in stages: sums over the training digits, the components of their covariance,
/// and the test digits along the components.
///
/// With `m` the mean training digit and `v_k` the components, the error of `n` test digits per pixel is
///
/// `E = 1 / (784 n) (sum_x |x - m|^2 - sum_x sum_k (v_k . (x - m))^2)`,
///
/// whose first part is the error of the mean digit.
#[derive(Debug, Default)]
pub struct LinearCode {
    /// Sums over the training digits so far.
    sums: Option<Covariance>,
    /// The number of dimensions of the code.
    pub dim: usize,
    stage: Stage,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Summing,
    Solving(PcaSolver),
    /// The components, the number of test digits measured, and the sum of their squared coordinates.
    Measuring(Pca, usize, f64),
    Done(f32),
}

impl LinearCode {
    /// Returns the error per pixel on the test digits, once known.
    pub fn error(&self) -> Option<f32> {
        match self.stage {
            Stage::Done(error) => Some(error),
            _ => None,
        }
    }

    /// Forgets everything, for another dataset.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Sets the number of dimensions. Returns whether it is another.
    pub fn use_dim(&mut self, dim: usize) -> bool {
        let is_other = dim != self.dim;
        if is_other {
            (self.dim, self.stage) = (dim, Stage::Summing);
        }
        is_other
    }

    /// Works on up to `units`, each a digit or a row of the covariance, of complete datasets. Returns how many were done.
    /// `mean_digit` is the error of the mean digit.
    pub fn work(&mut self, units: usize, train: &Dataset, test: &Dataset, mean_digit: f32) -> usize {
        match &mut self.stage {
            Stage::Summing => {
                let sums = self.sums.get_or_insert_with(|| Covariance::new(PIXELS));
                let next = sums.count() as usize;
                let end = (next + units).min(train.len());
                let mut row = [0.0; PIXELS];
                for index in next..end {
                    write_pixels(train.image(index), &mut row);
                    sums.add(&row);
                }
                if end == train.len() {
                    self.stage = Stage::Solving(sums.clone().into_solver(self.dim));
                }
                (end - next).max(1)
            }
            Stage::Solving(solver) => {
                if solver.advance(units) {
                    self.stage = Stage::Measuring(solver.pca(), 0, 0.0);
                }
                units
            }
            Stage::Measuring(pca, next, squares) => {
                let end = (*next + units).min(test.len());
                let done = end - *next;
                let (mut row, mut coordinates) = ([0.0; PIXELS], vec![0.0; self.dim]);
                for index in *next..end {
                    write_pixels(test.image(index), &mut row);
                    pca.transform(&row, &mut coordinates);
                    *squares += coordinates.iter().map(|&z| f64::from(z * z)).sum::<f64>();
                }
                *next = end;
                if end == test.len() {
                    let per_pixel = *squares / (PIXELS * test.len().max(1)) as f64;
                    self.stage = Stage::Done((f64::from(mean_digit) - per_pixel) as f32);
                }
                done.max(1)
            }
            Stage::Done(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{mean_digit_error, synthetic};

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
        let mean_digit = mean_digit_error(train, test).unwrap();
        while code.work(units, train, test, mean_digit) > 0 {}
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
        assert!(!code.use_dim(8) && code.work(10, &train, &test, 0.1) == 0, "it is known");
        code.clear();
        assert_eq!(code.error(), None);
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

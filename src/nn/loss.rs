//! Losses, their values and gradients.

use ndarray::{ArrayView2, ArrayViewMut2};
use serde::{Deserialize, Serialize};

use super::arrays::{contiguous, contiguous_mut};
use super::impl_names;
use super::isa::{Simd, SimdBase, dispatch, f32x8};
use super::simd;

/// A loss of the outputs `y` against the targets `x`, both `[B, O]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Loss {
    /// `1/(B O) · Σ (y - x)²`: the mean over examples and pixels, as TensorFlow's `reduce_mean`.
    MeanSquared,
    /// `1/B · Σ ½ (y - x)²`: the mean over examples of half the sum of squares, as ConvNetJS's regression layer.
    HalfSumSquared,
    /// `1/(B O) · Σ (max(y, 0) - y x + ln(1 + exp(-|y|)))`: binary cross-entropy of the logits `y`, in
    /// the form that cannot overflow (TensorFlow's `sigmoid_cross_entropy_with_logits`).
    BinaryCrossEntropy,
}

/// The objective of training: a loss, plus `β` times the KL divergence of a Gaussian code from `N(0, I)`.
///
/// For a loss that is a mean over pixels the KL is divided by the number of pixels too, so that `β = 1` gives the evidence
/// lower bound with every loss, see [`CodeKind::Gaussian`](super::CodeKind::Gaussian).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objective {
    /// The loss of the reconstructions.
    pub loss: Loss,
    /// The weight of the KL, `β`; unused if the code is deterministic.
    pub beta: f32,
}

impl From<Loss> for Objective {
    fn from(loss: Loss) -> Self {
        Self { loss, beta: 0.0 }
    }
}

impl Objective {
    /// Returns the weight of the KL in the loss of images of `outputs` pixels.
    pub(super) fn kl_weight(self, outputs: usize) -> f32 {
        match self.loss {
            Loss::MeanSquared | Loss::BinaryCrossEntropy => self.beta / outputs as f32,
            Loss::HalfSumSquared => self.beta,
        }
    }
}

/// The loss of a batch, and its mean squared error, which is comparable between losses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossValue {
    /// The objective, in the units of the loss.
    pub loss: f32,
    /// Mean squared error per pixel.
    pub mse: f32,
    /// KL divergence of a Gaussian code from `N(0, I)`, in nats per example; zero if the code is deterministic.
    pub kl: f32,
}

impl Loss {
    /// Every loss.
    pub const ALL: [Self; 3] = [Self::MeanSquared, Self::HalfSumSquared, Self::BinaryCrossEntropy];

    /// Returns whether the loss is computed from logits, so that the network's last layer must leave out its sigmoid.
    pub fn takes_logits(self) -> bool {
        self == Self::BinaryCrossEntropy
    }

    /// Computes the loss.
    ///
    /// # Shapes
    /// `outputs`, `targets: [B, O]`
    ///
    /// # Panics
    /// If the shapes differ or an array is not contiguous.
    pub fn value(self, outputs: ArrayView2<'_, f32>, targets: ArrayView2<'_, f32>) -> LossValue {
        self.evaluate(outputs, targets, None)
    }

    /// Computes the loss and writes its gradient `dL/dy`, in one pass.
    ///
    /// # Shapes
    /// `outputs`, `targets`, `d_outputs: [B, O]`
    ///
    /// # Panics
    /// If the shapes differ or an array is not contiguous.
    pub fn value_and_gradient(
        self,
        outputs: ArrayView2<'_, f32>,
        targets: ArrayView2<'_, f32>,
        mut d_outputs: ArrayViewMut2<'_, f32>,
    ) -> LossValue {
        assert_eq!(outputs.dim(), d_outputs.dim(), "outputs and gradient differ in shape");
        self.evaluate(outputs, targets, Some(contiguous_mut(&mut d_outputs)))
    }

    fn evaluate(
        self,
        outputs: ArrayView2<'_, f32>,
        targets: ArrayView2<'_, f32>,
        d_outputs: Option<&mut [f32]>,
    ) -> LossValue {
        let (examples, width) = outputs.dim();
        let (entropy, squared) = self.batch_sums(outputs, targets, d_outputs);
        let value = self.value_of_squares(squared, examples, width);
        match self {
            Self::BinaryCrossEntropy => {
                LossValue { loss: (entropy / (examples * width) as f64) as f32, ..value }
            }
            _ => value,
        }
    }

    /// Computes `Σ (y - x)²` over a batch; under cross-entropy `y` is the sigmoid of the outputs.
    ///
    /// # Shapes
    /// As [`value`](Self::value).
    pub(super) fn squared_error(self, outputs: ArrayView2<'_, f32>, targets: ArrayView2<'_, f32>) -> f64 {
        self.batch_sums(outputs, targets, None).1
    }

    /// Computes the sums over a batch of the cross-entropy, zero for other losses, and of the squared error.
    fn batch_sums(
        self,
        outputs: ArrayView2<'_, f32>,
        targets: ArrayView2<'_, f32>,
        d_outputs: Option<&mut [f32]>,
    ) -> (f64, f64) {
        assert_eq!(outputs.dim(), targets.dim(), "outputs and targets differ in shape");
        let (examples, width) = outputs.dim();
        let factor = self.gradient_factor(examples, width);
        let d_rows = d_outputs.map(|d_outputs| d_outputs.chunks_exact_mut(width));
        dispatch!(token, WIDTH => self.sums(token, [&outputs, &targets].map(contiguous), width, d_rows, factor))
    }

    /// Returns the value of a squared-error loss, given the sum `Σ (y - x)²` over a batch.
    pub(super) fn value_of_squares(self, squared: f64, examples: usize, width: usize) -> LossValue {
        let mse = (squared / (examples * width) as f64) as f32;
        let loss = match self {
            Self::HalfSumSquared => (0.5 * squared / examples as f64) as f32,
            _ => mse,
        };
        LossValue { loss, mse, kl: 0.0 }
    }

    /// Returns `c` in `dL/dy = c (y - x)`, where `y` is the sigmoid of the outputs under cross-entropy.
    pub(super) fn gradient_factor(self, examples: usize, width: usize) -> f32 {
        match self {
            Self::MeanSquared => 2.0 * (1.0 / (examples * width) as f32),
            Self::HalfSumSquared => 1.0 / examples as f32,
            Self::BinaryCrossEntropy => 1.0 / (examples * width) as f32,
        }
    }

    #[inline(always)]
    fn sums<S: Simd>(
        self,
        simd: S,
        [outputs, targets]: [&[f32]; 2],
        width: usize,
        mut d_rows: Option<std::slice::ChunksExactMut<'_, f32>>,
        factor: f32,
    ) -> (f64, f64) {
        // Rows are summed in single precision and added up in double: the rounding error stays that of one row.
        let mut squared = 0.0_f64;
        let mut entropy = 0.0_f64;
        let rows = outputs.chunks_exact(width).zip(targets.chunks_exact(width));
        for (y, x) in rows {
            let d_y = d_rows.as_mut().and_then(Iterator::next);
            match self {
                Self::MeanSquared | Self::HalfSumSquared => squared += squared_row(simd, y, x, d_y, factor),
                Self::BinaryCrossEntropy => {
                    let (row_entropy, row_squared) = cross_entropy_row(simd, y, x, d_y, factor);
                    entropy += row_entropy;
                    squared += row_squared;
                }
            }
        }
        (entropy, squared)
    }
}

impl_names!(Loss {
    Self::MeanSquared => "mse", "Mean squared error";
    Self::HalfSumSquared => "half-sum-squared", "Half sum";
    Self::BinaryCrossEntropy => "bce", "Cross-entropy";
});

/// Returns the sum of `(y - x)²` over a row and writes `scale · (y - x)` to `d_y`, if given.
#[inline(always)]
fn squared_row<S: Simd>(simd: S, y: &[f32], x: &[f32], d_y: Option<&mut [f32]>, scale: f32) -> f64 {
    let mut sum = f32x8::splat(simd, 0.0);
    for_each_vector(
        simd,
        y,
        x,
        d_y,
        #[inline(always)]
        |y, x| {
            let difference = y - x;
            sum += difference * difference;
            difference * scale
        },
    );
    f64::from(simd::sum(sum))
}

/// Returns the sums over a row of the cross-entropy and of `(sigmoid y - x)²` and writes `scale · (sigmoid y - x)` to `d_y`, if
/// given.
#[inline(always)]
fn cross_entropy_row<S: Simd>(
    simd: S,
    y: &[f32],
    x: &[f32],
    d_y: Option<&mut [f32]>,
    scale: f32,
) -> (f64, f64) {
    let mut entropy = f32x8::splat(simd, 0.0);
    let mut squared = entropy;
    for_each_vector(
        simd,
        y,
        x,
        d_y,
        #[inline(always)]
        |y, x| {
            let (sigmoid, softplus) = simd::sigmoid_and_softplus(y);
            let difference = sigmoid - x;
            squared += difference * difference;
            entropy += softplus - y * x;
            difference * scale
        },
    );
    // Each zero that pads the last vector adds ln 2 to the entropy and (sigmoid 0 - 0)² = 0.25 to the squares.
    let padding = (simd::LANES - y.len() % simd::LANES) % simd::LANES;
    let entropy = f64::from(simd::sum(entropy)) - padding as f64 * std::f64::consts::LN_2;
    let squared = f64::from(simd::sum(squared)) - padding as f64 * 0.25;
    (entropy, squared)
}

/// Calls `f` with each vector of `y` and `x` and stores the result in `d_y`, if given.
#[inline(always)]
fn for_each_vector<S: Simd>(
    simd: S,
    y: &[f32],
    x: &[f32],
    d_y: Option<&mut [f32]>,
    mut f: impl FnMut(f32x8<S>, f32x8<S>) -> f32x8<S>,
) {
    let (y, y_rest) = y.as_chunks::<{ simd::LANES }>();
    let (x, x_rest) = x.as_chunks::<{ simd::LANES }>();
    let (mut d, d_rest) = d_y.map_or((None, None), |d| {
        let (chunks, rest) = d.as_chunks_mut::<{ simd::LANES }>();
        (Some(chunks.iter_mut()), Some(rest))
    });
    for (y, x) in y.iter().zip(x) {
        let result = f(f32x8::load_array(simd, *y), f32x8::load_array(simd, *x));
        if let Some(d) = d.as_mut().and_then(Iterator::next) {
            result.store_array(d);
        }
    }
    if !y_rest.is_empty() {
        let result = f(simd::load_partial(simd, y_rest), simd::load_partial(simd, x_rest));
        if let Some(d) = d_rest {
            simd::store_partial(result, d);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn cross_entropy_is_finite_at_extreme_logits() {
        let outputs = array![[1e4, -1e4]];
        let mut gradient = Array2::zeros((1, 2));
        let targets = array![[0.0, 1.0]];
        let value =
            Loss::BinaryCrossEntropy.value_and_gradient(outputs.view(), targets.view(), gradient.view_mut());
        assert!((value.loss - 1e4).abs() < 1.0, "{value:?}");
        assert!(gradient.iter().all(|d| d.is_finite()));
    }

    #[test]
    fn nan_outputs_give_a_nan_loss() {
        for loss in Loss::ALL {
            let value = loss.value(array![[f32::NAN]].view(), array![[0.0]].view());
            assert!(value.mse.is_nan(), "{loss:?}: {value:?}");
        }
    }
}

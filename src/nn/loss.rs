//! Losses: how far a reconstruction is from its target, and in which direction it would come closer.

use std::str::FromStr;

use super::isa::{Isa, Vector, fastest};
use super::name::{UnknownName, find_by_name};
use super::simd;
use ndarray::{ArrayView2, ArrayViewMut2};
use serde::{Deserialize, Serialize};

/// A loss of the outputs `y` against the targets `x`, both `[B, O]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Loss {
    /// `1/(B O) · Σ (y - x)²`: the mean over examples and pixels, as TensorFlow's `reduce_mean`.
    MeanSquared,
    /// `1/B · Σ ½ (y - x)²`: the mean over examples of half the summed squares, as in ConvNetJS's regression layer.
    HalfSumSquared,
    /// `1/(B O) · Σ (max(y, 0) - y x + ln(1 + exp(-|y|)))`: binary cross-entropy on the logits `y`, in the form
    /// that overflows nowhere (TensorFlow's `sigmoid_cross_entropy_with_logits`).
    BinaryCrossEntropy,
}

/// What is minimised: a loss, and of a Gaussian code `β` times its KL from `N(0, I)` as well.
///
/// Of a loss that is a mean over pixels the KL is divided by the number of pixels, too, so that `β = 1` is the evidence
/// lower bound whatever the loss: [`CodeKind::Gaussian`](super::CodeKind::Gaussian) has the equations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objective {
    /// How far reconstructions are from their targets.
    pub loss: Loss,
    /// The weight of the KL, `β`. Without a Gaussian code there is none to weigh.
    pub beta: f32,
}

/// The loss alone.
impl From<Loss> for Objective {
    fn from(loss: Loss) -> Self {
        Self { loss, beta: 0.0 }
    }
}

impl Objective {
    /// What the KL of an example is multiplied by, in the loss of a batch with `outputs` pixels.
    pub(super) fn kl_weight(self, outputs: usize) -> f32 {
        match self.loss {
            Loss::MeanSquared | Loss::BinaryCrossEntropy => self.beta / outputs as f32,
            Loss::HalfSumSquared => self.beta,
        }
    }
}

/// The loss of a batch, and its mean squared error, by which any two runs can be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossValue {
    /// What is minimised, in the units of the loss.
    pub loss: f32,
    /// Mean squared error per pixel of the read-out, whatever the loss.
    pub mse: f32,
    /// The KL of a Gaussian code from `N(0, I)`, in nats: the mean over examples. Zero for a code that is a point.
    pub kl: f32,
}

impl Loss {
    /// Every loss.
    pub const ALL: [Self; 3] = [Self::MeanSquared, Self::HalfSumSquared, Self::BinaryCrossEntropy];

    /// The name, as [`FromStr`] reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MeanSquared => "mse",
            Self::HalfSumSquared => "half-sum-squared",
            Self::BinaryCrossEntropy => "bce",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::MeanSquared => "Mean squared",
            Self::HalfSumSquared => "Half sum",
            Self::BinaryCrossEntropy => "Cross-entropy",
        }
    }

    /// Whether the loss applies the sigmoid of the last layer itself, so that it takes the layer's logits instead of its
    /// pixels.
    #[must_use]
    pub fn takes_logits(self) -> bool {
        self == Self::BinaryCrossEntropy
    }

    /// Computes the loss.
    ///
    /// # Shapes
    /// `outputs` and `targets` are `[B, O]`, row-major.
    ///
    /// # Panics
    /// If the shapes differ or an array is not contiguous.
    #[must_use]
    pub fn value(self, outputs: ArrayView2<'_, f32>, targets: ArrayView2<'_, f32>) -> LossValue {
        self.evaluate(outputs, targets, None)
    }

    /// Computes the loss and writes its gradient `dL/dy`, in one pass.
    ///
    /// # Shapes
    /// `outputs`, `targets` and `d_outputs` are `[B, O]`, row-major.
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
        let d_outputs = d_outputs.as_slice_mut().expect("the gradient is contiguous");
        self.evaluate(outputs, targets, Some(d_outputs))
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

    /// `Σ (y - x)²` over a batch, for cross-entropy with the sigmoid of the outputs as `y`: the sums of parts add up to that of the
    /// whole.
    ///
    /// # Shapes
    /// As [`value`](Self::value).
    pub(super) fn squared_error(self, outputs: ArrayView2<'_, f32>, targets: ArrayView2<'_, f32>) -> f64 {
        self.batch_sums(outputs, targets, None).1
    }

    /// The sums over a batch of cross-entropy, for the loss that needs it, and of squares.
    fn batch_sums(
        self,
        outputs: ArrayView2<'_, f32>,
        targets: ArrayView2<'_, f32>,
        d_outputs: Option<&mut [f32]>,
    ) -> (f64, f64) {
        assert_eq!(outputs.dim(), targets.dim(), "outputs and targets differ in shape");
        let (examples, width) = outputs.dim();
        let row_scale = match self {
            Self::MeanSquared | Self::BinaryCrossEntropy => 1.0 / (examples * width) as f32,
            Self::HalfSumSquared => 1.0 / examples as f32,
        };
        let outputs = outputs.to_slice().expect("outputs are contiguous");
        let targets = targets.to_slice().expect("targets are contiguous");
        let d_rows = d_outputs.map(|d_outputs| d_outputs.chunks_exact_mut(width));
        fastest!(isa, WIDTH => self.sums(isa, [outputs, targets], width, d_rows, row_scale))
    }

    /// The value of a loss that is a sum of squares, given that sum over a batch.
    pub(super) fn value_of_squares(self, squared: f64, examples: usize, width: usize) -> LossValue {
        let mse = (squared / (examples * width) as f64) as f32;
        let loss = match self {
            Self::HalfSumSquared => (0.5 * squared / examples as f64) as f32,
            _ => mse,
        };
        LossValue { loss, mse, kl: 0.0 }
    }

    /// `c` in `dL/dy = c (y - x)`, of a loss that is a sum of squares.
    pub(super) fn squared_factor(self, examples: usize, width: usize) -> Option<f32> {
        match self {
            Self::MeanSquared => Some(2.0 * (1.0 / (examples * width) as f32)),
            Self::HalfSumSquared => Some(1.0 / examples as f32),
            Self::BinaryCrossEntropy => None,
        }
    }

    #[inline(always)]
    fn sums<I: Isa>(
        self,
        isa: I,
        [outputs, targets]: [&[f32]; 2],
        width: usize,
        mut d_rows: Option<std::slice::ChunksExactMut<'_, f32>>,
        row_scale: f32,
    ) -> (f64, f64) {
        // A row is summed in single precision and the rows in double, so that the error stays that of one row.
        let mut squared = 0.0_f64;
        let mut entropy = 0.0_f64;
        let rows = outputs.chunks_exact(width).zip(targets.chunks_exact(width));
        for (y, x) in rows {
            let d_y = d_rows.as_mut().and_then(Iterator::next);
            match self {
                Self::MeanSquared => squared += squared_row(isa, y, x, d_y, 2.0 * row_scale),
                Self::HalfSumSquared => squared += squared_row(isa, y, x, d_y, row_scale),
                Self::BinaryCrossEntropy => {
                    let (row_entropy, row_squared) = cross_entropy_row(isa, y, x, d_y, row_scale);
                    entropy += row_entropy;
                    squared += row_squared;
                }
            }
        }
        (entropy, squared)
    }
}

/// The sum of `(y - x)²` over a row; `d_y`, if it is wanted, becomes `scale · (y - x)`.
#[inline(always)]
fn squared_row<I: Isa>(isa: I, y: &[f32], x: &[f32], d_y: Option<&mut [f32]>, scale: f32) -> f64 {
    let (mut sum, scale) = (I::Eight::splat(isa, 0.0), I::Eight::splat(isa, scale));
    over_row(
        isa,
        y,
        x,
        d_y,
        #[inline(always)]
        |y, x| {
            let difference = y - x;
            sum = sum + difference * difference;
            difference * scale
        },
    );
    f64::from(sum.sum())
}

/// The sums over a row of the cross-entropy and of `(sigmoid y - x)²`; `d_y`, if it is wanted, becomes
/// `scale · (sigmoid y - x)`.
#[inline(always)]
fn cross_entropy_row<I: Isa>(
    isa: I,
    y: &[f32],
    x: &[f32],
    d_y: Option<&mut [f32]>,
    scale: f32,
) -> (f64, f64) {
    let [zero, one, scale] = [0.0, 1.0, scale].map(|number| I::Eight::splat(isa, number));
    let (mut entropy, mut squared) = (zero, zero);
    over_row(
        isa,
        y,
        x,
        d_y,
        #[inline(always)]
        |y, x| {
            let difference = simd::sigmoid(isa, y) - x;
            squared = squared + difference * difference;
            let (positive, magnitude) = (y.select_positive(y, zero), y.select_positive(y, -y));
            entropy = entropy + (positive - y * x + (one + (-magnitude).exp()).ln());
            difference * scale
        },
    );
    // The padding of the last vector is zero against zero: a half squared and ln 2 each, which are not the row's.
    let padding = (simd::LANES - y.len() % simd::LANES) % simd::LANES;
    let entropy = f64::from(entropy.sum()) - padding as f64 * std::f64::consts::LN_2;
    let squared = f64::from(squared.sum()) - padding as f64 * 0.25;
    (entropy, squared)
}

/// Calls `f` with each vector of `y` and `x` and stores what it returns in `d_y`, if there is one.
#[inline(always)]
fn over_row<I: Isa>(
    isa: I,
    y: &[f32],
    x: &[f32],
    d_y: Option<&mut [f32]>,
    mut f: impl FnMut(I::Eight, I::Eight) -> I::Eight,
) {
    let mut y_chunks = y.chunks_exact(simd::LANES);
    let mut x_chunks = x.chunks_exact(simd::LANES);
    let Some(d_y) = d_y else {
        for (y, x) in (&mut y_chunks).zip(&mut x_chunks) {
            f(I::Eight::load(isa, y), I::Eight::load(isa, x));
        }
        if !y_chunks.remainder().is_empty() {
            f(simd::load_partial(isa, y_chunks.remainder()), simd::load_partial(isa, x_chunks.remainder()));
        }
        return;
    };
    let mut d_chunks = d_y.chunks_exact_mut(simd::LANES);
    for ((y, x), d) in (&mut y_chunks).zip(&mut x_chunks).zip(&mut d_chunks) {
        f(I::Eight::load(isa, y), I::Eight::load(isa, x)).store(d);
    }
    let rest = d_chunks.into_remainder();
    if !rest.is_empty() {
        f(simd::load_partial(isa, y_chunks.remainder()), simd::load_partial(isa, x_chunks.remainder()))
            .store(rest);
    }
}

impl FromStr for Loss {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        find_by_name(name, &Self::ALL, Self::name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn values_are_those_of_the_formulas() {
        let outputs = array![[0.5, -1.0, 2.0], [0.0, 3.0, -4.0]];
        let targets = array![[1.0, 0.0, 0.25], [0.0, 1.0, 0.5]];
        for loss in Loss::ALL {
            let (mut expected, mut squared) = (0.0_f64, 0.0_f64);
            for (&y, &x) in outputs.iter().zip(&targets) {
                let (y, x) = (f64::from(y), f64::from(x));
                let read_out: f64 =
                    if loss == Loss::BinaryCrossEntropy { 1.0 / (1.0 + (-y).exp()) } else { y };
                squared += (read_out - x).powi(2) / 6.0;
                expected += match loss {
                    Loss::MeanSquared => (y - x).powi(2) / 6.0,
                    Loss::HalfSumSquared => 0.5 * (y - x).powi(2) / 2.0,
                    Loss::BinaryCrossEntropy => {
                        -(x * read_out.ln() + (1.0 - x) * (1.0 - read_out).ln()) / 6.0
                    }
                };
            }
            let mut gradient = Array2::zeros(outputs.dim());
            let value = loss.value_and_gradient(outputs.view(), targets.view(), gradient.view_mut());
            assert_eq!(loss.value(outputs.view(), targets.view()), value, "{loss:?}, without the gradient");
            assert!((f64::from(value.loss) - expected).abs() < 1e-6, "{loss:?}: {value:?}, not {expected}");
            assert!((f64::from(value.mse) - squared).abs() < 1e-6, "{loss:?}: {value:?}, not {squared}");
        }
    }

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
    fn a_loss_that_is_not_a_number_is_reported() {
        for loss in Loss::ALL {
            let value = loss.value(array![[f32::NAN]].view(), array![[0.0]].view());
            assert!(value.mse.is_nan(), "{loss:?}: {value:?}");
        }
    }
}

//! L1 and L2 decay of the weights.

use serde::{Deserialize, Serialize};

use super::Dense;

/// L1 and L2 decay of the weights; biases do not decay.
///
/// Adds `s (l2 W + l1 sign W)` to `dL/dW`, with `s` given by [`DecayScale`] and, as in ConvNetJS, `sign 0 = -1`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decay {
    /// Strength of L1 decay.
    pub l1: f32,
    /// Strength of L2 decay.
    pub l2: f32,
    /// The scale `s` of both.
    pub scale: DecayScale,
}

/// Whether decay is added to the mean or to the sum of a batch's gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecayScale {
    /// The mean: `s = 1`, as in PyTorch's `weight_decay`.
    Mean,
    /// The sum: `s = 1/B`, as in ConvNetJS, which divides by `B` afterwards.
    Sum,
}

impl Decay {
    /// No decay.
    pub const NONE: Self = Self { l1: 0.0, l2: 0.0, scale: DecayScale::Mean };

    /// Adds the decay of each layer's weight to its gradient.
    ///
    /// # Shapes
    /// `parameters`, `gradients: [P]`
    ///
    /// # Panics
    /// If a slice ends before the layers do.
    pub fn add_to(&self, layers: &[Dense], parameters: &[f32], gradients: &mut [f32], batch_size: usize) {
        if self.l1 == 0.0 && self.l2 == 0.0 {
            return;
        }
        let scale = match self.scale {
            DecayScale::Mean => 1.0,
            DecayScale::Sum => 1.0 / batch_size as f32,
        };
        let (l1, l2) = (scale * self.l1, scale * self.l2);
        for range in layers.iter().map(Dense::weight_range) {
            for (d, &w) in gradients[range.clone()].iter_mut().zip(&parameters[range]) {
                let sign = if w > 0.0 { 1.0 } else { -1.0 };
                *d += l2 * w + l1 * sign;
            }
        }
    }
}

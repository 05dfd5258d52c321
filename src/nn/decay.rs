//! Decay: the pull of every weight towards zero.

use serde::{Deserialize, Serialize};

use super::Dense;

/// L1 and L2 decay of the weights; biases are left alone.
///
/// Adds `s (l2 W + l1 sign W)` to `dL/dW`, with `s` by [`DecayScale`] and, as in ConvNetJS, `sign 0 = -1`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decay {
    /// Strength of L1 decay.
    pub l1: f32,
    /// Strength of L2 decay.
    pub l2: f32,
    /// What the strengths are relative to.
    pub scale: DecayScale,
}

/// What the strength of a decay is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecayScale {
    /// The mean gradient of the batch: `s = 1`, as in PyTorch's `weight_decay`.
    Mean,
    /// The summed gradient of the batch: `s = 1/B`, as in ConvNetJS, which adds decay before it divides by `B`.
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
    /// If a layer lies beyond the end of a slice.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Activation;

    #[test]
    fn weights_are_pulled_to_zero_and_biases_are_not() {
        let layer = Dense { inputs: 2, outputs: 1, activation: Activation::Linear, offset: 0 };
        let parameters = [4.0, -2.0, 8.0];
        for (scale, factor) in [(DecayScale::Mean, 1.0), (DecayScale::Sum, 0.1)] {
            let mut gradients = [1.0; 3];
            Decay { l1: 0.5, l2: 0.25, scale }.add_to(&[layer], &parameters, &mut gradients, 10);
            assert_eq!(gradients, [1.0 + factor * 1.5, 1.0 - factor * 1.0, 1.0]);
        }
    }
}

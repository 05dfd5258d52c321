//! Initialisers of the parameters.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::{Dense, standard_normal};

/// The distribution of the initial weights of a layer with `I` inputs and `O` outputs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum WeightInit {
    /// `N(0, 1/I)`, as in ConvNetJS.
    FanInNormal,
    /// `N(0, sd²)`, redrawn when beyond two standard deviations: TensorFlow's `truncated_normal`.
    TruncatedNormal {
        /// The standard deviation before truncation.
        sd: f32,
    },
    /// `U(-r, r)` with `r = sqrt(6 / (I + O))` (Glorot & Bengio 2010).
    GlorotUniform,
    /// `N(0, 2/I)` (He, Zhang, Ren & Sun 2015).
    HeNormal,
}

/// The initial parameters of every layer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Init {
    /// The distribution of the weights.
    pub weight: WeightInit,
    /// The value of every bias.
    pub bias: f32,
}

impl Init {
    /// Writes the initial weight and bias of `layer` to its range of `parameters`.
    ///
    /// # Shapes
    /// `parameters: [P]`
    ///
    /// # Panics
    /// If `parameters` end before the layer does.
    pub fn fill(&self, layer: &Dense, parameters: &mut [f32], rng: &mut impl Rng) {
        let fan_in = layer.inputs as f32;
        let weight = &mut parameters[layer.weight_range()];
        match self.weight {
            WeightInit::FanInNormal => fill_normal(weight, (1.0 / fan_in).sqrt(), rng),
            WeightInit::HeNormal => fill_normal(weight, (2.0 / fan_in).sqrt(), rng),
            WeightInit::TruncatedNormal { sd } => weight.fill_with(|| {
                let truncated = std::iter::repeat_with(|| standard_normal(rng))
                    .find(|z| z.abs() <= 2.0)
                    .expect("an endless iterator ends at its first match");
                sd * truncated
            }),
            WeightInit::GlorotUniform => {
                let limit = (6.0 / (fan_in + layer.outputs as f32)).sqrt();
                weight.fill_with(|| rng.random_range(-limit..limit));
            }
        }
        parameters[layer.bias_range()].fill(self.bias);
    }
}

/// Fills `weight` with draws from `N(0, sd²)`.
fn fill_normal(weight: &mut [f32], sd: f32, rng: &mut impl Rng) {
    weight.fill_with(|| sd * standard_normal(rng));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Activation;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    const LAYER: Dense = Dense { inputs: 400, outputs: 100, activation: Activation::Tanh, offset: 3 };

    fn initialised(weight: WeightInit, bias: f32) -> Vec<f32> {
        let mut parameters = vec![9.0; LAYER.range().end + 1];
        Init { weight, bias }.fill(&LAYER, &mut parameters, &mut Xoshiro256PlusPlus::seed_from_u64(5));
        parameters
    }

    #[test]
    fn weights_have_the_stated_standard_deviation() {
        // A normal truncated at two standard deviations has 0.8796 of its standard deviation; U(-r, r) has r / sqrt 3.
        let cases = [
            (WeightInit::FanInNormal, (1.0_f32 / 400.0).sqrt()),
            (WeightInit::HeNormal, (2.0_f32 / 400.0).sqrt()),
            (WeightInit::TruncatedNormal { sd: 0.1 }, 0.08796),
            (WeightInit::GlorotUniform, (2.0_f32 / 500.0).sqrt()),
        ];
        for (init, expected) in cases {
            let parameters = initialised(init, 0.0);
            let weight = &parameters[LAYER.weight_range()];
            let mean = weight.iter().sum::<f32>() / weight.len() as f32;
            let sd = (weight.iter().map(|w| (w - mean).powi(2)).sum::<f32>() / weight.len() as f32).sqrt();
            assert!(mean.abs() < 0.02 * expected, "{init:?}: mean {mean}");
            assert!((sd / expected - 1.0).abs() < 0.01, "{init:?}: {sd}, not {expected}");
        }
    }

    #[test]
    fn truncated_weights_stay_within_two_standard_deviations() {
        let parameters = initialised(WeightInit::TruncatedNormal { sd: 0.1 }, 0.0);
        assert!(parameters[LAYER.weight_range()].iter().all(|w| w.abs() <= 0.2));
    }

    #[test]
    fn only_the_parameters_of_the_layer_are_written() {
        let parameters = initialised(WeightInit::HeNormal, 0.1);
        assert!(parameters[LAYER.bias_range()].iter().all(|&b| b == 0.1));
        assert!(parameters[..3].iter().chain(&parameters[LAYER.range().end..]).all(|&p| p == 9.0));
    }
}

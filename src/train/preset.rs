//! Presets: named settings of published and of our own experiments.

use std::str::FromStr;

use crate::nn::{Decay, DecayScale, Init, Loss, Method, UnknownName, WeightInit, find_name};
use crate::train::{Schedule, TrainerConfig};

/// The network of both originals: tanh, with a linear code and output layer.
const ORIGINAL_LAYERS: &str = "784 50t 50t 2 50t 50t 784";

/// Deeper and narrower than the originals.
///
/// Nearly all the time goes into the two layers at the pixels. Narrow ones make a step cheap, further layers between them
/// cost little, and fewer examples are needed. Of all candidates this one reached a test MSE of 0.042 first, in 2.1 seconds
/// against 5.5 with the originals' layers, and with every seed; see `docs/search.md`.
const DEEP_LAYERS: &str = "784 32t 32t 32t 2 24t 24t 24t 24t 784";

/// The paper's units are logistic, and each pair of layers was pretrained as a restricted Boltzmann machine. With tanh and a
/// learning rate that falls to zero the whole network learns from scratch; see `docs/hinton.md`.
const HINTON_LAYERS: &str = "784 1000t 500t 250t 30 250t 500t 1000t 784s";

/// A named set of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preset {
    /// The network of both originals, trained as one would train it today.
    Modern,
    /// A deeper and narrower network: the shortest time to a test MSE of 0.042.
    Deep,
    /// Gertjan van den Burg's blog post "Simple MNIST autoencoder in TensorFlow".
    Blog,
    /// Andrej Karpathy's ConvNetJS autoencoder demo.
    Karpathy,
    /// The network of Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks" (2006).
    Hinton,
}

impl Preset {
    /// All presets, the default first.
    pub const ALL: [Self; 5] = [Self::Modern, Self::Deep, Self::Blog, Self::Karpathy, Self::Hinton];

    /// The name of [`Deep`](Self::Deep) when it was the default, still used by links and scripts.
    const FORMER_NAME: &str = "fast";

    /// Returns the name, as [`FromStr`] reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Modern => "modern",
            Self::Deep => "deep",
            Self::Blog => "blog",
            Self::Karpathy => "karpathy",
            Self::Hinton => "hinton",
        }
    }

    /// Returns the name that the page shows.
    pub fn title(self) -> &'static str {
        match self {
            Self::Modern => "Default",
            Self::Deep => "Deep",
            Self::Blog => "Van den Burg 2017",
            Self::Karpathy => "Karpathy 2014",
            Self::Hinton => "Hinton 2006",
        }
    }

    /// Returns the settings, with a seed of 0.
    pub fn config(self) -> TrainerConfig {
        let layers = match self {
            Self::Modern | Self::Blog | Self::Karpathy => ORIGINAL_LAYERS,
            Self::Deep => DEEP_LAYERS,
            Self::Hinton => HINTON_LAYERS,
        };
        let config = TrainerConfig::new(layers.parse().expect("the notation is valid"));
        match self {
            Self::Modern | Self::Deep => TrainerConfig { learning_rate: 3e-3, ..config },
            Self::Blog => TrainerConfig {
                init: Init { weight: WeightInit::TruncatedNormal { sd: 0.1 }, bias: 0.1 },
                learning_rate: 1e-4,
                ..config
            },
            Self::Karpathy => TrainerConfig {
                init: Init { weight: WeightInit::FanInNormal, bias: 0.0 },
                loss: Loss::HalfSumSquared,
                decay: Decay { l1: 0.0, l2: 0.001, scale: DecayScale::Sum },
                method: Method::Adadelta { rho: 0.95, epsilon: 1e-8 },
                learning_rate: 1.0,
                ..config
            },
            Self::Hinton => TrainerConfig {
                loss: Loss::BinaryCrossEntropy,
                learning_rate: 5e-4,
                // 50 epochs of 60,000 digits.
                schedule: Schedule::Cosine { steps: 30_000 },
                batch_size: 100,
                ..config
            },
        }
    }
}

impl FromStr for Preset {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        if name == Self::FORMER_NAME {
            return Ok(Self::Deep);
        }
        Ok(Self::ALL[find_name(name, &Self::ALL.map(Self::name))?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for preset in Preset::ALL {
            assert_eq!(preset.name().parse(), Ok(preset));
        }
        assert_eq!("fast".parse(), Ok(Preset::Deep), "the former name");
    }

    #[test]
    fn every_preset_is_an_autoencoder_of_images_with_a_few_latent_dimensions() {
        for preset in Preset::ALL {
            preset.config().validate().unwrap();
            let spec = preset.config().spec;
            let latent = if preset == Preset::Hinton { 30 } else { 2 };
            assert_eq!((spec.inputs, spec.latent_dim()), (784, latent), "{preset:?}");
            assert_eq!(spec.layers.last().unwrap().outputs, 784, "{preset:?}");
        }
    }
}

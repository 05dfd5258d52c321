//! Settings that are known to do something worth seeing.

use std::str::FromStr;

use crate::nn::{Activation, Decay, DecayScale, Init, LayerSpec, Loss, Method, NetworkSpec, UnknownName, WeightInit};
use crate::trainer::TrainerConfig;

/// A named set of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preset {
    /// Ours: the least time to a test MSE of 0.042.
    Fast,
    /// Gertjan van den Burg's "Simple MNIST autoencoder in TensorFlow".
    Blog,
    /// Andrej Karpathy's ConvNetJS autoencoder demo.
    Karpathy,
}

//! The network that views and background tasks read.

use crate::nn::Network;

/// A network with its parameters after a step.
#[derive(Clone, Copy, Debug)]
pub struct ModelView<'a> {
    /// The layers.
    pub network: &'a Network,
    /// The parameters, `[P]`.
    pub parameters: &'a [f32],
    /// The step.
    pub step: u64,
}

//! What views and chores look at: a network with its parameters at one step.

use crate::nn::Network;

/// A network at one step of its run.
#[derive(Clone, Copy, Debug)]
pub struct ModelView<'a> {
    /// The layers.
    pub network: &'a Network,
    /// The parameters, `[P]`.
    pub parameters: &'a [f32],
    /// The step after which the parameters were so.
    pub step: u64,
}

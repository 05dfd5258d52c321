//! The mathematics: a network of dense layers, its loss, its gradients and the optimizers that follow them.
//!
//! Nothing here uses a clock, a source of entropy, a file or a browser. The caller passes in numbers and a seeded
//! generator, and the same ones give the same parameters bit for bit.
//!
//! # Dimensions
//!
//! Arrays are row-major and their shapes are given in these letters:
//!
//! | letter | meaning |
//! |---|---|
//! | `B` | examples in a batch |
//! | `I` | inputs of a layer |
//! | `O` | outputs of a layer |
//! | `Z` | numbers of the code, the latent coordinates; of a Gaussian code, of its mean |
//! | `P` | all parameters of a network |
//!
//! # OptimizerState
//!
//! All parameters of a network lie in one slice of length `P`, layer after layer, weight `[I, O]` before bias
//! `[O]`. Gradients and the moments of an optimizer have the same length and the same places, so that an
//! optimizer, a snapshot or a gradient check is a loop over slices. A [`Dense`] layer knows its shape and its place,
//! a [`Workspace`] holds every intermediate array of a forward pass, and a [`BackwardWorkspace`] those of a backward
//! pass: a training step allocates nothing.

mod activation;
mod backprop;
mod code;

mod decay;
mod dense;
mod forward;
mod gram;
mod init;
mod isa;
mod latent_gradient;
mod layer_defs;
mod loss;
mod matmul;
mod name;
mod network;
mod notation;
mod optimizer;
#[cfg(test)]
mod reference;
mod simd;
mod sparse;
mod spec;
mod workspace;

pub use activation::Activation;
pub(crate) use backprop::{Backprop, Batch};
pub use code::CodeKind;
pub use decay::{Decay, DecayScale};
pub use dense::Dense;
pub use init::{Init, WeightInit};
pub use loss::{Loss, LossValue, Objective};
pub use name::UnknownName;
pub(crate) use name::{find_by_name, quoted};
pub use network::Network;
pub use optimizer::{Method, Optimizer, OptimizerState, OptimizerStateError};
pub use spec::{LayerDefsError, LayerSpec, MAX_LAYERS, MAX_WIDTH, NetworkSpec, SpecError};
pub use workspace::{BackwardWorkspace, Workspace};

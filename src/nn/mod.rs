//! The mathematics: networks of dense layers, losses, gradients and optimizers.
//!
//! Nothing here uses a clock, a source of entropy, a file or a browser. The caller passes in data and a seeded generator, and
//! the same inputs give the same parameters, bit for bit.
//!
//! # Dimensions
//!
//! Arrays are row-major. The documentation gives their shapes in these letters:
//!
//! | letter | dimension |
//! |---|---|
//! | `B` | examples in a batch |
//! | `I`, `O` | inputs and outputs of a layer |
//! | `Z` | latent dimensions |
//! | `P` | parameters of a network |
//! | `M`, `K`, `N` | those of a matrix product `[M, K] [K, N]` |
//!
//! # Memory
//!
//! The parameters of a network are one slice `[P]`: for each layer its weight `[I, O]`, then its bias `[O]`. Gradients and the
//! moments of an optimizer are slices of the same layout, so an optimizer, a snapshot or a gradient check is a loop over slices.
//! A [`Dense`] layer knows its shape and its range of the slice. A [`Workspace`] holds every intermediate array of a forward
//! pass, a [`BackwardWorkspace`] those of a backward pass: a training step allocates nothing.

mod activation;
mod arrays;
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
mod normal;
mod notation;
mod optimizer;
mod parallel;
#[cfg(test)]
mod reference;
mod simd;
mod sparse;
mod spec;
mod workspace;

pub use activation::Activation;
pub use backprop::Target;
pub(crate) use backprop::{Backprop, Batch};
pub use code::CodeKind;
pub use decay::{Decay, DecayScale};
pub use dense::Dense;
pub use init::{Init, WeightInit};
pub use loss::{Loss, LossValue, Objective};
pub use name::UnknownName;
pub(crate) use name::{find_name, impl_names, quoted};
pub use network::Network;
pub(crate) use normal::standard_normal;
pub(crate) use optimizer::UPDATE_COST;
pub use optimizer::{Constant, Method, Optimizer, OptimizerState, OptimizerStateError};
pub(crate) use parallel::in_pool;
pub use parallel::set_threads;
pub use spec::{LayerDefsError, LayerSpec, MAX_LAYERS, MAX_PARAMETERS, MAX_WIDTH, NetworkSpec, SpecError};
pub use workspace::{BackwardWorkspace, Workspace};

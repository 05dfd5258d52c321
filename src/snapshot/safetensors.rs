//! `safetensors`, under the names and in the orientation that the tensors have in PyTorch.
//!
//! The network is two `nn.Sequential`, `encoder` up to and including the code and `decoder` after it. As there, a module's
//! number counts activations, too: `encoder.0.weight`, `encoder.0.bias`, and after a tanh `encoder.2.weight`. A weight is
//! `[O, I]`, the transpose of ours.
//!
//! The tensors do not tell which activation stands between them. The notation of the layers and the name of the loss are
//! therefore written as metadata; a file without these gets its activations from the gaps in the numbers.

mod frame;
mod module;
mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

/// Under what name the metadata have the notation of the layers and the name of the loss, as `4 3t 2 3t 4, mse`.
const NETWORK: &str = "network";

/// What stands between the two.
const SEPARATOR: &str = ", ";

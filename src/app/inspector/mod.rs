//! What is seen of the network beyond the plane: the reconstructions, the layer that was opened, and the visitor's own digit.

mod edit;
mod gallery;
mod opened;
mod pad;

pub use edit::LayerEdit;
pub use gallery::{Gallery, SHOWN};
pub use opened::Opened;
pub use pad::{Findings, NEAREST, Pad, PadMsg};

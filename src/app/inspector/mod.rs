//! What is seen of the network beyond the plane: the reconstructions, and the layer that was opened.

mod edit;
mod gallery;
mod opened;

pub use edit::LayerEdit;
pub use gallery::{Gallery, SHOWN};
pub use opened::Opened;

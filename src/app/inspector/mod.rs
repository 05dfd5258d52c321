//! What is seen of the network beyond the plane: the reconstructions.

mod gallery;

pub use gallery::{Gallery, SHOWN};

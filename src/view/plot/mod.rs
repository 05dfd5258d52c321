//! From data to pixels and back: axes, and the latent plane with its points and its manifold.

mod bounds;
mod class_set;
mod manifold;
mod scale;
mod scatter;
mod thumbnails;
mod tooltip;

pub use bounds::Bounds;
pub use class_set::ClassSet;
pub use manifold::ManifoldGrid;
pub use scale::{Scale, ScaleKind, Tick, coordinate, group_digits, tick_label};
pub use scatter::Scatter;
pub use thumbnails::Thumbnails;
pub use tooltip::{Rect, place_tooltip};

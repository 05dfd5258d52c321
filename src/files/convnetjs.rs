//! The network JSON of ConvNetJS: `net.toJSON()` writes it, `net.fromJSON()` reads it.
//!
//! A dense layer is an `fc` layer there, followed by an activation layer unless it is linear; a `regression` layer, which
//! passes its input through, comes last. Weights are `[O, I]` there and `[I, O]` here.
//!
//! ConvNetJS has multipliers of the weight decay per layer. They are written with ConvNetJS's defaults, and a layer with other
//! multipliers is refused: training here would ignore them, and saving would lose them.

mod json;
mod read;
mod tokens;
mod write;

pub(super) use json::JsonReader;
pub(super) use read::model;
pub(super) use write::write;

//! ConvNetJS's network JSON, as `net.toJSON()` makes it and `net.fromJSON()` takes it.
//!
//! A dense layer here is an `fc` layer there and, but if it is linear, an activation layer after it; last comes the
//! `regression`, which passes its input through. Weights lie there by output, `[O, I]`, here by input, `[I, O]`.
//!
//! The multipliers of decay that ConvNetJS has for each layer are written as it has them by default. A layer with others is
//! refused: it would be trained differently here, and saved without them.

mod json;
mod read;
mod tokens;
mod write;

pub(super) use read::Reader;
pub(super) use write::write;

//! What the network learns from.

pub mod dataset;
pub mod idx;
pub mod strokes;

//! File formats: IDX, and pictures that a browser has decoded.

pub mod idx;
pub mod picture;

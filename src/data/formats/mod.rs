//! File formats: IDX, NumPy's arrays, CSV, zip, and pictures that are already decoded.

pub(crate) mod array;
pub(crate) mod csv;
pub(crate) mod foreign;
pub(crate) mod gunzip;
pub mod idx;
pub(crate) mod labels;
pub mod picture;
pub(crate) mod pixels;
pub(crate) mod problem;
pub(crate) mod zip;

/// The side of an image, in pixels.
pub const SIDE: usize = 28;

/// The pixels of an image, and its size in bytes: `SIDE * SIDE`.
pub const PIXELS: usize = SIDE * SIDE;

/// The most images or labels that a file may promise (1.6 GB of pixels, about what a browser's page can hold).
pub const MAX_ITEMS: usize = 2_000_000;

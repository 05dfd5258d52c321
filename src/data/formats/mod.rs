//! File formats: IDX, NumPy's arrays, CSV, zip, and pictures that are already decoded.

pub(crate) mod array;
pub(crate) mod csv;
pub(crate) mod foreign;
pub(crate) mod gunzip;
pub mod idx;
pub(crate) mod labels;
pub mod picture;
pub(crate) mod pixels;
pub(crate) mod zip;

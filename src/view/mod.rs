//! What there is to see, without a browser: series, axes, images and principal components.

pub mod history;
pub mod pca;
pub mod plot;
pub mod raster;

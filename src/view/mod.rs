//! Views without a browser: images of pixels, plots and their axes, loss curves, colours, principal components.

pub mod chart;
pub mod colors;
pub mod detection;
pub mod pca;
pub mod plot;
pub mod raster;
pub mod series;

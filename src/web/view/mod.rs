//! What is seen: each view owns its canvas and its scratch image, and draws the narrowest data that it needs.

mod decoded;
mod latent_plane;
mod loss_chart;
mod pins;
mod reconstructions;

pub(crate) use decoded::{Decoded, Original};
pub(crate) use latent_plane::LatentPlane;
pub(crate) use loss_chart::LossChart;
pub(crate) use pins::Pins;
pub(crate) use reconstructions::Reconstructions;

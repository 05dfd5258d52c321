//! What the network learns from: images, where they come from and the order in which they are seen.

pub(crate) mod crc;
mod dataset;
pub mod idx;
mod mean;
pub mod picture;
mod pixel_sums;
mod sampler;
pub mod synthetic;

pub use dataset::{Dataset, write_pixels};
pub use idx::{PIXELS, SIDE};
pub use mean::mean_digit_error;
pub use sampler::{FIRST_WINDOW, Order, Sampler, SamplerState};

//! Images and labels: the dataset, the order in which examples are drawn, file formats and the built-in digits.

mod adjustment;
pub(crate) mod crc;
mod dataset;
pub(crate) mod decimal;
mod formats;
pub mod import;
mod mean_digit;
mod sampler;
pub mod synthetic;

pub use dataset::{Dataset, DatasetError, write_pixels};
pub(crate) use formats::array::f16_to_f32;
pub use formats::{PIXELS, SIDE, idx, picture};
pub(crate) use import::{natural_order, sorted_indices};
pub use mean_digit::mean_digit_error;
pub use sampler::{FIRST_WINDOW, Order, Sampler, SamplerState};

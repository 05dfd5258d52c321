//! The digits of the benchmarks. The share of zero pixels matters for the results.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use bottleneck::data::{Dataset, PIXELS, synthetic};
use bottleneck::nn::{Init, WeightInit};
use ndarray::{Array2, Axis, Slice};

const COUNT: usize = 6_400;

/// The initialisation of every network.
pub const INIT: Init = Init { weight: WeightInit::GlorotUniform, bias: 0.0 };

/// MNIST if `make data` has downloaded it, otherwise synthetic digits.
pub static DIGITS: LazyLock<Dataset> =
    LazyLock::new(|| mnist().unwrap_or_else(|| synthetic::dataset(1, 0..COUNT)));

fn mnist() -> Option<Dataset> {
    let path = "www/data/mnist/train-images-idx3-ubyte.gz";
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()?;
    let all = Dataset::from_idx(&bytes, None).ok()?;
    Some(Dataset::from_bytes(PIXELS, all.images(COUNT).to_vec(), Vec::new()))
}

/// Returns the first `rows` digits, cropped to the `width` pixels in the middle, where most ink is.
pub fn batch(rows: usize, width: usize) -> Array2<f32> {
    let mut pixels = Array2::zeros((rows, bottleneck::data::PIXELS));
    DIGITS.fill(&mut pixels, 0..rows);
    let start = (pixels.ncols() - width) / 2;
    let middle = pixels.slice_axis(Axis(1), Slice::from(start..start + width));
    middle.as_standard_layout().into_owned()
}

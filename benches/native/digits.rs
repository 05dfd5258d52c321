//! The digits that all is measured with: how many of their pixels are zero matters.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use bottleneck::data::{Dataset, synthetic};
use bottleneck::nn::{Init, WeightInit};
use ndarray::{Array2, Axis, Slice};

/// How many there are.
const COUNT: usize = 6_400;

/// How the parameters of every network begin.
pub const INIT: Init = Init { weight: WeightInit::GlorotUniform, bias: 0.0 };

/// MNIST if `make data` has brought it, else digits that the program draws.
pub static DIGITS: LazyLock<Dataset> =
    LazyLock::new(|| mnist().unwrap_or_else(|| synthetic::dataset(1, 0..COUNT)));

fn mnist() -> Option<Dataset> {
    let path = "www/data/mnist/train-images-idx3-ubyte.gz";
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()?;
    let all = Dataset::from_idx(&bytes, None).ok()?;
    Some(Dataset::new(all.images(COUNT).to_vec(), Vec::new()))
}

/// The first `rows` digits, `width` numbers of each: from the middle, where there is ink, if they are not all wanted.
pub fn batch(rows: usize, width: usize) -> Array2<f32> {
    let mut pixels = Array2::zeros((rows, bottleneck::data::PIXELS));
    DIGITS.fill(&mut pixels, 0..rows);
    let start = (pixels.ncols() - width) / 2;
    let middle = pixels.slice_axis(Axis(1), Slice::from(start..start + width));
    middle.as_standard_layout().into_owned()
}

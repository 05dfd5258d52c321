//! The built-in digits: handwriting drawn by the program, so that there is always a dataset.
//!
//! There is no image or data file behind them. A digit is a `glyph` of a few points with random proportions, distorted by
//! a `style` (slant, width, unsteadiness), joined to a smooth `curve` and drawn by a `pen`; then it is fitted to 20x20
//! pixels and centred by mass in 28x28, like the digits of [MNIST](https://yann.lecun.com/exdb/mnist/). Sines and exponentials
//! are those of the crate `libm`, since each platform rounds its own differently.

mod angular;
mod curve;
mod drawing;
mod glyph;
mod pen;
mod rng;
mod round;
mod style;

use std::ops::Range;

use super::{Dataset, PIXELS};
use glyph::Glyph;
use pen::Pen;
use rng::Rng;
use style::Style;

pub use drawing::{PenSample, rasterize, smooth};

/// The number of training digits: the indices `0..TRAIN_LEN`.
pub const TRAIN_LEN: usize = 60_000;

/// The number of test digits: the indices `TRAIN_LEN..TRAIN_LEN + TEST_LEN`.
pub const TEST_LEN: usize = 10_000;

/// Draws digit `index` of the series `seed` and returns its label, `index % 10`.
///
/// The digit depends on seed and index alone.
///
/// # Shapes
///
/// `pixels` is 28x28, row-major, from 0 (background) to 255 (ink); it is overwritten.
pub fn draw(seed: u64, index: u32, pixels: &mut [u8; PIXELS]) -> u8 {
    let label = index % 10;
    let mut rng = Rng::new(seed, index);
    let mut glyph = sample_glyph(label, &mut rng);
    let style = Style::sample(label, &mut rng);
    style.apply(&mut glyph, &mut rng);
    Pen::sample(label, &mut rng).draw(&curve::flatten(&glyph), pixels);
    label as u8
}

/// Draws the digits `indices` of the series `seed`, with their labels, as a complete dataset.
pub fn dataset(seed: u64, indices: Range<usize>) -> Dataset {
    let mut dataset = Dataset::with_expected_len(indices.len());
    let mut pixels = [0; PIXELS];
    for index in indices {
        let label = draw(seed, index as u32, &mut pixels);
        dataset.push(&pixels, label);
    }
    dataset
}

/// Draws a glyph of the digit `label` in 0..10.
fn sample_glyph(label: u32, rng: &mut Rng) -> Glyph {
    match label {
        0 => round::zero(rng),
        1 => angular::one(rng),
        2 => angular::two(rng),
        3 => round::three(rng),
        4 => angular::four(rng),
        5 => angular::five(rng),
        6 => round::six(rng),
        7 => angular::seven(rng),
        8 => round::eight(rng),
        _ => round::nine(rng),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn digit(seed: u64, index: u32) -> [u8; PIXELS] {
        let mut pixels = [77; PIXELS];
        draw(seed, index, &mut pixels);
        pixels
    }

    /// Returns the columns and rows of the pixels with ink, and the ink.
    fn inked(pixels: &[u8; PIXELS]) -> impl Iterator<Item = (usize, usize, f64)> {
        pixels
            .iter()
            .enumerate()
            .filter(|(_, ink)| **ink > 0)
            .map(|(i, &ink)| (i % 28, i / 28, f64::from(ink)))
    }

    #[test]
    fn mean_and_deviation_of_the_pixels_are_those_of_mnist() {
        let count = 4_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for index in 0..count {
            for ink in digit(3, index).map(|ink| f64::from(ink) / 255.0) {
                sum += ink;
                squares += ink * ink;
            }
        }
        let pixels = f64::from(count) * PIXELS as f64;
        let mean = sum / pixels;
        let deviation = (squares / pixels - mean * mean).sqrt();
        assert!((0.125..0.140).contains(&mean), "mean {mean}");
        assert!((0.295..0.320).contains(&deviation), "standard deviation {deviation}");
    }

    #[test]
    fn every_digit_fills_the_box_and_is_centred_by_mass() {
        for index in 0..5_000 {
            let pixels = digit(5, index);
            let (mut mass, mut across, mut down) = (0.0, 0.0, 0.0);
            let (mut low, mut high) = ([28; 2], [0; 2]);
            for (x, y, ink) in inked(&pixels) {
                mass += ink;
                across += ink * x as f64;
                down += ink * y as f64;
                low = [low[0].min(x), low[1].min(y)];
                high = [high[0].max(x), high[1].max(y)];
            }
            assert!(mass > 255.0 * 20.0, "digit {index} has too little ink");
            let [width, height] = [high[0] + 1 - low[0], high[1] + 1 - low[1]];
            assert!((19..=20).contains(&width.max(height)), "digit {index} is {width}x{height}");
            for centre in [across / mass, down / mass] {
                assert!((13.0..=15.0).contains(&centre), "digit {index} has its mass at {centre}");
            }
        }
    }

    #[test]
    fn a_digit_depends_on_seed_and_index_alone() {
        let forwards: Vec<_> = (0..50).map(|index| digit(7, index)).collect();
        for index in (0..50).rev() {
            assert_eq!(digit(7, index), forwards[index as usize]);
        }
        let last = (TRAIN_LEN + TEST_LEN - 1) as u32;
        assert_eq!(digit(7, last), digit(7, last));
    }

    #[test]
    fn all_digits_differ() {
        let mut seen = HashSet::new();
        for seed in [0, 1, 2, u64::MAX] {
            for index in (0..500).chain(TRAIN_LEN as u32..TRAIN_LEN as u32 + 500) {
                assert!(seen.insert(digit(seed, index)), "digit {index} of series {seed} is not new");
            }
        }
    }

    #[test]
    fn labels_are_balanced() {
        let mut counts = [[0; 10]; 2];
        let mut pixels = [0; PIXELS];
        for index in 0..1_000 {
            counts[0][usize::from(draw(1, index, &mut pixels))] += 1;
            counts[1][usize::from(draw(1, TRAIN_LEN as u32 + index, &mut pixels))] += 1;
        }
        assert_eq!(counts, [[100; 10]; 2]);
    }

    #[test]
    fn any_seed_and_index_give_a_digit() {
        for seed in [0, 1 << 32, u64::MAX] {
            for index in u32::MAX - 100..=u32::MAX {
                assert!(inked(&digit(seed, index)).count() > 20);
            }
        }
    }
}

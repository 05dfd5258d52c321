//! Built-in digits: handwriting drawn by the program, so that there is always something to learn from.
//!
//! No image and no data file stands behind them. A digit is a `skeleton` of a few points whose proportions
//! are drawn at random, bent by a `hand` (slant, width, unsteadiness), joined to a smooth `curve` and
//! inked by a `pen`; then it is fitted to 20x20 pixels and centred by mass in 28x28, as the digits of
//! [MNIST](https://yann.lecun.com/exdb/mnist/) were.

mod angular;
mod curve;
mod dice;
mod drawing;
mod hand;
mod pen;
mod round;
mod skeleton;

pub use self::drawing::{PenSample, rasterize, smooth};

use self::{dice::Dice, hand::Hand, pen::Pen, skeleton::Skeleton};

/// How many digits there are to train on: the indices `0..TRAIN_LEN`.
pub const TRAIN_LEN: usize = 60_000;

/// How many digits are held out: the indices `TRAIN_LEN..TRAIN_LEN + TEST_LEN`.
pub const TEST_LEN: usize = 10_000;

/// Draws digit `index` of the series `seed` and returns its label, `index % 10`.
///
/// The same seed and index give the same digit, whatever was drawn before.
///
/// # Shapes
///
/// `pixels` is 28x28, row-major, from 0 (paper) to 255 (ink); it is overwritten.
pub fn draw(seed: u64, index: u32, pixels: &mut [u8; 784]) -> u8 {
    let label = index % 10;
    let mut dice = Dice::new(seed, index);
    let mut skeleton = skeleton_of(label, &mut dice);
    let hand = Hand::of(label, &mut dice);
    hand.bend(&mut skeleton, &mut dice);
    Pen::of(label, &mut dice).ink(&curve::flatten(&skeleton), pixels);
    label as u8
}

/// A skeleton for the digit `label` in 0..10, its form and its proportions drawn from `dice`.
fn skeleton_of(label: u32, dice: &mut Dice) -> Skeleton {
    match label {
        0 => round::zero(dice),
        1 => angular::one(dice),
        2 => angular::two(dice),
        3 => round::three(dice),
        4 => angular::four(dice),
        5 => angular::five(dice),
        6 => round::six(dice),
        7 => angular::seven(dice),
        8 => round::eight(dice),
        _ => round::nine(dice),
    }
}

/// Some digits of the series in a dataset of their own, for tests.
#[cfg(test)]
pub(crate) fn drawn(first: u32, count: u32) -> super::Dataset {
    let mut dataset = super::Dataset::with_expected_len(count as usize);
    let mut pixels = [0; 784];
    for index in first..first + count {
        let label = draw(1, index, &mut pixels);
        dataset.push(&pixels, label);
    }
    dataset
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn digit(seed: u64, index: u32) -> [u8; 784] {
        let mut pixels = [77; 784];
        draw(seed, index, &mut pixels);
        pixels
    }

    /// Columns and rows of the inked pixels, each with its ink.
    fn inked(pixels: &[u8; 784]) -> impl Iterator<Item = (usize, usize, f64)> {
        pixels
            .iter()
            .enumerate()
            .filter(|(_, ink)| **ink > 0)
            .map(|(i, &ink)| (i % 28, i / 28, f64::from(ink)))
    }

    #[test]
    fn ink_is_as_much_and_as_dark_as_in_mnist() {
        let count = 4_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for index in 0..count {
            for ink in digit(3, index).map(|ink| f64::from(ink) / 255.0) {
                sum += ink;
                squares += ink * ink;
            }
        }
        let pixels = f64::from(count) * 784.0;
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
            assert!(mass > 255.0 * 20.0, "digit {index} is hardly there");
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
    fn no_two_digits_are_alike() {
        let mut seen = HashSet::new();
        for seed in [0, 1, 2, u64::MAX] {
            for index in (0..500).chain(TRAIN_LEN as u32..TRAIN_LEN as u32 + 500) {
                assert!(seen.insert(digit(seed, index)), "digit {index} of series {seed} was there before");
            }
        }
    }

    #[test]
    fn labels_are_balanced() {
        let mut counts = [[0; 10]; 2];
        let mut pixels = [0; 784];
        for index in 0..1_000 {
            counts[0][usize::from(draw(1, index, &mut pixels))] += 1;
            counts[1][usize::from(draw(1, TRAIN_LEN as u32 + index, &mut pixels))] += 1;
        }
        assert_eq!(counts, [[100; 10]; 2]);
    }

    #[test]
    fn any_seed_and_index_can_be_digit() {
        for seed in [0, 1 << 32, u64::MAX] {
            for index in u32::MAX - 100..=u32::MAX {
                assert!(inked(&digit(seed, index)).count() > 20);
            }
        }
    }
}

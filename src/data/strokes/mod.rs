//! Built-in digits: handwriting drawn by the program, so that there is always something to learn from.
//!
//! No image and no data file stands behind them. A digit is a [skeleton] of a few points whose proportions
//! are drawn at random, bent by a [hand] (slant, width, unsteadiness), joined to a smooth [curve] and
//! inked by a [pen]; then it is fitted to 20x20 pixels and centred by mass in 28x28, as the digits of MNIST
//! were (LeCun, Bottou, Bengio & Haffner, *Gradient-based learning applied to document recognition*, 1998).

mod angular;
mod curve;
mod dice;
mod hand;
mod pen;
mod round;
mod skeleton;

use self::{dice::Dice, hand::Hand, pen::Pen};

/// How many digits there are to train on: the indices `0..TRAIN`.
pub const TRAIN: usize = 60_000;

/// How many digits are held out: the indices `TRAIN..TRAIN + TEST`.
pub const TEST: usize = 10_000;

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
    let mut skeleton = skeleton::of(label, &mut dice);
    let hand = Hand::of(label, &mut dice);
    hand.bend(&mut skeleton, &mut dice);
    Pen::of(label, &mut dice).ink(&curve::flatten(&skeleton), pixels);
    label as u8
}

//! The valid values of settings: one table for settings as numbers and as text, so that every run that can be trained can be
//! written as text, too.

use std::ops::RangeInclusive;

use crate::nn::{Constant, WeightInit};

/// The valid values of a number. Infinity and NaN are never valid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Range {
    /// Any.
    Finite,
    /// At least 0.
    NonNegative,
    /// Above 0.
    Positive,
    /// At least 0 and below 1.
    Fraction,
}

impl Range {
    /// Returns whether `value` is valid.
    pub(super) fn contains(self, value: f32) -> bool {
        value.is_finite()
            && match self {
                Self::Finite => true,
                Self::NonNegative => value >= 0.0,
                Self::Positive => value > 0.0,
                Self::Fraction => (0.0..1.0).contains(&value),
            }
    }

    /// Returns the valid values as words.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Finite => "a finite number",
            Self::NonNegative => "a number of at least 0",
            Self::Positive => "a number above 0",
            Self::Fraction => "a number of at least 0 and below 1",
        }
    }
}

/// Returns the name and the range of an optimizer's constant.
pub(super) fn of_constant(constant: Constant) -> (&'static str, Range) {
    match constant {
        Constant::Momentum => ("momentum", Range::Fraction),
        Constant::Rho => ("rho", Range::Fraction),
        Constant::Beta1 => ("beta1", Range::Fraction),
        Constant::Beta2 => ("beta2", Range::Fraction),
        Constant::Epsilon => ("epsilon", Range::Positive),
        Constant::WeightDecay => ("weight decay", Range::NonNegative),
    }
}

/// The largest learning rate as text. A program may set a larger one, to see a run diverge.
pub(super) const MAX_LEARNING_RATE: f32 = 1e6;

/// The examples in a batch.
pub(super) const BATCH_SIZE: RangeInclusive<u64> = 1..=1_000;

/// The limit of the training images.
pub(super) const TRAIN_IMAGES: RangeInclusive<u64> = 1..=1_000_000;

/// The seed: above 2⁵³ − 1, JavaScript cannot tell neighbouring whole numbers apart.
pub(super) const SEED: RangeInclusive<u64> = 0..=(1 << 53) - 1;

/// The initialisers of the weights, by name.
pub(super) const INITS: [(&str, WeightInit); 4] = [
    ("fan-in", WeightInit::FanInNormal),
    ("glorot", WeightInit::GlorotUniform),
    ("he", WeightInit::HeNormal),
    ("truncated", WeightInit::TruncatedNormal { sd: 0.1 }),
];

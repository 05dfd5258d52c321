//! What the network learns from.

use crate::nn::impl_from_str;

/// What the network learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatasetChoice {
    /// MNIST's handwritten digits, served with the page.
    Mnist,
    /// Digits that the program draws itself.
    Strokes,
    /// The visitor's own images.
    Own,
}

impl DatasetChoice {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Mnist, Self::Strokes, Self::Own];

    /// The name, as [`FromStr`](std::str::FromStr) reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Strokes => "strokes",
            Self::Own => "own",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Strokes => "Built-in strokes",
            Self::Own => "Your own files",
        }
    }
}

impl_from_str!(DatasetChoice);

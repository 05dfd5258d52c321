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

    /// Says why the dataset is not available.
    #[must_use]
    pub fn unavailable_sentence(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST is not served with this page, so the dataset stays as it was.",
            _ => "There are no files of your own here yet: choose some, or drop them on the page.",
        }
    }
}

impl_from_str!(DatasetChoice);

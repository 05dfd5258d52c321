//! The choice of the dataset.

use crate::nn::impl_names;

/// The choice of the dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatasetChoice {
    /// MNIST's handwritten digits, served with the page.
    Mnist,
    /// The built-in synthetic digits.
    Synthetic,
    /// The user's own images.
    Own,
}

impl DatasetChoice {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Mnist, Self::Synthetic, Self::Own];

    /// Says why the dataset is not available.
    pub fn unavailable_sentence(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST is not served with this page, so the dataset stays as it was.",
            _ => "There are no files of your own here yet: choose some, or drop them on the page.",
        }
    }
}

impl_names!(DatasetChoice {
    Self::Mnist => "mnist", "MNIST";
    Self::Synthetic => "strokes", "Built-in digits";
    Self::Own => "own", "Your own files";
});

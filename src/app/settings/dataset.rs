//! The choice of the dataset.

use crate::nn::impl_names;

/// The choice of the dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatasetChoice {
    /// MNIST's handwritten digits, served with the page.
    Mnist,
    /// Zalando's pictures of clothes, where they are served with the page.
    FashionMnist,
    /// Handwritten Japanese characters, where they are served with the page.
    Kmnist,
    /// The built-in synthetic digits.
    Synthetic,
    /// The user's own images.
    Own,
}

impl DatasetChoice {
    /// Every choice.
    pub const ALL: [Self; 5] = [Self::Mnist, Self::FashionMnist, Self::Kmnist, Self::Synthetic, Self::Own];

    /// Returns whether the dataset is downloaded from where the page is: from a folder of its name.
    pub fn is_served(self) -> bool {
        !matches!(self, Self::Synthetic | Self::Own)
    }

    /// Returns the names of the classes, by label; none where they are digits.
    pub fn class_names(self) -> &'static [&'static str] {
        match self {
            Self::FashionMnist => &[
                "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
                "boot",
            ],
            Self::Kmnist => &["お", "き", "す", "つ", "な", "は", "ま", "や", "れ", "を"],
            _ => &[],
        }
    }

    /// Says why the dataset is not available.
    pub fn unavailable_sentence(self) -> String {
        if self.is_served() {
            format!("{} is not served with this page, so the dataset stays as it was.", self.title())
        } else {
            "There are no files of your own here yet: choose some, or drop them on the page.".to_owned()
        }
    }
}

impl_names!(DatasetChoice {
    Self::Mnist => "mnist", "MNIST";
    Self::FashionMnist => "fashion-mnist", "Fashion-MNIST";
    Self::Kmnist => "kmnist", "KMNIST";
    Self::Synthetic => "strokes", "Built-in digits";
    Self::Own => "own", "Your own files";
});

//! The settings' names, for the page, the URL and the program.

use std::str::FromStr;

use crate::nn::{Method, UnknownName};
use crate::preset::Preset;

/// A setting, as the page's controls and the URL's fragment know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The named set of settings to begin with.
    Preset,
    /// The layers.
    Network,
    /// The learning rate.
    LearningRate,
    /// The method of optimisation.
    Optimizer,
    /// Examples in a batch.
    BatchSize,
    /// The seed of the first parameters and of the order of the examples.
    Seed,
    /// What is learned from.
    Dataset,
}

impl Field {
    /// Every setting, in the order of the fragment: the preset first, since it sets the others.
    pub const ALL: [Self; 7] = [
        Self::Preset,
        Self::Network,
        Self::LearningRate,
        Self::Optimizer,
        Self::BatchSize,
        Self::Seed,
        Self::Dataset,
    ];

    /// The key in the URL's fragment.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Preset => "preset",
            Self::Network => "network",
            Self::LearningRate => "lr",
            Self::Optimizer => "optimizer",
            Self::BatchSize => "batch",
            Self::Seed => "seed",
            Self::Dataset => "dataset",
        }
    }

    /// The label on the page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Preset => "Preset",
            Self::Network => "Network",
            Self::LearningRate => "Learning rate",
            Self::Optimizer => "Optimizer",
            Self::BatchSize => "Batch size",
            Self::Seed => "Seed",
            Self::Dataset => "Dataset",
        }
    }

    /// What there is to choose from, as pairs of value and title; nothing for what is typed.
    #[must_use]
    pub fn choices(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Preset => Preset::ALL.map(|preset| (preset.name(), preset.name())).to_vec(),
            Self::Optimizer => Method::ALL.map(|method| (method.name(), method.title())).to_vec(),
            Self::Dataset => DatasetChoice::ALL.map(|choice| (choice.name(), choice.title())).to_vec(),
            Self::Network | Self::LearningRate | Self::BatchSize | Self::Seed => Vec::new(),
        }
    }
}

/// What is learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatasetChoice {
    /// MNIST's handwritten digits, served beside the page.
    Mnist,
    /// The digits that the program draws itself.
    Strokes,
    /// Files that the visitor has given.
    Own,
}

impl DatasetChoice {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Mnist, Self::Strokes, Self::Own];

    /// The name, as [`FromStr`] reads it.
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

impl FromStr for DatasetChoice {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        crate::nn::find_by_name(name, &Self::ALL, Self::name)
    }
}

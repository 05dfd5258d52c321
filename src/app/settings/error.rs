//! Why a setting was refused, in a sentence.

use thiserror::Error;

use super::layers::UnfitNetwork;
use crate::nn::{SpecError, UnknownName};

/// A setting that was refused. The old value stays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingError {
    /// A name that stands for no choice.
    #[error("{label}: {source}.")]
    Unknown {
        /// The setting's label.
        label: &'static str,
        /// The name, and those there are.
        source: UnknownName,
    },
    /// Something that is not a number within the bounds.
    #[error("{label}: “{found}” is not {wanted}.")]
    OutOfRange {
        /// The setting's label.
        label: &'static str,
        /// What was given.
        found: String,
        /// What would be taken.
        wanted: String,
    },
    /// A text that is not the layers of a network.
    #[error("Network: {0}.")]
    Layers(#[from] SpecError),
    /// A network that the page cannot train or show.
    #[error("Network: {0}.")]
    Unfit(#[from] UnfitNetwork),
    /// A key of the fragment that names no setting.
    #[error(
        "“{0}” in the address is not a setting: preset, network, lr, optimizer, batch, seed and dataset are."
    )]
    UnknownKey(String),
}

/// The beginning of what a person gave, to be quoted in a sentence.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(30).collect()
}

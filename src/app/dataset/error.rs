//! Why images or a network are refused, in a sentence.

use thiserror::Error;

use super::user_network::NetworkError;
use crate::data::idx::IdxError;

/// Why images or a network are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DatasetError {
    /// A file is invalid.
    #[error("{name}: {source}")]
    File { name: String, source: IdxError },
    /// A download has failed.
    #[error("{name} could not be downloaded: {reason}.")]
    Download { name: String, reason: String },
    /// The browser could not read a file.
    #[error("{name} could not be read: {reason}.")]
    Read { name: String, reason: String },
    /// There are labels without images.
    #[error("These are labels without images: drop the file of images together with them.")]
    NoImages,
    /// There are two files of one kind.
    #[error("There are two files of {0}: drop one file of images, and one of labels if you have it.")]
    TwoOfAKind(&'static str),
    /// There are pictures and a file of images.
    #[error("There are pictures and a file of images: drop one or the other.")]
    PicturesAndImages,
    /// There are too few images.
    #[error("There must be at least {least} images, to train on some and test on others, got {found}.")]
    TooFew { found: usize, least: usize },
    /// A file holds no network that the page can train.
    #[error("{name}: {source}.")]
    Network { name: String, source: NetworkError },
    /// There are two networks.
    #[error("There are two networks, and only one can be trained: drop one of them.")]
    TwoNetworks,
}

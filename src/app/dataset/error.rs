//! Why images or a network are refused, in a sentence.

use thiserror::Error;

use super::user_network::NetworkError;
use crate::data::idx::IdxError;

/// Why images or a network are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DatasetError {
    /// A file is invalid.
    #[error("{name}: {source}")]
    File {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        source: IdxError,
    },
    /// A download has failed.
    #[error("{name} could not be downloaded: {reason}.")]
    Download {
        /// The file's name.
        name: String,
        /// The browser's reason.
        reason: String,
    },
    /// The browser could not read a file.
    #[error("{name} could not be read: {reason}.")]
    Read {
        /// The file's name.
        name: String,
        /// The browser's reason.
        reason: String,
    },
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
    TooFew {
        /// Their number.
        found: usize,
        /// The smallest number.
        least: usize,
    },
    /// A file holds no network that the page can train.
    #[error("{name}: {source}.")]
    Network {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        source: NetworkError,
    },
    /// There are two networks.
    #[error("There are two networks, and only one can be trained: drop one of them.")]
    TwoNetworks,
}

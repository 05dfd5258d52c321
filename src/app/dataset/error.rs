//! Why images or a network are refused, in a sentence.

use thiserror::Error;

use super::user_network::NetworkError;
use crate::data::import::{FileProblem, ImportError};

/// Why images or a network are refused.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum DatasetError {
    /// A file is invalid.
    #[error("{name}: {source}.")]
    File { name: String, source: FileProblem },
    /// A download has failed.
    #[error("{name} could not be downloaded: {reason}.")]
    Download { name: String, reason: String },
    /// The browser could not read a file.
    #[error("{name} could not be read: {reason}.")]
    Read { name: String, reason: String },
    /// The user's files do not make one dataset.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A file holds no network that the page can train.
    #[error("{name}: {source}.")]
    Network { name: String, source: NetworkError },
    /// A file is another library's network.
    #[error("{name} {description}.")]
    Foreign { name: String, description: String },
    /// There are two networks.
    #[error("There are two networks, and only one can be trained: drop one of them.")]
    TwoNetworks,
}

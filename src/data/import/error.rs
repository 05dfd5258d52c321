//! Why files make no dataset, in a sentence.

use thiserror::Error;

use super::path;
use crate::data::formats::problem::FileProblem;

/// Why files make no dataset.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ImportError {
    /// A file is damaged, or not what its kind should be.
    #[error("{name}: {problem}.")]
    File {
        /// Its name.
        name: String,
        /// Its fault.
        problem: FileProblem,
    },
    /// Nothing that was given holds images.
    #[error("{name} {description}.")]
    Foreign {
        /// The name of a file.
        name: String,
        /// What it is, and what to do.
        description: String,
    },
    /// There are no files.
    #[error("There are no files here: choose a folder with pictures, or files of images.")]
    NoFiles,
    /// There are labels without images.
    #[error("These are labels without images: drop the file of images together with them.")]
    NoImages,
    /// There are labels for images that are missing.
    #[error(
        "{name}: there are no images for these labels: drop the file of images, too, or leave this one out."
    )]
    Unpaired {
        /// The file of labels.
        name: String,
    },
    /// There are pictures and a file of images.
    #[error("There are pictures and a file of images: drop one or the other.")]
    PicturesAndImages,
    /// There is more than one set of images.
    #[error(
        "There are two files of images, {first} and {second}: drop one of them, and its labels if you have them."
    )]
    TwoOfAKind {
        /// The first file.
        first: String,
        /// The second file.
        second: String,
    },
}

impl FileProblem {
    /// Makes it the fault of a file.
    #[cold]
    #[inline(never)]
    pub(super) fn of(self, path: &str) -> ImportError {
        ImportError::File { name: path::shown(path), problem: self }
    }
}

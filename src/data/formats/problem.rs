//! The faults of a file.

use thiserror::Error;

use super::array::ArrayError;
use super::csv::CsvError;
use super::gunzip::BrokenGzip;
use super::zip::ZipError;

/// The fault of a file; the second half of a sentence.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FileProblem {
    /// The gzip stream is broken.
    #[error(
        "the gzip file is damaged, cut off, or followed by something else: download it again, or unpack it and choose what \
         comes out"
    )]
    Gzip,
    /// A zip archive is broken.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// An array is not one of images or labels.
    #[error(transparent)]
    Array(#[from] ArrayError),
    /// A table is not one of images or labels.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// A file of a zip archive does not match its checksum.
    #[error("it is damaged in the zip archive: pack or download it again")]
    Checksum,
    /// Images and labels do not belong together.
    #[error("{images} images and {labels} labels do not belong together: every image needs one label")]
    LabelCount {
        /// The number of images.
        images: usize,
        /// The number of labels.
        labels: usize,
    },
}

impl From<BrokenGzip> for FileProblem {
    fn from(_: BrokenGzip) -> Self {
        Self::Gzip
    }
}

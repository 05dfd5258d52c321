//! A network that a visitor gives: a file's bytes as they arrive, and what they say once all are here.

use thiserror::Error;

use crate::app::settings::{FieldError, Settings, UnfitNetwork};
use crate::snapshot::{self, Format, SnapshotError};
use crate::trainer::Trainer;

/// The most bytes of a file: those of the largest network on the page, written by ConvNetJS.
const MAX_BYTES: usize = 100_000_000;

/// Why a file holds no network to go on with; the second half of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetworkError {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than any network on the page.
    #[error("the file must have at most {} MB, and no network on this page has more", MAX_BYTES / 1_000_000)]
    TooLarge,
    /// It is damaged, or holds something else.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The page cannot train or show the network.
    #[error(transparent)]
    Unfit(UnfitNetwork),
    /// The run has settings that the page does not take.
    #[error("this page cannot go on with the run: {}", .0.to_string().trim_end_matches('.'))]
    Setting(FieldError),
}

impl From<FieldError> for NetworkError {
    fn from(error: FieldError) -> Self {
        match error {
            FieldError::Unfit(unfit) => Self::Unfit(unfit),
            error => Self::Setting(error),
        }
    }
}

/// The bytes of such a file.
#[derive(Debug)]
pub struct NetworkFile {
    format: Format,
    bytes: Vec<u8>,
    too_large: bool,
}

impl NetworkFile {
    /// An empty one.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self { format, bytes: Vec::new(), too_large: false }
    }

    /// Takes a chunk.
    pub fn push(&mut self, chunk: &[u8]) {
        self.too_large |= self.bytes.len() + chunk.len() > MAX_BYTES;
        if self.too_large {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(chunk);
        }
    }

    /// Refuses a file that need not be read to its end.
    ///
    /// # Errors
    /// [`NetworkError::TooLarge`]
    pub fn check(&self) -> Result<(), NetworkError> {
        if self.too_large { Err(NetworkError::TooLarge) } else { Ok(()) }
    }

    /// A trainer that goes on with the network, and its settings: those of `settings` where the file says nothing.
    ///
    /// # Errors
    /// [`NetworkError`] if anything is wrong with the file, or with the network for this page.
    pub fn read(&self, settings: &Settings) -> Result<(Trainer, Settings), NetworkError> {
        if self.bytes.is_empty() {
            return Err(NetworkError::Empty);
        }
        let kept = snapshot::read(self.format, &self.bytes, &settings.config)?;
        // Looked at before a trainer takes its memory.
        let settings = settings.of_file(kept.config())?;
        Ok((kept.into_trainer()?, settings))
    }
}

//! A network that a visitor gives: a file's bytes as they arrive, and what they say once all are here.

use thiserror::Error;

use super::settings::{SettingError, Settings, UnfitNetwork};
use crate::snapshot::{self, Format, SnapshotError};
use crate::trainer::Trainer;

/// The most bytes of a file: those of the largest network that the page takes, written by ConvNetJS.
const MAX_BYTES: usize = 100_000_000;

/// Why a file holds no network to go on with; the second half of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetworkFileError {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than any network that the page takes.
    #[error("the file is larger than {} MB, and so than any network that the page takes", MAX_BYTES / 1_000_000)]
    TooLarge,
    /// It is damaged, or holds something else.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The network is not one of the page's.
    #[error(transparent)]
    Unfit(UnfitNetwork),
    /// The run has settings that are not among the page's.
    #[error("the run in it cannot go on here. {}", .0.to_string().trim_end_matches('.'))]
    Setting(SettingError),
}

impl From<SettingError> for NetworkFileError {
    fn from(error: SettingError) -> Self {
        match error {
            SettingError::Unfit(unfit) => Self::Unfit(unfit),
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
    /// [`NetworkFileError::TooLarge`]
    pub fn check(&self) -> Result<(), NetworkFileError> {
        if self.too_large { Err(NetworkFileError::TooLarge) } else { Ok(()) }
    }

    /// A trainer that goes on with the network, and its settings, which are those of `settings` where the file says nothing.
    ///
    /// # Errors
    /// [`NetworkFileError`] if there is anything wrong with the file, or with the network for this page.
    pub fn read(&self, settings: &Settings) -> Result<(Trainer, Settings), NetworkFileError> {
        if self.bytes.is_empty() {
            return Err(NetworkFileError::Empty);
        }
        let kept = snapshot::read(self.format, &self.bytes, &settings.config)?;
        // Looked at before a trainer takes its memory.
        let settings = settings.of_file(kept.config())?;
        Ok((kept.into_trainer()?, settings))
    }
}

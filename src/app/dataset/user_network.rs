//! A network from the user's file, read as it arrives.

use thiserror::Error;

use super::chunks::Chunks;
use crate::app::settings::{FieldError, Settings, UnfitNetwork};
use crate::data::Dataset;
use crate::files::{self, ActivationChoice, ConvNetJsReader, FileError, Format, Loaded, RunHeader};
use crate::train::Trainer;

/// The largest size of a file in bytes: that of the largest network on the page, written by ConvNetJS.
const MAX_BYTES: usize = 100_000_000;

/// Why a file holds no network to train; the second half of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetworkError {
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// It is larger than any network on the page.
    #[error("the file must be at most {} MB: no network on this page is larger", MAX_BYTES / 1_000_000)]
    TooLarge,
    /// It is damaged, or holds something else.
    #[error(transparent)]
    File(#[from] FileError),
    /// The page cannot train or show the network.
    #[error(transparent)]
    Unfit(UnfitNetwork),
    /// The page does not support the run's settings.
    #[error("this page cannot continue the run: {}", .0.to_string().trim_end_matches('.'))]
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

/// What a network's file holds.
#[derive(Debug)]
pub struct ReadNetwork {
    pub trainer: Trainer,
    pub settings: Settings,
    /// What the page showed of the run, if the file is one of the page's.
    pub header: Option<RunHeader>,
    /// The activations that were chosen, if the file does not state them.
    pub activations: Option<ActivationChoice>,
}

/// The bytes of JSON that are parsed at a time: less than a millisecond.
const PIECE_BYTES: usize = 32 * 1024;

/// A network's file. JSON is parsed as it arrives, because all of it at once would take a second.
#[derive(Debug)]
pub struct NetworkFile {
    pub(super) chunks: Chunks,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Json(Box<ConvNetJsReader>),
    Bytes(Format, Vec<u8>),
}

impl NetworkFile {
    /// Creates an empty file.
    pub fn new(format: Format) -> Self {
        Self {
            chunks: Chunks::with_max_len(MAX_BYTES),
            content: match format {
                Format::ConvNetJs => Content::Json(Box::default()),
                format => Content::Bytes(format, Vec::new()),
            },
        }
    }

    /// Reads a piece. Returns false if there is nothing to read.
    ///
    /// # Errors
    /// [`NetworkError`] if the file is invalid.
    pub fn advance(&mut self) -> Result<bool, NetworkError> {
        if self.chunks.is_too_long() {
            return Err(NetworkError::TooLarge);
        }
        self.chunks.parse(PIECE_BYTES, |piece| {
            match (&mut self.content, piece.unwrap_or_default()) {
                (Content::Json(reader), piece) if !piece.is_empty() => reader.push(piece)?,
                (Content::Json(_), _) => {}
                (Content::Bytes(_, bytes), piece) => bytes.extend_from_slice(piece),
            }
            Ok(())
        })
    }

    /// Returns the network, with `settings` where its file says nothing, and with the activations that suit `images` best if it
    /// does not state them.
    ///
    /// # Errors
    /// [`NetworkError`] if the file is invalid, or the page does not support the network.
    pub fn read(self, settings: &Settings, images: &Dataset) -> Result<ReadNetwork, NetworkError> {
        if self.chunks.is_empty() {
            return Err(NetworkError::Empty);
        }
        let mut file = match self.content {
            Content::Json(reader) => reader.finish(&settings.config)?,
            Content::Bytes(format, bytes) => files::read(format, &bytes, &settings.config)?,
        };
        let activations = file.choose_activations(images);
        // Checked before the trainer allocates its memory.
        let settings = settings.with_config(file.config())?;
        let header = match &file {
            Loaded::Run(_, header) => header.as_deref().cloned(),
            Loaded::Network { .. } => None,
        };
        Ok(ReadNetwork { trainer: file.into_trainer()?, settings, header, activations })
    }
}

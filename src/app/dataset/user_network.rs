//! A network from the user's file, read as it arrives.

use std::collections::VecDeque;

use thiserror::Error;

use crate::app::settings::{FieldError, Settings, UnfitNetwork};
use crate::files::{self, ConvNetJsReader, FileError, Format};
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

/// The bytes of JSON that are parsed at a time: less than a millisecond.
const PIECE_BYTES: usize = 32 * 1024;

/// A network's file. JSON is parsed as it arrives, because all of it at once would take a second.
#[derive(Debug)]
pub struct NetworkFile {
    chunks: VecDeque<Vec<u8>>,
    read_of_first: usize,
    length: usize,
    content: Content,
    ended: bool,
    finished: bool,
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
            chunks: VecDeque::new(),
            read_of_first: 0,
            length: 0,
            content: match format {
                Format::ConvNetJs => Content::Json(Box::default()),
                format => Content::Bytes(format, Vec::new()),
            },
            ended: false,
            finished: false,
        }
    }

    /// Adds a chunk, to be read later.
    pub fn push(&mut self, chunk: Vec<u8>) {
        self.length = self.length.saturating_add(chunk.len());
        if self.length > MAX_BYTES {
            self.chunks.clear();
            self.read_of_first = 0;
        } else {
            self.chunks.push_back(chunk);
        }
    }

    /// Records that no chunk follows.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Returns the bytes that wait to be read.
    pub fn backlog(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum::<usize>() - self.read_of_first
    }

    /// Returns whether all of the file has been read.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Reads a piece. Returns false if there is nothing to read.
    ///
    /// # Errors
    /// [`NetworkError`] if the file is invalid.
    pub fn advance(&mut self) -> Result<bool, NetworkError> {
        if self.length > MAX_BYTES {
            return Err(NetworkError::TooLarge);
        }
        let Some(chunk) = self.chunks.front() else {
            let ends = self.ended && !self.finished;
            self.finished |= ends;
            return Ok(ends);
        };
        let rest = &chunk[self.read_of_first..];
        let piece = &rest[..rest.len().min(PIECE_BYTES)];
        match &mut self.content {
            Content::Json(reader) => reader.push(piece)?,
            Content::Bytes(_, bytes) => bytes.extend_from_slice(piece),
        }
        if piece.len() == rest.len() {
            self.chunks.pop_front();
            self.read_of_first = 0;
        } else {
            self.read_of_first += piece.len();
        }
        Ok(true)
    }

    /// Returns a trainer of the network, and its settings: those of `settings` where the file says nothing.
    ///
    /// # Errors
    /// [`NetworkError`] if the file is invalid, or the page does not support the network.
    pub fn read(self, settings: &Settings) -> Result<(Trainer, Settings), NetworkError> {
        if self.length == 0 {
            return Err(NetworkError::Empty);
        }
        let file = match self.content {
            Content::Json(reader) => reader.finish(&settings.config)?,
            Content::Bytes(format, bytes) => files::read(format, &bytes, &settings.config)?,
        };
        // Checked before the trainer allocates its memory.
        let settings = settings.of_file(file.config())?;
        Ok((file.into_trainer()?, settings))
    }
}

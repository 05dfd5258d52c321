//! A file of images or labels that arrives in chunks of any size and is parsed in pieces.

use std::collections::VecDeque;

use super::error::DatasetError;
use crate::data::Dataset;
use crate::data::idx::{IdxError, IdxParser, Kind};

/// Bytes that are parsed at a time: a fraction of a millisecond.
const PIECE: usize = 8 * 1024;

/// The chunks of a file that have come, and what was made of them.
#[derive(Debug, Default)]
pub struct StreamingFile {
    name: String,
    idx: IdxParser,
    chunks: VecDeque<Vec<u8>>,
    parsed_of_first: usize,
    ended: bool,
    finished: bool,
}

impl StreamingFile {
    /// A file of either kind.
    #[must_use]
    pub fn new(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// A file of one kind only.
    #[must_use]
    pub fn expecting(name: &str, kind: Kind) -> Self {
        Self { name: name.to_owned(), idx: IdxParser::expecting(kind), ..Self::default() }
    }

    /// The file's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a chunk, to be parsed when there is time.
    pub fn push(&mut self, chunk: Vec<u8>) {
        self.chunks.push_back(chunk);
    }

    /// Takes note that no chunk will follow.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Bytes that have come and wait to be parsed.
    #[must_use]
    pub fn backlog(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum::<usize>() - self.parsed_of_first
    }

    /// Whether all of the file has been parsed.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Parses a piece and hands what it held to `dataset`; false if there was nothing to parse.
    ///
    /// # Errors
    /// [`DatasetError::File`] if the file is not what it should be.
    pub fn advance(&mut self, dataset: &mut Dataset) -> Result<bool, DatasetError> {
        let outcome = self.parse().and_then(|worked| dataset.extend_from(&mut self.idx).map(|()| worked));
        outcome.map_err(|source| DatasetError::File { name: self.name.clone(), source })
    }

    fn parse(&mut self) -> Result<bool, IdxError> {
        if let Some(chunk) = self.chunks.front() {
            let rest = &chunk[self.parsed_of_first..];
            let piece = &rest[..rest.len().min(PIECE)];
            self.idx.push(piece)?;
            if piece.len() == rest.len() {
                self.chunks.pop_front();
                self.parsed_of_first = 0;
            } else {
                self.parsed_of_first += piece.len();
            }
            Ok(true)
        } else if self.ended && !self.finished {
            self.finished = true;
            self.idx.finish()?;
            Ok(true)
        } else {
            Ok(false)
        }
    }
}

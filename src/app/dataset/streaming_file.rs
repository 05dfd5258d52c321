//! A file of images or labels that arrives in chunks and is parsed in pieces.

use std::collections::VecDeque;

use super::error::DatasetError;
use crate::data::Dataset;
use crate::data::idx::{IdxError, IdxParser, Kind};

/// The bytes that are parsed at a time: a fraction of a millisecond.
const PIECE_BYTES: usize = 8 * 1024;

/// A file that arrives in chunks.
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
    /// Creates a file of images or labels.
    pub fn new(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// Creates a file of one kind.
    pub fn expecting(name: &str, kind: Kind) -> Self {
        Self { name: name.to_owned(), idx: IdxParser::expecting(kind), ..Self::default() }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds a chunk, to be parsed later.
    pub fn push(&mut self, chunk: Vec<u8>) {
        self.chunks.push_back(chunk);
    }

    /// Records that no chunk follows.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Returns the bytes that wait to be parsed.
    pub fn backlog(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum::<usize>() - self.parsed_of_first
    }

    /// Returns whether all of the file has been parsed.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Parses a piece into `dataset`. Returns false if there was nothing to parse.
    ///
    /// # Errors
    /// [`DatasetError::File`] if the file is invalid.
    pub fn advance(&mut self, dataset: &mut Dataset) -> Result<bool, DatasetError> {
        let outcome = self.parse().and_then(|worked| dataset.extend_from(&mut self.idx).map(|()| worked));
        outcome.map_err(|source| DatasetError::File { name: self.name.clone(), source })
    }

    fn parse(&mut self) -> Result<bool, IdxError> {
        if let Some(chunk) = self.chunks.front() {
            let rest = &chunk[self.parsed_of_first..];
            let piece = &rest[..rest.len().min(PIECE_BYTES)];
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

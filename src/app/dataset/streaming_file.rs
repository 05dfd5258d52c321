//! A file of images or labels that arrives in chunks and is parsed in pieces.

use super::chunks::Chunks;
use super::error::DatasetError;
use crate::data::Dataset;
use crate::data::idx::{IdxParser, Kind};

/// The bytes that are parsed at a time: a fraction of a millisecond.
const PIECE_BYTES: usize = 8 * 1024;

/// A file of images or labels.
#[derive(Debug)]
pub struct StreamingFile {
    name: String,
    idx: IdxParser,
    pub(super) chunks: Chunks,
}

impl StreamingFile {
    /// Creates a file of images or labels.
    pub fn new(name: String, kind: Kind) -> Self {
        Self { name, idx: IdxParser::new(kind), chunks: Chunks::with_max_len(usize::MAX) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Parses a piece into `dataset`. Returns false if there was nothing to parse.
    ///
    /// # Errors
    /// [`DatasetError::File`] if the file is invalid.
    pub fn advance(&mut self, dataset: &mut Dataset) -> Result<bool, DatasetError> {
        let parsed = self.chunks.parse(PIECE_BYTES, |piece| match piece {
            Some(piece) => self.idx.push(piece),
            None => self.idx.finish(),
        });
        let outcome = parsed.and_then(|worked| dataset.extend_from(&mut self.idx).map(|()| worked));
        outcome.map_err(|source| DatasetError::File { name: self.name.clone(), source })
    }
}

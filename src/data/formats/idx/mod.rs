//! The IDX format of MNIST's images and labels, gzipped or plain.
//!
//! [`IdxParser`] is a push parser: the network learns while a file is still downloading, so the caller pushes chunks of
//! any size as they arrive, and drains the images that are complete. Memory for all promised items is reserved only
//! once a share of them has arrived; a file of sixteen bytes gets none.
//!
//! The format: a magic number `00 00 type rank`, one big-endian `u32` for each dimension, then the elements,
//! the last dimension running fastest. See "File formats for the MNIST database" in Yann
//! `LeCun`, Corinna Cortes, Christopher J. C. Burges, "The MNIST database of handwritten digits", 1998.

mod error;
mod header;
mod kind;
mod plain;

use std::mem;

pub use error::IdxError;
pub use header::encode_header;
pub use kind::Kind;
use plain::PlainParser;

use super::gunzip::{GZIP_MAGIC, Gunzip};

/// The side of an image, in pixels.
pub const SIDE: usize = 28;

/// The pixels of an image, and its size in bytes: `SIDE * SIDE`.
pub const PIXELS: usize = SIDE * SIDE;

/// The most images or labels that a file may promise (1.6 GB of pixels, about what a browser's page can hold).
pub const MAX_ITEMS: usize = 2_000_000;

/// A push parser of one IDX file of 28x28 images or of labels.
///
/// ```
/// use bottleneck::data::idx::{IdxParser, Kind, encode_header};
///
/// let mut idx = IdxParser::new();
/// idx.push(&encode_header(Kind::Labels, 3))?;
/// idx.push(&[7, 2])?;
/// assert_eq!((idx.kind(), idx.expected_len(), idx.received_len()), (Some(Kind::Labels), Some(3), 2));
///
/// let mut labels = Vec::new();
/// idx.drain_into(&mut labels)?; // training could begin here
/// idx.push(&[1])?;
/// idx.finish()?;
/// idx.drain_into(&mut labels)?;
/// assert_eq!(labels, [7, 2, 1]);
/// # Ok::<(), bottleneck::data::idx::IdxError>(())
/// ```
#[derive(Debug, Default)]
pub struct IdxParser {
    encoding: Encoding,
    plain: PlainParser,
    /// The result of the file, once it has ended or failed.
    outcome: Option<Result<(), IdxError>>,
}

/// The encoding of the pushed bytes.
#[derive(Debug)]
enum Encoding {
    /// Still unknown, with the fewer than two bytes that have arrived.
    Unknown(Vec<u8>),
    Plain,
    Gzip(Gunzip),
}

impl Default for Encoding {
    fn default() -> Self {
        Self::Unknown(Vec::new())
    }
}

impl IdxParser {
    /// Creates a parser of either kind of file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a parser that refuses files of the other kind.
    pub fn expecting(kind: Kind) -> Self {
        Self { plain: PlainParser::expecting(kind), ..Self::default() }
    }

    /// Parses the next bytes of the file.
    ///
    /// The work is linear in the unpacked bytes: the pushed bytes of a plain file, about 6 times their number for MNIST's
    /// `.gz`, 1032 times at most (the limit of DEFLATE), and never more than the header promises. A caller with
    /// little time pushes small slices.
    ///
    /// # Errors
    ///
    /// The first fault of the file. It is final: items that were not drained are dropped, and every later call returns
    /// the same error.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), IdxError> {
        match &self.outcome {
            Some(Err(error)) => Err(error.clone()),
            // Bytes after the end are parsed too: they are refused as trailing data.
            Some(Ok(())) | None => self.unpack(chunk).or_else(|error| self.fail(error)),
        }
    }

    /// Ends the file and checks that it is complete.
    ///
    /// # Errors
    ///
    /// The file was empty, cut off, or its gzip checksum does not match; or it had failed before.
    pub fn finish(&mut self) -> Result<(), IdxError> {
        if let Some(outcome) = &self.outcome {
            return outcome.clone();
        }
        match self.check_complete() {
            Ok(()) => {
                self.encoding = Encoding::Plain;
                self.outcome = Some(Ok(()));
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    /// Returns the kind of the file, once its header has arrived.
    pub fn kind(&self) -> Option<Kind> {
        self.plain.header().map(|header| header.kind)
    }

    /// Returns the number of images or labels that the header promises, once it has arrived.
    pub fn expected_len(&self) -> Option<usize> {
        self.plain.header().map(|header| header.count)
    }

    /// Returns the number of complete images or labels that have arrived, including drained ones.
    pub fn received_len(&self) -> usize {
        self.plain.received_len()
    }

    /// Returns the complete items that were not drained: [`PIXELS`] bytes per image (rows from the top, 0 is
    /// background, 255 is ink), one byte per label.
    pub fn bytes(&self) -> &[u8] {
        self.plain.complete()
    }

    /// Moves the [`bytes`](Self::bytes) to the end of `out` and returns the number of items moved.
    ///
    /// Once one item in 32 has arrived, the exact memory for all promised items is reserved in `out`: a vector that
    /// doubles would hold up to three times as much while it moves. A caller who drains after each small chunk needs
    /// little more memory than the items themselves.
    ///
    /// # Errors
    ///
    /// [`IdxError::OutOfMemory`] if `out` cannot grow; nothing is moved then, and the parser has not failed.
    pub fn drain_into(&mut self, out: &mut Vec<u8>) -> Result<usize, IdxError> {
        self.plain.drain_into(out)
    }

    fn unpack(&mut self, chunk: &[u8]) -> Result<(), IdxError> {
        match &mut self.encoding {
            Encoding::Plain => self.plain.push(chunk),
            Encoding::Gzip(gunzip) => gunzip.push(chunk, |bytes| self.plain.push(bytes)),
            Encoding::Unknown(head) => {
                let (missing, rest) = chunk.split_at(chunk.len().min(GZIP_MAGIC.len() - head.len()));
                head.extend_from_slice(missing);
                if head.len() < GZIP_MAGIC.len() {
                    return Ok(());
                }
                let head = mem::take(head);
                self.encoding =
                    if head == GZIP_MAGIC { Encoding::Gzip(Gunzip::new()) } else { Encoding::Plain };
                self.unpack(&head)?;
                self.unpack(rest)
            }
        }
    }

    fn check_complete(&mut self) -> Result<(), IdxError> {
        let unpacked = match &mut self.encoding {
            Encoding::Plain => Ok(()),
            Encoding::Gzip(gunzip) => gunzip.finish().map_err(IdxError::from),
            Encoding::Unknown(head) => self.plain.push(head),
        };
        match (self.plain.finish(), unpacked) {
            // A truncated download breaks the gzip stream as well; the number of items that arrived says more.
            (Err(error @ IdxError::Truncated { .. }), Err(IdxError::Gzip)) => Err(error),
            (finished, unpacked) => unpacked.and(finished),
        }
    }

    fn fail(&mut self, error: IdxError) -> Result<(), IdxError> {
        self.encoding = Encoding::Plain;
        self.plain.discard();
        self.outcome = Some(Err(error.clone()));
        Err(error)
    }
}

/// Decodes a whole file of the given kind to the bytes of its items.
///
/// # Errors
///
/// [`IdxError`] if the file is damaged, incomplete or of the other kind.
pub fn decode(kind: Kind, file: &[u8]) -> Result<Vec<u8>, IdxError> {
    let (mut idx, mut items) = (IdxParser::expecting(kind), Vec::new());
    idx.push(file)?;
    idx.finish()?;
    idx.drain_into(&mut items)?;
    Ok(items)
}

/// Checks that there is one label for each image.
///
/// # Errors
///
/// [`IdxError::LabelCount`] if the two numbers differ.
pub fn check_label_count(images: usize, labels: usize) -> Result<(), IdxError> {
    if images == labels { Ok(()) } else { Err(IdxError::LabelCount { images, labels }) }
}

#[cfg(test)]
mod tests;

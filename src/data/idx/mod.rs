//! The IDX format, pushed in: MNIST's images and labels, `.gz` or plain, in chunks of any size.
//!
//! The network is to learn while the file is still arriving, so nothing here asks for bytes: the caller
//! pushes what it has, whenever it has it, and takes out the images that are whole. A header is believed, and memory
//! taken for what it promises, only when a part of it has come: a file of sixteen bytes takes none.
//!
//! The bytes go one way: [`IdxParser`] tells gzip from plain, `gunzip` unpacks, `content` keeps to what `header`
//! promised. The first fault ends the file; [`IdxError`] says which in words for whoever dropped it.
//!
//! The format: a magic number `00 00 type rank`, one big-endian `u32` for each dimension, then the elements,
//! the last dimension running fastest. See "File formats for the MNIST database" in Yann
//! `LeCun`, Corinna Cortes, Christopher J. C. Burges, "The MNIST database of handwritten digits", 1998.

mod content;
mod error;
mod gunzip;
mod header;
mod kind;

use std::mem;

use content::Content;
pub use error::IdxError;
use gunzip::Gunzip;
pub use header::encode_header;
pub use kind::Kind;

/// Side of an image, in pixels.
pub const SIDE: usize = 28;

/// Pixels of an image, and so its bytes: `SIDE * SIDE`.
pub const PIXELS: usize = SIDE * SIDE;

/// Most images or labels that a file may promise (1.6 GB of pixels, about what a browser's page can hold).
pub const MAX_ITEMS: usize = 2_000_000;

/// The two bytes with which a gzip file begins (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A push parser for one IDX file of 28x28 images or of labels.
///
/// ```
/// use bottleneck::data::idx::{IdxParser, Kind, encode_header};
///
/// let mut idx = IdxParser::new();
/// idx.push(&encode_header(Kind::Labels, 3))?;
/// idx.push(&[7, 2])?;
/// assert_eq!((idx.kind(), idx.count(), idx.items()), (Some(Kind::Labels), Some(3), 2));
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
    packing: Packing,
    content: Content,
    /// How the file ended, once it has.
    outcome: Option<Result<(), IdxError>>,
}

/// How the bytes that are pushed stand to the bytes of the format.
#[derive(Debug)]
enum Packing {
    /// Fewer than two bytes have come, and here they are.
    Unknown(Vec<u8>),
    Plain,
    Gzip(Gunzip),
}

impl Default for Packing {
    fn default() -> Self {
        Self::Unknown(Vec::new())
    }
}

impl IdxParser {
    /// A parser that takes images or labels, whichever come; [`kind`](Self::kind) tells.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A parser that takes files of one kind only.
    #[must_use]
    pub fn expecting(kind: Kind) -> Self {
        Self { content: Content::expecting(kind), ..Self::default() }
    }

    /// Takes the next bytes of the file.
    ///
    /// The work is linear in the bytes that come out: as many as go in for a plain file, about 6 times as
    /// many for MNIST's `.gz`, 1032 times at the very most (the limit of DEFLATE), and never more than the
    /// header promised. A caller with little time pushes small slices.
    ///
    /// # Errors
    ///
    /// The first fault of the file. It is final: items not yet drained are dropped, and every later
    /// call gives the same error.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), IdxError> {
        match &self.outcome {
            Some(Err(error)) => Err(error.clone()),
            // After the end, too: the content refuses whatever exceeds the promise.
            Some(Ok(())) | None => self.unpack(chunk).or_else(|error| self.fail(error)),
        }
    }

    /// Says that the file ends here: is everything there that its header promised?
    ///
    /// # Errors
    ///
    /// The file was empty, cut off, or its gzip checksum does not match; or it had failed before.
    pub fn finish(&mut self) -> Result<(), IdxError> {
        if let Some(outcome) = &self.outcome {
            return outcome.clone();
        }
        match self.end() {
            Ok(()) => {
                self.packing = Packing::Plain;
                self.outcome = Some(Ok(()));
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    /// What the file holds; known when its header has arrived.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.content.header().map(|header| header.kind)
    }

    /// Images or labels that the header promises; known when it has arrived.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        self.content.header().map(|header| header.count)
    }

    /// Whole images or labels that have arrived so far, drained ones included.
    #[must_use]
    pub fn items(&self) -> usize {
        self.content.items()
    }

    /// The whole items that have arrived and were not yet drained: `PIXELS` bytes an image (rows from the
    /// top, 0 is background, 255 is ink), one byte a label.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.content.whole()
    }

    /// Moves the [`bytes`](Self::bytes) to the end of `out` and returns how many items they were.
    ///
    /// Once one item in 32 is here, `out` takes memory for all that the header promises, once and exactly:
    /// a vector that doubles would hold up to three times as much while it moves. A caller who drains after each
    /// small chunk thus needs little more memory than the items themselves.
    ///
    /// # Errors
    ///
    /// [`IdxError::OutOfMemory`] if `out` cannot grow; nothing is moved then, and the parser has not failed.
    pub fn drain_into(&mut self, out: &mut Vec<u8>) -> Result<usize, IdxError> {
        self.content.drain_into(out)
    }

    fn unpack(&mut self, chunk: &[u8]) -> Result<(), IdxError> {
        match &mut self.packing {
            Packing::Plain => self.content.push(chunk),
            Packing::Gzip(gunzip) => gunzip.push(chunk, |bytes| self.content.push(bytes)),
            Packing::Unknown(head) => {
                let (missing, rest) = chunk.split_at(chunk.len().min(GZIP_MAGIC.len() - head.len()));
                head.extend_from_slice(missing);
                if head.len() < GZIP_MAGIC.len() {
                    return Ok(());
                }
                let head = mem::take(head);
                self.packing = if head == GZIP_MAGIC { Packing::Gzip(Gunzip::new()) } else { Packing::Plain };
                self.unpack(&head)?;
                self.unpack(rest)
            }
        }
    }

    fn end(&mut self) -> Result<(), IdxError> {
        let unpacked = match &mut self.packing {
            Packing::Plain => Ok(()),
            Packing::Gzip(gunzip) => gunzip.finish(),
            Packing::Unknown(head) => self.content.push(head),
        };
        match (self.content.finish(), unpacked) {
            // A download that was cut off breaks the gzip stream as well; how much came is the better news.
            (Err(error @ IdxError::Truncated { .. }), Err(IdxError::Gzip)) => Err(error),
            (finished, unpacked) => unpacked.and(finished),
        }
    }

    fn fail(&mut self, error: IdxError) -> Result<(), IdxError> {
        self.packing = Packing::Plain;
        self.content.discard();
        self.outcome = Some(Err(error.clone()));
        Err(error)
    }
}

/// Checks that every image has its label.
///
/// # Errors
///
/// [`IdxError::Disagree`] if the two numbers differ.
pub fn check_label_count(images: usize, labels: usize) -> Result<(), IdxError> {
    if images == labels { Ok(()) } else { Err(IdxError::Disagree { images, labels }) }
}

#[cfg(test)]
mod tests;

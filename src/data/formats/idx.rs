//! MNIST's files of images and labels in the IDX format, gzipped or plain, as they arrive.
//!
//! [`IdxParser`] is a push parser: the network learns while a file is still downloading, so the caller pushes chunks of any size as
//! they arrive, and drains the images that are complete. `array.rs` describes the format, and reads arrays of other types and sizes.

use std::mem;

use super::array::{ArrayFormat, ArrayReader};
use super::gunzip::{GZIP_MAGIC, Gunzip};
use super::problem::FileProblem;
use super::{PIXELS, SIDE};

/// The content of an IDX file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Images of 28 x 28 bytes.
    Images,
    /// Labels, one byte for each image.
    Labels,
}

impl Kind {
    /// Returns the size of one item in bytes: [`PIXELS`] or 1.
    pub const fn item_len(self) -> usize {
        match self {
            Self::Images => PIXELS,
            Self::Labels => 1,
        }
    }
}

/// Returns the header of an IDX file with `count` items: 16 bytes for images, 8 for labels.
pub fn encode_header(kind: Kind, count: u32) -> Vec<u8> {
    let shape = [count, SIDE as u32, SIDE as u32];
    let shape = if kind == Kind::Images { &shape[..] } else { &shape[..1] };
    let mut header = vec![0, 0, 8, shape.len() as u8];
    header.extend(shape.iter().flat_map(|length| length.to_be_bytes()));
    header
}

/// A push parser of one IDX file of bytes: of images of 28 x 28 pixels, or of labels.
///
/// ```
/// use bottleneck::data::idx::{IdxParser, Kind, encode_header};
///
/// let mut idx = IdxParser::new(Kind::Labels);
/// idx.push(&encode_header(Kind::Labels, 3))?;
/// idx.push(&[7, 2])?;
/// assert_eq!((idx.expected_len(), idx.received_len()), (Some(3), 2));
///
/// let mut labels = Vec::new();
/// idx.drain_into(&mut labels)?; // training could begin here
/// idx.push(&[1])?;
/// idx.finish()?;
/// idx.drain_into(&mut labels)?;
/// assert_eq!(labels, [7, 2, 1]);
/// # Ok::<(), bottleneck::data::import::FileProblem>(())
/// ```
#[derive(Debug)]
pub struct IdxParser {
    kind: Kind,
    packing: Packing,
    reader: ArrayReader,
    /// The fault of the file, which is final.
    fault: Option<FileProblem>,
}

#[derive(Debug)]
enum Packing {
    /// Still unknown, with the fewer than two bytes that have arrived.
    Unknown(Vec<u8>),
    Plain,
    Gzip(Box<Gunzip>),
}

impl IdxParser {
    /// Creates a parser of a file of one kind.
    pub fn new(kind: Kind) -> Self {
        let format = match kind {
            Kind::Images => ArrayFormat::MnistImages,
            Kind::Labels => ArrayFormat::MnistLabels,
        };
        let reader = ArrayReader::new(format);
        Self { kind, packing: Packing::Unknown(Vec::new()), reader, fault: None }
    }

    /// Returns the kind of the file.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Parses the next bytes of the file.
    ///
    /// The work is linear in the unpacked bytes: the pushed bytes of a plain file, about 6 times their number for MNIST's
    /// `.gz`, 1032 times at most (the limit of DEFLATE), and never more than the header promises. A caller with
    /// little time pushes small slices.
    ///
    /// # Errors
    /// The first fault of the file. It is final: every later call returns the same error.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), FileProblem> {
        match &self.fault {
            Some(fault) => Err(fault.clone()),
            None => self.unpack(chunk).inspect_err(|fault| self.fault = Some(fault.clone())),
        }
    }

    /// Checks that the file is complete.
    ///
    /// # Errors
    /// The file was cut off, or its gzip checksum does not match; or it had failed before.
    pub fn finish(&mut self) -> Result<(), FileProblem> {
        if let Packing::Unknown(head) = &mut self.packing {
            let head = mem::take(head);
            self.packing = Packing::Plain;
            self.push(&head)?;
        }
        self.push(&[])?;
        let unpacked = match &self.packing {
            Packing::Gzip(gunzip) => gunzip.finish(),
            _ => Ok(()),
        };
        // Of a download that was cut off, the number of images that arrived says more than a broken stream.
        self.reader.check_complete().map_err(FileProblem::from).and(unpacked.map_err(FileProblem::from))
    }

    /// Returns the number of images or labels that the header promises, once it has arrived.
    pub fn expected_len(&self) -> Option<usize> {
        self.reader.expected_len()
    }

    /// Returns the number of complete images or labels that have arrived, including drained ones.
    pub fn received_len(&self) -> usize {
        self.reader.len()
    }

    /// Moves the complete items to the end of `out`: [`PIXELS`] bytes per image (rows from the top, 0 is background, 255 is ink),
    /// one byte per label.
    ///
    /// Once one item in 32 has arrived, the exact memory for all promised items is reserved in `out`: a vector that
    /// doubles would hold up to three times as much while it moves. A caller who drains after each small chunk needs
    /// little more memory than the items themselves.
    ///
    /// # Errors
    /// If `out` cannot grow; nothing is moved then, and the parser has not failed.
    pub fn drain_into(&mut self, out: &mut Vec<u8>) -> Result<(), FileProblem> {
        Ok(self.reader.drain_into(out)?)
    }

    fn unpack(&mut self, chunk: &[u8]) -> Result<(), FileProblem> {
        let reader = &mut self.reader;
        let mut push = |bytes: &[u8]| reader.push(bytes, "");
        match &mut self.packing {
            Packing::Plain => Ok(push(chunk)?),
            Packing::Gzip(gunzip) => gunzip.push(chunk, |bytes| Ok::<_, FileProblem>(push(bytes)?)),
            Packing::Unknown(head) => {
                head.extend_from_slice(chunk);
                if head.len() < GZIP_MAGIC.len() {
                    return Ok(());
                }
                let head = mem::take(head);
                let is_packed = head.starts_with(&GZIP_MAGIC);
                self.packing =
                    if is_packed { Packing::Gzip(Box::new(Gunzip::new())) } else { Packing::Plain };
                self.unpack(&head)
            }
        }
    }
}

/// Decodes a whole file of the given kind to the bytes of its items.
///
/// # Errors
/// If the file is damaged, incomplete or of the other kind.
pub fn decode(kind: Kind, file: &[u8]) -> Result<Vec<u8>, FileProblem> {
    let (mut idx, mut items) = (IdxParser::new(kind), Vec::new());
    idx.push(file)?;
    idx.finish()?;
    idx.drain_into(&mut items)?;
    Ok(items)
}

/// Checks that there is one label for each image.
///
/// # Errors
/// If the two numbers differ.
pub fn check_label_count(images: usize, labels: usize) -> Result<(), FileProblem> {
    if images == labels { Ok(()) } else { Err(FileProblem::LabelCount { images, labels }) }
}

#[cfg(test)]
mod tests;

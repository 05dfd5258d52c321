//! The header of an IDX file: its first 8 or 16 bytes.

use super::kind::UNSIGNED_BYTE;
use super::{IdxError, Kind, MAX_ITEMS, SIDE};

/// The codes of all element types of the format: `u8, i8, i16, i32, f32, f64`.
const ELEMENT_TYPES: [u8; 6] = [UNSIGNED_BYTE, 0x09, 0x0b, 0x0c, 0x0d, 0x0e];

/// Returns the header of an IDX file with `count` items: 16 bytes for images, 8 for labels.
pub fn encode_header(kind: Kind, count: u32) -> Vec<u8> {
    let mut header = kind.magic().to_vec();
    header.extend(count.to_be_bytes());
    if kind == Kind::Images {
        let side = (SIDE as u32).to_be_bytes();
        header.extend([side, side].as_flattened());
    }
    header
}

/// A header that the parser accepts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) count: usize,
}

impl Header {
    /// Returns the size of all items in bytes.
    pub(super) fn len(self) -> usize {
        self.count * self.kind.item_len()
    }

    /// Parses the first bytes of a file, or returns `None` if more of them are needed.
    pub(super) fn parse(head: &[u8]) -> Result<Option<Self>, IdxError> {
        let Some((magic, dimensions)) = head.split_first_chunk() else { return Ok(None) };
        let kind = parse_magic(*magic)?;
        let mut dimensions = dimensions.as_chunks().0.iter().map(|&bytes| u32::from_be_bytes(bytes));
        let Some(count) = dimensions.next() else { return Ok(None) };
        if kind == Kind::Images {
            let (Some(rows), Some(columns)) = (dimensions.next(), dimensions.next()) else { return Ok(None) };
            if [rows, columns] != [SIDE as u32; 2] {
                return Err(IdxError::WrongSize { rows, columns });
            }
        }
        match usize::try_from(count) {
            Ok(0) => Err(IdxError::NoItems { kind }),
            Ok(count) if count <= MAX_ITEMS => Ok(Some(Self { kind, count })),
            _ => Err(IdxError::TooMany { kind, count }),
        }
    }
}

fn parse_magic(magic: [u8; 4]) -> Result<Kind, IdxError> {
    match magic {
        [0, 0, UNSIGNED_BYTE, 3] => Ok(Kind::Images),
        [0, 0, UNSIGNED_BYTE, 1] => Ok(Kind::Labels),
        [0, 0, UNSIGNED_BYTE, found] => Err(IdxError::WrongRank { found }),
        [0, 0, found, _] if ELEMENT_TYPES.contains(&found) => Err(IdxError::WrongElementType { found }),
        found => Err(IdxError::BadMagic { found }),
    }
}

//! The kinds of IDX files.

use std::fmt;

use super::PIXELS;

/// The code of unsigned bytes as the element type.
pub(super) const UNSIGNED_BYTE: u8 = 0x08;

/// The content of an IDX file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 28x28 images of unsigned bytes, magic number `0x00000803`.
    Images,
    /// Labels as unsigned bytes, one per image, magic number `0x00000801`.
    Labels,
}

impl Kind {
    /// Returns the first four bytes of such a file.
    pub const fn magic(self) -> [u8; 4] {
        match self {
            Self::Images => [0, 0, UNSIGNED_BYTE, 3],
            Self::Labels => [0, 0, UNSIGNED_BYTE, 1],
        }
    }

    /// Returns the size of one item in bytes: [`PIXELS`] or 1.
    pub const fn item_len(self) -> usize {
        match self {
            Self::Images => PIXELS,
            Self::Labels => 1,
        }
    }

    /// Returns `"1 image"`, `"60000 images"`.
    pub(super) fn counted(self, items: usize) -> String {
        let name = match self {
            Self::Images => "image",
            Self::Labels => "label",
        };
        format!("{items} {name}{}", if items == 1 { "" } else { "s" })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Images => "images",
            Self::Labels => "labels",
        })
    }
}

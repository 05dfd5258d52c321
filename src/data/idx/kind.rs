//! The two kinds of IDX files that there is a use for.

use std::fmt;

use super::PIXELS;

/// IDX's code for elements that are unsigned bytes.
pub(super) const UNSIGNED_BYTE: u8 = 0x08;

/// What an IDX file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 28x28 images of unsigned bytes, magic number `0x00000803`.
    Images,
    /// Labels as unsigned bytes, one for each image, magic number `0x00000801`.
    Labels,
}

impl Kind {
    /// The file's first four bytes.
    #[must_use]
    pub const fn magic(self) -> [u8; 4] {
        match self {
            Self::Images => [0, 0, UNSIGNED_BYTE, 3],
            Self::Labels => [0, 0, UNSIGNED_BYTE, 1],
        }
    }

    /// Bytes of one item: [`PIXELS`] or 1.
    #[must_use]
    pub const fn item_len(self) -> usize {
        match self {
            Self::Images => PIXELS,
            Self::Labels => 1,
        }
    }

    /// `"images"` or `"labels"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Labels => "labels",
        }
    }

    /// `"1 image"`, `"60000 images"`.
    pub(super) fn counted(self, items: usize) -> String {
        let name = self.name();
        let name = if items == 1 { name.trim_end_matches('s') } else { name };
        format!("{items} {name}")
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

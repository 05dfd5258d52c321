//! The faults of an IDX file, as sentences for the user who chose it.

use thiserror::Error;

use super::{Kind, MAX_ITEMS, SIDE};
use crate::data::formats::gunzip::BrokenGzip;

/// A fault of an IDX file. The message says what was found and what to do.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IdxError {
    /// The file has no bytes.
    #[error("The file is empty. Download it again, or choose another.")]
    Empty,

    /// The first four bytes are not an IDX magic number.
    #[error(
        "This is not an IDX file: it begins with {}{}. Choose a file of MNIST's kind, such as \
         train-images-idx3-ubyte.gz, which begins with {} (images) or {} (labels) when unpacked.",
        hex(*found), similar_format(*found), hex(Kind::Images.magic()), hex(Kind::Labels.magic())
    )]
    BadMagic {
        /// The file's first four bytes.
        found: [u8; 4],
    },

    /// The elements are not unsigned bytes.
    #[error(
        "The elements of this IDX file are {} (type 0x{found:02x}), but pixels and labels must be unsigned \
         bytes (type 0x08). Convert it, or choose another.",
        element_type(*found)
    )]
    WrongElementType {
        /// The third byte of the magic number.
        found: u8,
    },

    /// The file is neither a list of images nor a list of labels.
    #[error(
        "This IDX file has {found} dimensions, but images have 3 (number, rows, columns) and labels have 1. \
         Choose another."
    )]
    WrongRank {
        /// The fourth byte of the magic number.
        found: u8,
    },

    /// The file holds labels instead of images, or images instead of labels.
    #[error("This file holds {found}, but {expected} are needed here. Perhaps the two files were swapped.")]
    WrongKind {
        /// The kind of the file.
        found: Kind,
        /// The kind that the parser expects.
        expected: Kind,
    },

    /// The images do not have 28x28 pixels.
    #[error(
        "The images in this file have {rows} rows and {columns} columns, but the network sees {SIDE} by \
         {SIDE} pixels. Scale them, or choose another file."
    )]
    WrongSize {
        /// The rows of an image, in pixels.
        rows: u32,
        /// The columns of an image, in pixels.
        columns: u32,
    },

    /// The header promises no items.
    #[error("This file contains no {kind}. Choose another.")]
    NoItems {
        /// The kind of the file.
        kind: Kind,
    },

    /// The header promises more items than memory holds.
    #[error(
        "The header of this file promises {count} {kind}, but at most {MAX_ITEMS} fit into memory. The file is \
         damaged, or too large: split it."
    )]
    TooMany {
        /// The kind of the file.
        kind: Kind,
        /// The promised number of items.
        count: u32,
    },

    /// The file ends before its header does.
    #[error("The file ends after {arrived} bytes, before its header is complete. Download it again.")]
    TruncatedHeader {
        /// The bytes that arrived.
        arrived: usize,
    },

    /// The file ends before the last item that its header promises.
    #[error(
        "The file is cut off: its header promises {}, but only {arrived} arrived whole. Download it again.",
        kind.counted(*promised)
    )]
    Truncated {
        /// The kind of the file.
        kind: Kind,
        /// The complete items that arrived.
        arrived: usize,
        /// The promised number of items.
        promised: usize,
    },

    /// The file has bytes after the last item that its header promises.
    #[error(
        "The file has extra data after the {} that its header promises. It is damaged; download it again.",
        kind.counted(*promised)
    )]
    Trailing {
        /// The kind of the file.
        kind: Kind,
        /// The promised number of items.
        promised: usize,
    },

    /// The gzip stream cannot be unpacked, its checksum is wrong, or other bytes follow it.
    #[error(
        "The gzip file is broken: damaged inside, cut off, or followed by something else. Download it again, \
         or unpack it and choose what comes out."
    )]
    Gzip,

    /// A file of labels does not have one label for each image.
    #[error(
        "{} and {} do not belong together: every image needs one label. Choose two files that match.",
        Kind::Images.counted(*images), Kind::Labels.counted(*labels)
    )]
    LabelCount {
        /// The number of images.
        images: usize,
        /// The number of labels.
        labels: usize,
    },

    /// No more memory is available.
    #[error("There is not enough memory for this file. Close other pages, or choose a smaller file.")]
    OutOfMemory,
}

impl From<BrokenGzip> for IdxError {
    fn from(_: BrokenGzip) -> Self {
        Self::Gzip
    }
}

/// Returns `"00 00 08 03"`.
fn hex(bytes: [u8; 4]) -> String {
    bytes.map(|byte| format!("{byte:02x}")).join(" ")
}

/// Returns `", like a PNG image"`, or nothing for bytes of no known format.
fn similar_format(found: [u8; 4]) -> &'static str {
    match found {
        [0x89, b'P', b'N', b'G'] => ", like a PNG image",
        [0xff, 0xd8, 0xff, _] => ", like a JPEG image",
        [b'G', b'I', b'F', b'8'] => ", like a GIF image",
        [b'R', b'I', b'F', b'F'] => ", like a WebP image or a sound",
        [b'P', b'K', _, _] => ", like a zip archive, which must be unpacked first",
        [b'B', b'Z', b'h', _] | [0xfd, b'7', b'z', b'X'] | [0x28, 0xb5, 0x2f, 0xfd] => {
            ", like an archive that must be unpacked first"
        }
        [0x1f, 0x8b, _, _] => ", like a file that was packed by gzip twice",
        [0x93, b'N', b'U', b'M'] => ", like a NumPy array",
        [b'%', b'P', b'D', b'F'] => ", like a PDF document",
        [3 | 1, 8, 0, 0] => ", like an IDX file written in the wrong byte order",
        [b'<', _, _, _] => ", like a web page",
        text if text.iter().all(|&byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) => {
            ", like text"
        }
        _ => "",
    }
}

/// Returns the name of an IDX element type.
fn element_type(code: u8) -> &'static str {
    match code {
        0x08 => "unsigned bytes",
        0x09 => "signed bytes",
        0x0b => "16-bit integers",
        0x0c => "32-bit integers",
        0x0d => "32-bit floats",
        0x0e => "64-bit floats",
        _ => "of an unknown type",
    }
}

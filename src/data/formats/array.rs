//! Arrays of images or labels, as in IDX and NumPy's `.npy` files: a header with the shape, then the elements.
//!
//! IDX: "File formats for the MNIST database", in Yann `LeCun`, Corinna Cortes, Christopher J. C. Burges, "The MNIST database of
//! handwritten digits", 1998. `.npy`: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use thiserror::Error;

use super::pixels::{Layout, PixelError, Pixels};
use super::{MAX_ITEMS, PIXELS, SIDE};

/// The largest header; one of a plain array has some hundred bytes.
const MAX_HEADER_LEN: usize = 1 << 16;

/// The most dimensions.
const MAX_RANK: usize = 8;

/// The exact memory for all images is reserved once one in this many has arrived: a vector that doubles would take up to three times
/// as much while it moves, and a header alone must get none.
const RESERVE_AFTER_SHARE: usize = 32;

/// The capacity in bytes that is kept after the items were taken out.
const RETAINED_CAPACITY: usize = 1 << 18;

/// The columns of QMNIST's labels, of which the first is the class.
const QMNIST_COLUMNS: usize = 8;

/// A fault of an array; the second half of a sentence.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ArrayError {
    /// The header is incomplete or not valid.
    #[error("its header is damaged or cut off: save it again")]
    Header,
    /// The elements are not numbers.
    #[error("its elements are of the type {0}: save it as bytes, by .astype(\"uint8\")")]
    Element(String),
    /// The shape is neither that of images nor that of labels.
    #[error("its shape is {0:?}; images have [n, 784] or [n, height, width], and labels [n]")]
    Shape(Vec<usize>),
    /// There are more items than memory holds.
    #[error("it has {0} items, but at most {MAX_ITEMS} fit into memory: split it")]
    TooMany(usize),
    /// The file has too few or too many bytes for its shape.
    #[error("its header promises {expected} items, but {found} arrived whole: it is cut off or damaged")]
    Len {
        /// The items that the header promises.
        expected: usize,
        /// The items that arrived; one more if there are bytes after the last.
        found: usize,
    },
    /// A value is no pixel.
    #[error(transparent)]
    Pixel(#[from] PixelError),
    /// A label is not a class.
    #[error("label {index} is {}, but a label is a whole number from 0 to 255", *found as f32)]
    Label {
        /// The index of the label.
        index: usize,
        /// Its value.
        found: f64,
    },
    /// A row of labels is not one-hot.
    #[error(
        "row {index} of these labels has several columns, of which not just one is 1: give each image one label"
    )]
    OneHot {
        /// The index of the row.
        index: usize,
    },
    /// No more memory is available.
    #[error("there is not enough memory for it: close other pages, or choose a smaller file")]
    OutOfMemory,
}

/// The type of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Element {
    number: Number,
    len: usize,
    is_big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Unsigned,
    Signed,
    Float,
}

impl Element {
    fn is_byte(self) -> bool {
        (self.number, self.len) == (Number::Unsigned, 1)
    }

    /// Returns the value of an element. `f64` holds each of a label's or pixel's values exactly.
    fn value(self, bytes: &[u8]) -> f64 {
        let fold = |word: u64, &byte: &u8| word << 8 | u64::from(byte);
        let word =
            if self.is_big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) };
        match (self.number, self.len) {
            (Number::Unsigned, _) => word as f64,
            (Number::Signed, len) => {
                let unused = 64 - 8 * len as u32;
                ((word << unused) as i64 >> unused) as f64
            }
            (Number::Float, 2) => f64::from(f16_to_f32(word as u16)),
            (Number::Float, 4) => f64::from(f32::from_bits(word as u32)),
            (Number::Float, _) => f64::from_bits(word),
        }
    }
}

/// Returns the value of a float of 16 bits (IEEE 754).
pub(crate) fn f16_to_f32(half: u16) -> f32 {
    let (sign, exponent, fraction) =
        (u32::from(half & 0x8000) << 16, half >> 10 & 0x1f, u32::from(half & 0x3ff));
    let magnitude = match exponent {
        // A subnormal is a multiple of 2⁻²⁴.
        0 => fraction as f32 / 16_777_216.0,
        31 => f32::from_bits(0x7f80_0000 | fraction << 13),
        exponent => f32::from_bits((u32::from(exponent) + 112) << 23 | fraction << 13),
    };
    f32::from_bits(magnitude.to_bits() | sign)
}

/// The format of an array's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArrayFormat {
    Idx,
    Npy,
    /// IDX of images of 28 x 28 bytes.
    MnistImages,
    /// IDX of labels.
    MnistLabels,
}

#[derive(Clone, Debug, PartialEq)]
struct Header {
    element: Element,
    shape: Vec<usize>,
    /// Whether the first dimension runs fastest.
    is_fortran: bool,
}

impl Header {
    /// Parses the first bytes of a file, and returns the header and its length, or `None` if more bytes are needed.
    fn parse(format: ArrayFormat, head: &[u8]) -> Result<Option<(Self, usize)>, ArrayError> {
        let parsed = match format {
            ArrayFormat::Npy => Self::parse_npy(head),
            _ => Self::parse_idx(head),
        }?;
        match &parsed {
            Some((header, _)) if header.shape.len() > MAX_RANK => Err(ArrayError::Header),
            _ => Ok(parsed),
        }
    }

    fn parse_idx(head: &[u8]) -> Result<Option<(Self, usize)>, ArrayError> {
        let Some((&[0, 0, kind, rank], dimensions)) = head.split_first_chunk::<4>() else {
            return if head.len() < 4 { Ok(None) } else { Err(ArrayError::Header) };
        };
        let rank = usize::from(rank);
        let (number, len) = match kind {
            0x08 => (Number::Unsigned, 1),
            0x09 => (Number::Signed, 1),
            0x0b => (Number::Signed, 2),
            0x0c => (Number::Signed, 4),
            0x0d => (Number::Float, 4),
            0x0e => (Number::Float, 8),
            _ => return Err(ArrayError::Header),
        };
        let Some(dimensions) = dimensions.get(..4 * rank) else { return Ok(None) };
        let shape = dimensions.as_chunks().0.iter().map(|&word| u32::from_be_bytes(word) as usize).collect();
        let element = Element { number, len, is_big_endian: true };
        Ok(Some((Self { element, shape, is_fortran: false }, 4 + 4 * rank)))
    }

    /// The header is a Python dictionary such as `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 784), }`.
    fn parse_npy(head: &[u8]) -> Result<Option<(Self, usize)>, ArrayError> {
        let Some(&major) = head.get(6) else { return Ok(None) };
        let start = if major == 1 { 10 } else { 12 };
        let Some(len) = head.get(8..start) else { return Ok(None) };
        let text_len = len.iter().rev().fold(0, |len, &byte| len << 8 | usize::from(byte));
        if text_len > MAX_HEADER_LEN {
            return Err(ArrayError::Header);
        }
        let Some(text) = head.get(start..start + text_len) else { return Ok(None) };
        let text = str::from_utf8(text).map_err(|_| ArrayError::Header)?;
        let field = |name: &str| {
            text.split_once(name).map(|(_, rest)| rest.trim_start_matches(['\'', '"', ':', ' ']))
        };
        let descr = field("'descr'").ok_or(ArrayError::Header)?;
        let descr = descr.split(['\'', '"', ',']).next().unwrap_or_default();
        let is_fortran = field("'fortran_order'").ok_or(ArrayError::Header)?.starts_with("True");
        let shape = field("'shape'").and_then(|rest| rest.trim_start_matches('(').split_once(')'));
        let (shape, _) = shape.ok_or(ArrayError::Header)?;
        let numbers = shape.split(',').map(str::trim).filter(|number| !number.is_empty());
        let shape: Result<_, _> = numbers.map(str::parse).collect();
        let shape = shape.map_err(|_| ArrayError::Header)?;
        let unsupported = || ArrayError::Element(crate::nn::quoted(descr, 20));
        let (order, kind) = descr.split_at_checked(1).ok_or_else(unsupported)?;
        let (number, len) = match kind {
            "u1" | "b1" => (Number::Unsigned, 1),
            "i1" => (Number::Signed, 1),
            "u2" => (Number::Unsigned, 2),
            "i2" => (Number::Signed, 2),
            "u4" => (Number::Unsigned, 4),
            "i4" => (Number::Signed, 4),
            "u8" => (Number::Unsigned, 8),
            "i8" => (Number::Signed, 8),
            "f2" => (Number::Float, 2),
            "f4" => (Number::Float, 4),
            "f8" => (Number::Float, 8),
            _ => return Err(unsupported()),
        };
        let element = Element { number, len, is_big_endian: order == ">" };
        Ok(Some((Self { element, shape, is_fortran }, start + text_len)))
    }
}

/// The content of an array.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Array {
    Images(Pixels),
    Labels(Vec<u8>),
}

/// A push parser of an array.
#[derive(Debug)]
pub(crate) struct ArrayReader {
    format: ArrayFormat,
    /// The bytes of an incomplete header or item.
    pending: Vec<u8>,
    body: Option<Body>,
}

#[derive(Debug)]
struct Body {
    header: Header,
    expected: usize,
    found: usize,
    /// The elements of an item.
    item_len: usize,
    values: Vec<f64>,
    content: Array,
}

impl ArrayReader {
    pub(crate) fn new(format: ArrayFormat) -> Self {
        Self { format, pending: Vec::new(), body: None }
    }

    /// Parses the next bytes; `name` tells labels from images where their shape does not.
    pub(crate) fn push(&mut self, mut bytes: &[u8], name: &str) -> Result<(), ArrayError> {
        let Some(body) = &mut self.body else {
            append(&mut self.pending, bytes)?;
            return match Header::parse(self.format, &self.pending)? {
                Some((header, len)) => {
                    self.body = Some(Body::new(self.format, header, name)?);
                    let rest = self.pending.split_off(len);
                    self.pending.clear();
                    self.push(&rest, name)
                }
                None if self.pending.len() > 2 * MAX_HEADER_LEN => Err(ArrayError::Header),
                None => Ok(()),
            };
        };
        // Where the first dimension runs fastest, no item is complete before the last byte.
        let unit = body.unit_len();
        while !bytes.is_empty() {
            if body.found == body.expected {
                return Err(ArrayError::Len { expected: body.expected, found: body.found + 1 });
            }
            if self.pending.is_empty() && bytes.len() >= unit {
                let (item, rest) = bytes.split_at(unit);
                body.read(item)?;
                bytes = rest;
                continue;
            }
            let (missing, rest) = bytes.split_at(bytes.len().min(unit - self.pending.len()));
            append(&mut self.pending, missing)?;
            if self.pending.len() == unit {
                body.read(&self.pending)?;
                self.pending.clear();
            }
            bytes = rest;
        }
        Ok(())
    }

    /// Returns the content of the complete file.
    pub(crate) fn finish(self) -> Result<Array, ArrayError> {
        self.check_complete()?;
        self.body.map(|body| body.content).ok_or(ArrayError::Header)
    }

    /// Checks that the file is complete.
    pub(crate) fn check_complete(&self) -> Result<(), ArrayError> {
        match &self.body {
            Some(body) if body.found == body.expected => Ok(()),
            Some(Body { expected, found, .. }) => Err(ArrayError::Len { expected: *expected, found: *found }),
            None => Err(ArrayError::Header),
        }
    }

    /// Returns the number of items that the header promises, once it has arrived.
    pub(crate) fn expected_len(&self) -> Option<usize> {
        self.body.as_ref().map(|body| body.expected)
    }

    /// Moves the bytes of the items to the end of `out`, and reserves the exact memory for all once a share of them has arrived.
    pub(crate) fn drain_into(&mut self, out: &mut Vec<u8>) -> Result<(), ArrayError> {
        let Some(Body { expected, found, content, .. }) = &mut self.body else { return Ok(()) };
        let (items, item_len) = match content {
            Array::Images(pixels) => (pixels.images_mut(), PIXELS),
            Array::Labels(labels) => (labels, 1),
        };
        if out.capacity() == 0 && items.len() == *expected * item_len {
            *out = std::mem::take(items);
            return Ok(());
        }
        let reserved = if RESERVE_AFTER_SHARE * *found >= *expected {
            out.try_reserve_exact(items.len() + (*expected - *found) * item_len)
        } else {
            out.try_reserve(items.len())
        };
        reserved.map_err(|_| ArrayError::OutOfMemory)?;
        out.append(items);
        items.shrink_to(RETAINED_CAPACITY);
        Ok(())
    }

    /// Returns the number of items that have arrived.
    pub(crate) fn len(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.found)
    }
}

fn append(to: &mut Vec<u8>, bytes: &[u8]) -> Result<(), ArrayError> {
    to.try_reserve(bytes.len()).map_err(|_| ArrayError::OutOfMemory)?;
    to.extend_from_slice(bytes);
    Ok(())
}

impl Body {
    fn new(format: ArrayFormat, header: Header, name: &str) -> Result<Self, ArrayError> {
        let shape = &header.shape;
        let wrong = || ArrayError::Shape(shape.clone());
        let (&expected, dimensions) = shape.split_first().ok_or_else(wrong)?;
        let dimensions: Vec<usize> = dimensions.iter().copied().filter(|&length| length != 1).collect();
        let item_len = dimensions.iter().try_fold(1, |len: usize, &length| len.checked_mul(length));
        let item_len = item_len.filter(|&len| (1..=1 << 24).contains(&len)).ok_or_else(wrong)?;
        if expected == 0 {
            return Err(wrong());
        }
        if expected > MAX_ITEMS {
            return Err(ArrayError::TooMany(expected));
        }
        match format {
            ArrayFormat::MnistImages if shape[1..] != [SIDE; 2] => return Err(wrong()),
            ArrayFormat::MnistLabels if shape.len() != 1 => return Err(wrong()),
            ArrayFormat::Idx | ArrayFormat::Npy => {}
            _ if !header.element.is_byte() => return Err(ArrayError::Element("other than bytes".to_owned())),
            _ => {}
        }
        let layout = if names_labels(name) { None } else { Layout::from_dimensions(&dimensions) };
        let content = match layout {
            Some(layout) => {
                let mut pixels = Pixels::new(layout);
                if format == ArrayFormat::MnistImages {
                    // The first images leave before the last ones arrive.
                    pixels.set_wide();
                }
                Array::Images(pixels)
            }
            None if dimensions.len() <= 1 => Array::Labels(Vec::new()),
            None => return Err(wrong()),
        };
        Ok(Self { expected, found: 0, item_len, values: Vec::new(), content, header })
    }

    /// Returns the bytes that are read at a time: an item, or all of them.
    fn unit_len(&self) -> usize {
        let items = if self.header.is_fortran { self.expected } else { 1 };
        items.saturating_mul(self.item_len).saturating_mul(self.header.element.len)
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), ArrayError> {
        let Self { header: Header { element, shape, is_fortran }, values, content, .. } = self;
        let value = |index: usize| element.value(&bytes[index * element.len..][..element.len]);
        if !*is_fortran {
            match content {
                Array::Images(pixels) if element.is_byte() => pixels.push_levels(bytes)?,
                _ => {
                    values.clear();
                    values.extend((0..self.item_len).map(value));
                    content.push(values, self.found)?;
                }
            }
            self.found += 1;
            if let Array::Images(pixels) = content
                && self.found == self.expected.div_ceil(RESERVE_AFTER_SHARE)
                && pixels.images_mut().len() == self.found * PIXELS
            {
                pixels.reserve(self.expected - self.found)?;
            }
            return Ok(());
        }
        // The position of each element of the first item, in the order in which the last dimension runs fastest.
        let mut positions = vec![0];
        let mut stride = shape[0];
        for &length in &shape[1..] {
            positions = positions.iter().flat_map(|&at| (0..length).map(move |i| at + i * stride)).collect();
            stride *= length;
        }
        for first in 0..self.expected {
            values.clear();
            values.extend(positions.iter().map(|at| value(first + at)));
            content.push(values, first)?;
        }
        self.found = self.expected;
        Ok(())
    }
}

impl Array {
    /// Adds the item of an index.
    fn push(&mut self, values: &[f64], index: usize) -> Result<(), ArrayError> {
        match self {
            Self::Images(pixels) => pixels.push(values)?,
            Self::Labels(labels) => {
                let found = label(values, index)?;
                if !(0.0..=255.0).contains(&found) || found.fract() != 0.0 {
                    return Err(ArrayError::Label { index, found });
                }
                labels.push(found as u8);
            }
        }
        Ok(())
    }
}

/// Returns the label in a row: its only value, the index of its only 1, or the first of QMNIST's columns.
fn label(row: &[f64], index: usize) -> Result<f64, ArrayError> {
    if let [label] = row {
        return Ok(*label);
    }
    let is_one_hot = row.iter().all(|&value| value == 0.0 || value == 1.0) && row.iter().sum::<f64>() == 1.0;
    match row.iter().position(|&value| value == 1.0) {
        Some(class) if is_one_hot => Ok(class as f64),
        _ if row.len() == QMNIST_COLUMNS => Ok(row[0]),
        _ => Err(ArrayError::OneHot { index }),
    }
}

/// Returns whether a file of this name holds labels: `train-labels-idx1-ubyte`, `y_train.npy`.
pub(crate) fn names_labels(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphabetic());
    words.any(|word| word == "y" || ["label", "target", "class"].iter().any(|known| word.starts_with(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: ArrayFormat, name: &str, bytes: &[u8]) -> Result<Array, ArrayError> {
        let at_once = read_by(format, name, bytes, usize::MAX);
        for len in [1, 7, 1000] {
            assert_eq!(read_by(format, name, bytes, len), at_once, "in pieces of {len}");
        }
        at_once
    }

    fn read_by(format: ArrayFormat, name: &str, bytes: &[u8], len: usize) -> Result<Array, ArrayError> {
        let mut reader = ArrayReader::new(format);
        bytes.chunks(len).try_for_each(|piece| reader.push(piece, name))?;
        reader.finish()
    }

    /// Returns an IDX file.
    fn idx(kind: u8, shape: &[u32], elements: &[u8]) -> Vec<u8> {
        let dimensions = shape.iter().flat_map(|length| length.to_be_bytes());
        [0, 0, kind, shape.len() as u8]
            .into_iter()
            .chain(dimensions)
            .chain(elements.iter().copied())
            .collect()
    }

    fn images(array: Result<Array, ArrayError>) -> Vec<u8> {
        match array {
            Ok(Array::Images(pixels)) => pixels.into_images(),
            other => panic!("no images: {other:?}"),
        }
    }

    /// Two images of all bytes.
    fn two() -> Vec<u8> {
        (0..2 * 784).map(|index| (index % 256) as u8).collect()
    }

    /// Returns an `.npy` file of version 1.
    fn npy(descr: &str, is_fortran: bool, shape: &str, elements: &[u8]) -> Vec<u8> {
        let order = if is_fortran { "True" } else { "False" };
        let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let len = (header.len() as u16).to_le_bytes();
        [b"\x93NUMPY\x01\x00", &len[..], header.as_bytes(), elements].concat()
    }

    #[test]
    fn every_element_type_and_rank_of_idx_gives_the_same_images() {
        let bytes = two();
        let wide = |convert: &dyn Fn(u8) -> Vec<u8>| {
            bytes.iter().flat_map(|&byte| convert(byte)).collect::<Vec<u8>>()
        };
        for shape in [&[2, 784][..], &[2, 28, 28], &[2, 28, 28, 1], &[2, 1, 28, 28]] {
            for (kind, elements) in [
                (0x08, bytes.clone()),
                (0x0b, wide(&|byte| i16::from(byte).to_be_bytes().to_vec())),
                (0x0c, wide(&|byte| i32::from(byte).to_be_bytes().to_vec())),
                (0x0d, wide(&|byte| f32::from(byte).to_be_bytes().to_vec())),
                (0x0e, wide(&|byte| f64::from(byte).to_be_bytes().to_vec())),
                (0x0d, wide(&|byte| (f32::from(byte) / 255.0).to_be_bytes().to_vec())),
            ] {
                assert_eq!(
                    images(read(ArrayFormat::Idx, "a", &idx(kind, shape, &elements))),
                    bytes,
                    "{kind:x} {shape:?}"
                );
            }
        }
        let signed = read(ArrayFormat::Idx, "labels", &idx(0x09, &[3], &[0, 127, 5]));
        assert_eq!(signed, Ok(Array::Labels(vec![0, 127, 5])));
    }

    #[test]
    fn every_dtype_order_and_shape_of_npy_gives_the_same_images() {
        let bytes = two();
        let wide = |convert: &dyn Fn(u8) -> Vec<u8>| {
            bytes.iter().flat_map(|&byte| convert(byte)).collect::<Vec<u8>>()
        };
        for (descr, elements) in [
            ("|u1", bytes.clone()),
            ("<u2", wide(&|byte| u16::from(byte).to_le_bytes().to_vec())),
            (">i4", wide(&|byte| i32::from(byte).to_be_bytes().to_vec())),
            ("<i8", wide(&|byte| i64::from(byte).to_le_bytes().to_vec())),
            ("<f4", wide(&|byte| f32::from(byte).to_le_bytes().to_vec())),
            ("<f8", wide(&|byte| (f64::from(byte) / 255.0).to_le_bytes().to_vec())),
        ] {
            for shape in ["(2, 784)", "(2, 28, 28)", "(2,28,28,1)", "(2, 1, 28, 28)"] {
                assert_eq!(
                    images(read(ArrayFormat::Npy, "x", &npy(descr, false, shape, &elements))),
                    bytes,
                    "{descr} {shape}"
                );
            }
        }
        // Fortran order: the index of the image runs fastest, then the row's.
        let flat: Vec<u8> = (0..784).flat_map(|at| [bytes[at], bytes[784 + at]]).collect();
        assert_eq!(images(read(ArrayFormat::Npy, "x", &npy("|u1", true, "(2, 784)", &flat))), bytes);
        let columns = (0..28).flat_map(|column| (0..28).map(move |row| row * 28 + column));
        let square: Vec<u8> = columns.flat_map(|at| [bytes[at], bytes[784 + at]]).collect();
        assert_eq!(images(read(ArrayFormat::Npy, "x", &npy("|u1", true, "(2, 28, 28)", &square))), bytes);
        let truth = npy("|b1", false, "(1, 784)", &[1; 784]);
        assert_eq!(images(read(ArrayFormat::Npy, "x", &truth)), [255; 784]);
    }

    #[test]
    fn halves_are_read() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65_504.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
        ] {
            assert_eq!(f16_to_f32(bits), value, "{bits:x}");
        }
        assert!(f16_to_f32(0x7c00).is_infinite() && f16_to_f32(0x7e00).is_nan());
        let grey = npy("<f2", false, "(1, 784)", &[0, 0x38].repeat(784));
        assert_eq!(images(read(ArrayFormat::Npy, "x", &grey)), [128; 784]);
    }

    #[test]
    fn labels_are_numbers_one_hot_rows_or_qmnists() {
        let labels =
            |shape: &[u32], elements: &[u8]| read(ArrayFormat::Idx, "a", &idx(0x08, shape, elements));
        assert_eq!(labels(&[3], &[7, 0, 255]), Ok(Array::Labels(vec![7, 0, 255])));
        assert_eq!(labels(&[3, 1], &[7, 0, 255]), Ok(Array::Labels(vec![7, 0, 255])));
        assert_eq!(labels(&[2, 3], &[0, 0, 1, 1, 0, 0]), Ok(Array::Labels(vec![2, 0])));
        assert_eq!(
            labels(&[2, 8], &[5, 1, 9, 8, 7, 6, 0, 0, 4, 0, 0, 0, 0, 0, 1, 0]),
            Ok(Array::Labels(vec![5, 4]))
        );
        assert_eq!(labels(&[1, 3], &[0, 1, 1]), Err(ArrayError::OneHot { index: 0 }));
        // Sixteen classes or 4 x 4 pixels: the name tells.
        let sixteen = idx(0x08, &[1, 16], &[&[0; 9][..], &[1], &[0; 6]].concat());
        assert_eq!(read(ArrayFormat::Idx, "y_train", &sixteen), Ok(Array::Labels(vec![9])));
        assert!(matches!(read(ArrayFormat::Idx, "x_train", &sixteen), Ok(Array::Images(_))));
        let floats: Vec<u8> = [3.0_f32, 0.5].iter().flat_map(|label| label.to_le_bytes()).collect();
        let error = read(ArrayFormat::Npy, "y", &npy("<f4", false, "(2,)", &floats)).unwrap_err();
        assert_eq!(error.to_string(), "label 1 is 0.5, but a label is a whole number from 0 to 255");
    }

    #[test]
    fn the_exact_memory_is_reserved_once_a_share_has_arrived() {
        let images = vec![7; 5_000 * 784];
        let file = idx(8, &[5_000, 28, 28], &images);
        let mut reader = ArrayReader::new(ArrayFormat::Idx);
        let capacity = |reader: &ArrayReader| match &reader.body.as_ref().expect("a header").content {
            Array::Images(pixels) => pixels.capacity(),
            Array::Labels(_) => panic!("these are images"),
        };
        reader.push(&file[..1_000], "x").unwrap();
        assert!(capacity(&reader) < 10_000, "{}", capacity(&reader));
        reader.push(&file[1_000..200 * 784], "x").unwrap();
        assert_eq!(capacity(&reader), images.len());
        reader.push(&file[200 * 784..], "x").unwrap();
        assert_eq!(capacity(&reader), images.len());
        assert!(reader.finish().is_ok());
    }

    #[test]
    fn damaged_arrays_are_refused() {
        let file = npy("|u1", false, "(2, 784)", &two());
        for len in 0..file.len() {
            let error = read_by(ArrayFormat::Npy, "x", &file[..len], 700).unwrap_err();
            assert!(
                matches!(error, ArrayError::Header | ArrayError::Len { expected: 2, .. }),
                "{len}: {error}"
            );
        }
        assert_eq!(
            read(ArrayFormat::Npy, "x", &[&file[..], &[0]].concat()),
            Err(ArrayError::Len { expected: 2, found: 3 })
        );
        for (descr, shape) in [("<U5", "(2,)"), ("|O", "(2, 784)"), ("[('a', '<f4')]", "(2,)"), ("", "(2,)")]
        {
            let error = read(ArrayFormat::Npy, "x", &npy(descr, false, shape, &[])).unwrap_err();
            assert!(matches!(error, ArrayError::Element(_)), "{descr}: {error}");
        }
        for shape in ["()", "(0, 784)", "(2, 28, 0)", "(2, 3, 28, 28, 5)", "(2, 99999, 99999)"] {
            let error = read(ArrayFormat::Npy, "x", &npy("|u1", false, shape, &[])).unwrap_err();
            assert!(matches!(error, ArrayError::Shape(_)), "{shape}: {error}");
        }
        let many = npy("|u1", false, "(99999999, 784)", &[]);
        assert_eq!(read(ArrayFormat::Npy, "x", &many), Err(ArrayError::TooMany(99_999_999)));
        let cut: ArrayError = read(ArrayFormat::Idx, "x", &idx(8, &[2, 28, 28], &two()[..800])).unwrap_err();
        assert_eq!(
            cut.to_string(),
            "its header promises 2 items, but 1 arrived whole: it is cut off or damaged"
        );
    }
}

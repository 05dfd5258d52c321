//! The container of the safetensors format: the length of the header, the header in JSON, and the tensors' values.
//!
//! The crate `safetensors` would take up a tenth of the page's program; the tests compare this module with it. The format is
//! described at <https://huggingface.co/docs/safetensors>.

use std::fmt::Arguments;
use std::ops::Range;

use serde_json::{Map, Value};

use super::{NETWORK, wrong};
use crate::data::{f16_to_f32, sorted_indices};
use crate::files::FileError;
use crate::files::error::excerpt;

/// The limit of a header's bytes, far more than [`MAX_LAYERS`](crate::nn::MAX_LAYERS) layers need.
const MAX_HEADER: usize = 1 << 20;

/// The bytes of an `f32`.
const VALUE: usize = 4;

/// The `dtype` of an `f32`.
const F32: &str = "F32";

/// The types that are read, with their bytes.
const DTYPES: [(&str, usize); 4] = [(F32, VALUE), ("F16", 2), ("BF16", 2), ("F64", 8)];

/// The header entry that is not a tensor.
const METADATA: &str = "__metadata__";

/// The header and the data of a file.
pub(super) struct SafeTensors<'b> {
    entries: Map<String, Value>,
    data: &'b [u8],
}

impl<'b> SafeTensors<'b> {
    /// Parses the header and checks that the tensors cover every byte of the data exactly once.
    ///
    /// # Errors
    /// If the header is invalid or does not match the data.
    pub(super) fn parse(bytes: &'b [u8]) -> Result<Self, FileError> {
        let (length, rest) = bytes.split_first_chunk().ok_or_else(|| unreadable("it is too short"))?;
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        if length > MAX_HEADER {
            return Err(unreadable("its header is too long"));
        }
        let (header, data) =
            rest.split_at_checked(length).ok_or_else(|| unreadable("it ends within its header"))?;
        let entries = match serde_json::from_slice(header) {
            Ok(Value::Object(entries)) => entries,
            Ok(_) => return Err(unreadable("its header is not a JSON object")),
            Err(error) => return Err(unreadable(&excerpt(&error.to_string()))),
        };
        let file = Self { entries, data };
        let ranges = file.names().map(|name| file.range(name)).collect::<Result<Vec<_>, _>>()?;
        let key = |index: usize| (ranges[index].start, ranges[index].end);
        let mut end = 0;
        for index in sorted_indices(ranges.len(), &|a, b| key(a).cmp(&key(b))) {
            let range = &ranges[index];
            if range.start != end {
                return Err(unreadable("its tensors overlap or leave a gap"));
            }
            end = range.end;
        }
        if end != data.len() {
            return Err(unreadable("its tensors do not cover all of its bytes"));
        }
        Ok(file)
    }

    /// Returns the names of the tensors.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str).filter(|&name| name != METADATA)
    }

    /// Returns the metadata about the layers and the loss, if there are any.
    pub(super) fn network(&self) -> Option<&str> {
        self.entries.get(METADATA)?.get(NETWORK)?.as_str()
    }

    /// Returns the shape and the values of a tensor.
    ///
    /// # Errors
    /// If it is missing or has another `dtype`.
    pub(super) fn tensor(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), FileError> {
        let wrong = |problem: Arguments<'_>| wrong(format_args!("{name}"), problem);
        let entry = self.entries.get(name).ok_or_else(|| wrong(format_args!("is missing")))?;
        let dtype = dtype(entry);
        let Some(&(_, len)) = DTYPES.iter().find(|(name, _)| *name == dtype) else {
            return Err(wrong(format_args!("is of the type {}, not F32, F16, BF16 or F64", excerpt(dtype))));
        };
        let value = |bytes: &[u8]| match (dtype, bytes) {
            ("F16", &[low, high]) => f16_to_f32(u16::from_le_bytes([low, high])),
            // The upper half of an `f32`.
            ("BF16", &[low, high]) => f32::from_le_bytes([0, 0, low, high]),
            ("F64", bytes) => bytes.first_chunk().map_or(f32::NAN, |word| f64::from_le_bytes(*word) as f32),
            (_, bytes) => bytes.first_chunk().map_or(f32::NAN, |word| f32::from_le_bytes(*word)),
        };
        let values = self.data[self.range(name)?].chunks_exact(len).map(value).collect();
        Ok((self.shape(name)?, values))
    }

    /// Returns the shape of a tensor.
    ///
    /// # Errors
    /// If it is missing.
    pub(super) fn shape(&self, name: &str) -> Result<Vec<usize>, FileError> {
        let missing = || wrong(format_args!("{name}"), format_args!("is missing"));
        self.entries.get(name).map(|entry| integers(entry, "shape").unwrap_or_default()).ok_or_else(missing)
    }

    /// Returns the byte range of a tensor, after checking it against the shape and the length of the data.
    fn range(&self, name: &str) -> Result<Range<usize>, FileError> {
        let range = self.entries.get(name).and_then(|entry| {
            let &[start, end] = integers(entry, "data_offsets")?.as_slice() else { return None };
            let bytes = self.data.get(start..end)?;
            let values = integers(entry, "shape")?.into_iter().fold(1, usize::saturating_mul);
            let len = DTYPES.iter().find(|(name, _)| *name == dtype(entry)).map(|(_, len)| *len);
            let fits = len.is_none_or(|len| values.checked_mul(len) == Some(bytes.len()));
            fits.then_some(start..end)
        });
        range.ok_or_else(|| unreadable(&format!("“{}” has an invalid shape or position", excerpt(name))))
    }
}

fn dtype(entry: &Value) -> &str {
    entry.get("dtype").and_then(Value::as_str).unwrap_or_default()
}

/// Parses an array of non-negative integers.
fn integers(entry: &Value, name: &str) -> Option<Vec<usize>> {
    let integer = |value: &Value| Some(usize::try_from(value.as_u64()?).unwrap_or(usize::MAX));
    entry.get(name)?.as_array()?.iter().map(integer).collect()
}

/// An `f32` tensor.
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f32>,
}

/// Writes tensors in the given order, with `network` as metadata.
pub(super) fn write(tensors: &[Tensor], network: &str) -> Vec<u8> {
    let mut header = format!("{{\"{METADATA}\":{{\"{NETWORK}\":\"{network}\"}}");
    let mut start = 0;
    for Tensor { name, shape, values } in tensors {
        let end = start + VALUE * values.len();
        let shape: Vec<_> = shape.iter().map(usize::to_string).collect();
        let shape = shape.join(",");
        header.push_str(&format!(
            ",\"{name}\":{{\"dtype\":\"{F32}\",\"shape\":[{shape}],\"data_offsets\":[{start},{end}]}}"
        ));
        start = end;
    }
    header.push('}');
    // The format wants the data aligned to eight bytes.
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    for value in tensors.iter().flat_map(|tensor| &tensor.values) {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes
}

fn unreadable(reason: &str) -> FileError {
    FileError::SafeTensors { reason: reason.to_owned() }
}

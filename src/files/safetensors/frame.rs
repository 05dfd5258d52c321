//! The frame that tensors lie in: eight bytes of length, a header in JSON, and their numbers.
//!
//! The format is small, and the crate for it would be a tenth of the page's program; the tests compare this module with that
//! crate. <https://huggingface.co/docs/safetensors> describes it.

use std::ops::Range;

use serde_json::{Map, Value};

use super::NETWORK;
use crate::files::FileError;
use crate::files::error::excerpt;

/// The most bytes of a header: far more than the tensors of [`MAX_LAYERS`](crate::nn::MAX_LAYERS) layers need.
const MAX_HEADER: usize = 1 << 20;

/// Bytes of a number of single precision.
const NUMBER: usize = 4;

/// The type of such a number, as the header calls it.
const F32: &str = "F32";

/// The entry of the header that is not a tensor.
const METADATA: &str = "__metadata__";

/// A header and the bytes that it describes.
pub(super) struct Frame<'b> {
    entries: Map<String, Value>,
    data: &'b [u8],
}

impl<'b> Frame<'b> {
    /// Reads the header of a file and checks that its tensors cover all of the bytes, each of them once.
    ///
    /// # Errors
    /// If the header cannot be read, or does not describe the bytes that follow it.
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, FileError> {
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
        let frame = Self { entries, data };
        let mut places = frame.names().map(|name| frame.place(name)).collect::<Result<Vec<_>, _>>()?;
        places.sort_by_key(|place| (place.start, place.end));
        let mut end = 0;
        for place in places {
            if place.start != end {
                return Err(unreadable("its tensors overlap or leave a gap"));
            }
            end = place.end;
        }
        if end != data.len() {
            return Err(unreadable("its tensors do not cover all of its bytes"));
        }
        Ok(frame)
    }

    /// The names of the tensors.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str).filter(|&name| name != METADATA)
    }

    /// The layers and the loss, where we have written them.
    pub(super) fn network(&self) -> Option<&str> {
        self.entries.get(METADATA)?.get(NETWORK)?.as_str()
    }

    /// The shape and the numbers of a tensor.
    ///
    /// # Errors
    /// If it is missing or of another type.
    pub(super) fn numbers(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), FileError> {
        let wrong = |problem: String| FileError::Tensor { name: excerpt(name), problem };
        let entry = self.entries.get(name).ok_or_else(|| wrong("is missing".to_owned()))?;
        match type_of(entry) {
            F32 => {}
            other => return Err(wrong(format!("is of the type {}, not F32", excerpt(other)))),
        }
        let (words, _) = self.data[self.place(name)?].as_chunks();
        let shape = sizes(entry, "shape").unwrap_or_default();
        Ok((shape, words.iter().map(|&word| f32::from_le_bytes(word)).collect()))
    }

    /// Where the bytes of a tensor are: as many as its shape says, all of them in the file.
    fn place(&self, name: &str) -> Result<Range<usize>, FileError> {
        let found = self.entries.get(name).and_then(|entry| {
            let &[start, end] = sizes(entry, "data_offsets")?.as_slice() else { return None };
            let bytes = self.data.get(start..end)?;
            let numbers = sizes(entry, "shape")?.into_iter().fold(1, usize::saturating_mul);
            let fits = type_of(entry) != F32 || numbers.checked_mul(NUMBER) == Some(bytes.len());
            fits.then_some(start..end)
        });
        found.ok_or_else(|| unreadable(&format!("“{}” has an invalid shape or position", excerpt(name))))
    }
}

/// The type of a tensor's numbers.
fn type_of(entry: &Value) -> &str {
    entry.get("dtype").and_then(Value::as_str).unwrap_or_default()
}

/// A list of sizes.
fn sizes(entry: &Value, name: &str) -> Option<Vec<usize>> {
    let size = |value: &Value| Some(usize::try_from(value.as_u64()?).unwrap_or(usize::MAX));
    entry.get(name)?.as_array()?.iter().map(size).collect()
}

/// A tensor of single precision.
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Vec<f32>,
}

/// Writes tensors in their order, with the network as metadata.
pub(super) fn write(tensors: &[Tensor], network: &str) -> Vec<u8> {
    let mut header = format!("{{\"{METADATA}\":{{\"{NETWORK}\":\"{network}\"}}");
    let mut start = 0;
    for Tensor { name, shape, numbers } in tensors {
        let end = start + NUMBER * numbers.len();
        let shape: Vec<_> = shape.iter().map(usize::to_string).collect();
        let shape = shape.join(",");
        header.push_str(&format!(
            ",\"{name}\":{{\"dtype\":\"{F32}\",\"shape\":[{shape}],\"data_offsets\":[{start},{end}]}}"
        ));
        start = end;
    }
    header.push('}');
    // The numbers begin at a multiple of eight bytes.
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    for number in tensors.iter().flat_map(|tensor| &tensor.numbers) {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes
}

fn unreadable(reason: &str) -> FileError {
    FileError::SafeTensors { reason: reason.to_owned() }
}

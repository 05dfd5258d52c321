//! Typed arrays in and out, read by the piece and refused in a sentence.

use js_sys::{Array, ArrayBuffer, Float32Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::config::refused;
use super::error;
use crate::data::write_pixels;

#[wasm_bindgen]
extern "C" {
    /// The constructor, called so that what it throws is caught: a borrow of ours would outlive it otherwise.
    #[wasm_bindgen(thread_local_v2, js_name = Float32Array)]
    static FLOAT32_ARRAY: Function;

    /// The same of bytes.
    #[wasm_bindgen(thread_local_v2, js_name = Uint8Array)]
    static UINT8_ARRAY: Function;
}

/// Examples as a page has them.
pub(super) enum Examples {
    /// 0 to 255, which stand for 0 to 1.
    Bytes(Uint8Array),
    /// The numbers themselves.
    Floats(Float32Array),
}

impl Examples {
    /// Takes an array of examples with `width` numbers each, and says how many there are.
    ///
    /// # Errors
    /// An `Error` if it is not a typed array of these, is empty, or ends in the middle of an example.
    pub(super) fn of(array: &JsValue, width: usize) -> Result<(Self, usize), JsValue> {
        // The prototype alone could be borrowed.
        let real = ArrayBuffer::is_view(array);
        let (examples, length) = match (array.dyn_ref::<Uint8Array>(), array.dyn_ref::<Float32Array>()) {
            (Some(bytes), _) if real => (Self::Bytes(bytes.clone()), bytes.length()),
            (_, Some(floats)) if real => (Self::Floats(floats.clone()), floats.length()),
            _ => return Err(refused("examples", "a Uint8Array or a Float32Array", array)),
        };
        let length = length as usize;
        if length == 0 || !length.is_multiple_of(width) {
            return Err(error(&format!(
                "the number of values must be a positive multiple of {width}, got {length}"
            )));
        }
        Ok((examples, length / width))
    }

    /// Writes the numbers from `start` on to `numbers`. Bytes go by way of `bytes`, whose memory is kept.
    pub(super) fn copy(&self, start: usize, numbers: &mut [f32], bytes: &mut Vec<u8>) {
        let (from, to) = (start as u32, (start + numbers.len()) as u32);
        match self {
            Self::Bytes(array) => {
                bytes.resize(numbers.len(), 0);
                array.subarray(from, to).copy_to(bytes);
                write_pixels(bytes, numbers);
            }
            Self::Floats(array) => array.subarray(from, to).copy_to(numbers),
        }
    }
}

/// A new array of zeros.
///
/// # Errors
/// What the browser throws if it has not enough memory.
pub(super) fn new_array(length: usize) -> Result<Float32Array, JsValue> {
    FLOAT32_ARRAY.with(|constructor| constructed(constructor, length))
}

/// A new array of zero bytes.
///
/// # Errors
/// What the browser throws if it has not enough memory.
pub(super) fn new_bytes(length: usize) -> Result<Uint8Array, JsValue> {
    UINT8_ARRAY.with(|constructor| constructed(constructor, length))
}

fn constructed<T: JsCast>(constructor: &Function, length: usize) -> Result<T, JsValue> {
    let arguments = Array::of1(&JsValue::from(length as f64));
    Reflect::construct(constructor, &arguments)?.dyn_into()
}

/// Checks that there is room for `bytes` of ours, because running out of memory later would stop the program.
///
/// # Errors
/// An `Error` if there is not.
pub(super) fn room_for(bytes: usize) -> Result<(), JsValue> {
    let mut probe = Vec::<u8>::new();
    let found = probe.try_reserve_exact(bytes).is_ok();
    // Without this the compiler could do without the allocation.
    std::hint::black_box(&probe);
    if found { Ok(()) } else { Err(error(&format!("there is not enough memory: {bytes} bytes are needed"))) }
}

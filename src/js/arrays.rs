//! Typed arrays: reading examples in chunks, and creating results.

use js_sys::{Array, ArrayBuffer, Float32Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::config::wrong_type;
use super::error;
use crate::data::write_pixels;

#[wasm_bindgen]
extern "C" {
    /// The constructor; called through `Reflect`, its exceptions are caught instead of skipping Rust's destructors.
    #[wasm_bindgen(thread_local_v2, js_name = Float32Array)]
    static FLOAT32_ARRAY: Function;

    /// See above.
    #[wasm_bindgen(thread_local_v2, js_name = Uint8Array)]
    static UINT8_ARRAY: Function;
}

/// Examples in a typed array.
pub(super) enum Examples {
    /// Bytes from 0 to 255, which are scaled to [0, 1].
    Bytes(Uint8Array),
    /// Values.
    Floats(Float32Array),
}

impl Examples {
    /// Wraps an array of examples with `width` values each, and returns their number.
    ///
    /// # Errors
    /// An `Error` if it is not such a typed array, is empty, or its length is not a multiple of `width`.
    pub(super) fn new(array: &JsValue, width: usize) -> Result<(Self, usize), JsValue> {
        // An object can have the prototype of a typed array without being one.
        let is_view = ArrayBuffer::is_view(array);
        let (examples, length) = match (array.dyn_ref::<Uint8Array>(), array.dyn_ref::<Float32Array>()) {
            (Some(bytes), _) if is_view => (Self::Bytes(bytes.clone()), bytes.length()),
            (_, Some(floats)) if is_view => (Self::Floats(floats.clone()), floats.length()),
            _ => return Err(wrong_type("examples", "a Uint8Array or a Float32Array", array)),
        };
        let length = length as usize;
        if length == 0 || !length.is_multiple_of(width) {
            return Err(error(&format!(
                "the number of values must be a positive multiple of {width}, got {length}"
            )));
        }
        Ok((examples, length / width))
    }

    /// Copies the values from `start` on into `values`, using `bytes` as a buffer.
    pub(super) fn copy(&self, start: usize, values: &mut [f32], bytes: &mut Vec<u8>) {
        let (from, to) = (start as u32, (start + values.len()) as u32);
        match self {
            Self::Bytes(array) => {
                bytes.resize(values.len(), 0);
                array.subarray(from, to).copy_to(bytes);
                write_pixels(bytes, values);
            }
            Self::Floats(array) => array.subarray(from, to).copy_to(values),
        }
    }
}

/// Creates an array of zeros.
///
/// # Errors
/// The browser's exception if there is not enough memory.
pub(super) fn new_array(length: usize) -> Result<Float32Array, JsValue> {
    FLOAT32_ARRAY.with(|constructor| construct(constructor, length))
}

/// Creates an array of zero bytes.
///
/// # Errors
/// The browser's exception if there is not enough memory.
pub(super) fn new_bytes(length: usize) -> Result<Uint8Array, JsValue> {
    UINT8_ARRAY.with(|constructor| construct(constructor, length))
}

fn construct<T: JsCast>(constructor: &Function, length: usize) -> Result<T, JsValue> {
    let arguments = Array::of1(&JsValue::from(length as f64));
    Reflect::construct(constructor, &arguments)?.dyn_into()
}

/// Checks that `bytes` can be allocated, because a failed allocation later would abort the program.
///
/// # Errors
/// An `Error` if there is not.
pub(super) fn check_memory(bytes: usize) -> Result<(), JsValue> {
    let mut probe = Vec::<u8>::new();
    let is_available = probe.try_reserve_exact(bytes).is_ok();
    // Keeps the compiler from removing the allocation.
    std::hint::black_box(&probe);
    if is_available {
        Ok(())
    } else {
        Err(error(&format!("there is not enough memory: {bytes} bytes are needed")))
    }
}

//! Arrays of the caller's: recognised in any realm, and read before anything is borrowed or changed.
//!
//! Getters and proxies run code of the caller's, and an exception that is not caught skips Rust's destructors. So what could
//! throw is called through `Reflect` or with `catch`, and a typed array is read through a view of our own on its memory.

use js_sys::{Array, Float32Array, Function, Number, Reflect, Symbol, Uint8Array};
use ndarray::ArrayView2;
use wasm_bindgen::JsThreadLocal;
use wasm_bindgen::prelude::*;

use super::{error, from_error};
use crate::data::{Dataset, DatasetError, write_pixels};
use crate::train::setting::excerpt;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = Uint8Array)]
    static UINT8_ARRAY: Function;

    #[wasm_bindgen(thread_local_v2, js_name = Float32Array)]
    static FLOAT32_ARRAY: Function;

    #[wasm_bindgen(thread_local_v2, js_name = Float64Array)]
    static FLOAT64_ARRAY: Function;

    #[wasm_bindgen(thread_local_v2, js_namespace = Uint8Array, js_name = prototype)]
    static TYPED_ARRAY_PROTOTYPE: JsValue;

    #[wasm_bindgen(thread_local_v2, js_namespace = ArrayBuffer, js_name = prototype)]
    static ARRAY_BUFFER_PROTOTYPE: JsValue;

    /// Calls a getter of `prototype` on `receiver`: those of arrays read what no property of the receiver can hide.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn get_of(prototype: &JsValue, key: &JsValue, receiver: &JsValue) -> Result<JsValue, JsValue>;

    /// Throws for a revoked proxy.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    pub(super) fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    /// Returns the class as `[object Map]`.
    #[wasm_bindgen(catch, js_namespace = ["Object", "prototype", "toString"], js_name = call)]
    fn class_of(value: &JsValue) -> Result<String, JsValue>;
}

/// The values of an array.
enum Values {
    Bytes(Uint8Array),
    /// A `Float32Array`, or a `Float64Array`, which `TypedArray.prototype.set` converts.
    Floats(Float32Array),
    /// Those of a plain array.
    Numbers(Vec<f32>),
}

impl Values {
    /// Recognises an array. Returns `None` if the value is something else.
    fn new(value: &JsValue) -> Result<Option<Self>, JsValue> {
        let get = |key: &JsValue| TYPED_ARRAY_PROTOTYPE.with(|prototype| get_of(prototype, key, value));
        let class = get(&Symbol::to_string_tag())?.as_string();
        let constructor = match class.as_deref() {
            Some("Uint8Array" | "Uint8ClampedArray") => &UINT8_ARRAY,
            Some("Float32Array") => &FLOAT32_ARRAY,
            Some("Float64Array") => &FLOAT64_ARRAY,
            Some(_) => return Ok(None),
            None => {
                let bytes =
                    ARRAY_BUFFER_PROTOTYPE.with(|prototype| get_of(prototype, &"byteLength".into(), value));
                return match bytes {
                    Ok(length) => view(&UINT8_ARRAY, value, &0.into(), &length).map(Self::Bytes).map(Some),
                    Err(_) if is_array(value).unwrap_or(false) => numbers(value).map(Self::Numbers).map(Some),
                    Err(_) => Ok(None),
                };
            }
        };
        let [buffer, offset, length] = ["buffer", "byteOffset", "length"].map(|key| get(&key.into()));
        let view = view::<JsValue>(constructor, &buffer?, &offset?, &length?)?;
        Ok(Some(match class.as_deref() {
            Some("Float32Array" | "Float64Array") => Self::Floats(view.unchecked_into()),
            _ => Self::Bytes(view.unchecked_into()),
        }))
    }

    fn len(&self) -> usize {
        match self {
            Self::Bytes(array) => array.length() as usize,
            Self::Floats(array) => array.length() as usize,
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    /// Copies the values from `start` on, using `bytes` as a buffer. Bytes become values from 0 to 1.
    fn copy(&self, start: usize, values: &mut [f32], bytes: &mut Vec<u8>) {
        let end = start + values.len();
        match self {
            Self::Bytes(array) => {
                bytes.resize(values.len(), 0);
                array.subarray(start as u32, end as u32).copy_to(bytes);
                write_pixels(bytes, values);
            }
            Self::Floats(array) => array.subarray(start as u32, end as u32).copy_to(values),
            Self::Numbers(numbers) => values.copy_from_slice(&numbers[start..end]),
        }
    }
}

/// Creates a typed array on the memory of another; an empty one if there is none, since the memory may be detached.
fn view<T: JsCast>(
    constructor: &'static JsThreadLocal<Function>,
    buffer: &JsValue,
    offset: &JsValue,
    length: &JsValue,
) -> Result<T, JsValue> {
    let arguments =
        if length.as_f64() == Some(0.0) { Array::of1(length) } else { Array::of3(buffer, offset, length) };
    constructor.with(|constructor| Reflect::construct(constructor, &arguments)).map(JsCast::unchecked_into)
}

/// Reads the numbers of a plain array.
fn numbers(array: &JsValue) -> Result<Vec<f32>, JsValue> {
    let length = Reflect::get(array, &"length".into())?;
    let length = length.as_f64().ok_or_else(|| wrong_type("the length of an array", "a number", &length))?;
    check_memory((length as usize).saturating_mul(size_of::<f32>()))?;
    (0..length as u32)
        .map(|index| {
            let value = Reflect::get_u32(array, index)?;
            let number =
                value.as_f64().ok_or_else(|| wrong_type(&format!("value {index}"), "a number", &value))?;
            Ok(number as f32)
        })
        .collect()
}

/// Rows of `width` values each: examples or codes.
pub(super) struct Rows {
    values: Values,
    pub(super) width: usize,
    /// The number of rows.
    pub(super) count: usize,
    are_codes: bool,
}

impl Rows {
    /// Recognises examples: bytes from 0 to 255, or numbers from 0 to 1.
    ///
    /// # Errors
    /// An `Error` if it is no such array, or its length is not a positive multiple of `width`.
    pub(super) fn examples(array: &JsValue, width: usize) -> Result<Self, JsValue> {
        const EXPECTED: &str =
            "a Uint8Array, Uint8ClampedArray, Float32Array, Float64Array, ArrayBuffer or array of numbers";
        let values = Values::new(array)?.ok_or_else(|| wrong_type("examples", EXPECTED, array))?;
        Self::new(values, width, false)
    }

    /// Recognises codes: finite numbers.
    ///
    /// # Errors
    /// As [`examples`](Self::examples).
    pub(super) fn codes(array: &JsValue, width: usize) -> Result<Self, JsValue> {
        match Values::new(array)? {
            Some(values @ (Values::Floats(_) | Values::Numbers(_))) => Self::new(values, width, true),
            _ => Err(wrong_type("codes", "a Float32Array, Float64Array or array of numbers", array)),
        }
    }

    fn new(values: Values, width: usize, are_codes: bool) -> Result<Self, JsValue> {
        let length = values.len();
        if length == 0 || !length.is_multiple_of(width) {
            return Err(error(&format!(
                "the number of values must be a positive multiple of {width}, got {length}"
            )));
        }
        Ok(Self { count: length / width, values, width, are_codes })
    }

    /// Copies the rows from `start` on into `values`, using `bytes` as a buffer.
    ///
    /// # Errors
    /// An `Error` that names the first value that is out of range.
    pub(super) fn copy(&self, start: usize, values: &mut [f32], bytes: &mut Vec<u8>) -> Result<(), JsValue> {
        self.values.copy(start * self.width, values, bytes);
        if let Values::Bytes(_) = self.values {
            return Ok(());
        }
        let valid = if self.are_codes { f32::MIN..=f32::MAX } else { 0.0..=1.0 };
        // Without an early end the compiler vectorizes it.
        if values.iter().fold(true, |are_valid, value| are_valid & valid.contains(value)) {
            return Ok(());
        }
        let index = values.iter().position(|value| !valid.contains(value)).unwrap_or_default();
        let (row, column, found) = (start + index / self.width, index % self.width, values[index]);
        Err(if self.are_codes {
            error(&format!("value {column} of code {row} must be a finite number, got {found}"))
        } else {
            from_error(DatasetError::OutOfRange { row, column, found })
        })
    }

    /// Copies all examples into a dataset.
    ///
    /// # Errors
    /// As [`copy`](Self::copy), and if there is not enough memory.
    pub(super) fn to_dataset(&self) -> Result<Dataset, JsValue> {
        let length = self.values.len();
        if let Values::Bytes(bytes) = &self.values {
            check_memory(length)?;
            return Ok(Dataset::from_bytes(self.width, bytes.to_vec(), Vec::new()));
        }
        check_memory(length.saturating_mul(2 * size_of::<f32>()))?;
        let mut values = vec![0.0; length];
        self.values.copy(0, &mut values, &mut Vec::new());
        let rows =
            ArrayView2::from_shape((self.count, self.width), &values).expect("the rows have this width");
        Dataset::from_values(rows).map_err(from_error)
    }
}

/// Copies the bytes of a `Uint8Array`, a `Uint8ClampedArray` or an `ArrayBuffer`.
///
/// # Errors
/// An `Error` if `array` is something else, or there is not enough memory.
pub(super) fn bytes(what: &str, array: &JsValue) -> Result<Vec<u8>, JsValue> {
    let Some(Values::Bytes(bytes)) = Values::new(array)? else {
        return Err(wrong_type(what, "a Uint8Array or an ArrayBuffer", array));
    };
    // Four times, because what is read from them is in memory, too.
    check_memory(bytes.length() as usize * 4)?;
    Ok(bytes.to_vec())
}

/// Creates an array of zeros.
///
/// # Errors
/// The browser's exception if there is not enough memory.
pub(super) fn new_array(length: usize) -> Result<Float32Array, JsValue> {
    let arguments = Array::of1(&JsValue::from(length as f64));
    FLOAT32_ARRAY.with(|constructor| Reflect::construct(constructor, &arguments)).map(JsCast::unchecked_into)
}

/// Creates an array of `bytes`.
///
/// # Errors
/// The browser's exception if there is not enough memory.
pub(super) fn new_bytes(bytes: &[u8]) -> Result<Uint8Array, JsValue> {
    let arguments = Array::of1(&JsValue::from(bytes.len() as f64));
    let array = UINT8_ARRAY.with(|constructor| Reflect::construct(constructor, &arguments))?;
    let array: Uint8Array = array.unchecked_into();
    array.copy_from(bytes);
    Ok(array)
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
    if is_available { Ok(()) } else { Err(no_memory(bytes)) }
}

/// Returns the error for want of memory.
fn no_memory(bytes: usize) -> JsValue {
    // Sums of bytes stop at the largest `usize`.
    let needed = match bytes {
        usize::MAX => "more than the 4 GB of WebAssembly".to_owned(),
        _ => format!("{} MB", bytes.div_ceil(1 << 20)),
    };
    error(&format!("there is not enough memory: this takes {needed}"))
}

/// Returns the error for a value of the wrong type, which names what it is.
pub(super) fn wrong_type(what: &str, expected: &str, value: &JsValue) -> JsValue {
    let actual = if let Some(text) = value.as_string() {
        format!("“{}”", excerpt(&text))
    } else if let Some(number) = value.as_f64() {
        Number::from(number).to_string_with_radix(10).map_or_else(|_| "a number".to_owned(), String::from)
    } else if let Some(boolean) = value.as_bool() {
        boolean.to_string()
    } else if value.is_null() || value.is_undefined() {
        if value.is_null() { "null" } else { "undefined" }.to_owned()
    } else {
        let class = class_of(value).unwrap_or_default();
        match class.strip_prefix("[object ").and_then(|class| class.strip_suffix(']')) {
            None | Some("Object") => "an object".to_owned(),
            Some(class @ ("Array" | "Function" | "Symbol")) => {
                format!("{} {}", article(class), class.to_ascii_lowercase())
            }
            Some(class) => format!("{} {}", article(class), excerpt(class)),
        }
    };
    error(&format!("{what} must be {expected}, got {actual}"))
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" }
}

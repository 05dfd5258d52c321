//! JSON with little code. It is read field by field from a `serde_json::Value`, because derived `Deserialize` would take up a tenth of
//! the page's program, and written by a serializer of few instructions per field: those of `serde_json` are many.

use std::fmt::{self, Arguments, Write};

use serde::Serialize;
use serde::ser::{self, Impossible, Serializer};
use serde_json::Value;

use super::FileError;

/// A JSON value and its key.
pub(super) struct Field<'v> {
    pub(super) name: &'static str,
    pub(super) value: &'v Value,
}

impl<'v> Field<'v> {
    #[cold]
    #[inline(never)]
    pub(super) fn error(&self) -> FileError {
        FileError::Json { reason: format!("its {} is missing or invalid", self.name) }
    }

    /// Returns a member, or null if there is none: no valid member is null.
    #[inline(never)]
    pub(super) fn field(&self, name: &'static str) -> Field<'v> {
        Field { name, value: self.value.get(name).unwrap_or(&Value::Null) }
    }

    /// Returns a member that older files lack.
    #[inline(never)]
    pub(super) fn optional(&self, name: &'static str) -> Option<Field<'v>> {
        Some(Field { name, value: self.value.get(name)? })
    }

    /// Returns an element of an array, or null if there is none.
    #[inline(never)]
    pub(super) fn item(&self, index: usize) -> Field<'v> {
        Field { name: self.name, value: self.value.get(index).unwrap_or(&Value::Null) }
    }

    #[inline(never)]
    pub(super) fn text(&self) -> Result<&'v str, FileError> {
        self.value.as_str().ok_or_else(|| self.error())
    }

    #[inline(never)]
    pub(super) fn integer(&self) -> Result<u64, FileError> {
        self.value.as_u64().ok_or_else(|| self.error())
    }

    #[inline(never)]
    pub(super) fn size(&self) -> Result<usize, FileError> {
        // On a 32-bit target a larger size is refused as longer than the file.
        Ok(usize::try_from(self.integer()?).unwrap_or(usize::MAX))
    }

    /// Parses an `f32`. Rounding the `f64` gives back the `f32` that was written.
    #[inline(never)]
    pub(super) fn float(&self) -> Result<f32, FileError> {
        let float = self.value.as_f64().map(|value| value as f32);
        // What is too large would be written as null.
        float.filter(|value| value.is_finite()).ok_or_else(|| self.error())
    }

    pub(super) fn one_of<T: Copy>(&self, choices: &[(&str, T)]) -> Result<T, FileError> {
        let choice = choices.iter().find(|(name, _)| Some(*name) == self.value.as_str());
        choice.map(|&(_, choice)| choice).ok_or_else(|| self.error())
    }

    /// Returns a member that may be null or missing.
    #[inline(never)]
    pub(super) fn present(&self, name: &'static str) -> Option<Field<'v>> {
        self.optional(name).filter(|field| !field.value.is_null())
    }

    /// Iterates over the elements of an array; a value that is none has none.
    pub(super) fn items(&self) -> impl Iterator<Item = Field<'v>> {
        let items: &[Value] = self.value.as_array().map_or(&[], Vec::as_slice);
        let name = self.name;
        items.iter().map(move |value| Field { name, value })
    }
}

/// Returns a value as JSON.
pub(super) fn write(value: &impl Serialize) -> String {
    let mut text = String::new();
    // A string takes whatever is written, and nothing here is a map, bytes or an `f64`, which are refused.
    let _ = value.serialize(Writer(&mut text));
    text
}

/// Writes a value.
struct Writer<'t>(&'t mut String);

/// Writes the elements of an array, or the members of an object.
struct Items<'t> {
    text: &'t mut String,
    is_first: bool,
    end: &'static str,
}

impl<'t> Writer<'t> {
    #[inline(never)]
    fn put(self, value: Arguments<'_>) -> fmt::Result {
        self.0.write_fmt(value)
    }

    /// Begins an array or object, as the content of a variant if that has a name.
    #[inline(never)]
    fn items(self, variant: &str, start: &str, end: &'static str) -> Items<'t> {
        if !variant.is_empty() {
            self.0.push('{');
            put_key(self.0, variant);
        }
        self.0.push_str(start);
        Items { text: self.0, is_first: true, end }
    }
}

impl Items<'_> {
    #[inline(never)]
    fn begin(&mut self, key: &str) {
        if !std::mem::take(&mut self.is_first) {
            self.text.push(',');
        }
        if !key.is_empty() {
            put_key(self.text, key);
        }
    }
}

fn put_key(text: &mut String, key: &str) {
    put_string(text, key);
    text.push(':');
}

#[inline(never)]
fn put_string(text: &mut String, value: &str) {
    text.push('"');
    for char in value.chars() {
        match char {
            '"' | '\\' => text.extend(['\\', char]),
            '\0'..' ' => _ = write!(text, "\\u{:04x}", char as u32),
            _ => text.push(char),
        }
    }
    text.push('"');
}

macro_rules! write_as {
    ($($method:ident($from:ty) $to:ident)*) => {$(
        fn $method(self, value: $from) -> fmt::Result {
            self.$to(value.into())
        }
    )*};
}

impl<'t> Serializer for Writer<'t> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Items<'t>;
    type SerializeTuple = Items<'t>;
    type SerializeTupleStruct = Impossible<(), fmt::Error>;
    type SerializeTupleVariant = Items<'t>;
    type SerializeMap = Impossible<(), fmt::Error>;
    type SerializeStruct = Items<'t>;
    type SerializeStructVariant = Items<'t>;

    write_as! {
        serialize_i8(i8) serialize_i64
        serialize_i16(i16) serialize_i64
        serialize_i32(i32) serialize_i64
        serialize_u8(u8) serialize_u64
        serialize_u16(u16) serialize_u64
        serialize_u32(u32) serialize_u64
    }

    fn serialize_bool(self, value: bool) -> fmt::Result {
        self.put(format_args!("{value}"))
    }

    fn serialize_i64(self, value: i64) -> fmt::Result {
        self.put(format_args!("{value}"))
    }

    fn serialize_u64(self, value: u64) -> fmt::Result {
        self.put(format_args!("{value}"))
    }

    fn serialize_f32(self, value: f32) -> fmt::Result {
        // As the smallest number of digits, with an exponent where that is shorter.
        if value.is_finite() { self.put(format_args!("{value:?}")) } else { self.serialize_unit() }
    }

    /// No file has one.
    fn serialize_f64(self, _: f64) -> fmt::Result {
        Err(fmt::Error)
    }

    fn serialize_char(self, value: char) -> fmt::Result {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> fmt::Result {
        put_string(self.0, value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> fmt::Result {
        Err(fmt::Error)
    }

    fn serialize_none(self) -> fmt::Result {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> fmt::Result {
        self.put(format_args!("null"))
    }

    fn serialize_unit_struct(self, _: &'static str) -> fmt::Result {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> fmt::Result {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> fmt::Result {
        let Items { text, .. } = self.items(variant, "", "");
        value.serialize(Writer(text))?;
        text.push('}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'t>, fmt::Error> {
        Ok(self.items("", "[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'t>, fmt::Error> {
        Ok(self.items("", "[", "]"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t>, fmt::Error> {
        Ok(self.items(variant, "[", "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'t>, fmt::Error> {
        Ok(self.items("", "{", "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t>, fmt::Error> {
        Ok(self.items(variant, "{", "}}"))
    }
}

/// The key of an item, if it has one.
macro_rules! key_or_none {
    () => {
        ""
    };
    ($key:ident) => {
        $key
    };
}

macro_rules! write_items {
    ($($items:ident::$method:ident($($key:ident)?))*) => {$(
        impl ser::$items for Items<'_> {
            type Ok = ();
            type Error = fmt::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($key: &'static str,)? value: &T) -> fmt::Result {
                self.begin(key_or_none!($($key)?));
                value.serialize(Writer(self.text))
            }

            fn end(self) -> fmt::Result {
                self.text.push_str(self.end);
                Ok(())
            }
        }
    )*};
}

write_items! {
    SerializeSeq::serialize_element()
    SerializeTuple::serialize_element()
    SerializeTupleVariant::serialize_field()
    SerializeStruct::serialize_field(key)
    SerializeStructVariant::serialize_field(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_serde_json_reads() {
        #[derive(Serialize)]
        enum Item {
            Unit,
            New(usize),
            Tuple([f32; 2], Vec<f32>),
            Struct { a: f32, b: bool },
        }
        #[derive(Serialize)]
        struct All<'a> {
            items: Vec<Item>,
            text: &'a str,
            numbers: (u64, i64, u8, f32),
            none: Option<u32>,
            some: Option<u32>,
            empty: [u32; 0],
        }
        let all = All {
            items: vec![
                Item::Unit,
                Item::New(7),
                Item::Tuple([0.1, -2.5], vec![1e-7, f32::MAX, f32::MIN_POSITIVE]),
                Item::Struct { a: f32::NAN, b: true },
            ],
            text: "seed 5 · 2 \"q\" \\ \n\u{1} ß 🙂",
            numbers: (u64::MAX, i64::MIN, 3, 16_777_216.0),
            none: None,
            some: Some(1),
            empty: [],
        };
        let read: Value = serde_json::from_str(&write(&all)).unwrap();
        let theirs: Value = serde_json::from_str(&serde_json::to_string(&all).unwrap()).unwrap();
        assert_eq!(read, theirs);
    }
}

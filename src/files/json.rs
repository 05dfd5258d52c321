//! Reads JSON field by field from a `serde_json::Value`, because derived `Deserialize` would take up a tenth of the page's program.

use serde_json::Value;

use super::FileError;

/// A JSON value and its key.
pub(super) struct Field<'v> {
    pub(super) name: &'static str,
    pub(super) value: &'v Value,
}

impl<'v> Field<'v> {
    pub(super) fn error(&self) -> FileError {
        FileError::Json { reason: format!("its {} is missing or invalid", self.name) }
    }

    /// Returns a member, or null if there is none: no valid member is null.
    pub(super) fn field(&self, name: &'static str) -> Field<'v> {
        Field { name, value: self.value.get(name).unwrap_or(&Value::Null) }
    }

    /// Returns a member that older files lack.
    pub(super) fn optional(&self, name: &'static str) -> Option<Field<'v>> {
        Some(Field { name, value: self.value.get(name)? })
    }

    /// Returns an element of an array, or null if there is none.
    pub(super) fn item(&self, index: usize) -> Field<'v> {
        Field { name: self.name, value: self.value.get(index).unwrap_or(&Value::Null) }
    }

    pub(super) fn text(&self) -> Result<&'v str, FileError> {
        self.value.as_str().ok_or_else(|| self.error())
    }

    pub(super) fn integer(&self) -> Result<u64, FileError> {
        self.value.as_u64().ok_or_else(|| self.error())
    }

    pub(super) fn size(&self) -> Result<usize, FileError> {
        // On a 32-bit target a larger size is refused as longer than the file.
        Ok(usize::try_from(self.integer()?).unwrap_or(usize::MAX))
    }

    /// Parses an `f32`. Rounding the `f64` gives back the `f32` that was written.
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

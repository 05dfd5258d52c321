//! The errors of settings, as sentences.

use thiserror::Error;

use super::Setting;
use crate::nn::{SpecError, UnknownName, quoted};

/// An invalid value of a setting. The old value is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", .kind.sentence(.setting.label(), .actual))]
pub struct SettingError {
    /// The setting.
    pub setting: Setting,
    /// The beginning of the invalid value.
    pub actual: String,
    /// The kind of error.
    pub kind: ErrorKind,
}

/// The kinds of errors of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The name is not one of the choices.
    UnknownName(UnknownName),
    /// The value is not of the expected form or range.
    Expected(String),
    /// The text does not describe the layers of a network.
    Layers(SpecError),
    /// The optimization method of this title does not have this constant.
    NotInMethod(&'static str),
}

impl SettingError {
    pub(super) fn new(setting: Setting, text: &str, kind: ErrorKind) -> Self {
        Self { setting, actual: excerpt(text), kind }
    }
}

impl ErrorKind {
    pub(super) fn expected(expected: impl Into<String>) -> Self {
        Self::Expected(expected.into())
    }

    /// Returns the sentence for a setting called `name`.
    pub fn sentence(&self, name: &str, actual: &str) -> String {
        match self {
            Self::UnknownName(unknown) => {
                format!("{name} must be one of {}, got “{actual}”.", unknown.choices)
            }
            Self::Expected(expected) => format!("{name} must be {expected}, got “{actual}”."),
            Self::Layers(error) => format!("{name}: {error}."),
            Self::NotInMethod(title) => format!("{name} is not a setting of {title}."),
        }
    }
}

impl From<UnknownName> for ErrorKind {
    fn from(unknown: UnknownName) -> Self {
        Self::UnknownName(unknown)
    }
}

impl From<SpecError> for ErrorKind {
    fn from(error: SpecError) -> Self {
        Self::Layers(error)
    }
}

/// Returns the beginning of the user's text, to quote in a sentence.
pub fn excerpt(text: &str) -> String {
    quoted(text, 30)
}

//! Why a setting was refused, in a sentence.

use thiserror::Error;

use super::Setting;
use crate::nn::{SpecError, UnknownName, quoted};

/// A setting that was refused. The old value stays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", .kind.sentence(.setting.label(), .actual))]
pub struct SettingError {
    /// The setting.
    pub setting: Setting,
    /// The beginning of what was given.
    pub actual: String,
    /// What is wrong with it.
    pub kind: ErrorKind,
}

/// What is wrong with the value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The name is none of the choices.
    UnknownName(UnknownName),
    /// The value is not what is wanted.
    Expected(String),
    /// The text is not the layers of a network.
    Layers(SpecError),
    /// The optimizer of this title has no such constant.
    NotInMethod(&'static str),
}

impl SettingError {
    pub(super) fn new(setting: Setting, text: &str, kind: ErrorKind) -> Self {
        Self { setting, actual: excerpt(text), kind }
    }
}

impl ErrorKind {
    pub(super) fn expected(what: impl Into<String>) -> Self {
        Self::Expected(what.into())
    }

    /// The sentence that says so, with the setting called `name`.
    #[must_use]
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

/// The beginning of what a person gave, to quote in a sentence.
#[must_use]
pub fn excerpt(text: &str) -> String {
    quoted(text, 30)
}

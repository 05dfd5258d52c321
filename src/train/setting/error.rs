//! Why a setting was refused, in a sentence.

use thiserror::Error;

use super::Setting;
use crate::nn::{SpecError, UnknownName, quoted};

/// A setting that was refused. The old value stays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", .problem.sentence(.setting.label(), .found))]
pub struct SettingError {
    /// The setting.
    pub setting: Setting,
    /// The beginning of what was given.
    pub found: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with the value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The name is none of the choices.
    Unknown(UnknownName),
    /// The value is not what is wanted.
    Wanted(String),
    /// The text is not the layers of a network.
    Layers(SpecError),
    /// The optimizer of this title has no such constant.
    NotOf(&'static str),
}

impl SettingError {
    pub(super) fn new(setting: Setting, text: &str, problem: Problem) -> Self {
        Self { setting, found: shortened(text), problem }
    }
}

impl Problem {
    pub(super) fn wanted(what: impl Into<String>) -> Self {
        Self::Wanted(what.into())
    }

    /// The sentence that says so, with the setting called `name`.
    #[must_use]
    pub fn sentence(&self, name: &str, found: &str) -> String {
        match self {
            Self::Unknown(unknown) => format!("{name} must be one of {}, got “{found}”.", unknown.choices),
            Self::Wanted(wanted) => format!("{name} must be {wanted}, got “{found}”."),
            Self::Layers(error) => format!("{name}: {error}."),
            Self::NotOf(title) => format!("{name} is not a setting of {title}."),
        }
    }
}

impl From<UnknownName> for Problem {
    fn from(unknown: UnknownName) -> Self {
        Self::Unknown(unknown)
    }
}

impl From<SpecError> for Problem {
    fn from(error: SpecError) -> Self {
        Self::Layers(error)
    }
}

/// The beginning of what a person gave, to quote in a sentence.
#[must_use]
pub fn shortened(text: &str) -> String {
    quoted(text, 30)
}

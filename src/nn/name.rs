//! Names of enum variants, for settings that a person types or picks.

use thiserror::Error;

/// A name that matches none of the choices.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected one of {choices}, got “{found}”")]
pub struct UnknownName {
    /// What was given.
    pub found: String,
    /// The names that would match, separated by commas.
    pub choices: String,
}

/// Finds the variant of `all` whose name is `found`.
///
/// # Errors
/// [`UnknownName`], which lists the valid names.
pub(crate) fn find_by_name<T: Copy>(
    found: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T, UnknownName> {
    all.iter().copied().find(|&item| name(item).eq_ignore_ascii_case(found)).ok_or_else(|| UnknownName {
        found: found.to_owned(),
        choices: all.iter().map(|&item| name(item)).collect::<Vec<_>>().join(", "),
    })
}

//! Names of enum variants, for settings that a person types or picks; and how what was typed is quoted.

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
        found: quoted(found, 30),
        choices: all.iter().map(|&item| name(item)).collect::<Vec<_>>().join(", "),
    })
}

/// The beginning of a text from outside, up to `longest` characters, as a sentence quotes it: what cannot be seen is shown as
/// a replacement character.
pub(crate) fn quoted(text: &str, longest: usize) -> String {
    let shown = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().take(longest).map(shown).collect()
}

//! Names of enum variants, for settings that the user types or picks, and how an error message quotes them.

use thiserror::Error;

/// A name that matches none of the choices.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected one of {choices}, got “{found}”")]
pub struct UnknownName {
    /// The name that was looked up.
    pub found: String,
    /// The valid names, separated by commas.
    pub choices: String,
}

/// Returns the index of a name, ignoring ASCII case.
///
/// # Errors
/// [`UnknownName`], which lists the valid names.
#[inline(never)]
pub(crate) fn find_name(found: &str, names: &[&str]) -> Result<usize, UnknownName> {
    let is_found = |name: &&str| name.eq_ignore_ascii_case(found);
    let unknown = || UnknownName { found: quoted(found, 30), choices: names.join(", ") };
    names.iter().position(is_found).ok_or_else(unknown)
}

/// Returns the first `max_chars` characters of `text` with control characters replaced, to quote it in a message.
pub(crate) fn quoted(text: &str, max_chars: usize) -> String {
    let printable = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().take(max_chars).map(printable).collect()
}

/// Gives an enum with a table `ALL` of its variants their names and titles, and parses the names.
macro_rules! impl_names {
    ($type:ident { $($variant:pat => $name:literal, $title:literal;)+ }) => {
        impl $type {
            /// Returns the name that [`FromStr`](std::str::FromStr) parses.
            pub fn name(self) -> &'static str {
                match self {
                    $($variant => $name),+
                }
            }

            /// Returns the name for display.
            pub fn title(self) -> &'static str {
                match self {
                    $($variant => $title),+
                }
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::nn::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Ok(Self::ALL[$crate::nn::find_name(name, &Self::ALL.map(Self::name))?])
            }
        }
    };
}
pub(crate) use impl_names;

#[cfg(test)]
mod tests {
    use crate::nn::{Activation, Loss, Method};

    #[test]
    fn every_name_parses_back_to_its_variant() {
        for activation in Activation::ALL {
            assert_eq!(activation.name().parse(), Ok(activation));
        }
        for loss in Loss::ALL {
            assert_eq!(loss.name().parse(), Ok(loss));
        }
        for method in Method::ALL {
            assert_eq!(method.name().parse(), Ok(method));
        }
    }

    #[test]
    fn an_unknown_name_is_quoted_beside_the_valid_ones() {
        let error = "softmax\n".parse::<Activation>().unwrap_err().to_string();
        assert_eq!(error, "expected one of linear, tanh, relu, leaky-relu, sigmoid, got “softmax\u{fffd}”");
    }
}

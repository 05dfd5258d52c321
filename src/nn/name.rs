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

/// Finds the item of `all` whose name is `found`, ignoring ASCII case.
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
                $crate::nn::find_by_name(name, &Self::ALL, Self::name)
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

//! Keys of the keyboard, whatever its layout.

/// Returns the letter of a key in lower case: its own, or that of the key's place on a keyboard with Latin letters where the layout
/// has others. `key` and `code` are those of a keyboard event.
pub fn letter(key: &str, code: &str) -> Option<char> {
    let single = |text: &str| {
        let mut chars = text.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    let own = single(key)?;
    if own.is_ascii() {
        return own.is_ascii_alphabetic().then(|| own.to_ascii_lowercase());
    }
    single(code.strip_prefix("Key")?).map(|letter| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_the_keys_own_or_that_of_its_place() {
        for (key, code, expected) in [
            ("r", "KeyR", Some('r')),
            ("R", "KeyR", Some('r')),
            ("к", "KeyR", Some('r')),
            ("Я", "KeyZ", Some('z')),
            ("ز", "KeyV", Some('v')),
            // On a French or a German keyboard the letter counts, not the place.
            ("z", "KeyW", Some('z')),
            ("y", "KeyZ", Some('y')),
            ("é", "Digit2", None),
            ("ü", "BracketLeft", None),
            (".", "Period", None),
            ("Enter", "Enter", None),
            ("", "KeyR", None),
        ] {
            assert_eq!(letter(key, code), expected, "{key} {code}");
        }
    }
}

//! The URL's fragment as keys and values: `preset=blog&lr=0.001&speed=10`.

use std::borrow::Cow;

/// Iterates over the decoded keys and values of a fragment, with or without its `#`; a key alone has an empty value.
pub fn pairs(fragment: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let pairs = fragment.trim_start_matches('#').split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key), decode(value))
    })
}

/// Decodes percent-encoding, as in `5000%2Cplateau`. A `%` without two hexadecimal digits stays, and so does what would be no
/// text.
fn decode(text: &str) -> Cow<'_, str> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        let code = after.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(code.unwrap_or(b'%'));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    if bytes.is_empty() && rest.len() == text.len() {
        return text.into();
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).map_or(text.into(), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_keys_with_values() {
        let read: Vec<_> = pairs("#embed&lr=0.1&&name=a=b").collect();
        let read: Vec<_> = read.iter().map(|(key, value)| (&**key, &**value)).collect();
        assert_eq!(read, [("embed", ""), ("lr", "0.1"), ("name", "a=b")]);
        assert_eq!(pairs("#").count() + pairs("").count(), 0);
    }

    #[test]
    fn percent_encoding_is_decoded() {
        for (encoded, text) in [
            ("5000%2Cplateau", "5000,plateau"),
            ("%70lain", "plain"),
            ("a%3db%26c", "a=b&c"),
            ("%C3%A9t%c3%a9", "été"),
            ("100%", "100%"),
            ("%2", "%2"),
            ("%zz%2é", "%zz%2é"),
            ("%+1", "%+1"),
            ("%ff", "%ff"),
            ("", ""),
        ] {
            assert_eq!(decode(encoded), text, "{encoded}");
        }
        let (key, value) = pairs("%73top=1%2Cplateau").next().unwrap();
        assert_eq!((&*key, &*value), ("stop", "1,plateau"));
    }
}

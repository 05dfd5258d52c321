//! The URL's fragment as keys and values: `preset=blog&lr=0.001&speed=10`.

/// Iterates over the keys and values of a fragment, with or without its `#`; a key alone has an empty value.
pub(super) fn pairs(fragment: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = fragment.trim_start_matches('#').split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_keys_with_values() {
        let read: Vec<_> = pairs("#embed&lr=0.1&&name=a=b").collect();
        assert_eq!(read, [("embed", ""), ("lr", "0.1"), ("name", "a=b")]);
        assert_eq!(pairs("#").count() + pairs("").count(), 0);
    }
}

//! What the names of files and folders say.

use std::cmp::Ordering;

use crate::nn::quoted;

/// The part of a dataset that a file or folder belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Split {
    Train,
    Test,
    Validation,
}

/// Returns the name of a file without its folders.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns a path as it stands in a sentence.
#[inline(never)]
pub(super) fn shown(path: &str) -> String {
    quoted(path, 80)
}

/// Returns a path without the extension.
pub(super) fn stem(path: &str) -> &str {
    let name_at = path.len() - file_name(path).len();
    match path[name_at..].rfind('.') {
        Some(at) if at > 0 => &path[..name_at + at],
        _ => path,
    }
}

/// Returns the extension in lower case, without the dot.
pub(super) fn extension(path: &str) -> String {
    path[stem(path).len()..].trim_start_matches('.').to_ascii_lowercase()
}

/// Returns the split that a name tells: `train-images-idx3-ubyte`, `x_test.npy`, `val`.
pub(super) fn split(name: &str) -> Option<Split> {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.find_map(|word| match word {
        "train" | "training" => Some(Split::Train),
        "test" | "testing" | "t10k" => Some(Split::Test),
        "val" | "valid" | "validation" => Some(Split::Validation),
        _ => None,
    })
}

/// Returns the length of the folders that all paths share, with their slash.
pub(super) fn common_folder_len<'p>(paths: impl Iterator<Item = &'p str>) -> usize {
    let folder = |path: &'p str| &path[..path.len() - file_name(path).len()];
    let common = paths.map(folder).reduce(|common, next| {
        let bytes = common.bytes().zip(next.bytes()).take_while(|(a, b)| a == b).count();
        let len = common.as_bytes()[..bytes].iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
        &common[..len]
    });
    common.map_or(0, str::len)
}

/// Returns the indices of `count` items in an order. Every sort uses it: each sort of another type adds kilobytes to the page's
/// program.
pub(crate) fn sorted_indices(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..count).collect();
    indices.sort_by(|&a, &b| compare(a, b));
    indices
}

/// Compares names in their natural order: numbers by value, so that 2 comes before 10.
pub(crate) fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut a_rest, mut b_rest) = (a, b);
    loop {
        let ((a_digits, a_after), (b_digits, b_after)) = (number(a_rest), number(b_rest));
        if !a_digits.is_empty() && !b_digits.is_empty() {
            let value = |digits: &str| digits.trim_start_matches('0').to_owned();
            let (a_value, b_value) = (value(a_digits), value(b_digits));
            let order = a_value.len().cmp(&b_value.len()).then_with(|| a_value.cmp(&b_value));
            if order.is_ne() {
                return order;
            }
            (a_rest, b_rest) = (a_after, b_after);
            continue;
        }
        let (mut a_chars, mut b_chars) = (a_rest.chars(), b_rest.chars());
        match (a_chars.next(), b_chars.next()) {
            (Some(x), Some(y)) if x == y => (a_rest, b_rest) = (a_chars.as_str(), b_chars.as_str()),
            // Names that differ only in leading zeros are still different.
            (None, None) => return a.cmp(b),
            (x, y) => return x.cmp(&y),
        }
    }
}

/// Splits off the digits at the start.
fn number(text: &str) -> (&str, &str) {
    text.split_at(text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_natural_order() {
        let mut names = ["10", "2", "1", "b10", "b9", "a", "02", "é", "b9a", "b"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["1", "02", "2", "10", "a", "b", "b9", "b9a", "b10", "é"]);
    }

    #[test]
    fn names_tell_the_split() {
        for (name, expected) in [
            ("train-images.idx3-ubyte", Some(Split::Train)),
            ("t10k-labels-idx1-ubyte", Some(Split::Test)),
            ("x_test.npy", Some(Split::Test)),
            ("VAL", Some(Split::Validation)),
            ("qmnist-test-labels-idx2-int", Some(Split::Test)),
            ("trains", None),
            ("contest", None),
        ] {
            assert_eq!(split(name), expected, "{name}");
        }
    }

    #[test]
    fn paths_are_taken_apart() {
        for (path, name, stem_, extension_) in [
            ("a/b.c/d.tar.GZ", "d.tar.GZ", "a/b.c/d.tar", "gz"),
            ("d", "d", "d", ""),
            ("a.b/.hidden", ".hidden", "a.b/.hidden", ""),
        ] {
            assert_eq!((file_name(path), stem(path), extension(path).as_str()), (name, stem_, extension_));
        }
        for (paths, common) in [
            (vec!["a/b/c.png", "a/b/d.png", "a/e/f.png"], 2),
            (vec!["a/b/c.png"], 4),
            (vec!["ab/c.png", "a/c.png"], 0),
            (vec!["é/c.png", "è/c.png"], 0),
            (vec![], 0),
        ] {
            assert_eq!(common_folder_len(paths.into_iter()), common);
        }
    }
}

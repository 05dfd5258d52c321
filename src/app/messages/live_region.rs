//! The texts that a screen reader reads in place of pictures.

use crate::data::sorted_indices;

/// The names of several digits.
const PLURALS: [&str; 10] =
    ["zeros", "ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines"];

/// Names a test digit: `test digit 7`.
pub fn digit(label: Option<u8>) -> String {
    label.map_or("a test digit".to_owned(), |label| format!("test digit {label}"))
}

/// Describes a place by its coordinates and the classes of the nearest digits: `1.20, −0.40; nearest: mostly threes`.
pub fn place(coordinates: &[f32], classes: impl Iterator<Item = u8>) -> String {
    let coordinates: Vec<_> = coordinates.iter().map(|x| format!("{x:.2}")).collect();
    let mut text = coordinates.join(", ").replace('-', "−");
    if let Some(near) = describe_classes(classes) {
        text.push_str("; nearest: ");
        text.push_str(&near);
    }
    text
}

/// Lists reconstructed digits by label and error:
/// `Test digits, each above its reconstruction, with the error: 7, 0.031; 2, 0.044.`
pub fn reconstructions(digits: impl Iterator<Item = (Option<u8>, f32)>) -> String {
    let digits = digits.map(|(label, error)| match label {
        Some(label) => format!("{label}, {error:.3}"),
        None => format!("unlabelled, {error:.3}"),
    });
    let list = digits.collect::<Vec<_>>().join("; ");
    format!("Test digits, each above its reconstruction, with the error: {list}")
}

/// Describes classes by their majority: "all threes", "mostly threes", or "threes and eights".
fn describe_classes(classes: impl Iterator<Item = u8>) -> Option<String> {
    let mut counts: Vec<(usize, u8)> = Vec::new();
    for class in classes {
        match counts.iter_mut().find(|(_, other)| *other == class) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, class)),
        }
    }
    let all: usize = counts.iter().map(|(count, _)| count).sum();
    // Of equals, the nearer first.
    let order = sorted_indices(counts.len(), &|a, b| counts[b].0.cmp(&counts[a].0));
    let name = |class: u8| match PLURALS.get(usize::from(class)) {
        Some(plural) => (*plural).to_owned(),
        None => format!("class {class}"),
    };
    let nth = |rank: usize| order.get(rank).map(|&index| counts[index]);
    let (most, class) = nth(0)?;
    Some(match nth(1) {
        None => format!("all {}", name(class)),
        Some(_) if 2 * most > all => format!("mostly {}", name(class)),
        Some((_, other)) => format!("{} and {}", name(class), name(other)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_described_by_their_majority_or_two_most_frequent_classes() {
        let of = |classes: &[u8]| describe_classes(classes.iter().copied());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[3, 3, 3]).unwrap(), "all threes");
        assert_eq!(of(&[8, 3, 3, 3, 5]).unwrap(), "mostly threes");
        assert_eq!(of(&[8, 3, 3, 8, 5]).unwrap(), "eights and threes");
        assert_eq!(of(&[12, 12]).unwrap(), "all class 12");
    }
}

//! Numbers as people type them.

use crate::data::decimal;

/// Separates the groups of three digits of a whole number: a comma, and blanks that do or do not break the line.
const SEPARATORS: [char; 4] = [',', ' ', '\u{a0}', '\u{202f}'];

/// Parses a decimal, whose point may be a comma: `0.001`, `0,001`, `1e-3`.
pub(super) fn parse_decimal(text: &str) -> Option<f32> {
    match text.split_once(',') {
        // Beside a point, a comma may separate groups or be a mistake.
        Some(_) if text.contains('.') => None,
        Some((whole, fraction)) => decimal::parse(&format!("{whole}.{fraction}")),
        None => decimal::parse(text),
    }
}

/// Parses a whole number, with or without separators between groups of three digits: `60000`, `60,000`, `60 000`.
pub fn parse_whole(text: &str) -> Option<u64> {
    let text = text.trim();
    let groups: Vec<_> = text.split(SEPARATORS).collect();
    if let [number] = groups[..] {
        return number.parse().ok();
    }
    let is_grouped = (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3);
    let has_digits = groups.iter().all(|group| group.bytes().all(|digit| digit.is_ascii_digit()));
    if is_grouped && has_digits { groups.concat().parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comma_is_the_point_of_a_decimal() {
        for (text, number) in [
            ("1,5", 1.5),
            ("0,001", 0.001),
            (",5", 0.5),
            ("1,", 1.0),
            ("-0,25", -0.25),
            ("1,5e-3", 0.0015),
            ("1,500", 1.5),
            ("1.5", 1.5),
        ] {
            assert_eq!(parse_decimal(text), Some(number), "{text}");
        }
        for text in ["1,000.5", "1.000,5", "1,2,3", ",", "1, 5", "1 5", "1e1,5", ""] {
            assert_eq!(parse_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn separators_of_groups_of_three_are_skipped_in_whole_numbers() {
        for (text, number) in [
            ("60000", 60_000),
            ("60,000", 60_000),
            (" 60 000 ", 60_000),
            ("60\u{a0}000", 60_000),
            ("1\u{202f}234\u{202f}567", 1_234_567),
            ("1,234,567", 1_234_567),
            ("050", 50),
        ] {
            assert_eq!(parse_whole(text), Some(number), "{text}");
        }
        for text in ["1,5", "1,50", "60,0000", "6000,000", ",000", "1,,000", "1.5", "-5", "1,00a", "five", ""]
        {
            assert_eq!(parse_whole(text), None, "{text}");
        }
    }
}

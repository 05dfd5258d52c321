//! What the pictures show, in words, for those who hear the page.

use super::pins::Pin;
use super::plane::View;
use super::{App, Code, Selection};

/// How many digits around a place say what is near it.
const AROUND: usize = 10;

/// What digits are called when there are several.
const PLURALS: [&str; 10] =
    ["zeros", "ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines"];

impl App {
    /// Where the point is that is looked at, and what lies near: `z 1.20, −0.40; nearest: mostly threes`.
    #[must_use]
    pub fn place_aloud(&self) -> String {
        let plane = &self.plane;
        let mut text = match plane.selection() {
            Selection::Drawn => "your digit, ".to_owned(),
            Selection::Digit(index) => self.digit_aloud(index) + ", ",
            Selection::Place(_) => String::new(),
        };
        text.push_str(match plane.view() {
            View::Code => "z ",
            View::Principal => "principal components ",
            View::Layer(_) => "units ",
        });
        self.push_place(&mut text, plane.focus_place(), &plane.focus());
        text
    }

    /// What the decoder draws at the pins: `Decoded at the pins: 1: z 1.20, −0.40; nearest: mostly threes. 2: test digit 7.`
    #[must_use]
    pub fn pins_aloud(&self) -> String {
        let mut text = "Decoded at the pins:".to_owned();
        for (number, pin) in self.plane.pins().iter() {
            text.push_str(&format!(" {}: ", number + 1));
            match pin {
                Pin::Digit(index) => text.push_str(&self.digit_aloud(index)),
                Pin::Place(..) => {
                    text.push_str("z ");
                    self.push_place(&mut text, self.plane.place(pin), &self.plane.code(pin));
                }
            }
            text.push('.');
        }
        text
    }

    /// The digits that are reconstructed, each with its error per pixel: `Test digits, each above its reconstruction, with the
    /// error: 7, 0.031; 2, 0.044.`
    #[must_use]
    pub fn reconstructions_aloud(&self) -> String {
        let mut text = "Test digits, each above its reconstruction, with the error: ".to_owned();
        for (index, error) in self.shown_errors().enumerate() {
            let label = self.datasets.pair().test.label(index);
            let label = label.map_or("unlabelled".to_owned(), |label| label.to_string());
            let mark = if index == 0 { "" } else { "; " };
            text.push_str(&format!("{mark}{label}, {error:.3}"));
        }
        text
    }

    fn digit_aloud(&self, index: usize) -> String {
        let label = self.datasets.pair().test.label(index);
        label.map_or("a test digit".to_owned(), |label| format!("test digit {label}"))
    }

    fn push_place(&self, text: &mut String, [x, y]: [f32; 2], code: &Code) {
        text.push_str(&format!("{x:.2}"));
        if self.plane.width() > 1 || !self.plane.is_decodable() {
            text.push_str(&format!(", {y:.2}"));
        }
        *text = text.replace('-', "−");
        let classes = self.plane.nearest_codes(code, AROUND).into_iter().filter_map(|(_, class)| class);
        if let Some(near) = company(classes) {
            text.push_str("; nearest: ");
            text.push_str(&near);
        }
    }
}

/// Which classes are in a crowd: "all threes", "mostly threes", or "threes and eights".
fn company(classes: impl Iterator<Item = u8>) -> Option<String> {
    let mut counts: Vec<(usize, u8)> = Vec::new();
    for class in classes {
        match counts.iter_mut().find(|(_, other)| *other == class) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, class)),
        }
    }
    let all: usize = counts.iter().map(|(count, _)| count).sum();
    // Of as many, the nearer first.
    counts.sort_by_key(|&(count, _)| std::cmp::Reverse(count));
    let name = |class: u8| match PLURALS.get(usize::from(class)) {
        Some(plural) => (*plural).to_owned(),
        None => format!("class {class}"),
    };
    let &(most, class) = counts.first()?;
    Some(match counts.get(1) {
        None => format!("all {}", name(class)),
        Some(_) if 2 * most > all => format!("mostly {}", name(class)),
        Some(&(_, other)) => format!("{} and {}", name(class), name(other)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_told_by_its_majority_or_its_two_largest_parts() {
        let of = |classes: &[u8]| company(classes.iter().copied());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[3, 3, 3]).unwrap(), "all threes");
        assert_eq!(of(&[8, 3, 3, 3, 5]).unwrap(), "mostly threes");
        assert_eq!(of(&[8, 3, 3, 8, 5]).unwrap(), "eights and threes");
        assert_eq!(of(&[12, 12]).unwrap(), "all class 12");
    }
}

//! What was found in the files, in sentences.

use std::fmt;

/// The most damaged pictures that are named.
const MAX_NAMED: usize = 5;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The number of images.
    pub count: usize,
    /// Whether each image is a picture of its own.
    pub are_pictures: bool,
    /// The number of classes that occur.
    pub classes: usize,
    /// The damaged pictures, which were skipped.
    pub damaged: Vec<String>,
    /// The number of files that were ignored.
    pub ignored: usize,
    /// Whether the test images are others than those to train on.
    pub is_held_out: bool,
    /// How the files were read.
    pub notes: Vec<String>,
}

impl fmt::Display for Report {
    /// Writes such as "140 pictures in 10 classes. 2 damaged, skipped: 7/broken.png, 5/empty.png; 3 other files ignored."
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&counted(self.count, if self.are_pictures { "picture" } else { "image" }))?;
        match self.classes {
            0 => {}
            1 => f.write_str(" in 1 class")?,
            classes => write!(f, " in {classes} classes")?,
        }
        f.write_str(".")?;
        let mut left_out = Vec::new();
        if !self.damaged.is_empty() {
            let named =
                self.damaged.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = match self.damaged.len().saturating_sub(MAX_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            left_out.push(format!("{} damaged, skipped: {named}{more}", group_digits(self.damaged.len())));
        }
        if self.ignored > 0 {
            left_out.push(format!("{} ignored", counted(self.ignored, "other file")));
        }
        if !left_out.is_empty() {
            write!(f, " {}.", left_out.join("; "))?;
        }
        self.notes.iter().try_for_each(|note| write!(f, " {note}"))
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", group_digits(count), if count == 1 { "" } else { "s" })
}

/// Returns a number with a comma between thousands.
fn group_digits(number: usize) -> String {
    let digits = number.to_string();
    let grouped = digits.bytes().enumerate().flat_map(|(index, digit)| {
        let is_group = index > 0 && (digits.len() - index).is_multiple_of(3);
        is_group.then_some(',').into_iter().chain([char::from(digit)])
    });
    grouped.collect()
}

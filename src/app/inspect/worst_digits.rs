//! The error of each class, and the digits that are reconstructed worst.

use crate::app::tracked::Version;

/// The number of worst digits.
pub const MAX_WORST_DIGITS: usize = 12;

/// The least number of frames between two rankings while the network trains.
const REFRESH_AFTER_FRAMES: u32 = 30;

/// The error of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassError {
    /// The number of digits.
    pub count: usize,
    /// Their mean squared error per pixel; zero without digits.
    pub mse: f32,
}

/// The ranking, made only while visible.
#[derive(Debug, Default)]
pub struct WorstDigits {
    /// Whether the ranking is visible.
    pub is_open: bool,
    /// Whether it stays as it is, because the user is about to press one of the digits.
    pub is_held: bool,
    /// The error of each class from 0 on; empty without labels.
    pub classes: Vec<ClassError>,
    /// The indices and errors of the worst digits, the worst first.
    pub worst: Vec<(usize, f32)>,
    /// The number of ranked digits.
    pub digits: usize,
    /// The version of the errors that were ranked.
    ranked: Version,
    age: u32,
}

impl WorstDigits {
    /// Shows or hides the ranking.
    pub fn open(&mut self, is_open: bool) {
        self.is_open = is_open;
        self.age = REFRESH_AFTER_FRAMES;
    }

    /// Forgets the digits, for another dataset.
    pub fn clear(&mut self) {
        *self = Self { is_open: self.is_open, age: REFRESH_AFTER_FRAMES, ..Self::default() };
    }

    /// Counts a frame.
    pub fn frame(&mut self) {
        self.age = self.age.saturating_add(1);
    }

    /// Returns whether errors of this version are to be ranked now.
    pub fn is_due(&self, errors: Version, at_rest: bool) -> bool {
        self.is_open
            && !self.is_held
            && self.ranked != errors
            && (at_rest || self.age >= REFRESH_AFTER_FRAMES)
    }

    /// Ranks digits by their errors.
    pub fn rank(&mut self, version: Version, errors: &[f32], label: impl Fn(usize) -> Option<u8>) {
        (self.ranked, self.age, self.digits) = (version, 0, errors.len());
        self.classes.clear();
        self.worst.clear();
        for (index, &error) in errors.iter().enumerate().filter(|(_, error)| error.is_finite()) {
            if let Some(class) = label(index).map(usize::from) {
                self.classes.resize(self.classes.len().max(class + 1), ClassError::default());
                let ClassError { count, mse } = &mut self.classes[class];
                *count += 1;
                *mse += (error - *mse) / *count as f32;
            }
            let place = self.worst.partition_point(|&(_, other)| other >= error);
            if place < MAX_WORST_DIGITS {
                self.worst.truncate(MAX_WORST_DIGITS - 1);
                self.worst.insert(place, (index, error));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_their_means_and_the_worst_come_first() {
        let mut worst_digits = WorstDigits::default();
        let errors: Vec<f32> = (0..100).map(|i| (i * 37 % 100) as f32).collect();
        worst_digits.rank(Version::default(), &errors, |index| (index > 0).then_some((index % 3) as u8));
        let worst: Vec<_> = worst_digits.worst.iter().map(|(_, error)| *error).collect();
        assert_eq!(worst, (88..100).rev().map(|e| e as f32).collect::<Vec<_>>());
        assert!(worst_digits.worst.iter().all(|&(index, error)| errors[index] == error));
        for (class, found) in worst_digits.classes.iter().enumerate() {
            let of: Vec<f32> = (1..100).filter(|i| i % 3 == class).map(|i| errors[i]).collect();
            let mean = of.iter().sum::<f32>() / of.len() as f32;
            assert!(found.count == of.len() && (found.mse - mean).abs() < 1e-3, "{class}: {found:?}");
        }
        assert_eq!((worst_digits.classes.len(), worst_digits.digits), (3, 100));
    }

    #[test]
    fn unlabelled_digits_are_ranked_and_errors_that_are_not_finite_are_left_out() {
        let mut worst_digits = WorstDigits::default();
        worst_digits.rank(Version::default(), &[f32::NAN, 0.5, f32::INFINITY, 0.7], |_| None);
        assert_eq!((&worst_digits.worst[..], worst_digits.classes.len()), (&[(3, 0.7), (1, 0.5)][..], 0));
        worst_digits.rank(Version::default(), &[], |_| None);
        assert!(worst_digits.worst.is_empty());
    }

    #[test]
    fn nothing_is_ranked_while_closed_nor_too_often_while_training() {
        let mut worst_digits = WorstDigits::default();
        let mut errors = Version::default();
        errors.bump();
        assert!(!worst_digits.is_due(errors, true));
        worst_digits.open(true);
        assert!(worst_digits.is_due(errors, false), "without waiting");
        worst_digits.rank(errors, &[1.0], |_| None);
        assert!(!worst_digits.is_due(errors, true), "nothing is new");
        errors.bump();
        assert!(!worst_digits.is_due(errors, false) && worst_digits.is_due(errors, true));
        (0..REFRESH_AFTER_FRAMES).for_each(|_| worst_digits.frame());
        assert!(worst_digits.is_due(errors, false));
    }
}

//! Which test digits the network gets wrong most: by class, and the worst ones.

use crate::app::tracked::Version;

/// The most digits among the worst.
pub const MAX_WORST_DIGITS: usize = 12;

/// The frames from one ranking to the next while the network changes all the time.
const CALM: u32 = 30;

/// The error of a class: mean squared, per pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassError {
    /// How many of the digits are of this class.
    pub count: usize,
    /// Their mean error; zero if there are none.
    pub mse: f32,
}

/// The ranking; it is made only while somebody looks at it.
#[derive(Debug, Default)]
pub struct WorstDigits {
    is_open: bool,
    classes: Vec<ClassError>,
    worst: Vec<(usize, f32)>,
    digits: usize,
    /// The version of the errors that were ranked.
    ranked: Version,
    age: u32,
    version: Version,
}

impl WorstDigits {
    /// Whether somebody looks at it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The error of each class, from 0 on; empty while no label is known.
    #[must_use]
    pub fn classes(&self) -> &[ClassError] {
        &self.classes
    }

    /// The worst digits by their index, the worst first, each with its error.
    #[must_use]
    pub fn worst(&self) -> &[(usize, f32)] {
        &self.worst
    }

    /// How many digits were ranked.
    #[must_use]
    pub fn digits(&self) -> usize {
        self.digits
    }

    /// The number of changes.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Takes note of whether somebody looks.
    pub fn open(&mut self, is_open: bool) {
        self.is_open = is_open;
        self.age = CALM;
        self.version.bump();
    }

    /// Forgets the digits, for other images.
    pub fn clear(&mut self) {
        *self = Self { is_open: self.is_open, version: self.version, age: CALM, ..Self::default() };
        self.version.bump();
    }

    /// Takes note of a frame.
    pub fn frame(&mut self) {
        self.age = self.age.saturating_add(1);
    }

    /// Whether errors of this version are to be ranked now.
    #[must_use]
    pub fn is_due(&self, errors: Version, at_rest: bool) -> bool {
        self.is_open && self.ranked != errors && (at_rest || self.age >= CALM)
    }

    /// Ranks the errors of all digits, by their index.
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
        self.version.bump();
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
        let worst: Vec<_> = worst_digits.worst().iter().map(|(_, error)| *error).collect();
        assert_eq!(worst, (88..100).rev().map(|e| e as f32).collect::<Vec<_>>());
        assert!(worst_digits.worst().iter().all(|&(index, error)| errors[index] == error));
        for (class, found) in worst_digits.classes().iter().enumerate() {
            let of: Vec<f32> = (1..100).filter(|i| i % 3 == class).map(|i| errors[i]).collect();
            let mean = of.iter().sum::<f32>() / of.len() as f32;
            assert!(found.count == of.len() && (found.mse - mean).abs() < 1e-3, "{class}: {found:?}");
        }
        assert_eq!((worst_digits.classes().len(), worst_digits.digits()), (3, 100));
    }

    #[test]
    fn few_digits_without_labels_and_errors_that_are_none_are_no_harm() {
        let mut worst_digits = WorstDigits::default();
        worst_digits.rank(Version::default(), &[f32::NAN, 0.5, f32::INFINITY, 0.7], |_| None);
        assert_eq!((worst_digits.worst(), worst_digits.classes().len()), (&[(3, 0.7), (1, 0.5)][..], 0));
        worst_digits.rank(Version::default(), &[], |_| None);
        assert!(worst_digits.worst().is_empty());
    }

    #[test]
    fn nothing_is_ranked_while_nobody_looks_and_then_in_turns() {
        let mut worst_digits = WorstDigits::default();
        let mut errors = Version::default();
        errors.bump();
        assert!(!worst_digits.is_due(errors, true));
        worst_digits.open(true);
        assert!(worst_digits.is_due(errors, false), "at once");
        worst_digits.rank(errors, &[1.0], |_| None);
        assert!(!worst_digits.is_due(errors, true), "nothing is new");
        errors.bump();
        assert!(!worst_digits.is_due(errors, false) && worst_digits.is_due(errors, true));
        (0..CALM).for_each(|_| worst_digits.frame());
        assert!(worst_digits.is_due(errors, false));
    }
}

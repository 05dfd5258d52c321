//! How well the places of the digits tell their classes: how many digits have one of their class as the nearest.

use crate::app::sampled::{Progress, Sampled};

/// The least number of frames between two rounds while the network trains.
const REFRESH_AFTER_FRAMES: u32 = 30;

/// Which digits lie beside one of their class.
#[derive(Debug)]
pub struct Neighbours {
    agree: Sampled<Vec<Option<bool>>>,
}

/// The share of the labelled digits whose nearest other digit has their class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// The share, in [0, 1].
    pub share: f32,
    /// The share if each digit's neighbour were any other digit.
    pub chance: f32,
}

impl Default for Neighbours {
    fn default() -> Self {
        Self { agree: Sampled::in_rounds(Vec::new(), REFRESH_AFTER_FRAMES) }
    }
}

impl Neighbours {
    /// Marks all neighbours as outdated.
    pub fn invalidate(&mut self) {
        self.agree.invalidate();
    }

    /// Counts a frame.
    pub fn frame(&mut self) {
        self.agree.frame();
    }

    /// Returns how many digits lie beside one of their class, given the classes of the visible ones.
    pub fn agreement(&self, classes: &[Option<u8>]) -> Option<Agreement> {
        let labelled: Vec<_> = self.agree.iter().flatten().collect();
        let count = labelled.len();
        let mut counts = [0_usize; 256];
        classes.iter().flatten().for_each(|&class| counts[usize::from(class)] += 1);
        let all: usize = counts.iter().sum();
        let pairs: usize = counts.iter().map(|&count| count * count.saturating_sub(1)).sum();
        (count > 0 && all > 1).then(|| Agreement {
            share: labelled.iter().filter(|agrees| ***agrees).count() as f32 / count as f32,
            chance: pairs as f32 / (all * (all - 1)) as f32,
        })
    }

    /// Finds up to `units` neighbours. `place` returns the place and the class of a digit, if it is visible and labelled.
    pub fn compare(
        &mut self,
        units: usize,
        count: usize,
        at_rest: bool,
        place: impl Fn(usize) -> Option<([f32; 2], u8)>,
    ) -> Progress {
        self.agree.advance(units, count, at_rest, |agree, range| {
            agree.resize(count, None);
            let places: Vec<_> = (0..count).map(place).collect();
            for index in range {
                agree[index] = places[index].and_then(|([x, y], class)| {
                    let others = places.iter().enumerate().filter(|(other, _)| *other != index);
                    let distances = others.filter_map(|(_, other)| {
                        let ([u, v], class) = (*other)?;
                        Some(((u - x) * (u - x) + (v - y) * (v - y), class))
                    });
                    let nearest = distances.min_by(|(a, _), (b, _)| a.total_cmp(b));
                    nearest.map(|(_, neighbour)| neighbour == class)
                });
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agreement_is_that_of_the_nearest_others_and_chance_that_of_any_other() {
        // Two pairs of a class, and one digit of another class beside a digit of the first.
        let digits = [([0.0, 0.0], 3), ([0.1, 0.0], 3), ([5.0, 5.0], 7), ([5.0, 5.1], 7), ([0.0, 0.3], 8)];
        let mut neighbours = Neighbours::default();
        let classes: Vec<_> = digits.iter().map(|(_, class)| Some(*class)).collect();
        assert_eq!(neighbours.agreement(&classes), None);
        while !neighbours.compare(2, 5, true, |index| Some(digits[index])).is_complete {}
        let Agreement { share, chance } = neighbours.agreement(&classes).unwrap();
        assert!((share - 0.8).abs() < 1e-6 && (chance - 4.0 / 20.0).abs() < 1e-6, "{share} {chance}");
        // Hidden digits count neither as digits nor as neighbours.
        neighbours.invalidate();
        let shown = |index: usize| Some(digits[index]).filter(|(_, class)| *class != 3);
        while !neighbours.compare(9, 5, true, shown).is_complete {}
        let classes: Vec<_> = classes.into_iter().map(|class| class.filter(|&class| class != 3)).collect();
        assert!((neighbours.agreement(&classes).unwrap().share - 2.0 / 3.0).abs() < 1e-6);
    }
}

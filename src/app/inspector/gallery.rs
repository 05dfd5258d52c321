//! The first test digits and what the network makes of them, a few at a time.

use crate::app::lens::Lens;
use crate::app::subject::Subject;
use crate::app::version::Version;
use crate::data::{Dataset, PIXELS};

/// The most test digits on show.
pub const SHOWN: usize = 16;

/// The frames from one round of reconstructions to the next while the network changes all the time.
const CALM: u32 = 8;

/// The reconstructions of the first test digits.
#[derive(Debug, Default)]
pub struct Gallery {
    /// Those that are shown, and those of the round under way: `[B, 784]` each.
    shown: Vec<f32>,
    coming: Vec<f32>,
    is_outdated: bool,
    /// Frames since a round began.
    age: u32,
    version: Version,
}

impl Gallery {
    /// The reconstructions, 784 pixels each.
    #[must_use]
    pub fn shown(&self) -> &[f32] {
        &self.shown
    }

    /// The number of rounds so far.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Takes note that the network, or the digits, are no longer the same.
    pub fn outdate(&mut self) {
        self.is_outdated = true;
    }

    /// Forgets the reconstructions, for other images or another network.
    pub fn clear(&mut self) {
        self.shown.clear();
        self.coming.clear();
        self.is_outdated = true;
        self.age = CALM;
        self.version.bump();
    }

    /// Takes note of a frame.
    pub fn frame(&mut self) {
        self.age = self.age.saturating_add(1);
    }

    /// Reconstructs up to `units` digits, unless all are up to date; returns how many. A round that is begun at rest need not
    /// wait for its turn.
    pub fn reconstruct(
        &mut self,
        units: usize,
        subject: Subject<'_>,
        test: &Dataset,
        at_rest: bool,
        lens: &mut Lens,
    ) -> usize {
        let count = test.len().min(SHOWN);
        if self.coming.is_empty() {
            if count == 0 || !self.is_outdated || !(at_rest || self.age >= CALM) {
                return 0;
            }
            self.is_outdated = false;
            self.age = 0;
        }
        let next = self.coming.len() / PIXELS;
        let end = (next + units).min(count);
        self.coming.extend_from_slice(lens.reconstruct(subject, test, next..end));
        if end == count {
            std::mem::swap(&mut self.shown, &mut self.coming);
            self.coming.clear();
            self.version.bump();
        }
        end - next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;
    use crate::trainer::Trainer;

    #[test]
    fn a_round_is_shown_when_it_is_complete_and_the_next_waits_its_turn() {
        let trainer = Trainer::new(&Preset::Deep.config()).unwrap();
        let network = trainer.network();
        let subject = Subject { network, parameters: trainer.parameters(), step: 0 };
        let test = Dataset::new((0..60 * PIXELS).map(|i| (i * i % 251) as u8).collect(), Vec::new());
        let mut lens = Lens::new(network);
        let mut gallery = Gallery::default();
        gallery.clear();
        let mut work = |gallery: &mut Gallery, units, at_rest| {
            gallery.frame();
            gallery.reconstruct(units, subject, &test, at_rest, &mut lens)
        };
        assert_eq!(work(&mut gallery, 10, false), 10);
        assert!(gallery.shown().is_empty());
        assert_eq!((work(&mut gallery, 10, false), gallery.shown().len()), (6, SHOWN * PIXELS));
        assert_eq!(work(&mut gallery, 50, true), 0, "nothing has changed");
        gallery.outdate();
        let waited = (0..20).take_while(|_| work(&mut gallery, 50, false) == 0).count();
        assert!((4..=8).contains(&waited), "{waited} frames");
        gallery.outdate();
        assert_eq!(work(&mut gallery, 50, true), SHOWN);
    }
}

//! The first test digits and what the network makes of them, a few at a time.

use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::tracked::Version;
use crate::data::{Dataset, PIXELS};
use crate::train::Corruption;

/// The most test digits on show.
pub const SHOWN: usize = 16;

/// The frames from one round of reconstructions to the next while the network changes all the time.
const CALM: u32 = 8;

/// The reconstructions of the first test digits.
#[derive(Debug, Default)]
pub struct Reconstructions {
    /// Those that are shown, and those of the round under way: `[B, 784]` each.
    shown: Vec<f32>,
    coming: Vec<f32>,
    /// What the network saw of each digit: the inputs that go with them.
    seen: Vec<u8>,
    coming_seen: Vec<u8>,
    is_outdated: bool,
    /// Frames since a round began.
    age: u32,
    version: Version,
}

impl Reconstructions {
    /// The reconstructions, 784 pixels each.
    #[must_use]
    pub fn shown(&self) -> &[f32] {
        &self.shown
    }

    /// What the network saw of each, 784 pixels: the digit, or what corruption has left of it.
    #[must_use]
    pub fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// The number of rounds so far.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Takes note that the network, or the digits, are no longer the same.
    pub fn invalidate(&mut self) {
        self.is_outdated = true;
    }

    /// Forgets the reconstructions, for other images or another network.
    pub fn clear(&mut self) {
        self.shown.clear();
        self.coming.clear();
        self.seen.clear();
        self.coming_seen.clear();
        self.is_outdated = true;
        self.age = CALM;
        self.version.bump();
    }

    /// Takes note of a frame.
    pub fn frame(&mut self) {
        self.age = self.age.saturating_add(1);
    }

    /// Reconstructs up to `units` digits as the network learns to, from what `corruption` leaves of them, unless all are up to date; returns how many. A round that is begun at rest need not
    /// wait for its turn.
    pub fn reconstruct(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        corruption: Corruption,
        at_rest: bool,
        inference: &mut Inference,
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
        let outputs =
            inference.reconstruct_corrupted(model, test, next..end, corruption, &mut self.coming_seen);
        self.coming.extend_from_slice(outputs);
        if end == count {
            std::mem::swap(&mut self.shown, &mut self.coming);
            std::mem::swap(&mut self.seen, &mut self.coming_seen);
            self.coming.clear();
            self.coming_seen.clear();
            self.version.bump();
        }
        end - next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Preset;
    use crate::train::Trainer;

    #[test]
    fn a_round_is_shown_when_it_is_complete_and_the_next_waits_its_turn() {
        let trainer = Trainer::new(&Preset::Deep.config()).unwrap();
        let network = trainer.network();
        let model = ModelView { network, parameters: trainer.parameters(), step: 0 };
        let test = Dataset::new((0..60 * PIXELS).map(|i| (i * i % 251) as u8).collect(), Vec::new());
        let mut inference = Inference::new(network);
        let mut reconstructions = Reconstructions::default();
        reconstructions.clear();
        let mut work = |reconstructions: &mut Reconstructions, units, at_rest| {
            reconstructions.frame();
            reconstructions.reconstruct(units, model, &test, Corruption::None, at_rest, &mut inference)
        };
        assert_eq!(work(&mut reconstructions, 10, false), 10);
        assert!(reconstructions.shown().is_empty());
        assert_eq!(
            (work(&mut reconstructions, 10, false), reconstructions.shown().len()),
            (6, SHOWN * PIXELS)
        );
        assert_eq!(work(&mut reconstructions, 50, true), 0, "nothing has changed");
        reconstructions.invalidate();
        let waited = (0..20).take_while(|_| work(&mut reconstructions, 50, false) == 0).count();
        assert!((4..=8).contains(&waited), "{waited} frames");
        reconstructions.invalidate();
        assert_eq!(work(&mut reconstructions, 50, true), SHOWN);
        assert_eq!(reconstructions.seen(), test.images(SHOWN));
    }

    #[test]
    fn what_corruption_leaves_is_reconstructed_and_is_the_same_in_every_round() {
        let trainer = Trainer::new(&Preset::Blog.config()).unwrap();
        let network = trainer.network();
        let model = ModelView { network, parameters: trainer.parameters(), step: 0 };
        let test = Dataset::new((0..20 * PIXELS).map(|i| (i * i % 251) as u8).collect(), Vec::new());
        let mut inference = Inference::new(network);
        let mut round = |corruption, units| {
            let mut reconstructions = Reconstructions::default();
            reconstructions.clear();
            while reconstructions.seen().is_empty() {
                reconstructions.reconstruct(units, model, &test, corruption, true, &mut inference);
            }
            (reconstructions.seen().to_vec(), reconstructions.shown().to_vec())
        };
        let clean = round(Corruption::None, 16);
        for corruption in [Corruption::Masking { probability: 0.5 }, Corruption::Gaussian { deviation: 0.3 }]
        {
            let corrupted = round(corruption, 16);
            assert_eq!(corrupted, round(corruption, 5), "{corruption:?}");
            assert!(corrupted.0 != clean.0 && corrupted.1 != clean.1, "{corruption:?}");
        }
    }
}

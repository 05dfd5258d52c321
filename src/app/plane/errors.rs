//! How well each digit of the plane is reconstructed.

use super::rounds::Rounds;
use crate::app::lens::Lens;
use crate::app::subject::Subject;
use crate::data::{Dataset, PIXELS};

/// What remains of the range when a round ends in which it was another one: the key of the colours is to be readable.
const CALM: f32 = 0.7;

/// The errors of the digits, and the range of most of them.
#[derive(Debug, Default)]
pub struct Errors {
    values: Vec<f32>,
    range: Option<(f32, f32)>,
    rounds: Rounds,
}

impl Errors {
    /// Of each digit the mean squared error per pixel; may be shorter than there are digits.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The errors that nine in ten digits lie between.
    pub fn range(&self) -> (f32, f32) {
        self.range.unwrap_or((0.0, 0.1))
    }

    /// Takes note that the network has changed.
    pub fn outdate(&mut self) {
        self.rounds.outdate();
    }

    /// Forgets the digits.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Measures up to `units` of the first `count` digits that are outdated; returns how many.
    pub fn measure(
        &mut self,
        units: usize,
        subject: Subject<'_>,
        test: &Dataset,
        count: usize,
        lens: &mut Lens,
    ) -> usize {
        let chunk = self.rounds.take(units.min(Lens::CAPACITY), count);
        if chunk.is_empty() {
            return 0;
        }
        let outputs = lens.reconstruct(subject, test, chunk.clone());
        self.values.resize(count, 0.0);
        for (index, output) in chunk.clone().zip(outputs.chunks_exact(PIXELS)) {
            let pixels = test.image(index).iter().map(|&byte| f32::from(byte) * (1.0 / 255.0));
            let squared: f32 = pixels.zip(output).map(|(x, y)| (y - x) * (y - x)).sum();
            self.values[index] = squared / PIXELS as f32;
        }
        if chunk.end == count {
            self.settle();
        }
        chunk.len()
    }

    fn settle(&mut self) {
        let mut sorted: Vec<f32> = self.values.iter().copied().filter(|x| x.is_finite()).collect();
        if sorted.is_empty() {
            return;
        }
        sorted.sort_unstable_by(f32::total_cmp);
        let cut = sorted.len() / 20;
        let found = (sorted[cut], sorted[sorted.len() - 1 - cut]);
        let calm = |old: f32, new: f32| CALM * old + (1.0 - CALM) * new;
        self.range = Some(match self.range {
            Some((low, high)) => (calm(low, found.0), calm(high, found.1)),
            None => found,
        });
    }
}

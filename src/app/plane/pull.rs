//! Where each digit of the plane is pulled: along minus the gradient of its error with respect to its code.

use super::projection::Projection;
use super::rounds::Rounds;
use crate::app::lens::Lens;
use crate::app::subject::Subject;
use crate::data::Dataset;

/// The most digits whose pull is shown: more strokes would be a thicket.
pub const MOST_PULLED: usize = 300;

/// What remains of the scale when a round ends.
const CALM: f32 = 0.7;

/// The pulls, as seen on the plane.
#[derive(Debug, Default)]
pub struct Pulls {
    pulls: Vec<[f32; 2]>,
    /// The length of a pull in the middle of all.
    median: f32,
    rounds: Rounds,
}

impl Pulls {
    /// Directions and lengths from 0 to 1, where a pull in the middle of all has about a half; may be fewer than the digits.
    pub fn strokes(&self) -> impl Iterator<Item = [f32; 2]> + '_ {
        let unit = 1.0 / self.median.max(f32::MIN_POSITIVE);
        self.pulls.iter().map(move |&[x, y]| {
            let length = unit * x.hypot(y);
            // A few are a hundred times as strong: lengths bend towards one.
            let scale = unit / (1.0 + length);
            if length.is_finite() { [scale * x, scale * y] } else { [0.0; 2] }
        })
    }

    /// Takes note that the network, or what is seen of it, has changed.
    pub fn outdate(&mut self) {
        self.rounds.outdate();
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Computes up to `units` of the pulls of the first digits that are outdated, of `count` in all; returns how many.
    pub fn compute(
        &mut self,
        units: usize,
        subject: Subject<'_>,
        test: &Dataset,
        (count, projection): (usize, &Projection),
        lens: &mut Lens,
    ) -> usize {
        let count = count.min(MOST_PULLED);
        let chunk = self.rounds.take(units.min(Lens::PULLED), count);
        if chunk.is_empty() {
            return 0;
        }
        let gradients = lens.latent_gradient(subject, test, chunk.clone());
        self.pulls.resize(count, [0.0; 2]);
        for (pull, gradient) in self.pulls[chunk.clone()].iter_mut().zip(gradients.rows()) {
            let gradient = gradient.to_slice().expect("rows of a standard array are contiguous");
            *pull = projection.direction(gradient).map(|d| -d);
        }
        if chunk.end == count {
            self.settle();
        }
        chunk.len()
    }

    fn settle(&mut self) {
        let mut lengths: Vec<f32> = self.pulls.iter().map(|[x, y]| x.hypot(*y)).collect();
        lengths.sort_unstable_by(f32::total_cmp);
        let median = lengths[lengths.len() / 2];
        let is_first = self.median == 0.0 || !self.median.is_finite();
        self.median = if is_first { median } else { CALM * self.median + (1.0 - CALM) * median };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_keep_their_direction_and_stay_within_one() {
        let mut pulls = Pulls { pulls: vec![[3.0, 4.0], [0.0, 0.05], [0.0, -1e6]], ..Pulls::default() };
        pulls.settle();
        let strokes: Vec<_> = pulls.strokes().collect();
        assert!((strokes[0][0] - 0.3).abs() < 1e-6 && (strokes[0][1] - 0.4).abs() < 1e-6, "{strokes:?}");
        assert!(strokes[1][1] > 0.0 && strokes[1][1] < 0.02);
        assert!(strokes[2][1] < -0.99 && strokes[2][1] >= -1.0);
        let none = Pulls { pulls: vec![[0.0; 2]; 3], ..Pulls::default() };
        assert!(none.strokes().all(|stroke| stroke == [0.0; 2]));
        let mad = Pulls { pulls: vec![[f32::NAN, f32::INFINITY]], ..Pulls::default() };
        assert_eq!(mad.strokes().next(), Some([0.0; 2]));
    }
}

//! Where each digit of the plane is pulled: along minus the gradient of its error with respect to its code.

use super::projection::Projection;
use super::rounds::Rounds;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::data::Dataset;

/// The most digits whose pull is shown: more strokes would be a thicket.
pub const MAX_ARROWS: usize = 300;

/// What remains of the scale when a round ends.
const CALM: f32 = 0.7;

/// The pulls, as seen on the plane.
#[derive(Debug, Default)]
pub struct GradientArrows {
    arrows: Vec<[f32; 2]>,
    /// The length of a pull in the middle of all.
    median: f32,
    rounds: Rounds,
}

impl GradientArrows {
    /// Directions and lengths from 0 to 1, where a pull in the middle of all has about a half; may be fewer than the digits.
    pub fn strokes(&self) -> impl Iterator<Item = [f32; 2]> + '_ {
        let unit = 1.0 / self.median.max(f32::MIN_POSITIVE);
        self.arrows.iter().map(move |&[x, y]| {
            let length = unit * x.hypot(y);
            // A few are a hundred times as strong: lengths bend towards one.
            let scale = unit / (1.0 + length);
            if length.is_finite() { [scale * x, scale * y] } else { [0.0; 2] }
        })
    }

    /// Takes note that the network, or what is seen of it, has changed.
    pub fn invalidate(&mut self) {
        self.rounds.invalidate();
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Computes up to `units` of the pulls of the first digits that are outdated, of `count` in all; returns how many.
    pub fn compute(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        (count, projection): (usize, &Projection),
        inference: &mut Inference,
    ) -> usize {
        let count = count.min(MAX_ARROWS);
        let chunk = self.rounds.take(units.min(Inference::PULLED), count);
        if chunk.is_empty() {
            return 0;
        }
        let gradients = inference.latent_gradient(model, test, chunk.clone());
        self.arrows.resize(count, [0.0; 2]);
        for (pull, gradient) in self.arrows[chunk.clone()].iter_mut().zip(gradients.rows()) {
            let gradient = gradient.to_slice().expect("rows of a standard array are contiguous");
            *pull = projection.direction(gradient).map(|d| -d);
        }
        if chunk.end == count {
            self.settle();
        }
        chunk.len()
    }

    fn settle(&mut self) {
        let mut lengths: Vec<f32> = self.arrows.iter().map(|[x, y]| x.hypot(*y)).collect();
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
        let mut arrows = GradientArrows {
            arrows: vec![[3.0, 4.0], [0.0, 0.05], [0.0, -1e6]],
            ..GradientArrows::default()
        };
        arrows.settle();
        let strokes: Vec<_> = arrows.strokes().collect();
        assert!((strokes[0][0] - 0.3).abs() < 1e-6 && (strokes[0][1] - 0.4).abs() < 1e-6, "{strokes:?}");
        assert!(strokes[1][1] > 0.0 && strokes[1][1] < 0.02);
        assert!(strokes[2][1] < -0.99 && strokes[2][1] >= -1.0);
        let none = GradientArrows { arrows: vec![[0.0; 2]; 3], ..GradientArrows::default() };
        assert!(none.strokes().all(|stroke| stroke == [0.0; 2]));
        let mad = GradientArrows { arrows: vec![[f32::NAN, f32::INFINITY]], ..GradientArrows::default() };
        assert_eq!(mad.strokes().next(), Some([0.0; 2]));
    }
}

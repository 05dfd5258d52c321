//! Arrows along minus the gradient of each digit's error with respect to its code.

use super::median;
use super::projection::Projection;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::sampled::Sampled;
use crate::data::Dataset;

/// The most arrows: more would hide each other.
pub const MAX_ARROWS: usize = 300;

/// The share of the old scale that remains when a round ends.
const SCALE_SMOOTHING: f32 = 0.7;

/// The descent directions of the first digits' codes, as seen on the plane.
#[derive(Debug)]
pub struct GradientArrows {
    descents: Sampled<Vec<[f32; 2]>>,
    /// The median length.
    median: f32,
}

impl Default for GradientArrows {
    fn default() -> Self {
        Self { descents: Sampled::rolling(Vec::new()), median: 0.0 }
    }
}

impl GradientArrows {
    /// Returns an arrow per digit, of which the median length is about a half and none exceeds 1. There may be fewer arrows than digits.
    pub fn arrows(&self) -> impl Iterator<Item = [f32; 2]> + '_ {
        let unit = 1.0 / self.median.max(f32::MIN_POSITIVE);
        self.descents.iter().map(move |&[x, y]| {
            let length = unit * x.hypot(y);
            // A few are a hundred times as long: lengths saturate towards one.
            let scale = unit / (1.0 + length);
            if length.is_finite() { [scale * x, scale * y] } else { [0.0; 2] }
        })
    }

    /// Marks all arrows as outdated.
    pub fn invalidate(&mut self) {
        self.descents.invalidate();
    }

    /// Computes up to `units` outdated arrows of the first `digits` digits. Returns how many.
    pub fn compute(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        (digits, projection): (usize, &Projection),
        inference: &mut Inference,
    ) -> usize {
        let count = digits.min(MAX_ARROWS);
        let units = units.min(Inference::MAX_GRADIENTS);
        let progress = self.descents.advance(units, count, true, |descents, range| {
            descents.resize(count, [0.0; 2]);
            let gradients = inference.latent_gradient(model, test, range.clone());
            for (descent, gradient) in descents[range].iter_mut().zip(gradients.rows()) {
                let gradient = gradient.to_slice().expect("rows of a standard array are contiguous");
                *descent = projection.direction(gradient).map(|d| -d);
            }
        });
        if progress.is_complete {
            self.update_scale();
        }
        progress.samples
    }

    fn update_scale(&mut self) {
        let median = median(self.descents.iter().map(|[x, y]| x.hypot(*y))).unwrap_or_default();
        let is_first = self.median == 0.0 || !self.median.is_finite();
        let kept = if is_first { 0.0 } else { SCALE_SMOOTHING };
        self.median = if kept > 0.0 { kept * self.median + (1.0 - kept) * median } else { median };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(descents: Vec<[f32; 2]>) -> GradientArrows {
        GradientArrows { descents: Sampled::rolling(descents), median: 0.0 }
    }

    #[test]
    fn arrows_keep_their_direction_and_stay_within_one() {
        let mut gradients = arrows(vec![[3.0, 4.0], [0.0, 0.05], [0.0, -1e6]]);
        gradients.update_scale();
        let found: Vec<_> = gradients.arrows().collect();
        assert!((found[0][0] - 0.3).abs() < 1e-6 && (found[0][1] - 0.4).abs() < 1e-6, "{found:?}");
        assert!(found[1][1] > 0.0 && found[1][1] < 0.02);
        assert!(found[2][1] < -0.99 && found[2][1] >= -1.0);
        assert!(arrows(vec![[0.0; 2]; 3]).arrows().all(|arrow| arrow == [0.0; 2]));
        assert_eq!(arrows(vec![[f32::NAN, f32::INFINITY]]).arrows().next(), Some([0.0; 2]));
    }
}

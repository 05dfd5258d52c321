//! Time series of losses that are downsampled as they grow: a run may take days, yet its curve has bounded memory and cost.

/// A series of `(step, value)` with at most `capacity` points.
///
/// Each point is the mean of `stride` successive values. When the series is full, neighbouring points are averaged in pairs and
/// the stride doubles.
#[derive(Clone, Debug)]
pub struct Series {
    capacity: usize,
    stride: u64,
    points: Vec<(u64, f32)>,
    partial: Partial,
}

/// The last point, which has fewer than `stride` values yet.
#[derive(Clone, Copy, Debug, Default)]
struct Partial {
    count: u64,
    first_step: u64,
    last_step: u64,
    sum: f64,
}

impl Partial {
    fn point(&self) -> Option<(u64, f32)> {
        let middle = self.first_step + (self.last_step - self.first_step) / 2;
        (self.count > 0).then(|| (middle, (self.sum / self.count as f64) as f32))
    }
}

impl Series {
    /// Creates an empty series of at most `capacity` points, but no fewer than four, and allocates all of its memory.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(4);
        Self { capacity, stride: 1, points: Vec::with_capacity(capacity), partial: Partial::default() }
    }

    /// Adds the value of `step`; NaN and infinity are ignored.
    ///
    /// A step at or before the last one means that the run was rolled back: points from that step on are removed first, so
    /// steps always ascend.
    pub fn push(&mut self, step: u64, value: f32) {
        if !value.is_finite() {
            return;
        }
        if self.last().is_some_and(|(last, _)| step <= last.max(self.partial.last_step)) {
            self.rewind(step);
        }
        if self.partial.count == 0 {
            self.partial.first_step = step;
        }
        self.partial.last_step = step;
        self.partial.count += 1;
        self.partial.sum += f64::from(value);
        if self.partial.count == self.stride {
            self.points.extend(self.partial.point());
            self.partial = Partial::default();
            // The partial point needs one place, and averaging in pairs an even number of points.
            if self.points.len() == (self.capacity - 1) & !1 {
                self.downsample();
            }
        }
    }

    /// Returns the points by ascending step, including the partial one.
    pub fn iter(&self) -> impl Iterator<Item = (u64, f32)> + '_ {
        self.points.iter().copied().chain(self.partial.point())
    }

    /// Returns the number of points.
    pub fn len(&self) -> usize {
        self.points.len() + usize::from(self.partial.count > 0)
    }

    /// Returns whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the last point.
    pub fn last(&self) -> Option<(u64, f32)> {
        self.partial.point().or_else(|| self.points.last().copied())
    }

    /// Returns the point nearest to `step`, the earlier one of two at the same distance.
    pub fn nearest(&self, step: u64) -> Option<(u64, f32)> {
        let after = self.points.partition_point(|&(s, _)| s < step);
        let neighbours = self.points[after.saturating_sub(1)..].iter().copied().take(2);
        neighbours.chain(self.partial.point()).min_by_key(|&(s, _)| s.abs_diff(step))
    }

    /// Returns the minimum and the maximum value.
    pub fn range(&self) -> Option<(f32, f32)> {
        self.iter().fold(None, |range, (_, value)| {
            let (low, high) = range.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        })
    }

    /// Removes all points without freeing memory.
    pub fn clear(&mut self) {
        self.points.clear();
        self.partial = Partial::default();
        self.stride = 1;
    }

    /// Removes the points from `step` on, and the partial one.
    pub fn rewind(&mut self, step: u64) {
        self.points.truncate(self.points.partition_point(|&(s, _)| s < step));
        self.partial = Partial::default();
    }

    fn downsample(&mut self) {
        let half = self.points.len() / 2;
        for i in 0..half {
            let ((a, u), (b, v)) = (self.points[2 * i], self.points[2 * i + 1]);
            self.points[i] = (a + (b - a) / 2, u.midpoint(v));
        }
        self.points.truncate(half);
        self.stride *= 2;
    }
}

/// An exponential moving average with bias correction (Kingma and Ba, "Adam", 2015, section 3).
///
/// `m <- beta m + (1 - beta) v`, and the average after `t` values is `m / (1 - beta^t)`.
#[derive(Clone, Copy, Debug)]
pub struct Ema {
    beta: f64,
    moment: f64,
    weight: f64,
}

impl Ema {
    /// Creates an average over about the last `1 / (1 - beta)` values; `beta` is clamped to [0, 0.9999].
    pub fn new(beta: f64) -> Self {
        let beta = if beta.is_nan() { 0.0 } else { beta.clamp(0.0, 0.9999) };
        Self { beta, moment: 0.0, weight: 0.0 }
    }

    /// Adds a value and returns the average; NaN and infinity are ignored.
    pub fn push(&mut self, value: f32) -> Option<f32> {
        if value.is_finite() {
            self.moment = self.beta * self.moment + (1.0 - self.beta) * f64::from(value);
            // The same recurrence with the value 1, which is 1 - beta^t.
            self.weight = self.beta * self.weight + (1.0 - self.beta);
        }
        self.value()
    }

    /// Returns the average; `None` before the first value.
    pub fn value(&self) -> Option<f32> {
        (self.weight > 0.0).then(|| (self.moment / self.weight) as f32)
    }

    /// Removes all values.
    pub fn clear(&mut self) {
        *self = Self::new(self.beta);
    }
}

/// The loss curves of a run: mean squared error per pixel by step.
#[derive(Clone, Debug)]
pub struct History {
    /// The training loss.
    pub train: Series,
    /// The test loss.
    pub test: Series,
}

impl History {
    /// Creates two empty series of at most `capacity` points each.
    pub fn new(capacity: usize) -> Self {
        Self { train: Series::new(capacity), test: Series::new(capacity) }
    }

    /// Clears both series.
    pub fn clear(&mut self) {
        self.train.clear();
        self.test.clear();
    }

    /// Removes the points of both series from `step` on.
    pub fn rewind(&mut self, step: u64) {
        self.train.rewind(step);
        self.test.rewind(step);
    }

    /// Returns the minimum and the maximum value of both series.
    pub fn range(&self) -> Option<(f32, f32)> {
        match (self.train.range(), self.test.range()) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        }
    }

    /// Returns the last step of either series.
    pub fn last_step(&self) -> Option<u64> {
        [self.train.last(), self.test.last()].into_iter().flatten().map(|(step, _)| step).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(capacity: usize, count: u64, value: impl Fn(u64) -> f32) -> Series {
        let mut series = Series::new(capacity);
        (0..count).for_each(|step| series.push(step, value(step)));
        series
    }

    #[test]
    fn a_short_series_keeps_every_value() {
        let series = filled(64, 10, |s| s as f32);
        assert_eq!(series.iter().collect::<Vec<_>>(), (0..10).map(|s| (s, s as f32)).collect::<Vec<_>>());
    }

    #[test]
    fn points_and_memory_stay_within_the_capacity() {
        for capacity in [0, 4, 5, 7, 64, 101] {
            let mut series = Series::new(capacity);
            let memory = series.points.capacity();
            for step in 0..10_000 {
                series.push(step, 1.0);
                assert!(series.len() <= capacity.max(4), "{} points of {capacity}", series.len());
                assert_eq!(series.iter().count(), series.len());
            }
            assert_eq!(series.points.capacity(), memory);
            assert!(series.len() >= capacity / 4, "downsampled to {} of {capacity}", series.len());
        }
    }

    #[test]
    fn downsampling_preserves_means() {
        // 2^12 values leave no partial point, whose weight would be too high in the mean.
        let series = filled(33, 4096, |s| s as f32);
        let mean = series.iter().map(|(_, v)| f64::from(v)).sum::<f64>() / series.len() as f64;
        assert!((mean - 2047.5).abs() < 1e-6, "{mean}");
        for (step, value) in series.iter() {
            assert!((value - step as f32).abs() <= 1.0, "{value} at step {step}");
        }
    }

    #[test]
    fn steps_ascend_and_the_last_value_is_included() {
        let mut series = filled(16, 1000, |_| 0.0);
        assert!(series.iter().zip(series.iter().skip(1)).all(|(a, b)| a.0 < b.0));
        series.clear();
        (0..100).for_each(|step| series.push(step, 0.0));
        assert!(series.last().is_some_and(|(step, _)| step + series.stride > 99));
    }

    #[test]
    fn pushing_an_earlier_step_removes_the_later_ones() {
        let mut series = filled(1000, 100, |s| s as f32);
        series.push(40, -1.0);
        assert_eq!(series.last(), Some((40, -1.0)));
        assert_eq!(series.len(), 41);
        assert_eq!(series.nearest(99), Some((40, -1.0)));
    }

    #[test]
    fn steps_ascend_after_pushing_earlier_steps() {
        let mut series = filled(16, 1000, |_| 0.0);
        for step in (0..1000).rev().step_by(7) {
            series.push(step, 1.0);
            assert!(series.iter().zip(series.iter().skip(1)).all(|(a, b)| a.0 < b.0), "at {step}");
        }
    }

    #[test]
    fn nan_and_infinity_are_ignored() {
        let mut series = Series::new(8);
        for (step, value) in [1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 2.0].into_iter().enumerate() {
            series.push(step as u64, value);
        }
        assert_eq!(series.iter().collect::<Vec<_>>(), [(0, 1.0), (4, 2.0)]);
        assert_eq!(series.range(), Some((1.0, 2.0)));
    }

    #[test]
    fn nearest_prefers_the_earlier_of_two() {
        let mut series = Series::new(8);
        assert_eq!(series.nearest(3), None);
        for step in [10, 20, 40] {
            series.push(step, step as f32);
        }
        for (step, expected) in [(0, 10), (14, 10), (15, 10), (16, 20), (29, 20), (31, 40), (1000, 40)] {
            assert_eq!(series.nearest(step).map(|p| p.0), Some(expected), "nearest to {step}");
        }
    }

    #[test]
    fn nearest_agrees_with_a_linear_search() {
        let series = filled(32, 777, |s| s as f32);
        for asked in 0..900 {
            let distance = |p: (u64, f32)| p.0.abs_diff(asked);
            let expected = series.iter().map(distance).min();
            assert_eq!(series.nearest(asked).map(distance), expected, "nearest to {asked}");
        }
    }

    #[test]
    fn the_average_is_bias_corrected() {
        let mut average = Ema::new(0.9);
        assert_eq!(average.value(), None);
        assert_eq!(average.push(f32::NAN), None);
        assert!((average.push(4.0).unwrap() - 4.0).abs() < 1e-6);
        // (0.9 * 0.1 * 4 + 0.1 * 2) / (1 - 0.81)
        assert!((average.push(2.0).unwrap() - 0.56 / 0.19).abs() < 1e-6);
        assert_eq!(average.push(f32::INFINITY), average.value());
        average.clear();
        assert_eq!(average.value(), None);
    }

    #[test]
    fn a_history_has_the_range_and_the_last_step_of_both_series() {
        let mut history = History::new(16);
        assert_eq!((history.range(), history.last_step()), (None, None));
        history.train.push(1, 0.1);
        history.train.push(2, 0.05);
        history.test.push(3, 0.07);
        assert_eq!((history.range(), history.last_step()), (Some((0.05, 0.1)), Some(3)));
        history.clear();
        assert!(history.train.is_empty() && history.test.is_empty());
    }
}

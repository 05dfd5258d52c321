//! Loss series that can run for days: as one grows it is thinned, so that its memory and the time it takes to
//! draw stay bounded while the whole run remains in view.

/// A series of `(step, value)` of at most `capacity` points.
///
/// Each point is the mean of `stride` successive values. When there is no room for another, neighbours are
/// averaged in pairs and the stride doubles. As every point stands for equally many values, the mean of two
/// points is the mean of all that they stand for.
#[derive(Clone, Debug)]
pub struct Series {
    capacity: usize,
    stride: u64,
    points: Vec<(u64, f32)>,
    pending: Pending,
}

/// The point that is still being gathered.
#[derive(Clone, Copy, Debug, Default)]
struct Pending {
    count: u64,
    first_step: u64,
    last_step: u64,
    sum: f64,
}

impl Pending {
    fn point(&self) -> Option<(u64, f32)> {
        let middle = self.first_step + (self.last_step - self.first_step) / 2;
        (self.count > 0).then(|| (middle, (self.sum / self.count as f64) as f32))
    }
}

impl Series {
    /// An empty series that never holds more than `capacity` points (at least four). All memory is taken here, once.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(4);
        Self { capacity, stride: 1, points: Vec::with_capacity(capacity), pending: Pending::default() }
    }

    /// Adds the value of `step`. A value that is not finite is ignored.
    ///
    /// A step at or before the last one means that the run went back, for instance to a snapshot: points from that step
    /// on are dropped first, so that steps always ascend.
    pub fn push(&mut self, step: u64, value: f32) {
        if !value.is_finite() {
            return;
        }
        if self.last().is_some_and(|(last, _)| step <= last.max(self.pending.last_step)) {
            self.rewind(step);
        }
        if self.pending.count == 0 {
            self.pending.first_step = step;
        }
        self.pending.last_step = step;
        self.pending.count += 1;
        self.pending.sum += f64::from(value);
        if self.pending.count == self.stride {
            self.points.extend(self.pending.point());
            self.pending = Pending::default();
            // One place is kept for the pending point; an even number leaves nobody without a neighbour.
            if self.points.len() == (self.capacity - 1) & !1 {
                self.thin();
            }
        }
    }

    /// The points by ascending step; the last one may still be gathering values.
    pub fn iter(&self) -> impl Iterator<Item = (u64, f32)> + '_ {
        self.points.iter().copied().chain(self.pending.point())
    }

    /// The number of points, never above the capacity.
    pub fn len(&self) -> usize {
        self.points.len() + usize::from(self.pending.count > 0)
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The last point.
    pub fn last(&self) -> Option<(u64, f32)> {
        self.pending.point().or_else(|| self.points.last().copied())
    }

    /// The point whose step is nearest to `step`, the earlier of two at the same distance.
    pub fn nearest(&self, step: u64) -> Option<(u64, f32)> {
        let after = self.points.partition_point(|&(s, _)| s < step);
        let neighbours = self.points[after.saturating_sub(1)..].iter().copied().take(2);
        neighbours.chain(self.pending.point()).min_by_key(|&(s, _)| s.abs_diff(step))
    }

    /// The least and the greatest value.
    pub fn range(&self) -> Option<(f32, f32)> {
        self.iter().fold(None, |range, (_, value)| {
            let (low, high) = range.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        })
    }

    /// Removes all points and keeps the memory.
    pub fn clear(&mut self) {
        self.points.clear();
        self.pending = Pending::default();
        self.stride = 1;
    }

    /// Drops the points from `step` on, and the one that is still gathering values.
    pub fn rewind(&mut self, step: u64) {
        self.points.truncate(self.points.partition_point(|&(s, _)| s < step));
        self.pending = Pending::default();
    }

    fn thin(&mut self) {
        let half = self.points.len() / 2;
        for i in 0..half {
            let ((a, u), (b, v)) = (self.points[2 * i], self.points[2 * i + 1]);
            self.points[i] = (a + (b - a) / 2, u.midpoint(v));
        }
        self.points.truncate(half);
        self.stride *= 2;
    }
}

/// An exponential moving average, corrected for its start from zero.
///
/// `m <- beta m + (1 - beta) v`, and its value is `m / (1 - beta^t)` after `t` values: the correction of
/// Kingma and Ba, "Adam" (2015), section 3, without which a loss would seem to begin at nothing.
#[derive(Clone, Copy, Debug)]
pub struct Ema {
    beta: f64,
    moment: f64,
    weight: f64,
}

impl Ema {
    /// An average in which each new value scales the weight of all earlier ones by `beta`; `beta` is clamped to
    /// [0, 0.9999]. It averages about the last `1 / (1 - beta)` values.
    pub fn new(beta: f64) -> Self {
        let beta = if beta.is_nan() { 0.0 } else { beta.clamp(0.0, 0.9999) };
        Self { beta, moment: 0.0, weight: 0.0 }
    }

    /// Adds a value and returns the average. A value that is not finite is ignored.
    pub fn push(&mut self, value: f32) -> Option<f32> {
        if value.is_finite() {
            self.moment = self.beta * self.moment + (1.0 - self.beta) * f64::from(value);
            // The weights obey the same recurrence with 1 for the value: this is 1 - beta^t.
            self.weight = self.beta * self.weight + (1.0 - self.beta);
        }
        self.value()
    }

    /// The average; `None` before the first value.
    pub fn value(&self) -> Option<f32> {
        (self.weight > 0.0).then(|| (self.moment / self.weight) as f32)
    }

    /// Drops all values.
    pub fn clear(&mut self) {
        *self = Self::new(self.beta);
    }
}

/// What the loss chart shows: mean squared error per pixel against the step.
#[derive(Clone, Debug)]
pub struct History {
    /// The training loss.
    pub train: Series,
    /// The loss on held-out digits.
    pub test: Series,
}

impl History {
    /// Two empty series of at most `capacity` points each.
    pub fn new(capacity: usize) -> Self {
        Self { train: Series::new(capacity), test: Series::new(capacity) }
    }

    /// Clears both series.
    pub fn clear(&mut self) {
        self.train.clear();
        self.test.clear();
    }

    /// Drops the points of both series from `step` on.
    pub fn rewind(&mut self, step: u64) {
        self.train.rewind(step);
        self.test.rewind(step);
    }

    /// The least and the greatest value of both series.
    pub fn range(&self) -> Option<(f32, f32)> {
        match (self.train.range(), self.test.range()) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        }
    }

    /// The last step of either series.
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
    fn a_short_series_is_kept_as_it_is() {
        let series = filled(64, 10, |s| s as f32);
        assert_eq!(series.iter().collect::<Vec<_>>(), (0..10).map(|s| (s, s as f32)).collect::<Vec<_>>());
    }

    #[test]
    fn never_more_points_than_its_capacity_nor_more_memory() {
        for capacity in [0, 4, 5, 7, 64, 101] {
            let mut series = Series::new(capacity);
            let memory = series.points.capacity();
            for step in 0..10_000 {
                series.push(step, 1.0);
                assert!(series.len() <= capacity.max(4), "{} points of {capacity}", series.len());
                assert_eq!(series.iter().count(), series.len());
            }
            assert_eq!(series.points.capacity(), memory);
            assert!(series.len() >= capacity / 4, "thinned to {} of {capacity}", series.len());
        }
    }

    #[test]
    fn thinning_keeps_the_mean_and_the_line() {
        // 2^12 values fill whole points only, so that the mean of the points is that of the values.
        let series = filled(33, 4096, |s| s as f32);
        let mean = series.iter().map(|(_, v)| f64::from(v)).sum::<f64>() / series.len() as f64;
        assert!((mean - 2047.5).abs() < 1e-6, "{mean}");
        for (step, value) in series.iter() {
            assert!((value - step as f32).abs() <= 1.0, "{value} at step {step}");
        }
    }

    #[test]
    fn steps_ascend_and_the_last_value_is_live() {
        let mut series = filled(16, 1000, |_| 0.0);
        assert!(series.iter().zip(series.iter().skip(1)).all(|(a, b)| a.0 < b.0));
        series.clear();
        (0..100).for_each(|step| series.push(step, 0.0));
        assert!(series.last().is_some_and(|(step, _)| step + series.stride > 99));
    }

    #[test]
    fn going_back_forgets_what_lay_ahead() {
        let mut series = filled(1000, 100, |s| s as f32);
        series.push(40, -1.0);
        assert_eq!(series.last(), Some((40, -1.0)));
        assert_eq!(series.len(), 41);
        assert_eq!(series.nearest(99), Some((40, -1.0)));
    }

    #[test]
    fn going_back_into_thinned_points_keeps_the_order() {
        let mut series = filled(16, 1000, |_| 0.0);
        for step in (0..1000).rev().step_by(7) {
            series.push(step, 1.0);
            assert!(series.iter().zip(series.iter().skip(1)).all(|(a, b)| a.0 < b.0), "at {step}");
        }
    }

    #[test]
    fn what_is_not_finite_is_left_out() {
        let mut series = Series::new(8);
        for (step, value) in [1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 2.0].into_iter().enumerate() {
            series.push(step as u64, value);
        }
        assert_eq!(series.iter().collect::<Vec<_>>(), [(0, 1.0), (4, 2.0)]);
        assert_eq!(series.range(), Some((1.0, 2.0)));
    }

    #[test]
    fn nearest_looks_to_both_sides_and_beyond_the_ends() {
        let mut series = Series::new(8);
        assert_eq!(series.nearest(3), None);
        for step in [10, 20, 40] {
            series.push(step, step as f32);
        }
        for (asked, found) in [(0, 10), (14, 10), (15, 10), (16, 20), (29, 20), (31, 40), (1000, 40)] {
            assert_eq!(series.nearest(asked).map(|p| p.0), Some(found), "nearest to {asked}");
        }
    }

    #[test]
    fn nearest_agrees_with_a_search_of_every_point() {
        let series = filled(32, 777, |s| s as f32);
        for asked in 0..900 {
            let distance = |p: (u64, f32)| p.0.abs_diff(asked);
            let least = series.iter().map(distance).min();
            assert_eq!(series.nearest(asked).map(distance), least, "nearest to {asked}");
        }
    }

    #[test]
    fn the_average_is_right_from_its_first_value() {
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
    fn a_history_knows_its_range_and_its_end() {
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

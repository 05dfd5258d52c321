//! The geometry of the loss chart, and its text for a step.

mod labels;
mod table;

use std::fmt::Write;

pub use labels::Labels;
pub use table::table_rows;

use crate::view::plot::{Scale, ScaleKind, group_digits};
use crate::view::series::{History, Series};

/// The margins around the plot area, in CSS px: tick labels are on the left and below.
const LEFT: f64 = 42.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 7.0;
const BOTTOM: f64 = 20.0;

/// The factor by which a reference value may lie outside of the range and still extend it.
const REFERENCE_FACTOR: f64 = 1.5;

/// The axes of a loss chart in CSS px: steps to the right, mean squared error upwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chart {
    /// From steps to pixels.
    pub x: Scale,
    /// From mean squared errors to pixels.
    pub y: Scale,
    /// The left edge of the plot area.
    pub left: f64,
    /// Its right edge.
    pub right: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its lower edge.
    pub bottom: f64,
}

impl Chart {
    /// The width of a mark for values above the axis, and the minimum distance between two marks.
    pub const MARK_WIDTH: f64 = 8.0;

    /// Fits the axes to histories on a canvas of `width` by `height`.
    ///
    /// The horizontal axis shows every step. The vertical axis follows the bulk of all series, so that a few huge values
    /// of a diverged run do not flatten the others: it leaves out values above six times the 80th percentile, but shows
    /// the ordinary fall at the beginning of a run. A linear axis begins at zero, a logarithmic one a little below the
    /// smallest value shown. Reference values close to the range are included.
    pub fn new(histories: &[&History], references: &[f32], kind: ScaleKind, width: f64, height: f64) -> Self {
        let (right, bottom) = ((width - RIGHT).max(LEFT + 1.0), (height - BOTTOM).max(TOP + 1.0));
        let steps = Self::last_step(histories.iter().copied()) as f64;
        let (low, high) = bulk(histories).unwrap_or((0.01, 0.1));
        let near = low / REFERENCE_FACTOR..=high * REFERENCE_FACTOR;
        let near = references.iter().map(|&error| f64::from(error)).filter(|error| near.contains(error));
        let (low, high) = near.fold((low, high), |(low, high), error| (low.min(error), high.max(error)));
        let values = match kind {
            ScaleKind::Linear => (0.0, 1.05 * high),
            ScaleKind::Log => (low / 1.07, high * 1.07),
        };
        Self {
            x: Scale::new(ScaleKind::Linear, (0.0, steps), (LEFT, right)),
            y: Scale::new(kind, values, (bottom, TOP)),
            left: LEFT,
            right,
            top: TOP,
            bottom,
        }
    }

    /// Returns the last step of the horizontal axis.
    pub fn last_step<'h>(histories: impl Iterator<Item = &'h History>) -> u64 {
        histories.filter_map(History::last_step).max().map_or(100, |step| step.max(20))
    }

    /// Returns the position of a point, clamped to the plot area.
    pub fn to_px(&self, (step, value): (u64, f32)) -> (f64, f64) {
        let (x, y) = (self.x.to_px(step as f64), self.y.to_px(f64::from(value)));
        (x.clamp(self.left, self.right), y.clamp(self.top, self.bottom))
    }

    /// Returns the positions of a series on a secondary axis, from zero to a little above its maximum.
    ///
    /// The first tenth of the series does not extend the axis, because the first values of a run are extreme.
    pub fn secondary_axis_points(&self, series: &Series) -> Vec<(f64, f64)> {
        let values = || series.iter().skip(series.len() / 10).map(|(_, value)| value);
        let top = f64::from(values().fold(f32::MIN_POSITIVE, f32::max));
        let y = Scale::new(ScaleKind::Linear, (0.0, 1.1 * top), (self.bottom, self.top));
        let position = |(step, value): (u64, f32)| {
            (self.x.to_px(step as f64), y.to_px(f64::from(value)).clamp(self.top, self.bottom))
        };
        series.iter().map(position).collect()
    }

    /// Returns the centres of the marks along the upper edge for values above the axis, from left to right.
    ///
    /// Marks are [`MARK_WIDTH`](Self::MARK_WIDTH) wide and do not overlap: closer points share one.
    pub fn overflow_marks(&self, series: &Series) -> impl Iterator<Item = f64> {
        let (top, mut last) = (self.y.domain().1, f64::NEG_INFINITY);
        // Rounding must not put the maximum above the axis that was made for it.
        let above = series.iter().filter(move |&(_, value)| f64::from(value) > top * (1.0 + 1e-9));
        above.filter_map(move |point| {
            let (x, _) = self.to_px(point);
            (x >= last + Self::MARK_WIDTH).then(|| {
                last = x;
                x
            })
        })
    }

    /// Returns the y coordinate of a value, if it is in the plot area.
    pub fn y_of(&self, value: f32) -> Option<f64> {
        let y = self.y.to_px(f64::from(value));
        (self.top..=self.bottom).contains(&y).then_some(y)
    }

    /// Returns the step at an x coordinate, clamped to the axis.
    pub fn step_at(&self, px: f64) -> u64 {
        self.x.to_data(px.clamp(self.left, self.right)).round() as u64
    }
}

/// Returns the range of the values to show: that of the bulk of each series, so that curves that part are both shown.
fn bulk(histories: &[&History]) -> Option<(f64, f64)> {
    /// Pixels lie in [0, 1]: the bulk of a series above this is a run that has diverged, and is left out if there are others.
    const MAX_BULK: f64 = 1.0;
    let series = histories.iter().flat_map(|history| [&history.train, &history.test]);
    let ranges: Vec<_> = series.filter_map(bulk_of).collect();
    let is_sane = |range: &&(f64, f64)| range.0 <= MAX_BULK;
    let has_sane = ranges.iter().any(|range| is_sane(&range));
    let shown = ranges.iter().filter(|range| !has_sane || is_sane(range)).copied();
    shown.reduce(|(low, high), range| (low.min(range.0), high.max(range.1)))
}

/// Returns the range of the values to show of a series.
fn bulk_of(series: &Series) -> Option<(f64, f64)> {
    /// The percentile that the range is based on, as a fraction.
    const PERCENTILE: (usize, usize) = (4, 5);
    /// The largest value shown, relative to the percentile.
    const MAX_RATIO: f32 = 6.0;
    /// The percentile relative to the smallest value shown: a loss of zero has no logarithm.
    const MIN_RATIO: f32 = 1e4;
    let mut values: Vec<f32> = series.iter().map(|(_, value)| value).collect();
    let last = values.len().checked_sub(1)?;
    // Selecting would be faster, but other parts of the program sort.
    values.sort_unstable_by(f32::total_cmp);
    let bulk = values[(last * PERCENTILE.0).div_ceil(PERCENTILE.1)];
    let shown = values.iter().filter(|&&value| (bulk / MIN_RATIO..=bulk * MAX_RATIO).contains(&value));
    let (low, high) = shown.fold((bulk, bulk), |(low, high), &value| (low.min(value), high.max(value)));
    Some((f64::from(low), f64::from(high)))
}

/// Returns the recorded step nearest to `step` and a text such as "step 12,340: train 0.0431, test 0.0440"; `None` while the
/// history is empty.
pub fn readout(history: &History, step: u64) -> Option<(u64, String)> {
    let (train, test) = (history.train.nearest(step), history.test.nearest(step));
    let (at, _) = train.or(test)?;
    let mut text = format!("step {}", group_digits(at));
    let values = [("train", train), ("test", test)];
    let known = values.into_iter().filter_map(|(name, point)| Some((name, point?.1)));
    for (i, (name, value)) in known.enumerate() {
        let mark = if i == 0 { ':' } else { ',' };
        // Writing to a string cannot fail.
        let _ = write!(text, "{mark} {name} {value:.4}");
    }
    Some((at, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(history: &History, kind: ScaleKind) -> Chart {
        Chart::new(&[history], &[], kind, 320.0, 200.0)
    }

    fn history() -> History {
        let mut history = History::new(64);
        for (step, value) in [(1, 0.2), (10, 0.1), (1000, 0.05)] {
            history.train.push(step, value);
        }
        history.test.push(900, 0.06);
        history
    }

    #[test]
    fn a_secondary_axis_fits_its_series() {
        let chart = chart(&history(), ScaleKind::Log);
        let mut series = Series::new(64);
        assert!(chart.secondary_axis_points(&series).is_empty());
        (0..40).for_each(|i| series.push(25 * i, if i == 0 { 1e6 } else { 7.0 }));
        let points = chart.secondary_axis_points(&series);
        let height = (chart.bottom - points[20].1) / (chart.bottom - chart.top);
        assert!((height - 1.0 / 1.1).abs() < 1e-6, "{height}");
        assert_eq!((points[0].1, points.len()), (chart.top, 40));
        assert!((points[39].0 - chart.x.to_px(975.0)).abs() < 1e-9);
    }

    /// A run of 1,000 steps around 0.05 with a few outliers.
    fn with_spikes(spikes: std::ops::Range<u64>, value: f32) -> History {
        let mut history = History::new(4_000);
        for step in 0..1_000 {
            let wave = 0.05 + 0.005 * (step as f32).sin();
            history.train.push(step, if spikes.contains(&step) { value } else { wave });
            if step % 20 == 0 {
                history.test.push(step, wave);
            }
        }
        history
    }

    #[test]
    fn spikes_are_cut_off_and_marked() {
        for spikes in [500..501, 500..505, 0..3, 999..1_000, 300..480] {
            for kind in [ScaleKind::Linear, ScaleKind::Log] {
                for value in [260.0, f32::MAX] {
                    let history = with_spikes(spikes.clone(), value);
                    let chart = chart(&history, kind);
                    let (low, high) = chart.y.domain();
                    assert!((0.055..0.2).contains(&high), "{spikes:?} {kind:?}: up to {high}");
                    assert!(low < 0.045, "{spikes:?} {kind:?}: from {low}");
                    assert_eq!(chart.overflow_marks(&history.test).count(), 0);
                    let marks: Vec<_> = chart.overflow_marks(&history.train).collect();
                    let first = chart.x.to_px(spikes.start as f64);
                    assert!((marks[0] - first).abs() < 1.0, "{spikes:?}: {marks:?}");
                    assert!(marks.windows(2).all(|pair| pair[1] - pair[0] >= Chart::MARK_WIDTH), "{marks:?}");
                    let span = chart.x.to_px(spikes.end as f64) - first;
                    assert!(marks.len() as f64 >= 0.7 * span / Chart::MARK_WIDTH, "{spikes:?}: {marks:?}");
                }
            }
        }
    }

    #[test]
    fn curves_that_part_are_both_shown() {
        // Ten digits learnt by heart: the training error falls to almost nothing, the test error rises.
        let mut history = History::new(4_000);
        for step in 0..1_000_u16 {
            history.train.push(step.into(), 0.1 * (-f32::from(step) / 100.0).exp() + 1e-4);
            if step % 40 == 0 {
                history.test.push(step.into(), 0.07 + 1e-4 * f32::from(step));
            }
        }
        for kind in [ScaleKind::Linear, ScaleKind::Log] {
            let chart = chart(&history, kind);
            assert_eq!(chart.overflow_marks(&history.test).count(), 0, "{kind:?}");
            assert!(history.test.iter().all(|(_, error)| chart.y_of(error).is_some()), "{kind:?}");
        }
        let mut diverged = History::new(64);
        (0..10).for_each(|step| diverged.test.push(step, 1e6));
        let both = Chart::new(&[&history, &diverged], &[], ScaleKind::Linear, 320.0, 200.0);
        assert!(both.y.domain().1 < 1.0, "a run that has diverged flattens no other");
    }

    #[test]
    fn the_first_steps_of_a_run_are_shown() {
        for steps in [2, 5, 30, 1_000, 20_000] {
            for (from, to, steps_per_e_fold) in [(0.11, 0.05, 100.0), (0.23, 0.045, 40.0), (0.9, 0.2, 300.0)]
            {
                let mut history = History::new(600);
                for step in 0..steps {
                    history.train.push(step, to + (from - to) * (-(step as f32) / steps_per_e_fold).exp());
                }
                history.test.push(steps - 1, to);
                for kind in [ScaleKind::Linear, ScaleKind::Log] {
                    let chart = chart(&history, kind);
                    assert_eq!(chart.overflow_marks(&history.train).count(), 0, "{steps} from {from}");
                    assert!(chart.y.domain().1 >= history.range().unwrap().1.into());
                }
            }
        }
    }

    #[test]
    fn every_point_is_drawn_within_the_plot_area() {
        let values = [0.0, -1.0, 1e-38, f32::MIN_POSITIVE, f32::MAX, f32::MIN, 0.05, f32::NAN, 260.0];
        for count in 1..=values.len() {
            for kind in [ScaleKind::Linear, ScaleKind::Log] {
                let mut history = History::new(64);
                (0..).zip(&values[..count]).for_each(|(step, &value)| history.train.push(step, value));
                let chart = chart(&history, kind);
                for (x, y) in history.train.iter().map(|point| chart.to_px(point)) {
                    assert!((chart.left..=chart.right).contains(&x), "{kind:?} {count}: {x}");
                    assert!((chart.top..=chart.bottom).contains(&y), "{kind:?} {count}: {y}");
                }
                assert!(chart.overflow_marks(&history.train).all(f64::is_finite));
                assert!(chart.y.ticks(5).iter().all(|tick| tick.value.is_finite()));
            }
        }
    }

    #[test]
    fn a_loss_of_zero_does_not_stretch_a_logarithmic_axis() {
        let mut history = with_spikes(0..0, 0.0);
        history.test.push(999, 0.0);
        let chart = chart(&history, ScaleKind::Log);
        assert!(chart.y.domain().0 > 0.04);
        assert_eq!(chart.to_px((999, 0.0)).1, chart.bottom);
    }

    #[test]
    fn only_references_close_to_the_range_extend_it() {
        let mut history = History::new(64);
        (0..40).for_each(|step| history.test.push(step, 0.042 + 0.0001 * (step % 3) as f32));
        for kind in [ScaleKind::Linear, ScaleKind::Log] {
            let chart = |references: &[f32]| Chart::new(&[&history], references, kind, 320.0, 200.0);
            assert!(chart(&[0.0557]).y_of(0.0557).is_some(), "{kind:?}");
            assert!(chart(&[0.0557, 0.9]).y_of(0.9).is_none(), "{kind:?}");
            assert_eq!(chart(&[0.9]).y.domain(), chart(&[]).y.domain(), "{kind:?}");
        }
    }

    #[test]
    fn the_axes_contain_all_histories() {
        let (short, mut long) = (history(), History::new(64));
        (0..60).for_each(|step| long.test.push(100 * step, 0.04));
        for kind in [ScaleKind::Linear, ScaleKind::Log] {
            let chart = Chart::new(&[&short, &long], &[], kind, 320.0, 200.0);
            for (step, value) in [&short, &long].into_iter().flat_map(|h| h.train.iter().chain(h.test.iter()))
            {
                assert!(chart.y_of(value).is_some(), "{kind:?} {value}");
                assert!((chart.left..=chart.right).contains(&chart.x.to_px(step as f64)));
            }
        }
        assert_eq!(chart(&short, ScaleKind::Linear).y.domain().0, 0.0);
    }

    #[test]
    fn a_position_maps_to_a_step_of_the_run() {
        let chart = chart(&history(), ScaleKind::Linear);
        assert_eq!(chart.step_at(chart.x.to_px(500.0)), 500);
        assert_eq!((chart.step_at(-99.0), chart.step_at(1e9)), (0, 1000));
    }

    #[test]
    fn the_readout_has_the_losses_that_were_recorded() {
        assert_eq!(readout(&history(), 800).unwrap(), (1000, "step 1,000: train 0.0500, test 0.0600".into()));
        let mut history = history();
        history.test.clear();
        assert_eq!(readout(&history, 4).unwrap(), (1, "step 1: train 0.2000".into()));
        history.train.clear();
        assert_eq!(readout(&history, 4), None);
    }

    #[test]
    fn tiny_canvases_and_empty_histories_have_finite_axes() {
        for size in [0.0, 1.0, 40.0] {
            let chart = Chart::new(&[&History::new(8)], &[], ScaleKind::Log, size, size);
            assert!(chart.left < chart.right && chart.top < chart.bottom);
            assert!(chart.x.to_px(3.0).is_finite() && chart.y.to_px(0.05).is_finite());
        }
    }
}

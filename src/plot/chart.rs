//! The loss chart's geometry, and what it says about a step.

use std::fmt::Write;

use super::{Kind, Scale};
use crate::history::History;

/// The room around the lines, in CSS pixels: labels stand on the left and below.
const LEFT: f64 = 42.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 7.0;
const BOTTOM: f64 = 20.0;

/// Where the axes of a loss chart lie, in CSS pixels: steps to the right, mean squared error upwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chart {
    /// From steps to pixels.
    pub x: Scale,
    /// From mean squared errors to pixels.
    pub y: Scale,
    /// The left edge of the lines' ground.
    pub left: f64,
    /// Its right edge.
    pub right: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its lower edge.
    pub bottom: f64,
}

impl Chart {
    /// The axes that show a whole history on a canvas of `width` by `height`.
    ///
    /// A linear vertical axis begins at zero, a logarithmic one a little below the least value.
    pub fn new(history: &History, kind: Kind, width: f64, height: f64) -> Self {
        let (right, bottom) = ((width - RIGHT).max(LEFT + 1.0), (height - BOTTOM).max(TOP + 1.0));
        let steps = history.last_step().map_or(100.0, |step| step.max(20) as f64);
        let (low, high) =
            history.range().map_or((0.01, 0.1), |(low, high)| (f64::from(low), f64::from(high)));
        let values = match kind {
            Kind::Linear => (0.0, 1.05 * high),
            Kind::Log => (low / 1.07, high * 1.07),
        };
        Self {
            x: Scale::new(Kind::Linear, (0.0, steps), (LEFT, right)),
            y: Scale::new(kind, values, (bottom, TOP)),
            left: LEFT,
            right,
            top: TOP,
            bottom,
        }
    }

    /// The step nearest to a pixel, between the first and the last.
    pub fn step_at(&self, px: f64) -> u64 {
        self.x.to_data(px.clamp(self.left, self.right)).round() as u64
    }
}

/// What a history says about the step nearest to `step`: that step, and a sentence such as
/// "step 12,340: train 0.0431, test 0.0440". Nothing, if there is nothing yet.
///
/// The test loss is the one measured nearest to that step.
pub fn readout(history: &History, step: u64) -> Option<(u64, String)> {
    let (train, test) = (history.train.nearest(step), history.test.nearest(step));
    let (at, _) = train.or(test)?;
    let mut text = format!("step {}", grouped(at));
    let values = [("train", train), ("test", test)];
    let known = values.into_iter().filter_map(|(name, point)| Some((name, point?.1)));
    for (i, (name, value)) in known.enumerate() {
        let mark = if i == 0 { ':' } else { ',' };
        // Writing to a string does not fail.
        let _ = write!(text, "{mark} {name} {value:.4}");
    }
    Some((at, text))
}

/// A number with its thousands set apart: `12,340`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = (digits.len() + 2) % 3 + 1;
    let (head, rest) = digits.split_at(first);
    rest.as_bytes().chunks(3).fold(head.to_owned(), |mut text, group| {
        text.push(',');
        text.extend(group.iter().copied().map(char::from));
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        let mut history = History::new(64);
        for (step, value) in [(1, 0.2), (10, 0.1), (1000, 0.05)] {
            history.train.push(step, value);
        }
        history.test.push(900, 0.06);
        history
    }

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in
            [(0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (12_340, "12,340"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn the_whole_history_lies_within_the_axes() {
        for kind in [Kind::Linear, Kind::Log] {
            let chart = Chart::new(&history(), kind, 320.0, 200.0);
            for (step, value) in history().train.iter().chain(history().test.iter()) {
                let (x, y) = (chart.x.to_px(step as f64), chart.y.to_px(f64::from(value)));
                assert!((chart.left..=chart.right).contains(&x), "{kind:?} {x}");
                assert!((chart.top..=chart.bottom).contains(&y), "{kind:?} {y}");
            }
        }
        assert_eq!(Chart::new(&history(), Kind::Linear, 320.0, 200.0).y.domain().0, 0.0);
    }

    #[test]
    fn the_pointer_finds_its_step_and_stays_within_the_run() {
        let chart = Chart::new(&history(), Kind::Linear, 320.0, 200.0);
        assert_eq!(chart.step_at(chart.x.to_px(500.0)), 500);
        assert_eq!((chart.step_at(-99.0), chart.step_at(1e9)), (0, 1000));
    }

    #[test]
    fn a_step_is_read_out_as_far_as_it_is_known() {
        assert_eq!(readout(&history(), 800).unwrap(), (1000, "step 1,000: train 0.0500, test 0.0600".into()));
        let mut history = history();
        history.test.clear();
        assert_eq!(readout(&history, 4).unwrap(), (1, "step 1: train 0.2000".into()));
        history.train.clear();
        assert_eq!(readout(&history, 4), None);
    }

    #[test]
    fn no_canvas_is_too_small_and_no_run_too_short() {
        for size in [0.0, 1.0, 40.0] {
            let chart = Chart::new(&History::new(8), Kind::Log, size, size);
            assert!(chart.left < chart.right && chart.top < chart.bottom);
            assert!(chart.x.to_px(3.0).is_finite() && chart.y.to_px(0.05).is_finite());
        }
    }
}

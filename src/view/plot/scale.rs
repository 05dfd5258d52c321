//! Linear and logarithmic scales, their ticks, and the text of numbers.

/// The kind of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleKind {
    /// Equal distances are equal differences.
    Linear,
    /// Equal distances are equal ratios.
    Log,
}

/// A linear or logarithmic map from data to pixels, and its inverse.
///
/// With `t` the identity or `log10`, `px(v) = p0 + (p1 - p0) (t(v) - t(v0)) / (t(v1) - t(v0))`. A vertical axis has `p0 > p1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    kind: ScaleKind,
    /// The domain after `t`.
    data: (f64, f64),
    pixels: (f64, f64),
}

/// A tick of an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The data value.
    pub value: f64,
    /// The label.
    pub label: String,
}

/// The smallest value of a logarithmic scale.
const MIN_LOG_VALUE: f64 = 1e-30;

impl Scale {
    /// Creates a scale from `data` = (`v0`, `v1`) to `pixels` = (`p0`, `p1`).
    ///
    /// A domain that is empty or not finite is replaced by a valid one. A logarithmic scale raises values to at least 1e-30.
    pub fn new(kind: ScaleKind, data: (f64, f64), pixels: (f64, f64)) -> Self {
        let (low, high) = (transform(kind, data.0.min(data.1)), transform(kind, data.0.max(data.1)));
        let (low, high) = if (high - low).is_finite() { (low, high) } else { (0.0, 1.0) };
        let magnitude = low.abs().max(high.abs());
        let padding = match kind {
            ScaleKind::Linear if magnitude > 0.0 => 0.5 * magnitude,
            _ => 0.5,
        };
        // In a narrower domain, neighbouring pixels would have the same value.
        let data = if high - low > 1e-9 * magnitude { (low, high) } else { (low - padding, high + padding) };
        Self { kind, data, pixels }
    }

    /// Maps a value to pixels.
    pub fn to_px(&self, value: f64) -> f64 {
        let (d0, d1) = self.data;
        self.pixels.0 + (self.pixels.1 - self.pixels.0) * (transform(self.kind, value) - d0) / (d1 - d0)
    }

    /// Maps a pixel to its value.
    pub fn to_data(&self, px: f64) -> f64 {
        let (d0, d1) = self.data;
        let span = self.pixels.1 - self.pixels.0;
        let t = if span == 0.0 { 0.0 } else { (px - self.pixels.0) / span };
        inverse_transform(self.kind, d0 + t * (d1 - d0))
    }

    /// Returns the values at the two ends.
    pub fn domain(&self) -> (f64, f64) {
        (inverse_transform(self.kind, self.data.0), inverse_transform(self.kind, self.data.1))
    }

    /// Returns about `count` ticks at round values of the domain, at most twice as many.
    ///
    /// Linear ticks have 1-2-5 steps. Logarithmic ticks are powers of ten; if these are few, also 2 and 5 times the powers; and
    /// if there are fewer than two of all, linear ticks.
    pub fn ticks(&self, count: usize) -> Vec<Tick> {
        let count = count.max(1);
        match self.kind {
            ScaleKind::Linear => linear_ticks(self.data, count),
            ScaleKind::Log => {
                let ticks = log_ticks(self.data, count);
                if ticks.len() < 2 { linear_ticks(self.domain(), count) } else { ticks }
            }
        }
    }
}

fn transform(kind: ScaleKind, value: f64) -> f64 {
    match kind {
        ScaleKind::Linear => value,
        ScaleKind::Log => value.max(MIN_LOG_VALUE).log10(),
    }
}

fn inverse_transform(kind: ScaleKind, value: f64) -> f64 {
    match kind {
        ScaleKind::Linear => value,
        ScaleKind::Log => 10f64.powf(value),
    }
}

fn linear_ticks((low, high): (f64, f64), count: usize) -> Vec<Tick> {
    let mut step = nice_step((high - low) / count as f64);
    // A rounding error must not lose the tick at an end.
    let tolerance = 1e-9 * (high - low);
    let multiples = |step: f64| (((low - tolerance) / step).ceil(), ((high + tolerance) / step).floor());
    // A step longer than the domain may have no multiple in it.
    while multiples(step).0 > multiples(step).1 && step > 0.0 {
        step = nice_step(0.4 * step);
    }
    let (first, last) = multiples(step);
    if !(first <= last && step.is_finite()) {
        return Vec::new();
    }
    let values = (0..=(last - first) as usize).map(|i| (first + i as f64) * step);
    values.map(|value| Tick { value, label: tick_label(value, step) }).collect()
}

/// Rounds up to 1, 2 or 5 times a power of ten.
fn nice_step(raw: f64) -> f64 {
    let power = 10f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| raw <= factor * power * (1.0 + 1e-9));
    factor.unwrap_or(10.0) * power
}

fn log_ticks((low, high): (f64, f64), count: usize) -> Vec<Tick> {
    let (first, last) = (low.floor() as i32, high.ceil() as i32);
    let decades = (high - low).max(1e-9);
    let factors: &[f64] = if 3.0 * decades <= count as f64 + 1.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let every = (decades / count as f64).ceil().max(1.0) as i32;
    let powers = (first..=last).filter(|power| power.rem_euclid(every) == 0);
    powers
        .flat_map(|power| factors.iter().map(move |factor| (factor * 10f64.powi(power), power)))
        .filter(|(value, _)| (low - 1e-9..=high + 1e-9).contains(&value.log10()))
        .map(|(value, power)| Tick { value, label: tick_label(value, 10f64.powi(power)) })
        .collect()
}

/// Formats a value for an axis with ticks `step` apart: enough decimals to tell neighbours apart, k for thousands from 10,000
/// on, M for millions, and a true minus sign.
///
/// ```
/// # use bottleneck::view::plot::tick_label;
/// assert_eq!(tick_label(0.05, 0.01), "0.05");
/// assert_eq!(tick_label(12_000.0, 2_000.0), "12k");
/// assert_eq!(tick_label(2_500_000.0, 500_000.0), "2.5M");
/// assert_eq!(tick_label(-1.0, 0.5), "−1.0");
/// assert_eq!(tick_label(2.5e-6, 5e-7), "2.5e−6");
/// ```
pub fn tick_label(value: f64, step: f64) -> String {
    let size = value.abs();
    let text = if size < 1e-9 * step.abs() {
        "0".to_owned()
    } else if !(1e-4..1e9).contains(&size) {
        let magnitude = |v: f64| (v.abs().log10() + 1e-9).floor();
        let decimals = (magnitude(size) - magnitude(step)).clamp(0.0, 8.0) as usize;
        format!("{size:.decimals$e}")
    } else {
        let (unit, suffix) = match size {
            s if s >= 1e6 => (1e6, "M"),
            s if s >= 1e4 => (1e3, "k"),
            _ => (1.0, ""),
        };
        let decimals = (-(step / unit).abs().log10() - 1e-9).ceil().clamp(0.0, 8.0) as usize;
        format!("{:.decimals$}{suffix}", size / unit)
    };
    let sign = if value < 0.0 && text != "0" { "−" } else { "" };
    sign.to_owned() + &text.replace('-', "−")
}

/// Formats an integer with commas between thousands: `12,340`.
pub fn group_digits(number: u64) -> String {
    let digits = number.to_string();
    let first = (digits.len() + 2) % 3 + 1;
    let (head, rest) = digits.split_at(first);
    rest.as_bytes().chunks(3).fold(head.to_owned(), |mut text, group| {
        text.push(',');
        text.extend(group.iter().copied().map(char::from));
        text
    })
}

/// Formats a coordinate of a code: with two decimals, a huge one without.
pub fn coordinate(value: f32) -> String {
    match value.abs() {
        size if size < 1_000.0 => format!("{value:.2}").replace('-', "−"),
        size if size.is_finite() => {
            format!("{}{}", if value < 0.0 { "−" } else { "" }, group_digits(size as u64))
        }
        _ => "no number".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &Scale, count: usize) -> Vec<String> {
        scale.ticks(count).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn pixels_map_back_to_values() {
        for kind in [ScaleKind::Linear, ScaleKind::Log] {
            for pixels in [(0.0, 300.0), (220.0, 8.0)] {
                let scale = Scale::new(kind, (0.02, 7.0), pixels);
                assert!((scale.to_px(0.02) - pixels.0).abs() < 1e-9);
                assert!((scale.to_px(7.0) - pixels.1).abs() < 1e-9);
                for value in [0.021, 0.5, 3.0, 12.0] {
                    assert!(
                        (scale.to_data(scale.to_px(value)) / value - 1.0).abs() < 1e-9,
                        "{kind:?} {value}"
                    );
                }
            }
        }
    }

    #[test]
    fn equal_ratios_are_equal_distances() {
        let scale = Scale::new(ScaleKind::Log, (1e-3, 1.0), (0.0, 300.0));
        assert!((scale.to_px(1e-2) - 100.0).abs() < 1e-9);
        assert!((scale.to_px(1e-1) - 200.0).abs() < 1e-9);
    }

    #[test]
    fn every_domain_gives_finite_positions_and_few_ticks() {
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        for kind in [ScaleKind::Linear, ScaleKind::Log] {
            for data in [
                (0.0, 0.0),
                (5.0, 5.0),
                (-3.0, 0.0),
                (1e30, 1e30),
                (0.0, inf),
                (nan, nan),
                (-inf, inf),
                (9.0, 1.0),
            ] {
                let scale = Scale::new(kind, data, (0.0, 100.0));
                assert!(scale.to_px(1.0).is_finite() && scale.to_data(50.0).is_finite(), "{kind:?} {data:?}");
                assert!(scale.ticks(5).len() <= 12, "{kind:?} {data:?} {:?}", scale.ticks(5));
            }
            assert!(Scale::new(kind, (1.0, 2.0), (7.0, 7.0)).to_data(7.0).is_finite());
            assert!(Scale::new(kind, (1.0, 2.0), (0.0, 9.0)).to_px(-4.0).is_finite());
        }
    }

    #[test]
    fn linear_ticks_have_round_values() {
        let scale = |low, high| Scale::new(ScaleKind::Linear, (low, high), (0.0, 1.0));
        assert_eq!(labels(&scale(0.0, 0.1), 5), ["0", "0.02", "0.04", "0.06", "0.08", "0.10"]);
        assert_eq!(labels(&scale(0.0, 12_340.0), 4), ["0", "5000", "10k"]);
        assert_eq!(labels(&scale(-1.2, 1.2), 5), ["−1.0", "−0.5", "0", "0.5", "1.0"]);
        assert_eq!(labels(&scale(0.0412, 0.0434), 3), ["0.042", "0.043"]);
        assert_eq!(labels(&scale(0.0, 3_000_000.0), 3), ["0", "1M", "2M", "3M"]);
    }

    #[test]
    fn ticks_ascend_within_the_domain_and_are_at_most_twice_the_count() {
        for kind in [ScaleKind::Linear, ScaleKind::Log] {
            for exponent in -8..8 {
                for width in [1.05, 1.3, 2.0, 7.0, 60.0, 1e4, 1e9] {
                    let (low, high) = (1.7 * 10f64.powi(exponent), 1.7 * width * 10f64.powi(exponent));
                    for count in [1, 2, 4, 8] {
                        let ticks = Scale::new(kind, (low, high), (0.0, 1.0)).ticks(count);
                        let case = format!("{kind:?} {low}..{high} {count}: {ticks:?}");
                        assert!(!ticks.is_empty() && ticks.len() <= 2 * count, "{case}");
                        assert!(ticks.windows(2).all(|w| w[0].value < w[1].value), "{case}");
                        assert!(ticks.windows(2).all(|w| w[0].label != w[1].label), "{case}");
                        let inside = low * (1.0 - 1e-6)..=high * (1.0 + 1e-6);
                        assert!(ticks.iter().all(|tick| inside.contains(&tick.value)), "{case}");
                    }
                }
            }
        }
    }

    #[test]
    fn few_ticks_are_within_the_domain_too() {
        for (low, high) in
            [(0.4, 1.6), (1.5, 4.5), (0.041, 0.043), (7.0, 9.0), (-1.9, -1.1), (0.0, 5e-324), (1.0, 1e308)]
        {
            for kind in [ScaleKind::Linear, ScaleKind::Log] {
                for count in [0, 1, 2, 3] {
                    let scale = Scale::new(kind, (low, high), (0.0, 1.0));
                    let ticks = scale.ticks(count);
                    let (low, high) = scale.domain();
                    let slack = 1e-6 * (high - low);
                    assert!(ticks.len() <= 2 * count.max(1), "{kind:?} {low}..{high} {count}: {ticks:?}");
                    let inside = |tick: &Tick| (low - slack..=high + slack).contains(&tick.value);
                    assert!(ticks.iter().all(inside), "{kind:?} {low}..{high} {count}: {ticks:?}");
                }
            }
        }
    }

    #[test]
    fn log_ticks_are_powers_of_ten_then_1_2_5_then_linear() {
        let scale = |low, high| Scale::new(ScaleKind::Log, (low, high), (0.0, 1.0));
        assert_eq!(labels(&scale(1e-3, 10.0), 5), ["0.001", "0.01", "0.1", "1", "10"]);
        assert_eq!(labels(&scale(0.03, 0.3), 5), ["0.05", "0.1", "0.2"]);
        assert_eq!(labels(&scale(0.0412, 0.0434), 3), ["0.042", "0.043"]);
        assert_eq!(labels(&scale(1e-8, 1.0), 4), ["1e−8", "1e−6", "0.0001", "0.01", "1"]);
    }

    #[test]
    fn thousands_are_separated_by_commas() {
        for (number, text) in
            [(0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (12_340, "12,340"), (1_234_567, "1,234,567")]
        {
            assert_eq!(group_digits(number), text);
        }
    }

    #[test]
    fn coordinates_are_short() {
        let texts = [0.0, -1.305, 999.4, -10_295.7, f32::NAN].map(coordinate);
        assert_eq!(texts, ["0.00", "−1.30", "999.40", "−10,295", "no number"].map(str::to_owned));
    }
}

//! When training stops by itself: at a step, at a plateau, or because nobody is there.

use crate::view::plot::group_digits;
use crate::view::series::Series;

/// Training pauses when nobody has touched the page for this many milliseconds.
const IDLE: f64 = 15.0 * 60.0 * 1_000.0;

/// The test error has to be measured so often before it can be said to have come to a plateau.
const MEASUREMENTS: usize = 30;

/// At a plateau the error falls by less than this part of itself over the last third of the steps.
const IMPROVEMENT: f32 = 0.01;

/// Why training has stopped by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// It has come to the step that was set.
    AtStep(u64),
    /// The test error has come to a plateau, at this step.
    AtPlateau(u64),
    /// Nobody has touched the page for a long time.
    Idle,
}

impl StopReason {
    /// Says why training has stopped.
    #[must_use]
    pub fn to_sentence(self) -> String {
        match self {
            Self::AtStep(step) => format!("Training stopped at step {}.", group_digits(step)),
            Self::AtPlateau(step) => format!(
                "Training stopped at step {}: over the last third of the steps the test error has fallen by less than 1 %. \
                 Press Play to continue.",
                group_digits(step)
            ),
            Self::Idle => "Paused: no input for 15 minutes. Press Play to continue.".to_owned(),
        }
    }
}

/// What makes training stop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stops {
    /// The step to stop at.
    pub at: Option<u64>,
    /// Whether to stop at a plateau.
    pub at_plateau: bool,
    /// The step of the last plateau that training has stopped at.
    last_plateau: u64,
    /// The measurement that was looked at last.
    looked_at: Option<u64>,
    /// When the page was touched last, in milliseconds; nothing if that was just now.
    touched: Option<f64>,
}

impl Stops {
    /// Stops at a plateau, or not.
    pub fn set_at_plateau(&mut self, stops: bool) {
        self.at_plateau = stops;
        (self.last_plateau, self.looked_at) = (0, None);
    }

    /// Takes note that somebody is here.
    pub fn touch(&mut self) {
        self.touched = None;
    }

    /// Takes note that another run has begun.
    pub fn restart(&mut self) {
        (self.last_plateau, self.looked_at) = (0, None);
    }

    /// Whether to stop after this step.
    #[must_use]
    pub fn at_step(self, step: u64) -> Option<StopReason> {
        (self.at == Some(step)).then_some(StopReason::AtStep(step))
    }

    /// Whether to stop because nobody is there. A run that has an end of its own need not be watched.
    pub fn for_somebody(&mut self, now: f64) -> Option<StopReason> {
        let touched = *self.touched.get_or_insert(now);
        let has_end = self.at.is_some() || self.at_plateau;
        (now - touched >= IDLE && !has_end).then_some(StopReason::Idle)
    }

    /// Whether to stop because the test error has come to a plateau. A run that goes on from one has to be half as long
    /// again before the next.
    pub fn at_end(&mut self, test: &Series) -> Option<StopReason> {
        let (last, _) = test.last().filter(|_| self.at_plateau)?;
        let is_new = self.looked_at.replace(last) != Some(last);
        let is_due = is_new && last >= self.last_plateau + self.last_plateau / 2;
        if !is_due || !is_plateau(test) {
            return None;
        }
        self.last_plateau = last;
        Some(StopReason::AtPlateau(last))
    }
}

/// Whether an error has come to a plateau: its least value in the last third of the steps is less than 1 % below its least
/// value before. With `s` the steps of the series, and `c = s_first + 2/3 (s_last - s_first)`:
///
/// `min e(s > c) > (1 - 0.01) min e(s <= c)`
///
/// A series of fewer than 30 points, or with fewer than 5 of them in its last third, has come to none.
#[must_use]
pub fn is_plateau(error: &Series) -> bool {
    let (Some((first, _)), Some((last, _))) = (error.iter().next(), error.last()) else { return false };
    let cut = last - (last - first) / 3;
    let least = |is_late: bool| {
        let part = error.iter().filter(|&(step, _)| (step > cut) == is_late);
        part.fold((0, f32::INFINITY), |(count, least), (_, value)| (count + 1, value.min(least)))
    };
    let ((early, before), (late, after)) = (least(false), least(true));
    early + late >= MEASUREMENTS && late >= 5 && after > (1.0 - IMPROVEMENT) * before
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(count: u64, error: impl Fn(f64) -> f64) -> Series {
        let mut series = Series::new(1_000);
        (0..count).for_each(|step| series.push(100 * step, error(100.0 * step as f64) as f32));
        series
    }

    #[test]
    fn a_fall_is_no_plateau_and_its_end_is_one() {
        let fall = |step: f64| 0.04 + 0.03 * (-step / 3_000.0).exp();
        assert!(!is_plateau(&series(60, fall)), "it still falls");
        assert!(is_plateau(&series(400, fall)), "it has ended");
        assert!(!is_plateau(&series(400, |step| 0.1 / (1.0 + step / 10_000.0))), "slow, but going on");
        assert!(is_plateau(&series(400, |step| 0.04 + step * 1e-7)), "a rise is not an improvement");
        let wave = |step: f64| fall(step) * (1.0 + 0.02 * (step / 70.0).sin());
        assert!(is_plateau(&series(400, wave)) && !is_plateau(&series(60, wave)), "noise does not matter");
    }

    #[test]
    fn few_measurements_are_no_plateau() {
        assert!(!is_plateau(&Series::new(10)));
        for count in 1..30 {
            assert!(!is_plateau(&series(count, |_| 0.05)), "{count}");
        }
        assert!(is_plateau(&series(30, |_| 0.05)));
        let mut late = series(30, |_| 0.05);
        late.push(20_000, 0.05);
        assert!(!is_plateau(&late), "one measurement after a gap is not a third of the run");
    }

    #[test]
    fn who_goes_on_from_a_plateau_is_not_stopped_again_at_once() {
        let mut stops = Stops::default();
        assert_eq!(stops.at_end(&series(200, |_| 0.05)), None, "it was not asked for");
        stops.set_at_plateau(true);
        assert_eq!(stops.at_end(&series(200, |_| 0.05)), Some(StopReason::AtPlateau(19_900)));
        assert_eq!(stops.at_end(&series(210, |_| 0.05)), None);
        assert_eq!(stops.at_end(&series(300, |_| 0.05)), Some(StopReason::AtPlateau(29_900)));
        stops.restart();
        assert_eq!(stops.at_end(&series(40, |_| 0.05)), Some(StopReason::AtPlateau(3_900)));
    }

    #[test]
    fn an_empty_chair_is_noticed_unless_the_run_has_an_end() {
        let mut stops = Stops::default();
        assert_eq!(stops.for_somebody(1e6), None);
        assert_eq!(stops.for_somebody(1e6 + IDLE - 1.0), None);
        assert_eq!(stops.for_somebody(1e6 + IDLE), Some(StopReason::Idle));
        stops.touch();
        assert_eq!(stops.for_somebody(1e6 + IDLE), None);
        stops.at = Some(1_000_000);
        assert_eq!(stops.for_somebody(1e6 + 9.0 * IDLE), None);
        assert_eq!(
            (stops.at_step(999_999), stops.at_step(1_000_000)),
            (None, Some(StopReason::AtStep(1_000_000)))
        );
    }
}

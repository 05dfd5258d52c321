//! Automatic stops: at a step, at a plateau, or on an idle page.

use crate::view::plot::group_digits;
use crate::view::series::Series;

/// The milliseconds without input after which training pauses.
const IDLE_MS: f64 = 15.0 * 60.0 * 1_000.0;

/// The smallest number of measurements of a plateau.
const MIN_MEASUREMENTS: usize = 30;

/// The smallest relative improvement over the last third of the steps that is no plateau.
const MIN_IMPROVEMENT: f32 = 0.01;

/// Why training has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// At the step that was set.
    AtStep(u64),
    /// At this step, after a plateau of the test error.
    AtPlateau(u64),
    /// There was no input for a long time.
    Idle,
}

impl StopReason {
    /// Says why training has stopped.
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

/// The conditions that stop training.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stops {
    pub step: Option<u64>,
    pub at_plateau: bool,
    /// The step of the last plateau that has stopped training.
    last_plateau: u64,
    /// The step of the last test error that was examined.
    last_measured: Option<u64>,
    /// The time of the last input in milliseconds; none if it was just now.
    last_input: Option<f64>,
}

impl Stops {
    pub fn set_at_plateau(&mut self, stops: bool) {
        self.at_plateau = stops;
        (self.last_plateau, self.last_measured) = (0, None);
    }

    pub fn record_input(&mut self) {
        self.last_input = None;
    }

    /// Forgets the last plateau: another run has started.
    pub fn restart(&mut self) {
        (self.last_plateau, self.last_measured) = (0, None);
    }

    /// Returns the reason to stop after this step, if there is one.
    pub fn step_stop(self, step: u64) -> Option<StopReason> {
        (self.step == Some(step)).then_some(StopReason::AtStep(step))
    }

    /// Returns the reason to stop an idle page, if it is idle and the run has no other stop.
    pub fn idle_stop(&mut self, now: f64) -> Option<StopReason> {
        let last_input = *self.last_input.get_or_insert(now);
        let has_end = self.step.is_some() || self.at_plateau;
        (now - last_input >= IDLE_MS && !has_end).then_some(StopReason::Idle)
    }

    /// Returns the reason to stop a run at `step` with this test error, if it has come to a plateau. A run that continues from a
    /// plateau stops at the next only when it is half as long again.
    pub fn plateau_stop(&mut self, step: u64, test: &Series) -> Option<StopReason> {
        let (last, _) = test.last().filter(|_| self.at_plateau)?;
        let is_new = self.last_measured.replace(last) != Some(last);
        let is_due = is_new && last >= self.last_plateau + self.last_plateau / 2;
        if !is_due || !is_plateau(test) {
            return None;
        }
        self.last_plateau = last;
        // The run has gone on while the error was measured.
        Some(StopReason::AtPlateau(step))
    }
}

/// Returns whether an error has come to a plateau: its minimum in the last third of the steps is less than 1 % below its
/// minimum before. With `s` the steps of the series, and `c = s_first + 2/3 (s_last - s_first)`:
///
/// `min e(s > c) > (1 - 0.01) min e(s <= c)`
///
/// A series of fewer than 30 points, or with fewer than 5 in its last third, is no plateau.
pub fn is_plateau(error: &Series) -> bool {
    let (Some((first, _)), Some((last, _))) = (error.iter().next(), error.last()) else { return false };
    let cut = last - (last - first) / 3;
    let least = |is_late: bool| {
        let part = error.iter().filter(|&(step, _)| (step > cut) == is_late);
        part.fold((0, f32::INFINITY), |(count, least), (_, value)| (count + 1, value.min(least)))
    };
    let ((early, before), (late, after)) = (least(false), least(true));
    early + late >= MIN_MEASUREMENTS && late >= 5 && after > (1.0 - MIN_IMPROVEMENT) * before
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
    fn a_falling_error_is_no_plateau_until_it_flattens() {
        let fall = |step: f64| 0.04 + 0.03 * (-step / 3_000.0).exp();
        assert!(!is_plateau(&series(60, fall)), "it still falls");
        assert!(is_plateau(&series(400, fall)), "it has ended");
        assert!(!is_plateau(&series(400, |step| 0.1 / (1.0 + step / 10_000.0))), "slow, but still falling");
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
    fn a_run_that_continues_from_a_plateau_is_not_stopped_again_immediately() {
        let mut stops = Stops::default();
        let stop = |stops: &mut Stops, count| stops.plateau_stop(100 * count, &series(count, |_| 0.05));
        assert_eq!(stop(&mut stops, 200), None, "it is off");
        stops.set_at_plateau(true);
        assert_eq!(stop(&mut stops, 200), Some(StopReason::AtPlateau(20_000)), "the step of the run");
        assert_eq!(stop(&mut stops, 210), None);
        assert_eq!(stop(&mut stops, 300), Some(StopReason::AtPlateau(30_000)));
        stops.restart();
        assert_eq!(stop(&mut stops, 40), Some(StopReason::AtPlateau(4_000)));
    }

    #[test]
    fn an_idle_page_stops_unless_the_run_has_a_stop() {
        let mut stops = Stops::default();
        assert_eq!(stops.idle_stop(1e6), None);
        assert_eq!(stops.idle_stop(1e6 + IDLE_MS - 1.0), None);
        assert_eq!(stops.idle_stop(1e6 + IDLE_MS), Some(StopReason::Idle));
        stops.record_input();
        assert_eq!(stops.idle_stop(1e6 + IDLE_MS), None);
        stops.step = Some(1_000_000);
        assert_eq!(stops.idle_stop(1e6 + 9.0 * IDLE_MS), None);
        assert_eq!(
            (stops.step_stop(999_999), stops.step_stop(1_000_000)),
            (None, Some(StopReason::AtStep(1_000_000)))
        );
    }
}

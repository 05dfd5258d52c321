//! A clock for browsers whose own stands still for up to 100 ms, as protection against fingerprinting.

/// The steps of coarse clocks, in milliseconds: those of Firefox and Tor Browser, before and since 2022.
const TICKS: [f64; 2] = [100.0, 16.667];

/// A clock is coarse if its first readings that differ, as many as this, are all multiples of a tick, up to this error in milliseconds.
const READINGS: u32 = 6;
const TOLERANCE_MS: f64 = 0.01;

/// The longest time between two ticks, in milliseconds.
const MAX_TICK_MS: f64 = 100.0;

/// Frames further apart than this, in milliseconds, are not compared: the page was hidden.
const MAX_GAP_MS: f64 = 1_000.0;

/// The time over which frames are counted, in milliseconds.
const WINDOW_MS: f64 = 500.0;

/// The mean frame may be this many times as long as the shortest one; then less work is done in each.
const MAX_STRETCH: f64 = 1.25;

/// The factors by which the assumed duration of a piece of work grows and shrinks, and its bounds in milliseconds.
const GROWTH: f64 = 1.5;
const SHRINKAGE: f64 = 0.75;
const PIECE_MS: std::ops::RangeInclusive<f64> = 0.01..=50.0;

/// Passes the time of a fine clock on, and makes up the time between the ticks of a coarse one.
///
/// With a coarse clock nothing can be timed within a frame, so the pieces of work are counted: each is assumed to take the same
/// time, longer if frames become fewer and shorter if they do not. The time is read once after each piece.
#[derive(Clone, Debug)]
pub struct FrameClock {
    raw: f64,
    /// The readings that differ, as long as all are multiples of a tick.
    readings: Option<u32>,
    /// The made-up times of the frame and after its last piece, and how long a piece and a frame are assumed to take, in milliseconds.
    frame_time: f64,
    time: f64,
    piece_ms: f64,
    frame_ms: f64,
    shortest_frame_ms: f64,
    /// The beginning of the window, at a tick, and the frames since.
    window: f64,
    frames: u32,
}

impl Default for FrameClock {
    fn default() -> Self {
        let frame_ms = 1000.0 / 60.0;
        Self {
            raw: f64::NAN,
            readings: Some(0),
            frame_time: 0.0,
            time: 0.0,
            piece_ms: *PIECE_MS.end(),
            frame_ms,
            shortest_frame_ms: f64::INFINITY,
            window: 0.0,
            frames: 0,
        }
    }
}

impl FrameClock {
    /// Begins a frame at a time of the browser's clock, and returns its time.
    pub fn begin_frame(&mut self, raw: f64) -> f64 {
        let before = self.raw;
        self.read(raw);
        self.frames += 1;
        if (raw - before).abs() > MAX_GAP_MS {
            (self.window, self.frames) = (raw, 0);
        } else if raw != before && raw - self.window >= WINDOW_MS {
            self.adapt(raw);
        }
        self.frame_time = (self.frame_time + self.frame_ms).clamp(raw, raw + MAX_TICK_MS);
        self.time = self.frame_time;
        if self.is_coarse() { self.time } else { raw }
    }

    /// Returns the time after a piece of work, given that of the browser's clock.
    pub fn now(&mut self, raw: f64) -> f64 {
        self.read(raw);
        if !self.is_coarse() {
            return raw;
        }
        let now = self.time;
        self.time += self.piece_ms;
        now
    }

    fn is_coarse(&self) -> bool {
        self.readings >= Some(READINGS)
    }

    fn read(&mut self, raw: f64) {
        let is_multiple = |tick: f64| (raw - (raw / tick).round() * tick).abs() < TOLERANCE_MS;
        if std::mem::replace(&mut self.raw, raw) != raw {
            let readings = self.readings.filter(|_| TICKS.into_iter().any(is_multiple));
            self.readings = readings.map(|readings| (readings + 1).min(READINGS));
        }
    }

    fn adapt(&mut self, raw: f64) {
        self.frame_ms = (raw - self.window) / f64::from(self.frames);
        (self.window, self.frames) = (raw, 0);
        self.shortest_frame_ms = self.shortest_frame_ms.min(self.frame_ms);
        let is_late = self.frame_ms > MAX_STRETCH * self.shortest_frame_ms;
        self.piece_ms *= if is_late { GROWTH } else { SHRINKAGE };
        self.piece_ms = self.piece_ms.clamp(*PIECE_MS.start(), *PIECE_MS.end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs frames on a display of 60 Hz with a step of `step_ms`; the browser needs 3 ms of each. Returns the frames and steps
    /// per second, and how long the clock says that it took, in milliseconds.
    fn run(clock: &mut FrameClock, now: &mut f64, tick: f64, step_ms: f64, seconds: f64) -> [f64; 3] {
        let (begin, mut frames, mut steps, mut times) = (*now, 0.0, 0.0, Vec::new());
        let floor = |time: f64| (time / tick).floor() * tick;
        while *now < begin + 1_000.0 * seconds {
            let start = clock.begin_frame(floor(*now));
            times.push(start);
            let begun = *now;
            while clock.now(floor(*now)) < start + 10.0 {
                *now += step_ms;
                steps += 1.0;
            }
            let used = *now - begun + 3.0;
            *now = begun + (used * 0.06).ceil().max(1.0) / 0.06;
            frames += 1.0;
        }
        assert!(times.is_sorted(), "the time goes back");
        [frames / seconds, steps / seconds, times[times.len() - 1] - times[0]]
    }

    #[test]
    fn a_coarse_clock_costs_no_frames() {
        for tick in TICKS {
            for step_ms in [0.1, 0.7, 4.0] {
                let (mut clock, mut now) = (FrameClock::default(), 5.0);
                run(&mut clock, &mut now, tick, step_ms, 10.0);
                let [frames, steps, time] = run(&mut clock, &mut now, tick, step_ms, 10.0);
                assert!(frames > 45.0, "{frames} frames a second at {tick} and {step_ms} ms");
                assert!(steps * step_ms > 250.0, "{steps} steps a second at {tick} and {step_ms} ms");
                assert!((time - 10_000.0).abs() < 200.0, "{time} ms at {tick} and {step_ms} ms");
            }
        }
    }

    #[test]
    fn a_fine_clock_is_passed_on() {
        for tick in [0.005, 0.1, 1.0] {
            let (mut clock, mut now) = (FrameClock::default(), 0.0);
            let [frames, steps, _] = run(&mut clock, &mut now, tick, 0.7, 3.0);
            assert!(frames > 58.0 && steps > 800.0, "{frames} frames and {steps} steps a second");
            assert_eq!((clock.begin_frame(77.7), clock.now(78.8)), (77.7, 78.8));
        }
    }
}

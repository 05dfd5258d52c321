//! Paces animation frames: how long each trains, and whether it paints.
//!
//! The browser tells a page neither the refresh rate of the screen nor the time of compositing. Both are measured from the
//! timestamps of frames: their interval with minimal training, how much longer a painted frame takes, and whether training makes
//! frames late.

/// The shortest time a frame trains, in milliseconds.
pub const MIN_TRAINING_MS: f64 = 2.0;

/// The longest time a frame trains, in milliseconds: a longer delay would be noticed.
pub const MAX_TRAINING_MS: f64 = 25.0;

/// The first share of a refresh interval for training and drawing.
const INITIAL_SHARE: f64 = 0.75;
/// The largest share.
const MAX_SHARE: f64 = 0.94;
/// The largest share on a phone, to save its battery and scroll smoothly.
const MAX_SHARE_BY_TOUCH: f64 = 0.58;
/// The smallest share: on a busy machine frames are late even without training.
const MIN_SHARE: f64 = 0.5;
/// A late frame multiplies the share by this.
const BACK_OFF: f64 = 0.9;
/// A punctual frame adds this to the share, which balances [`BACK_OFF`] at 3 % late frames.
const RECOVERY: f64 = 0.0027;
/// A frame that takes more intervals than this has missed a refresh.
const LATE_AFTER: f64 = 1.5;
/// The number of intervals in a measurement, in frames that train as little as possible.
const INTERVALS_PER_MEASUREMENT: u32 = 3;
/// The frames from the first measurement to the second. Each wait is twice as long as the one before, because the first seconds are the
/// busiest.
const FIRST_WAIT: u32 = 15;
/// The longest wait for a measurement, in frames.
const MAX_WAIT: u32 = 480;
/// A measurement that exceeds the interval by this factor may come from a busy machine: it is accepted only if the next one, soon after,
/// exceeds it too.
const DOUBTFUL_RATIO: f64 = 1.1;
/// Plausible refresh intervals, in milliseconds: 250 Hz to 20 Hz.
const PLAUSIBLE_INTERVALS_MS: std::ops::RangeInclusive<f64> = 4.0..=50.0;
/// Frames longer than this, in milliseconds, are ignored: the page was hidden or blocked.
const MAX_FRAME_MS: f64 = 250.0;

/// The shortest time between paintings without user input, in milliseconds.
const MIN_PAINT_INTERVAL_MS: f64 = 1000.0 / 30.0;
/// The share of time for painting, unless that would paint less than one frame in [`MAX_FRAMES_PER_PAINT`].
const PAINT_SHARE: f64 = 0.2;
const MAX_FRAMES_PER_PAINT: u32 = 8;
/// The shortest training per painting during user input, as a multiple of the painting time.
const MIN_TRAINING_PER_PAINTING: f64 = 0.5;

/// The plan of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FramePlan {
    /// How long it trains, in milliseconds: from [`MIN_TRAINING_MS`] to [`MAX_TRAINING_MS`].
    pub training: f64,
    /// Whether it paints what has changed.
    pub paints: bool,
}

/// The plan of a frame in which the page is drawn for the first time. Opening frames are not planned by a pacer, and it does not learn
/// from them.
pub const OPENING_FRAME: FramePlan = FramePlan { training: MIN_TRAINING_MS, paints: true };

/// Divides frames between training and painting.
///
/// Like congestion control (Chiu and Jain, "Analysis of the increase and decrease algorithms for congestion avoidance in computer
/// networks", 1989), it increases the share of the interval slowly, and decreases it at each late frame. Frames that are late
/// for another reason, such as slow drawing, do not count. Slow painting is done less often.
#[derive(Clone, Debug)]
pub struct Pacer {
    last: Option<f64>,
    frame: FramePlan,
    /// Whether every frame is painted.
    is_interactive: bool,
    since_paint: u32,
    /// The intervals still to measure.
    unmeasured: u32,
    /// The frames until the next measurement.
    wait: u32,
    /// The frames to wait after the next measurement.
    next_wait: u32,
    /// Whether the last frame measures the interval. The first frame after training does not: it may include a delay from that training.
    is_measuring: bool,
    /// The two shortest intervals of this measurement.
    shortest: [f64; 2],
    /// The result of the last measurement.
    interval: f64,
    /// A longer interval than the accepted one, which the next measurement has to confirm.
    doubtful_interval: Option<f64>,
    /// The shares of the interval in frames that do not paint, and in those that do.
    shares: [f64; 2],
    max_share: f64,
    /// The longest time a frame trains, in milliseconds.
    max_ms: f64,
    /// The running mean of the drawing time in painted frames.
    drawing: f64,
    /// The running mean of the painting time with compositing.
    painting: f64,
}

impl Default for Pacer {
    fn default() -> Self {
        Self {
            last: None,
            frame: OPENING_FRAME,
            is_interactive: false,
            since_paint: 0,
            unmeasured: INTERVALS_PER_MEASUREMENT,
            wait: 0,
            next_wait: FIRST_WAIT,
            is_measuring: false,
            shortest: [f64::INFINITY; 2],
            interval: 1000.0 / 60.0,
            doubtful_interval: None,
            shares: [INITIAL_SHARE; 2],
            max_share: MAX_SHARE,
            max_ms: MAX_TRAINING_MS,
            drawing: 0.0,
            painting: 0.0,
        }
    }
}

impl Pacer {
    /// Makes the pacer of a phone or a tablet, which leaves two fifths of each interval free.
    pub fn for_touch() -> Self {
        let max_share = MAX_SHARE_BY_TOUCH;
        Self { shares: [max_share; 2], max_share, ..Self::default() }
    }

    /// Limits training in the next frames to `max_ms` milliseconds: from [`MIN_TRAINING_MS`] to [`MAX_TRAINING_MS`].
    pub fn limit(&mut self, max_ms: f64) {
        self.max_ms = max_ms.clamp(MIN_TRAINING_MS, MAX_TRAINING_MS);
    }

    /// Plans the next frame.
    ///
    /// `timestamp` is the frame's time, `drawing` the time of the frame before without training, both in milliseconds. Every
    /// frame is painted while the page `is_interactive`: during user input, or while it does not train.
    pub fn next(&mut self, timestamp: f64, drawing: f64, is_interactive: bool) -> FramePlan {
        let drawing = if drawing.is_finite() { drawing.max(0.0) } else { 0.0 };
        let lasted = self.last.replace(timestamp).map(|last| timestamp - last);
        if let Some(lasted) = lasted.filter(|lasted| (0.5..MAX_FRAME_MS).contains(lasted)) {
            self.learn(lasted, drawing);
        }
        self.since_paint = if self.frame.paints { 1 } else { self.since_paint + 1 };
        self.is_interactive = is_interactive;
        let has_waited = self.wait == 0;
        let paints = is_interactive || self.since_paint >= self.paint_every();
        let training = if has_waited { MIN_TRAINING_MS } else { self.training_time(paints) };
        self.is_measuring =
            has_waited && self.frame.training <= MIN_TRAINING_MS && (is_interactive || !paints);
        self.wait = self.wait.saturating_sub(1);
        self.frame = FramePlan { training, paints };
        self.frame
    }

    /// Returns how long a frame takes without training, in milliseconds: usually the refresh interval of the display.
    pub fn interval(&self) -> f64 {
        self.interval
    }

    /// Takes the second shortest of the measured intervals: a busy machine makes some frames late, and none early.
    fn take_interval(&mut self) {
        let [_, second] = std::mem::replace(&mut self.shortest, [f64::INFINITY; 2]);
        let measured = second.clamp(*PLAUSIBLE_INTERVALS_MS.start(), *PLAUSIBLE_INTERVALS_MS.end());
        let is_doubtful = measured > DOUBTFUL_RATIO * self.interval;
        match self.doubtful_interval.take() {
            None if is_doubtful => {
                self.doubtful_interval = Some(measured);
                self.next_wait = FIRST_WAIT;
            }
            Some(longer) if is_doubtful => self.interval = measured.min(longer),
            _ => self.interval = measured,
        }
        self.wait = self.next_wait;
        self.next_wait = (2 * self.next_wait).min(MAX_WAIT);
    }

    fn training_time(&self, paints: bool) -> f64 {
        let used = self.shares[usize::from(paints)] * self.interval();
        let room = if paints { used - self.drawing } else { used };
        let least =
            if self.is_interactive { MIN_TRAINING_PER_PAINTING * self.painting } else { MIN_TRAINING_MS };
        room.max(least).clamp(MIN_TRAINING_MS, self.max_ms)
    }

    /// Returns the number of frames per painted frame without user input.
    fn paint_every(&self) -> u32 {
        let interval = self.interval();
        let closest = (MIN_PAINT_INTERVAL_MS / interval).round().max(1.0);
        let affordable = (self.painting / (PAINT_SHARE * interval)).ceil();
        let every = affordable.min(f64::from(MAX_FRAMES_PER_PAINT)).max(closest) as u32;
        // The interval is measured in frames that do not paint.
        if self.wait == 0 { every.max(3) } else { every }
    }

    fn learn(&mut self, lasted: f64, drawing: f64) {
        let interval = self.interval();
        let is_late = lasted > LATE_AFTER * interval;
        let FramePlan { training, paints } = self.frame;
        if paints {
            // Slow drawing is noticed quickly and forgotten slowly.
            let weight = if drawing > self.drawing { 0.3 } else { 0.1 };
            approach(&mut self.drawing, drawing, weight);
            // In a punctual frame the browser composites in the time that is left.
            let painting = if is_late { lasted - training } else { drawing };
            approach(&mut self.painting, painting, 0.06);
        }
        let used = training + drawing;
        let share = &mut self.shares[usize::from(paints)];
        if self.is_measuring {
            let [first, second] = self.shortest;
            self.shortest = [first.min(lasted), second.min(lasted.max(first))];
            self.unmeasured -= 1;
            if self.unmeasured == 0 {
                self.unmeasured = INTERVALS_PER_MEASUREMENT;
                self.take_interval();
            }
            return;
        }
        if self.wait == 0 {
            // A frame between two that measure.
            return;
        }
        if !is_late {
            *share = (*share + RECOVERY).min(self.max_share);
        } else if used < interval {
            *share = (BACK_OFF * used / interval).min(*share).max(MIN_SHARE);
        }
    }
}

/// Updates a running mean.
fn approach(mean: &mut f64, value: f64, weight: f64) {
    *mean += weight * (value - *mean);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A simulated browser: frames start at multiples of an interval, after the work of the last one.
    struct Browser {
        interval: f64,
        /// The browser's own time in every frame, and in painted ones.
        overhead: f64,
        compositing: f64,
        drawing: f64,
        now: f64,
        is_interactive: bool,
    }

    /// The result of some frames.
    struct Run {
        /// The share of late frames.
        late: f64,
        /// The share of time spent training.
        trained: f64,
        /// Paintings per second.
        painted: f64,
    }

    impl Browser {
        fn new(hertz: f64, overhead: f64, drawing: f64) -> Self {
            let interval = 1000.0 / hertz;
            Self { interval, overhead, compositing: 0.0, drawing, now: 1000.0, is_interactive: false }
        }

        /// Runs frames; `draw` returns the drawing time of a painted one.
        fn run_drawing(&mut self, pacer: &mut Pacer, frames: u32, draw: impl Fn(u32) -> f64) -> Run {
            let (begin, mut late, mut trained, mut paintings, mut drawing) = (self.now, 0, 0.0, 0, 0.0);
            for frame in 0..frames {
                let FramePlan { training, paints } = pacer.next(self.now, drawing, self.is_interactive);
                assert!((MIN_TRAINING_MS..=MAX_TRAINING_MS).contains(&training), "{training}");
                drawing = if paints { draw(frame) } else { 0.1 };
                let compositing = if paints { self.compositing } else { 0.0 };
                let ticks =
                    ((training + drawing + compositing + self.overhead) / self.interval).ceil().max(1.0);
                self.now += ticks * self.interval;
                late += u32::from(ticks > 1.0);
                paintings += u32::from(paints);
                trained += training;
            }
            let time = self.now - begin;
            Run {
                late: f64::from(late) / f64::from(frames),
                trained: trained / time,
                painted: 1000.0 * f64::from(paintings) / time,
            }
        }

        fn run(&mut self, pacer: &mut Pacer, frames: u32) -> Run {
            let drawing = self.drawing;
            self.run_drawing(pacer, frames, |_| drawing)
        }
    }

    #[test]
    fn frames_are_punctual_and_well_used_on_every_display() {
        for (hertz, overhead, drawing, least) in [
            (60.0, 1.0, 2.0, 0.75),
            (60.0, 3.0, 3.0, 0.6),
            (120.0, 0.8, 1.0, 0.7),
            (144.0, 0.7, 0.5, 0.7),
            (30.0, 2.0, 2.0, 0.7),
        ] {
            let mut browser = Browser::new(hertz, overhead, drawing);
            let mut pacer = Pacer::default();
            browser.run(&mut pacer, 300);
            let run = browser.run(&mut pacer, 3000);
            assert!((pacer.interval() - 1000.0 / hertz).abs() < 0.1, "{hertz} Hz: {}", pacer.interval());
            assert!(run.late < 0.04, "{hertz} Hz: {} late", run.late);
            assert!(run.trained > least, "{hertz} Hz: {} trained", run.trained);
            assert!((26.0..37.0).contains(&run.painted), "{hertz} Hz: {} paintings a second", run.painted);
        }
    }

    #[test]
    fn frames_are_punctual_from_the_second_second_on() {
        for hertz in [30.0, 60.0, 75.0, 120.0, 144.0] {
            let mut browser = Browser::new(hertz, 0.0, 1.0);
            let mut pacer = Pacer::default();
            // In the first second the browser compiles and images arrive: four of five frames are late.
            for frame in 0..hertz as u32 / 2 {
                browser.overhead = if frame % 5 == 3 { 1.0 } else { 1.2 * browser.interval };
                browser.run(&mut pacer, 1);
            }
            browser.overhead = 0.7;
            browser.run(&mut pacer, hertz as u32 / 2);
            for second in 2..15 {
                let run = browser.run(&mut pacer, hertz as u32);
                if second == 7 {
                    // The machine has other work for half a second, just as the interval is measured.
                    while pacer.wait > 1 {
                        browser.run(&mut pacer, 1);
                    }
                    browser.overhead = 1.2 * browser.interval;
                    browser.run(&mut pacer, hertz as u32 / 4);
                    browser.overhead = 0.7;
                    browser.run(&mut pacer, hertz as u32 / 2);
                }
                assert!(run.late < 0.05, "{hertz} Hz, second {second}: {} late", run.late);
                assert!(run.trained > 0.4, "{hertz} Hz, second {second}: {} trained", run.trained);
            }
        }
    }

    #[test]
    fn a_phone_has_two_fifths_of_its_time_free() {
        let mut browser = Browser::new(60.0, 1.0, 3.0);
        let mut pacer = Pacer::for_touch();
        for frames in [1, 10, 1000] {
            let run = browser.run(&mut pacer, frames);
            assert!(run.trained < 0.6, "{} trained", run.trained);
        }
        let run = browser.run(&mut pacer, 1000);
        assert!(run.trained > 0.45 && run.late < 0.01, "{} trained, {} late", run.trained, run.late);
    }

    #[test]
    fn training_is_limited_until_the_limit_is_lifted() {
        let mut browser = Browser::new(60.0, 1.0, 3.0);
        let mut pacer = Pacer::default();
        pacer.limit(0.0);
        let run = browser.run(&mut pacer, 600);
        assert!(run.trained < 1.001 * MIN_TRAINING_MS / (1000.0 / 60.0), "{} trained", run.trained);
        pacer.limit(f64::INFINITY);
        browser.run(&mut pacer, 300);
        assert!(browser.run(&mut pacer, 1000).trained > 0.6);
    }

    #[test]
    fn every_frame_is_painted_during_user_input() {
        let mut browser = Browser::new(60.0, 1.0, 3.0);
        let mut pacer = Pacer::default();
        browser.run(&mut pacer, 300);
        browser.is_interactive = true;
        let run = browser.run(&mut pacer, 1000);
        assert!(run.painted > 57.0 && run.late < 0.04, "{} a second, {} late", run.painted, run.late);
        browser.is_interactive = false;
        assert!(browser.run(&mut pacer, 300).painted < 35.0);
    }

    #[test]
    fn slow_painting_is_done_less_often() {
        for (compositing, least) in [(20.0, 0.45), (60.0, 0.33), (120.0, 0.33)] {
            let mut browser = Browser { compositing, ..Browser::new(60.0, 1.0, 5.0) };
            let mut pacer = Pacer::default();
            browser.run(&mut pacer, 400);
            let run = browser.run(&mut pacer, 1000);
            assert!(run.trained > least, "{compositing} ms: {} trained", run.trained);
            assert!(run.painted > 3.0, "{compositing} ms: {} paintings a second", run.painted);
            assert!((pacer.interval() - 1000.0 / 60.0).abs() < 0.1, "{compositing} ms: {}", pacer.interval());
        }
    }

    #[test]
    fn training_continues_while_every_frame_is_painted_slowly() {
        let mut browser = Browser { compositing: 30.0, is_interactive: true, ..Browser::new(60.0, 1.0, 5.0) };
        let mut pacer = Pacer::default();
        browser.run(&mut pacer, 400);
        let run = browser.run(&mut pacer, 1000);
        assert!(run.trained > 0.3, "{} trained", run.trained);
        browser.is_interactive = false;
        browser.run(&mut pacer, 400);
        assert!((pacer.interval() - 1000.0 / 60.0).abs() < 0.1, "the interval is lost: {}", pacer.interval());
    }

    #[test]
    fn a_late_frame_shortens_training_and_punctual_ones_lengthen_it_slowly() {
        let mut pacer = Pacer::default();
        let mut now = 0.0;
        let mut next = |interval: f64| {
            now += interval;
            pacer.next(now, 2.0, true).training
        };
        for _ in 0..100 {
            next(1000.0 / 60.0);
        }
        let before = next(1000.0 / 60.0);
        let after = next(2000.0 / 60.0);
        assert!(after < 0.95 * before, "{before} to {after}");
        let later = next(1000.0 / 60.0);
        assert!(after < later && later < after + 0.1, "{after} to {later}");
    }

    #[test]
    fn a_change_of_the_refresh_rate_is_noticed() {
        for is_interactive in [false, true] {
            let mut pacer = Pacer::default();
            let mut browser = Browser { is_interactive, ..Browser::new(60.0, 1.5, 2.0) };
            for hertz in [60.0, 30.0, 60.0] {
                browser.interval = 1000.0 / hertz;
                browser.run(&mut pacer, 600);
                assert!((pacer.interval() - browser.interval).abs() < 0.1, "{hertz}: {}", pacer.interval());
            }
            assert!(browser.run(&mut pacer, 1000).late < 0.04);
        }
    }

    #[test]
    fn an_occasional_slow_drawing_costs_little() {
        let mut pacer = Pacer::default();
        let mut browser = Browser::new(60.0, 1.0, 2.0);
        let draw = |frame| if frame % 30 < 2 { 12.0 } else { 2.0 };
        browser.run_drawing(&mut pacer, 600, draw);
        let run = browser.run_drawing(&mut pacer, 3000, draw);
        assert!(run.late < 0.05, "{} late", run.late);
        assert!(run.trained > 0.6, "{} trained", run.trained);
    }

    #[test]
    fn a_busy_machine_does_not_starve_training() {
        let mut pacer = Pacer::default();
        let mut now = 0.0;
        let granted: Vec<_> = (0..2000)
            .map(|frame| {
                // Every fifth frame is late, however little is trained.
                now += if frame % 5 == 0 { 2000.0 / 60.0 } else { 1000.0 / 60.0 };
                pacer.next(now, 3.0, false).training
            })
            .collect();
        let mean = granted.iter().sum::<f64>() / granted.len() as f64;
        assert!(mean > 6.0, "{mean} ms on average");
    }

    #[test]
    fn hidden_pages_and_invalid_times_are_ignored() {
        let mut pacer = Pacer::default();
        let mut browser = Browser::new(60.0, 1.5, 2.0);
        browser.run(&mut pacer, 300);
        let before = (pacer.shares, pacer.painting);
        pacer.next(browser.now + 60_000.0, 2.0, false);
        assert_eq!((pacer.shares, pacer.painting), before);
        for invalid in [f64::NAN, f64::INFINITY, -5.0, 0.0] {
            let training = pacer.next(invalid, invalid, false).training;
            assert!((MIN_TRAINING_MS..=MAX_TRAINING_MS).contains(&training), "{training}");
        }
        browser.now += 120_000.0;
        assert!(browser.run(&mut pacer, 1000).late < 0.04);
    }
}

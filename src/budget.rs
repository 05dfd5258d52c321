//! How long a frame may train, so that the page stays smooth while the processor is used as well as it can be.
//!
//! The browser tells a page neither its screen's refresh rate nor the time its own compositing takes. But it gives each
//! frame a timestamp, and both can be learned from those: how long frames last while training pauses, and whether training
//! makes them longer.

/// The least time a frame may train, in milliseconds.
pub const LEAST: f64 = 2.0;

/// The most time a frame may train, in milliseconds: a longer delay can be felt.
pub const MOST: f64 = 14.0;

/// The part of a refresh interval that training and drawing may take at first, and at most.
const FIRST_SHARE: f64 = 0.7;
const MOST_SHARE: f64 = 0.88;
/// The share never drops below this: on a busy machine frames are late whatever this page does.
const LEAST_SHARE: f64 = 0.5;
/// A late frame multiplies the share by the first; a punctual one adds the second.
const BACK_OFF: f64 = 0.75;
const RECOVERY: f64 = 0.0015;
/// A frame is late after this many intervals; the screen's next refresh comes after two.
const LATE: f64 = 1.5;
/// Of every `CYCLE` frames, `CALM` train as little as possible, to measure how long a frame lasts without training.
const CYCLE: u32 = 180;
const CALM: u32 = 6;
/// Plausible refresh intervals, in milliseconds: 250 Hz to 20 Hz.
const INTERVALS: std::ops::RangeInclusive<f64> = 4.0..=50.0;
/// A gap longer than this, in milliseconds, means that the page was hidden or stuck; it teaches nothing.
const PAUSE: f64 = 250.0;

/// The time that training is granted in each frame.
///
/// Between late frames the share of the interval that is used grows slowly; a late frame cuts it at once, as
/// congestion control does (Chiu and Jain, "Analysis of the increase and decrease algorithms for congestion
/// avoidance in computer networks", 1989). Frames that would be late anyway, because drawing took too long or
/// because calm frames last as long, are no reason to train less.
#[derive(Clone, Debug)]
pub struct Budget {
    last: Option<f64>,
    frame: u32,
    /// Whether the frame that was begun last is one of those that are kept calm.
    calm_frame: bool,
    /// How long the last calm frames lasted.
    calm: [f64; 5],
    share: f64,
    /// A running mean of what drawing takes.
    drawing: f64,
    granted: f64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            last: None,
            frame: 0,
            calm_frame: false,
            calm: [1000.0 / 60.0; 5],
            share: FIRST_SHARE,
            drawing: 0.0,
            granted: LEAST,
        }
    }
}

impl Budget {
    /// Begins a frame and says for how many milliseconds it may train: from [`LEAST`] to [`MOST`].
    ///
    /// `timestamp` is the frame's time as the browser gives it, `drawing` how long everything but training took
    /// in the frame before; both in milliseconds.
    pub fn next(&mut self, timestamp: f64, drawing: f64) -> f64 {
        let drawing = if drawing.is_finite() { drawing.max(0.0) } else { 0.0 };
        let lasted = self.last.replace(timestamp).map(|last| timestamp - last);
        if let Some(lasted) = lasted.filter(|lasted| (0.5..PAUSE).contains(lasted)) {
            self.learn(lasted, drawing);
        }
        let room = self.share * self.interval() - self.drawing;
        self.calm_frame = self.frame % CYCLE < CALM;
        self.granted = if self.calm_frame { LEAST } else { room.clamp(LEAST, MOST) };
        self.frame = self.frame.wrapping_add(1);
        self.granted
    }

    /// How long a frame lasts if training stays out of its way, in milliseconds: as a rule, the display's
    /// refresh interval.
    pub fn interval(&self) -> f64 {
        let mut calm = self.calm;
        calm.sort_unstable_by(f64::total_cmp);
        let mean = (calm[1] + calm[2] + calm[3]) / 3.0;
        mean.clamp(*INTERVALS.start(), *INTERVALS.end())
    }

    fn learn(&mut self, lasted: f64, drawing: f64) {
        // A heavy drawing is soon taken into account, and soon forgotten.
        let weight = if drawing > self.drawing { 0.3 } else { 0.1 };
        self.drawing += weight * (drawing - self.drawing);

        let interval = self.interval();
        let used = self.granted + drawing;
        if self.calm_frame {
            // The first calm frame may still wait for the one before.
            if self.frame % CYCLE != 1 || self.frame == 1 {
                self.calm.rotate_left(1);
                self.calm[4] = lasted;
            }
        } else if lasted <= LATE * interval {
            self.share = (self.share + RECOVERY).min(MOST_SHARE);
        } else if used < interval {
            self.share = (BACK_OFF * used / interval).min(self.share).max(LEAST_SHARE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A browser: frames begin at multiples of an interval, and one begins as soon as the last one's work,
    /// and what the browser adds to it, is done.
    struct Browser {
        interval: f64,
        overhead: f64,
        drawing: f64,
        now: f64,
    }

    /// What became of some frames.
    struct Run {
        /// The part that took longer than one and a half intervals of the display.
        late: f64,
        /// The part of the time spent on training.
        trained: f64,
    }

    impl Browser {
        fn new(hertz: f64, overhead: f64, drawing: f64) -> Self {
            Self { interval: 1000.0 / hertz, overhead, drawing, now: 1000.0 }
        }

        /// Lets frames pass; `draw` says how long drawing takes in each.
        fn run_drawing(&mut self, budget: &mut Budget, frames: u32, draw: impl Fn(u32) -> f64) -> Run {
            let (begin, mut late, mut trained) = (self.now, 0, 0.0);
            let mut drawing = self.drawing;
            for frame in 0..frames {
                let granted = budget.next(self.now, drawing);
                assert!((LEAST..=MOST).contains(&granted), "{granted}");
                drawing = draw(frame);
                let work = granted + drawing + self.overhead;
                let ticks = (work / self.interval).ceil().max(1.0);
                self.now += ticks * self.interval;
                late += u32::from(ticks > 1.0);
                trained += granted;
            }
            Run { late: f64::from(late) / f64::from(frames), trained: trained / (self.now - begin) }
        }

        fn run(&mut self, budget: &mut Budget, frames: u32) -> Run {
            let drawing = self.drawing;
            self.run_drawing(budget, frames, |_| drawing)
        }
    }

    #[test]
    fn frames_keep_the_interval_of_every_display_and_most_of_it_is_used() {
        for (hertz, overhead, drawing, least) in [
            (60.0, 1.5, 2.0, 0.6),
            (60.0, 4.0, 3.0, 0.45),
            (120.0, 1.0, 1.0, 0.5),
            (144.0, 1.0, 0.5, 0.5),
            (30.0, 2.0, 2.0, 0.38),
        ] {
            let mut browser = Browser::new(hertz, overhead, drawing);
            let mut budget = Budget::default();
            browser.run(&mut budget, 300);
            let run = browser.run(&mut budget, 3000);
            assert!((budget.interval() - 1000.0 / hertz).abs() < 0.1, "{hertz} Hz: {}", budget.interval());
            assert!(run.late < 0.02, "{hertz} Hz: {} late", run.late);
            assert!(run.trained > least, "{hertz} Hz: {} trained", run.trained);
        }
    }

    #[test]
    fn a_late_frame_is_answered_at_once_and_forgiven_slowly() {
        let mut budget = Budget::default();
        let mut now = 0.0;
        for _ in 0..100 {
            now += 1000.0 / 60.0;
            budget.next(now, 2.0);
        }
        let before = budget.granted;
        let after = budget.next(now + 2000.0 / 60.0, 2.0);
        assert!(after < 0.8 * before, "{before} to {after}");
        let next = budget.next(now + 3000.0 / 60.0, 2.0);
        assert!(after < next && next < after + 0.1, "{after} to {next}");
    }

    #[test]
    fn throttling_is_noticed_and_so_is_its_end() {
        let mut budget = Budget::default();
        let mut browser = Browser::new(60.0, 1.5, 2.0);
        browser.run(&mut budget, 600);
        browser.interval = 1000.0 / 30.0;
        browser.run(&mut budget, 400);
        assert!((budget.interval() - 1000.0 / 30.0).abs() < 0.1, "{}", budget.interval());
        browser.interval = 1000.0 / 60.0;
        browser.run(&mut budget, 400);
        assert!((budget.interval() - 1000.0 / 60.0).abs() < 0.1, "{}", budget.interval());
        assert!(browser.run(&mut budget, 1000).late < 0.02);
    }

    #[test]
    fn drawing_that_cannot_keep_up_does_not_stop_training() {
        let mut budget = Budget::default();
        let mut browser = Browser::new(60.0, 2.0, 17.0);
        browser.run(&mut budget, 400);
        let run = browser.run(&mut budget, 1000);
        assert!(run.trained > 0.2, "{}", run.trained);
    }

    #[test]
    fn a_heavy_drawing_now_and_then_costs_little() {
        let mut budget = Budget::default();
        let mut browser = Browser::new(60.0, 1.5, 2.0);
        let draw = |frame| if frame % 30 == 0 { 12.0 } else { 2.0 };
        browser.run_drawing(&mut budget, 600, draw);
        let run = browser.run_drawing(&mut budget, 3000, draw);
        assert!(run.late < 0.05, "{} late", run.late);
        assert!(run.trained > 0.5, "{} trained", run.trained);
    }

    #[test]
    fn a_busy_machine_does_not_starve_training() {
        let mut budget = Budget::default();
        let mut now = 0.0;
        let granted: Vec<_> = (0..2000)
            .map(|frame| {
                // Every fifth frame is late, however little is trained.
                now += if frame % 5 == 0 { 2000.0 / 60.0 } else { 1000.0 / 60.0 };
                budget.next(now, 3.0)
            })
            .collect();
        let mean = granted.iter().sum::<f64>() / granted.len() as f64;
        assert!(mean > 4.5, "{mean} ms on average");
    }

    #[test]
    fn nothing_is_learnt_from_a_hidden_page_or_from_nonsense() {
        let mut budget = Budget::default();
        let mut browser = Browser::new(60.0, 1.5, 2.0);
        browser.run(&mut budget, 300);
        let before = budget.granted;
        assert_eq!(budget.next(browser.now + 60_000.0, 2.0), before);
        for nonsense in [f64::NAN, f64::INFINITY, -5.0, 0.0] {
            let granted = budget.next(nonsense, nonsense);
            assert!((LEAST..=MOST).contains(&granted), "{granted}");
        }
        browser.now += 120_000.0;
        assert!(browser.run(&mut budget, 1000).late < 0.02);
    }
}

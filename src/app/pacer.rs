//! What a frame does: how long it may train, and whether it paints, so that the page stays smooth while the processor is used
//! as well as it can be.
//!
//! The browser tells a page neither its screen's refresh rate nor the time its own compositing takes. But it gives each
//! frame a timestamp, and both can be learned from those: how long frames last while training pauses, how much longer where
//! something is painted, and whether training makes them late.

/// The least time a frame may train, in milliseconds.
pub const MIN_MS: f64 = 2.0;

/// The most time a frame may train, in milliseconds: a longer delay can be felt.
pub const MAX_MS: f64 = 25.0;

/// The part of a refresh interval that training and drawing may take at first, and at most.
const FIRST_SHARE: f64 = 0.75;
const MOST_SHARE: f64 = 0.94;
/// The same for a phone, which has a battery, grows warm, and is scrolled by a finger.
const MOST_SHARE_BY_TOUCH: f64 = 0.58;
/// The share never drops below this: on a busy machine frames are late whatever this page does.
const LEAST_SHARE: f64 = 0.5;
/// A late frame multiplies the share by the first; a punctual one adds the second. They balance where three frames in a
/// hundred are late.
const BACK_OFF: f64 = 0.9;
const RECOVERY: f64 = 0.0027;
/// A frame is late after this many intervals; the screen's next refresh comes after two.
const LATE: f64 = 1.5;
/// Out of every `CYCLE` frames, `CALM` train as little as possible, to measure how long a frame lasts without training.
const CYCLE: u32 = 180;
const CALM: u32 = 6;
/// Plausible refresh intervals, in milliseconds: 250 Hz to 20 Hz.
const INTERVALS: std::ops::RangeInclusive<f64> = 4.0..=50.0;
/// A gap longer than this, in milliseconds, means that the page was hidden or stuck; it teaches nothing.
const PAUSE: f64 = 250.0;

/// While the page only trains, it is painted this often at most: every 33 ms. In milliseconds.
const CLOSEST_PAINTS: f64 = 1000.0 / 30.0;
/// Painting may take this part of the time, as long as one frame in [`RAREST_PAINTS`] is painted.
const PAINT_SHARE: f64 = 0.2;
const RAREST_PAINTS: u32 = 8;
/// Where every frame is painted and that takes long, training has at least half as long: a third of the time.
const LEAST_TO_PAINTING: f64 = 0.5;

/// What a frame does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// For how many milliseconds it may train: from [`MIN_MS`] to [`MAX_MS`].
    pub training: f64,
    /// Whether it paints what has changed.
    pub paints: bool,
}

/// Shares a frame out between training and painting.
///
/// Between late frames the share of the interval that is used grows slowly; a late frame cuts it at once, as
/// congestion control does (Chiu and Jain, "Analysis of the increase and decrease algorithms for congestion
/// avoidance in computer networks", 1989). Frames that would be late anyway, because drawing took too long or
/// because calm frames last as long, are no reason to train less. Where painting costs more, it is done less often.
#[derive(Clone, Debug)]
pub struct Pacer {
    last: Option<f64>,
    count: u32,
    /// The frame that was begun last, whether it is one of those that are kept calm, and whether every frame is painted.
    frame: Frame,
    is_calm: bool,
    is_interactive: bool,
    since_paint: u32,
    /// How long the last calm frames lasted.
    calm: [f64; 5],
    /// The share of the interval in frames that paint nothing, and in those that paint.
    shares: [f64; 2],
    most_share: f64,
    /// The most that a frame may train, in milliseconds.
    most: f64,
    /// Running means of what drawing takes in a frame that paints, and of what painting costs with all that the browser
    /// does for it.
    drawing: f64,
    painting: f64,
}

impl Default for Pacer {
    fn default() -> Self {
        Self {
            last: None,
            count: 0,
            frame: Frame { training: MIN_MS, paints: true },
            is_calm: false,
            is_interactive: false,
            since_paint: 0,
            calm: [1000.0 / 60.0; 5],
            shares: [FIRST_SHARE; 2],
            most_share: MOST_SHARE,
            most: MAX_MS,
            drawing: 0.0,
            painting: 0.0,
        }
    }
}

impl Pacer {
    /// A pacer for a phone or a tablet: it leaves two fifths of each interval to everything else.
    #[must_use]
    pub fn by_touch() -> Self {
        let most_share = MOST_SHARE_BY_TOUCH;
        Self { shares: [most_share; 2], most_share, ..Self::default() }
    }

    /// Grants the next frames no more than `most` milliseconds of training: from [`MIN_MS`] to [`MAX_MS`].
    pub fn limit(&mut self, most: f64) {
        self.most = most.clamp(MIN_MS, MAX_MS);
    }

    /// Begins a frame.
    ///
    /// `timestamp` is the frame's time as the browser gives it, `drawing` how long everything but training took in the frame
    /// before; both in milliseconds. Where `is_interactive`, every frame is painted: somebody points at something, or nothing
    /// trains.
    pub fn next(&mut self, timestamp: f64, drawing: f64, is_interactive: bool) -> Frame {
        let drawing = if drawing.is_finite() { drawing.max(0.0) } else { 0.0 };
        let lasted = self.last.replace(timestamp).map(|last| timestamp - last);
        if let Some(lasted) = lasted.filter(|lasted| (0.5..PAUSE).contains(lasted)) {
            self.learn(lasted, drawing);
        }
        self.since_paint = if self.frame.paints { 1 } else { self.since_paint + 1 };
        self.is_interactive = is_interactive;
        self.is_calm = self.count % CYCLE < CALM;
        let paints = is_interactive || self.since_paint >= self.paint_every();
        self.count = self.count.wrapping_add(1);
        let training = if self.is_calm { MIN_MS } else { self.room(paints) };
        self.frame = Frame { training, paints };
        self.frame
    }

    /// How long a frame lasts if training stays out of its way, in milliseconds: as a rule, the display's
    /// refresh interval.
    pub fn interval(&self) -> f64 {
        let mut calm = self.calm;
        calm.sort_unstable_by(f64::total_cmp);
        let mean = (calm[1] + calm[2] + calm[3]) / 3.0;
        mean.clamp(*INTERVALS.start(), *INTERVALS.end())
    }

    fn room(&self, paints: bool) -> f64 {
        let used = self.shares[usize::from(paints)] * self.interval();
        let room = if paints { used - self.drawing } else { used };
        let least = if self.is_interactive { LEAST_TO_PAINTING * self.painting } else { MIN_MS };
        room.max(least).clamp(MIN_MS, self.most)
    }

    /// Of how many frames one is painted while nobody points at anything.
    fn paint_every(&self) -> u32 {
        let interval = self.interval();
        let closest = (CLOSEST_PAINTS / interval).round().max(1.0);
        let affordable = (self.painting / (PAINT_SHARE * interval)).ceil();
        let every = affordable.min(f64::from(RAREST_PAINTS)).max(closest) as u32;
        // Calm frames are to tell how long one lasts in which nothing is painted.
        if self.is_calm { every.max(2) } else { every }
    }

    fn learn(&mut self, lasted: f64, drawing: f64) {
        let interval = self.interval();
        let is_late = lasted > LATE * interval;
        let Frame { training, paints } = self.frame;
        if paints {
            // Something heavy is soon taken into account, and soon forgotten.
            let weight = if drawing > self.drawing { 0.3 } else { 0.1 };
            approach(&mut self.drawing, drawing, weight);
            // What a punctual frame cost beyond drawing, the browser did in time that was left. One late frame says little.
            approach(&mut self.painting, if is_late { lasted - training } else { drawing }, 0.06);
        }
        let used = training + drawing;
        let share = &mut self.shares[usize::from(paints)];
        if self.is_calm {
            // The first calm frame may still wait for the one before.
            let is_first = self.count % CYCLE == 1 && self.count != 1;
            if !is_first && (self.is_interactive || !paints) {
                self.calm.rotate_left(1);
                self.calm[4] = lasted;
            }
        } else if !is_late {
            *share = (*share + RECOVERY).min(self.most_share);
        } else if used < interval {
            *share = (BACK_OFF * used / interval).min(*share).max(LEAST_SHARE);
        }
    }
}

/// Lets a running mean follow.
fn approach(mean: &mut f64, value: f64, weight: f64) {
    *mean += weight * (value - *mean);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A browser: frames begin at multiples of an interval, and one begins as soon as the last one's work,
    /// and what the browser adds to it, is done.
    struct Browser {
        interval: f64,
        /// What the browser does in every frame, and where something is painted.
        overhead: f64,
        compositing: f64,
        drawing: f64,
        now: f64,
        is_interactive: bool,
    }

    /// What became of some frames.
    struct Run {
        /// The part that took longer than one and a half intervals of the display.
        late: f64,
        /// The part of the time spent on training.
        trained: f64,
        /// Paintings in a second.
        painted: f64,
    }

    impl Browser {
        fn new(hertz: f64, overhead: f64, drawing: f64) -> Self {
            let interval = 1000.0 / hertz;
            Self { interval, overhead, compositing: 0.0, drawing, now: 1000.0, is_interactive: false }
        }

        /// Lets frames pass; `draw` says how long drawing takes in each that paints.
        fn run_drawing(&mut self, pacer: &mut Pacer, frames: u32, draw: impl Fn(u32) -> f64) -> Run {
            let (begin, mut late, mut trained, mut paintings, mut drawing) = (self.now, 0, 0.0, 0, 0.0);
            for frame in 0..frames {
                let Frame { training, paints } = pacer.next(self.now, drawing, self.is_interactive);
                assert!((MIN_MS..=MAX_MS).contains(&training), "{training}");
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
    fn frames_keep_the_interval_of_every_display_and_most_of_it_is_used() {
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
    fn two_fifths_of_a_phones_time_are_left_to_it() {
        let mut browser = Browser::new(60.0, 1.0, 3.0);
        let mut pacer = Pacer::by_touch();
        for frames in [1, 10, 1000] {
            let run = browser.run(&mut pacer, frames);
            assert!(run.trained < 0.6, "{} trained", run.trained);
        }
        let run = browser.run(&mut pacer, 1000);
        assert!(run.trained > 0.45 && run.late < 0.01, "{} trained, {} late", run.trained, run.late);
    }

    #[test]
    fn a_limit_holds_until_it_is_lifted() {
        let mut browser = Browser::new(60.0, 1.0, 3.0);
        let mut pacer = Pacer::default();
        pacer.limit(0.0);
        let run = browser.run(&mut pacer, 600);
        assert!(run.trained < 1.001 * MIN_MS / (1000.0 / 60.0), "{} trained", run.trained);
        pacer.limit(f64::INFINITY);
        browser.run(&mut pacer, 300);
        assert!(browser.run(&mut pacer, 1000).trained > 0.6);
    }

    #[test]
    fn whoever_points_at_something_sees_every_frame() {
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
    fn where_painting_is_slow_it_is_done_less_often_and_training_goes_on() {
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
    fn where_every_frame_is_painted_slowly_training_has_its_part() {
        let mut browser = Browser { compositing: 30.0, is_interactive: true, ..Browser::new(60.0, 1.0, 5.0) };
        let mut pacer = Pacer::default();
        browser.run(&mut pacer, 400);
        let run = browser.run(&mut pacer, 1000);
        assert!(run.trained > 0.3, "{} trained", run.trained);
        browser.is_interactive = false;
        browser.run(&mut pacer, 400);
        assert!(
            (pacer.interval() - 1000.0 / 60.0).abs() < 0.1,
            "what was learned is not kept: {}",
            pacer.interval()
        );
    }

    #[test]
    fn a_late_frame_is_answered_at_once_and_forgiven_slowly() {
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
    fn throttling_is_noticed_and_so_is_its_end() {
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
    fn a_heavy_drawing_now_and_then_costs_little() {
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
    fn nothing_is_learnt_from_a_hidden_page_or_from_nonsense() {
        let mut pacer = Pacer::default();
        let mut browser = Browser::new(60.0, 1.5, 2.0);
        browser.run(&mut pacer, 300);
        let before = (pacer.shares, pacer.painting);
        pacer.next(browser.now + 60_000.0, 2.0, false);
        assert_eq!((pacer.shares, pacer.painting), before);
        for nonsense in [f64::NAN, f64::INFINITY, -5.0, 0.0] {
            let training = pacer.next(nonsense, nonsense, false).training;
            assert!((MIN_MS..=MAX_MS).contains(&training), "{training}");
        }
        browser.now += 120_000.0;
        assert!(browser.run(&mut pacer, 1000).late < 0.04);
    }
}

//! The visible part of the latent plane. It follows the points smoothly, so that the points are seen to move, not the axes.

/// A rectangle of the latent plane, with the same unit on both axes; the y axis points up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The left edge.
    pub x0: f32,
    /// The right edge.
    pub x1: f32,
    /// The lower edge.
    pub y0: f32,
    /// The upper edge.
    pub y1: f32,
}

/// Half the width of the smallest rectangle: collapsed points should look collapsed.
const MIN_HALF_WIDTH: f32 = 0.1;
/// The margin around the points, relative to their extent.
const MARGIN: f32 = 0.14;
/// The dead zone, relative to the size: the bounds do not move while they are off by less. The margin is larger than the sum,
/// so that the points stay inside.
const TOO_SMALL: f32 = 0.04;
const TOO_LARGE: f32 = 0.16;
const OFF_CENTRE: f32 = 0.05;
/// A slower movement, in half widths per frame of 60 Hz, counts as none: it is invisible, and would never end.
const MIN_SPEED: f32 = 1e-4;
const FRAME_MS: f32 = 1000.0 / 60.0;
/// Time constants: points that leave are followed quickly, and empty space is given up slowly.
const GROW_MS: f32 = 120.0;
const SHRINK_MS: f32 = 1200.0;
const MOVE_MS: f32 = 350.0;
/// The longest frame; a hidden tab's lasts longer.
const MAX_FRAME_MS: f32 = 100.0;

impl Default for Bounds {
    /// From -1 to 1.
    fn default() -> Self {
        Self::new((0.0, 0.0), 1.0, 1.0)
    }
}

impl Bounds {
    /// Creates a rectangle from its centre, half its width, and its height relative to the width.
    pub fn new((x, y): (f32, f32), half: f32, aspect: f32) -> Self {
        Self { x0: x - half, x1: x + half, y0: y - aspect * half, y1: y + aspect * half }
    }

    /// Fits a rectangle to points, with a margin.
    ///
    /// Up to 1 % of outliers at each end may fall outside, and points with NaN or infinity are ignored. Without any finite
    /// point the result is [`Bounds::default`].
    pub fn fit(points: impl IntoIterator<Item = (f32, f32)>) -> Self {
        let finite = |p: &(f32, f32)| p.0.is_finite() && p.1.is_finite();
        let (mut xs, mut ys): (Vec<f32>, Vec<f32>) = points.into_iter().filter(finite).unzip();
        let (Some((x0, x1)), Some((y0, y1))) = (extent(&mut xs), extent(&mut ys)) else {
            return Self::default();
        };
        // Halved first, so that the largest floats do not overflow.
        let half = |low: f32, high: f32| {
            ((0.5 * high - 0.5 * low) * (1.0 + MARGIN)).clamp(MIN_HALF_WIDTH, f32::MAX / 8.0)
        };
        let (width, height) = (half(x0, x1), half(y0, y1));
        Self::new((0.5 * x0 + 0.5 * x1, 0.5 * y0 + 0.5 * y1), width, height / width)
    }

    /// Returns the smallest rectangle of another shape around this one, with the same centre.
    pub fn with_aspect(&self, aspect: f32) -> Self {
        let height = 0.5 * self.y1 - 0.5 * self.y0;
        Self::new(self.centre(), self.half_width().max(height / aspect), aspect)
    }

    /// Returns the centre.
    pub fn centre(&self) -> (f32, f32) {
        (0.5 * self.x0 + 0.5 * self.x1, 0.5 * self.y0 + 0.5 * self.y1)
    }

    /// Returns half the width.
    pub fn half_width(&self) -> f32 {
        0.5 * self.x1 - 0.5 * self.x0
    }

    /// Returns whether a point is inside.
    pub fn contains(&self, (x, y): (f32, f32)) -> bool {
        (self.x0..=self.x1).contains(&x) && (self.y0..=self.y1).contains(&y)
    }

    /// Returns the height relative to the width.
    pub fn aspect(&self) -> f32 {
        (0.5 * self.y1 - 0.5 * self.y0) / self.half_width()
    }

    /// Maps a point to a picture that is `width` pixels wide, from its top left corner.
    pub fn to_px(&self, (x, y): (f32, f32), width: f32) -> (f32, f32) {
        let unit = width / (self.x1 - self.x0);
        ((x - self.x0) * unit, (self.y1 - y) * unit)
    }

    /// Maps a pixel of a picture that is `width` pixels wide to a point.
    pub fn to_data(&self, (px, py): (f32, f32), width: f32) -> (f32, f32) {
        let unit = (self.x1 - self.x0) / width.max(1.0);
        (self.x0 + px * unit, self.y1 - py * unit)
    }

    /// Moves towards `target`, of the same shape, for a frame of `dt` milliseconds, and returns whether it moved.
    ///
    /// Each difference beyond the dead zone decays as `exp(-dt / tau)`, that of the size on a logarithmic scale. The movement
    /// does not depend on the frame rate, and the bounds stay at rest while the points jitter.
    pub fn ease_towards(&mut self, target: &Self, dt: f32) -> bool {
        let (half, target_half) = (self.half_width(), target.half_width());
        let ((x, y), (to_x, to_y)) = (self.centre(), target.centre());
        if !(target_half.is_finite() && target_half > 0.0 && to_x.is_finite() && to_y.is_finite() && dt > 0.0)
        {
            return false;
        }
        let ratio = (target_half / half).ln();
        let size = (beyond(ratio, TOO_LARGE, TOO_SMALL), if ratio > 0.0 { GROW_MS } else { SHRINK_MS });
        let zone = OFF_CENTRE * target_half;
        let offset = (beyond(to_x - x, zone, zone), beyond(to_y - y, zone, zone));
        // The speed, not the distance in this frame: a longer frame must not set resting bounds in motion.
        let speed = (size.0 / size.1)
            .abs()
            .max(offset.0.abs().max(offset.1.abs()) / (MOVE_MS * half.min(target_half)));
        let moves = speed > MIN_SPEED / FRAME_MS;
        if moves {
            let fraction = |tau: f32| 1.0 - libm::expf(-dt.min(MAX_FRAME_MS) / tau);
            let centre = (x + offset.0 * fraction(MOVE_MS), y + offset.1 * fraction(MOVE_MS));
            *self = Self::new(centre, half * libm::expf(size.0 * fraction(size.1)), target.aspect());
        }
        moves
    }
}

/// Returns the part of a difference outside the dead zone from `-below` to `above`.
fn beyond(difference: f32, below: f32, above: f32) -> f32 {
    (difference - above).max(0.0) + (difference + below).min(0.0)
}

/// Returns the range of the values, without up to 1 % of outliers at each end.
fn extent(values: &mut [f32]) -> Option<(f32, f32)> {
    let last = values.len().checked_sub(1)?;
    let cut = values.len() / 100;
    values.sort_unstable_by(f32::total_cmp);
    let (low, high) = (values[cut], values[last - cut]);
    let reach = 0.5 * (high - low);
    Some((values[0].max(low - reach), values[last].min(high + reach)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points on a circle.
    fn circle(centre: (f32, f32), radius: f32) -> impl Iterator<Item = (f32, f32)> {
        let angle = |i| i as f32 / 1000.0 * std::f32::consts::TAU;
        (0..1000).map(move |i| (centre.0 + radius * angle(i).cos(), centre.1 + radius * angle(i).sin()))
    }

    /// Returns the frames until rest, and the largest movement of an edge in a frame, relative to the side.
    fn settle(bounds: &mut Bounds, target: &Bounds) -> (usize, f32) {
        let mut jump = 0f32;
        for frame in 0..5000 {
            let before = *bounds;
            if !bounds.ease_towards(target, FRAME_MS) {
                return (frame, jump);
            }
            let side = 2.0 * before.half_width().max(bounds.half_width());
            jump = jump.max((bounds.x0 - before.x0).abs() / side).max((bounds.y1 - before.y1).abs() / side);
        }
        panic!("it never rests: {bounds:?} towards {target:?}");
    }

    #[test]
    fn a_fit_is_square_with_a_margin() {
        let bounds = Bounds::fit(circle((3.0, -1.0), 2.0));
        assert!((bounds.x1 - bounds.x0 - (bounds.y1 - bounds.y0)).abs() < 1e-5);
        assert!(circle((3.0, -1.0), 2.2).all(|p| bounds.contains(p)));
        assert!(bounds.half_width() < 2.5);
    }

    #[test]
    fn a_few_outliers_are_cut_off() {
        let with = |far: Vec<(f32, f32)>| Bounds::fit(circle((0.0, 0.0), 1.0).chain(far));
        assert!(with(vec![(100.0, 0.0), (0.0, -1e30)]).half_width() < 2.5);
        // A point close to the others is not cut off, nor is a cluster.
        assert!(with(vec![(1.8, 0.0)]).contains((1.8, 0.0)));
        assert!(with(vec![(9.0, 0.0); 100]).contains((9.0, 0.0)));
    }

    #[test]
    fn no_points_and_extreme_points_give_finite_bounds() {
        let nan = f32::NAN;
        assert_eq!(Bounds::fit([]), Bounds::default());
        assert_eq!(Bounds::fit([(nan, 0.0), (0.0, f32::INFINITY)]), Bounds::default());
        assert_eq!(Bounds::fit([(nan, 3.0), (2.0, 2.0)]), Bounds::new((2.0, 2.0), MIN_HALF_WIDTH, 1.0));
        for big in [1e30, f32::MAX] {
            let bounds = Bounds::fit([(-big, -big), (big, big)]);
            assert!(
                bounds.half_width().is_finite() && bounds.x0.is_finite() && bounds.y1.is_finite(),
                "{bounds:?}"
            );
        }
    }

    #[test]
    fn pixels_and_back() {
        let bounds = Bounds::new((1.0, -2.0), 4.0, 1.0);
        assert_eq!(bounds.to_px((1.0, -2.0), 700.0), (350.0, 350.0));
        assert_eq!(bounds.to_px((-3.0, 2.0), 700.0), (0.0, 0.0));
        for p in [(0.0, 0.0), (4.9, -5.9), (-20.0, 7.0)] {
            let back = bounds.to_data(bounds.to_px(p, 700.0), 700.0);
            assert!((back.0 - p.0).abs() < 1e-4 && (back.1 - p.1).abs() < 1e-4, "{p:?} {back:?}");
        }
    }

    #[test]
    fn it_rests_while_the_points_jitter() {
        let mut bounds = Bounds::fit(circle((0.0, 0.0), 1.0));
        for i in 0..600 {
            let jitter = 0.03 * (i as f32).sin();
            let target = Bounds::fit(circle((jitter, -jitter), 1.0 + jitter));
            assert!(!bounds.ease_towards(&target, FRAME_MS), "moved in frame {i}");
        }
    }

    #[test]
    fn a_longer_frame_does_not_end_the_rest() {
        for i in 0..200 {
            let target = Bounds::new((0.01 * i as f32, 0.0), 0.3 + 0.05 * i as f32, 1.0);
            for (before, after) in [(100.0, 7.0), (33.0, 16.0), (7.0, 100.0)] {
                let mut bounds = Bounds::new((0.0, 0.0), 1.0, 1.0);
                assert!((0..5000).any(|_| !bounds.ease_towards(&target, before)));
                assert!(!bounds.ease_towards(&target, after), "{before} ms, then {after} ms: {target:?}");
            }
        }
    }

    #[test]
    fn at_rest_all_points_are_inside() {
        let starts = [((0.0, 0.0), 1.0), ((5.0, -3.0), 0.3), ((0.5, 0.5), 30.0), ((-40.0, 9.0), 2.0)];
        for (centre, half) in starts {
            let mut bounds = Bounds::new(centre, half, 1.0);
            settle(&mut bounds, &Bounds::fit(circle((1.0, 2.0), 3.0)));
            assert!(
                circle((1.0, 2.0), 3.0).all(|p| bounds.contains(p)),
                "from {centre:?} {half}: {bounds:?}"
            );
            assert!(bounds.half_width() < 3.0 * 1.4, "from {centre:?} {half}: {bounds:?}");
        }
    }

    #[test]
    fn it_grows_quickly_shrinks_slowly_and_never_jumps() {
        let (small, large) = (Bounds::new((0.0, 0.0), 1.0, 1.0), Bounds::new((0.0, 0.0), 2.0, 1.0));
        let half_way = |from: &Bounds, to: &Bounds| {
            let mut bounds = *from;
            (1..).find(|_| {
                bounds.ease_towards(to, FRAME_MS);
                (bounds.half_width() / from.half_width()).ln().abs() > 0.5 * 2f32.ln()
            })
        };
        assert!(half_way(&small, &large).is_some_and(|frames| frames <= 8));
        assert!(half_way(&large, &small).is_some_and(|frames| frames >= 50));
        for (from, to) in [(small, large), (large, small)] {
            let mut bounds = from;
            let (_, jump) = settle(&mut bounds, &to);
            assert!(jump < 0.08, "an edge moved by {jump} of the side in a frame");
        }
    }

    #[test]
    fn the_movement_does_not_depend_on_the_frame_rate() {
        let target = Bounds::new((2.0, 1.0), 5.0, 1.0);
        let run = |frames: usize| {
            let mut bounds = Bounds::default();
            (0..frames).for_each(|_| _ = bounds.ease_towards(&target, 240.0 / frames as f32));
            bounds
        };
        let (slow, fast) = (run(8), run(32));
        assert!((slow.half_width() / fast.half_width() - 1.0).abs() < 1e-3, "{slow:?} {fast:?}");
        assert!((slow.x0 - fast.x0).abs() < 5e-3, "{slow:?} {fast:?}");
    }

    #[test]
    fn long_frames_and_invalid_targets_do_not_jump() {
        let mut bounds = Bounds::default();
        bounds.ease_towards(&Bounds::new((0.0, 0.0), 10.0, 1.0), 3_600_000.0);
        assert!(bounds.half_width() < 9.0);
        let before = bounds;
        for (x, half) in [(f32::NAN, 1.0), (0.0, f32::INFINITY), (0.0, f32::NAN), (0.0, 0.0)] {
            assert!(!bounds.ease_towards(&Bounds::new((x, 0.0), half, 1.0), FRAME_MS));
        }
        assert!(!bounds.ease_towards(&Bounds::default(), f32::NAN));
        assert_eq!(bounds, before);
    }
}

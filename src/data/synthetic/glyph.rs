//! The shape of a digit: points in the order in which a pen passes them.
//!
//! Coordinates: x to the right, y down, the digit in the unit square. Every variant of a digit draws its own proportions,
//! over wide ranges: these, more than the later distortion by a style, teach a network what a digit is.

/// A point `[x, y]`.
pub(super) type Point = [f32; 2];

/// The way in which the pen passes a knot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// On a smooth curve.
    Smooth,
    /// Turning on the spot.
    Corner,
    /// Leaving the paper.
    Lift,
}

/// A point of the curve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Knot {
    pub(super) at: Point,
    pub(super) joint: Joint,
}

/// The knots of a digit, in the order of writing.
pub(super) struct Glyph {
    pub(super) knots: Vec<Knot>,
}

impl Glyph {
    /// Starts a smooth curve through `points`.
    pub(super) fn start(points: impl IntoIterator<Item = Point>) -> Self {
        Self { knots: Vec::with_capacity(24) }.smooth(points)
    }

    /// Continues smoothly through `points`.
    pub(super) fn smooth(mut self, points: impl IntoIterator<Item = Point>) -> Self {
        self.knots.extend(points.into_iter().map(|at| Knot { at, joint: Joint::Smooth }));
        self
    }

    /// Continues to a sharp corner.
    pub(super) fn corner(self, at: Point) -> Self {
        self.corner_if(true, at)
    }

    /// Continues to a corner if `is_sharp`, or else smoothly.
    pub(super) fn corner_if(mut self, is_sharp: bool, at: Point) -> Self {
        self.knots.push(Knot { at, joint: if is_sharp { Joint::Corner } else { Joint::Smooth } });
        self
    }

    /// Lifts the pen and starts another stroke through `points`.
    pub(super) fn stroke(mut self, points: impl IntoIterator<Item = Point>) -> Self {
        if let Some(last) = self.knots.last_mut() {
            last.joint = Joint::Lift;
        }
        self.smooth(points)
    }
}

/// Returns `count` points on an ellipse, from angle `from` to `to`: 0 is the top, a quarter turn (pi/2) the right.
pub(super) fn arc(
    centre: Point,
    radii: Point,
    (from, to): (f32, f32),
    count: usize,
) -> impl Iterator<Item = Point> {
    (0..count).map(move |i| {
        let (sin, cos) = libm::sincosf(from + (to - from) * i as f32 / (count - 1) as f32);
        [centre[0] + radii[0] * sin, centre[1] - radii[1] * cos]
    })
}

//! What a digit is made of: points in the order in which a hand would pass them.
//!
//! Coordinates: x to the right, y down, the digit standing in the unit square. Every form draws its own
//! proportions, over wide ranges: it is these, more than any bending afterwards, that teach a network what a
//! digit is.

/// A place on the paper: `[x, y]`.
pub(super) type Point = [f32; 2];

/// How the pen passes a knot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// On a smooth curve.
    Smooth,
    /// Turning on the spot.
    Corner,
    /// Leaving the paper.
    Lift,
}

/// A point that the pen passes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Knot {
    pub(super) at: Point,
    pub(super) joint: Joint,
}

/// The knots of a digit, in the order of writing.
pub(super) struct Skeleton {
    pub(super) knots: Vec<Knot>,
}

impl Skeleton {
    /// A smooth start through `points`.
    pub(super) fn start(points: impl IntoIterator<Item = Point>) -> Self {
        Self { knots: Vec::with_capacity(24) }.smooth(points)
    }

    /// Goes on smoothly through `points`.
    pub(super) fn smooth(mut self, points: impl IntoIterator<Item = Point>) -> Self {
        self.knots.extend(points.into_iter().map(|at| Knot { at, joint: Joint::Smooth }));
        self
    }

    /// Goes on to a sharp corner.
    pub(super) fn corner(self, at: Point) -> Self {
        self.turn(true, at)
    }

    /// Goes on to a corner if `sharp`, through a smooth bend if not.
    pub(super) fn turn(mut self, sharp: bool, at: Point) -> Self {
        self.knots.push(Knot { at, joint: if sharp { Joint::Corner } else { Joint::Smooth } });
        self
    }

    /// Lifts the pen and draws a second stroke through `points`.
    pub(super) fn stroke(mut self, points: impl IntoIterator<Item = Point>) -> Self {
        if let Some(last) = self.knots.last_mut() {
            last.joint = Joint::Lift;
        }
        self.smooth(points)
    }
}

/// `count` points on an ellipse, from angle `from` to `to`: 0 is the top, a quarter turn (pi/2) the right.
pub(super) fn arc(
    centre: Point,
    radii: Point,
    (from, to): (f32, f32),
    count: usize,
) -> impl Iterator<Item = Point> {
    (0..count).map(move |i| {
        let (sin, cos) = (from + (to - from) * i as f32 / (count - 1) as f32).sin_cos();
        [centre[0] + radii[0] * sin, centre[1] - radii[1] * cos]
    })
}

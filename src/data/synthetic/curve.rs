//! From knots to a curve: Catmull-Rom splines, broken at corners.

use super::skeleton::{Joint, Knot, Point, Skeleton};

/// Straight pieces in each span between two knots.
const PIECES: usize = 5;

/// A short straight piece of a stroke.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) from: Point,
    pub(super) to: Point,
}

/// The curve through a skeleton's knots, as short straight segments in the order of writing.
pub(super) fn flatten(skeleton: &Skeleton) -> Vec<Segment> {
    let knots = &skeleton.knots;
    let mut segments = Vec::with_capacity(PIECES * knots.len());
    let mut start = 0;
    for (end, knot) in knots.iter().enumerate() {
        if knot.joint != Joint::Smooth || end + 1 == knots.len() {
            smooth_run(&knots[start..=end], &mut segments);
            start = if knot.joint == Joint::Lift { end + 1 } else { end };
        }
    }
    segments
}

/// A run without corners. Beyond its ends the curve is thought to go on by reflection, which leaves two knots
/// alone joined by a straight line.
fn smooth_run(run: &[Knot], segments: &mut Vec<Segment>) {
    let at = |i: usize| run[i].at;
    let last = run.len() - 1;
    for i in 0..last {
        let before = if i == 0 { reflect(at(1), at(0)) } else { at(i - 1) };
        let after = if i + 1 == last { reflect(at(i), at(last)) } else { at(i + 2) };
        let span = [before, at(i), at(i + 1), after];
        let mut from = at(i);
        for piece in 1..=PIECES {
            let to = catmull_rom(&span, piece as f32 / PIECES as f32);
            segments.push(Segment { from, to });
            from = to;
        }
    }
}

fn reflect(point: Point, centre: Point) -> Point {
    [2.0 * centre[0] - point[0], 2.0 * centre[1] - point[1]]
}

/// The point at `t` in `[0, 1]` between the two middle ones of four (Catmull & Rom, *A class of local
/// interpolating splines*, 1974):
///
/// `1/2 [2b + (c - a) t + (2a - 5b + 4c - d) t^2 + (3b - a - 3c + d) t^3]`
fn catmull_rom(&[a, b, c, d]: &[Point; 4], t: f32) -> Point {
    std::array::from_fn(|i| {
        let (a, b, c, d) = (a[i], b[i], c[i], d[i]);
        let cubic = 3.0 * (b - c) + d - a;
        let square = 2.0 * a - 5.0 * b + 4.0 * c - d;
        b + 0.5 * t * (c - a + t * (square + t * cubic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_every_knot_and_breaks_where_the_pen_lifts() {
        let skeleton = Skeleton::start([[0.0, 0.0], [1.0, 0.0]])
            .corner([1.0, 1.0])
            .smooth([[0.0, 1.0]])
            .stroke([[0.2, 0.5], [0.8, 0.5]]);
        let segments = flatten(&skeleton);
        assert_eq!(segments.len(), 4 * PIECES);
        let knots = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.2, 0.5]];
        for (span, knot) in segments.chunks(PIECES).zip(knots) {
            assert_eq!(span[0].from, knot);
        }
        let breaks = segments.windows(2).filter(|pair| pair[0].to != pair[1].from).count();
        assert_eq!(breaks, 1);
    }

    #[test]
    fn a_line_between_corners_is_straight() {
        let skeleton = Skeleton::start([[0.0, 1.0], [0.5, 0.0]]).corner([1.0, 0.5]).smooth([[2.0, 1.5]]);
        for segment in &flatten(&skeleton)[2 * PIECES..] {
            assert!((segment.to[0] - segment.to[1] - 0.5).abs() < 1e-6);
        }
    }
}

//! The curve through a glyph's knots: Catmull-Rom splines, broken at corners.

use super::glyph::{Glyph, Joint, Knot, Point};

/// The straight segments between two knots.
const SEGMENTS_PER_SPAN: usize = 5;

/// A short straight part of a stroke.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) from: Point,
    pub(super) to: Point,
}

/// Computes the curve through a glyph's knots, as short segments in the order of writing.
pub(super) fn flatten(glyph: &Glyph) -> Vec<Segment> {
    let knots = &glyph.knots;
    let mut segments = Vec::with_capacity(SEGMENTS_PER_SPAN * knots.len());
    let mut start = 0;
    for (end, knot) in knots.iter().enumerate() {
        if knot.joint != Joint::Smooth || end + 1 == knots.len() {
            push_spline(&knots[start..=end], &mut segments);
            start = if knot.joint == Joint::Lift { end + 1 } else { end };
        }
    }
    segments
}

/// Appends the spline through knots without corners. It is extended by reflection at its ends, which makes two knots a
/// straight line.
fn push_spline(knots: &[Knot], segments: &mut Vec<Segment>) {
    let at = |i: usize| knots[i].at;
    let last = knots.len() - 1;
    for i in 0..last {
        let before = if i == 0 { reflect(at(1), at(0)) } else { at(i - 1) };
        let after = if i + 1 == last { reflect(at(i), at(last)) } else { at(i + 2) };
        let span = [before, at(i), at(i + 1), after];
        let mut from = at(i);
        for segment in 1..=SEGMENTS_PER_SPAN {
            let to = catmull_rom(&span, segment as f32 / SEGMENTS_PER_SPAN as f32);
            segments.push(Segment { from, to });
            from = to;
        }
    }
}

fn reflect(point: Point, centre: Point) -> Point {
    [2.0 * centre[0] - point[0], 2.0 * centre[1] - point[1]]
}

/// Interpolates at `t` in `[0, 1]` between the two middle ones of four points (Catmull & Rom, *A class of local
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
    fn the_curve_passes_every_knot_and_breaks_where_the_pen_lifts() {
        let glyph = Glyph::start([[0.0, 0.0], [1.0, 0.0]])
            .corner([1.0, 1.0])
            .smooth([[0.0, 1.0]])
            .stroke([[0.2, 0.5], [0.8, 0.5]]);
        let segments = flatten(&glyph);
        assert_eq!(segments.len(), 4 * SEGMENTS_PER_SPAN);
        let knots = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.2, 0.5]];
        for (span, knot) in segments.chunks(SEGMENTS_PER_SPAN).zip(knots) {
            assert_eq!(span[0].from, knot);
        }
        let breaks = segments.windows(2).filter(|pair| pair[0].to != pair[1].from).count();
        assert_eq!(breaks, 1);
    }

    #[test]
    fn a_line_between_corners_is_straight() {
        let glyph = Glyph::start([[0.0, 1.0], [0.5, 0.0]]).corner([1.0, 0.5]).smooth([[2.0, 1.5]]);
        for segment in &flatten(&glyph)[2 * SEGMENTS_PER_SPAN..] {
            assert!((segment.to[0] - segment.to[1] - 0.5).abs() < 1e-6);
        }
    }
}

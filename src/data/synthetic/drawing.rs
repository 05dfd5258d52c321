//! A drawing by hand as a digit: smoothed, rasterized and placed as in MNIST.

use super::curve::Segment;
use super::pen;
use crate::data::PIXELS;

/// The nib's radius under the pressure of a mouse, and the width of its grey edge, in pixels of the image.
const RADIUS: f32 = 1.25;
const EDGE: f32 = 1.1;

/// The smallest extent that is scaled up to fill the box, in units of the pad's side: a dot remains a dot.
const MIN_EXTENT: f32 = 0.25;

/// The segments of a parabola between the midpoints of two lines.
const SEGMENTS_PER_CURVE: usize = 8;

/// A sample of the pen's position and pressure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PenSample {
    /// The position in units of the pad's side, from its top left corner.
    pub at: [f32; 2],
    /// The pressure from 0 to 1. That of a mouse is 0.5.
    pub pressure: f32,
}

impl PenSample {
    /// Returns the width of the line relative to a mouse's.
    pub fn width(self) -> f32 {
        0.6 + 0.8 * self.pressure.clamp(0.0, 1.0)
    }

    fn lerp(self, other: Self, t: f32) -> Self {
        let lerp = |a: f32, b: f32| a + t * (b - a);
        Self {
            at: [lerp(self.at[0], other.at[0]), lerp(self.at[1], other.at[1])],
            pressure: lerp(self.pressure, other.pressure),
        }
    }
}

/// Smooths the corners of a stroke, whose samples are sparse where the pen is fast.
///
/// The midpoints of its lines are joined by parabolas that are tangent to the lines.
pub fn smooth(stroke: &[PenSample]) -> Vec<PenSample> {
    let (Some(first), Some(last)) = (stroke.first(), stroke.last()) else { return Vec::new() };
    let mut samples = vec![*first];
    for corner in stroke.windows(3) {
        let [a, b, c] = [corner[0], corner[1], corner[2]];
        let (from, to) = (a.lerp(b, 0.5), b.lerp(c, 0.5));
        samples.extend((0..=SEGMENTS_PER_CURVE).map(|segment| {
            let t = segment as f32 / SEGMENTS_PER_CURVE as f32;
            from.lerp(b, t).lerp(b.lerp(to, t), t)
        }));
    }
    samples.push(*last);
    samples
}

/// Rasterizes strokes: fitted into 20 x 20 pixels with their aspect ratio, centred by mass in 28 x 28.
///
/// # Shapes
/// `pixels` is 28x28, row-major, from 0 (background) to 255 (ink); it is overwritten. Without strokes it is all background.
pub fn rasterize(strokes: &[Vec<PenSample>], pixels: &mut [u8; PIXELS]) {
    let strokes: Vec<_> = strokes.iter().map(|stroke| smooth(stroke)).collect();
    let place = pen::fit_to_box(strokes.iter().flatten().map(|sample| sample.at), RADIUS, MIN_EXTENT);
    let segments = strokes.iter().flat_map(|stroke| stroke.windows(2)).map(|ends| {
        let segment = Segment { from: place(ends[0].at), to: place(ends[1].at) };
        (segment, 0.5 * RADIUS * (ends[0].width() + ends[1].width()))
    });
    pen::rasterize(segments, EDGE / RADIUS, pixels);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SIDE;

    fn line(from: [f32; 2], to: [f32; 2], pressure: f32) -> Vec<PenSample> {
        (0..=20)
            .map(|i| PenSample { at: from, pressure }.lerp(PenSample { at: to, pressure }, i as f32 / 20.0))
            .collect()
    }

    fn drawn(strokes: &[Vec<PenSample>]) -> [u8; PIXELS] {
        let mut pixels = [7; PIXELS];
        rasterize(strokes, &mut pixels);
        pixels
    }

    /// Returns the first and last columns and rows with ink, and the centre of mass.
    fn extent(pixels: &[u8; PIXELS]) -> ([usize; 2], [usize; 2], [f32; 2]) {
        let inked = |across: bool| {
            let of = |i: usize| if across { i % SIDE } else { i / SIDE };
            let found = || (0..PIXELS).filter(|&i| pixels[i] > 0).map(of);
            [found().min().unwrap(), found().max().unwrap()]
        };
        let mass: f32 = pixels.iter().map(|&p| f32::from(p)).sum();
        let moment = |of: fn(usize) -> usize| {
            (0..PIXELS).map(|i| f32::from(pixels[i]) * of(i) as f32).sum::<f32>() / mass
        };
        (inked(true), inked(false), [moment(|i| i % SIDE), moment(|i| i / SIDE)])
    }

    #[test]
    fn a_drawing_of_any_size_and_position_fills_the_box() {
        let mut alike = Vec::new();
        for (corner, size) in [([0.1, 0.1], 0.8), ([0.5, 0.6], 0.3), ([0.0, 0.3], 0.5)] {
            let [x, y] = corner;
            let one = vec![line([x + 0.1 * size, y], [x + 0.1 * size, y + size], 0.5)];
            let pixels = drawn(&one);
            let (columns, rows, centre) = extent(&pixels);
            assert!((19..=20).contains(&(rows[1] - rows[0] + 1)), "{rows:?}");
            assert!(columns[1] - columns[0] < 5, "its aspect ratio is kept: {columns:?}");
            assert!((centre[0] - 13.5).abs() <= 1.0 && (centre[1] - 13.5).abs() <= 1.0, "{centre:?}");
            alike.push(pixels);
        }
        assert!(alike.iter().all(|pixels| pixels == &alike[0]));
    }

    #[test]
    fn a_drawing_is_centred_by_mass_and_grey_at_its_edges() {
        // A seven: most of its ink is at the top.
        let seven = [line([0.2, 0.2], [0.8, 0.2], 0.5), line([0.8, 0.2], [0.5, 0.9], 0.5)];
        let pixels = drawn(&seven);
        let (_, rows, centre) = extent(&pixels);
        assert!((centre[0] - 14.0).abs() <= 0.5 && (centre[1] - 14.0).abs() <= 0.5, "{centre:?}");
        assert!(rows[0] > SIDE - 1 - rows[1], "the box is lower than the middle: {rows:?}");
        let greys = pixels.iter().filter(|&&p| (1..255).contains(&p)).count();
        assert!(greys > 20 && pixels.contains(&255), "{greys} greys");
    }

    #[test]
    fn more_pressure_draws_a_wider_line() {
        let mass = |pressure| -> u32 {
            drawn(&[line([0.2, 0.1], [0.3, 0.9], pressure)]).iter().map(|&p| u32::from(p)).sum()
        };
        assert!(mass(0.1) < mass(0.5) && mass(0.5) < mass(1.0));
    }

    #[test]
    fn a_dot_remains_a_dot_and_no_strokes_are_background() {
        let dot = drawn(&[vec![PenSample { at: [0.5, 0.5], pressure: 0.5 }]]);
        let inked_pixels = dot.iter().filter(|&&p| p > 0).count();
        assert!((4..=24).contains(&inked_pixels), "{inked_pixels}");
        assert_eq!(drawn(&[]), [0; PIXELS]);
        assert_eq!(drawn(&[vec![]]), [0; PIXELS]);
    }

    #[test]
    fn corners_are_rounded_and_ends_are_kept() {
        let at = |x, y| PenSample { at: [x, y], pressure: 0.5 };
        let corner = [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0)];
        let samples = smooth(&corner);
        assert_eq!((samples[0], samples[samples.len() - 1]), (corner[0], corner[2]));
        assert!(samples.iter().all(|sample| sample.at != [1.0, 0.0]), "{samples:?}");
        let turn = |w: &[PenSample]| {
            let way = |a: PenSample, b: PenSample| (b.at[1] - a.at[1]).atan2(b.at[0] - a.at[0]);
            (way(w[1], w[2]) - way(w[0], w[1])).abs()
        };
        let sharpest =
            samples.windows(3).filter(|w| w[0] != w[1] && w[1] != w[2]).map(turn).fold(0.0, f32::max);
        assert!(sharpest < 0.7, "{sharpest}");
    }
}

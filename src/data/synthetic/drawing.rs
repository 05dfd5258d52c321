//! A drawing by hand as a digit: smoothed, inked and put in its place as MNIST's digits were.

use super::curve::Segment;
use super::pen::{self, BOX, SIDE};

/// The nib's radius in pixels of the image under the pressure of a mouse, and the width of its grey edge.
const RADIUS: f32 = 1.25;
const EDGE: f32 = 1.1;

/// The part of the pad's side that a drawing has to take up at least to fill its box: a dot stays a dot.
const SMALLEST: f32 = 0.25;

/// The straight pieces that a curve from the middle of one way to the middle of the next is made of.
const PIECES: usize = 8;

/// A sample of the pen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PenSample {
    /// Where, in parts of the pad's side from its top left corner.
    pub at: [f32; 2],
    /// How hard, from 0 to 1. A mouse presses with 0.5.
    pub pressure: f32,
}

impl PenSample {
    /// How much wider than a mouse's the line is under this pressure.
    #[must_use]
    pub fn width(self) -> f32 {
        0.6 + 0.8 * self.pressure.clamp(0.0, 1.0)
    }

    fn mix(self, other: Self, share: f32) -> Self {
        let part = |a: f32, b: f32| a + share * (b - a);
        Self {
            at: [part(self.at[0], other.at[0]), part(self.at[1], other.at[1])],
            pressure: part(self.pressure, other.pressure),
        }
    }
}

/// The samples of a stroke with its corners rounded: a hand is faster than the events that tell of it.
///
/// Between the middles of two ways runs a parabola, whose tangents are these ways.
#[must_use]
pub fn smooth(stroke: &[PenSample]) -> Vec<PenSample> {
    let (Some(first), Some(last)) = (stroke.first(), stroke.last()) else { return Vec::new() };
    let mut samples = vec![*first];
    for ways in stroke.windows(3) {
        let [a, b, c] = [ways[0], ways[1], ways[2]];
        let (from, to) = (a.mix(b, 0.5), b.mix(c, 0.5));
        samples.extend((0..=PIECES).map(|piece| {
            let t = piece as f32 / PIECES as f32;
            from.mix(b, t).mix(b.mix(to, t), t)
        }));
    }
    samples.push(*last);
    samples
}

/// Inks strokes: fitted into 20 x 20 pixels with their proportions kept, centred by their mass in 28 x 28.
///
/// # Shapes
/// `pixels` is 28x28, row-major, from 0 (paper) to 255 (ink); it is overwritten. Without strokes it is all paper.
pub fn rasterize(strokes: &[Vec<PenSample>], pixels: &mut [u8; SIDE * SIDE]) {
    pixels.fill(0);
    let strokes: Vec<_> = strokes.iter().map(|stroke| smooth(stroke)).collect();
    let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
    for sample in strokes.iter().flatten() {
        for axis in 0..2 {
            low[axis] = low[axis].min(sample.at[axis]);
            high[axis] = high[axis].max(sample.at[axis]);
        }
    }
    let longer = (high[0] - low[0]).max(high[1] - low[1]);
    if !longer.is_finite() || longer < 0.0 {
        return;
    }
    let side = BOX as f32;
    let scale = (side - 2.0 * RADIUS) / longer.max(SMALLEST);
    let place = |sample: PenSample| {
        std::array::from_fn(|axis| (sample.at[axis] - 0.5 * (low[axis] + high[axis])) * scale + 0.5 * side)
    };
    let edge = EDGE / RADIUS;
    let reach = 1.0 + 0.5 * edge;
    let mut sheet = [[reach * reach; BOX]; BOX];
    for stroke in &strokes {
        for (from, to) in stroke.iter().zip(stroke.iter().skip(1)) {
            let radius = 0.5 * RADIUS * (from.width() + to.width());
            pen::nearest(&mut sheet, &Segment { from: place(*from), to: place(*to) }, radius, reach);
        }
    }
    pen::cover(&mut sheet, edge);
    pen::centre(&sheet, pixels);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: [f32; 2], to: [f32; 2], pressure: f32) -> Vec<PenSample> {
        (0..=20)
            .map(|i| PenSample { at: from, pressure }.mix(PenSample { at: to, pressure }, i as f32 / 20.0))
            .collect()
    }

    fn inked(strokes: &[Vec<PenSample>]) -> [u8; SIDE * SIDE] {
        let mut pixels = [7; SIDE * SIDE];
        rasterize(strokes, &mut pixels);
        pixels
    }

    /// The first and the last of the columns and of the rows that have ink, and the centre of mass.
    fn extent(pixels: &[u8; SIDE * SIDE]) -> ([usize; 2], [usize; 2], [f32; 2]) {
        let inked = |across: bool| {
            let of = |i: usize| if across { i % SIDE } else { i / SIDE };
            let found = || (0..SIDE * SIDE).filter(|&i| pixels[i] > 0).map(of);
            [found().min().unwrap(), found().max().unwrap()]
        };
        let mass: f32 = pixels.iter().map(|&p| f32::from(p)).sum();
        let moment = |of: fn(usize) -> usize| {
            (0..SIDE * SIDE).map(|i| f32::from(pixels[i]) * of(i) as f32).sum::<f32>() / mass
        };
        (inked(true), inked(false), [moment(|i| i % SIDE), moment(|i| i / SIDE)])
    }

    #[test]
    fn a_drawing_fills_a_box_of_20_pixels_wherever_and_however_large_it_was_drawn() {
        let mut alike = Vec::new();
        for (corner, size) in [([0.1, 0.1], 0.8), ([0.5, 0.6], 0.3), ([0.0, 0.3], 0.5)] {
            let [x, y] = corner;
            let one = vec![line([x + 0.1 * size, y], [x + 0.1 * size, y + size], 0.5)];
            let pixels = inked(&one);
            let (columns, rows, centre) = extent(&pixels);
            assert!((19..=20).contains(&(rows[1] - rows[0] + 1)), "{rows:?}");
            assert!(columns[1] - columns[0] < 5, "its proportions are kept: {columns:?}");
            assert!((centre[0] - 13.5).abs() <= 1.0 && (centre[1] - 13.5).abs() <= 1.0, "{centre:?}");
            alike.push(pixels);
        }
        assert!(alike.iter().all(|pixels| pixels == &alike[0]));
    }

    #[test]
    fn it_is_centred_by_mass_and_grey_at_its_edges() {
        // A seven: most of its ink is at the top.
        let seven = [line([0.2, 0.2], [0.8, 0.2], 0.5), line([0.8, 0.2], [0.5, 0.9], 0.5)];
        let pixels = inked(&seven);
        let (_, rows, centre) = extent(&pixels);
        assert!((centre[0] - 14.0).abs() <= 0.5 && (centre[1] - 14.0).abs() <= 0.5, "{centre:?}");
        assert!(rows[0] > SIDE - 1 - rows[1], "the box is lower than the middle: {rows:?}");
        let greys = pixels.iter().filter(|&&p| (1..255).contains(&p)).count();
        assert!(greys > 20 && pixels.contains(&255), "{greys} greys");
    }

    #[test]
    fn who_presses_harder_draws_wider() {
        let mass = |pressure| -> u32 {
            inked(&[line([0.2, 0.1], [0.3, 0.9], pressure)]).iter().map(|&p| u32::from(p)).sum()
        };
        assert!(mass(0.1) < mass(0.5) && mass(0.5) < mass(1.0));
    }

    #[test]
    fn a_dot_stays_a_dot_and_nothing_is_paper() {
        let dot = inked(&[vec![PenSample { at: [0.5, 0.5], pressure: 0.5 }]]);
        let inked_pixels = dot.iter().filter(|&&p| p > 0).count();
        assert!((4..=24).contains(&inked_pixels), "{inked_pixels}");
        assert_eq!(inked(&[]), [0; SIDE * SIDE]);
        assert_eq!(inked(&[vec![]]), [0; SIDE * SIDE]);
    }

    #[test]
    fn corners_are_rounded_and_ends_stay() {
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

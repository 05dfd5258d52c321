//! The pen: a round nib along the strokes, anti-aliased, and the digit placed as in MNIST.

use std::f32::consts::TAU;

use super::curve::Segment;
use super::glyph::Point;
use super::rng::Rng;
use crate::data::{PIXELS, SIDE};

/// The side of the box that a digit fills, ink included.
pub(super) const BOX: usize = 20;

/// The position of the centre of mass in both directions, counted from the middle of the first pixel.
const CENTRE: f32 = 14.0;

/// The nib's width by digit, as a factor: less where many strokes lie close together.
const WIDTHS: [f32; 10] = [1.08, 1.12, 1.0, 1.0, 1.0, 1.0, 1.0, 1.05, 0.97, 0.97];

/// The pixels of a box: 0 is background, 1 is ink.
type Coverage = [[f32; BOX]; BOX];

/// A pen in a writer's hand. Lengths are in pixels.
pub(super) struct Pen {
    radius: f32,
    /// The width of a line's grey edge.
    edge: f32,
    /// The relative variation of the radius along the strokes, a sine.
    pressure: f32,
    /// The phase of that sine at the start, and its advance per segment.
    phase: f32,
    phase_step: f32,
}

impl Pen {
    /// Draws a pen for the digit `label` in 0..10.
    pub(super) fn sample(label: u32, rng: &mut Rng) -> Self {
        Self {
            radius: (1.17 * WIDTHS[label as usize] * libm::expf(rng.normal(0.0, 0.26))).clamp(0.55, 2.6),
            edge: 1.1 * rng.uniform(0.8, 1.3),
            pressure: rng.normal(0.0, 0.18).clamp(-0.5, 0.5),
            phase: rng.uniform(0.0, TAU),
            phase_step: rng.uniform(0.1, 0.35),
        }
    }

    /// Draws segments of any scale, so that they fill the box.
    pub(super) fn draw(&self, segments: &[Segment], pixels: &mut [u8; PIXELS]) {
        let ends = segments.iter().flat_map(|segment| [segment.from, segment.to]);
        let place = fit_to_box(ends, self.radius, f32::EPSILON);
        let placed = segments.iter().enumerate().map(|(i, segment)| {
            let wave = libm::sinf(self.phase + self.phase_step * i as f32);
            let segment = Segment { from: place(segment.from), to: place(segment.to) };
            (segment, self.radius * (1.0 + self.pressure * wave))
        });
        rasterize(placed, self.edge / self.radius, pixels);
    }
}

/// Returns the map that scales `points` so that their longer side, but at least `min_extent`, fills the box with a line
/// of the given radius.
pub(super) fn fit_to_box(
    points: impl Iterator<Item = Point>,
    radius: f32,
    min_extent: f32,
) -> impl Fn(Point) -> Point {
    let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
    for point in points {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let side = BOX as f32;
    let extent = (high[0] - low[0]).max(high[1] - low[1]).max(min_extent);
    let scale = (side - 2.0 * radius) / extent;
    move |point| {
        std::array::from_fn(|axis| (point[axis] - 0.5 * (low[axis] + high[axis])) * scale + 0.5 * side)
    }
}

/// Draws segments of the box, each with its radius, and centres them by mass. The grey edge is `edge` radii wide.
///
/// A pixel's coverage follows from its distance to the nearest line, in units of the radius there. The squared distance
/// finds the nearest, so there is one root for a pixel, none for a segment.
pub(super) fn rasterize(
    segments: impl Iterator<Item = (Segment, f32)>,
    edge: f32,
    pixels: &mut [u8; PIXELS],
) {
    let reach = 1.0 + 0.5 * edge;
    let mut squares = [[reach * reach; BOX]; BOX];
    for (segment, radius) in segments {
        lower_distances(&mut squares, &segment, radius, reach);
    }
    for square in squares.as_flattened_mut() {
        *square = (0.5 + (1.0 - square.sqrt()) / edge).clamp(0.0, 1.0);
    }
    write_centred(&squares, pixels);
}

/// Lowers the squared distances of the pixels within `reach` radii to those from `segment`, in units of `radius`.
fn lower_distances(squares: &mut Coverage, segment: &Segment, radius: f32, reach: f32) {
    let Segment { from, to } = segment;
    let along = [to[0] - from[0], to[1] - from[1]];
    let per_length = 1.0 / (along[0] * along[0] + along[1] * along[1]).max(f32::EPSILON);
    let per_radius = 1.0 / (radius * radius);
    let [columns, rows] = [0, 1].map(|axis| {
        // The middle of pixel i is at i + 0.5; the casts stop at 0.
        let low = from[axis].min(to[axis]) - radius * reach + 0.5;
        let high = from[axis].max(to[axis]) + radius * reach + 0.5;
        (low as usize).min(BOX)..(high as usize).min(BOX)
    });
    for row in rows {
        let y = row as f32 + 0.5 - from[1];
        for column in columns.clone() {
            let x = column as f32 + 0.5 - from[0];
            let t = ((x * along[0] + y * along[1]) * per_length).clamp(0.0, 1.0);
            let (dx, dy) = (x - t * along[0], y - t * along[1]);
            let square = (dx * dx + dy * dy) * per_radius;
            let least = &mut squares[row][column];
            *least = least.min(square);
        }
    }
}

/// Writes the box to the image, moved by whole pixels so that its centre of mass is the centre of the image.
fn write_centred(coverage: &Coverage, pixels: &mut [u8; PIXELS]) {
    let (mut mass, mut moment) = (0.0, [0.0, 0.0]);
    for (y, row) in coverage.iter().enumerate() {
        for (x, &ink) in row.iter().enumerate() {
            mass += ink;
            moment[0] += ink * x as f32;
            moment[1] += ink * y as f32;
        }
    }
    let room = (SIDE - BOX) as f32;
    let [left, top] = moment.map(|moment| (CENTRE - moment / mass).round().clamp(0.0, room) as usize);
    pixels.fill(0);
    for (row, line) in coverage.iter().zip(pixels.chunks_exact_mut(SIDE).skip(top)) {
        for (pixel, ink) in line[left..].iter_mut().zip(row) {
            *pixel = (255.0 * ink).round() as u8;
        }
    }
}

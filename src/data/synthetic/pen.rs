//! Ink: a round nib drawn along the strokes, anti-aliased, and the digit put in its place as MNIST's were.

use std::f32::consts::TAU;

use super::{curve::Segment, dice::Dice};

/// Side of the box that a digit fills, ink included.
pub(super) const BOX: usize = 20;

/// Side of the image.
pub(super) const SIDE: usize = 28;

/// Where the centre of mass comes to lie, in both directions, counted from the middle of the first pixel.
const CENTRE: f32 = 14.0;

/// Width of the nib by digit, as a factor: less where many strokes lie close together.
const WEIGHTS: [f32; 10] = [1.08, 1.12, 1.0, 1.0, 1.0, 1.0, 1.0, 1.05, 0.97, 0.97];

/// Where a box of ink has its pixels: coverage 0 (paper) to 1 (ink), row-major.
pub(super) type Sheet = [[f32; BOX]; BOX];

/// A pen in a hand. Lengths are in pixels.
pub(super) struct Pen {
    radius: f32,
    /// Width of the grey edge of a line.
    edge: f32,
    /// How much the radius comes and goes along the strokes, as a fraction.
    pressure: f32,
    /// Where in that coming and going the pen starts, and how far it gets in one segment.
    phase: f32,
    pace: f32,
}

impl Pen {
    /// A pen for the digit `label` in 0..10, drawn from `dice`.
    pub(super) fn of(label: u32, dice: &mut Dice) -> Self {
        Self {
            radius: (1.17 * WEIGHTS[label as usize] * dice.about(0.0, 0.26).exp()).clamp(0.55, 2.6),
            edge: 1.1 * dice.within(0.8, 1.3),
            pressure: dice.about(0.0, 0.18).clamp(-0.5, 0.5),
            phase: dice.within(0.0, TAU),
            pace: dice.within(0.1, 0.35),
        }
    }

    /// Draws the segments, whatever their scale, so that the ink fills the box, and centres them by mass.
    pub(super) fn ink(&self, segments: &[Segment], pixels: &mut [u8; SIDE * SIDE]) {
        centre(&self.rub(&self.fit(segments)), pixels);
    }

    /// Scales the segments, both ways alike, so that the longer side of the digit fills the box.
    fn fit(&self, segments: &[Segment]) -> Vec<Segment> {
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for point in segments.iter().flat_map(|segment| [segment.from, segment.to]) {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let side = BOX as f32;
        let longer = (high[0] - low[0]).max(high[1] - low[1]).max(f32::EPSILON);
        let scale = (side - 2.0 * self.radius) / longer;
        let place = |point: [f32; 2]| {
            std::array::from_fn(|axis| (point[axis] - 0.5 * (low[axis] + high[axis])) * scale + 0.5 * side)
        };
        segments.iter().map(|segment| Segment { from: place(segment.from), to: place(segment.to) }).collect()
    }

    /// Inks segments that stand in the box.
    ///
    /// A pixel's coverage follows from its distance to the nearest line, in units of the radius there. The
    /// square of that is enough to find the nearest, so there is one root for a pixel, none for a segment.
    fn rub(&self, segments: &[Segment]) -> Sheet {
        let edge = self.edge / self.radius;
        let reach = 1.0 + 0.5 * edge;
        let mut sheet = [[reach * reach; BOX]; BOX];
        for (i, segment) in segments.iter().enumerate() {
            let radius = self.radius * (1.0 + self.pressure * (self.phase + self.pace * i as f32).sin());
            nearest(&mut sheet, segment, radius, reach);
        }
        cover(&mut sheet, edge);
        sheet
    }
}

/// Makes coverage of squared distances, for a grey edge that is `edge` radii wide.
pub(super) fn cover(sheet: &mut Sheet, edge: f32) {
    for square in sheet.as_flattened_mut() {
        *square = (0.5 + (1.0 - square.sqrt()) / edge).clamp(0.0, 1.0);
    }
}

/// Lowers each pixel of `squares` to the squared distance to `segment`, in units of `radius`, if that is less.
/// Only pixels within `reach` radii are looked at.
pub(super) fn nearest(squares: &mut Sheet, segment: &Segment, radius: f32, reach: f32) {
    let Segment { from, to } = segment;
    let along = [to[0] - from[0], to[1] - from[1]];
    let per_length = 1.0 / (along[0] * along[0] + along[1] * along[1]).max(f32::EPSILON);
    let per_radius = 1.0 / (radius * radius);
    let [columns, rows] = [0, 1].map(|axis| {
        // Pixel i has its middle at i + 0.5; the casts stop at 0.
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

/// Moves the sheet by whole pixels, so that its centre of mass comes to the centre of the image.
pub(super) fn centre(sheet: &Sheet, pixels: &mut [u8; SIDE * SIDE]) {
    let (mut mass, mut moment) = (0.0, [0.0, 0.0]);
    for (y, row) in sheet.iter().enumerate() {
        for (x, &ink) in row.iter().enumerate() {
            mass += ink;
            moment[0] += ink * x as f32;
            moment[1] += ink * y as f32;
        }
    }
    let room = (SIDE - BOX) as f32;
    let [left, top] = moment.map(|moment| (CENTRE - moment / mass).round().clamp(0.0, room) as usize);
    pixels.fill(0);
    for (row, line) in sheet.iter().zip(pixels.chunks_exact_mut(SIDE).skip(top)) {
        for (pixel, ink) in line[left..].iter_mut().zip(row) {
            *pixel = (255.0 * ink).round() as u8;
        }
    }
}

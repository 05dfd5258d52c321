//! Handwriting styles: the slant, width and unsteadiness with which a writer distorts a glyph.
//!
//! A style moves the knots before the curve is laid through them: a slant commutes with the spline, and a smooth distortion
//! nearly does, for a fifth of the work.

use std::f32::consts::{PI, TAU};

use super::glyph::{Glyph, Joint, Knot, Point};
use super::rng::Rng;

/// The mean style of a digit over all writers.
struct Mean {
    /// The width in proportion to the height, as a factor.
    width: f32,
    /// The slant to the right: the shift in x per unit of height.
    slant: f32,
    /// The standard deviation of the slant.
    slant_sd: f32,
}

const fn mean(width: f32, slant: f32, slant_sd: f32) -> Mean {
    Mean { width, slant, slant_sd }
}

/// By digit.
const MEANS: [Mean; 10] = [
    mean(1.00, 0.23, 0.20),
    mean(1.00, 0.22, 0.24),
    mean(1.03, 0.17, 0.27),
    mean(0.97, 0.13, 0.26),
    mean(0.90, 0.20, 0.27),
    mean(1.00, 0.10, 0.27),
    mean(0.95, 0.12, 0.18),
    mean(1.00, 0.10, 0.22),
    mean(1.03, 0.22, 0.24),
    mean(0.88, 0.15, 0.24),
];

/// The distance from which knots are jittered in full. Closer ones are jittered in proportion, so that they keep their order.
const FULL_JITTER_DISTANCE: f32 = 0.3;

/// A sine along one axis that shifts the other.
struct Wave {
    amplitude: f32,
    frequency: f32,
    phase: f32,
}

impl Wave {
    fn sample(rng: &mut Rng) -> Self {
        Self {
            amplitude: rng.normal(0.0, 0.025),
            frequency: rng.uniform(2.0, 5.0),
            phase: rng.uniform(0.0, TAU),
        }
    }

    fn at(&self, x: f32) -> f32 {
        self.amplitude * libm::sinf(self.frequency * x + self.phase)
    }
}

/// The style of one writer for one digit.
pub(super) struct Style {
    /// The columns of the linear map: the images of a step to the right and a step down.
    right: Point,
    down: Point,
    /// The difference in width between bottom and top.
    taper: f32,
    /// The horizontal shift of top and bottom against the middle.
    bow: f32,
    /// The vertical shift of the middle.
    waist: f32,
    /// Waves that shift x along y, and y along x.
    warp: [[Wave; 2]; 2],
    /// The standard deviation of each knot's position.
    jitter: f32,
}

impl Style {
    /// Draws a style for the digit `label` in 0..10.
    pub(super) fn sample(label: u32, rng: &mut Rng) -> Self {
        let mean = &MEANS[label as usize];
        let width = mean.width * libm::expf(rng.normal(0.0, 0.2));
        let slant = rng.normal(mean.slant, mean.slant_sd);
        let (sin, cos) = libm::sincosf(rng.normal(0.0, 0.09));
        Self {
            right: [cos * width, sin * width],
            down: [-cos * slant - sin, cos - sin * slant],
            taper: rng.normal(0.0, 0.12),
            bow: rng.normal(0.0, 0.06),
            waist: rng.normal(0.0, 0.03),
            warp: [[Wave::sample(rng), Wave::sample(rng)], [Wave::sample(rng), Wave::sample(rng)]],
            jitter: 0.026 * libm::expf(rng.normal(0.0, 0.35)),
        }
    }

    /// Distorts a glyph by moving its knots.
    pub(super) fn apply(&self, glyph: &mut Glyph, rng: &mut Rng) {
        let mut before = f32::INFINITY;
        for i in 0..glyph.knots.len() {
            let after = glyph.knots.get(i + 1).map_or(f32::INFINITY, |next| distance(&glyph.knots[i], next));
            let jitter = self.jitter * (before.min(after) / FULL_JITTER_DISTANCE).min(1.0);
            before = after;
            let [x, y] = glyph.knots[i].at;
            glyph.knots[i].at = self.distort([rng.normal(x, jitter), rng.normal(y, jitter)]);
        }
    }

    fn distort(&self, [x, y]: Point) -> Point {
        let [shift_x, shift_y] = &self.warp;
        let u = x - 0.5 + shift_x.iter().map(|wave| wave.at(y)).sum::<f32>();
        let v = y - 0.5 + shift_y.iter().map(|wave| wave.at(x)).sum::<f32>();
        let u = u * (1.0 + self.taper * v) + self.bow * v * v;
        let v = v + self.waist * libm::cosf(PI * v.clamp(-0.6, 0.6));
        [self.right[0] * u + self.down[0] * v, self.right[1] * u + self.down[1] * v]
    }
}

/// Returns the distance from a knot to the next one, which is infinite across a lift of the pen.
fn distance(from: &Knot, to: &Knot) -> f32 {
    if from.joint == Joint::Lift {
        f32::INFINITY
    } else {
        libm::hypotf(to.at[0] - from.at[0], to.at[1] - from.at[1])
    }
}

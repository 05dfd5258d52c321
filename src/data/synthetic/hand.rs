//! Who writes: the slant, the width and the unsteadiness that a hand gives to a skeleton.
//!
//! Everything is done to the knots, before the curve is laid through them: a slant commutes with the spline,
//! and a bend as wide as a digit nearly does, for a fifth of the work.

use std::f32::consts::{PI, TAU};

use super::{
    dice::Dice,
    skeleton::{Joint, Knot, Point, Skeleton},
};

/// What is usual for a digit, whoever writes it.
struct Habit {
    /// Width against height, as a factor.
    width: f32,
    /// Lean to the right: shift in x for a unit of height.
    slant: f32,
    /// Standard deviation of the lean among writers.
    slant_spread: f32,
}

const fn habit(width: f32, slant: f32, slant_spread: f32) -> Habit {
    Habit { width, slant, slant_spread }
}

/// By digit.
const HABITS: [Habit; 10] = [
    habit(1.00, 0.23, 0.20),
    habit(1.00, 0.22, 0.24),
    habit(1.03, 0.17, 0.27),
    habit(0.97, 0.13, 0.26),
    habit(0.90, 0.20, 0.27),
    habit(1.00, 0.10, 0.27),
    habit(0.95, 0.12, 0.18),
    habit(1.00, 0.10, 0.22),
    habit(1.03, 0.22, 0.24),
    habit(0.88, 0.15, 0.24),
];

/// Knots closer than this are jittered in proportion, lest they change places.
const STEADY: f32 = 0.3;

/// A sine along one axis that shifts the other.
struct Wave {
    height: f32,
    pace: f32,
    phase: f32,
}

impl Wave {
    fn of(dice: &mut Dice) -> Self {
        Self { height: dice.about(0.0, 0.025), pace: dice.within(2.0, 5.0), phase: dice.within(0.0, TAU) }
    }

    fn at(&self, along: f32) -> f32 {
        self.height * (self.pace * along + self.phase).sin()
    }
}

/// One writer's way with one digit.
pub(super) struct Hand {
    /// Columns of the linear map: where a step to the right and a step down lead.
    right: Point,
    down: Point,
    /// How much wider the foot is than the head.
    trapeze: f32,
    /// Sideways bow, head and foot against the middle.
    bow: f32,
    /// How far the middle is moved up or down.
    waist: f32,
    /// Waves that shift x along y, and y along x.
    warp: [[Wave; 2]; 2],
    /// Standard deviation of each knot's own error.
    jitter: f32,
}

impl Hand {
    /// A writer drawn from `dice`, with the habits of the digit `label` in 0..10.
    pub(super) fn of(label: u32, dice: &mut Dice) -> Self {
        let habit = &HABITS[label as usize];
        let width = habit.width * dice.about(0.0, 0.2).exp();
        let slant = dice.about(habit.slant, habit.slant_spread);
        let (sin, cos) = dice.about(0.0, 0.09).sin_cos();
        Self {
            right: [cos * width, sin * width],
            down: [-cos * slant - sin, cos - sin * slant],
            trapeze: dice.about(0.0, 0.12),
            bow: dice.about(0.0, 0.06),
            waist: dice.about(0.0, 0.03),
            warp: [[Wave::of(dice), Wave::of(dice)], [Wave::of(dice), Wave::of(dice)]],
            jitter: 0.026 * dice.about(0.0, 0.35).exp(),
        }
    }

    /// Writes the skeleton in this hand: each knot is moved to where the writer puts it.
    pub(super) fn bend(&self, skeleton: &mut Skeleton, dice: &mut Dice) {
        let mut gap_before = f32::INFINITY;
        for i in 0..skeleton.knots.len() {
            let gap_after =
                skeleton.knots.get(i + 1).map_or(f32::INFINITY, |next| gap(&skeleton.knots[i], next));
            let jitter = self.jitter * (gap_before.min(gap_after) / STEADY).min(1.0);
            gap_before = gap_after;
            let [x, y] = skeleton.knots[i].at;
            skeleton.knots[i].at = self.place([dice.about(x, jitter), dice.about(y, jitter)]);
        }
    }

    fn place(&self, [x, y]: Point) -> Point {
        let [sideways, upright] = &self.warp;
        let u = x - 0.5 + sideways.iter().map(|wave| wave.at(y)).sum::<f32>();
        let v = y - 0.5 + upright.iter().map(|wave| wave.at(x)).sum::<f32>();
        let u = u * (1.0 + self.trapeze * v) + self.bow * v * v;
        let v = v + self.waist * (PI * v.clamp(-0.6, 0.6)).cos();
        [self.right[0] * u + self.down[0] * v, self.right[1] * u + self.down[1] * v]
    }
}

/// How far the pen goes from one knot to the next on paper; endless where it lifts.
fn gap(from: &Knot, to: &Knot) -> f32 {
    if from.joint == Joint::Lift {
        f32::INFINITY
    } else {
        (to.at[0] - from.at[0]).hypot(to.at[1] - from.at[1])
    }
}

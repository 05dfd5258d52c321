//! The showcase: while the user selects nothing, the selection moves from class to class by itself.

use super::cloud::DigitCloud;
use crate::app::code::Code;
use crate::app::selection::Selection;

/// How long the showcase stays at a digit, and how long it takes to the next, in milliseconds.
const REST_MS: f32 = 2_600.0;
const MOVE_MS: f32 = 900.0;

/// How long the showcase waits after the user's last touch, in milliseconds.
const RESUME_MS: f32 = 10_000.0;

/// The state of the showcase.
#[derive(Debug, Default)]
pub struct Showcase {
    /// The digit it comes from, and the one it moves to.
    from: Option<usize>,
    to: Option<usize>,
    /// The class of the latter.
    class: u8,
    /// Milliseconds since it arrived at `from`.
    time: f32,
    /// Milliseconds until it resumes, after a touch of the user.
    wait: Option<f32>,
}

impl Showcase {
    /// Interrupts the showcase: the user has touched the plane.
    pub fn interrupt(&mut self) {
        self.wait = Some(RESUME_MS);
    }

    /// Starts again with the first class.
    pub fn start(&mut self) {
        *self = Self::default();
    }

    /// Forgets its digits, for another dataset.
    pub fn forget_digits(&mut self) {
        *self = Self { wait: self.wait, ..Self::default() };
    }

    /// Advances by `dt` milliseconds among the digits of `cloud`. Returns whether its selection has changed.
    pub fn advance(&mut self, dt: f32, cloud: &DigitCloud) -> bool {
        if let Some(wait) = self.wait {
            self.wait = (wait > dt).then_some(wait - dt);
            return self.wait.is_none();
        }
        if self.to.is_none() {
            (self.from, self.to) = (typical_digit(cloud, 0), typical_digit(cloud, 1));
            self.class = 1;
            return self.to.is_some();
        }
        let was_resting = self.time < REST_MS;
        self.time += dt;
        if self.time >= REST_MS + MOVE_MS {
            self.class = next_class(cloud, self.class);
            (self.from, self.to) = (self.to, typical_digit(cloud, self.class).or(self.to));
            self.time = 0.0;
        }
        !(was_resting && self.time < REST_MS && self.time > 0.0)
    }

    /// Returns the selection, unless the showcase waits.
    pub fn selection(&self, cloud: &DigitCloud) -> Option<Selection> {
        if self.wait.is_some() {
            return None;
        }
        let from = self.from?;
        if self.time < REST_MS {
            return Some(Selection::Digit(from));
        }
        let share = (self.time - REST_MS) / MOVE_MS;
        Some(Selection::Place(smoothstep(cloud.code(from)?, cloud.code(self.to?)?, share)))
    }
}

/// Interpolates between two codes, slowly at both ends.
fn smoothstep(from: Code, to: Code, share: f32) -> Code {
    let share = share.clamp(0.0, 1.0);
    let eased = share * share * (3.0 - 2.0 * share);
    let mut code = from;
    code.iter_mut().zip(&*to).for_each(|(z, end)| *z += eased * (end - *z));
    code
}

fn next_class(cloud: &DigitCloud, class: u8) -> u8 {
    let last = cloud.classes().iter().flatten().copied().max().unwrap_or(9);
    if class >= last { 0 } else { class + 1 }
}

/// Returns the digit nearest to the mean code of its class; without labels, another digit for each class.
fn typical_digit(cloud: &DigitCloud, class: u8) -> Option<usize> {
    let codes = cloud.codes();
    let members = || (0..codes.len()).filter(|&index| cloud.classes()[index] == Some(class));
    let count = members().count();
    if count == 0 {
        return codes.len().checked_sub(1).map(|last| 37 * usize::from(class) % (last + 1));
    }
    let mut mean = Code::zero(codes[0].len());
    for index in members() {
        mean.iter_mut().zip(&*codes[index]).for_each(|(m, z)| *m += z / count as f32);
    }
    let distance =
        |index: &usize| -> f32 { codes[*index].iter().zip(&*mean).map(|(z, m)| (z - m).powi(2)).sum() };
    members().min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

//! A tour of the plane: until somebody points, the decoder goes from class to class by itself.

use super::cloud::DigitCloud;
use crate::app::code::Code;
use crate::app::selection::Selection;

/// How long the tour rests at a digit, and how long it takes to the next, in milliseconds.
const REST: f32 = 1_600.0;
const WAY: f32 = 1_400.0;

/// Where the tour is.
#[derive(Debug, Default)]
pub struct Tour {
    /// The digit it comes from, and the one it goes to.
    from: Option<usize>,
    to: Option<usize>,
    /// The class of the latter.
    class: u8,
    /// Milliseconds since it came to `from`.
    time: f32,
    is_over: bool,
}

impl Tour {
    /// Ends the tour: somebody has pointed.
    pub fn end(&mut self) {
        self.is_over = true;
    }

    /// Begins anew, with the first class.
    pub fn begin(&mut self) {
        *self = Self::default();
    }

    /// Forgets the digits it was between; other images have come.
    pub fn forget_digits(&mut self) {
        *self = Self { is_over: self.is_over, ..Self::default() };
    }

    /// Goes on for `dt` milliseconds among the digits of `cloud`; false if it stands where it was.
    pub fn advance(&mut self, dt: f32, cloud: &DigitCloud) -> bool {
        if self.is_over {
            return false;
        }
        if self.to.is_none() {
            (self.from, self.to) = (typical(cloud, 0), typical(cloud, 1));
            self.class = 1;
            return self.to.is_some();
        }
        let was_resting = self.time < REST;
        self.time += dt;
        if self.time >= REST + WAY {
            self.class = next_class(cloud, self.class);
            (self.from, self.to) = (self.to, typical(cloud, self.class).or(self.to));
            self.time = 0.0;
        }
        !(was_resting && self.time < REST && self.time > 0.0)
    }

    /// What there is to be looked at, while the tour goes on.
    #[must_use]
    pub fn selection(&self, cloud: &DigitCloud) -> Option<Selection> {
        if self.is_over {
            return None;
        }
        let from = self.from?;
        if self.time < REST {
            return Some(Selection::Digit(from));
        }
        Some(Selection::Place(between(cloud.code(from)?, cloud.code(self.to?)?, (self.time - REST) / WAY)))
    }
}

/// The code at a share of the way between two, slow at both ends.
fn between(from: Code, to: Code, share: f32) -> Code {
    let share = share.clamp(0.0, 1.0);
    let eased = share * share * (3.0 - 2.0 * share);
    let mut code = from;
    code.iter_mut().zip(&*to).for_each(|(z, end)| *z += eased * (end - *z));
    code
}

/// The class after another, round and round.
fn next_class(cloud: &DigitCloud, class: u8) -> u8 {
    let last = cloud.classes().iter().flatten().copied().max().unwrap_or(9);
    if class >= last { 0 } else { class + 1 }
}

/// The digit of a class that lies nearest to the middle of that class. Without labels: one after another.
fn typical(cloud: &DigitCloud, class: u8) -> Option<usize> {
    let codes = cloud.codes();
    let is_of_class = |index: &usize| cloud.classes()[*index] == Some(class);
    let members = || (0..codes.len()).filter(is_of_class);
    let count = members().count();
    if count == 0 {
        return codes.len().checked_sub(1).map(|last| 37 * usize::from(class) % (last + 1));
    }
    let mut middle = Code::zero(codes[0].len());
    for index in members() {
        middle.iter_mut().zip(&*codes[index]).for_each(|(m, z)| *m += z / count as f32);
    }
    let distance =
        |index: &usize| -> f32 { codes[*index].iter().zip(&*middle).map(|(z, m)| (z - m).powi(2)).sum() };
    members().min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

//! The test digits on the plane, gliding to where the network puts them.

use crate::app::code::Code;
use crate::app::lens::Lens;
use crate::app::subject::Subject;
use crate::data::Dataset;
use crate::plot::Bounds;

/// The most digits that are shown.
pub const MOST_POINTS: usize = 1_000;

/// The time in which a point covers about two thirds of its way to where it belongs, in milliseconds.
const GLIDE: f32 = 120.0;

/// Codes beyond this are not followed: differences between them would overflow.
const FARTHEST: f32 = 1e30;

/// The share of a code's spread by which the strips of two classes lie apart, if the code is a single number.
const STRIP: f32 = 0.16;

/// Two numbers of a code, across and up.
pub type Axes = [usize; 2];

/// The first test digits, their codes, and where they are shown.
#[derive(Debug, Default)]
pub struct DigitCloud {
    codes: Vec<Code>,
    points: Vec<[f32; 2]>,
    classes: Vec<Option<u8>>,
    /// The distance between the strips of two classes, if the code is a single number.
    strip: f32,
    /// The digit to be encoded next, and how many are up to date.
    next: usize,
    fresh: usize,
}

impl DigitCloud {
    /// Where the digits are shown.
    #[must_use]
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// The class of each digit, where its label is known.
    #[must_use]
    pub fn classes(&self) -> &[Option<u8>] {
        &self.classes
    }

    /// The codes of the digits.
    #[must_use]
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// The code of a digit, if it is there.
    #[must_use]
    pub fn code(&self, index: usize) -> Option<Code> {
        self.codes.get(index).copied()
    }

    /// Where a digit belongs.
    #[must_use]
    pub fn target(&self, index: usize, axes: Axes) -> Option<[f32; 2]> {
        let code = self.codes.get(index)?;
        Some(match code.len() {
            // A single number is a line: each class has a strip of its own, above and below its middle.
            1 => [code[0], self.strip_of(self.classes[index])],
            _ => axes.map(|axis| code[axis]),
        })
    }

    fn strip_of(&self, class: Option<u8>) -> f32 {
        let middle = 0.5 * self.classes.iter().flatten().copied().max().map_or(0.0, f32::from);
        class.map_or(0.0, |class| self.strip * (middle - f32::from(class)))
    }

    /// Takes note that the codes are not what the network makes of the digits now, or that labels have come.
    pub fn outdate(&mut self) {
        self.fresh = 0;
    }

    /// Begins with the first digit again, for another network.
    pub fn restart(&mut self) {
        (self.next, self.fresh) = (0, 0);
    }

    /// Forgets the digits, for other images.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Encodes up to `units` digits; returns how many, and the bounds of all after the last.
    pub fn encode(
        &mut self,
        units: usize,
        subject: Subject<'_>,
        test: &Dataset,
        axes: Axes,
        lens: &mut Lens,
    ) -> (usize, Option<Bounds>) {
        let count = test.len().min(MOST_POINTS);
        if self.fresh >= count {
            return (0, None);
        }
        if self.next >= count {
            self.next = 0;
        }
        let chunk = self.next..(self.next + units).min(count);
        let latent = lens.encode(subject, test, chunk.clone());
        for (index, numbers) in chunk.clone().zip(latent.rows()) {
            let numbers = numbers.to_slice().expect("outputs are contiguous");
            let sound = numbers.iter().all(|z| z.abs() <= FARTHEST).then(|| Code::of(numbers));
            if index < self.codes.len() {
                let old = self.codes[index].resized(numbers.len());
                self.codes[index] = sound.unwrap_or(old);
                self.classes[index] = test.label(index);
            } else {
                // A digit without a sound code has its place all the same, or those after it would move up.
                self.codes.push(sound.unwrap_or(Code::zero(numbers.len())));
                self.classes.push(test.label(index));
                self.points.push([f32::NAN; 2]);
            }
        }
        self.next = chunk.end;
        self.fresh += chunk.len();
        let bounds = (self.next == count || self.fresh >= count).then(|| self.bounds(axes));
        for index in chunk.clone() {
            if self.points[index].iter().any(|x| x.is_nan()) {
                self.points[index] = self.target(index, axes).unwrap_or_default();
            }
        }
        (chunk.len(), bounds)
    }

    /// The part of the plane that the digits take.
    pub fn bounds(&mut self, axes: Axes) -> Bounds {
        if self.codes.first().is_some_and(|code| code.len() == 1) {
            let line = Bounds::fit(self.codes.iter().map(|code| (code[0], 0.0)));
            self.strip = STRIP * line.half();
        }
        let places = (0..self.codes.len()).filter_map(|index| self.target(index, axes));
        Bounds::fit(places.map(|[x, y]| (x, y)))
    }

    /// Lets points glide on for `dt` milliseconds, as seen on a plane of `half` its side; false if all are at rest.
    pub fn glide(&mut self, dt: f32, half: f32, axes: Axes) -> bool {
        let share = 1.0 - (-dt / GLIDE).exp();
        let rest = 1e-3 * half;
        let mut moved = false;
        for index in 0..self.points.len() {
            let Some(target) = self.target(index, axes) else { continue };
            for (p, c) in self.points[index].iter_mut().zip(target) {
                moved |= *p != c;
                // The last bit of the way is taken at once, so that a point at rest is where it belongs.
                *p = if (c - *p).abs() > rest { *p + share * (c - *p) } else { c };
            }
        }
        moved
    }
}

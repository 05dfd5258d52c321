//! The test digits on the plane, gliding to where the network puts them.

use ndarray::ArrayView2;

use super::projection::{Projection, View};
use crate::app::code::Code;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::data::Dataset;
use crate::view::pca::Covariance;
use crate::view::plot::Bounds;

/// The most digits that are shown.
pub const MAX_POINTS: usize = 1_000;

/// The time in which a point covers about two thirds of its way to where it belongs, in milliseconds.
const GLIDE: f32 = 120.0;

/// Codes beyond this are not followed: differences between them would overflow.
const FARTHEST: f32 = 1e30;

/// The share of a code's spread by which the strips of two classes lie apart, if the code is a single number.
const STRIP: f32 = 0.16;

/// The first test digits, their codes, and where they are shown.
#[derive(Debug, Default)]
pub struct DigitCloud {
    codes: Vec<Code>,
    /// Two outputs of another layer, if that is what is shown.
    seen: Vec<[f32; 2]>,
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
    pub fn target(&self, index: usize, projection: &Projection) -> Option<[f32; 2]> {
        if projection.layer().is_some() {
            return self.seen.get(index).copied();
        }
        let code = self.codes.get(index)?;
        Some(match code.len() {
            // A single number is a line: each class has a strip of its own, above and below its middle.
            1 => [code[0], self.strip_of(self.classes[index])],
            _ => projection.place(code),
        })
    }

    fn strip_of(&self, class: Option<u8>) -> f32 {
        let middle = 0.5 * self.classes.iter().flatten().copied().max().map_or(0.0, f32::from);
        class.map_or(0.0, |class| self.strip * (middle - f32::from(class)))
    }

    /// Takes note that the codes are not what the network makes of the digits now, or that labels have come.
    pub fn invalidate(&mut self) {
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
        model: ModelView<'_>,
        test: &Dataset,
        projection: &mut Projection,
        inference: &mut Inference,
    ) -> (usize, Option<Bounds>) {
        let count = test.len().min(MAX_POINTS);
        if self.fresh >= count {
            return (0, None);
        }
        if self.next >= count {
            self.next = 0;
        }
        let chunk = self.next..(self.next + units).min(count);
        let latent = inference.encode(model, test, chunk.clone());
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
        if let Some(layer) = projection.layer() {
            self.selection(projection, &inference.outputs(model, test, chunk.clone(), layer), chunk.start);
        }
        self.next = chunk.end;
        self.fresh += chunk.len();
        let is_round = self.next == count || self.fresh >= count;
        if is_round && projection.view == View::Principal {
            self.find_principal(projection);
        }
        let bounds = is_round.then(|| self.bounds(projection));
        for index in chunk.clone() {
            if self.points[index].iter().any(|x| x.is_nan()) {
                self.points[index] = self.target(index, projection).unwrap_or_default();
            }
        }
        (chunk.len(), bounds)
    }

    /// Takes two outputs of a layer as the places of the digits from `first` on.
    fn selection(&mut self, projection: &Projection, outputs: &ArrayView2<'_, f32>, first: usize) {
        self.seen.resize(self.codes.len(), [0.0; 2]);
        for (place, outputs) in self.seen[first..].iter_mut().zip(outputs.rows()) {
            let found = projection.axes.map(|axis| outputs.get(axis).copied().unwrap_or_default());
            if found.iter().all(|x| x.abs() <= FARTHEST) {
                *place = found;
            }
        }
    }

    /// Finds the two principal components of the codes.
    fn find_principal(&self, projection: &mut Projection) {
        if let Some(first) = self.codes.first() {
            let mut covariance = Covariance::new(first.len());
            let alike = self.codes.iter().filter(|code| code.len() == first.len());
            alike.for_each(|code| covariance.add(code));
            projection.set_principal(covariance.pca(2));
        }
    }

    /// The part of the plane that the digits take.
    pub fn bounds(&mut self, projection: &Projection) -> Bounds {
        if projection.is_decodable() && self.codes.first().is_some_and(|code| code.len() == 1) {
            let line = Bounds::fit(self.codes.iter().map(|code| (code[0], 0.0)));
            self.strip = STRIP * line.half_side();
        }
        let places = (0..self.codes.len()).filter_map(|index| self.target(index, projection));
        Bounds::fit(places.map(|[x, y]| (x, y)))
    }

    /// Lets points glide on for `dt` milliseconds, as seen on a plane of `half` its side; false if all are at rest.
    pub fn animate(&mut self, dt: f32, half: f32, projection: &Projection) -> bool {
        let share = 1.0 - (-dt / GLIDE).exp();
        let rest = 1e-3 * half;
        let mut moved = false;
        for index in 0..self.points.len() {
            let Some(target) = self.target(index, projection) else { continue };
            for (p, c) in self.points[index].iter_mut().zip(target) {
                moved |= *p != c;
                // The last bit of the way is taken at once, so that a point at rest is where it belongs.
                *p = if share < 1.0 && (c - *p).abs() > rest { *p + share * (c - *p) } else { c };
            }
        }
        moved
    }
}

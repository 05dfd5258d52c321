//! The test digits on the plane, gliding to where the network encodes them.

use ndarray::ArrayView2;

use super::projection::{Projection, View};
use crate::app::code::Code;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::sampled::Sampled;
use crate::data::Dataset;
use crate::view::pca::{Covariance, StreamingPca};
use crate::view::plot::Bounds;

/// The most digits on the plane.
pub const MAX_POINTS: usize = 1_000;

/// The time constant of a gliding point, in milliseconds.
const GLIDE_MS: f32 = 120.0;

/// The largest value of a code that is shown: differences between larger ones would overflow.
const MAX_VALUE: f32 = 1e30;

/// The distance between the strips of two classes for codes of one dimension, relative to half the range of the codes.
const STRIP: f32 = 0.16;

/// The first test digits, their codes, and their points.
#[derive(Debug)]
pub struct DigitCloud {
    digits: Sampled<Encoded>,
    /// The principal components of the layer that the plane shows in place of the code.
    layer_components: Option<StreamingPca>,
    points: Vec<[f32; 2]>,
    /// The distance between the strips of two classes for codes of one dimension.
    strip: f32,
}

/// What the network makes of each digit.
#[derive(Clone, Debug, Default)]
struct Encoded {
    codes: Vec<Code>,
    /// The places of another layer's outputs, where the plane shows one.
    outputs: Vec<[f32; 2]>,
    classes: Vec<Option<u8>>,
}

impl Default for DigitCloud {
    fn default() -> Self {
        Self {
            digits: Sampled::rolling(Encoded::default()),
            layer_components: None,
            points: Vec::new(),
            strip: 0.0,
        }
    }
}

impl Encoded {
    fn set_codes(&mut self, codes: ArrayView2<'_, f32>, first: usize, test: &Dataset) {
        for (index, values) in (first..).zip(codes.rows()) {
            let values = values.to_slice().expect("outputs are contiguous");
            let found = values.iter().all(|z| z.abs() <= MAX_VALUE).then(|| Code::new(values));
            if index < self.codes.len() {
                let old = self.codes[index].resized(values.len());
                self.codes[index] = found.unwrap_or(old);
                self.classes[index] = test.label(index);
            } else {
                // A digit whose code is not finite still takes an index.
                self.codes.push(found.unwrap_or(Code::zero(values.len())));
                self.classes.push(test.label(index));
            }
        }
    }

    fn set_outputs(&mut self, outputs: ArrayView2<'_, f32>, first: usize, projection: &Projection) {
        self.outputs.resize(self.codes.len(), [0.0; 2]);
        for (place, outputs) in self.outputs[first..].iter_mut().zip(outputs.rows()) {
            let found = projection.layer_place(outputs.to_slice().expect("outputs are contiguous"));
            if found.iter().all(|x| x.abs() <= MAX_VALUE) {
                *place = found;
            }
        }
    }
}

impl DigitCloud {
    /// Returns where the digits are drawn.
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// Returns the label of each digit, where known.
    pub fn classes(&self) -> &[Option<u8>] {
        &self.digits.classes
    }

    /// Returns the codes of the digits.
    pub fn codes(&self) -> &[Code] {
        &self.digits.codes
    }

    /// Returns the code of a digit.
    pub fn code(&self, index: usize) -> Option<Code> {
        self.codes().get(index).copied()
    }

    /// Returns where a digit's point glides to.
    pub fn target(&self, index: usize, projection: &Projection) -> Option<[f32; 2]> {
        if projection.layer().is_some() {
            return self.digits.outputs.get(index).copied();
        }
        let code = self.codes().get(index)?;
        Some(match code.len() {
            // One dimension is a line: each class has a strip of its own above or below its middle.
            1 => [code[0], self.strip_of(self.classes()[index])],
            _ => projection.place(code),
        })
    }

    fn strip_of(&self, class: Option<u8>) -> f32 {
        let middle = 0.5 * self.classes().iter().flatten().copied().max().map_or(0.0, f32::from);
        class.map_or(0.0, |class| self.strip * (middle - f32::from(class)))
    }

    /// Encodes from the first digit on, for another projection or another network.
    pub fn reproject(&mut self) {
        self.layer_components = None;
        self.digits.restart();
    }

    /// Marks all codes and labels as outdated.
    pub fn invalidate(&mut self) {
        self.digits.invalidate();
    }

    /// Encodes up to `units` outdated digits. Returns how many, and the bounds of all digits after a round.
    pub fn encode(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        projection: &mut Projection,
        inference: &mut Inference,
    ) -> (usize, Option<Bounds>) {
        let count = test.len().min(MAX_POINTS);
        let components = &mut self.layer_components;
        // Progress is complete once all values are valid, which may be in the middle of a round.
        let mut is_round_complete = false;
        let progress = self.digits.advance(units, count, true, |digits, range| {
            digits.set_codes(inference.encode(model, test, range.clone()), range.start, test);
            let Some(layer) = projection.layer() else { return };
            is_round_complete = range.end == count;
            let first = range.start;
            let outputs = inference.outputs(model, test, range, layer);
            digits.set_outputs(outputs, first, projection);
            if matches!(projection.view, View::Layer(_)) {
                let found = components.get_or_insert_with(|| StreamingPca::new(outputs.ncols(), 2));
                let finite =
                    outputs.rows().into_iter().filter(|row| row.iter().all(|x| x.abs() <= MAX_VALUE));
                finite.for_each(|row| found.add(row.to_slice().expect("outputs are contiguous")));
            }
        });
        if progress.is_complete && projection.view == View::Principal {
            self.find_principal(projection);
        }
        if let Some(components) = self.layer_components.as_mut().filter(|_| is_round_complete) {
            let (found, is_converged) = components.finish_round();
            projection.set_principal(found);
            if !is_converged {
                self.digits.invalidate();
            }
        }
        let bounds = progress.is_complete.then(|| self.bounds(projection));
        for index in self.points.len()..self.codes().len() {
            self.points.push(self.target(index, projection).unwrap_or_default());
        }
        (progress.samples, bounds)
    }

    fn find_principal(&self, projection: &mut Projection) {
        if let Some(first) = self.codes().first() {
            let mut covariance = Covariance::new(first.len());
            let alike = self.codes().iter().filter(|code| code.len() == first.len());
            alike.for_each(|code| covariance.add(code));
            projection.set_principal(covariance.pca(2));
        }
    }

    /// Computes the bounds of the digits' targets.
    pub fn bounds(&mut self, projection: &Projection) -> Bounds {
        if projection.is_decodable() && self.codes().first().is_some_and(|code| code.len() == 1) {
            let line = Bounds::fit(self.codes().iter().map(|code| (code[0], 0.0)));
            self.strip = STRIP * line.half_width();
        }
        let places = (0..self.codes().len()).filter_map(|index| self.target(index, projection));
        Bounds::fit(places.map(|[x, y]| (x, y)))
    }

    /// Moves points towards their targets for `dt` milliseconds. `half` is half the width of the plane. Returns false at rest.
    pub fn animate(&mut self, dt: f32, half: f32, projection: &Projection) -> bool {
        let share = 1.0 - libm::expf(-dt / GLIDE_MS);
        let snap_distance = 1e-3 * half;
        let mut has_moved = false;
        for index in 0..self.points.len() {
            let Some(target) = self.target(index, projection) else { continue };
            for (p, c) in self.points[index].iter_mut().zip(target) {
                has_moved |= *p != c;
                *p = if share < 1.0 && (c - *p).abs() > snap_distance { *p + share * (c - *p) } else { c };
            }
        }
        has_moved
    }
}

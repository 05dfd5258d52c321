//! The network's outputs that views show. Each is computed when a view first asks for it, at most once for each version.

use std::cell::{OnceCell, RefCell};

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::code::Code;
use super::inference::{Inference, pixel_mse};
use super::inspect::{Inspect, Quantity, Weights};
use super::messages::live_region;
use super::model_view::ModelView;
use super::pins::Pin;
use super::plane::{Plane, View};
use super::selection::Selection;
use super::tracked::Version;
use crate::data::Dataset;
use crate::nn::standard_normal;

/// The number of digits around a place that a screen reader is told of.
const NEIGHBOUR_COUNT: usize = 10;

/// The selection and what each layer makes of it.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The image, 784 pixels: of a code, that of the nearest test digit.
    pub input: Option<Vec<u8>>,
    /// The test digit that is nearest to the code, by its index, if a code without an image is selected.
    pub nearest: Option<usize>,
    /// Its label, if known.
    pub label: Option<u8>,
    /// Whether it is the drawn digit.
    pub is_drawn: bool,
    /// The code.
    pub code: Code,
    /// The posterior of a Gaussian code.
    pub posterior: Option<Posterior>,
    /// The output of each layer, `[O]`: of a code, the encoder's are those of the nearest test digit.
    pub layers: Vec<Option<Vec<f32>>>,
}

/// The Gaussian that the encoder makes of the selected digit.
#[derive(Clone, Debug)]
pub struct Posterior {
    pub mean: Code,
    pub log_variance: Code,
    /// A sample, another one at each step.
    pub sample: Code,
}

impl Posterior {
    /// Splits means and log-variances, `[2Z]`, and samples `z = mean + exp(log_variance / 2) ε` with noise of a seed.
    fn new(values: &[f32], seed: u64) -> Self {
        let (mean, log_variance) = values.split_at(values.len() / 2);
        let mut sample = Code::new(mean);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        for (z, log_variance) in sample.iter_mut().zip(log_variance) {
            *z += libm::expf(0.5 * log_variance) * standard_normal(&mut rng);
        }
        Self { mean: Code::new(mean), log_variance: Code::new(log_variance), sample }
    }
}

impl Flow {
    /// Returns the output of a layer.
    pub fn layer(&self, layer: usize) -> Option<&[f32]> {
        self.layers.get(layer)?.as_deref()
    }

    /// Returns the mean squared error per pixel; none for a code without an image.
    pub fn error(&self) -> Option<f32> {
        let input = self.input.as_ref().filter(|_| self.nearest.is_none())?;
        Some(pixel_mse(input, self.layers.last()?.as_ref()?))
    }
}

/// The outputs that were computed since something changed.
#[derive(Debug, Default)]
pub struct OutputCache {
    key: [Version; 5],
    flow: OnceCell<Flow>,
    decoded: OnceCell<Vec<f32>>,
    pinned: OnceCell<Vec<f32>>,
    path: OnceCell<Vec<f32>>,
    selected: OnceCell<Vec<f32>>,
    worst: OnceCell<Vec<f32>>,
    samples: OnceCell<Vec<f32>>,
}

impl OutputCache {
    /// Forgets the outputs unless the versions of all that they depend on are the same.
    pub fn refresh(&mut self, key: [Version; 5]) {
        if self.key != key {
            *self = Self { key, ..Self::default() };
        }
    }
}

/// Access to the outputs, and to all that they are computed from.
#[derive(Clone, Copy, Debug)]
pub struct Outputs<'a> {
    pub(super) cache: &'a OutputCache,
    pub(super) inference: &'a RefCell<Inference>,
    pub(super) model: ModelView<'a>,
    /// The gradients of the last step, `[P]`; none of a past step.
    pub(super) gradients: Option<&'a [f32]>,
    pub(super) plane: &'a Plane,
    pub(super) inspect: &'a Inspect,
    pub(super) test: &'a Dataset,
}

impl<'a> Outputs<'a> {
    /// Returns the selection and what each layer makes of it.
    pub fn flow(self) -> &'a Flow {
        self.cache.flow.get_or_init(|| self.compute_flow())
    }

    fn compute_flow(self) -> Flow {
        let (count, code) = (self.model.network.layers().len(), self.model.network.encoder().len());
        let mut inference = self.inference.borrow_mut();
        let selection = self.plane.selection();
        let nearest = self.plane.nearest_digit();
        let image = match selection {
            Selection::Digit(index) => Some((self.test, index)),
            Selection::Drawn => self.inspect.pad.digit.as_ref().map(|digit| (digit, 0)),
            Selection::Place(_) => nearest.map(|index| (self.test, index)),
        };
        let image = image.filter(|(dataset, index)| *index < dataset.len());
        let mut layers = vec![None; count];
        let mut posterior = None;
        if let Some((dataset, index)) = image {
            inference.reconstruct(self.model, dataset, index..index + 1);
            posterior = inference.posterior().map(|values| Posterior::new(&values, self.model.step));
            layers = (0..count).map(|layer| inference.output(layer).map(<[f32]>::to_vec)).collect();
        }
        if let Selection::Place(place) = selection {
            inference.decode(self.model, std::iter::once(place));
            for (layer, output) in layers.iter_mut().enumerate().skip(code) {
                *output = inference.output(layer).map(<[f32]>::to_vec);
            }
        }
        Flow {
            input: image.map(|(dataset, index)| dataset.image(index).to_vec()),
            nearest,
            label: image.and_then(|(dataset, index)| dataset.label(index)),
            is_drawn: selection == Selection::Drawn,
            code: self.plane.focus(),
            posterior,
            layers,
        }
    }

    /// Returns the decoded [`focus`](Plane::focus) of the plane, 784 pixels.
    pub fn decoded(self) -> &'a [f32] {
        self.decode(&self.cache.decoded, || vec![self.plane.focus()])
    }

    /// Returns the images and the labels of the `count` test digits whose codes are nearest to the selection's, other than itself.
    pub fn nearest(self, count: usize) -> Vec<(&'a [u8], Option<u8>)> {
        let selected = match self.plane.selection() {
            Selection::Digit(index) => Some(index),
            _ => self.flow().nearest,
        };
        let nearest = self.plane.nearest_codes(&self.plane.focus(), count + 1).into_iter();
        let others = nearest.filter(|(index, _)| Some(*index) != selected && *index < self.test.len());
        others.take(count).map(|(index, label)| (self.test.image(index), label)).collect()
    }

    /// Returns the decoded pins, 784 pixels each.
    pub fn pinned(self) -> &'a [f32] {
        let pins = &self.plane.pins;
        self.decode(&self.cache.pinned, || pins.iter().map(|(_, pin)| self.plane.code(pin)).collect())
    }

    /// Returns the decoded path, 784 pixels at each of its [`PATH_POINTS`](super::PATH_POINTS); nothing without a path.
    pub fn path(self) -> &'a [f32] {
        self.decode(&self.cache.path, || self.plane.path_codes())
    }

    /// Returns the decoded samples from the prior, 784 pixels each.
    pub fn samples(self) -> &'a [f32] {
        self.decode(&self.cache.samples, || self.inspect.prior.codes.clone())
    }

    fn decode(self, cell: &'a OnceCell<Vec<f32>>, codes: impl FnOnce() -> Vec<Code>) -> &'a [f32] {
        cell.get_or_init(|| match codes() {
            // Even without a code the decoder would prepare its weights: a millisecond for a large network.
            codes if codes.is_empty() => Vec::new(),
            codes => self.inference.borrow_mut().decode(self.model, codes.into_iter()).to_vec(),
        })
    }

    /// Returns the test digit that was pinned last, its label and its reconstruction, if a digit was.
    pub fn selected(self) -> Option<(&'a [u8], Option<u8>, &'a [f32])> {
        let index = self.plane.selected().filter(|&index| index < self.test.len())?;
        let output = self.reconstruct(&self.cache.selected, [index].into_iter());
        Some((self.test.image(index), self.test.label(index), output))
    }

    /// Returns the worst digits and their reconstructions, 784 pixels each.
    pub fn worst(self) -> (Vec<u8>, &'a [f32]) {
        let worst = self.inspect.worst_digits.worst.iter().map(|&(index, _)| index);
        let inputs = worst.clone().flat_map(|index| self.test.image(index)).copied().collect();
        (inputs, self.reconstruct(&self.cache.worst, worst))
    }

    fn reconstruct(
        self,
        cell: &'a OnceCell<Vec<f32>>,
        indices: impl ExactSizeIterator<Item = usize>,
    ) -> &'a [f32] {
        cell.get_or_init(|| self.inference.borrow_mut().reconstruct(self.model, self.test, indices).to_vec())
    }

    /// Returns the first digits as the network sees them, and their reconstructions, 784 pixels each.
    pub fn reconstructions(self) -> (&'a [u8], &'a [f32]) {
        (self.inspect.reconstructions.inputs(), self.inspect.reconstructions.outputs())
    }

    /// Iterates over the errors of these reconstructions, against the digits before corruption.
    pub fn reconstruction_errors(self) -> impl Iterator<Item = f32> + 'a {
        self.inspect.reconstructions.errors().map(|(_, error)| error)
    }

    /// Returns the weights of the open layer, or their gradients; no gradients of a past step.
    pub fn weights(self) -> Option<Weights<'a>> {
        let values = match self.inspect.layer.quantity {
            Quantity::Weights => self.model.parameters,
            Quantity::Gradients => self.gradients?,
        };
        Weights::from_parameters(self.model.network.layers(), self.inspect.layer.layer?, values)
    }

    /// Returns the selection as a screen reader reads it: `z 1.20, −0.40; nearest: mostly threes`.
    pub fn selection_text(self) -> String {
        let subject = match self.plane.selection() {
            Selection::Drawn => "your digit, ".to_owned(),
            Selection::Digit(index) => live_region::digit(self.test.label(index)) + ", ",
            Selection::Place(_) => String::new(),
        };
        let axes = match self.plane.view() {
            View::Code => "z ",
            View::Principal | View::Layer(_) => "principal components ",
            View::Units(_) => "units ",
        };
        subject + axes + &self.place_text(self.plane.focus_place(), &self.plane.focus())
    }

    /// Returns the pins as a screen reader reads them:
    /// `Decoded at the pins: 1: z 1.20, −0.40; nearest: mostly threes. 2: test digit 7.`
    pub fn pins_text(self) -> String {
        let mut text = "Decoded at the pins:".to_owned();
        for (number, pin) in self.plane.pins.iter() {
            let pin = match pin {
                Pin::Digit(index) => live_region::digit(self.test.label(index)),
                Pin::Place(..) => {
                    "z ".to_owned() + &self.place_text(self.plane.place(pin), &self.plane.code(pin))
                }
            };
            text.push_str(&format!(" {}: {pin}.", number + 1));
        }
        text
    }

    /// Returns the reconstructions as a screen reader reads them.
    pub fn reconstructions_text(self) -> String {
        live_region::reconstructions(self.inspect.reconstructions.errors())
    }

    fn place_text(self, place: [f32; 2], code: &Code) -> String {
        let neighbours = self.plane.nearest_codes(code, NEIGHBOUR_COUNT);
        let classes = neighbours.into_iter().filter_map(|(_, class)| class);
        live_region::place(if self.plane.is_line() { &place[..1] } else { &place }, classes)
    }
}

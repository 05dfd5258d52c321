//! The activations of networks whose files do not state them, found by trying.

use ndarray::Array2;

use super::Loaded;
use crate::data::{Dataset, mean_digit_error};
use crate::nn::{Activation, LayerSpec, Network, NetworkSpec, Workspace};

/// The images on which activations are tried.
const IMAGES: usize = 200;

/// The best is clear if its error is at most this share of the second best.
const CLEAR_SHARE: f64 = 0.7;

/// The activations that were taken for a network.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationChoice {
    /// The network with the activations that reconstruct best.
    pub spec: NetworkSpec,
    /// Its mean squared error per pixel.
    pub error: f64,
    /// The network with the second best activations, and its error.
    pub second: Option<(NetworkSpec, f64)>,
    /// The number of images that were reconstructed.
    pub images: usize,
    /// Whether none is better than the mean of the images: it says nothing then which one is best.
    pub is_blind: bool,
}

impl ActivationChoice {
    /// Returns whether the best are much better than the second best.
    pub fn is_clear(&self) -> bool {
        let is_best = |(_, second): &(NetworkSpec, f64)| !self.is_blind && self.error <= CLEAR_SHARE * second;
        self.second.as_ref().is_none_or(is_best)
    }

    /// Says which activations were taken and why, or asks which of two they are.
    pub fn sentence(&self) -> String {
        let Self { spec, error, second, images, is_blind } = self;
        let what = match second.as_ref().filter(|_| !self.is_clear()) {
            None => format!("{spec} reconstructs {images} test images best, with an error of {error:.4}"),
            Some((second, second_error)) => format!(
                "which are they? On {images} test images {spec} has an error of {error:.4}, {second} one of {second_error:.4}"
            ),
        };
        let blind =
            if *is_blind { " None of those tried reconstructs the images, so they are guessed." } else { "" };
        format!("The file does not state its activations: {what}.{blind} Network changes them.")
    }

    /// Names both networks by what differs in their first layer, code and last layer: `3 linear, 784 tanh`. None if the best are
    /// clear.
    pub fn labels(&self) -> Option<[String; 2]> {
        let (second, _) = self.second.as_ref().filter(|_| !self.is_clear())?;
        let layers = [0, self.spec.code, self.spec.layers.len() - 1];
        let differing: Vec<usize> =
            layers.into_iter().filter(|&layer| self.spec.layers[layer] != second.layers[layer]).collect();
        Some([&self.spec, second].map(|spec| {
            differing.iter().map(|&layer| spec.layers[layer].title()).collect::<Vec<_>>().join(", ")
        }))
    }
}

impl Loaded {
    /// Takes the activations that reconstruct some images best, if the file states none. Returns none if it states them, or if the
    /// images do not fit.
    pub fn choose_activations(&mut self, images: &Dataset) -> Option<ActivationChoice> {
        let Self::Network { config, parameters, choices } = self else { return None };
        let count = images.len().min(IMAGES);
        if choices.is_empty() || count == 0 || images.width() != config.spec.inputs {
            return None;
        }
        let mut batch = Array2::zeros((count, images.width()));
        images.fill(&mut batch, 0..count);
        let mut tried: Vec<(NetworkSpec, f64)> = Vec::new();
        for choice in choices.drain(..) {
            let mut spec = choice;
            spec.ensure_output_activation(config.loss);
            if tried.iter().any(|(other, _)| *other == spec) {
                continue;
            }
            let Ok(network) = Network::new(&spec, config.loss) else { continue };
            let mut workspace = Workspace::new(&network, count);
            let outputs = network.reconstruct(parameters, batch.view(), &mut workspace);
            let squares = outputs.iter().zip(&batch).map(|(y, x)| f64::from(y - x).powi(2)).sum::<f64>();
            tried.push((spec, squares / batch.len() as f64));
        }
        tried.retain(|(_, error)| error.is_finite());
        let mean_error = mean_digit_error(images, images).map_or(f64::INFINITY, f64::from);
        let is_blind = tried.iter().all(|(_, error)| *error > mean_error);
        if is_blind && tried.iter().any(|(spec, _)| is_usual(spec)) {
            tried.retain(|(spec, _)| is_usual(spec));
        }
        let (spec, error) = take_best(&mut tried)?;
        config.set_spec(spec.clone());
        // Leaky ReLU is nearly ReLU: its twin says nothing about whether the best is right.
        tried.retain(|(other, _)| !is_twin(other, &spec));
        Some(ActivationChoice { spec, error, second: take_best(&mut tried), images: count, is_blind })
    }
}

/// Takes the network with the smallest error out of those that were tried.
fn take_best(tried: &mut Vec<(NetworkSpec, f64)>) -> Option<(NetworkSpec, f64)> {
    let best = (0..tried.len()).min_by(|&a, &b| tried[a].1.total_cmp(&tried[b].1));
    best.map(|index| tried.swap_remove(index))
}

/// Returns whether a network has the usual activations: ReLU, but neither at the code nor at the output.
fn is_usual(spec: &NetworkSpec) -> bool {
    let last = spec.layers.len() - 1;
    let is_relu = |&index: &usize| spec.layers[index].activation == Activation::Relu;
    let is_plain = |index| is_relu(&index) || spec.layers[index].activation == Activation::Linear;
    (0..last).all(is_plain) && is_relu(&0) && ![spec.code, last].iter().any(is_relu)
}

/// Returns whether two networks differ in nothing but the leak of their ReLUs.
fn is_twin(a: &NetworkSpec, b: &NetworkSpec) -> bool {
    let activation = |layer: &LayerSpec| match layer.activation {
        Activation::LeakyRelu => Activation::Relu,
        other => other,
    };
    a.layers.iter().map(activation).eq(b.layers.iter().map(activation))
}

//! Views into the network beside the plane: reconstructions, the open layer, the worst digits, samples from the prior, the
//! drawing pad, and the linear baseline.

mod layer_edit;
mod layer_inspector;
mod layer_stats;
mod linear_code;
mod pad;
mod prior;
mod reconstructions;
mod weights;
mod worst_digits;

pub use layer_edit::LayerEdit;
pub use layer_inspector::{LayerInspector, Quantity, UNITS_PER_PAGE};
pub use layer_stats::{Inactive, LayerStats, UnitStats};
pub use linear_code::LinearCode;
pub use pad::{DrawingResult, NEAREST_COUNT, Pad, PadMsg};
pub use prior::{Prior, SAMPLE_COUNT};
pub use reconstructions::{Digits, RECONSTRUCTION_COUNT, Reconstructions, TRAINING_COUNT};
pub use weights::{WeightLayout, Weights};
pub use worst_digits::{ClassError, MAX_WORST_DIGITS, WorstDigits};

use super::tracked::{Tracked, Version};
use crate::data::Dataset;

/// A message about single layers, errors or samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InspectMsg {
    /// Opens a layer, or closes it if it is open.
    Toggle(usize),
    /// Closes the open layer.
    Close,
    /// Edits a layer, which starts a new run.
    Edit(LayerEdit),
    /// Shows another quantity of the open layer.
    Show(Quantity),
    /// Turns to the next page of units, or to the one before.
    Turn(bool),
    /// Opens or closes the worst digits.
    Errors(bool),
    /// The worst digits have the pointer or the focus, or no longer: then they stay where they are.
    HoldWorstDigits(bool),
    /// Draws samples from the prior.
    Sample,
    /// Moves the error above which a digit is taken for one of the class left out.
    Threshold(f32),
}

/// What is shown of the network beside the plane.
#[derive(Debug, Default)]
pub struct Inspect {
    /// The drawing pad.
    pub pad: Tracked<Pad>,
    /// The first test digits and their reconstructions.
    pub reconstructions: Tracked<Reconstructions>,
    /// The open layer.
    pub layer: Tracked<LayerInspector>,
    /// Statistics of its activations.
    pub layer_stats: Tracked<LayerStats>,
    /// The digits that are reconstructed worst.
    pub worst_digits: Tracked<WorstDigits>,
    /// Samples from the prior of a Gaussian code.
    pub prior: Tracked<Prior>,
    /// The linear baseline.
    pub linear_code: Tracked<LinearCode>,
    /// The error above which a digit is taken for one of the class left out, if the user has moved it.
    pub threshold: Tracked<Option<f32>>,
}

impl Inspect {
    /// Handles a message. `units` is the number of units of the open layer, `prior_dim` the number of dimensions of the prior,
    /// if the code has one.
    pub fn update(&mut self, msg: InspectMsg, units: usize, prior_dim: Option<usize>) {
        match msg {
            InspectMsg::Toggle(layer) => self.layer.write().toggle(layer),
            InspectMsg::Close => self.layer.write().close(),
            InspectMsg::Show(quantity) => self.layer.write().quantity = quantity,
            InspectMsg::Turn(forward) => _ = self.layer.write_if(|layer| layer.turn(forward, units)),
            InspectMsg::Errors(is_open) => self.worst_digits.write().open(is_open),
            InspectMsg::HoldWorstDigits(is_held) => self.worst_digits.bypass().is_held = is_held,
            InspectMsg::Sample => {
                if let Some(dim) = prior_dim {
                    self.prior.write().sample(dim);
                }
            }
            InspectMsg::Threshold(threshold) => {
                self.threshold.replace(Some(threshold).filter(|threshold| threshold.is_finite()));
            }
            // Whoever owns the settings edits the layers.
            InspectMsg::Edit(_) => {}
        }
    }

    /// Counts a frame.
    pub fn frame(&mut self) {
        self.reconstructions.bypass().frame();
        self.layer_stats.bypass().frame();
        self.worst_digits.bypass().frame();
    }

    /// Marks everything computed as outdated, for other parameters or labels.
    pub fn invalidate(&mut self) {
        self.reconstructions.bypass().invalidate();
        self.layer_stats.bypass().invalidate();
    }

    /// Forgets everything computed, for another network of `layers` layers and a prior of `prior_dim` dimensions.
    pub fn use_network(&mut self, layers: usize, prior_dim: Option<usize>) {
        self.reconstructions.write().clear();
        self.layer.write().use_network(layers);
        self.layer_stats.write().clear();
        self.prior.write().use_network(prior_dim);
        self.threshold.replace(None);
    }

    /// Forgets everything computed, for another dataset.
    pub fn clear(&mut self) {
        self.reconstructions.write().clear();
        self.layer_stats.write().clear();
        self.worst_digits.write().clear();
        self.linear_code.write().clear();
    }

    /// Ranks the digits by `errors`, which have a version, if the ranking is visible and due.
    pub fn rank_digits(&mut self, (errors, version): (&[f32], Version), test: &Dataset, at_rest: bool) {
        if self.worst_digits.is_due(version, at_rest) {
            self.worst_digits.write().rank(version, errors, |index| test.label(index));
        }
    }

    /// Works on the error of a linear code of `dim` dimensions by up to `units`. Returns how many units were done.
    pub fn fit_linear_code(&mut self, units: usize, dim: usize, train: &Dataset, test: &Dataset) -> usize {
        self.linear_code.write_if(|code| code.use_dim(dim));
        let mut done = 0;
        self.linear_code.write_if(|code| {
            let before = code.error();
            done = code.work(units, train, test);
            code.error() != before
        });
        done
    }
}

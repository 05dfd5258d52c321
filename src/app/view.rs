//! What views read: the state, the figures and the images.

use super::controls::Playback;
use super::runs::Timeline;
use super::{
    App, Code, Datasets, Ghost, Ghosts, ModelView, Notice, Plane, Run, SHOWN, Selection, Settings, State,
    Version,
};
use crate::data::PIXELS;
use crate::train::setting::Setting;

/// The figures of the transport bar and of the page's `data-` attributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The number of steps.
    pub step: u64,
    /// The number of examples.
    pub examples: u64,
    /// The number of epochs.
    pub epoch: f64,
    /// Training error, smoothed: mean squared error per pixel.
    pub train_mse: Option<f32>,
    /// Test error over all held-out images: mean squared error per pixel.
    pub test_mse: Option<f32>,
    /// Steps per second.
    pub steps_per_second: Option<f64>,
    /// Examples per second.
    pub examples_per_second: Option<f64>,
    /// Training images in memory.
    pub images: usize,
}

/// An image, or a code, on its way through the network.
#[derive(Clone, Debug)]
pub struct Flow<'a> {
    /// The image, if it is one: 784 pixels.
    pub input: Option<&'a [u8]>,
    /// Its label, if that is known.
    pub label: Option<u8>,
    /// Whether it is the user's drawing.
    pub is_drawn: bool,
    /// The code.
    pub code: Code,
    /// The output of each layer, `[O]`; none of the encoder's if there is only a code.
    pub layers: Vec<Option<&'a [f32]>>,
}

impl App {
    /// Returns the state of the page.
    pub fn state(&self) -> State {
        if self.runs.run().has_diverged() {
            State::Diverged
        } else if !self.datasets.can_train() {
            State::Loading
        } else if self.playback.is_training() {
            State::Training
        } else {
            State::Paused
        }
    }

    /// Returns whether changes are drawn immediately: no step is made, or so few that each is drawn.
    pub fn is_at_rest(&self) -> bool {
        self.state() != State::Training || self.playback.is_slow()
    }

    /// Returns the playback controls.
    pub fn playback(&self) -> &Playback {
        &self.playback
    }

    /// Returns whether Play was pressed last, rather than Pause, or requested steps remain.
    pub fn is_playing(&self) -> bool {
        self.playback.is_playing()
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        self.runs.run().settings()
    }

    /// Returns the run.
    pub fn run(&self) -> &Run {
        self.runs.run()
    }

    /// Returns the datasets.
    pub fn dataset(&self) -> &Datasets {
        &self.datasets
    }

    /// Returns the latent plane.
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// Returns the text of the network's field: the trained layers, or those that were refused last.
    pub fn network_text(&self) -> String {
        let trained = || self.settings().get(Setting::Network).unwrap_or_default();
        self.refused_network.clone().unwrap_or_else(trained)
    }

    /// Returns whether [`network_text`](Self::network_text) was refused.
    pub fn is_network_refused(&self) -> bool {
        self.refused_network.is_some()
    }

    /// Returns whether choosing the preset again would change something.
    pub fn is_preset_changed(&self) -> bool {
        self.is_network_refused() || !self.settings().is_as_preset()
    }

    /// Returns the notice to be shown.
    pub fn notice(&self) -> Option<&Notice> {
        self.notices.shown()
    }

    /// Describes the run that Undo restores, if there is one.
    pub fn undo_label(&self) -> Option<String> {
        self.runs.undo_label()
    }

    /// Describes the stored run of an earlier visit, if there is one.
    pub fn offer_text(&self) -> Option<String> {
        self.runs.offer_text()
    }

    /// Returns the version of the notices.
    pub fn notices_version(&self) -> Version {
        self.notices.version()
    }

    /// Returns the version of the playback controls.
    pub fn playback_version(&self) -> Version {
        self.playback.version()
    }

    /// Returns the version of the text of the network's field.
    pub fn network_text_version(&self) -> Version {
        self.refused_network.version()
    }

    /// Returns the version of what Undo restores, and of the stored run of an earlier visit.
    pub fn earlier_runs_version(&self) -> Version {
        self.runs.earlier_version()
    }

    /// Returns the version of the reconstructions.
    pub fn reconstructions_version(&self) -> Version {
        self.reconstructions.version()
    }

    /// Returns the model of views and tasks: that of the shown step, or the current one.
    pub(super) fn model_view(&self) -> ModelView<'_> {
        self.runs.model_view()
    }

    /// Returns the version of the model that views show.
    pub fn model_version(&self) -> Version {
        self.model_version
    }

    /// Returns the recorded steps of the run, and the shown one.
    pub fn timeline(&self) -> &Timeline {
        self.runs.timeline()
    }

    /// Returns the step that views show.
    pub fn shown_step(&self) -> u64 {
        self.model_view().step
    }

    /// Returns the kept curves.
    pub fn ghosts(&self) -> &Ghosts {
        self.runs.ghosts()
    }

    /// Returns the name of a kept curve: how its settings differ from those of the run.
    pub fn ghost_name(&self, ghost: &Ghost) -> String {
        ghost.settings.difference(self.settings())
    }

    /// Iterates over the errors to compare a run with, by name, as far as they are known: per pixel, on the test digits.
    pub fn references(&self) -> impl Iterator<Item = (&'static str, f32)> {
        let linear = self.linear_code.error().filter(|_| self.linear_code.width() == self.plane.width());
        let known = [("mean digit", self.datasets.mean_digit_error()), ("linear code", linear)];
        known.into_iter().filter_map(|(name, error)| Some((name, error?)))
    }

    /// Returns the version of the references.
    pub fn references_version(&self) -> (Version, bool) {
        (self.linear_code.version(), self.datasets.progress().is_none())
    }

    /// Returns the figures.
    pub fn figures(&self) -> Figures {
        let trainer = self.runs.run().trainer();
        let examples = trainer.examples();
        let train = &self.datasets.pair().train;
        let pace = self.runs.run().throughput().filter(|_| self.state() == State::Training);
        Figures {
            step: trainer.steps(),
            examples,
            epoch: examples as f64 / trainer.config().train_len(train.expected_len()).max(1) as f64,
            train_mse: self.runs.run().curve().train_error(),
            test_mse: self.runs.run().test_error(),
            steps_per_second: pace.map(|(steps, _)| steps),
            examples_per_second: pace.map(|(_, examples)| examples),
            images: train.len(),
        }
    }

    /// Returns the number of test digits that are shown above their reconstructions.
    pub fn shown(&self) -> usize {
        self.datasets.pair().test.len().min(SHOWN)
    }

    /// Returns the first test digits, as the network receives them, and their reconstructions, 784 pixels each, as far as
    /// they are computed.
    pub fn reconstructions(&self) -> (&[u8], &[f32]) {
        let outputs = self.reconstructions.shown();
        let shown = self.shown().min(outputs.len() / PIXELS);
        (&self.reconstructions.seen()[..shown * PIXELS], &outputs[..shown * PIXELS])
    }

    /// Decodes the [`focus`](Plane::focus) of the plane, 784 pixels.
    pub fn decoded(&mut self) -> &[f32] {
        let focus = self.plane.focus();
        self.decode(std::iter::once(focus))
    }

    /// Decodes each pin, 784 pixels each.
    pub fn pinned(&mut self) -> &[f32] {
        let codes: Vec<_> = self.plane.pins().iter().map(|(_, pin)| self.plane.code(pin)).collect();
        // Even without a code the decoder would prepare its weights, which takes a millisecond for a large network.
        if codes.is_empty() { &[] } else { self.decode(codes.into_iter()) }
    }

    /// Decodes the path, 784 pixels at each of its [`PATH_POINTS`](super::PATH_POINTS); nothing if there is none.
    pub fn filmstrip(&mut self) -> &[f32] {
        let codes = self.plane.path_codes();
        self.decode(codes.into_iter())
    }

    /// Returns the open layer, if there is one.
    pub fn opened_layer(&self) -> Option<usize> {
        self.layer_inspector.layer()
    }

    /// Returns the version of the open layer.
    pub fn opened_version(&self) -> Version {
        self.layer_inspector.version()
    }

    /// Returns the selection on its way through the network.
    pub fn flow(&mut self) -> Flow<'_> {
        let model = self.runs.model_view();
        let (count, code) = (model.network.layers().len(), model.network.encoder().len());
        let test = &self.datasets.pair().test;
        let selection = self.plane.selection();
        let is_drawn = matches!(selection, Selection::Drawn);
        let (input, label, first) = match selection {
            Selection::Digit(index) if index < test.len() => {
                self.inference.reconstruct(model, test, index..index + 1);
                (Some(test.image(index)), test.label(index), 0)
            }
            Selection::Drawn => match self.pad.digit() {
                Some(digit) => {
                    self.inference.reconstruct(model, digit, 0..1);
                    (Some(digit.image(0)), None, 0)
                }
                None => (None, None, count),
            },
            Selection::Digit(_) => (None, None, count),
            Selection::Place(place) => {
                self.inference.decode(model, std::iter::once(place));
                (None, None, code)
            }
        };
        let inference = &self.inference;
        let output =
            |layer| Some(layer).filter(|&layer| layer >= first).and_then(|layer| inference.output(layer));
        Flow { input, label, is_drawn, code: self.plane.focus(), layers: (0..count).map(output).collect() }
    }

    fn decode(&mut self, codes: impl Iterator<Item = Code>) -> &[f32] {
        self.inference.decode(self.runs.model_view(), codes)
    }

    /// Returns the test digit that was pinned last, its label and its reconstruction.
    pub fn selected(&mut self) -> Option<(&[u8], Option<u8>, &[f32])> {
        let test = &self.datasets.pair().test;
        let index = self.plane.selected().filter(|&index| index < test.len())?;
        let output = self.inference.reconstruct(self.runs.model_view(), test, index..index + 1);
        Some((test.image(index), test.label(index), output))
    }
}

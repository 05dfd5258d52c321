//! What views read: the state, the figures and the images.

use super::controls::Playback;
use super::runs::Timeline;
use super::{App, Datasets, Ghost, Ghosts, ModelView, Notice, Run, Settings, State, Version};
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
        let linear = self
            .inspect
            .linear_code
            .error()
            .filter(|_| self.inspect.linear_code.dim == self.plane.latent_dim);
        let known = [("mean digit", self.datasets.mean_digit_error()), ("linear code", linear)];
        known.into_iter().filter_map(|(name, error)| Some((name, error?)))
    }

    /// Returns the version of the references.
    pub fn references_version(&self) -> (Version, bool) {
        (self.inspect.linear_code.version(), self.datasets.progress().is_none())
    }

    /// Returns the figures.
    pub fn figures(&self) -> Figures {
        let trainer = self.runs.run().trainer();
        let examples = trainer.examples();
        let train = &self.datasets.pair().train;
        let throughput = self.runs.run().throughput().filter(|_| self.state() == State::Training);
        Figures {
            step: trainer.steps(),
            examples,
            epoch: examples as f64 / trainer.config().train_len(train.expected_len()).max(1) as f64,
            train_mse: self.runs.run().curve().train_error(),
            test_mse: self.runs.run().test_error(),
            steps_per_second: throughput.map(|(steps, _)| steps),
            examples_per_second: throughput.map(|(_, examples)| examples),
            images: train.len(),
        }
    }
}

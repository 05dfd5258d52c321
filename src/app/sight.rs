//! What there is to see: state, figures and images, for whoever draws them.

use super::{App, DatasetChoice, Field, Figures, Notice, Plane, SHOWN, SavedFile, Settings, State, Ticket};
use crate::history::History;
use crate::plot::Backdrop;
use crate::trainer::Trainer;

impl App {
    /// What the page is doing.
    #[must_use]
    pub fn state(&self) -> State {
        if self.diverged.is_some() {
            State::Diverged
        } else if !self.can_train() {
            State::Loading
        } else if self.playing && !self.hidden {
            State::Training
        } else {
            State::Paused
        }
    }

    /// Whether Play was pressed last, rather than Pause.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The layers as they are to be read: those that are trained, or what was last written in their place and refused.
    #[must_use]
    pub fn network_text(&self) -> String {
        self.refused_network.clone().unwrap_or_else(|| self.settings.get(Field::Network))
    }

    /// Whether [`network_text`](Self::network_text) was refused.
    #[must_use]
    pub fn is_network_refused(&self) -> bool {
        self.refused_network.is_some()
    }

    /// Whether what the page shows is not all as the preset sets it, and choosing the preset again would change something.
    #[must_use]
    pub fn is_preset_changed(&self) -> bool {
        self.is_network_refused() || !self.settings.is_as_preset()
    }

    /// What is learned from at this moment.
    #[must_use]
    pub fn using(&self) -> DatasetChoice {
        self.using
    }

    /// Whether a dataset can be chosen: it is served, built in, or was given.
    #[must_use]
    pub fn offers(&self, choice: DatasetChoice) -> bool {
        match choice {
            DatasetChoice::Mnist => self.mnist_served,
            DatasetChoice::Strokes => true,
            DatasetChoice::Own => self.own_kept.is_some() || self.using == DatasetChoice::Own,
        }
    }

    /// The trainer.
    #[must_use]
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// The loss series.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The latent plane.
    #[must_use]
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// What the decoder draws all over the plane.
    #[must_use]
    pub fn backdrop(&self) -> &Backdrop {
        self.manifold.shown()
    }

    /// What has to be said. While a run has diverged it is that, unless something was said since, and again after:
    /// its button is the way back.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref().or(self.diverged.as_ref())
    }

    /// The figures.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let examples = self.trainer.examples();
        let rates = self.rates.per_second().filter(|_| self.state() == State::Training);
        Figures {
            step: self.trainer.steps(),
            examples,
            epoch: examples as f64 / self.train.planned().max(1) as f64,
            train_mse: self.smoothed.value(),
            test_mse: self.test_mse,
            steps_per_second: rates.map(|(steps, _)| steps),
            examples_per_second: rates.map(|(_, examples)| examples),
            images: self.train.len(),
        }
    }

    /// How much of the images is here, in [0, 1], while they arrive.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        let planned = (self.train.planned() + self.test.planned()).max(1);
        self.source.as_ref().map(|_| (self.train.len() + self.test.len()) as f64 / planned as f64)
    }

    /// How many test digits are shown above their reconstructions.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.test.len().min(SHOWN)
    }

    /// The first test digits and their reconstructions, [`shown`](Self::shown) of both, 784 pixels each.
    pub fn reconstructions(&mut self) -> (&[u8], &[f32]) {
        let shown = self.shown();
        let outputs =
            self.display.reconstruct(self.trainer.network(), self.trainer.parameters(), &self.test, 0..shown);
        (self.test.images(shown), outputs)
    }

    /// What the decoder draws at the [`focus`](Plane::focus) of the plane, 784 pixels.
    pub fn decoded(&mut self) -> &[f32] {
        let focus = std::iter::once(self.plane.focus());
        self.display.decode(self.trainer.network(), self.trainer.parameters(), focus)
    }

    /// What the decoder draws at each pin, 784 pixels each.
    pub fn pinned(&mut self) -> &[f32] {
        let places = self.plane.pins().iter().map(|&pin| self.plane.place(pin));
        self.display.decode(self.trainer.network(), self.trainer.parameters(), places)
    }

    /// The test digit that was pinned last, its label and its reconstruction, if a digit was.
    pub fn selected(&mut self) -> Option<(&[u8], Option<u8>, &[f32])> {
        let index = self.plane.selected()?;
        let output = self.display.reconstruct(
            self.trainer.network(),
            self.trainer.parameters(),
            &self.test,
            index..index + 1,
        );
        Some((self.test.image(index), self.test.label(index), output))
    }

    /// The download that has to be begun, once.
    pub fn take_download(&mut self) -> Option<Ticket> {
        self.download.take()
    }

    /// The fragment that the URL has to be given, once for each change.
    pub fn take_address(&mut self) -> Option<String> {
        self.address.take()
    }

    /// The file that has to be handed to the visitor, once.
    pub fn take_saved(&mut self) -> Option<SavedFile> {
        self.saved.take()
    }

    /// Whether more is wanted of the files that the visitor has given.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.own_files.is_some()
    }

    /// Whether enough images are here to begin.
    pub(super) fn can_train(&self) -> bool {
        let first_pool = crate::data::FIRST_POOL.min(self.train.planned());
        first_pool > 0 && self.train.len() >= first_pool
    }
}

//! What there is to see: state, figures and images, for whoever draws them.

use super::record::{Sitting, Timeline};
use super::transport::Transport;
use super::{
    App, Code, Ghost, Ghosts, Images, Look, Notice, Plane, Run, SHOWN, Settings, State, Subject, Version,
};
use crate::data::PIXELS;
use crate::train::setting::Setting;
use crate::view::plot::group_digits;

/// The figures of the transport bar and of the page's `data-` attributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Steps made.
    pub step: u64,
    /// Examples seen.
    pub examples: u64,
    /// Examples seen, in multiples of the training images.
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
    /// Whether it is the one that the visitor has drawn.
    pub is_drawn: bool,
    /// The code.
    pub code: Code,
    /// What each layer makes of it, `[O]`; nothing of the encoder's where a code is all there is.
    pub layers: Vec<Option<&'a [f32]>>,
}

impl App {
    /// What the page is doing.
    #[must_use]
    pub fn state(&self) -> State {
        if self.run.has_diverged() {
            State::Diverged
        } else if !self.images.can_train() {
            State::Loading
        } else if self.transport.trains() {
            State::Training
        } else {
            State::Paused
        }
    }

    /// Whether what changes is drawn at once: no step is made, or so few that each is worth being seen.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.state() != State::Training || self.transport.is_slow()
    }

    /// How fast training goes, how far *Step* goes, and when it stops by itself.
    #[must_use]
    pub fn transport_bar(&self) -> &Transport {
        &self.transport
    }

    /// Whether Play was pressed last, rather than Pause, or steps are still to be made.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.transport.is_playing()
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.run.settings()
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Where images come from, and those that are here.
    #[must_use]
    pub fn stock(&self) -> &Images {
        &self.images
    }

    /// The latent plane.
    #[must_use]
    pub fn latent_plane(&self) -> &Plane {
        &self.plane
    }

    /// The layers as they are to be read: those that are trained, or what was last written in their place and refused.
    #[must_use]
    pub fn network_text(&self) -> String {
        let trained = || self.settings().get(Setting::Network).unwrap_or_default();
        self.draft.clone().unwrap_or_else(trained)
    }

    /// Whether [`network_text`](Self::network_text) was refused.
    #[must_use]
    pub fn is_network_refused(&self) -> bool {
        self.draft.is_some()
    }

    /// Whether what the page shows is not all as the preset sets it, and choosing the preset again would change something.
    #[must_use]
    pub fn is_preset_changed(&self) -> bool {
        self.is_network_refused() || !self.settings().is_as_preset()
    }

    /// The sentence to be shown.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.notices.shown()
    }

    /// What Undo would bring back, in words; nothing if there is nothing.
    #[must_use]
    pub fn undo_label(&self) -> Option<String> {
        let memento = self.undo.last()?;
        Some(format!("Brings back the run before this one, at step {}.", group_digits(memento.step())))
    }

    /// The run from an earlier visit that may go on, in words.
    #[must_use]
    pub fn offer_text(&self) -> Option<String> {
        let Sitting { step, test, .. } = self.offer.as_ref()?;
        let error = test.last().map_or(String::new(), |(_, mse)| format!(", with a test error of {mse:.4}"));
        Some(format!("The browser has kept your last run: step {}{error}.", group_digits(*step)))
    }

    /// The number of changes of the notices.
    #[must_use]
    pub fn notices_version(&self) -> Version {
        self.notices.version()
    }

    /// The number of changes of what is pressed.
    #[must_use]
    pub fn transport_version(&self) -> Version {
        self.transport.version()
    }

    /// The number of changes of the draft, of what can be undone, and of the run on offer.
    #[must_use]
    pub fn form_version(&self) -> Version {
        self.form
    }

    /// The number of changes of the reconstructions.
    #[must_use]
    pub fn gallery_version(&self) -> Version {
        self.gallery.version()
    }

    /// What views and chores look at: the moment of the timeline that is shown, or else the run as it is.
    #[must_use]
    pub(super) fn subject(&self) -> Subject<'_> {
        subject(&self.run, &self.timeline)
    }

    /// The number of changes of the network that views look at.
    #[must_use]
    pub fn subject_version(&self) -> Version {
        self.subject
    }

    /// The moments of the run, and which of them is looked at.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The step that views show.
    #[must_use]
    pub fn shown_step(&self) -> u64 {
        self.subject().step
    }

    /// The curves that are kept.
    #[must_use]
    pub fn ghosts(&self) -> &Ghosts {
        &self.ghosts
    }

    /// The name of a curve that is kept: what is different in its settings from those of the run.
    #[must_use]
    pub fn ghost_name(&self, ghost: &Ghost) -> String {
        ghost.settings.difference(self.settings())
    }

    /// What a run can be compared with, by name, as errors per pixel on the test digits; what is known of it.
    pub fn references(&self) -> impl Iterator<Item = (&'static str, f32)> {
        let linear = self.linear_code.error().filter(|_| self.linear_code.width() == self.plane.width());
        let known = [("mean digit", self.images.mean_digit_error()), ("linear code", linear)];
        known.into_iter().filter_map(|(name, error)| Some((name, error?)))
    }

    /// The number of changes of the references.
    #[must_use]
    pub fn references_version(&self) -> (Version, bool) {
        (self.linear_code.version(), self.images.progress().is_none())
    }

    /// The figures.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let trainer = self.run.trainer();
        let examples = trainer.examples();
        let train = &self.images.pair().train;
        let pace = self.run.pace().filter(|_| self.state() == State::Training);
        Figures {
            step: trainer.steps(),
            examples,
            epoch: examples as f64 / trainer.config().train_len(train.expected_len()).max(1) as f64,
            train_mse: self.run.curve().train_error(),
            test_mse: self.run.test_error(),
            steps_per_second: pace.map(|(steps, _)| steps),
            examples_per_second: pace.map(|(_, examples)| examples),
            images: train.len(),
        }
    }

    /// How many test digits are shown above their reconstructions.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.images.pair().test.len().min(SHOWN)
    }

    /// The first test digits, as the network sees them, and their reconstructions, 784 pixels each: as many as have been
    /// reconstructed.
    #[must_use]
    pub fn reconstructions(&self) -> (&[u8], &[f32]) {
        let outputs = self.gallery.shown();
        let shown = self.shown().min(outputs.len() / PIXELS);
        (&self.gallery.seen()[..shown * PIXELS], &outputs[..shown * PIXELS])
    }

    /// What the decoder draws at the [`focus`](Plane::focus) of the plane, 784 pixels.
    pub fn decoded(&mut self) -> &[f32] {
        let focus = self.plane.focus();
        self.decode(std::iter::once(focus))
    }

    /// What the decoder draws at each pin, 784 pixels each.
    pub fn pinned(&mut self) -> &[f32] {
        let codes: Vec<_> = self.plane.pins().iter().map(|(_, pin)| self.plane.code(pin)).collect();
        // Without a code the decoder would still make its weights ready, which of a large network takes a millisecond.
        if codes.is_empty() { &[] } else { self.decode(codes.into_iter()) }
    }

    /// What the decoder draws along the path, 784 pixels at each of its [`STOPS`](super::STOPS); nothing where there is none.
    pub fn filmstrip(&mut self) -> &[f32] {
        let codes = self.plane.path_codes();
        self.decode(codes.into_iter())
    }

    /// The layer that is open, if one is.
    #[must_use]
    pub fn opened_layer(&self) -> Option<usize> {
        self.opened.layer()
    }

    /// The number of changes of which layer is open.
    #[must_use]
    pub fn opened_version(&self) -> Version {
        self.opened.version()
    }

    /// What is looked at, on its way through the network.
    pub fn flow(&mut self) -> Flow<'_> {
        let subject = subject(&self.run, &self.timeline);
        let (count, code) = (subject.network.layers().len(), subject.network.encoder().len());
        let test = &self.images.pair().test;
        let look = self.plane.look();
        let is_drawn = matches!(look, Look::Drawn);
        let (input, label, first) = match look {
            Look::Digit(index) if index < test.len() => {
                self.lens.reconstruct(subject, test, index..index + 1);
                (Some(test.image(index)), test.label(index), 0)
            }
            Look::Drawn => match self.pad.digit() {
                Some(digit) => {
                    self.lens.reconstruct(subject, digit, 0..1);
                    (Some(digit.image(0)), None, 0)
                }
                None => (None, None, count),
            },
            Look::Digit(_) => (None, None, count),
            Look::Place(place) => {
                self.lens.decode(subject, std::iter::once(place));
                (None, None, code)
            }
        };
        let lens = &self.lens;
        let output = |layer| Some(layer).filter(|&layer| layer >= first).and_then(|layer| lens.output(layer));
        Flow { input, label, is_drawn, code: self.plane.focus(), layers: (0..count).map(output).collect() }
    }

    fn decode(&mut self, codes: impl Iterator<Item = Code>) -> &[f32] {
        self.lens.decode(subject(&self.run, &self.timeline), codes)
    }

    /// The test digit that was pinned last, its label and its reconstruction, if a digit was.
    pub fn selected(&mut self) -> Option<(&[u8], Option<u8>, &[f32])> {
        let test = &self.images.pair().test;
        let index = self.plane.selected().filter(|&index| index < test.len())?;
        let output = self.lens.reconstruct(subject(&self.run, &self.timeline), test, index..index + 1);
        Some((test.image(index), test.label(index), output))
    }
}

/// [`App::subject`] for those who hold other parts of the app meanwhile.
pub(super) fn subject<'a>(run: &'a Run, timeline: &'a Timeline) -> Subject<'a> {
    let now = run.subject();
    timeline.shown().map_or(now, |moment| Subject {
        parameters: &moment.parameters,
        step: moment.step,
        ..now
    })
}

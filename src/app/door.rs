//! The one door through which a run ends: the old one is put away first, and can be brought back.

use super::dataset::{DatasetRef, Pair, UserFiles, UserNetwork};
use super::plane::Pins;
use super::runs::PutAway;
use super::runs::{Keeping, Moment, PutAside, Sitting, Timeline};
use super::{App, DatasetChoice, Effect, Event, ModelView, Run, Settings};
use crate::files::{self, Format};

/// The time in milliseconds, from the clock that a frame was handed.
type Clock<'c> = &'c mut dyn FnMut() -> f64;

/// A run that was put away, with what it was trained on and what was pinned.
#[derive(Debug)]
pub(super) struct Memento {
    run: PutAway,
    dataset_ref: DatasetRef,
    pins: Pins,
    timeline: Timeline,
}

impl PutAside for Memento {
    fn bytes(&self) -> usize {
        self.run.bytes() + self.timeline.bytes()
    }

    fn lighten(&mut self) -> bool {
        self.timeline.thin()
    }
}

impl Memento {
    /// How many steps had been made.
    pub(super) fn step(&self) -> u64 {
        self.run.step()
    }
}

impl App {
    /// Begins a run with fresh parameters on the same images.
    pub(super) fn begin(&mut self, settings: Settings) {
        self.begin_from(settings, self.datasets.dataset_ref());
    }

    /// Begins a run with fresh parameters; the old one was trained on `origin`.
    pub(super) fn begin_from(&mut self, settings: Settings, dataset_ref: DatasetRef) {
        match Run::begin(settings) {
            Ok(run) => {
                self.datasets.join_coming(false);
                self.replace_run(run, dataset_ref);
            }
            Err(error) => self.notices.say(format!("{error}.")),
        }
    }

    /// Puts the run away that was trained on `origin`, and goes on with another.
    pub(super) fn replace_run(&mut self, run: Run, dataset_ref: DatasetRef) {
        let old = std::mem::replace(&mut self.run, run);
        let timeline = self.set_timeline(begin_timeline(&self.run));
        if old.is_worth_keeping() {
            let pins = self.plane.pins().clone();
            self.undo.keep(Memento { run: old.put_away(), dataset_ref, pins, timeline });
        }
        self.form.bump();
        self.tell_event(Event::Restarted);
    }

    /// Puts a copy of the run away, which itself goes on.
    pub(super) fn put_away(&mut self, run: PutAway) {
        let memento = self.memento(run);
        self.undo.keep(memento);
        self.form.bump();
    }

    /// Brings back the run before this one.
    pub(super) fn undo(&mut self) {
        let current = self.current();
        if let Some(memento) = self.undo.undo(|| current) {
            self.bring_back(memento);
        }
    }

    /// Brings back what was undone last.
    pub(super) fn redo(&mut self) {
        let current = self.current();
        if let Some(memento) = self.undo.redo(|| current) {
            self.bring_back(memento);
        }
    }

    /// The run as it would be put away now, if it is worth that.
    fn current(&self) -> Option<Memento> {
        let worth = self.run.is_worth_keeping() && !self.run.has_diverged();
        worth.then(|| self.memento(self.run.copy()))
    }

    /// A copy of the run, with all that belongs to it.
    fn memento(&self, run: PutAway) -> Memento {
        let (dataset_ref, pins) = (self.datasets.dataset_ref(), self.plane.pins().clone());
        Memento { run, dataset_ref, pins, timeline: self.timeline.clone() }
    }

    /// Has another timeline, which shows the present; returns the one before.
    fn set_timeline(&mut self, timeline: Timeline) -> Timeline {
        std::mem::replace(&mut self.timeline, timeline)
    }

    fn bring_back(&mut self, Memento { run, dataset_ref, pins, timeline }: Memento) {
        match Run::take_up(run) {
            Ok(run) => {
                self.run = run;
                self.set_timeline(timeline);
                self.timeline.seek(1.0);
                self.draft = None;
                let before = self.datasets.version();
                let ticket = self.datasets.go_back(dataset_ref);
                self.effects.extend(ticket.map(Effect::Download));
                if self.datasets.version() != before {
                    self.tell_event(Event::OtherImages);
                }
                self.tell_event(Event::Restarted);
                self.want_dataset(self.datasets.requested());
                self.plane.set_pins(pins);
                self.update_url();
            }
            Err(error) => self.notices.say(format!("The run could not be brought back: {error}.")),
        }
        self.form.bump();
    }

    /// Trains on images that were given, or with a network, or both: then the network goes on with these images.
    pub(super) fn use_given(&mut self, UserFiles { images, network }: UserFiles) {
        let mut sentences = Vec::new();
        let (dataset_ref, before) = (self.datasets.dataset_ref(), self.datasets.version());
        if let Some(Pair { train, test }) = images {
            sentences.push(format!(
                "Your own files: {} images to train on and {} to test with.",
                train.len(),
                test.len()
            ));
            self.datasets.use_own(Pair { train, test });
            if network.is_none() {
                let dataset = self.datasets.requested();
                self.begin_from(Settings { dataset, ..self.settings().clone() }, dataset_ref.clone());
            }
        }
        if let Some(UserNetwork { name, trainer, settings }) = network {
            sentences.push(match trainer.steps() {
                0 => format!("{name}: training goes on from this network, with the settings of the page."),
                step => format!("{name}: the run goes on from step {step}."),
            });
            self.draft = None;
            self.datasets.join_coming(true);
            let dataset = self.datasets.requested().or(self.settings().dataset);
            self.replace_run(Run::given(trainer, Settings { dataset, ..settings }), dataset_ref);
        }
        if self.datasets.version() != before {
            self.tell_event(Event::OtherImages);
        }
        self.update_url();
        self.notices.say(sentences.join(" "));
    }

    /// Goes on from the moment that is looked at: a new run with its parameters, in place of this one.
    pub(super) fn branch(&mut self) {
        let Some((moment, timeline)) = self.timeline.branch() else { return };
        let Moment { step, examples, parameters } = &*moment;
        match self.run.branch(*step, *examples, parameters) {
            Ok(run) => {
                self.replace_run(run, self.datasets.dataset_ref());
                self.set_timeline(timeline);
                self.transport.play(true);
            }
            Err(error) => self.notices.say(format!("The run cannot go on from there: {error}.")),
        }
    }

    /// Goes on with the run from an earlier visit.
    pub(super) fn go_on(&mut self) {
        let Some(sitting) = self.offer.take() else { return };
        let (settings, _) = Settings::from_fragment(&sitting.fragment);
        let outcome = files::read(Format::Bottleneck, &sitting.file, &settings.config)
            .map_err(|error| error.to_string())
            .and_then(|kept| {
                let settings = settings.of_file(kept.config()).map_err(|error| error.to_string())?;
                Ok((kept.into_trainer().map_err(|error| error.to_string())?, settings))
            });
        let (trainer, of_file) = match outcome {
            Ok(found) => found,
            Err(reason) => {
                self.effects.push(Effect::Forget);
                return self.notices.say(format!("The run from your last visit cannot go on: {reason}."));
            }
        };
        let wanted = settings.dataset.filter(|&choice| self.datasets.offers(choice));
        let mut run = Run::given(trainer, Settings { dataset: wanted, preset: settings.preset, ..of_file });
        run.resume_curve(&sitting.train, &sitting.test);
        self.draft = None;
        let (dataset_ref, before) = (self.datasets.dataset_ref(), self.datasets.version());
        let ticket = self.datasets.go_to(wanted);
        self.effects.extend(ticket.map(Effect::Download));
        self.replace_run(run, dataset_ref);
        if self.datasets.version() != before {
            self.tell_event(Event::OtherImages);
        }
        self.update_url();
        if sitting.had_own_images {
            self.notices.say(
                "The browser keeps the run, but not your own images: drop them on the page to train on them again.",
            );
        }
    }

    /// Has the browser keep the run, if that is due, a piece in each frame; without a clock all of it at once, because the page
    /// may be closed. A run from an earlier visit that is still on offer is kept in its place for as long as it is the longer one.
    pub(super) fn keep_run(&mut self, time: f64, mut now: Option<Clock<'_>>) {
        let words = if now.is_some() { Keeping::PIECE } else { usize::MAX };
        let mut now = || now.as_mut().map_or(time, |now| now());
        let start = now();
        if words == usize::MAX || self.keeping.is_none() {
            self.keeping = self.begin_keeping(time);
        }
        let Some(keeping) = &mut self.keeping else { return };
        let is_written = keeping.advance(words);
        let (after, step) = (now(), keeping.step());
        let took = keeping.took(after - start);
        if is_written {
            let bytes = self.keeping.take().map(Keeping::finish);
            self.effects.extend(bytes.map(Effect::Keep));
            self.autosave.kept(after, step, took);
        }
    }

    /// Begins to keep the run, if it is worth that and its time has come.
    fn begin_keeping(&mut self, time: f64) -> Option<Keeping> {
        let step = self.run.model_view().step;
        let is_shorter = self.offer.as_ref().is_some_and(|offer| offer.step >= step);
        if !self.run.is_worth_keeping() || is_shorter || !self.autosave.is_due(time, step) {
            return None;
        }
        let history = self.run.curve().history();
        let sitting = Sitting {
            step,
            fragment: self.settings().to_fragment(),
            had_own_images: self.datasets.using() == DatasetChoice::Own,
            train: history.train.iter().collect(),
            test: history.test.iter().collect(),
            file: Vec::new(),
        };
        let keeping = self.run.state().ok().and_then(|state| Keeping::begin(&sitting, state).ok());
        if keeping.is_none() {
            // What cannot go on is not kept, and not tried in every frame.
            self.autosave.kept(time, step, 0.0);
        }
        keeping
    }
}

/// The timeline of a run that begins.
pub(super) fn begin_timeline(run: &Run) -> Timeline {
    let ModelView { parameters, step, .. } = run.model_view();
    Timeline::begin(Moment { step, examples: run.trainer().examples(), parameters: parameters.to_vec() })
}

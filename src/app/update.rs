//! What follows from what has happened.

use super::own_files::OwnFiles;
use super::plane::Pin;
use super::settings::{DatasetChoice, Field, SettingError, Settings};
use super::source::{Incoming, MnistFile, Source, SourceError};
use super::{Action, App, Dirty, Msg, Notice, State, Ticket};
use crate::data::Dataset;
use crate::trainer::Trainer;

impl App {
    /// Does what a message asks for.
    pub fn update(&mut self, msg: Msg) {
        self.mark(&msg);
        match msg {
            Msg::Open { fragment, mnist_served } => {
                self.mnist_served = mnist_served;
                let (settings, errors) = Settings::from_fragment(&fragment);
                self.settings = settings;
                let missing = self.settings.dataset.filter(|&choice| !self.offers(choice));
                self.choose_dataset();
                self.notice = missing.map(not_offered);
                self.say_all(&errors);
            }
            Msg::Fragment(fragment) => {
                let (settings, errors) = Settings::from_fragment(&fragment);
                self.apply(settings.keeping_unnamed(&self.settings));
                self.say_all(&errors);
            }
            Msg::TogglePlay => {
                self.playing = !self.playing;
                self.rates.interrupt();
            }
            Msg::Step => {
                self.playing = false;
                // A run that has diverged makes no step, not even later.
                self.steps_wanted += u32::from(self.diverged.is_none());
            }
            Msg::Reset => self.begin_again(),
            Msg::Set(field, text) => self.set(field, &text),
            Msg::PointAt(place) => self.plane.point_at(place),
            Msg::Nudge(dx, dy) => self.plane.nudge(dx, dy),
            Msg::Pin(pin) => self.plane.pin(pin),
            Msg::PinFocus => self.plane.pin(Pin::Place(self.plane.focus())),
            Msg::ClearPins => self.plane.clear_pins(),
            Msg::ToggleClass(class) => self.plane.toggle_class(class),
            Msg::ShowAllClasses => self.plane.show_all(),
            Msg::MnistChunk(ticket, file, chunk) => self.with_mnist(ticket, file, |f| f.push(chunk)),
            Msg::MnistEnd(ticket, file) => self.with_mnist(ticket, file, Incoming::end),
            Msg::MnistFailed(ticket, file, reason) => {
                if ticket == self.ticket && matches!(self.source, Some(Source::Mnist(_))) {
                    self.give_up_mnist(&SourceError::Download { name: file.path().to_owned(), reason });
                }
            }
            Msg::OwnFiles(ticket, names) => self.own_files = Some((ticket, OwnFiles::new(names))),
            Msg::OwnChunk(ticket, file, chunk) => self.with_own_files(ticket, |own| own.push(file, chunk)),
            Msg::OwnEnd(ticket, file) => self.with_own_files(ticket, |own| own.end(file)),
            Msg::OwnFailed(ticket, reason) => self.give_up_own(ticket, &reason),
            Msg::Save(format) => self.save(format),
            Msg::Share => self.address = Some(self.settings.to_fragment()),
            Msg::Say(sentence) => self.notice = Some(Notice::say(sentence)),
            Msg::Hidden => self.hidden = true,
            Msg::Shown(milliseconds) => {
                if self.hidden && self.playing && self.can_train() && self.diverged.is_none() {
                    self.notice = Some(Notice::away(milliseconds));
                }
                self.hidden = false;
                self.last_frame = None;
                self.rates.interrupt();
            }
            Msg::Act => {
                if let Some(Action::Recover) = self.notice().and_then(|notice| notice.action) {
                    self.recover();
                }
            }
            Msg::Dismiss => self.notice = None,
        }
    }

    /// Marks what a message may change; what chunks bring is drawn by the frame that parses them.
    fn mark(&mut self, msg: &Msg) {
        match msg {
            Msg::MnistChunk(..) | Msg::MnistEnd(..) | Msg::OwnChunk(..) | Msg::OwnEnd(..) => return,
            Msg::PointAt(_) | Msg::Nudge(..) => {}
            _ => {
                self.dirty.controls = true;
                self.dirty.figures = true;
            }
        }
        self.dirty.plane = true;
        self.dirty.decoded = true;
    }

    fn set(&mut self, field: Field, text: &str) {
        let mut settings = self.settings.clone();
        let outcome = settings.set(field, text);
        match field {
            Field::Network => self.refused_network = outcome.is_err().then(|| text.to_owned()),
            Field::Preset if outcome.is_ok() => self.refused_network = None,
            _ => {}
        }
        match outcome {
            Ok(()) => {
                self.apply(settings);
                self.address = Some(self.settings.to_fragment());
            }
            Err(error) => self.notice = Some(Notice::say(error.to_string())),
        }
    }

    /// Goes over to other settings: rates, method and batch size take effect on the next step, the others begin a run.
    fn apply(&mut self, settings: Settings) {
        let old = std::mem::replace(&mut self.settings, settings);
        let new = &self.settings;
        if new.dataset != old.dataset && new.dataset.is_some_and(|choice| !self.offers(choice)) {
            self.notice = new.dataset.map(not_offered);
            self.settings = old;
            return;
        }
        let (goes_on, new_data) = (self.settings.continues(&old), self.wanted_dataset() != self.using);
        if old.config.spec != self.settings.config.spec {
            self.refused_network = None;
        }
        let (old, new) = (old.config, &self.settings.config);
        let mut outcomes = [Ok(()), Ok(()), self.trainer.set_learning_rate(new.learning_rate)];
        if new.method != old.method && goes_on {
            outcomes[0] = self.trainer.set_method(new.method);
        }
        if new.batch_size != old.batch_size && goes_on {
            outcomes[1] = self.trainer.set_batch_size(new.batch_size);
        }
        if let Some(error) = outcomes.into_iter().find_map(Result::err) {
            self.notice = Some(Notice::say(format!("{error}.")));
        }
        if new_data {
            self.choose_dataset();
        } else if !goes_on {
            self.begin_again();
        }
    }

    /// The dataset that the settings ask for.
    fn wanted_dataset(&self) -> DatasetChoice {
        let best = if self.mnist_served { DatasetChoice::Mnist } else { DatasetChoice::Strokes };
        self.settings.dataset.filter(|&choice| self.offers(choice)).unwrap_or(best)
    }

    /// Goes over to the dataset that the settings ask for, and begins a run on it.
    fn choose_dataset(&mut self) {
        if self.settings.dataset.is_some_and(|choice| !self.offers(choice)) {
            self.settings.dataset = None;
        }
        let wanted = self.wanted_dataset();
        if self.using == DatasetChoice::Own && wanted != DatasetChoice::Own {
            self.own_kept = Some((std::mem::take(&mut self.train), std::mem::take(&mut self.test)));
        }
        // Chunks of an earlier download are no longer wanted.
        self.ticket += 1;
        self.download = (wanted == DatasetChoice::Mnist).then_some(self.ticket);
        let source = match wanted {
            DatasetChoice::Mnist => Some(Source::Mnist(Box::default())),
            DatasetChoice::Strokes => Some(Source::Strokes),
            DatasetChoice::Own => None,
        };
        let datasets = match &source {
            Some(source) => source.datasets(),
            None => self.own_kept.take().unwrap_or_default(),
        };
        self.source = source;
        self.use_datasets(wanted, datasets);
    }

    pub(super) fn use_datasets(&mut self, choice: DatasetChoice, (train, test): (Dataset, Dataset)) {
        (self.using, self.train, self.test) = (choice, train, test);
        self.plane.clear();
        self.begin_again();
    }

    /// Begins a run, with fresh parameters.
    fn begin_again(&mut self) {
        match Trainer::new(&self.settings.config) {
            Ok(trainer) => self.train_with(trainer),
            Err(error) => self.notice = Some(Notice::say(format!("Nothing was changed: {error}."))),
        }
    }

    /// Goes on with another trainer: nothing is measured of it yet; images and pins stay.
    pub(super) fn train_with(&mut self, trainer: Trainer) {
        self.trainer = trainer;
        let network = self.trainer.network();
        self.evaluation = super::Evaluation::new(network);
        self.display = super::Display::new(network);
        self.plane.use_network(network);
        self.manifold.outdate();
        self.good = self.trainer.parameters().to_vec();
        self.best_mse = super::work::BLANK_PAGE;
        self.history.clear();
        self.smoothed.clear();
        self.test_mse = None;
        self.evaluated_step = None;
        self.rates = Default::default();
        self.steps_wanted = 0;
        self.diverged = None;
        self.dirty = Dirty::ALL;
    }

    /// Goes back to the last good parameters, with a tenth of the learning rate.
    fn recover(&mut self) {
        if self.state() != State::Diverged {
            return;
        }
        self.trainer = self.recovered();
        self.settings.config.learning_rate = self.trainer.learning_rate();
        self.address = Some(self.settings.to_fragment());
        self.plane.outdate();
        self.smoothed.clear();
        self.evaluated_step = None;
        self.diverged = None;
        self.playing = true;
        self.notice = None;
        self.dirty = Dirty::ALL;
    }

    /// The run as it was when its parameters were last good, with a tenth of the learning rate.
    pub(super) fn recovered(&self) -> Trainer {
        let mut trainer = self.trainer.clone();
        trainer.set_learning_rate(trainer.learning_rate() / 10.0).expect("a tenth of a valid rate is valid");
        trainer.restore(&self.good);
        trainer
    }

    fn with_mnist(&mut self, ticket: Ticket, file: MnistFile, f: impl FnOnce(&mut Incoming)) {
        if let Some(Source::Mnist(mnist)) = self.source.as_mut().filter(|_| ticket == self.ticket) {
            f(mnist.incoming(file));
        }
    }

    /// Falls back on the built-in digits, and says why.
    pub(super) fn give_up_mnist(&mut self, error: &SourceError) {
        self.mnist_served = false;
        self.settings.dataset = None;
        self.choose_dataset();
        self.notice = Some(Notice::say(format!("{error} The built-in digits are used instead.")));
    }

    fn say_all(&mut self, errors: &[SettingError]) {
        if !errors.is_empty() {
            let sentences: Vec<_> = errors.iter().map(ToString::to_string).collect();
            self.notice = Some(Notice::say(sentences.join(" ")));
        }
    }
}

/// Says why a dataset cannot be had.
fn not_offered(choice: DatasetChoice) -> Notice {
    Notice::say(match choice {
        DatasetChoice::Mnist => "MNIST is not served beside this page, so what is here stays.",
        _ => "There are no files of your own yet: choose them, or drop them on the page.",
    })
}

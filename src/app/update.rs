//! What follows from what has happened.

use super::plane::Pin;
use super::settings::{DatasetChoice, Field, SettingError, Settings};
use super::source::{Incoming, MnistFile, OwnFiles, Source, SourceError};
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
                self.apply(settings);
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
            Msg::OwnChunk(ticket, file, chunk) => self.with_own_file(ticket, file, |f| f.push(chunk)),
            Msg::OwnEnd(ticket, file) => self.with_own_file(ticket, file, Incoming::end),
            Msg::OwnFailed(ticket, reason) => {
                if self.own_files.as_ref().is_some_and(|(current, _)| *current == ticket) {
                    self.own_files = None;
                    self.notice = Some(Notice::say(format!("The file could not be read: {reason}.")));
                }
            }
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
        match settings.set(field, text) {
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
        let (new_run, new_data) =
            ((new.preset, new.seed) != (old.preset, old.seed), self.wanted_dataset() != self.using);
        if self.settings.method != old.method && !new_run {
            self.trainer.set_method(self.settings.method);
        }
        if self.settings.batch_size != old.batch_size && !new_run {
            self.trainer.set_batch_size(self.settings.batch_size);
        }
        self.trainer.set_learning_rate(self.settings.learning_rate);
        if new_data {
            self.choose_dataset();
        } else if new_run {
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

    fn use_datasets(&mut self, choice: DatasetChoice, (train, test): (Dataset, Dataset)) {
        (self.using, self.train, self.test) = (choice, train, test);
        self.plane.clear();
        self.begin_again();
    }

    /// Begins a run: fresh parameters, nothing measured yet; images and pins stay.
    fn begin_again(&mut self) {
        self.trainer = Trainer::new(&self.settings.config());
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
        self.settings.learning_rate /= 10.0;
        self.address = Some(self.settings.to_fragment());
        self.trainer.set_learning_rate(self.settings.learning_rate);
        self.trainer.restore(&self.good);
        self.plane.outdate();
        self.smoothed.clear();
        self.evaluated_step = None;
        self.diverged = None;
        self.playing = true;
        self.notice = None;
        self.dirty = Dirty::ALL;
    }

    fn with_mnist(&mut self, ticket: Ticket, file: MnistFile, f: impl FnOnce(&mut Incoming)) {
        if let Some(Source::Mnist(mnist)) = self.source.as_mut().filter(|_| ticket == self.ticket) {
            f(mnist.incoming(file));
        }
    }

    fn with_own_file(&mut self, ticket: Ticket, file: usize, f: impl FnOnce(&mut Incoming)) {
        if let Some((current, files)) = &mut self.own_files
            && *current == ticket
            && let Some(incoming) = files.incoming(file)
        {
            f(incoming);
        }
    }

    /// Falls back on the built-in digits, and says why.
    pub(super) fn give_up_mnist(&mut self, error: &SourceError) {
        self.mnist_served = false;
        self.settings.dataset = None;
        self.choose_dataset();
        self.notice = Some(Notice::say(format!("{error} The built-in digits are used instead.")));
    }

    /// Parses a piece of the visitor's files, and goes over to them when all are good; false if there was nothing to do.
    pub(super) fn let_own_files_arrive(&mut self) -> bool {
        let Some((_, files)) = &mut self.own_files else { return false };
        let outcome = files.advance();
        let finished = files.is_finished();
        match outcome {
            Ok(worked) if !finished => worked,
            Ok(_) => {
                if let Some((_, files)) = self.own_files.take() {
                    match files.into_datasets() {
                        Ok(datasets) => self.use_own(datasets),
                        Err(error) => self.refuse_own(&error),
                    }
                }
                true
            }
            Err(error) => {
                self.own_files = None;
                self.refuse_own(&error);
                false
            }
        }
    }

    fn use_own(&mut self, datasets: (Dataset, Dataset)) {
        let (train, test) = &datasets;
        self.notice = Some(Notice::say(format!(
            "Your own files: {} images to train on and {} to test with.",
            train.len(),
            test.len()
        )));
        self.ticket += 1;
        self.download = None;
        self.own_kept = None;
        self.source = None;
        self.settings.dataset = Some(DatasetChoice::Own);
        self.use_datasets(DatasetChoice::Own, datasets);
    }

    fn refuse_own(&mut self, error: &SourceError) {
        self.notice = Some(Notice::say(format!("{error} Nothing was changed.")));
        self.dirty.controls = true;
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

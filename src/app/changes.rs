//! Changes of the settings: by a field, an address, or a dataset that is chosen.

use super::controls::PlaybackSettings;
use super::messages::Action;
use super::{App, DatasetChoice, Effect, Field, FieldError, Settings};
use crate::train::setting::Setting;

impl App {
    /// Begins with the settings of an address.
    pub(super) fn open(&mut self, fragment: &str) {
        let (settings, playback_settings, errors) = read(fragment);
        let missing = settings.dataset.filter(|&choice| !self.datasets.offers(choice));
        let settings = Settings { dataset: settings.dataset.filter(|_| missing.is_none()), ..settings };
        self.begin(settings.clone());
        self.transport.set_tempo(playback_settings);
        self.choose_dataset(settings.dataset);
        if let Some(choice) = missing {
            self.notices.say(not_offered(choice));
        }
        self.say_all(&errors);
    }

    /// Goes over to the settings of an address.
    pub(super) fn follow_fragment(&mut self, fragment: &str) {
        let (settings, playback_settings, errors) = read(fragment);
        // An address tells nothing of the visitor's own images, which are still here.
        let own = self.settings().dataset.filter(|&dataset| dataset == DatasetChoice::Own);
        self.apply(Settings { dataset: settings.dataset.or(own), ..settings });
        if playback_settings != self.transport.settings_for_url() {
            self.transport.set_tempo(playback_settings);
            self.run.interrupt_pace();
        }
        self.say_all(&errors);
    }

    /// Sets a field to what was written there. Layers that are refused stay in theirs, to be corrected.
    pub(super) fn set(&mut self, field: Field, text: &str) {
        let is_taken = self.change(field, text);
        match field {
            Field::Setting(Setting::Network) => self.draft = (!is_taken).then(|| text.to_owned()),
            Field::Preset if is_taken => self.draft = None,
            _ => return,
        }
        self.form.bump();
    }

    /// Sets a field, or says why it cannot have this value; whether it was set.
    pub(super) fn change(&mut self, field: Field, text: &str) -> bool {
        let mut settings = self.settings().clone();
        let outcome = settings.set(field, text);
        match &outcome {
            Ok(()) => {
                self.apply(settings);
                self.update_url();
            }
            Err(error) => {
                self.notices.say(error.to_string());
                // The field goes back to the value that holds.
                self.form.bump();
            }
        }
        outcome.is_ok()
    }

    /// Goes over to other settings: with the next step where that can be done, and with a new run where not.
    pub(super) fn apply(&mut self, settings: Settings) {
        let old = self.settings().clone();
        let has_other_dataset = settings.dataset != old.dataset;
        if let Some(choice) =
            settings.dataset.filter(|&choice| has_other_dataset && !self.datasets.offers(choice))
        {
            self.notices.say(not_offered(choice));
            self.form.bump();
            return;
        }
        if settings.config.spec != old.config.spec {
            self.draft = None;
            self.form.bump();
        }
        if settings.config.corruption != old.config.corruption {
            self.reconstructions.invalidate();
        }
        let dataset = settings.dataset;
        let rate = settings.config.learning_rate;
        if settings.continues(&old) {
            let lowered = rate < old.config.learning_rate && self.run.problem().is_some();
            let is_broken = self.run.has_diverged();
            match self.run.apply_settings(settings) {
                Ok(()) if lowered => {
                    self.recover(rate);
                    if is_broken {
                        self.transport.play(true);
                    }
                }
                Ok(()) => {}
                Err(error) => self.notices.say(format!("{error}.")),
            }
        } else {
            self.begin(settings);
        }
        if has_other_dataset {
            self.choose_dataset(dataset);
        }
    }

    /// Has the dataset come that is wanted, or the best there is.
    pub(super) fn choose_dataset(&mut self, wanted: Option<DatasetChoice>) {
        let ticket = self.datasets.choose(wanted);
        self.effects.extend(ticket.map(Effect::Download));
    }

    /// Wants no dataset in particular.
    pub(super) fn forget_dataset(&mut self) {
        self.want_dataset(None);
    }

    pub(super) fn want_dataset(&mut self, dataset: Option<DatasetChoice>) {
        let settings = Settings { dataset, ..self.settings().clone() };
        // The dataset is no setting of the trainer's, so that it cannot refuse it.
        let _ = self.run.apply_settings(settings);
    }

    pub(super) fn retry(&mut self) {
        self.notices.withdraw(Action::Retry);
        let ticket = self.datasets.retry();
        self.want_dataset(self.datasets.requested());
        self.effects.extend(ticket.map(Effect::Download));
    }

    /// What the address tells: the settings, how fast to go and where to stop.
    pub(super) fn fragment(&self) -> String {
        let mut parts = self.transport.settings_for_url().to_fragment();
        parts.insert(0, self.settings().to_fragment());
        parts.join("&")
    }

    pub(super) fn update_url(&mut self) {
        self.effects.push(Effect::Address(self.fragment()));
    }

    pub(super) fn say_all(&mut self, errors: &[FieldError]) {
        if !errors.is_empty() {
            let sentences: Vec<_> = errors.iter().map(ToString::to_string).collect();
            self.notices.say(sentences.join(" "));
        }
    }
}

/// What an address tells, and why some of it was refused.
fn read(fragment: &str) -> (Settings, PlaybackSettings, Vec<FieldError>) {
    let (settings, mut errors) = Settings::from_fragment(fragment);
    let (playback_settings, refused) = PlaybackSettings::from_fragment(fragment);
    errors.extend(refused.into_iter().map(FieldError::from));
    (settings, playback_settings, errors)
}

/// Says why a dataset cannot be had.
pub(super) fn not_offered(choice: DatasetChoice) -> &'static str {
    match choice {
        DatasetChoice::Mnist => "MNIST is not served with this page, so the dataset stays as it was.",
        _ => "There are no files of your own here yet: choose some, or drop them on the page.",
    }
}

//! The visitor's files: what is done with those that are given, and how a run is kept in one.

use super::own_files::{GivenNetwork, OwnFiles};
use super::source::SourceError;
use super::{App, DatasetChoice, Notice, Settings, Ticket};
use crate::data::Dataset;
use crate::snapshot::{self, Format};

/// A file for the visitor to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl App {
    /// Does something with the files that are arriving, unless they are others by now.
    pub(super) fn with_own_files(&mut self, ticket: Ticket, f: impl FnOnce(&mut OwnFiles)) {
        if let Some((current, files)) = &mut self.own_files
            && *current == ticket
        {
            f(files);
        }
    }

    /// Says why the browser could not read the files.
    pub(super) fn give_up_own(&mut self, ticket: Ticket, reason: &str) {
        if self.own_files.take_if(|(current, _)| *current == ticket).is_some() {
            self.notice = Some(Notice::say(format!("The file could not be read: {reason}.")));
        }
    }

    /// Parses a piece of the visitor's files, and goes over to them when all are good; false if there was nothing to do.
    pub(super) fn let_own_files_arrive(&mut self) -> bool {
        let Some((_, files)) = &mut self.own_files else { return false };
        match files.advance() {
            Ok(worked) if !files.is_finished() => worked,
            Ok(_) => {
                let given = self.own_files.take().map(|(_, files)| files.open(&self.settings));
                match given {
                    Some(Ok(given)) => self.use_given(given.datasets, given.network),
                    Some(Err(error)) => self.refuse_own(&error),
                    None => {}
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

    /// Trains on images that were given, or with a network, or both: then the network goes on with these images.
    fn use_given(&mut self, datasets: Option<(Dataset, Dataset)>, network: Option<GivenNetwork>) {
        let sentences =
            [datasets.map(|datasets| self.use_own(datasets)), network.map(|n| self.use_network(n))];
        self.address = Some(self.settings.to_fragment());
        self.notice = Some(Notice::say(sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")));
    }

    /// Begins a run on the visitor's images, and says so.
    fn use_own(&mut self, datasets: (Dataset, Dataset)) -> String {
        let (train, test) = &datasets;
        let sentence =
            format!("Your own files: {} images to train on and {} to test with.", train.len(), test.len());
        self.ticket += 1;
        self.download = None;
        self.own_kept = None;
        self.source = None;
        self.settings.dataset = Some(DatasetChoice::Own);
        self.use_datasets(DatasetChoice::Own, datasets);
        sentence
    }

    /// Goes on with a network of the visitor's, and says how.
    fn use_network(&mut self, GivenNetwork { name, trainer, settings }: GivenNetwork) -> String {
        let dataset = self.settings.dataset;
        let mut sentence = match trainer.steps() {
            0 => format!("{name}: training goes on from this network, under the settings of the page."),
            steps => format!("{name}: the run goes on from step {steps}."),
        };
        self.settings = Settings { dataset, ..settings };
        self.refused_network = None;
        self.train_with(trainer);
        self.address = Some(self.settings.to_fragment());
        if !self.settings.is_told_by_fragment() {
            sentence
                .push_str(" It was begun with settings of its own, which a link to this page cannot tell.");
        }
        sentence
    }

    fn refuse_own(&mut self, error: &SourceError) {
        self.notice = Some(Notice::say(format!("{error} Nothing was changed.")));
        self.dirty.controls = true;
    }

    /// Keeps the run in a file; one that has diverged as it was last good.
    pub(super) fn save(&mut self, format: Format) {
        let recovered = self.diverged.as_ref().map(|_| self.recovered());
        match snapshot::save(format, recovered.as_ref().unwrap_or(&self.trainer)) {
            Ok(bytes) => {
                let name = format!("bottleneck-step-{}.{}", self.trainer.steps(), format.extension());
                if recovered.is_some() {
                    self.notice = Some(Notice::say(format!(
                        "{name} holds what the way back leads to: the last good parameters, at a tenth of the rate."
                    )));
                }
                self.saved = Some(SavedFile { name, bytes });
            }
            Err(error) => self.notice = Some(Notice::say(format!("Nothing was saved: {error}."))),
        }
    }
}

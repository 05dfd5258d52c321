//! Chunks of files that arrive, and how they become datasets.

use super::loaded::LoadedDataset;
use super::source::{FIRST_TRAIN_IMAGES, Mnist};
use super::user_files::{PictureRequest, UserFilesReader};
use super::{DatasetChoice, DatasetError, DatasetRef, Datasets, Ticket, UserFiles};
use crate::app::message::DatasetMsg;
use crate::app::settings::Settings;
use crate::files::Images;

/// The outcome of a piece of work.
#[derive(Debug)]
pub enum LoadEvent {
    /// There was nothing to do.
    Nothing,
    /// A piece was parsed or drawn.
    Piece,
    /// Another dataset has replaced this one, which had these images.
    Switched(DatasetRef, Images),
    /// The same, and the current run continues with it.
    SwitchedForRun,
    /// The first images to train on have arrived, or the last ones.
    Complete,
    /// The user's files are valid.
    UserFiles(Box<UserFiles>),
    /// The user's files are refused.
    Refused(DatasetError),
    /// The download of MNIST has failed.
    Failed(DatasetError),
}

impl Datasets {
    /// Handles chunks of downloads and of the user's files. Ignores outdated tickets.
    pub fn update(&mut self, msg: DatasetMsg) -> LoadEvent {
        match msg {
            DatasetMsg::MnistChunk(ticket, file, chunk) => {
                if let Some(mnist) = self.mnist_of(ticket) {
                    mnist.file(file).push(chunk);
                }
            }
            DatasetMsg::MnistEnd(ticket, file) => {
                if let Some(mnist) = self.mnist_of(ticket) {
                    mnist.file(file).end();
                }
            }
            DatasetMsg::MnistFailed(ticket, super::MnistFile::TrainLabels, _) => {
                if let Some(mnist) = self.mnist_of(ticket) {
                    mnist.give_up_train_labels();
                }
            }
            DatasetMsg::MnistFailed(ticket, file, reason) if self.loading_of(ticket).is_some() => {
                return self
                    .fail(ticket, DatasetError::Download { name: file.path(self.folder(ticket)), reason });
            }
            DatasetMsg::FilesChosen(ticket, names) => {
                self.user_files = Some((ticket, UserFilesReader::new(names)));
            }
            DatasetMsg::FileChunk(ticket, number, chunk) => {
                if let Some(chunks) = self.files_of(ticket).and_then(|files| files.chunks_mut(number)) {
                    chunks.push(chunk);
                }
            }
            DatasetMsg::PictureDecoded(ticket, index, picture) => {
                if let Some(files) = self.files_of(ticket) {
                    files.finish_picture(index, picture);
                }
            }
            DatasetMsg::CancelFiles => self.user_files = None,
            DatasetMsg::FileEnd(ticket, number) => {
                if let Some(chunks) = self.files_of(ticket).and_then(|files| files.chunks_mut(number)) {
                    chunks.end();
                }
            }
            DatasetMsg::FileFailed(ticket, name, reason) if self.files_of(ticket).is_some() => {
                self.user_files = None;
                return LoadEvent::Refused(DatasetError::Read { name, reason });
            }
            _ => {}
        }
        LoadEvent::Nothing
    }

    /// Returns the next picture of the user's files to decode.
    pub fn next_picture(&mut self) -> Option<(Ticket, PictureRequest)> {
        let (ticket, files) = self.user_files.as_mut()?;
        Some((*ticket, files.next_picture()?))
    }

    fn files_of(&mut self, ticket: Ticket) -> Option<&mut UserFilesReader> {
        self.user_files.as_mut().filter(|(current, _)| *current == ticket).map(|(_, files)| files)
    }

    fn mnist_of(&mut self, ticket: Ticket) -> Option<&mut Mnist> {
        self.loading_of(ticket).and_then(LoadedDataset::mnist)
    }

    fn loading_of(&mut self, ticket: Ticket) -> Option<&mut LoadedDataset> {
        let pending = self.pending.iter_mut();
        pending.chain([&mut self.current]).find(|loaded| loaded.ticket == ticket && loaded.source.is_some())
    }

    /// Does one piece of work on whatever is arriving.
    pub fn advance(&mut self, settings: &Settings) -> LoadEvent {
        match self.advance_user_files(settings) {
            LoadEvent::Nothing => {}
            event => return event,
        }
        match self.advance_pending() {
            LoadEvent::Nothing => self.advance_current(),
            event => event,
        }
    }

    /// Does one piece of work on the pending dataset.
    fn advance_pending(&mut self) -> LoadEvent {
        let Some(pending) = &mut self.pending else { return LoadEvent::Nothing };
        let (ticket, outcome) = (pending.ticket, pending.advance());
        match outcome {
            Ok(worked) if self.is_pending_ready() => {
                self.version.bump();
                self.switch().unwrap_or(if worked { LoadEvent::Piece } else { LoadEvent::Nothing })
            }
            Ok(true) => LoadEvent::Piece,
            Ok(false) => LoadEvent::Nothing,
            Err(error) => self.fail(ticket, error),
        }
    }

    /// Does one piece of work on the current dataset: the run may wait for its images while another dataset loads slowly.
    fn advance_current(&mut self) -> LoadEvent {
        let ticket = self.current.ticket;
        let was_complete = self.current.source.is_none();
        match self.current.advance() {
            Ok(_) if !was_complete && self.current.source.is_none() => {
                self.version.bump();
                LoadEvent::Complete
            }
            Ok(true) => LoadEvent::Piece,
            Ok(false) => LoadEvent::Nothing,
            Err(error) => self.fail(ticket, error),
        }
    }

    fn advance_user_files(&mut self, settings: &Settings) -> LoadEvent {
        let Some((_, files)) = &mut self.user_files else { return LoadEvent::Nothing };
        match files.advance() {
            Ok(true) => LoadEvent::Piece,
            Ok(false) if !files.is_finished() => LoadEvent::Nothing,
            Ok(false) => {
                match self.user_files.take().map(|(_, files)| files.open(settings, &self.current.pair.test)) {
                    Some(Ok(files)) => LoadEvent::UserFiles(Box::new(files)),
                    Some(Err(error)) => LoadEvent::Refused(error),
                    None => LoadEvent::Nothing,
                }
            }
            Err(error) => {
                self.user_files = None;
                LoadEvent::Refused(error)
            }
        }
    }

    /// Returns whether enough of the pending dataset has arrived: the first images of another dataset; all of one that is
    /// here in part.
    fn is_pending_ready(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| {
            let is_other = pending.choice != self.current.choice || self.current.is_empty();
            pending.can_train() && (is_other || pending.source.is_none())
        })
    }

    /// Replaces the current dataset by the pending one.
    fn switch(&mut self) -> Option<LoadEvent> {
        let pending = self.pending.take()?;
        // More images of the same dataset are no other dataset.
        let is_more = self.current.is_empty()
            || (pending.choice == self.current.choice && pending.choice != DatasetChoice::Own);
        let (before, is_for_run) = ((self.dataset_ref(), self.images()), pending.is_for_run);
        self.current = pending;
        if self.current.choice.is_served() {
            self.failure = None;
        }
        Some(match (is_more, is_for_run) {
            (true, _) => LoadEvent::Complete,
            (false, true) => LoadEvent::SwitchedForRun,
            (false, false) => LoadEvent::Switched(before.0, before.1),
        })
    }

    /// Drops a failed download. The images that have arrived stay if they are in use and there are enough.
    fn fail(&mut self, ticket: Ticket, error: DatasetError) -> LoadEvent {
        self.version.bump();
        let failed = self.pending.as_ref().filter(|pending| pending.ticket == ticket);
        self.failure = Some((failed.unwrap_or(&self.current).choice, error.to_string()));
        let mut is_enough = true;
        if self.pending.as_ref().is_some_and(|pending| pending.ticket == ticket) {
            self.pending = None;
        } else {
            is_enough = self.pair().train.len() >= FIRST_TRAIN_IMAGES;
            self.current.finish_early();
        }
        if self.required.is_none() && self.pending.is_none() && !(is_enough && self.current.can_train()) {
            self.load(DatasetChoice::Synthetic, None);
            self.set_pending_for_run(self.current.is_for_run);
        }
        LoadEvent::Failed(error)
    }
}

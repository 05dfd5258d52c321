//! Bytes that arrive, and what becomes of them piece by piece.

use super::loaded::LoadedDataset;
use super::source::{HEAD_START, Mnist};
use super::user_files::UserFilesReader;
use super::{DatasetChoice, DatasetError, DatasetRef, Datasets, Ticket, UserFiles};
use crate::app::message::DatasetMsg;
use crate::app::settings::Settings;

/// What came of a piece of work.
#[derive(Debug)]
pub enum LoadEvent {
    /// There was nothing to do.
    Nothing,
    /// A piece was parsed or drawn.
    Piece,
    /// Another dataset has taken the place of this one.
    Switched(DatasetRef),
    /// The same, and the run goes on with it.
    Joined,
    /// There is something to train on where there was nothing, or all of it is here.
    Complete,
    /// Files of the visitor's were found good.
    UserFiles(Box<UserFiles>),
    /// Files of the visitor's were refused.
    Refused(DatasetError),
    /// MNIST did not come to its end.
    Failed(DatasetError),
}

impl Datasets {
    /// Takes what comes of downloads and of the user's files. Messages of earlier tickets are ignored.
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
            DatasetMsg::MnistFailed(ticket, file, reason) if self.loading_of(ticket).is_some() => {
                return self.fail(ticket, DatasetError::Download { name: file.path().to_owned(), reason });
            }
            DatasetMsg::FilesChosen(ticket, names) => {
                self.given = Some((ticket, UserFilesReader::new(names)));
            }
            DatasetMsg::FileChunk(ticket, number, chunk) => {
                if let Some(files) = self.files_of(ticket) {
                    files.push(number, chunk);
                }
            }
            DatasetMsg::FilePicture(ticket, number, pixels) => {
                if let Some(files) = self.files_of(ticket) {
                    files.picture(number, pixels);
                }
            }
            DatasetMsg::FileEnd(ticket, number) => {
                if let Some(files) = self.files_of(ticket) {
                    files.end(number);
                }
            }
            DatasetMsg::FileFailed(ticket, name, reason) if self.files_of(ticket).is_some() => {
                self.given = None;
                return LoadEvent::Refused(DatasetError::Read { name, reason });
            }
            _ => {}
        }
        LoadEvent::Nothing
    }

    fn files_of(&mut self, ticket: Ticket) -> Option<&mut UserFilesReader> {
        self.given.as_mut().filter(|(current, _)| *current == ticket).map(|(_, files)| files)
    }

    fn mnist_of(&mut self, ticket: Ticket) -> Option<&mut Mnist> {
        self.loading_of(ticket).and_then(LoadedDataset::mnist)
    }

    fn loading_of(&mut self, ticket: Ticket) -> Option<&mut LoadedDataset> {
        let coming = self.coming.iter_mut();
        coming.chain([&mut self.current]).find(|loaded| loaded.ticket == ticket && loaded.source.is_some())
    }

    /// Goes on by one piece of whatever is arriving.
    pub fn advance(&mut self, settings: &Settings) -> LoadEvent {
        match self.advance_given(settings) {
            LoadEvent::Nothing => {}
            event => return event,
        }
        match self.advance_coming() {
            LoadEvent::Nothing => self.advance_current(),
            event => event,
        }
    }

    /// Goes on with what was chosen.
    fn advance_coming(&mut self) -> LoadEvent {
        let Some(coming) = &mut self.coming else { return LoadEvent::Nothing };
        let (ticket, outcome) = (coming.ticket, coming.advance());
        match outcome {
            Ok(worked) if self.is_coming_ready() => {
                self.version.bump();
                self.switch().unwrap_or(if worked { LoadEvent::Piece } else { LoadEvent::Nothing })
            }
            Ok(true) => LoadEvent::Piece,
            Ok(false) => LoadEvent::Nothing,
            Err(error) => self.fail(ticket, error),
        }
    }

    /// Goes on with what is trained on: a run waits for the images of its pool, also while others come slowly.
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

    fn advance_given(&mut self, settings: &Settings) -> LoadEvent {
        let Some((_, files)) = &mut self.given else { return LoadEvent::Nothing };
        match files.advance() {
            Ok(true) => LoadEvent::Piece,
            Ok(false) if !files.is_finished() => LoadEvent::Nothing,
            Ok(false) => match self.given.take().map(|(_, files)| files.open(settings)) {
                Some(Ok(given)) => LoadEvent::UserFiles(Box::new(given)),
                Some(Err(error)) => LoadEvent::Refused(error),
                None => LoadEvent::Nothing,
            },
            Err(error) => {
                self.given = None;
                LoadEvent::Refused(error)
            }
        }
    }

    /// Whether there is enough of what comes: a first pool of another dataset; all of one that is here in part.
    fn is_coming_ready(&self) -> bool {
        self.coming.as_ref().is_some_and(|coming| {
            let is_other = coming.choice != self.current.choice || self.current.is_empty();
            coming.can_train() && (is_other || coming.source.is_none())
        })
    }

    /// Puts what has come in the place of what is trained on.
    fn switch(&mut self) -> Option<LoadEvent> {
        let coming = self.coming.take()?;
        // The first images there are, or the rest of those that are here, are no other images.
        let is_more = self.current.is_empty()
            || (coming.choice == self.current.choice && coming.choice != DatasetChoice::Own);
        let (dataset_ref, is_for_run) = (self.dataset_ref(), coming.is_for_run);
        self.current = coming;
        if self.current.choice == DatasetChoice::Mnist {
            self.failure = None;
        }
        Some(match (is_more, is_for_run) {
            (true, _) => LoadEvent::Complete,
            (false, true) => LoadEvent::Joined,
            (false, false) => LoadEvent::Switched(dataset_ref),
        })
    }

    /// Gives up a download. What has arrived of it stays if it is trained on and is more than a beginning.
    fn fail(&mut self, ticket: Ticket, error: DatasetError) -> LoadEvent {
        self.version.bump();
        self.failure = Some(error.to_string());
        let mut is_enough = true;
        if self.coming.as_ref().is_some_and(|coming| coming.ticket == ticket) {
            self.coming = None;
        } else {
            is_enough = self.pair().train.len() >= HEAD_START;
            self.current.finish_early();
        }
        if self.coming.is_none() && !(is_enough && self.current.can_train()) {
            self.bring(DatasetChoice::Strokes, None);
            self.join_coming(self.current.is_for_run);
        }
        LoadEvent::Failed(error)
    }
}

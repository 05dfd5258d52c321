//! Bytes that arrive, and what becomes of them piece by piece.

use super::loaded::LoadedDataset;
use super::source::HEAD_START;
use super::user_files::UserFilesReader;
use super::{DatasetChoice, DatasetError, DatasetRef, Datasets, MnistFile, Ticket, UserFiles};
use crate::app::settings::Settings;
use crate::data::PIXELS;

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
    /// Takes files of the visitor's by their names; chunks follow.
    pub fn give(&mut self, ticket: Ticket, names: Vec<String>) {
        self.given = Some((ticket, UserFilesReader::new(names)));
    }

    /// Takes a chunk of a file of the visitor's.
    pub fn given_chunk(&mut self, ticket: Ticket, number: usize, chunk: Vec<u8>) {
        if let Some(files) = self.given_of(ticket) {
            files.push(number, chunk);
        }
    }

    /// Takes the pixels of a picture of the visitor's.
    pub fn given_picture(&mut self, ticket: Ticket, number: usize, pixels: Box<[u8; PIXELS]>) {
        if let Some(files) = self.given_of(ticket) {
            files.picture(number, pixels);
        }
    }

    /// Takes note that a file of the visitor's has ended.
    pub fn given_end(&mut self, ticket: Ticket, number: usize) {
        if let Some(files) = self.given_of(ticket) {
            files.end(number);
        }
    }

    /// Gives up files that the browser could not read; says why, unless they are others by now.
    pub fn given_failed(&mut self, ticket: Ticket, name: String, reason: String) -> Option<DatasetError> {
        self.given_of(ticket)?;
        self.given = None;
        Some(DatasetError::Read { name, reason })
    }

    fn given_of(&mut self, ticket: Ticket) -> Option<&mut UserFilesReader> {
        self.given.as_mut().filter(|(current, _)| *current == ticket).map(|(_, files)| files)
    }

    /// Takes a chunk of a file of MNIST.
    pub fn mnist_chunk(&mut self, ticket: Ticket, file: MnistFile, chunk: Vec<u8>) {
        if let Some(mnist) = self.stock_of(ticket).and_then(LoadedDataset::mnist) {
            mnist.file(file).push(chunk);
        }
    }

    /// Takes note that a file of MNIST has ended.
    pub fn mnist_end(&mut self, ticket: Ticket, file: MnistFile) {
        if let Some(mnist) = self.stock_of(ticket).and_then(LoadedDataset::mnist) {
            mnist.file(file).end();
        }
    }

    /// Gives up a download; what came of that, unless it is another by now.
    pub fn mnist_failed(&mut self, ticket: Ticket, file: MnistFile, reason: String) -> LoadEvent {
        match self.stock_of(ticket) {
            Some(_) => self.fail(ticket, DatasetError::Download { name: file.path().to_owned(), reason }),
            None => LoadEvent::Nothing,
        }
    }

    fn stock_of(&mut self, ticket: Ticket) -> Option<&mut LoadedDataset> {
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

//! Bytes that arrive, and what becomes of them piece by piece.

use super::given::GivenFiles;
use super::source::HEAD_START;
use super::stock::Stock;
use super::{DatasetChoice, Given, Images, ImagesError, MnistFile, Origin, Ticket};
use crate::app::settings::Settings;
use crate::data::PIXELS;

/// What came of a piece of work.
#[derive(Debug)]
pub enum Arrival {
    /// There was nothing to do.
    Nothing,
    /// A piece was parsed or drawn.
    Piece,
    /// Another dataset has taken the place of this one.
    Switched(Origin),
    /// The same, and the run goes on with it.
    Joined,
    /// There is something to train on where there was nothing, or all of it is here.
    Complete,
    /// Files of the visitor's were found good.
    Given(Box<Given>),
    /// Files of the visitor's were refused.
    Refused(ImagesError),
    /// MNIST did not come to its end.
    Failed(ImagesError),
}

impl Images {
    /// Takes files of the visitor's by their names; chunks follow.
    pub fn give(&mut self, ticket: Ticket, names: Vec<String>) {
        self.given = Some((ticket, GivenFiles::new(names)));
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
    pub fn given_failed(&mut self, ticket: Ticket, name: String, reason: String) -> Option<ImagesError> {
        self.given_of(ticket)?;
        self.given = None;
        Some(ImagesError::Read { name, reason })
    }

    fn given_of(&mut self, ticket: Ticket) -> Option<&mut GivenFiles> {
        self.given.as_mut().filter(|(current, _)| *current == ticket).map(|(_, files)| files)
    }

    /// Takes a chunk of a file of MNIST.
    pub fn mnist_chunk(&mut self, ticket: Ticket, file: MnistFile, chunk: Vec<u8>) {
        if let Some(mnist) = self.stock_of(ticket).and_then(Stock::mnist) {
            mnist.file(file).push(chunk);
        }
    }

    /// Takes note that a file of MNIST has ended.
    pub fn mnist_end(&mut self, ticket: Ticket, file: MnistFile) {
        if let Some(mnist) = self.stock_of(ticket).and_then(Stock::mnist) {
            mnist.file(file).end();
        }
    }

    /// Gives up a download; what came of that, unless it is another by now.
    pub fn mnist_failed(&mut self, ticket: Ticket, file: MnistFile, reason: String) -> Arrival {
        match self.stock_of(ticket) {
            Some(_) => self.fail(ticket, ImagesError::Download { name: file.path().to_owned(), reason }),
            None => Arrival::Nothing,
        }
    }

    fn stock_of(&mut self, ticket: Ticket) -> Option<&mut Stock> {
        let coming = self.coming.iter_mut();
        coming.chain([&mut self.current]).find(|stock| stock.ticket == ticket && stock.source.is_some())
    }

    /// Goes on by one piece of whatever is arriving.
    pub fn advance(&mut self, settings: &Settings) -> Arrival {
        match self.advance_given(settings) {
            Arrival::Nothing => {}
            arrival => return arrival,
        }
        match self.advance_coming() {
            Arrival::Nothing => self.advance_current(),
            arrival => arrival,
        }
    }

    /// Goes on with what was chosen.
    fn advance_coming(&mut self) -> Arrival {
        let Some(coming) = &mut self.coming else { return Arrival::Nothing };
        let (ticket, outcome) = (coming.ticket, coming.advance());
        match outcome {
            Ok(worked) if self.is_coming_ready() => {
                self.version.bump();
                self.switch().unwrap_or(if worked { Arrival::Piece } else { Arrival::Nothing })
            }
            Ok(true) => Arrival::Piece,
            Ok(false) => Arrival::Nothing,
            Err(error) => self.fail(ticket, error),
        }
    }

    /// Goes on with what is trained on: a run waits for the images of its pool, also while others come slowly.
    fn advance_current(&mut self) -> Arrival {
        let ticket = self.current.ticket;
        let was_complete = self.current.source.is_none();
        match self.current.advance() {
            Ok(_) if !was_complete && self.current.source.is_none() => {
                self.version.bump();
                Arrival::Complete
            }
            Ok(true) => Arrival::Piece,
            Ok(false) => Arrival::Nothing,
            Err(error) => self.fail(ticket, error),
        }
    }

    fn advance_given(&mut self, settings: &Settings) -> Arrival {
        let Some((_, files)) = &mut self.given else { return Arrival::Nothing };
        match files.advance() {
            Ok(true) => Arrival::Piece,
            Ok(false) if !files.is_finished() => Arrival::Nothing,
            Ok(false) => match self.given.take().map(|(_, files)| files.open(settings)) {
                Some(Ok(given)) => Arrival::Given(Box::new(given)),
                Some(Err(error)) => Arrival::Refused(error),
                None => Arrival::Nothing,
            },
            Err(error) => {
                self.given = None;
                Arrival::Refused(error)
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
    fn switch(&mut self) -> Option<Arrival> {
        let coming = self.coming.take()?;
        // The first images there are, or the rest of those that are here, are no other images.
        let is_more = self.current.is_empty()
            || (coming.choice == self.current.choice && coming.choice != DatasetChoice::Own);
        let (origin, is_for_run) = (self.origin(), coming.is_for_run);
        self.current = coming;
        if self.current.choice == DatasetChoice::Mnist {
            self.failure = None;
        }
        Some(match (is_more, is_for_run) {
            (true, _) => Arrival::Complete,
            (false, true) => Arrival::Joined,
            (false, false) => Arrival::Switched(origin),
        })
    }

    /// Gives up a download. What has arrived of it stays if it is trained on and is more than a beginning.
    fn fail(&mut self, ticket: Ticket, error: ImagesError) -> Arrival {
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
        Arrival::Failed(error)
    }
}

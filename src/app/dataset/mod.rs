//! Where images come from: MNIST when it is served, digits that the program draws, and those that a visitor gives.
//!
//! A dataset that is chosen comes in the background while the run goes on with what it has. When there is enough to begin
//! with, the new dataset takes the old one's place; if that never happens, nothing was changed.

mod error;
mod load_event;
mod loaded;
mod source;
mod streaming_file;
mod user_files;
mod user_network;

use std::rc::Rc;

pub use error::DatasetError;
pub use load_event::LoadEvent;
pub use source::MnistFile;
pub use user_files::{UserFiles, UserNetwork};

use self::loaded::LoadedDataset;
use self::source::Source;
use self::user_files::UserFilesReader;
use super::dataset_ref::{DatasetRef, Pair};
use super::settings::DatasetChoice;
use super::tracked::Version;
use crate::data::mean_digit_error;
use crate::view::plot::group_digits;

/// Tells the chunks of one download or one choice of files from those of an earlier one that was given up.
pub type Ticket = u64;

/// Where images come from, and those that are here.
#[derive(Debug)]
pub struct Datasets {
    mnist: Served,
    /// What is trained on.
    current: LoadedDataset,
    /// What was chosen, until there is enough of it to begin with.
    coming: Option<LoadedDataset>,
    /// The visitor's own images, also while something else is trained on.
    own: Option<Rc<Pair>>,
    given: Option<(Ticket, UserFilesReader)>,
    /// Why MNIST did not come to its end, if it did not.
    failure: Option<String>,
    last_ticket: Ticket,
    version: Version,
}

/// Whether MNIST is served with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Served {
    /// Nobody has found out yet.
    Unknown,
    Yes,
    No,
}

impl Default for Datasets {
    fn default() -> Self {
        Self {
            mnist: Served::Unknown,
            current: LoadedDataset::complete(DatasetChoice::Strokes, Rc::default()),
            coming: None,
            own: None,
            given: None,
            failure: None,
            last_ticket: 0,
            version: Version::default(),
        }
    }
}

impl Datasets {
    /// The images to train on and those held out.
    #[must_use]
    pub fn pair(&self) -> &Pair {
        &self.current.pair
    }

    /// What is trained on at this moment.
    #[must_use]
    pub fn using(&self) -> DatasetChoice {
        self.current.choice
    }

    /// What was chosen: what is trained on, or will be as soon as there is enough of it.
    #[must_use]
    pub fn chosen(&self) -> DatasetChoice {
        self.coming.as_ref().unwrap_or(&self.current).choice
    }

    /// What was wished for: a choice, or the best there is.
    #[must_use]
    pub fn requested(&self) -> Option<DatasetChoice> {
        self.coming.as_ref().unwrap_or(&self.current).wish
    }

    /// What is trained on, for a run that is put away.
    #[must_use]
    pub fn dataset_ref(&self) -> DatasetRef {
        let LoadedDataset { choice, wish, pair, .. } = &self.current;
        let own = (*choice == DatasetChoice::Own).then(|| Rc::clone(pair));
        DatasetRef { choice: *choice, requested: *wish, own }
    }

    /// Whether enough images are here to train.
    #[must_use]
    pub fn can_train(&self) -> bool {
        self.current.can_train()
    }

    /// Whether another dataset is on its way, to take the place of what is trained on.
    #[must_use]
    pub fn is_coming(&self) -> bool {
        self.coming.is_some()
    }

    /// Whether a dataset can be chosen: it is served or may be, is built in, or was given.
    #[must_use]
    pub fn offers(&self, choice: DatasetChoice) -> bool {
        match choice {
            DatasetChoice::Mnist => self.mnist != Served::No,
            DatasetChoice::Strokes => true,
            DatasetChoice::Own => self.own.is_some(),
        }
    }

    /// Why MNIST did not come to its end, if it did not.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// How much of the images is here, in [0, 1], while they arrive.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        let loaded = self.coming.as_ref().unwrap_or(&self.current);
        let Pair { train, test } = &*loaded.pair;
        let planned = (train.expected_len() + test.expected_len()).max(1);
        let is_arriving = loaded.source.is_some() || self.coming.is_some() || self.is_waiting();
        is_arriving.then(|| (train.len() + test.len()) as f64 / planned as f64)
    }

    /// The number of changes of which images there are.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The error of the mean training digit on the test digits, once all of both are here.
    #[must_use]
    pub fn mean_digit_error(&self) -> Option<f32> {
        let Pair { train, test } = self.pair();
        if train.is_complete() && test.is_complete() { mean_digit_error(train, test) } else { None }
    }

    /// Whether more is wanted of the files that the visitor gave.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.given.is_some()
    }

    /// Whether the download of this ticket is still wanted.
    #[must_use]
    pub fn wants(&self, ticket: Ticket) -> bool {
        let of = |loaded: &LoadedDataset| loaded.ticket == ticket && loaded.source.is_some();
        of(&self.current) || self.coming.as_ref().is_some_and(of)
    }

    /// Bytes that have come and wait to be parsed; a reader waits while there are many.
    #[must_use]
    pub fn backlog(&self) -> usize {
        let of = |loaded: &LoadedDataset| match &loaded.source {
            Some(Source::Mnist(mnist)) => mnist.backlog(),
            _ => 0,
        };
        of(&self.current)
            + self.coming.as_ref().map_or(0, of)
            + self.given.as_ref().map_or(0, |(_, files)| files.backlog())
    }

    /// Says what training continues with after a download has failed.
    #[must_use]
    pub fn fallback_sentence(&self) -> String {
        match self.using() {
            _ if self.is_coming() => "The page uses its built-in digits instead.".to_owned(),
            DatasetChoice::Mnist => {
                let images = group_digits(self.pair().train.len() as u64);
                format!("Training continues with the {images} digits that have arrived.")
            }
            _ => "Training continues as it was.".to_owned(),
        }
    }

    /// Whether it is not known yet if MNIST is served, and that decides what to train on.
    fn is_waiting(&self) -> bool {
        self.mnist == Served::Unknown && self.current.is_empty() && self.coming.is_none()
    }

    /// Takes note of whether MNIST is served.
    pub fn set_served(&mut self, served: bool) {
        self.mnist = if served { Served::Yes } else { Served::No };
        self.version.bump();
    }

    /// Chooses a dataset: the one that is wished for, or the best that is offered. Returns the ticket of a download that has
    /// to be begun.
    pub fn choose(&mut self, wish: Option<DatasetChoice>) -> Option<Ticket> {
        let best = match self.mnist {
            // What is not known to be there is not begun; the answer will choose.
            Served::Unknown if matches!(wish, None | Some(DatasetChoice::Mnist)) => return None,
            Served::No => DatasetChoice::Strokes,
            Served::Yes | Served::Unknown => DatasetChoice::Mnist,
        };
        let choice = wish.filter(|&choice| self.offers(choice)).unwrap_or(best);
        if choice == self.current.choice && !self.current.is_empty() {
            self.coming = None;
            self.current.wish = wish;
            return None;
        }
        match &mut self.coming {
            Some(coming) if coming.choice == choice => {
                coming.wish = wish;
                None
            }
            _ => self.bring(choice, wish),
        }
    }

    /// Downloads MNIST once more. Returns the ticket of the download.
    pub fn retry(&mut self) -> Option<Ticket> {
        self.failure = None;
        self.bring(DatasetChoice::Mnist, Some(DatasetChoice::Mnist))
    }

    /// Goes over to a dataset at once, or to the best that is offered: training waits until there is enough of it. Returns
    /// the ticket of a download that has to be begun.
    pub fn go_to(&mut self, wish: Option<DatasetChoice>) -> Option<Ticket> {
        let best = if self.mnist == Served::No { DatasetChoice::Strokes } else { DatasetChoice::Mnist };
        self.go_back(DatasetRef { choice: wish.unwrap_or(best), requested: wish, own: None })
    }

    /// Has a dataset come, to take the place of what is trained on.
    fn bring(&mut self, choice: DatasetChoice, wish: Option<DatasetChoice>) -> Option<Ticket> {
        self.version.bump();
        self.last_ticket += 1;
        let ticket = self.last_ticket;
        let loaded = match (choice, &self.own) {
            (DatasetChoice::Mnist, _) => LoadedDataset::of(Source::Mnist(Box::default()), choice, ticket),
            (DatasetChoice::Own, Some(own)) => LoadedDataset::complete(choice, Rc::clone(own)),
            _ => LoadedDataset::of(Source::Strokes, DatasetChoice::Strokes, ticket),
        };
        self.coming = Some(LoadedDataset { wish, ..loaded });
        (choice == DatasetChoice::Mnist).then_some(ticket)
    }

    /// Goes back to the dataset of a run that was put away, at once: training waits until there is enough of it. Returns
    /// the ticket of a download that has to be begun.
    pub fn go_back(&mut self, dataset_ref: DatasetRef) -> Option<Ticket> {
        let DatasetRef { choice, requested: wish, own } = dataset_ref;
        let is_same = match &own {
            Some(own) => Rc::ptr_eq(own, &self.current.pair),
            None => choice == self.current.choice && !self.current.is_empty(),
        };
        if is_same {
            self.coming = None;
            self.current.wish = wish;
            return None;
        }
        if own.is_some() {
            self.own = own;
        }
        let choice = if self.offers(choice) { choice } else { DatasetChoice::Strokes };
        let ticket = self.bring(choice, wish);
        if let Some(coming) = self.coming.take() {
            self.current = coming;
        }
        ticket
    }

    /// Trains on the visitor's own images from now on.
    pub fn use_own(&mut self, pair: Pair) {
        let pair = Rc::new(pair);
        self.own = Some(Rc::clone(&pair));
        self.current = LoadedDataset::complete(DatasetChoice::Own, pair);
        self.coming = None;
        self.version.bump();
    }

    /// Has the run at hand go on with what is coming, if something is, or another begin with it.
    pub fn join_coming(&mut self, joins: bool) {
        if let Some(coming) = &mut self.coming {
            coming.is_for_run = joins;
        }
    }
}

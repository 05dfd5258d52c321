//! The datasets: MNIST if it is served, built-in synthetic digits, and the user's own images.
//!
//! A chosen dataset loads while the run continues with the current one, and replaces it once it has enough images. If that
//! never happens, nothing changes.

mod chunks;
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
pub use user_files::{DecodedPicture, PictureFile, PictureRequest, UserFiles, UserNetwork};
pub use user_network::ReadNetwork;

use self::loaded::LoadedDataset;
use self::source::{Mnist, Source};
use self::user_files::UserFilesReader;
use super::dataset_ref::{DatasetRef, SplitDataset};
use super::settings::DatasetChoice;
use super::tracked::Version;
use crate::data::import::{Adjustment, Report};
use crate::data::mean_digit_error;
use crate::files::Images;
use crate::view::plot::group_digits;

/// Identifies a download or a choice of files, to ignore the chunks of outdated ones.
pub type Ticket = u64;

/// The datasets of the page.
#[derive(Debug)]
pub struct Datasets {
    mnist: Served,
    /// What is served beside MNIST.
    others: Vec<DatasetChoice>,
    /// The dataset in use.
    current: LoadedDataset,
    /// The chosen dataset, until it has enough images.
    pending: Option<LoadedDataset>,
    /// The user's own images, also while another dataset is in use.
    own: Option<Rc<SplitDataset>>,
    user_files: Option<(Ticket, UserFilesReader)>,
    /// A few images that are looked at and not trained on, and what was found.
    few: Option<(SplitDataset, Report)>,
    /// The index of the one that is shown.
    shown: usize,
    /// The dataset whose download has failed, and why.
    failure: Option<(DatasetChoice, String)>,
    /// The images that the run was trained on, if it is one of the list: it trains on no others.
    required: Option<Images>,
    last_ticket: Ticket,
    version: Version,
}

/// Whether MNIST is served with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Served {
    /// Not known yet.
    Unknown,
    Yes,
    No,
}

impl Default for Datasets {
    fn default() -> Self {
        Self {
            mnist: Served::Unknown,
            others: Vec::new(),
            current: LoadedDataset::complete(DatasetChoice::Synthetic, Rc::default()),
            pending: None,
            own: None,
            user_files: None,
            few: None,
            shown: 0,
            failure: None,
            required: None,
            last_ticket: 0,
            version: Version::default(),
        }
    }
}

impl Datasets {
    /// Returns the training images and the test images.
    pub fn pair(&self) -> &SplitDataset {
        &self.current.pair
    }

    /// Returns the dataset in use.
    pub fn current_choice(&self) -> DatasetChoice {
        self.current.choice
    }

    /// Returns the chosen dataset: the one in use, or the pending one.
    pub fn chosen(&self) -> DatasetChoice {
        self.pending.as_ref().unwrap_or(&self.current).choice
    }

    /// Returns the requested dataset; none for the best one available.
    pub fn requested(&self) -> Option<DatasetChoice> {
        self.pending.as_ref().unwrap_or(&self.current).requested
    }

    /// Returns a reference to the dataset in use, for a run that ends.
    pub fn dataset_ref(&self) -> DatasetRef {
        let LoadedDataset { choice, requested, pair, .. } = &self.current;
        let own = (*choice == DatasetChoice::Own).then(|| Rc::clone(pair));
        DatasetRef { choice: *choice, requested: *requested, own }
    }

    /// Returns the images in use, or those that the run waits for.
    pub fn images(&self) -> Images {
        let SplitDataset { train, digest, .. } = self.pair();
        let name = self.current_choice().name().to_owned();
        let current = Images { name, count: train.expected_len() as u64, digest: *digest };
        self.wanted().cloned().unwrap_or(current)
    }

    /// Returns the labels that occur, with the names of their classes; those of digits before any is there.
    pub fn classes(&self) -> Vec<(u8, String)> {
        let SplitDataset { train, test, class_names, .. } = self.pair();
        let mut occurs = [false; 256];
        for &label in train.labels().iter().chain(test.labels()) {
            occurs[usize::from(label)] = true;
        }
        if self.current.choice != DatasetChoice::Own {
            occurs[..10].fill(true);
        }
        let name =
            |label: u8| class_names.get(usize::from(label)).cloned().unwrap_or_else(|| label.to_string());
        (0..=255).filter(|&label| occurs[usize::from(label)]).map(|label| (label, name(label))).collect()
    }

    /// Returns whether there are enough images to train on.
    pub fn can_train(&self) -> bool {
        self.current.can_train() && self.wanted().is_none()
    }

    /// Returns the images that the run was trained on, if the page neither has them nor can get them.
    pub fn wanted(&self) -> Option<&Images> {
        self.required.as_ref().filter(|images| {
            let is_right = images.name == self.current.choice.name()
                && (self.current.choice != DatasetChoice::Own || images.digest == self.current.pair.digest);
            let is_coming = self.current.source.is_some() && self.is_available(self.current.choice);
            !(is_right && (is_coming || self.current.can_train()))
        })
    }

    /// Says which images are wanted.
    pub fn wanted_sentence(&self) -> Option<String> {
        let Images { name, count, .. } = self.wanted()?;
        let choice: Option<DatasetChoice> = name.parse().ok();
        Some(if let Some(served) = choice.filter(|choice| choice.is_served()) {
            format!("This run was trained on {}, which this page cannot get now. It waits.", served.title())
        } else {
            let count = match count {
                0 => String::new(),
                count => format!("{} ", group_digits(*count)),
            };
            format!(
                "This run was trained on {count}images of your own, which the browser does not keep. It waits until you drop \
                 them on the page."
            )
        })
    }

    /// Lets the run train on whatever is here.
    pub fn use_what_is_here(&mut self) {
        self.required = None;
        if !self.current.can_train() && self.pending.is_none() {
            self.load(DatasetChoice::Synthetic, None);
            self.set_pending_for_run(true);
        }
        self.version.bump();
    }

    /// Lets another run train, which requires no images.
    pub fn require_none(&mut self) {
        self.required = None;
    }

    /// Returns whether another dataset is pending.
    pub fn has_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Returns whether a dataset can be chosen: MNIST unless it is not served, the user's own images once there are some.
    pub fn is_available(&self, choice: DatasetChoice) -> bool {
        match choice {
            DatasetChoice::Mnist => self.mnist != Served::No,
            DatasetChoice::Synthetic => true,
            DatasetChoice::Own => self.own.is_some(),
            other => self.mnist == Served::Unknown || self.others.contains(&other),
        }
    }

    /// Returns why a download has failed, if it has.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_ref().map(|(_, reason)| reason.as_str())
    }

    /// Returns the folder from which the download of a ticket comes.
    pub fn folder(&self, ticket: Ticket) -> &'static str {
        let pending = self.pending.iter().find(|loaded| loaded.ticket == ticket);
        pending.unwrap_or(&self.current).choice.name()
    }

    /// Returns the share of the images that has arrived, in [0, 1], while they arrive.
    pub fn progress(&self) -> Option<f64> {
        let loaded = self.pending.as_ref().unwrap_or(&self.current);
        let SplitDataset { train, test, .. } = &*loaded.pair;
        let expected = (train.expected_len() + test.expected_len()).max(1);
        let is_arriving = loaded.source.is_some() || self.pending.is_some() || self.is_waiting();
        is_arriving.then(|| (train.len() + test.len()) as f64 / expected as f64)
    }

    /// Returns the version of the images.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the error of the mean training digit on the test digits, once all of both have arrived.
    pub fn mean_digit_error(&self) -> Option<f32> {
        let SplitDataset { train, test, .. } = self.pair();
        if train.is_complete() && test.is_complete() { mean_digit_error(train, test) } else { None }
    }

    /// Returns whether the user's files are being read.
    pub fn is_reading(&self) -> bool {
        self.user_files.is_some()
    }

    /// Says how far the reading of the user's files is.
    pub fn reading_sentence(&self) -> Option<String> {
        let (read, files, images) = self.user_files.as_ref()?.1.progress();
        let [read, files, images] = [read, files, images].map(|count| group_digits(count as u64));
        Some(format!("Reading your files: {read} of {files}, {images} images so far."))
    }

    /// Keeps a few images that are looked at one by one, in case they are to be trained on.
    pub fn keep_few(&mut self, pair: SplitDataset, report: Report) {
        self.shown = pair.train.len() - 1;
        self.few = Some((pair, report));
    }

    /// Returns the next of the images that are looked at, their number, and a sentence about it; after the last the first.
    pub fn next_few(&mut self) -> Option<(&[u8], usize, String)> {
        let (SplitDataset { train, .. }, report) = self.few.as_ref()?;
        self.shown = (self.shown + 1) % train.len();
        let which = match train.len() {
            1 => "It".to_owned(),
            count => format!("Number {} of {count}", self.shown + 1),
        };
        let sentence =
            format!("{report} {which} is on the pad and the plane, as the network as it is now sees it.");
        Some((train.image(self.shown), train.len(), sentence))
    }

    /// Returns the images that are looked at, and what was found.
    pub fn take_few(&mut self) -> Option<(SplitDataset, Report)> {
        self.few.take()
    }

    /// Replaces the user's own images by the same ones read otherwise. Returns whether they are other images.
    pub fn adjust(&mut self, adjustment: Adjustment) -> bool {
        let before = self.pair();
        if self.current.choice != DatasetChoice::Own || before.adjustment == adjustment {
            return false;
        }
        let mut pair = before.clone();
        pair.adjust(adjustment);
        self.use_own(pair);
        true
    }

    /// Returns whether the download of this ticket is still needed.
    pub fn needs_download(&self, ticket: Ticket) -> bool {
        let of = |loaded: &LoadedDataset| loaded.ticket == ticket && loaded.source.is_some();
        of(&self.current) || self.pending.as_ref().is_some_and(of)
    }

    /// Returns the bytes that wait to be parsed; a reader pauses while there are many.
    pub fn backlog(&self) -> usize {
        let of = |loaded: &LoadedDataset| match &loaded.source {
            Some(Source::Mnist(mnist)) => mnist.backlog(),
            _ => 0,
        };
        of(&self.current)
            + self.pending.as_ref().map_or(0, of)
            + self.user_files.as_ref().map_or(0, |(_, files)| files.backlog())
    }

    /// Says what training continues with after a download has failed.
    pub fn fallback_sentence(&self) -> String {
        match self.current_choice() {
            _ if self.has_pending() => "The page uses its built-in digits instead.".to_owned(),
            choice if choice.is_served() => {
                let images = group_digits(self.pair().train.len() as u64);
                format!("Training continues with the {images} digits that have arrived.")
            }
            _ => "Training continues as it was.".to_owned(),
        }
    }

    /// Returns whether the dataset depends on whether MNIST is served, which is not known yet.
    fn is_waiting(&self) -> bool {
        self.mnist == Served::Unknown && self.current.is_empty() && self.pending.is_none()
    }

    /// Records that a dataset is served beside MNIST.
    pub fn add_served(&mut self, choice: DatasetChoice) {
        self.others.push(choice);
    }

    /// Sets whether MNIST is served.
    pub fn set_served(&mut self, is_served: bool) {
        self.mnist = if is_served { Served::Yes } else { Served::No };
        self.version.bump();
    }

    /// Chooses the requested dataset, or the best one available. Returns the ticket of a download to start.
    pub fn choose(&mut self, requested: Option<DatasetChoice>) -> Option<Ticket> {
        let best = match self.mnist {
            // The answer of the server will choose.
            Served::Unknown if requested.is_none_or(DatasetChoice::is_served) => return None,
            Served::No => DatasetChoice::Synthetic,
            Served::Yes | Served::Unknown => DatasetChoice::Mnist,
        };
        let choice = requested.filter(|&choice| self.is_available(choice)).unwrap_or(best);
        if choice == self.current.choice && !self.current.is_empty() {
            self.pending = None;
            self.current.requested = requested;
            return None;
        }
        match &mut self.pending {
            Some(pending) if pending.choice == choice => {
                pending.requested = requested;
                None
            }
            _ => self.load(choice, requested),
        }
    }

    /// Downloads again what has failed. Returns the ticket of the download.
    pub fn retry(&mut self) -> Option<Ticket> {
        let choice = self.failure.take().map_or(DatasetChoice::Mnist, |(choice, _)| choice);
        self.load(choice, Some(choice))
    }

    /// Switches to the images of a run of the list, for which training waits; `known` is its dataset if it was trained in this
    /// visit. Returns the ticket of a download to start.
    pub fn require(
        &mut self,
        images: Images,
        requested: Option<DatasetChoice>,
        known: Option<DatasetRef>,
    ) -> Option<Ticket> {
        let choice = images.name.parse().unwrap_or(DatasetChoice::Synthetic);
        let is_same = |own: &Rc<SplitDataset>| own.digest == images.digest;
        let own = known.and_then(|known| known.own).or_else(|| self.own.clone().filter(is_same));
        self.required = Some(images);
        match (choice, own) {
            (DatasetChoice::Own, Some(own)) => self.restore(DatasetRef { choice, requested, own: Some(own) }),
            (choice, _) if choice.is_served() && self.is_available(choice) => {
                self.restore(DatasetRef { choice, requested, own: None })
            }
            (DatasetChoice::Synthetic, _) => self.restore(DatasetRef { choice, requested, own: None }),
            _ => {
                self.pending = None;
                None
            }
        }
    }

    /// Loads a dataset to replace the one in use.
    fn load(&mut self, choice: DatasetChoice, requested: Option<DatasetChoice>) -> Option<Ticket> {
        self.version.bump();
        self.last_ticket += 1;
        let ticket = self.last_ticket;
        let loaded = match (choice, &self.own) {
            (choice, _) if choice.is_served() => {
                let mut loaded =
                    LoadedDataset::new(Source::Mnist(Box::new(Mnist::new(choice.name()))), choice, ticket);
                if let Some(pair) = Rc::get_mut(&mut loaded.pair) {
                    pair.class_names = choice.class_names().iter().map(|&name| name.to_owned()).collect();
                }
                loaded
            }
            (DatasetChoice::Own, Some(own)) => LoadedDataset::complete(choice, Rc::clone(own)),
            _ => LoadedDataset::new(Source::Synthetic, DatasetChoice::Synthetic, ticket),
        };
        self.pending = Some(LoadedDataset { requested, ..loaded });
        choice.is_served().then_some(ticket)
    }

    /// Switches to the dataset of an earlier run; training waits until it has enough images. Returns the ticket of a
    /// download to start.
    fn restore(&mut self, dataset_ref: DatasetRef) -> Option<Ticket> {
        let DatasetRef { choice, requested, own } = dataset_ref;
        let is_same = match &own {
            Some(own) => Rc::ptr_eq(own, &self.current.pair),
            None => choice == self.current.choice && !self.current.is_empty(),
        };
        if is_same {
            self.pending = None;
            self.current.requested = requested;
            return None;
        }
        if own.is_some() {
            self.own = own;
        }
        let choice = if self.is_available(choice) { choice } else { DatasetChoice::Synthetic };
        let ticket = self.load(choice, requested);
        if let Some(pending) = self.pending.take() {
            self.current = pending;
        }
        ticket
    }

    /// Switches to the user's own images.
    pub fn use_own(&mut self, pair: SplitDataset) {
        let pair = Rc::new(pair);
        self.own = Some(Rc::clone(&pair));
        self.current = LoadedDataset::complete(DatasetChoice::Own, pair);
        (self.pending, self.few) = (None, None);
        self.version.bump();
    }

    /// Sets whether the current run continues with the pending dataset, or another starts.
    pub fn set_pending_for_run(&mut self, is_for_run: bool) {
        if let Some(pending) = &mut self.pending {
            pending.is_for_run = is_for_run;
        }
    }
}

//! Files that the visitor has chosen or dropped: images, labels, a network, or all of these at once.

use super::network_file::{NetworkFile, NetworkFileError};
use super::settings::Settings;
use super::source::{Incoming, SourceError};
use crate::data::Dataset;
use crate::data::idx::check_pair;
use crate::snapshot::Format;
use crate::trainer::Trainer;

/// The fewest images of one's own: below, there would be nothing to hold out.
pub const FEWEST_OWN: usize = 20;

/// The most images that are held out of one's own.
const MOST_HELD_OUT: usize = 10_000;

/// Files that arrive in chunks, told apart by the endings of their names. Nothing of them is used before all are known to
/// be good.
#[derive(Debug)]
pub struct OwnFiles {
    files: Vec<OwnFile>,
}

/// One of them.
#[derive(Debug)]
enum OwnFile {
    /// Images or labels: which of the two, its first bytes say.
    Digits(Box<Incoming>, Dataset),
    /// A network.
    Network { name: String, file: NetworkFile, ended: bool },
}

/// What good files hold.
#[derive(Debug)]
pub struct Given {
    /// Images to train on and images held out.
    pub datasets: Option<(Dataset, Dataset)>,
    /// A network.
    pub network: Option<GivenNetwork>,
}

/// A network to go on with.
#[derive(Debug)]
pub struct GivenNetwork {
    /// The file's name.
    pub name: String,
    /// What goes on with it.
    pub trainer: Trainer,
    /// How.
    pub settings: Settings,
}

impl OwnFile {
    fn new(name: String) -> Self {
        match Format::of_name(&name) {
            Ok(format) => Self::Network { name, file: NetworkFile::new(format), ended: false },
            Err(_) => Self::Digits(Box::new(Incoming::new(name)), Dataset::default()),
        }
    }

    fn advance(&mut self) -> Result<bool, SourceError> {
        match self {
            Self::Digits(file, dataset) => file.advance(dataset),
            Self::Network { name, file, .. } => file.check().map(|()| false).map_err(|e| refused(name, e)),
        }
    }

    fn is_finished(&self) -> bool {
        match self {
            Self::Digits(file, _) => file.finished,
            Self::Network { ended, .. } => *ended,
        }
    }
}

impl OwnFiles {
    /// Files by their names; chunks follow.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self { files: names.into_iter().map(OwnFile::new).collect() }
    }

    /// Takes a chunk of the file of a number, if there is one.
    pub fn push(&mut self, number: usize, chunk: Vec<u8>) {
        match self.files.get_mut(number) {
            Some(OwnFile::Digits(file, _)) => file.push(chunk),
            Some(OwnFile::Network { file, .. }) => file.push(&chunk),
            None => {}
        }
    }

    /// Takes note that no chunk of this file will follow.
    pub fn end(&mut self, number: usize) {
        match self.files.get_mut(number) {
            Some(OwnFile::Digits(file, _)) => file.end(),
            Some(OwnFile::Network { ended, .. }) => *ended = true,
            None => {}
        }
    }

    /// Goes on by one piece; false if nothing can be done before more arrives.
    ///
    /// # Errors
    /// [`SourceError`] if a file is not what it should be.
    pub fn advance(&mut self) -> Result<bool, SourceError> {
        for file in &mut self.files {
            if file.advance()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether all files have arrived, and all images have been read.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.files.iter().all(OwnFile::is_finished)
    }

    /// What the files hold: images with their labels if there are any, of which a seventh at the end is held out as in MNIST,
    /// and a network, which goes on with `settings` where its file says nothing.
    ///
    /// # Errors
    /// [`SourceError`] if the files do not make one dataset or one network.
    pub fn open(self, settings: &Settings) -> Result<Given, SourceError> {
        let (mut digits, mut network) = (Vec::new(), None);
        for file in self.files {
            match file {
                OwnFile::Digits(file, dataset) => digits.push((file.name, dataset)),
                OwnFile::Network { .. } if network.is_some() => return Err(SourceError::TwoNetworks),
                OwnFile::Network { name, file, .. } => network = Some((name, file)),
            }
        }
        let datasets = if digits.is_empty() { None } else { Some(datasets(digits)?) };
        let network = network
            .map(|(name, file)| match file.read(settings) {
                Ok((trainer, settings)) => Ok(GivenNetwork { name, trainer, settings }),
                Err(error) => Err(refused(&name, error)),
            })
            .transpose()?;
        Ok(Given { datasets, network })
    }
}

fn refused(name: &str, source: NetworkFileError) -> SourceError {
    SourceError::Network { name: name.to_owned(), source }
}

/// The images to train on and those held out, of files by their names.
fn datasets(files: Vec<(String, Dataset)>) -> Result<(Dataset, Dataset), SourceError> {
    let (mut images, mut labels) = (None, None);
    for (name, dataset) in files {
        let (slot, kind) = if dataset.is_empty() { (&mut labels, "labels") } else { (&mut images, "images") };
        if slot.replace((name, dataset)).is_some() {
            return Err(SourceError::TwoOfAKind(kind));
        }
    }
    let (_, mut train) = images.ok_or(SourceError::NoImages)?;
    let count = train.len();
    if count < FEWEST_OWN {
        return Err(SourceError::TooFew(count));
    }
    if let Some((name, labels)) = labels {
        check_pair(count, labels.label_count()).map_err(|source| SourceError::File { name, source })?;
        train.set_labels(labels);
    }
    let test = train.split_off(count - (count / 7).clamp(1, MOST_HELD_OUT));
    Ok((train, test))
}

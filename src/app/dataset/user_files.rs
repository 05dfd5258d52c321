//! Files that a visitor gives: images, labels, pictures, a network, or several of these at once.

use super::error::DatasetError;
use super::streaming_file::StreamingFile;
use super::user_network::{NetworkError, NetworkFile};
use crate::app::dataset_ref::Pair;
use crate::app::settings::Settings;
use crate::data::idx::check_label_count;
use crate::data::{Dataset, PIXELS, picture};
use crate::files::Format;
use crate::train::Trainer;

/// The fewest images of one's own: with fewer, there would be nothing to hold out.
const FEWEST: usize = 20;

/// The most images that are held out of one's own.
const MOST_HELD_OUT: usize = 10_000;

/// Files that arrive in chunks, told apart by the endings of their names. None of them is used before all are known to be
/// good.
#[derive(Debug)]
pub struct UserFilesReader {
    files: Vec<GivenFile>,
}

#[derive(Debug)]
enum GivenFile {
    /// Images or labels: the first bytes say which.
    Digits(Box<StreamingFile>, Dataset),
    /// A picture, once the browser has decoded it.
    Picture(Option<Box<[u8; PIXELS]>>),
    Network {
        name: String,
        file: Box<NetworkFile>,
    },
}

/// What good files hold.
#[derive(Debug)]
pub struct UserFiles {
    /// Images to train on and images held out.
    pub images: Option<Pair>,
    /// A network to go on with.
    pub network: Option<UserNetwork>,
}

/// A network to go on with.
#[derive(Debug)]
pub struct UserNetwork {
    /// The file's name.
    pub name: String,
    /// What goes on with it.
    pub trainer: Trainer,
    /// How.
    pub settings: Settings,
}

impl GivenFile {
    fn new(name: String) -> Self {
        match Format::from_file_name(&name) {
            Ok(format) => Self::Network { name, file: Box::new(NetworkFile::new(format)) },
            Err(_) if picture::is_picture("", &name) => Self::Picture(None),
            Err(_) => Self::Digits(Box::new(StreamingFile::new(name)), Dataset::default()),
        }
    }

    fn advance(&mut self) -> Result<bool, DatasetError> {
        match self {
            Self::Digits(file, dataset) => file.advance(dataset),
            Self::Picture(_) => Ok(false),
            Self::Network { name, file } => file.advance().map_err(|error| refused(name, error)),
        }
    }

    fn is_finished(&self) -> bool {
        match self {
            Self::Digits(file, _) => file.is_finished(),
            Self::Picture(pixels) => pixels.is_some(),
            Self::Network { file, .. } => file.is_finished(),
        }
    }
}

impl UserFilesReader {
    /// Files by their names; chunks follow.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self { files: names.into_iter().map(GivenFile::new).collect() }
    }

    /// Takes a chunk of the file of a number, if there is one.
    pub fn push(&mut self, number: usize, chunk: Vec<u8>) {
        match self.files.get_mut(number) {
            Some(GivenFile::Digits(file, _)) => file.push(chunk),
            Some(GivenFile::Network { file, .. }) => file.push(chunk),
            Some(GivenFile::Picture(_)) | None => {}
        }
    }

    /// Takes the pixels of a picture.
    pub fn picture(&mut self, number: usize, pixels: Box<[u8; PIXELS]>) {
        if let Some(GivenFile::Picture(picture)) = self.files.get_mut(number) {
            *picture = Some(pixels);
        }
    }

    /// Takes note that no chunk of this file will follow.
    pub fn end(&mut self, number: usize) {
        match self.files.get_mut(number) {
            Some(GivenFile::Digits(file, _)) => file.end(),
            Some(GivenFile::Network { file, .. }) => file.end(),
            Some(GivenFile::Picture(_)) | None => {}
        }
    }

    /// Bytes that have come and wait to be parsed.
    #[must_use]
    pub fn backlog(&self) -> usize {
        let of = |file: &GivenFile| match file {
            GivenFile::Digits(file, _) => file.backlog(),
            GivenFile::Network { file, .. } => file.backlog(),
            GivenFile::Picture(_) => 0,
        };
        self.files.iter().map(of).sum()
    }

    /// Goes on by one piece; false if nothing can be done before more arrives.
    ///
    /// # Errors
    /// [`DatasetError`] if a file is not what it should be.
    pub fn advance(&mut self) -> Result<bool, DatasetError> {
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
        self.files.iter().all(GivenFile::is_finished)
    }

    /// What the files hold: images with their labels if there are any, of which the last seventh is held out as in MNIST, and
    /// a network, which goes on with `settings` where its file says nothing.
    ///
    /// # Errors
    /// [`DatasetError`] if the files do not make one dataset or one network.
    pub fn open(self, settings: &Settings) -> Result<UserFiles, DatasetError> {
        let is_picture = |file: &&GivenFile| matches!(file, GivenFile::Picture(Some(_)));
        let pictures = self.files.iter().filter(is_picture).count();
        let (mut digits, mut pictures, mut network) =
            (Vec::new(), Dataset::with_expected_len(pictures), None);
        for file in self.files {
            match file {
                GivenFile::Digits(file, dataset) => digits.push((file.name().to_owned(), dataset)),
                GivenFile::Picture(pixels) => {
                    pixels.into_iter().for_each(|pixels| pictures.push_images(&*pixels));
                }
                GivenFile::Network { .. } if network.is_some() => return Err(DatasetError::TwoNetworks),
                GivenFile::Network { name, file } => network = Some((name, file)),
            }
        }
        let images = match (digits.is_empty(), pictures.is_empty()) {
            (true, true) => None,
            (true, false) => Some(held_out(pictures)?),
            (false, true) => Some(held_out(images_of(digits)?)?),
            (false, false) => return Err(DatasetError::TwoKinds),
        };
        let network = network
            .map(|(name, file)| match file.read(settings) {
                Ok((trainer, settings)) => Ok(UserNetwork { name, trainer, settings }),
                Err(error) => Err(refused(&name, error)),
            })
            .transpose()?;
        Ok(UserFiles { images, network })
    }
}

fn refused(name: &str, source: NetworkError) -> DatasetError {
    DatasetError::Network { name: name.to_owned(), source }
}

/// The images of files by their names, with their labels if there are any.
fn images_of(files: Vec<(String, Dataset)>) -> Result<Dataset, DatasetError> {
    let (mut images, mut labels) = (None, None);
    for (name, dataset) in files {
        let (slot, kind) = if dataset.is_empty() { (&mut labels, "labels") } else { (&mut images, "images") };
        if slot.replace((name, dataset)).is_some() {
            return Err(DatasetError::TwoOfAKind(kind));
        }
    }
    let (_, mut images) = images.ok_or(DatasetError::NoImages)?;
    if let Some((name, labels)) = labels {
        check_label_count(images.len(), labels.labels().len())
            .map_err(|source| DatasetError::File { name, source })?;
        images.set_labels(labels);
    }
    Ok(images)
}

/// Holds the last seventh out.
fn held_out(mut train: Dataset) -> Result<Pair, DatasetError> {
    let count = train.len();
    if count < FEWEST {
        return Err(DatasetError::TooFew { found: count, least: FEWEST });
    }
    let test = train.split_off(count - (count / 7).clamp(1, MOST_HELD_OUT));
    Ok(Pair { train, test })
}

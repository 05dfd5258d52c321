//! The user's files: images, labels, pictures, a network, or several of these.

use super::chunks::Chunks;
use super::error::DatasetError;
use super::streaming_file::StreamingFile;
use super::user_network::{NetworkError, NetworkFile};
use crate::app::dataset_ref::Pair;
use crate::app::settings::Settings;
use crate::data::idx::check_label_count;
use crate::data::{Dataset, PIXELS, picture};
use crate::files::{Format, RunHeader};
use crate::train::Trainer;

/// The smallest number of images.
const MIN_IMAGES: usize = 20;

/// The largest number of test images.
const MAX_TEST_IMAGES: usize = 10_000;

/// Files that arrive in chunks, distinguished by the extensions of their names. None is used before all are valid.
#[derive(Debug)]
pub struct UserFilesReader {
    files: Vec<UserFile>,
}

#[derive(Debug)]
enum UserFile {
    /// Images or labels: the first bytes tell which.
    Digits(Box<StreamingFile>, Dataset),
    /// A picture, once the browser has decoded it.
    Picture(Option<Box<[u8; PIXELS]>>),
    Network {
        name: String,
        file: Box<NetworkFile>,
    },
}

/// The contents of valid files.
#[derive(Debug)]
pub struct UserFiles {
    /// The training and the test images.
    pub images: Option<Pair>,
    /// A network to train.
    pub network: Option<UserNetwork>,
}

/// A network to train.
#[derive(Debug)]
pub struct UserNetwork {
    pub name: String,
    pub trainer: Trainer,
    pub settings: Settings,
    /// What the page showed of the run, if the file is one of the page's.
    pub header: Option<RunHeader>,
}

impl UserFile {
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
            Self::Digits(file, _) => file.chunks.is_finished(),
            Self::Picture(pixels) => pixels.is_some(),
            Self::Network { file, .. } => file.chunks.is_finished(),
        }
    }

    fn chunks(&mut self) -> Option<&mut Chunks> {
        match self {
            Self::Digits(file, _) => Some(&mut file.chunks),
            Self::Picture(_) => None,
            Self::Network { file, .. } => Some(&mut file.chunks),
        }
    }
}

impl UserFilesReader {
    /// Creates the reader of files of these names; chunks follow.
    pub fn new(names: Vec<String>) -> Self {
        Self { files: names.into_iter().map(UserFile::new).collect() }
    }

    /// Returns the chunks of a file by its index, unless it is a picture.
    pub fn chunks(&mut self, number: usize) -> Option<&mut Chunks> {
        self.files.get_mut(number)?.chunks()
    }

    pub fn picture(&mut self, number: usize, pixels: Box<[u8; PIXELS]>) {
        if let Some(UserFile::Picture(picture)) = self.files.get_mut(number) {
            *picture = Some(pixels);
        }
    }

    /// Returns the bytes that wait to be parsed.
    pub fn backlog(&self) -> usize {
        let of = |file: &UserFile| match file {
            UserFile::Digits(file, _) => file.chunks.backlog(),
            UserFile::Network { file, .. } => file.chunks.backlog(),
            UserFile::Picture(_) => 0,
        };
        self.files.iter().map(of).sum()
    }

    /// Parses one piece. Returns false if nothing can be done before more arrives.
    ///
    /// # Errors
    /// [`DatasetError`] if a file is invalid.
    pub fn advance(&mut self) -> Result<bool, DatasetError> {
        for file in &mut self.files {
            if file.advance()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns whether all files have arrived and are parsed.
    pub fn is_finished(&self) -> bool {
        self.files.iter().all(UserFile::is_finished)
    }

    /// Returns the contents: images with their labels if there are any, of which the last seventh is held out as in MNIST,
    /// and a network, with `settings` where its file says nothing.
    ///
    /// # Errors
    /// [`DatasetError`] if the files do not make one dataset or one network.
    pub fn open(self, settings: &Settings) -> Result<UserFiles, DatasetError> {
        let is_picture = |file: &&UserFile| matches!(file, UserFile::Picture(Some(_)));
        let pictures = self.files.iter().filter(is_picture).count();
        let (mut digits, mut pictures, mut network) =
            (Vec::new(), Dataset::with_expected_len(pictures), None);
        for file in self.files {
            match file {
                UserFile::Digits(file, dataset) => digits.push((file.name().to_owned(), dataset)),
                UserFile::Picture(pixels) => {
                    pixels.into_iter().for_each(|pixels| pictures.push_images(&*pixels));
                }
                UserFile::Network { .. } if network.is_some() => return Err(DatasetError::TwoNetworks),
                UserFile::Network { name, file } => network = Some((name, file)),
            }
        }
        let images = match (digits.is_empty(), pictures.is_empty()) {
            (true, true) => None,
            (true, false) => Some(split_off_test(pictures)?),
            (false, true) => Some(split_off_test(labeled_images(digits)?)?),
            (false, false) => return Err(DatasetError::PicturesAndImages),
        };
        let network = network
            .map(|(name, file)| match file.read(settings) {
                Ok((trainer, settings, header)) => Ok(UserNetwork { name, trainer, settings, header }),
                Err(error) => Err(refused(&name, error)),
            })
            .transpose()?;
        Ok(UserFiles { images, network })
    }
}

fn refused(name: &str, source: NetworkError) -> DatasetError {
    DatasetError::Network { name: name.to_owned(), source }
}

/// Returns the images, with their labels if there are any.
fn labeled_images(files: Vec<(String, Dataset)>) -> Result<Dataset, DatasetError> {
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

/// Splits off the last seventh as test images.
fn split_off_test(mut train: Dataset) -> Result<Pair, DatasetError> {
    let count = train.len();
    if count < MIN_IMAGES {
        return Err(DatasetError::TooFew { found: count, least: MIN_IMAGES });
    }
    let digest = train.digest();
    let test = train.split_off(count - (count / 7).clamp(1, MAX_TEST_IMAGES));
    Ok(Pair { train, test, digest })
}

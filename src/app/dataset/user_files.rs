//! The user's files: whatever holds images and labels, or a network, or both.

use super::chunks::Chunks;
use super::error::DatasetError;
use super::user_network::{NetworkError, NetworkFile, ReadNetwork};
use crate::app::dataset_ref::SplitDataset;
use crate::app::settings::Settings;
use crate::data::Dataset;
use crate::data::import::{Import, ImportError, Imported, Report, is_picture_name};
use crate::files::{Format, describe_foreign};

/// The bytes that are read at a time: a fraction of a millisecond, unless they unpack to much more.
const PIECE_BYTES: usize = 8 * 1024;

/// The pictures that are decoded at a time, and their pixels, which take four bytes each.
const MAX_DECODING: usize = 32;
const MAX_DECODING_PIXELS: usize = 144_000_000;

/// The pixels of a picture, as long as none is known: a photograph.
const EXPECTED_PIXELS: usize = 12_000_000;

/// Files that arrive one after another, in chunks. None is used before all are valid.
#[derive(Debug)]
pub struct UserFilesReader {
    files: Vec<UserFile>,
    /// The index of the file that is being read.
    current: usize,
    import: Import,
    /// The indices of the pictures that are being decoded.
    decoding: Vec<usize>,
    /// The pixels of the largest picture so far.
    largest: Option<usize>,
}

/// A picture that the browser is asked to decode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureRequest {
    /// Its index among the pictures.
    pub index: usize,
    /// Its file.
    pub file: PictureFile,
}

/// A picture that was decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedPicture {
    /// Its images of 28 x 28 pixels: several if it is a sheet of them.
    pub images: Vec<u8>,
    /// The number of its own pixels.
    pub pixels: usize,
}

/// The file of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureFile {
    /// One of the user's files, by its index.
    Chosen(usize),
    /// A file in an archive.
    Bytes(Vec<u8>),
}

#[derive(Debug)]
enum UserFile {
    /// Images or labels, or an archive of them, or what may lie beside them.
    Images {
        path: String,
        chunks: Chunks,
        is_open: bool,
    },
    /// A picture, which the browser decodes without giving its bytes to the program: that would take longer.
    Picture(String),
    Network {
        name: String,
        file: Box<NetworkFile>,
    },
    /// Another library's network.
    Foreign {
        name: String,
        description: String,
        chunks: Chunks,
    },
}

/// The contents of valid files.
#[derive(Debug)]
pub struct UserFiles {
    /// The training and the test images, and what was found.
    pub images: Option<(SplitDataset, Report)>,
    /// A network to train.
    pub network: Option<UserNetwork>,
    /// The runs in archives: their paths and bytes.
    pub runs: Vec<(String, Vec<u8>)>,
}

/// A network to train.
#[derive(Debug)]
pub struct UserNetwork {
    pub name: String,
    pub file: ReadNetwork,
}

impl UserFile {
    fn new(path: String) -> Self {
        match Format::from_file_name(&path) {
            Ok(format) => Self::Network { name: path, file: Box::new(NetworkFile::new(format)) },
            Err(_) => match describe_foreign(&path) {
                Some(description) => {
                    Self::Foreign { name: path, description, chunks: Chunks::with_max_len(0) }
                }
                None if is_picture_name(&path) => Self::Picture(path),
                None => Self::Images { path, chunks: Chunks::with_max_len(usize::MAX), is_open: false },
            },
        }
    }

    fn chunks(&self) -> Option<&Chunks> {
        match self {
            Self::Images { chunks, .. } | Self::Foreign { chunks, .. } => Some(chunks),
            Self::Network { file, .. } => Some(&file.chunks),
            Self::Picture(_) => None,
        }
    }
}

impl UserFilesReader {
    /// Creates the reader of files of these paths; chunks follow.
    pub fn new(paths: Vec<String>) -> Self {
        let files = paths.into_iter().map(UserFile::new).collect();
        Self { files, current: 0, import: Import::default(), decoding: Vec::new(), largest: None }
    }

    /// Returns the chunks of a file by its index.
    pub fn chunks_mut(&mut self, index: usize) -> Option<&mut Chunks> {
        match self.files.get_mut(index)? {
            UserFile::Images { chunks, .. } | UserFile::Foreign { chunks, .. } => Some(chunks),
            UserFile::Network { file, .. } => Some(&mut file.chunks),
            UserFile::Picture(_) => None,
        }
    }

    /// Returns the next picture to decode, unless many are being decoded.
    pub fn next_picture(&mut self) -> Option<PictureRequest> {
        let room = MAX_DECODING_PIXELS / self.largest.unwrap_or(EXPECTED_PIXELS).max(1);
        if self.decoding.len() >= room.clamp(1, MAX_DECODING) {
            return None;
        }
        let picture = self.next_chosen_picture().or_else(|| {
            let picture = self.import.next_picture()?;
            Some(PictureRequest { index: picture.index, file: PictureFile::Bytes(picture.bytes) })
        })?;
        self.decoding.push(picture.index);
        Some(picture)
    }

    /// Returns the current file if it is a picture, and goes to the next one.
    fn next_chosen_picture(&mut self) -> Option<PictureRequest> {
        while let Some(UserFile::Picture(path)) = self.files.get(self.current) {
            let file = PictureFile::Chosen(self.current);
            self.current += 1;
            if let Some(index) = self.import.add_picture(path) {
                return Some(PictureRequest { index, file });
            }
        }
        None
    }

    /// Takes a decoded picture, or none if it cannot be decoded.
    pub fn finish_picture(&mut self, index: usize, picture: Option<DecodedPicture>) {
        self.decoding.retain(|&other| other != index);
        self.largest = self.largest.max(picture.as_ref().map(|picture| picture.pixels));
        self.import.finish_picture(index, picture.map(|picture| picture.images));
    }

    /// Returns the bytes that wait to be parsed or decoded.
    pub fn backlog(&self) -> usize {
        let chunks: usize = self.files.iter().filter_map(UserFile::chunks).map(Chunks::backlog).sum();
        chunks + self.import.waiting_len()
    }

    /// Returns the index of the current file, the number of files, and the number of images read.
    pub fn progress(&self) -> (usize, usize, usize) {
        (self.current, self.files.len(), self.import.len())
    }

    /// Parses one piece. Returns false if nothing can be done before more arrives.
    ///
    /// # Errors
    /// [`DatasetError`] if a file is invalid.
    pub fn advance(&mut self) -> Result<bool, DatasetError> {
        let Some(file) = self.files.get_mut(self.current) else { return Ok(false) };
        let worked = match file {
            UserFile::Images { path, chunks, is_open } => {
                if !std::mem::replace(is_open, true) {
                    self.import.open(path);
                }
                chunks.parse(PIECE_BYTES, |piece| match piece {
                    Some(bytes) => self.import.push(bytes),
                    None => self.import.close(),
                })?
            }
            UserFile::Picture(_) => return Ok(false),
            UserFile::Network { name, file } => file.advance().map_err(|error| refused(name, error))?,
            UserFile::Foreign { name, description, .. } => {
                return Err(DatasetError::Foreign { name: name.clone(), description: description.clone() });
            }
        };
        if file.chunks().is_none_or(Chunks::is_finished) {
            self.current += 1;
        }
        Ok(worked)
    }

    /// Returns whether all files have arrived and are parsed.
    pub fn is_finished(&self) -> bool {
        self.current == self.files.len() && self.decoding.is_empty() && self.import.waiting_len() == 0
    }

    /// Returns the contents: images, and a network, with `settings` where its file says nothing. If that states no activations, they
    /// are chosen by the images, or else by `test`.
    ///
    /// # Errors
    /// [`DatasetError`] if the files do not make one dataset or one network.
    pub fn open(mut self, settings: &Settings, test: &Dataset) -> Result<UserFiles, DatasetError> {
        let (mut has_images, mut network) = (false, None);
        for file in self.files {
            match file {
                UserFile::Images { .. } | UserFile::Picture(_) | UserFile::Foreign { .. } => {
                    has_images = true;
                }
                UserFile::Network { .. } if network.is_some() => return Err(DatasetError::TwoNetworks),
                UserFile::Network { name, file } => network = Some((name, file)),
            }
        }
        let runs = self.import.take_runs();
        // An archive of runs need not hold images.
        has_images &= runs.is_empty() || !self.import.is_empty();
        let images = has_images.then(|| self.import.finish()).transpose()?.map(|imported| {
            let Imported { train, test, class_names, digest, adjustment, report } = imported;
            (SplitDataset { train, test, digest, class_names, adjustment }, report)
        });
        let test = images.as_ref().map_or(test, |(pair, _)| &pair.test);
        let network = network
            .map(|(name, file)| match file.read(settings, test) {
                Ok(file) => Ok(UserNetwork { name, file }),
                Err(error) => Err(refused(&name, error)),
            })
            .transpose()?;
        if images.is_none() && network.is_none() && runs.is_empty() {
            return Err(ImportError::NoFiles.into());
        }
        Ok(UserFiles { images, network, runs })
    }
}

fn refused(name: &str, source: NetworkError) -> DatasetError {
    // A file of this name may also be ConvNetJS's.
    if let (Some(description), NetworkError::File(_)) = (describe_foreign(name), &source) {
        return DatasetError::Foreign { name: name.to_owned(), description };
    }
    DatasetError::Network { name: name.to_owned(), source }
}

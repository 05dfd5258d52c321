//! Images and labels from whatever files people have: IDX, NumPy's arrays, CSV, folders and zips of pictures, sprite sheets.
//!
//! [`Import`] takes files one after another, in chunks of any size, and asks for each picture to be decoded: by the browser, or by
//! a crate of a native program. When all files are there, it pairs images and labels, and holds out test images.

mod assemble;
mod error;
mod found;
mod hold_out;
mod path;
mod report;
mod stream;

use super::Dataset;
pub use super::adjustment::Adjustment;
use super::formats::foreign::is_junk;
pub use super::formats::picture::is_picture_name;
pub use super::formats::problem::FileProblem;
pub use error::ImportError;
use found::Found;
pub(crate) use path::{natural_order, sorted_indices};
pub use report::Report;
use stream::Stream;

/// The smallest number of images of which some are held out.
pub const MIN_TO_HOLD_OUT: usize = 20;

/// The images of some files.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The images to train on.
    pub train: Dataset,
    /// The held-out ones; the same as `train` if there are fewer than [`MIN_TO_HOLD_OUT`].
    pub test: Dataset,
    /// The names of the classes, by label; empty if labels are numbers, or if there are none.
    pub class_names: Vec<String>,
    /// The CRC-32 of images and labels as they are read, before anything is held out.
    pub digest: u32,
    /// What was done to all images.
    pub adjustment: Adjustment,
    /// What was found.
    pub report: Report,
}

/// A picture that waits to be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its index among the pictures of the import.
    pub index: usize,
    /// The bytes of its file.
    pub bytes: Vec<u8>,
}

/// The reader of a user's files.
///
/// ```
/// use bottleneck::data::import::Import;
///
/// let mut import = Import::default();
/// import.open("digits.csv");
/// for label in 0..30 {
///     import.push(format!("{label}{}\n", ",0,255".repeat(392)).as_bytes())?;
/// }
/// import.close()?;
/// let imported = import.finish()?;
/// assert_eq!((imported.train.len(), imported.test.len()), (26, 4));
/// # Ok::<(), bottleneck::data::import::ImportError>(())
/// ```
#[derive(Debug, Default)]
pub struct Import {
    stream: Option<Stream>,
    found: Found,
}

impl Import {
    /// Begins a file; `path` is its name, with its folders if it is one of a folder.
    pub fn open(&mut self, path: &str) {
        self.stream = Some(Stream::new(path.replace('\\', "/")));
    }

    /// Reads the next bytes of the file.
    ///
    /// # Errors
    /// The fault of the file. Nothing can be read after that.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ImportError> {
        match &mut self.stream {
            Some(stream) => stream.push(bytes, &mut self.found),
            None => Ok(()),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The fault of the file, such as that it is cut off.
    pub fn close(&mut self) -> Result<(), ImportError> {
        self.stream.take().map_or(Ok(()), |stream| stream.close(true, &mut self.found))
    }

    /// Adds a picture whose file the caller decodes by itself, and returns its index for [`Import::finish_picture`]; none if the file is
    /// to be ignored.
    pub fn add_picture(&mut self, path: &str) -> Option<usize> {
        (!is_junk(path)).then(|| self.found.reserve_picture(path.replace('\\', "/")))
    }

    /// Returns the next picture to decode, if one has arrived; [`Import::finish_picture`] takes the result.
    pub fn next_picture(&mut self) -> Option<Picture> {
        self.found.to_decode.pop_front()
    }

    /// Returns the bytes of pictures that wait for [`Import::next_picture`].
    pub fn waiting_len(&self) -> usize {
        self.found.to_decode.iter().map(|picture| picture.bytes.len()).sum()
    }

    /// Takes the images of a picture, from [`picture::to_images`](super::picture::to_images), or none if it cannot be decoded.
    pub fn finish_picture(&mut self, index: usize, images: Option<Vec<u8>>) {
        self.found.finish_picture(index, images);
    }

    /// Returns the runs of this page that are in archives: their paths and bytes.
    pub fn take_runs(&mut self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut self.found.runs)
    }

    /// Returns the number of images so far.
    pub fn len(&self) -> usize {
        self.found.len() + self.stream.as_ref().map_or(0, Stream::len)
    }

    /// Returns whether no image has arrived.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Pairs images and labels, and holds out test images: those of the files, or else a seventh, at most 10,000, by class.
    ///
    /// # Errors
    /// If the files hold no images, or do not make one dataset.
    pub fn finish(self) -> Result<Imported, ImportError> {
        assemble::assemble(self.found)
    }
}

//! Where images come from: MNIST as it is downloaded, strokes as they are drawn, files as they are read.
//!
//! Each source goes on by small pieces, so that a frame can stop when its time is up.

use std::collections::VecDeque;

use thiserror::Error;

use super::network_file::NetworkFileError;
use super::own_files::FEWEST_OWN;
use crate::data::idx::{Idx, IdxError, Kind, check_pair};
use crate::data::{Dataset, FIRST_POOL, PIXELS, strokes};

/// Bytes of a file that are parsed at a time: a fraction of a millisecond.
const PIECE: usize = 8 * 1024;

/// Digits that are drawn at a time.
const DIGITS: usize = 8;

/// The seed of the built-in digits, the same for everyone, so that test errors can be compared.
const STROKES_SEED: u64 = 1;

/// A file of MNIST that the page uses; the labels of the training images are not needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MnistFile {
    /// The 60,000 images to train on.
    TrainImages,
    /// The 10,000 images held out.
    TestImages,
    /// The labels of these.
    TestLabels,
}

impl MnistFile {
    /// Every file.
    pub const ALL: [Self; 3] = [Self::TrainImages, Self::TestImages, Self::TestLabels];

    /// Where it is, beside the page.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::TrainImages => "data/mnist/train-images-idx3-ubyte.gz",
            Self::TestImages => "data/mnist/t10k-images-idx3-ubyte.gz",
            Self::TestLabels => "data/mnist/t10k-labels-idx1-ubyte.gz",
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::TrainImages | Self::TestImages => Kind::Images,
            Self::TestLabels => Kind::Labels,
        }
    }
}

/// Why a source has failed, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// A file is not what it should be.
    #[error("{name}: {source}")]
    File {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        source: IdxError,
    },
    /// A download has failed.
    #[error("{name} could not be downloaded: {reason}.")]
    Download {
        /// The file's name.
        name: String,
        /// What the browser says.
        reason: String,
    },
    /// There are labels without images.
    #[error("There are labels here but no images: drop the file of images together with them.")]
    NoImages,
    /// There are two files of one kind.
    #[error("There are two files of {0} here: drop one file of images, and one of labels if you have it.")]
    TwoOfAKind(&'static str),
    /// There are too few images.
    #[error("There are {0} images in the file: it takes {FEWEST_OWN} to train on some and test on others.")]
    TooFew(usize),
    /// A file does not hold a network that the page can go on with.
    #[error("{name}: {source}.")]
    Network {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        source: NetworkFileError,
    },
    /// There are two networks.
    #[error("There are two networks here, and one can be trained: drop one of them.")]
    TwoNetworks,
}

/// A file that arrives in chunks of any size and is parsed in pieces.
#[derive(Debug, Default)]
pub struct Incoming {
    pub(super) name: String,
    idx: Idx,
    chunks: VecDeque<Vec<u8>>,
    parsed_of_first: usize,
    ended: bool,
    pub(super) finished: bool,
}

impl Incoming {
    /// A file of either kind.
    #[must_use]
    pub fn new(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    fn expecting(name: &str, kind: Kind) -> Self {
        Self { name: name.to_owned(), idx: Idx::expecting(kind), ..Self::default() }
    }

    /// Takes a chunk, to be parsed when there is time.
    pub fn push(&mut self, chunk: Vec<u8>) {
        self.chunks.push_back(chunk);
    }

    /// Takes note that no chunk will follow.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Parses a piece and hands what it held to `dataset`; false if there was nothing to parse.
    pub(super) fn advance(&mut self, dataset: &mut Dataset) -> Result<bool, SourceError> {
        let outcome = self.parse().and_then(|worked| dataset.receive(&mut self.idx).map(|()| worked));
        outcome.map_err(|source| SourceError::File { name: self.name.clone(), source })
    }

    fn parse(&mut self) -> Result<bool, IdxError> {
        if let Some(chunk) = self.chunks.front() {
            let rest = &chunk[self.parsed_of_first..];
            let piece = &rest[..rest.len().min(PIECE)];
            self.idx.push(piece)?;
            if piece.len() == rest.len() {
                self.chunks.pop_front();
                self.parsed_of_first = 0;
            } else {
                self.parsed_of_first += piece.len();
            }
            Ok(true)
        } else if self.ended && !self.finished {
            self.finished = true;
            self.idx.finish()?;
            Ok(true)
        } else {
            Ok(false)
        }
    }
}

/// A source that fills the two datasets of the page.
#[derive(Debug)]
pub enum Source {
    /// MNIST, downloaded from beside the page.
    Mnist(Box<Mnist>),
    /// The built-in digits, drawn when there is time.
    Strokes,
    /// Everything is here.
    Complete,
}

/// The download of MNIST.
#[derive(Debug)]
pub struct Mnist {
    train_images: Incoming,
    test_images: Incoming,
    test_labels: Incoming,
}

impl Default for Mnist {
    fn default() -> Self {
        let incoming = |file: MnistFile| Incoming::expecting(file.path(), file.kind());
        Self {
            train_images: incoming(MnistFile::TrainImages),
            test_images: incoming(MnistFile::TestImages),
            test_labels: incoming(MnistFile::TestLabels),
        }
    }
}

impl Mnist {
    /// The file that chunks are for.
    pub fn incoming(&mut self, file: MnistFile) -> &mut Incoming {
        match file {
            MnistFile::TrainImages => &mut self.train_images,
            MnistFile::TestImages => &mut self.test_images,
            MnistFile::TestLabels => &mut self.test_labels,
        }
    }

    /// Goes on with what is wanted first: something to train on, then something to show, then the rest.
    fn advance(&mut self, train: &mut Dataset, test: &mut Dataset) -> Result<bool, SourceError> {
        let worked = (train.len() < FIRST_POOL && self.train_images.advance(train)?)
            || self.test_labels.advance(test)?
            || self.test_images.advance(test)?
            || self.train_images.advance(train)?;
        if self.is_finished() {
            let name = self.test_labels.name.clone();
            check_pair(test.len(), test.label_count())
                .map_err(|source| SourceError::File { name, source })?;
        }
        Ok(worked)
    }

    fn is_finished(&self) -> bool {
        [&self.train_images, &self.test_images, &self.test_labels].iter().all(|file| file.finished)
    }
}

impl Source {
    /// Goes on by one piece; false if nothing can be done before more arrives.
    ///
    /// # Errors
    /// [`SourceError`] if a file is not what it should be.
    pub fn advance(&mut self, train: &mut Dataset, test: &mut Dataset) -> Result<bool, SourceError> {
        match self {
            Self::Mnist(mnist) => {
                let worked = mnist.advance(train, test)?;
                if mnist.is_finished() {
                    *self = Self::Complete;
                }
                Ok(worked)
            }
            Self::Strokes => {
                let (dataset, first) = if train.len() >= FIRST_POOL && !test.is_complete() {
                    (test, strokes::TRAIN)
                } else {
                    (train, 0)
                };
                draw_some(dataset, first);
                if dataset.is_complete() && first == 0 {
                    *self = Self::Complete;
                }
                Ok(true)
            }
            Self::Complete => Ok(false),
        }
    }

    /// The two empty datasets that the source will fill.
    #[must_use]
    pub fn datasets(&self) -> (Dataset, Dataset) {
        match self {
            Self::Strokes => (Dataset::with_planned(strokes::TRAIN), Dataset::with_planned(strokes::TEST)),
            // MNIST's own files say how many images they hold.
            Self::Mnist(_) | Self::Complete => (Dataset::with_planned(1), Dataset::with_planned(1)),
        }
    }
}

/// Draws the next digits of `dataset`, the first of which is digit `first` of the series.
fn draw_some(dataset: &mut Dataset, first: usize) {
    let mut pixels = [0; PIXELS];
    for _ in 0..DIGITS.min(dataset.planned() - dataset.len()) {
        let index = first + dataset.len();
        let label = strokes::draw(STROKES_SEED, index as u32, &mut pixels);
        dataset.push(&pixels, label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::idx::encode_header;

    fn images(count: u32) -> Vec<u8> {
        let mut file = encode_header(Kind::Images, count);
        file.extend((0..count as usize * PIXELS).map(|i| (i / PIXELS) as u8));
        file
    }

    fn labels(count: u32) -> Vec<u8> {
        let mut file = encode_header(Kind::Labels, count);
        file.extend((0..count).map(|i| (i % 10) as u8));
        file
    }

    #[test]
    fn mnist_can_be_trained_on_before_it_is_complete() {
        let mut mnist = Mnist::default();
        mnist.incoming(MnistFile::TrainImages).push(images(3_000)[..2_000 * PIXELS].to_vec());
        let mut source = Source::Mnist(Box::new(mnist));
        let (mut train, mut test) = source.datasets();
        while source.advance(&mut train, &mut test).unwrap() {}
        assert_eq!((train.len(), train.planned(), train.is_complete()), (1_999, 3_000, false));

        let Source::Mnist(mnist) = &mut source else { panic!("the rest has not arrived") };
        for (file, bytes) in [
            (MnistFile::TrainImages, images(3_000)[2_000 * PIXELS..].to_vec()),
            (MnistFile::TestImages, images(50)),
            (MnistFile::TestLabels, labels(50)),
        ] {
            mnist.incoming(file).push(bytes);
            mnist.incoming(file).end();
        }
        while source.advance(&mut train, &mut test).unwrap() {}
        assert!(matches!(source, Source::Complete));
        assert_eq!((train.len(), test.len(), test.label(49)), (3_000, 50, Some(9)));
    }

    #[test]
    fn mnist_with_the_wrong_labels_is_refused() {
        let mut mnist = Mnist::default();
        for (file, bytes) in [
            (MnistFile::TrainImages, images(2_000)),
            (MnistFile::TestImages, images(50)),
            (MnistFile::TestLabels, labels(49)),
        ] {
            mnist.incoming(file).push(bytes);
            mnist.incoming(file).end();
        }
        let mut source = Source::Mnist(Box::new(mnist));
        let (mut train, mut test) = source.datasets();
        let outcome =
            std::iter::repeat_with(|| source.advance(&mut train, &mut test)).find(|r| *r != Ok(true));
        assert!(matches!(outcome, Some(Err(SourceError::File { .. }))), "{outcome:?}");
    }

    #[test]
    fn strokes_begin_with_something_to_train_on_and_to_test_on() {
        let mut source = Source::Strokes;
        let (mut train, mut test) = source.datasets();
        while train.len() < FIRST_POOL {
            source.advance(&mut train, &mut test).unwrap();
        }
        assert!(test.is_empty());
        while train.len() == FIRST_POOL {
            source.advance(&mut train, &mut test).unwrap();
        }
        assert!(test.is_complete());
        assert_eq!((test.label(7), train.label(12)), (Some(7), Some(2)));
        while source.advance(&mut train, &mut test).unwrap() {}
        assert!(train.is_complete() && test.len() == strokes::TEST);
    }
}

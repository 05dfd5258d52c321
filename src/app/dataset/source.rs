//! The sources of images: the download of MNIST, and the built-in synthetic digits.

use super::chunks::Chunks;
use super::error::DatasetError;
use super::streaming_file::StreamingFile;
use crate::app::dataset_ref::SplitDataset;
use crate::data::idx::{Kind, check_label_count};
use crate::data::{Dataset, PIXELS, synthetic};

/// The digits that are drawn at a time.
const DIGITS_PER_PIECE: usize = 8;

/// The number of training images that are loaded before the test images. A download that ends earlier is dropped.
pub(super) const FIRST_TRAIN_IMAGES: usize = 1_000;

/// The seed of the synthetic digits, the same for everyone, which makes test errors comparable.
const SYNTHETIC_SEED: u64 = 1;

/// A file of MNIST, or of another dataset in its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MnistFile {
    /// The 60,000 training images.
    TrainImages,
    /// The 10,000 test images.
    TestImages,
    /// The labels of the test images.
    TestLabels,
    /// The labels of the training images, which only a run without one of the classes needs.
    TrainLabels,
}

impl MnistFile {
    /// Every file, in the order of the download.
    pub const ALL: [Self; 4] = [Self::TrainImages, Self::TestImages, Self::TestLabels, Self::TrainLabels];

    /// Returns the path in the folder of a dataset, relative to the page.
    pub fn path(self, folder: &str) -> String {
        let name = match self {
            Self::TrainImages => "train-images-idx3",
            Self::TestImages => "t10k-images-idx3",
            Self::TestLabels => "t10k-labels-idx1",
            Self::TrainLabels => "train-labels-idx1",
        };
        format!("data/{folder}/{name}-ubyte.gz")
    }

    fn kind(self) -> Kind {
        match self {
            Self::TrainImages | Self::TestImages => Kind::Images,
            Self::TestLabels | Self::TrainLabels => Kind::Labels,
        }
    }
}

/// The source of the images of a [`SplitDataset`].
#[derive(Debug)]
pub enum Source {
    /// MNIST or another dataset in its files, served with the page.
    Mnist(Box<Mnist>),
    /// The built-in synthetic digits.
    Synthetic,
}

/// The download of MNIST.
#[derive(Debug)]
pub struct Mnist {
    files: [StreamingFile; 4],
    /// Whether the labels of the training images are missing, or damaged. All but a run without one of the classes do without.
    lacks_train_labels: bool,
}

impl Mnist {
    /// Creates the download from a folder.
    pub fn new(folder: &str) -> Self {
        let files = MnistFile::ALL.map(|file| StreamingFile::new(file.path(folder), file.kind()));
        Self { files, lacks_train_labels: false }
    }

    /// Returns a file, to add chunks to it.
    pub fn file(&mut self, file: MnistFile) -> &mut Chunks {
        &mut self.files[file as usize].chunks
    }

    /// Returns the bytes that wait to be parsed.
    pub fn backlog(&self) -> usize {
        self.files.iter().map(|file| file.chunks.backlog()).sum()
    }

    /// Parses one piece: first of the images to train on, then of the test digits, then of the rest.
    fn advance(&mut self, pair: &mut SplitDataset) -> Result<bool, DatasetError> {
        let SplitDataset { train, test, .. } = pair;
        let [train_images, test_images, test_labels, train_labels] = &mut self.files;
        let worked = (train.len() < FIRST_TRAIN_IMAGES && train_images.advance(train)?)
            || test_labels.advance(test)?
            || test_images.advance(test)?
            || train_images.advance(train)?;
        if !worked && !self.lacks_train_labels && train.is_complete() {
            match train_labels.advance(train) {
                Ok(worked) if worked => return Ok(true),
                Ok(_) => {}
                Err(_) => self.lacks_train_labels = true,
            }
        }
        if self.lacks_train_labels {
            train.set_awaits_labels(false);
        }
        if self.files[..3].iter().all(|file| file.chunks.is_finished()) {
            let name = self.files[MnistFile::TestLabels as usize].name().to_owned();
            check_label_count(test.len(), test.labels().len())
                .map_err(|source| DatasetError::File { name, source })?;
        }
        Ok(worked)
    }

    fn is_finished(&self) -> bool {
        let needed = if self.lacks_train_labels { &self.files[..3] } else { &self.files };
        needed.iter().all(|file| file.chunks.is_finished())
    }

    /// Records that the labels of the training images do not come.
    pub fn give_up_train_labels(&mut self) {
        self.lacks_train_labels = true;
    }
}

impl Source {
    /// Returns the two empty datasets to fill.
    pub fn pair(&self) -> SplitDataset {
        let (train, test) = match self {
            Self::Synthetic => (synthetic::TRAIN_LEN, synthetic::TEST_LEN),
            // The lengths are read from MNIST's files.
            Self::Mnist(_) => (1, 1),
        };
        let mut train = Dataset::with_expected_len(train);
        train.set_awaits_labels(matches!(self, Self::Mnist(_)));
        SplitDataset { train, test: Dataset::with_expected_len(test), ..SplitDataset::default() }
    }

    /// Parses or draws one piece. Returns false if nothing can be done before more arrives.
    ///
    /// # Errors
    /// [`DatasetError`] if a file is invalid.
    pub fn advance(&mut self, pair: &mut SplitDataset) -> Result<bool, DatasetError> {
        match self {
            Self::Mnist(mnist) => mnist.advance(pair),
            Self::Synthetic => {
                if pair.train.len() >= FIRST_TRAIN_IMAGES && !pair.test.is_complete() {
                    draw_piece(&mut pair.test, synthetic::TRAIN_LEN);
                } else {
                    draw_piece(&mut pair.train, 0);
                }
                Ok(true)
            }
        }
    }

    pub fn is_finished(&self, pair: &SplitDataset) -> bool {
        match self {
            Self::Mnist(mnist) => mnist.is_finished(),
            Self::Synthetic => pair.train.is_complete() && pair.test.is_complete(),
        }
    }
}

/// Draws the next digits of `dataset`, whose first digit has the index `first`.
fn draw_piece(dataset: &mut Dataset, first: usize) {
    let mut pixels = [0; PIXELS];
    for _ in 0..DIGITS_PER_PIECE.min(dataset.expected_len() - dataset.len()) {
        let index = first + dataset.len();
        let label = synthetic::draw(SYNTHETIC_SEED, index as u32, &mut pixels);
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

    fn mnist(source: &mut Source) -> &mut Mnist {
        let Source::Mnist(mnist) = source else { panic!("this is MNIST") };
        mnist
    }

    #[test]
    fn mnist_can_be_trained_on_before_it_is_complete() {
        let mut source = Source::Mnist(Box::new(Mnist::new("mnist")));
        let mut pair = source.pair();
        mnist(&mut source).file(MnistFile::TrainImages).push(images(3_000)[..2_000 * PIXELS].to_vec());
        assert_eq!(mnist(&mut source).backlog(), 2_000 * PIXELS);
        while source.advance(&mut pair).unwrap() {}
        assert_eq!(
            (pair.train.len(), pair.train.expected_len(), pair.train.is_complete()),
            (1_999, 3_000, false)
        );
        assert_eq!(mnist(&mut source).backlog(), 0);

        for (file, bytes) in [
            (MnistFile::TrainImages, images(3_000)[2_000 * PIXELS..].to_vec()),
            (MnistFile::TestImages, images(50)),
            (MnistFile::TestLabels, labels(50)),
            (MnistFile::TrainLabels, labels(3_000)),
        ] {
            mnist(&mut source).file(file).push(bytes);
            mnist(&mut source).file(file).end();
        }
        while source.advance(&mut pair).unwrap() {}
        assert!(source.is_finished(&pair) && !pair.train.awaits_labels());
        assert_eq!((pair.train.len(), pair.test.len(), pair.test.label(49)), (3_000, 50, Some(9)));
        assert_eq!(pair.train.label(2_998), Some(8));
    }

    #[test]
    fn mnist_does_without_labels_of_the_training_images_that_are_damaged_or_missing() {
        for is_missing in [true, false] {
            let mut source = Source::Mnist(Box::new(Mnist::new("mnist")));
            let mut pair = source.pair();
            for (file, bytes) in [
                (MnistFile::TrainImages, images(200)),
                (MnistFile::TestImages, images(50)),
                (MnistFile::TestLabels, labels(50)),
            ] {
                mnist(&mut source).file(file).push(bytes);
                mnist(&mut source).file(file).end();
            }
            while source.advance(&mut pair).unwrap() {}
            assert!(pair.train.awaits_labels() && !source.is_finished(&pair));
            if is_missing {
                mnist(&mut source).give_up_train_labels();
            } else {
                mnist(&mut source).file(MnistFile::TrainLabels).push(b"<html>not found".to_vec());
                mnist(&mut source).file(MnistFile::TrainLabels).end();
            }
            while source.advance(&mut pair).unwrap() {}
            assert!(!pair.train.awaits_labels() && source.is_finished(&pair));
            assert_eq!((pair.train.len(), pair.train.labels().len()), (200, 0));
        }
    }

    #[test]
    fn mnist_with_a_wrong_number_of_labels_is_refused() {
        let mut source = Source::Mnist(Box::new(Mnist::new("mnist")));
        let mut pair = source.pair();
        for (file, bytes) in [
            (MnistFile::TrainImages, images(2_000)),
            (MnistFile::TestImages, images(50)),
            (MnistFile::TestLabels, labels(49)),
        ] {
            mnist(&mut source).file(file).push(bytes);
            mnist(&mut source).file(file).end();
        }
        let outcome = std::iter::repeat_with(|| source.advance(&mut pair)).find(|r| *r != Ok(true));
        assert!(matches!(outcome, Some(Err(DatasetError::File { .. }))), "{outcome:?}");
    }

    #[test]
    fn the_first_training_digits_and_the_test_digits_are_drawn_first() {
        let mut source = Source::Synthetic;
        let mut pair = source.pair();
        while pair.train.len() < FIRST_TRAIN_IMAGES {
            source.advance(&mut pair).unwrap();
        }
        assert!(pair.test.is_empty());
        while pair.train.len() == FIRST_TRAIN_IMAGES {
            source.advance(&mut pair).unwrap();
        }
        assert!(pair.test.is_complete());
        assert_eq!((pair.test.label(7), pair.train.label(12)), (Some(7), Some(2)));
        while !source.is_finished(&pair) {
            source.advance(&mut pair).unwrap();
        }
        assert!(pair.train.is_complete() && pair.test.len() == synthetic::TEST_LEN);
    }
}

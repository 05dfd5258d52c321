//! Examples and labels in memory.

use ndarray::{Array2, ArrayView2};
use thiserror::Error;

use super::adjustment::Adjustment;
use super::formats::PIXELS;
use super::formats::problem::FileProblem;
use super::idx::{self, IdxParser, Kind};

/// Examples of one width, with or without labels: bytes, such as grey images of 28 x 28 pixels, or values from 0 to 1.
///
/// A dataset may still be arriving: it grows until it has the expected number of examples. A byte of an image is 0 for background
/// and 255 for ink, which takes a quarter of the memory of floats; only a batch is converted to `f32`.
///
/// A label may be any byte: MNIST has 10 classes, handwritten letters 26, Kuzushiji-49 has 49.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    width: usize,
    /// Of a dataset of bytes.
    images: Vec<u8>,
    /// Of a dataset of values.
    values: Vec<f32>,
    labels: Vec<u8>,
    /// The number of examples that there will be, if more than have arrived.
    expected_len: usize,
    /// Whether labels come after the images.
    awaits_labels: bool,
    /// The largest label + 1; 0 without labels.
    class_count: usize,
    sums: PixelSums,
}

/// Examples that cannot be trained on.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum DatasetError {
    /// There are no examples.
    #[error("the dataset is empty: add examples first")]
    Empty,
    /// Examples are expected that have not arrived.
    #[error("{len} of {expected_len} examples are there: add the others, or call finish_early")]
    Incomplete {
        /// The number of examples.
        len: usize,
        /// The expected number.
        expected_len: usize,
    },
    /// The examples do not have the width of the network.
    #[error("the network takes {expected} values, but an example has {found}")]
    Width {
        /// The inputs of the network.
        expected: usize,
        /// The width of the examples.
        found: usize,
    },
    /// A value is not from 0 to 1.
    #[error(
        "value {column} of example {row} must be from 0 to 1, got {found}{}",
        if *.found > 1.0 { ": divide bytes by 255" } else { "" }
    )]
    OutOfRange {
        /// The index of the example.
        row: usize,
        /// The index of the value.
        column: usize,
        /// The value.
        found: f32,
    },
}

impl Default for Dataset {
    /// Creates an empty dataset of images of 28 x 28 pixels.
    fn default() -> Self {
        Self::new(PIXELS)
    }
}

impl Dataset {
    /// Creates an empty dataset of examples of `width` bytes.
    ///
    /// # Panics
    /// If `width` is 0.
    pub fn new(width: usize) -> Self {
        assert!(width > 0, "an example has values");
        Self {
            width,
            images: Vec::new(),
            values: Vec::new(),
            labels: Vec::new(),
            expected_len: 0,
            awaits_labels: false,
            class_count: 0,
            sums: PixelSums { sums: vec![0; width], squares: 0 },
        }
    }

    /// Creates an empty dataset that will have `expected_len` images of 28 x 28 pixels.
    pub fn with_expected_len(expected_len: usize) -> Self {
        Self { expected_len, ..Self::default() }
    }

    /// Creates a complete dataset of examples of `width` bytes and one label for each, or no labels.
    ///
    /// # Panics
    /// If the last example is incomplete, or the number of labels is neither 0 nor the number of examples.
    pub fn from_bytes(width: usize, images: Vec<u8>, labels: Vec<u8>) -> Self {
        let mut dataset = Self::new(width);
        assert_eq!(images.len() % width, 0, "the last image is incomplete");
        let len = images.len() / width;
        assert!(labels.is_empty() || labels.len() == len, "{} labels for {len} images", labels.len());
        dataset.sums.add(&images);
        dataset.class_count = count_classes(&labels);
        Self { images, labels, expected_len: len, ..dataset }
    }

    /// Creates a complete dataset of values from 0 to 1, a row for each example.
    ///
    /// # Errors
    /// [`DatasetError::OutOfRange`] names the first value that is not from 0 to 1.
    ///
    /// # Panics
    /// If the rows are empty.
    pub fn from_values(values: ArrayView2<'_, f32>) -> Result<Self, DatasetError> {
        let mut dataset = Self::new(values.ncols());
        for ((row, column), &found) in values.indexed_iter() {
            if !(0.0..=1.0).contains(&found) {
                return Err(DatasetError::OutOfRange { row, column, found });
            }
        }
        dataset.values.extend(values);
        dataset.expected_len = values.nrows();
        Ok(dataset)
    }

    /// Reads a complete dataset from IDX files, gzipped or plain, with or without labels.
    ///
    /// # Errors
    /// [`FileProblem`] if a file is damaged, incomplete or of the other kind, or there is not one label for each image.
    pub fn from_idx(images: &[u8], labels: Option<&[u8]>) -> Result<Self, FileProblem> {
        let images = idx::decode(Kind::Images, images)?;
        let Some(labels) = labels else { return Ok(Self::from_bytes(PIXELS, images, Vec::new())) };
        let labels = idx::decode(Kind::Labels, labels)?;
        idx::check_label_count(images.len() / PIXELS, labels.len())?;
        Ok(Self::from_bytes(PIXELS, images, labels))
    }

    /// Returns the number of values of an example.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns the number of examples that have arrived.
    pub fn len(&self) -> usize {
        (self.images.len() + self.values.len()) / self.width
    }

    /// Returns whether no example has arrived.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of examples that there will be.
    pub fn expected_len(&self) -> usize {
        self.expected_len.max(self.len())
    }

    /// Returns whether all examples have arrived.
    pub fn is_complete(&self) -> bool {
        self.len() >= self.expected_len
    }

    /// Checks that a network of `inputs` inputs can be trained on the whole dataset.
    ///
    /// # Errors
    /// If it is empty, incomplete or of another width.
    pub fn check(&self, inputs: usize) -> Result<(), DatasetError> {
        let (len, expected_len) = (self.len(), self.expected_len());
        match () {
            () if self.width != inputs => Err(DatasetError::Width { expected: inputs, found: self.width }),
            () if expected_len == 0 => Err(DatasetError::Empty),
            () if len < expected_len => Err(DatasetError::Incomplete { len, expected_len }),
            () => Ok(()),
        }
    }

    /// Adds images without labels.
    ///
    /// # Panics
    /// If the last image is incomplete, earlier ones have labels, or the dataset holds values.
    pub fn push_images(&mut self, images: &[u8]) {
        assert!(self.labels.is_empty(), "the images before have labels: push each image with its label");
        self.extend(images);
    }

    /// Adds an image and its label.
    ///
    /// # Panics
    /// If the image does not have the width of the dataset, earlier ones have no labels, or the dataset holds values.
    pub fn push(&mut self, image: &[u8], label: u8) {
        assert_eq!(image.len(), self.width, "one byte for each value");
        assert_eq!(self.labels.len(), self.len(), "the images before have no labels");
        self.extend(image);
        if self.labels.is_empty() {
            self.labels.reserve_exact(self.expected_len);
        }
        self.labels.push(label);
        self.class_count = self.class_count.max(usize::from(label) + 1);
    }

    /// Adds bytes.
    fn extend(&mut self, images: &[u8]) {
        assert_eq!(images.len() % self.width, 0, "the last image is incomplete");
        assert!(self.values.is_empty(), "the dataset holds values, not bytes");
        // A vector that doubles would end with twice the memory, and take three times as much while it moves.
        if self.images.is_empty() {
            self.images.reserve_exact(self.width * self.expected_len);
        }
        self.images.extend_from_slice(images);
        self.sums.add(images);
    }

    /// Takes the images or labels that have arrived in `idx`. The header of images also sets the expected length.
    ///
    /// # Errors
    /// If memory runs out; see [`IdxParser::drain_into`].
    ///
    /// # Panics
    /// If the dataset is not one of images of 28 x 28 pixels.
    pub fn extend_from(&mut self, idx: &mut IdxParser) -> Result<(), FileProblem> {
        assert!(self.width == PIXELS && self.values.is_empty(), "an IDX file holds images of 28 x 28 pixels");
        match idx.kind() {
            Kind::Images => {
                self.expected_len = idx.expected_len().unwrap_or(self.expected_len);
                let before = self.images.len();
                idx.drain_into(&mut self.images)?;
                self.sums.add(&self.images[before..]);
            }
            Kind::Labels => {
                let before = self.labels.len();
                idx.drain_into(&mut self.labels)?;
                self.class_count = self.class_count.max(count_classes(&self.labels[before..]));
            }
        }
        Ok(())
    }

    /// Returns the number of classes so far: the largest label + 1, and 0 without labels.
    pub fn class_count(&self) -> usize {
        self.class_count
    }

    /// Ends a dataset with the images that have arrived. Labels of missing images are dropped, or all labels if there are
    /// fewer of them than images.
    pub fn finish_early(&mut self) {
        self.expected_len = self.len();
        self.awaits_labels = false;
        if self.labels.len() < self.expected_len {
            self.labels.clear();
        }
        self.labels.truncate(self.expected_len);
        self.class_count = count_classes(&self.labels);
    }

    /// Adjusts all images.
    ///
    /// # Panics
    /// If the dataset is not one of bytes of 28 x 28 pixels.
    pub(crate) fn adjust(&mut self, adjustment: Adjustment) {
        assert!(self.width == PIXELS && self.values.is_empty(), "images have 28 x 28 pixels");
        adjustment.apply(&mut self.images);
        self.sums = PixelSums { sums: vec![0; PIXELS], squares: 0 };
        self.sums.add(&self.images);
    }

    /// Removes the images and labels from `index` on and returns them as another dataset.
    ///
    /// # Panics
    /// If there are fewer than `index` images.
    pub fn split_off(&mut self, index: usize) -> Self {
        assert!(index <= self.len(), "{index} of {} examples", self.len());
        let at = index * self.width;
        let images = self.images.split_off(at.min(self.images.len()));
        let values = self.values.split_off(at.min(self.values.len()));
        let labels = if self.labels.is_empty() { Vec::new() } else { self.labels.split_off(index) };
        self.expected_len = index;
        self.class_count = count_classes(&self.labels);
        let tail = Self::from_bytes(self.width, images, labels);
        self.sums.subtract(&tail.sums);
        let expected_len = tail.len() + values.len() / self.width;
        Self { values, expected_len, ..tail }
    }

    /// Returns the bytes of an image, row by row.
    ///
    /// # Panics
    /// If it has not arrived, or the dataset holds values.
    pub fn image(&self, index: usize) -> &[u8] {
        &self.images[index * self.width..][..self.width]
    }

    /// Returns the bytes of the first `count` images.
    ///
    /// # Panics
    /// If fewer have arrived, or the dataset holds values.
    pub fn images(&self, count: usize) -> &[u8] {
        &self.images[..count * self.width]
    }

    /// Returns the label of an image, if it has arrived.
    pub fn label(&self, index: usize) -> Option<u8> {
        self.labels.get(index).copied()
    }

    /// Records whether labels come after the images.
    pub fn set_awaits_labels(&mut self, awaits_labels: bool) {
        self.awaits_labels = awaits_labels;
    }

    /// Returns whether labels will come that have not all arrived.
    pub fn awaits_labels(&self) -> bool {
        self.awaits_labels && self.labels.len() < self.expected_len
    }

    /// Returns the labels that have arrived.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Returns the sums of the bytes, if there are any.
    pub(super) fn pixel_sums(&self) -> Option<&PixelSums> {
        (!self.images.is_empty()).then_some(&self.sums)
    }

    /// Writes the examples of `indices` to the rows of `batch`, in [0, 1].
    ///
    /// # Shapes
    /// `batch: [B, I]` with `B` at least the number of indices; the remaining rows are not changed.
    ///
    /// # Panics
    /// If an example has not arrived, the batch has too few rows, or its rows are not as wide as the examples.
    pub fn fill(&self, batch: &mut Array2<f32>, indices: impl ExactSizeIterator<Item = usize>) {
        assert!(indices.len() <= batch.nrows(), "more images than rows");
        for (index, mut row) in indices.zip(batch.rows_mut()) {
            let row = row.as_slice_mut().expect("rows of a standard array are contiguous");
            if self.values.is_empty() {
                write_pixels(self.image(index), row);
            } else {
                assert_eq!(row.len(), self.width, "one value for each input");
                row.copy_from_slice(&self.values[index * self.width..][..self.width]);
            }
        }
    }
}

/// The sum of each pixel over some images, and of the squares of all pixels, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PixelSums {
    /// `[I]`
    pub(super) sums: Vec<u64>,
    pub(super) squares: u64,
}

impl PixelSums {
    pub(super) fn add(&mut self, images: &[u8]) {
        for image in images.chunks_exact(self.sums.len()) {
            for (sum, &byte) in self.sums.iter_mut().zip(image) {
                *sum += u64::from(byte);
            }
            // The squares of 65,536 bytes fit into 32 bits, which is faster than 64.
            for bytes in image.chunks(1 << 16) {
                self.squares += u64::from(bytes.iter().map(|&byte| u32::from(byte).pow(2)).sum::<u32>());
            }
        }
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            *sum -= other;
        }
        self.squares -= other.squares;
    }
}

/// Converts bytes to pixels in [0, 1].
///
/// # Panics
/// If the two lengths differ.
pub fn write_pixels(bytes: &[u8], pixels: &mut [f32]) {
    assert_eq!(bytes.len(), pixels.len(), "one pixel for each byte");
    for (pixel, &byte) in pixels.iter_mut().zip(bytes) {
        *pixel = f32::from(byte) * (1.0 / 255.0);
    }
}

/// Returns the largest label + 1, or 0 without labels.
fn count_classes(labels: &[u8]) -> usize {
    labels.iter().max().map_or(0, |&label| usize::from(label) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    use crate::data::idx::encode_header;
    use crate::data::synthetic;

    fn three() -> Dataset {
        let images = (0..3_u8).flat_map(|i| [i * 100; PIXELS]).collect();
        Dataset::from_bytes(PIXELS, images, vec![7, 8, 9])
    }

    #[test]
    fn a_batch_is_scaled_to_the_unit_interval() {
        let mut batch = Array2::from_elem((3, PIXELS), -1.0);
        three().fill(&mut batch, [2, 0].into_iter());
        assert!(batch.row(0).iter().all(|&x| (x - 200.0 / 255.0).abs() < 1e-7));
        assert!(batch.row(1).iter().all(|&x| x == 0.0));
        assert!(batch.row(2).iter().all(|&x| x == -1.0));
    }

    #[test]
    fn a_dataset_grows_until_it_is_complete() {
        let mut dataset = Dataset::with_expected_len(2);
        let mut images = IdxParser::new(Kind::Images);
        images.push(&encode_header(Kind::Images, 2)).unwrap();
        images.push(&[1; PIXELS + 5]).unwrap();
        dataset.extend_from(&mut images).unwrap();
        assert_eq!((dataset.len(), dataset.is_complete(), dataset.label(0)), (1, false, None));
        images.push(&[2; PIXELS - 5]).unwrap();
        dataset.extend_from(&mut images).unwrap();
        let mut labels = IdxParser::new(Kind::Labels);
        labels.push(&encode_header(Kind::Labels, 2)).unwrap();
        labels.push(&[3, 4]).unwrap();
        dataset.extend_from(&mut labels).unwrap();
        assert_eq!((dataset.len(), dataset.is_complete(), dataset.label(1)), (2, true, Some(4)));
    }

    #[test]
    fn finishing_early_drops_labels_without_images() {
        let mut dataset = Dataset::with_expected_len(9);
        dataset.push(&[1; PIXELS], 4);
        dataset.push(&[2; PIXELS], 8);
        dataset.labels.push(9);
        dataset.finish_early();
        assert_eq!((dataset.expected_len(), dataset.is_complete(), dataset.labels().len()), (2, true, 2));
        assert_eq!((dataset.label(1), dataset.class_count()), (Some(8), 9));
        dataset.extend(&[3; PIXELS]);
        dataset.finish_early();
        assert_eq!((dataset.len(), dataset.labels().len(), dataset.class_count()), (3, 0, 0));
    }

    #[test]
    fn a_dataset_of_any_width_holds_bytes_or_values() {
        let mut bytes = Dataset::new(2);
        bytes.push(&[0, 255], 1);
        bytes.push(&[51, 102], 0);
        let mut values = Dataset::from_values(array![[0.0, 1.0], [0.2, 0.4]].view()).unwrap();
        for dataset in [&bytes, &values] {
            let mut batch = Array2::from_elem((2, 2), -1.0);
            dataset.fill(&mut batch, [1, 0].into_iter());
            assert!(batch.iter().zip([0.2, 0.4, 0.0, 1.0]).all(|(x, expected)| (x - expected).abs() < 1e-7));
            assert_eq!((dataset.width(), dataset.len(), dataset.expected_len()), (2, 2, 2));
        }
        let tail = values.split_off(1);
        assert_eq!((values.len(), tail.len(), tail.values.as_slice()), (1, 1, &[0.2, 0.4][..]));
        assert_eq!(bytes.check(3), Err(DatasetError::Width { expected: 3, found: 2 }));
        assert_eq!(Dataset::new(3).check(3), Err(DatasetError::Empty));
        for (found, text) in [(200.0, "got 200"), (f32::NAN, "got NaN"), (-0.5, "got -0.5")] {
            let error =
                Dataset::from_values(array![[0.0, 1.0], [0.5, found]].view()).unwrap_err().to_string();
            assert!(error.starts_with("value 1 of example 1 must be from 0 to 1") && error.contains(text));
        }
    }

    #[test]
    #[should_panic = "the images before have no labels"]
    fn a_label_after_images_without_labels_is_refused() {
        let mut dataset = Dataset::new(1);
        dataset.push_images(&[0]);
        dataset.push(&[0], 3);
    }

    #[test]
    fn splitting_keeps_labels_with_their_images() {
        let mut first = three();
        let last = first.split_off(2);
        assert_eq!((first.len(), first.is_complete(), first.label(1)), (2, true, Some(8)));
        assert_eq!((last.len(), last.label(0), last.image(0)[0]), (1, Some(9), 200));
    }

    #[test]
    #[should_panic(expected = "one pixel for each byte")]
    fn a_batch_of_another_width_is_refused() {
        three().fill(&mut Array2::zeros((1, PIXELS + 1)), [0].into_iter());
    }

    #[test]
    fn the_class_count_grows_as_labels_arrive() {
        let mut dataset = Dataset::default();
        assert_eq!(dataset.class_count(), 0);
        for (label, classes) in [(4, 5), (2, 5), (255, 256)] {
            dataset.push(&[0; PIXELS], label);
            assert_eq!(dataset.class_count(), classes);
        }

        let mut idx = IdxParser::new(Kind::Labels);
        idx.push(&encode_header(Kind::Labels, 4)).unwrap();
        let mut labels = Dataset::default();
        for (label, classes) in [(25, 26), (48, 49), (3, 49), (0, 49)] {
            idx.push(&[label]).unwrap();
            labels.extend_from(&mut idx).unwrap();
            assert_eq!(labels.class_count(), classes);
        }
        let mut letters = Dataset::from_bytes(PIXELS, vec![0; 4 * PIXELS], vec![25, 48, 3, 0]);
        assert_eq!(letters.class_count(), 49);
        let last = letters.split_off(1);
        assert_eq!((letters.class_count(), last.class_count()), (26, 49));
    }

    #[test]
    fn whole_idx_files_are_read() {
        let digits = synthetic::dataset(1, 0..20);
        let images = [&encode_header(Kind::Images, 20), digits.images(20)].concat();
        let labels = [&encode_header(Kind::Labels, 20), digits.labels()].concat();
        assert_eq!(Dataset::from_idx(&images, Some(&labels)).unwrap(), digits);
        assert!(Dataset::from_idx(&images, None).unwrap().labels().is_empty());
        assert!(Dataset::from_idx(&labels, None).is_err() && Dataset::from_idx(&images[1..], None).is_err());
        let few = [&encode_header(Kind::Labels, 1)[..], &[7]].concat();
        let error = FileProblem::LabelCount { images: 20, labels: 1 };
        assert_eq!(Dataset::from_idx(&images, Some(&few)).unwrap_err(), error);
    }
}

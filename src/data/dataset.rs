//! Images and labels in memory.

use ndarray::Array2;

use super::crc::Crc32;
use super::idx::{self, IdxError, IdxParser, Kind, PIXELS};

/// Grey images of 28 x 28 pixels, with or without labels.
///
/// A dataset may still be arriving: it grows until it has the expected number of images. A pixel is a byte, 0 for background
/// and 255 for ink, which takes a quarter of the memory of floats; only a batch is converted to `f32`.
///
/// A label may be any byte: MNIST has 10 classes, handwritten letters 26, Kuzushiji-49 has 49.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    images: Vec<u8>,
    labels: Vec<u8>,
    expected_len: usize,
    /// The largest label + 1; 0 without labels.
    class_count: usize,
    sums: PixelSums,
}

impl Dataset {
    /// Creates an empty dataset that will have `expected_len` images.
    pub fn with_expected_len(expected_len: usize) -> Self {
        Self { expected_len, ..Self::default() }
    }

    /// Creates a complete dataset of `images`, [`PIXELS`] bytes each, and one label for each image, or no labels.
    ///
    /// # Panics
    /// If the last image is incomplete, or the number of labels is neither 0 nor the number of images.
    pub fn new(images: Vec<u8>, labels: Vec<u8>) -> Self {
        assert_eq!(images.len() % PIXELS, 0, "the last image is incomplete");
        let len = images.len() / PIXELS;
        assert!(labels.is_empty() || labels.len() == len, "{} labels for {len} images", labels.len());
        let class_count = count_classes(&labels);
        let mut sums = PixelSums::default();
        sums.add(&images);
        Self { images, labels, expected_len: len, class_count, sums }
    }

    /// Reads a complete dataset from IDX files, gzipped or plain, with or without labels.
    ///
    /// # Errors
    /// [`IdxError`] if a file is damaged, incomplete or of the other kind, or there is not one label for each image.
    pub fn from_idx(images: &[u8], labels: Option<&[u8]>) -> Result<Self, IdxError> {
        let images = idx::decode(Kind::Images, images)?;
        let Some(labels) = labels else { return Ok(Self::new(images, Vec::new())) };
        let labels = idx::decode(Kind::Labels, labels)?;
        idx::check_label_count(images.len() / PIXELS, labels.len())?;
        Ok(Self::new(images, labels))
    }

    /// Returns the number of images that have arrived.
    pub fn len(&self) -> usize {
        self.images.len() / PIXELS
    }

    /// Returns whether no image has arrived.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// Returns the number of images that there will be.
    pub fn expected_len(&self) -> usize {
        self.expected_len
    }

    /// Returns whether all images have arrived.
    pub fn is_complete(&self) -> bool {
        self.len() == self.expected_len
    }

    /// Returns the CRC-32 of the images and labels.
    pub(crate) fn digest(&self) -> u32 {
        let mut checksum = Crc32::new();
        checksum.update(&self.images);
        checksum.update(&self.labels);
        checksum.value()
    }

    /// Adds images without labels, [`PIXELS`] bytes each.
    ///
    /// # Panics
    /// If the last image is incomplete.
    pub fn push_images(&mut self, images: &[u8]) {
        assert_eq!(images.len() % PIXELS, 0, "the last image is incomplete");
        self.reserve();
        self.images.extend_from_slice(images);
        self.sums.add(images);
    }

    /// Adds an image and its label.
    pub fn push(&mut self, image: &[u8; PIXELS], label: u8) {
        self.push_images(image);
        if self.labels.is_empty() {
            self.labels.reserve_exact(self.expected_len);
        }
        self.labels.push(label);
        self.class_count = self.class_count.max(usize::from(label) + 1);
    }

    /// Reserves the memory of all expected images. A vector that doubles would end with twice the memory, and take three
    /// times as much while it moves.
    fn reserve(&mut self) {
        if self.images.is_empty() {
            self.images.reserve_exact(PIXELS * self.expected_len);
        }
    }

    /// Takes the images or labels that have arrived in `idx`. The header of images also sets the expected length.
    ///
    /// # Errors
    /// [`IdxError::OutOfMemory`] if memory runs out; see [`IdxParser::drain_into`].
    pub fn extend_from(&mut self, idx: &mut IdxParser) -> Result<(), IdxError> {
        match idx.kind() {
            Some(Kind::Images) => {
                self.expected_len = idx.expected_len().unwrap_or(self.expected_len);
                let before = self.images.len();
                idx.drain_into(&mut self.images)?;
                self.sums.add(&self.images[before..]);
            }
            Some(Kind::Labels) => {
                let before = self.labels.len();
                idx.drain_into(&mut self.labels)?;
                self.class_count = self.class_count.max(count_classes(&self.labels[before..]));
            }
            None => {}
        }
        Ok(())
    }

    /// Returns the number of classes so far: the largest label + 1, and 0 without labels.
    pub fn class_count(&self) -> usize {
        self.class_count
    }

    /// Takes the labels of `other`, and drops its images.
    ///
    /// # Panics
    /// If `other` does not have one label for each image here.
    pub fn set_labels(&mut self, other: Self) {
        assert_eq!(self.len(), other.labels.len(), "each image needs one label");
        self.labels = other.labels;
        self.class_count = other.class_count;
    }

    /// Ends a dataset with the images that have arrived. Labels of missing images are dropped, or all labels if there are
    /// fewer of them than images.
    pub fn finish_early(&mut self) {
        self.expected_len = self.len();
        if self.labels.len() < self.expected_len {
            self.labels.clear();
        }
        self.labels.truncate(self.expected_len);
        self.class_count = count_classes(&self.labels);
    }

    /// Removes the images and labels from `index` on and returns them as another dataset.
    ///
    /// # Panics
    /// If there are fewer than `index` images.
    pub fn split_off(&mut self, index: usize) -> Self {
        let images = self.images.split_off(index * PIXELS);
        let labels = if self.labels.is_empty() { Vec::new() } else { self.labels.split_off(index) };
        self.expected_len = index;
        self.class_count = count_classes(&self.labels);
        let tail = Self::new(images, labels);
        self.sums.subtract(&tail.sums);
        tail
    }

    /// Returns the pixels of an image, row by row.
    ///
    /// # Panics
    /// If it has not arrived.
    pub fn image(&self, index: usize) -> &[u8] {
        &self.images[index * PIXELS..][..PIXELS]
    }

    /// Returns the pixels of the first `count` images.
    ///
    /// # Panics
    /// If fewer have arrived.
    pub fn images(&self, count: usize) -> &[u8] {
        &self.images[..count * PIXELS]
    }

    /// Returns the label of an image, if it has arrived.
    pub fn label(&self, index: usize) -> Option<u8> {
        self.labels.get(index).copied()
    }

    /// Returns the labels that have arrived.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    pub(super) fn pixel_sums(&self) -> &PixelSums {
        &self.sums
    }

    /// Writes the images of `indices` to the rows of `batch`, in [0, 1].
    ///
    /// # Shapes
    /// `batch: [B, 784]` with `B` at least the number of indices; the remaining rows are not changed.
    ///
    /// # Panics
    /// If an image has not arrived, the batch has too few rows, or its rows are not [`PIXELS`] long.
    pub fn fill(&self, batch: &mut Array2<f32>, indices: impl ExactSizeIterator<Item = usize>) {
        assert!(indices.len() <= batch.nrows(), "more images than rows");
        for (index, mut row) in indices.zip(batch.rows_mut()) {
            let row = row.as_slice_mut().expect("rows of a standard array are contiguous");
            write_pixels(self.image(index), row);
        }
    }
}

/// The sum of each pixel over some images, and of the squares of all pixels, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PixelSums {
    /// `[784]`
    pub(super) sums: Vec<u64>,
    pub(super) squares: u64,
}

impl Default for PixelSums {
    fn default() -> Self {
        Self { sums: vec![0; PIXELS], squares: 0 }
    }
}

impl PixelSums {
    pub(super) fn add(&mut self, images: &[u8]) {
        for image in images.chunks_exact(PIXELS) {
            for (sum, &byte) in self.sums.iter_mut().zip(image) {
                *sum += u64::from(byte);
            }
            // The squares of one image fit into 32 bits, which is faster than 64.
            self.squares += u64::from(image.iter().map(|&byte| u32::from(byte).pow(2)).sum::<u32>());
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
    use crate::data::idx::encode_header;
    use crate::data::synthetic;

    fn three() -> Dataset {
        let images = (0..3_u8).flat_map(|i| [i * 100; PIXELS]).collect();
        Dataset::new(images, vec![7, 8, 9])
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
        let mut images = IdxParser::new();
        images.push(&encode_header(Kind::Images, 2)).unwrap();
        images.push(&[1; PIXELS + 5]).unwrap();
        dataset.extend_from(&mut images).unwrap();
        assert_eq!((dataset.len(), dataset.is_complete(), dataset.label(0)), (1, false, None));
        images.push(&[2; PIXELS - 5]).unwrap();
        dataset.extend_from(&mut images).unwrap();
        let mut labels = IdxParser::new();
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
        dataset.push_images(&[3; PIXELS]);
        dataset.finish_early();
        assert_eq!((dataset.len(), dataset.labels().len(), dataset.class_count()), (3, 0, 0));
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
        dataset.push_images(&[0; PIXELS]);
        assert_eq!(dataset.class_count(), 0, "images alone have no classes");
        for (label, classes) in [(4, 5), (2, 5), (255, 256)] {
            dataset.push(&[0; PIXELS], label);
            assert_eq!(dataset.class_count(), classes);
        }

        let mut idx = IdxParser::new();
        idx.push(&encode_header(Kind::Labels, 4)).unwrap();
        let mut labels = Dataset::default();
        for (label, classes) in [(25, 26), (48, 49), (3, 49), (0, 49)] {
            idx.push(&[label]).unwrap();
            labels.extend_from(&mut idx).unwrap();
            assert_eq!(labels.class_count(), classes);
        }
        let mut letters = Dataset::new(vec![0; 4 * PIXELS], Vec::new());
        letters.set_labels(labels);
        assert_eq!(letters.class_count(), 49);
        let last = letters.split_off(1);
        assert_eq!((letters.class_count(), last.class_count()), (26, 49));
    }

    #[test]
    fn whole_idx_files_are_read() {
        let digits = synthetic::dataset(1, 0..20);
        let images = [&encode_header(Kind::Images, 20), digits.images(20)].concat();
        let labels = [&encode_header(Kind::Labels, 20), digits.labels()].concat();
        assert_eq!(Dataset::from_idx(&images, Some(&labels)).as_ref(), Ok(&digits));
        assert!(Dataset::from_idx(&images, None).unwrap().labels().is_empty());
        assert!(Dataset::from_idx(&labels, None).is_err() && Dataset::from_idx(&images[1..], None).is_err());
        let few = [&encode_header(Kind::Labels, 1)[..], &[7]].concat();
        let error = IdxError::LabelCount { images: 20, labels: 1 };
        assert_eq!(Dataset::from_idx(&images, Some(&few)), Err(error));
    }
}

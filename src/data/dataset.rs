//! Images and labels in memory, and what is counted of them as they arrive.

use ndarray::Array2;

use super::idx::{IdxError, IdxParser, Kind, PIXELS};
use super::pixel_sums::PixelSums;

/// Grey images of 28 x 28 pixels, with labels where there are any.
///
/// A dataset may still be arriving: it knows how many images are `expected_len`, and grows until they are there. A pixel is a
/// byte, 0 for paper and 255 for ink, a quarter of the memory that floats would take; only a batch becomes `f32`.
///
/// A label may be any byte: MNIST has 10 classes, handwritten letters 26, Kuzushiji-49 has 49.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    images: Vec<u8>,
    labels: Vec<u8>,
    expected_len: usize,
    /// The largest label + 1; 0 without labels.
    classes: usize,
    sums: PixelSums,
}

impl Dataset {
    /// An empty dataset that will have `expected_len` images.
    #[must_use]
    pub fn with_expected_len(expected_len: usize) -> Self {
        Self { expected_len, ..Self::default() }
    }

    /// A complete dataset: `images` of [`PIXELS`] bytes each, and one label for each image, or no labels at all.
    ///
    /// # Panics
    /// If the last image is incomplete, or the number of labels is neither 0 nor the number of images.
    #[must_use]
    pub fn new(images: Vec<u8>, labels: Vec<u8>) -> Self {
        assert_eq!(images.len() % PIXELS, 0, "the last image is incomplete");
        let expected_len = images.len() / PIXELS;
        assert!(
            labels.is_empty() || labels.len() == expected_len,
            "{} labels for {expected_len} images",
            labels.len()
        );
        let classes = classes_of(&labels);
        let mut sums = PixelSums::default();
        sums.add(&images);
        Self { images, labels, expected_len, classes, sums }
    }

    /// How many images are here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.images.len() / PIXELS
    }

    /// Whether no image is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// How many images there will be.
    #[must_use]
    pub fn expected_len(&self) -> usize {
        self.expected_len
    }

    /// Whether all images are here.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.len() == self.expected_len
    }

    /// Adds images without labels, [`PIXELS`] bytes each.
    ///
    /// # Panics
    /// If the last one is incomplete.
    pub fn push_images(&mut self, images: &[u8]) {
        assert_eq!(images.len() % PIXELS, 0, "the last image is incomplete");
        self.make_room();
        self.images.extend_from_slice(images);
        self.sums.add(images);
    }

    /// Adds an image and its label.
    pub fn push(&mut self, image: &[u8; PIXELS], label: u8) {
        self.make_room();
        if self.labels.is_empty() {
            self.labels.reserve_exact(self.expected_len);
        }
        self.images.extend_from_slice(image);
        self.sums.add(image);
        self.labels.push(label);
        self.classes = self.classes.max(usize::from(label) + 1);
    }

    /// Takes memory for the images that are expected_len, once. Grown by doubling, it would hold twice as much in the end, and three
    /// times while it moves.
    fn make_room(&mut self) {
        if self.images.is_empty() {
            self.images.reserve_exact(PIXELS * self.expected_len);
        }
    }

    /// Takes the images or labels that have arrived in `idx`, and plans for as many images as its header promises.
    ///
    /// # Errors
    /// [`IdxError::OutOfMemory`] if memory runs out; see [`IdxParser::drain_into`] for when it is taken.
    pub fn extend_from(&mut self, idx: &mut IdxParser) -> Result<(), IdxError> {
        match idx.kind() {
            Some(Kind::Images) => {
                self.expected_len = idx.count().unwrap_or(self.expected_len);
                let before = self.images.len();
                idx.drain_into(&mut self.images)?;
                self.sums.add(&self.images[before..]);
            }
            Some(Kind::Labels) => {
                let before = self.labels.len();
                idx.drain_into(&mut self.labels)?;
                self.classes = self.classes.max(classes_of(&self.labels[before..]));
            }
            None => {}
        }
        Ok(())
    }

    /// How many labels are here.
    #[must_use]
    pub fn label_count(&self) -> usize {
        self.labels.len()
    }

    /// How many classes the labels seen so far need: the largest label + 1, and 0 without labels.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Takes the labels of `other`, and drops its images.
    ///
    /// # Panics
    /// If `other` does not have one label for each image here.
    pub fn set_labels(&mut self, other: Self) {
        assert_eq!(self.len(), other.labels.len(), "each image needs one label");
        self.labels = other.labels;
        self.classes = other.classes;
    }

    /// Plans for no more images than are here, because no more will come. Labels of images that are missing are dropped;
    /// all of them, if there are fewer than images.
    pub fn finish_early(&mut self) {
        self.expected_len = self.len();
        if self.labels.len() < self.expected_len {
            self.labels.clear();
        }
        self.labels.truncate(self.expected_len);
        self.classes = classes_of(&self.labels);
    }

    /// Removes the images and labels from `index` on and returns them as a dataset of their own.
    ///
    /// # Panics
    /// If there are fewer than `index` images.
    #[must_use]
    pub fn split_off(&mut self, index: usize) -> Self {
        let images = self.images.split_off(index * PIXELS);
        let labels = if self.labels.is_empty() { Vec::new() } else { self.labels.split_off(index) };
        self.expected_len = index;
        self.classes = classes_of(&self.labels);
        let tail = Self::new(images, labels);
        self.sums.subtract(&tail.sums);
        tail
    }

    /// The pixels of an image, row by row.
    ///
    /// # Panics
    /// If it has not arrived.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        &self.images[index * PIXELS..][..PIXELS]
    }

    /// The pixels of the first `count` images.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn images(&self, count: usize) -> &[u8] {
        &self.images[..count * PIXELS]
    }

    /// The label of an image, if it has arrived.
    #[must_use]
    pub fn label(&self, index: usize) -> Option<u8> {
        self.labels.get(index).copied()
    }

    /// The sums of the images that have arrived, pixel by pixel.
    pub(super) fn pixel_sums(&self) -> &PixelSums {
        &self.sums
    }

    /// Writes the images of `indices` to the rows of `batch`, in [0, 1].
    ///
    /// # Shapes
    /// `batch: [B, 784]` with `B` at least the number of indices; the remaining rows stay as they are.
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

/// Writes bytes as pixels in [0, 1].
///
/// # Panics
/// If the two lengths differ.
pub fn write_pixels(bytes: &[u8], pixels: &mut [f32]) {
    assert_eq!(bytes.len(), pixels.len(), "one number for each byte");
    for (pixel, &byte) in pixels.iter_mut().zip(bytes) {
        *pixel = f32::from(byte) * (1.0 / 255.0);
    }
}

/// The largest label + 1; 0 without labels.
fn classes_of(labels: &[u8]) -> usize {
    labels.iter().max().map_or(0, |&label| usize::from(label) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::idx::encode_header;

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
    fn a_dataset_that_is_cut_off_keeps_what_belongs_together() {
        let mut dataset = Dataset::with_expected_len(9);
        dataset.push(&[1; PIXELS], 4);
        dataset.push(&[2; PIXELS], 8);
        dataset.labels.push(9);
        dataset.finish_early();
        assert_eq!((dataset.expected_len(), dataset.is_complete(), dataset.label_count()), (2, true, 2));
        assert_eq!((dataset.label(1), dataset.classes()), (Some(8), 9));
        dataset.push_images(&[3; PIXELS]);
        dataset.finish_early();
        assert_eq!((dataset.len(), dataset.label_count(), dataset.classes()), (3, 0, 0));
    }

    #[test]
    fn splitting_keeps_labels_with_their_images() {
        let mut first = three();
        let last = first.split_off(2);
        assert_eq!((first.len(), first.is_complete(), first.label(1)), (2, true, Some(8)));
        assert_eq!((last.len(), last.label(0), last.image(0)[0]), (1, Some(9), 200));
    }

    #[test]
    #[should_panic(expected = "one number for each byte")]
    fn a_batch_of_another_width_is_refused() {
        three().fill(&mut Array2::zeros((1, PIXELS + 1)), [0].into_iter());
    }

    #[test]
    fn classes_are_counted_as_labels_arrive() {
        let mut dataset = Dataset::default();
        assert_eq!(dataset.classes(), 0);
        dataset.push_images(&[0; PIXELS]);
        assert_eq!(dataset.classes(), 0, "images alone have no classes");
        for (label, classes) in [(4, 5), (2, 5), (255, 256)] {
            dataset.push(&[0; PIXELS], label);
            assert_eq!(dataset.classes(), classes);
        }

        let mut idx = IdxParser::new();
        idx.push(&encode_header(Kind::Labels, 4)).unwrap();
        let mut labels = Dataset::default();
        for (label, classes) in [(25, 26), (48, 49), (3, 49), (0, 49)] {
            idx.push(&[label]).unwrap();
            labels.extend_from(&mut idx).unwrap();
            assert_eq!(labels.classes(), classes);
        }
        let mut letters = Dataset::new(vec![0; 4 * PIXELS], Vec::new());
        letters.set_labels(labels);
        assert_eq!(letters.classes(), 49);
        let last = letters.split_off(1);
        assert_eq!((letters.classes(), last.classes()), (26, 49));
    }
}

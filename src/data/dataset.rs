//! Images and labels in memory.

use ndarray::Array2;

use super::idx::{Idx, IdxError, Kind, PIXELS};

/// Grey images of 28 x 28 pixels, with labels where there are any.
///
/// A dataset may still be arriving: it knows how many images are `planned`, and grows until they are there. A pixel is a
/// byte, 0 for paper and 255 for ink, which is a quarter of what floats would take; a batch becomes `f32` when it
/// is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    images: Vec<u8>,
    labels: Vec<u8>,
    planned: usize,
}

impl Dataset {
    /// An empty dataset that will have `planned` images.
    #[must_use]
    pub fn with_planned(planned: usize) -> Self {
        Self { images: Vec::new(), labels: Vec::new(), planned }
    }

    /// A complete dataset: `images` with [`PIXELS`] bytes each, and their `labels`, which may be none at all.
    ///
    /// # Panics
    /// If the last image is not whole, or there are labels and not as many as images.
    #[must_use]
    pub fn new(images: Vec<u8>, labels: Vec<u8>) -> Self {
        assert_eq!(images.len() % PIXELS, 0, "the last image is not whole");
        let planned = images.len() / PIXELS;
        assert!(labels.is_empty() || labels.len() == planned, "as many labels as images, or none");
        Self { images, labels, planned }
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
    pub fn planned(&self) -> usize {
        self.planned
    }

    /// Whether all images are here.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.len() == self.planned
    }

    /// Adds images without labels, [`PIXELS`] bytes each.
    ///
    /// # Panics
    /// If the last is not whole.
    pub fn push_images(&mut self, images: &[u8]) {
        assert_eq!(images.len() % PIXELS, 0, "the last image is not whole");
        self.images.extend_from_slice(images);
    }

    /// Adds an image and its label.
    pub fn push(&mut self, image: &[u8; PIXELS], label: u8) {
        self.images.extend_from_slice(image);
        self.labels.push(label);
    }

    /// Takes the images or labels that have arrived in `idx`, and plans for as many images as it promises.
    ///
    /// # Errors
    /// [`IdxError::OutOfMemory`] if there is no room for them.
    pub fn receive(&mut self, idx: &mut Idx) -> Result<(), IdxError> {
        match idx.kind() {
            Some(Kind::Images) => {
                self.planned = idx.count().unwrap_or(self.planned);
                idx.drain_into(&mut self.images)?;
            }
            Some(Kind::Labels) => {
                idx.drain_into(&mut self.labels)?;
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

    /// Takes the labels of `other`, leaving its images.
    ///
    /// # Panics
    /// If there are not as many as images here.
    pub fn set_labels(&mut self, other: Self) {
        assert_eq!(self.len(), other.labels.len(), "as many labels as images");
        self.labels = other.labels;
    }

    /// Removes the images and labels from `index` on and returns them as a dataset of their own.
    ///
    /// # Panics
    /// If there are fewer images than that.
    #[must_use]
    pub fn split_off(&mut self, index: usize) -> Self {
        let images = self.images.split_off(index * PIXELS);
        let labels = if self.labels.is_empty() { Vec::new() } else { self.labels.split_off(index) };
        self.planned = index;
        Self::new(images, labels)
    }

    /// The pixels of an image, row by row.
    ///
    /// # Panics
    /// If it is not here.
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

    /// The label of an image, if there is one and it is here.
    #[must_use]
    pub fn label(&self, index: usize) -> Option<u8> {
        self.labels.get(index).copied()
    }

    /// Writes the images of `indices` to the rows of `batch`, in [0, 1].
    ///
    /// # Shapes
    /// `batch: [B, 784]` with `B` at least the number of indices; further rows are left as they are.
    ///
    /// # Panics
    /// If an image is not here or the batch is too small.
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
/// If the lengths differ.
pub fn write_pixels(bytes: &[u8], pixels: &mut [f32]) {
    assert_eq!(bytes.len(), pixels.len(), "an image is as large as the network's input");
    for (pixel, &byte) in pixels.iter_mut().zip(bytes) {
        *pixel = f32::from(byte) * (1.0 / 255.0);
    }
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
        let mut dataset = Dataset::with_planned(2);
        let mut images = Idx::new();
        images.push(&encode_header(Kind::Images, 2)).unwrap();
        images.push(&[1; PIXELS + 5]).unwrap();
        dataset.receive(&mut images).unwrap();
        assert_eq!((dataset.len(), dataset.is_complete(), dataset.label(0)), (1, false, None));
        images.push(&[2; PIXELS - 5]).unwrap();
        dataset.receive(&mut images).unwrap();
        let mut labels = Idx::new();
        labels.push(&encode_header(Kind::Labels, 2)).unwrap();
        labels.push(&[3, 4]).unwrap();
        dataset.receive(&mut labels).unwrap();
        assert_eq!((dataset.len(), dataset.is_complete(), dataset.label(1)), (2, true, Some(4)));
    }

    #[test]
    fn splitting_keeps_labels_with_their_images() {
        let mut first = three();
        let last = first.split_off(2);
        assert_eq!((first.len(), first.is_complete(), first.label(1)), (2, true, Some(8)));
        assert_eq!((last.len(), last.label(0), last.image(0)[0]), (1, Some(9), 200));
    }
}

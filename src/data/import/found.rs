//! What the files hold, before it is put together.

use std::collections::VecDeque;

use super::Picture;
use super::path::{self, Split};
use crate::data::PIXELS;
use crate::data::formats::array::Array;
use crate::data::formats::csv::Table;
use crate::data::formats::labels::Labels;

/// A file of images.
#[derive(Debug)]
pub(super) struct ImageSet {
    pub(super) path: String,
    pub(super) split: Option<Split>,
    pub(super) images: Vec<u8>,
    pub(super) labels: Option<Labels>,
    /// Whether it is a table.
    pub(super) is_table: bool,
}

/// A file of labels.
#[derive(Debug)]
pub(super) struct LabelSet {
    pub(super) path: String,
    pub(super) split: Option<Split>,
    pub(super) labels: Labels,
    /// The first column of a table, which may name pictures.
    pub(super) names: Vec<String>,
    /// The columns of a table; 0 for an array.
    pub(super) columns: usize,
}

/// What the files hold.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) images: Vec<ImageSet>,
    pub(super) labels: Vec<LabelSet>,
    /// The paths of all pictures, and the images of those that are decoded.
    pub(super) pictures: Vec<(String, Option<Vec<u8>>)>,
    pub(super) to_decode: VecDeque<Picture>,
    decoded: usize,
    /// One-hot labels without a header: a file of bytes that are 0 or 1.
    pub(super) one_hot: Vec<(String, Vec<u8>)>,
    /// The paths of runs, and their bytes.
    pub(super) runs: Vec<(String, Vec<u8>)>,
    /// The paths of damaged pictures.
    pub(super) damaged: Vec<String>,
    /// The paths of other files, and what they are.
    pub(super) foreign: Vec<(String, String)>,
    /// What to say about how the files were read.
    pub(super) notes: Vec<String>,
}

impl Found {
    /// Returns the number of images.
    pub(super) fn len(&self) -> usize {
        let images: usize = self.images.iter().map(|set| set.images.len() / PIXELS).sum();
        images + self.decoded
    }

    pub(super) fn add_array(&mut self, path: String, array: Array) {
        let split = path::split(path::file_name(&path)).or_else(|| path::split(&path));
        match array {
            Array::Images(pixels) => {
                self.note_range(pixels.is_unit());
                let images = pixels.into_images();
                self.images.push(ImageSet { path, split, images, labels: None, is_table: false });
            }
            Array::Labels(labels) => {
                let labels = Labels::from_bytes(&labels);
                self.labels.push(LabelSet { path, split, labels, names: Vec::new(), columns: 0 });
            }
        }
    }

    pub(super) fn add_table(&mut self, path: String, table: Table) {
        let split = path::split(path::file_name(&path));
        match table {
            Table::Images(pixels, labels) => {
                self.note_range(pixels.is_unit());
                if let Some((_, column)) = &labels {
                    self.note(format!("The {column} is the label."));
                }
                let (images, labels) = (pixels.into_images(), labels.map(|(labels, _)| labels));
                self.images.push(ImageSet { path, split, images, labels, is_table: true });
            }
            Table::Labels { names, labels, columns } => {
                self.labels.push(LabelSet { path, split, labels, names, columns });
            }
        }
    }

    fn note_range(&mut self, is_unit: bool) {
        if is_unit {
            self.note("Values are read as 0 to 1, because none is larger.".to_owned());
        }
    }

    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn add_picture(&mut self, path: String, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return self.add_damaged(path);
        }
        let index = self.reserve_picture(path);
        self.to_decode.push_back(Picture { index, bytes });
    }

    /// Returns the index of a picture that is not decoded yet.
    pub(super) fn reserve_picture(&mut self, path: String) -> usize {
        self.pictures.push((path, None));
        self.pictures.len() - 1
    }

    pub(super) fn finish_picture(&mut self, index: usize, images: Option<Vec<u8>>) {
        let Some((path, slot)) = self.pictures.get_mut(index) else { return };
        match images.filter(|images| !images.is_empty() && images.len().is_multiple_of(PIXELS)) {
            Some(images) => {
                self.decoded += images.len() / PIXELS;
                *slot = Some(images);
            }
            None => {
                let path = path.clone();
                self.add_damaged(path);
            }
        }
    }

    pub(super) fn add_damaged(&mut self, path: String) {
        self.damaged.push(path);
    }

    pub(super) fn add_one_hot(&mut self, path: String, labels: Vec<u8>) {
        self.one_hot.push((path, labels));
    }

    pub(super) fn add_foreign(&mut self, path: String, description: String) {
        self.foreign.push((path, description));
    }
}

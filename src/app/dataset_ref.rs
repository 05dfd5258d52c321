//! The images of a run, and how a run refers to them.

use std::rc::Rc;

use super::settings::DatasetChoice;
use crate::data::Dataset;
use crate::data::import::Adjustment;

/// The images to train on and the held-out ones.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    pub train: Dataset,
    pub test: Dataset,
    /// The CRC-32 of the user's own images, which tells whether a run was trained on them; else 0.
    pub digest: u32,
    /// The names of the classes of the user's own images, by label; empty if they are numbers.
    pub class_names: Vec<String>,
    /// What was done to the user's own images as they were read.
    pub adjustment: Adjustment,
}

/// The dataset of a run. It holds the user's own images; the others can be loaded again.
#[derive(Clone, Debug)]
pub struct DatasetRef {
    pub choice: DatasetChoice,
    /// The requested dataset; the best one available if nothing was requested.
    pub requested: Option<DatasetChoice>,
    /// The user's own images, if the run uses them.
    pub own: Option<Rc<Pair>>,
}

impl Pair {
    /// Reads the images with another adjustment, which changes the digest, always to the same value.
    pub fn adjust(&mut self, adjustment: Adjustment) {
        let Adjustment { invert, transpose } = self.adjustment;
        let change =
            Adjustment { invert: invert != adjustment.invert, transpose: transpose != adjustment.transpose };
        for part in [&mut self.train, &mut self.test] {
            part.adjust(change);
        }
        // Undoing a change restores the digest.
        self.digest ^= 0x5bd1_e995 * u32::from(change.invert);
        self.digest ^= 0x1b87_3593 * u32::from(change.transpose);
        self.adjustment = adjustment;
    }
}

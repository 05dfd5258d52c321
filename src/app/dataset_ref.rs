//! The images of a run, and how a run refers to them.

use std::rc::Rc;

use super::settings::DatasetChoice;
use crate::data::Dataset;

/// The images to train on and the held-out ones.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    pub train: Dataset,
    pub test: Dataset,
    /// The CRC-32 of the user's own images, which tells whether a run was trained on them; else 0.
    pub digest: u32,
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

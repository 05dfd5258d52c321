//! A dataset, complete or loading.

use std::rc::Rc;

use super::source::{self, Source};
use super::{DatasetChoice, DatasetError, Ticket};
use crate::app::dataset_ref::SplitDataset;
use crate::data::FIRST_WINDOW;

/// A dataset, complete or loading.
#[derive(Debug)]
pub(super) struct LoadedDataset {
    pub(super) choice: DatasetChoice,
    /// The requested dataset; none for the best one available.
    pub(super) requested: Option<DatasetChoice>,
    pub(super) pair: Rc<SplitDataset>,
    /// The source of the missing images; none once the dataset is complete.
    pub(super) source: Option<Source>,
    pub(super) ticket: Ticket,
    /// Whether the current run continues with it; otherwise another run starts.
    pub(super) is_for_run: bool,
}

impl LoadedDataset {
    pub(super) fn new(source: Source, choice: DatasetChoice, ticket: Ticket) -> Self {
        Self {
            choice,
            requested: None,
            pair: Rc::new(source.pair()),
            source: Some(source),
            ticket,
            is_for_run: false,
        }
    }

    pub(super) fn complete(choice: DatasetChoice, pair: Rc<SplitDataset>) -> Self {
        Self { choice, requested: Some(choice), pair, source: None, ticket: 0, is_for_run: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pair.train.is_empty()
    }

    /// Returns whether there are enough images to train on.
    pub(super) fn can_train(&self) -> bool {
        let first_window = FIRST_WINDOW.min(self.pair.train.expected_len());
        first_window > 0 && self.pair.train.len() >= first_window
    }

    /// Parses or draws one piece. Returns false if there is none.
    pub(super) fn advance(&mut self) -> Result<bool, DatasetError> {
        let Some(source) = &mut self.source else { return Ok(false) };
        // Only complete datasets are shared.
        let Some(pair) = Rc::get_mut(&mut self.pair) else { return Ok(false) };
        let worked = source.advance(pair)?;
        if source.is_finished(pair) {
            self.source = None;
        }
        Ok(worked)
    }

    pub(super) fn mnist(&mut self) -> Option<&mut source::Mnist> {
        match &mut self.source {
            Some(Source::Mnist(mnist)) => Some(mnist),
            _ => None,
        }
    }

    /// Completes the dataset with the images that have arrived.
    pub(super) fn finish_early(&mut self) {
        self.source = None;
        if let Some(pair) = Rc::get_mut(&mut self.pair) {
            pair.train.finish_early();
            pair.test.finish_early();
        }
    }
}

//! A dataset, complete or on its way.

use std::rc::Rc;

use super::source::{self, Source};
use super::{DatasetChoice, DatasetError, Ticket};
use crate::app::dataset_ref::Pair;
use crate::data::FIRST_WINDOW;

/// A dataset, complete or arriving.
#[derive(Debug)]
pub(super) struct LoadedDataset {
    pub(super) choice: DatasetChoice,
    /// What was wished for: a choice, or the best there is.
    pub(super) wish: Option<DatasetChoice>,
    pub(super) pair: Rc<Pair>,
    /// What still fills it; nothing once it is complete.
    pub(super) source: Option<Source>,
    pub(super) ticket: Ticket,
    /// The run at hand goes on with it, where another would begin.
    pub(super) is_for_run: bool,
}

impl LoadedDataset {
    pub(super) fn of(source: Source, choice: DatasetChoice, ticket: Ticket) -> Self {
        Self {
            choice,
            wish: None,
            pair: Rc::new(source.pair()),
            source: Some(source),
            ticket,
            is_for_run: false,
        }
    }

    pub(super) fn complete(choice: DatasetChoice, pair: Rc<Pair>) -> Self {
        Self { choice, wish: Some(choice), pair, source: None, ticket: 0, is_for_run: false }
    }

    /// Whether no image is here.
    pub(super) fn is_empty(&self) -> bool {
        self.pair.train.is_empty()
    }

    /// Whether enough images are here to begin.
    pub(super) fn can_train(&self) -> bool {
        let first_window = FIRST_WINDOW.min(self.pair.train.expected_len());
        first_window > 0 && self.pair.train.len() >= first_window
    }

    /// Parses or draws one piece; false if there is none.
    pub(super) fn advance(&mut self) -> Result<bool, DatasetError> {
        let Some(source) = &mut self.source else { return Ok(false) };
        // Only complete datasets are held elsewhere as well.
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

    /// Plans for no more images than there are.
    pub(super) fn finish_early(&mut self) {
        self.source = None;
        if let Some(pair) = Rc::get_mut(&mut self.pair) {
            pair.train.finish_early();
            pair.test.finish_early();
        }
    }
}

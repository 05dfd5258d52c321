//! A row of the list: a run, or what the list and the chart show of it while its parameters are elsewhere.

use std::rc::Rc;

use super::checkpoint::Checkpoint;
use super::curve::Curve;
use super::timeline::drop_every_second;
use crate::app::dataset_ref::DatasetRef;
use crate::files::{RunHeader, Slot};
use crate::view::plot::group_digits;
use crate::view::series::{History, Series};

/// How long after its last write another visit is taken to train a run, in milliseconds.
const OPEN_MS: u64 = 30_000;

/// Identifies a write: the visit that made it, and its time in milliseconds since 1970.
pub type Write = (u32, u64);

/// A run that is not training, with everything that is needed to continue it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFile {
    /// The `.bottleneck` file.
    pub file: Vec<u8>,
    /// The timeline.
    pub checkpoints: Vec<Rc<Checkpoint>>,
}

/// Where the parameters of a run are.
#[derive(Debug)]
pub enum Content {
    /// In the run that trains; with a copy of it that waits to be written.
    Running(Option<Rc<RunFile>>),
    /// In memory.
    Memory(Rc<RunFile>),
    /// In the browser's storage.
    Stored,
    /// Nowhere, and why.
    Damaged(String),
}

/// A row of the list.
#[derive(Debug)]
pub struct Row {
    pub(super) header: RunHeader,
    history: History,
    pub(super) content: Content,
    /// The dataset, with the user's own images, of a run of this visit.
    pub(super) dataset: Option<DatasetRef>,
    /// The last write of the stored run, if it is stored.
    pub(super) stored: Option<Write>,
    /// The steps of the timeline that are stored.
    pub(super) stored_checkpoints: Vec<u64>,
    /// Whether the row differs from what is stored.
    pub(super) is_dirty: bool,
    /// Whether the user has opened it in this visit.
    pub(super) is_opened: bool,
}

impl Row {
    pub(super) fn new(header: RunHeader, content: Content) -> Self {
        Self {
            history: Curve::from_points(&header.curve).into_history(),
            header,
            content,
            dataset: None,
            stored: None,
            stored_checkpoints: Vec::new(),
            is_dirty: false,
            is_opened: false,
        }
    }

    /// Creates the row of a stored run.
    pub(super) fn from_storage(header: RunHeader) -> Self {
        let slot = &header.slot;
        let (stored, stored_checkpoints) = (Some((slot.visit, slot.written)), slot.checkpoints.clone());
        Self { stored, stored_checkpoints, ..Self::new(header, Content::Stored) }
    }

    /// Creates the row of a stored run that cannot be read.
    pub(super) fn damaged(key: String, reason: String) -> Self {
        let slot = Slot { key, ..Slot::default() };
        let header = RunHeader { name: "Damaged run".to_owned(), slot, ..RunHeader::default() };
        Self::new(header, Content::Damaged(reason))
    }

    pub(super) fn set_header(&mut self, header: RunHeader) {
        self.history = Curve::from_points(&header.curve).into_history();
        self.header = header;
    }

    /// Returns the key, which identifies the run in all tabs.
    pub fn key(&self) -> &str {
        &self.header.slot.key
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.header.name
    }

    /// Returns the index of the colour of its curve, if the chart shows it.
    pub fn tick(&self) -> Option<u8> {
        self.header.slot.tick
    }

    /// Returns the curve; of the running run, when it was last stored.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Returns the series to draw: the test error, or the training error of a run that was never measured.
    pub fn line(&self) -> &Series {
        if self.history.test.len() > 1 { &self.history.test } else { &self.history.train }
    }

    /// Returns the number of steps; of the running run, when it was last stored.
    pub fn steps(&self) -> u64 {
        self.header.steps
    }

    /// Returns whether it is the run that trains.
    pub fn is_running(&self) -> bool {
        matches!(self.content, Content::Running(_))
    }

    /// Returns why it cannot be read, if that is so.
    pub fn damage(&self) -> Option<&str> {
        match &self.content {
            Content::Damaged(reason) => Some(reason),
            _ => None,
        }
    }

    /// Returns whether another visit has written it a moment ago, at a time in milliseconds since 1970, and has not left it.
    pub(super) fn is_open_elsewhere(&self, visit: u32, now: u64) -> bool {
        let Slot { is_open, written, visit: writer, .. } = self.header.slot;
        is_open && writer != visit && now.saturating_sub(written) < OPEN_MS
    }

    /// Returns whether two rows are the same run, bit for bit, as far as both go: same settings, seed, images and changes.
    pub(super) fn is_same_run(&self, other: &Self) -> bool {
        let (a, b) = (&self.header, &other.header);
        // The images tell whether the dataset is the same.
        let is_compared = |setting: &&(String, String)| setting.0 != "dataset";
        let (a_settings, b_settings) =
            (a.settings.iter().filter(is_compared), b.settings.iter().filter(is_compared));
        a.is_reproducible
            && b.is_reproducible
            && self.damage().is_none()
            && other.damage().is_none()
            && a.changes == b.changes
            && a.images == b.images
            && a_settings.eq(b_settings)
    }

    /// Drops every second checkpoint of the timeline.
    pub(super) fn thin(&mut self) {
        drop_every_second(&mut self.header.slot.checkpoints);
        if let Content::Memory(file) = &mut self.content {
            drop_every_second(&mut Rc::make_mut(file).checkpoints);
        }
        self.is_dirty = true;
    }

    /// Returns the label without a time: `seed 5, step 4,120, test error 0.0412`.
    pub(super) fn label(&self, steps: u64, test_error: Option<f32>, diverged_at: Option<u64>) -> String {
        if self.damage().is_some() {
            return format!("{}: it cannot be read", self.name());
        }
        let mut label = format!("{}, step {}", self.name(), group_digits(steps));
        if let Some(error) = test_error {
            label.push_str(&format!(", test error {error:.4}"));
        }
        if let Some(step) = diverged_at {
            label.push_str(&format!(", diverged at step {}", group_digits(step)));
        }
        label
    }
}

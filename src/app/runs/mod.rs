//! The runs: one that trains, and a list of all others.
//!
//! The only way to another run leads through [`Runs`]: a new run ([`start`](Runs::start)), one that continues from this one
//! ([`branch`](Runs::branch), [`fork`](Runs::fork)), or one of the list ([`open`](Runs::open)). The run before stays in the list
//! as it was. A run leaves the list only if the user removes it, if it is the beginning of a longer one, or if there is no room.

mod checkpoint;
mod curve;
mod divergence;
mod export;
mod kept_images;
mod last_visit;
mod row;
mod run;
mod storage;
mod test_evaluator;
mod throughput;
mod timeline;

use std::rc::Rc;

pub use checkpoint::Checkpoint;
pub use divergence::RunProblem;
pub use kept_images::IMAGES_KEY;
pub use row::{Row, RunFile, Write};
pub use run::{Mark, Run, StepOutcome};
pub use storage::{RunWrite, StorageEvent, StorageRequest, StoredRun, WriteOutcome};
pub use test_evaluator::PREVIEW_IMAGES;
pub use throughput::PartialStep;
pub use timeline::Timeline;

use self::divergence::DivergedRates;
use self::export::Export;
use self::kept_images::KeptImages;
use self::row::Content;
use self::storage::{RunVersion, Storage};
use super::dataset_ref::DatasetRef;
use super::model_view::ModelView;
use super::pins::Pins;
use super::settings::Settings;
use super::tracked::Version;
use crate::data::Dataset;
use crate::files::{self, FileError, Format, Images, RunHeader, Slot};
use crate::train::ConfigError;

/// The clock of a frame, in milliseconds.
type Clock<'c> = &'c mut dyn FnMut() -> f64;

/// The largest number of runs in the list.
const MAX_RUNS: usize = 24;

/// The number of runs whose curves the chart shows beside the running one.
pub const MAX_TICKS: u8 = 6;

/// After this time a removed run of an earlier visit is deleted, in milliseconds.
const KEEP_REMOVED_MS: u64 = 24 * 60 * 60 * 1_000;

/// The key of the run that an earlier version of the page has stored.
pub const LAST_VISIT_KEY: &str = "last-visit";

/// What belongs to the running run and is held by other parts.
#[derive(Clone, Debug)]
pub struct RunContext {
    /// The dataset it is trained on.
    pub dataset: DatasetRef,
    /// The images in it.
    pub images: Images,
    /// The pins on its plane.
    pub pins: Pins,
}

/// The visit: what tells runs of different tabs and times apart.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Visit {
    /// A random number.
    pub id: u32,
    /// The milliseconds since 1970 when the clock of the frames was zero.
    pub origin: f64,
    /// Whether the device is a phone, which has little memory.
    pub is_phone: bool,
}

/// What a run that was opened needs of the other parts.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The images it is trained on.
    pub images: Images,
    /// Its dataset, if the run is of this visit.
    pub dataset: Option<DatasetRef>,
    /// The pins on its plane.
    pub pins: Pins,
    /// The direction, if the user goes through the history of runs.
    pub direction: Option<Direction>,
}

/// The outcome of [`Runs::open`].
#[derive(Clone, Debug)]
pub enum OpenOutcome {
    /// It is the running run already, or no longer in the list.
    Nothing,
    /// The storage is asked for it.
    Waiting,
    /// It is the running run now.
    Opened(Box<Opened>),
    /// The storage has read the images of the running run, unless they are gone.
    Images(Option<Vec<u8>>),
    /// It cannot be continued, and why.
    Failed(String),
}

/// The direction in the history of running runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the run before.
    Back,
    /// To the run after it, again.
    Forward,
}

/// The run that trains, and the list of all runs.
#[derive(Debug)]
pub struct Runs {
    run: Run,
    /// Newest first; one of them is the running run.
    rows: Vec<Row>,
    /// The rows that the user has removed, and can bring back.
    removed: Vec<Row>,
    /// The keys of the runs that were running before this one, and after it.
    past: Vec<String>,
    future: Vec<String>,
    /// The key of the run that the storage is asked for, and the direction if the user goes through the history.
    opening: Option<(String, Option<Direction>)>,
    storage: Storage,
    kept_images: Vec<KeptImages>,
    /// The key of the images that the storage is asked for.
    reading_images: Option<String>,
    /// The runs that are collected to be saved.
    export: Option<Export>,
    diverged_rates: DivergedRates,
    visit: Visit,
    /// The time of the last frame, in milliseconds.
    now: f64,
    /// The number of keys given so far.
    keys: u32,
    version: Version,
    sentences: Vec<String>,
}

impl Runs {
    /// Holds a first run.
    pub fn new(run: Run) -> Self {
        let mut runs = Self {
            run,
            rows: Vec::new(),
            removed: Vec::new(),
            past: Vec::new(),
            future: Vec::new(),
            opening: None,
            storage: Storage::default(),
            kept_images: Vec::new(),
            reading_images: None,
            export: None,
            diverged_rates: DivergedRates::default(),
            visit: Visit::default(),
            now: 0.0,
            keys: 0,
            version: Version::fresh(),
            sentences: Vec::new(),
        };
        runs.add_running(None);
        runs
    }

    /// Sets the visit.
    pub fn set_visit(&mut self, visit: Visit) {
        self.visit = visit;
        if visit.is_phone {
            self.storage.use_little_memory();
        }
        let (key, date) = (self.next_key(), self.date());
        let slot = &mut self.running_row().header.slot;
        (slot.key, slot.started, slot.visit) = (key, date, visit.id);
    }

    /// Returns the visit.
    pub fn visit(&self) -> Visit {
        self.visit
    }

    /// Stores nothing: the page is embedded.
    pub fn store_nothing(&mut self) {
        self.storage.switch_off();
    }

    /// Returns the running run.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Returns the running run.
    pub fn run_mut(&mut self) -> &mut Run {
        &mut self.run
    }

    /// Records that the running run has diverged at its learning rate.
    pub fn record_divergence(&mut self) {
        self.diverged_rates.record(&self.run.settings().config);
    }

    /// Returns the lowest rate at which the running run's network has diverged under its optimizer, in this visit.
    pub fn diverged_rate(&self) -> Option<f32> {
        self.diverged_rates.lowest(&self.run.settings().config)
    }

    /// Returns the recorded steps of the running run, and the one that is shown.
    pub fn timeline(&self) -> &Timeline {
        self.run.timeline()
    }

    /// Returns the model that views show: that of the shown step, or the one that trains.
    pub fn model_view(&self) -> ModelView<'_> {
        let now = self.run.model_view();
        self.timeline().shown().map_or(now, |checkpoint| ModelView {
            parameters: &checkpoint.parameters,
            step: checkpoint.step,
            ..now
        })
    }

    /// Iterates over the list, newest first. A run without a step is not in it.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.is_running() || self.run.is_worth_keeping())
    }

    /// Iterates over the rows whose curves the chart shows beside that of the running run.
    pub fn ticked(&self) -> impl Iterator<Item = (u8, &Row)> {
        self.rows().filter(|row| !row.is_running()).filter_map(|row| Some((row.tick()?, row)))
    }

    /// Returns whether a run is being read from the storage, to continue with it.
    pub fn is_opening(&self, row: &Row) -> bool {
        self.opening.as_ref().is_some_and(|(key, _)| key == row.key())
    }

    /// Returns the label of a row, without a time: `seed 5, step 4,120, test error 0.0412`.
    pub fn label(&self, row: &Row) -> String {
        if row.is_running() {
            let diverged_at = self.run.diverged_at();
            return row.label(self.run.model_view().step, self.run.test_error(), diverged_at);
        }
        row.label(row.header.steps, row.header.test_error, row.header.diverged_at)
    }

    /// Returns when a run of an earlier visit was written last, in milliseconds since 1970.
    pub fn earlier_visit(&self, row: &Row) -> Option<u64> {
        let Slot { visit, written, .. } = row.header.slot;
        (visit != self.visit.id && written > 0).then_some(written)
    }

    /// Returns whether runs are kept after this visit.
    pub fn are_kept(&self) -> bool {
        self.storage.keeps()
    }

    /// Returns whether something is being stored or read, or will be soon.
    pub fn is_busy(&self) -> bool {
        let is_new = !self.run.is_worth_keeping();
        let is_reading = self.opening.is_some() || self.reading_images.is_some();
        is_reading
            || self.has_unwritten_images()
            || !is_new && self.storage.is_busy(self.now, self.run_version())
    }

    fn run_version(&self) -> RunVersion {
        (self.run.version(), self.run.settings_version())
    }

    /// Returns the version of the list.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns what the storage has to do, once.
    pub fn take_requests(&mut self) -> Vec<StorageRequest> {
        std::mem::take(&mut self.storage.requests)
    }

    /// Returns what to say to the user, once.
    pub fn take_sentences(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sentences)
    }

    /// Starts a run. The one before stays in the list. `name` is that of a run from a file.
    pub fn start(&mut self, run: Run, name: Option<String>, context: RunContext) {
        let before = self.end(context);
        self.run = run;
        self.add_running(name);
        self.record_history(before, None);
    }

    /// Starts a run from the shown step. Returns false if the present is shown.
    ///
    /// # Errors
    /// [`FileError`] if no run can continue from there.
    pub fn branch(&mut self, context: RunContext) -> Result<bool, FileError> {
        let Some(run) = self.run.branch() else { return Ok(false) };
        self.start(run?, None, context);
        Ok(true)
    }

    /// Leaves a copy of the run in the list, and continues as another run, with the settings to come as its name.
    pub fn fork(&mut self, settings: &Settings, context: RunContext) {
        if self.run.is_worth_keeping() {
            let before = self.end(context);
            self.run.set_forked();
            self.add_running(Some(settings.run_name()));
            self.record_history(before, None);
        }
    }

    /// Continues with a run of the list.
    pub fn open(&mut self, key: &str, context: RunContext) -> OpenOutcome {
        self.open_by(key, None, context)
    }

    fn open_by(&mut self, key: &str, direction: Option<Direction>, context: RunContext) -> OpenOutcome {
        (self.opening, self.reading_images) = (None, None);
        let Some(row) = self.rows.iter().find(|row| row.key() == key) else { return OpenOutcome::Nothing };
        match &row.content {
            Content::Running(_) => OpenOutcome::Nothing,
            Content::Damaged(reason) => OpenOutcome::Failed(reason.clone()),
            Content::Stored => {
                self.opening = Some((key.to_owned(), direction));
                self.version.bump();
                self.storage.requests.push(StorageRequest::Read(key.to_owned()));
                OpenOutcome::Waiting
            }
            Content::Memory(file) => {
                let file = Rc::clone(file);
                self.resume(key, direction, &file.file, |_| Some(file.checkpoints.clone()), context)
            }
        }
    }

    /// Continues with the run that was running before this one, or, `forward`, after it.
    pub fn travel(&mut self, forward: bool, context: RunContext) -> OpenOutcome {
        let (stack, direction) = match forward {
            false => (&mut self.past, Direction::Back),
            true => (&mut self.future, Direction::Forward),
        };
        // Some may have been removed meanwhile.
        stack.retain(|key| self.rows.iter().any(|row| row.key() == key && !row.is_running()));
        let Some(key) = stack.last().cloned() else { return OpenOutcome::Nothing };
        self.open_by(&key, Some(direction), context)
    }

    /// Continues with a run that the storage has read, if that is the one that was asked for.
    fn read(&mut self, key: &str, run: Option<StoredRun>, context: RunContext) -> OpenOutcome {
        let Some((_, direction)) = self.opening.take_if(|(opening, _)| opening == key) else {
            return OpenOutcome::Nothing;
        };
        let Some(StoredRun { file, checkpoints }) = run else {
            return self.damage(key, "it is no longer in the browser's storage".to_owned());
        };
        let decode = |parameters| {
            let decoded = checkpoints
                .iter()
                .map(|(step, bytes)| Checkpoint::decode(*step, bytes, parameters).map(Rc::new));
            decoded.collect::<Option<Vec<_>>>()
        };
        self.resume(key, direction, &file, decode, context)
    }

    /// Replaces the running run by one of the list, from its file and the checkpoints of a network of that many parameters.
    fn resume(
        &mut self,
        key: &str,
        direction: Option<Direction>,
        file: &[u8],
        checkpoints: impl FnOnce(usize) -> Option<Vec<Rc<Checkpoint>>>,
        context: RunContext,
    ) -> OpenOutcome {
        let Some(row) = self.rows.iter().find(|row| row.key() == key) else { return OpenOutcome::Nothing };
        let run = match resume(file, &row.header, checkpoints) {
            Ok(run) => run,
            Err(reason) => return self.damage(key, reason),
        };
        let (images, dataset) = (row.header.images.clone(), row.dataset.clone());
        let latent_dim = run.trainer().network().latent_dim();
        let pins = Pins::from_saved(&row.header.pins, latent_dim);
        let (name, is_open_elsewhere) =
            (row.name().to_owned(), row.is_open_elsewhere(self.visit.id, self.date()));
        let before = self.end(context);
        self.run = run;
        match self.rows.iter_mut().find(|row| row.key() == key) {
            Some(row) if !is_open_elsewhere => {
                row.content = Content::Running(None);
                row.is_opened = true;
            }
            // Another tab trains it: this one continues a copy.
            _ => self.add_running(Some(name)),
        }
        self.record_history(before, direction);
        OpenOutcome::Opened(Box::new(Opened { images, dataset, pins, direction }))
    }

    fn damage(&mut self, key: &str, reason: String) -> OpenOutcome {
        if let Some(row) = self.rows.iter_mut().find(|row| row.key() == key) {
            row.content = Content::Damaged(reason.clone());
        }
        self.past.retain(|other| other != key);
        self.future.retain(|other| other != key);
        self.version.bump();
        OpenOutcome::Failed(reason)
    }

    /// Encodes the running run, which stays in the list. Returns its key, unless it was not worth keeping.
    fn end(&mut self, context: RunContext) -> Option<String> {
        (self.opening, self.reading_images) = (None, None);
        let index = self.rows.iter().position(Row::is_running).expect("a run is running");
        if !self.run.is_worth_keeping() {
            self.rows.remove(index);
            return None;
        }
        let mut header = self.header(&context, false);
        let file = self.run.snapshot().and_then(|(state, is_exact)| {
            header.is_reproducible &= is_exact;
            files::save_run(&state, header.clone())
        });
        let checkpoints = self.timeline().checkpoints().to_vec();
        let row = &mut self.rows[index];
        row.set_header(header);
        row.content = match file {
            Ok(file) => {
                row.header.slot.file_bytes = file.len() as u64;
                Content::Memory(Rc::new(RunFile { file, checkpoints }))
            }
            Err(error) => Content::Damaged(error.to_string()),
        };
        row.dataset = Some(context.dataset);
        row.is_dirty = true;
        Some(row.key().to_owned())
    }

    /// Adds a row for the running run.
    fn add_running(&mut self, name: Option<String>) {
        let name = self.unique_name(&name.unwrap_or_else(|| self.run.settings().run_name()));
        let (key, started, visit) = (self.next_key(), self.date(), self.visit.id);
        let slot = Slot { key, started, visit, is_open: true, ..Slot::default() };
        self.rows
            .insert(0, Row::new(RunHeader { name, slot, ..RunHeader::default() }, Content::Running(None)));
    }

    /// Records which run was running before this one, which was reached in a direction of the history.
    fn record_history(&mut self, before: Option<String>, direction: Option<Direction>) {
        match direction {
            Some(Direction::Back) => {
                self.past.pop();
                self.future.extend(before);
            }
            Some(Direction::Forward) => {
                self.future.pop();
                self.past.extend(before);
            }
            None => {
                self.past.extend(before);
                self.future.clear();
            }
        }
        self.storage.restart();
        self.merge_same_runs();
        self.make_room();
        self.version.bump();
    }

    /// Draws the curve of a run in the chart, or no longer.
    pub fn tick(&mut self, key: &str, is_ticked: bool) {
        if self.rows.iter().any(|row| row.key() == key && row.tick().is_some() == is_ticked) {
            return;
        }
        let is_used = |color| self.rows.iter().any(|row| row.tick() == Some(color));
        let free = (0..MAX_TICKS).find(|&color| !is_used(color));
        if is_ticked && free.is_none() {
            self.sentences.push(format!(
                "The chart shows up to {MAX_TICKS} curves beside this run's: untick one first."
            ));
        }
        let tick = free.filter(|_| is_ticked);
        self.change(key, |header| header.slot.tick = tick);
    }

    /// Renames a run.
    pub fn rename(&mut self, key: &str, name: &str) {
        let name: String = name.trim().chars().take(80).collect();
        let is_new = !self.rows.iter().any(|row| row.key() == key && row.name() == name);
        if !name.is_empty() && is_new {
            let name = self.unique_name(&name);
            self.change(key, |header| header.name = name);
        }
        self.version.bump();
    }

    fn change(&mut self, key: &str, change: impl FnOnce(&mut RunHeader)) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.key() == key) {
            change(&mut row.header);
            row.is_dirty = true;
            self.storage.restart();
        }
        self.version.bump();
    }

    /// Removes a run from the list, unless it is running. Returns its name.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        let index = self.rows.iter().position(|row| row.key() == key && !row.is_running())?;
        let mut row = self.rows.remove(index);
        self.version.bump();
        let name = row.name().to_owned();
        if row.damage().is_some() {
            self.storage.delete(&row);
            return None;
        }
        row.header.slot.removed = Some(self.date());
        row.is_dirty = row.stored.is_some();
        self.removed.push(row);
        Some(name)
    }

    /// Brings back the run that was removed last. Returns the name of the one before it.
    pub fn restore_removed(&mut self) -> Option<String> {
        let mut row = self.removed.pop()?;
        row.header.slot.removed = None;
        row.is_dirty = true;
        self.insert(row);
        self.removed.last().map(|row| row.name().to_owned())
    }

    /// Deletes the runs that were removed.
    pub fn forget_removed(&mut self) {
        self.removed.drain(..).for_each(|row| self.storage.delete(&row));
    }

    /// Inserts a row by the time when the run began.
    fn insert(&mut self, row: Row) {
        let started = row.header.slot.started;
        let index = self.rows.iter().position(|other| other.header.slot.started < started);
        self.rows.insert(index.unwrap_or(self.rows.len()), row);
        self.version.bump();
    }

    /// Rolls the running run back to its last good parameters, with a learning rate. A degraded run stays in the list.
    ///
    /// # Errors
    /// [`ConfigError`] if no trainer takes the rate; then the run stays as it is.
    pub fn roll_back(&mut self, rate: f32, context: RunContext) -> Result<(), ConfigError> {
        if !self.run.has_diverged() {
            let settings = self.run.settings().clone();
            self.fork(&settings, context);
        }
        self.run.roll_back(rate)?;
        self.storage.restart();
        Ok(())
    }

    /// Applies settings that take effect with the next step. They name a run that has made none.
    ///
    /// # Errors
    /// [`ConfigError`] if no trainer takes them; nothing is changed then.
    pub fn apply_settings(&mut self, settings: Settings) -> Result<(), ConfigError> {
        self.run.apply_settings(settings)?;
        if !self.run.is_worth_keeping() {
            let name = self.run.settings().run_name();
            self.running_row().header.name.clear();
            self.running_row().header.name = self.unique_name(&name);
        }
        Ok(())
    }

    /// Trains on one batch, or on a part of it where a step is long.
    pub fn train(&mut self, train: &Dataset) -> StepOutcome {
        self.run.advance(train)
    }

    /// Encodes and writes what is due, a piece in each frame; without a clock all of it, since the page may be closed.
    pub fn store(&mut self, time: f64, mut now: Option<Clock<'_>>, context: impl FnOnce() -> RunContext) {
        self.now = self.now.max(time);
        let is_urgent = now.is_none();
        self.storage.list(time, false);
        if is_urgent {
            self.storage.make_due();
            if self.running_row().header.slot.is_open {
                // Another tab may continue it from now on.
                self.storage.restart();
            }
        }
        if self.run.is_worth_keeping() && self.storage.is_due(time, self.run_version(), is_urgent) {
            let mut header = self.header(&context(), !is_urgent);
            if let Ok((trainer, is_exact)) = self.run.snapshot() {
                header.is_reproducible &= is_exact;
                let checkpoints = self.timeline().checkpoints().to_vec();
                self.storage.begin(time, self.run_version(), (trainer, header), checkpoints);
            }
        }
        let clock = || now.as_mut().map_or(time, |now| now());
        if let Some((header, file)) = self.storage.advance(is_urgent, clock) {
            let row = self.running_row();
            let (name, tick) = (row.header.name.clone(), row.header.slot.tick);
            row.set_header(RunHeader { name, slot: Slot { tick, ..header.slot.clone() }, ..header });
            row.header.slot.file_bytes = file.file.len() as u64;
            row.content = Content::Running(Some(Rc::new(file)));
            row.is_dirty = true;
            self.merge_same_runs();
            self.make_room();
        }
        let (visit, times) = (self.visit.id, (time, self.date()));
        let rows = self.rows.iter_mut().chain(&mut self.removed).filter(|row| row.is_dirty);
        rows.for_each(|row| self.storage.write(row, visit, times, is_urgent));
        self.write_images(time);
    }

    /// Reads the list again: the tab is shown.
    pub fn list_again(&mut self) {
        self.storage.list(self.now, true);
    }

    /// Handles an answer of the storage. Returns what follows if a run was read.
    pub fn answer(&mut self, event: StorageEvent, context: RunContext) -> OpenOutcome {
        match event {
            StorageEvent::Listed { headers, images, last_visit, quota } => {
                self.storage.record_list(quota);
                let used = self.show_list(headers);
                self.list_images(&images, &used);
                let last_visit = last_visit.and_then(|bytes| last_visit::read(&bytes));
                last_visit.into_iter().for_each(|(header, file)| self.add_last_visit(header, file));
                self.merge_same_runs();
                self.make_room();
            }
            StorageEvent::Written(key, outcome) => self.record_write(&key, outcome),
            StorageEvent::Read(key, run) if key.starts_with(IMAGES_KEY) => {
                return self.take_images(&key, run);
            }
            StorageEvent::Read(key, run) => {
                self.collect(&key, run.as_ref());
                return self.read(&key, run, context);
            }
            StorageEvent::Refused(reason) => {
                (self.opening, self.reading_images, self.export) = (None, None, None);
                self.refuse(&reason);
            }
        }
        self.version.bump();
        OpenOutcome::Nothing
    }

    fn refuse(&mut self, reason: &str) {
        if self.storage.record_refusal(self.now, None) {
            self.sentences.push(format!(
                "This browser does not keep runs from one visit to the next: {reason}. Save a run as a file to be safe."
            ));
        }
        self.make_room();
    }

    /// Takes over what other visits have stored. Returns the digests of the images of all runs.
    fn show_list(&mut self, headers: Vec<(String, String)>) -> Vec<u32> {
        let mut used = Vec::new();
        let keys: Vec<String> = headers.iter().map(|(key, _)| key.clone()).collect();
        // A run that is no longer stored was removed by another tab.
        self.rows.retain(|row| {
            let is_gone = matches!(row.content, Content::Stored) && !keys.iter().any(|key| key == row.key());
            !is_gone || row.is_dirty
        });
        let date = self.date();
        for (key, json) in headers {
            let is_known = |row: &&mut Row| row.key() == key;
            let known = self.rows.iter_mut().chain(&mut self.removed).find(is_known);
            let header = RunHeader::parse(&json);
            used.extend(header.iter().map(|header| header.images.digest));
            match header {
                Err(_) if known.is_some() => {}
                Err(error) => self.rows.push(Row::damaged(key, error.to_string())),
                Ok(header) if header.slot.removed.is_some() && known.is_none() => {
                    if header
                        .slot
                        .removed
                        .is_some_and(|removed| date.saturating_sub(removed) > KEEP_REMOVED_MS)
                    {
                        self.storage.delete(&Row::from_storage(header));
                    }
                }
                Ok(header) => match known {
                    None => self.insert(Row::from_storage(header)),
                    Some(row) if matches!(row.content, Content::Stored) && !row.is_dirty => {
                        let is_opened = row.is_opened;
                        *row = Row::from_storage(header);
                        row.is_opened = is_opened;
                    }
                    Some(_) => {}
                },
            }
        }
        // The run that began before the list was read may have the name of another.
        let name = self.running_row().header.name.clone();
        if self.rows.iter().filter(|row| row.name() == name).count() > 1 {
            self.running_row().header.name = self.unique_name(&name);
        }
        used
    }

    /// Adds the run that an earlier version of the page has stored.
    fn add_last_visit(&mut self, mut header: RunHeader, file: Vec<u8>) {
        if self.rows.iter().chain(&self.removed).any(|row| row.key() == LAST_VISIT_KEY) {
            return;
        }
        header.name = self.unique_name(&header.name);
        header.slot = Slot { key: LAST_VISIT_KEY.to_owned(), ..Slot::default() };
        self.add_memory(header, file);
    }

    /// Adds a run without a timeline.
    fn add_memory(&mut self, mut header: RunHeader, file: Vec<u8>) {
        header.slot.file_bytes = file.len() as u64;
        let content = Content::Memory(Rc::new(RunFile { file, checkpoints: Vec::new() }));
        let mut row = Row::new(header, content);
        row.is_dirty = true;
        self.insert(row);
    }

    fn record_write(&mut self, key: &str, outcome: WriteOutcome) {
        let took = if let WriteOutcome::Done(took) = outcome { took } else { 0.0 };
        let Some((write, steps)) = self.storage.record_answer(key, self.now, took) else { return };
        if self.record_images_write(key, &outcome) {
            return;
        }
        let now = self.now;
        let is_key = |row: &&Row| row.key() == key;
        // Another tab continues the run; what is here is another run from now on.
        let name = self.rows.iter().chain(&self.removed).find(is_key).map(|row| row.name().to_owned());
        let name = name.filter(|_| outcome == WriteOutcome::Conflict);
        let copy = name.map(|name| (self.next_key(), self.unique_name(&name)));
        let stored: u64 =
            self.rows.iter().filter(|row| row.stored.is_some()).map(|row| row.header.slot.bytes()).sum();
        let stored = stored + self.image_bytes();
        let Some(row) = self.rows.iter_mut().chain(&mut self.removed).find(|row| row.key() == key) else {
            return;
        };
        match outcome {
            WriteOutcome::Done(_) => {
                self.storage.record_success();
                (row.stored, row.stored_checkpoints) = (Some(write), steps);
                if matches!(row.content, Content::Memory(_)) && !row.is_dirty {
                    row.content = Content::Stored;
                }
            }
            WriteOutcome::Conflict => match (&row.content, copy) {
                (Content::Running(_) | Content::Memory(_), Some((key, name))) => {
                    (row.header.slot.key, row.header.name) = (key, name);
                    (row.stored, row.is_dirty) = (None, true);
                    row.stored_checkpoints.clear();
                    self.storage.restart();
                }
                _ => self.storage.list(now, true),
            },
            WriteOutcome::Gone => {
                row.stored = None;
                if matches!(row.content, Content::Stored) {
                    row.content = Content::Damaged("it is no longer in the browser's storage".to_owned());
                }
            }
            WriteOutcome::Full => {
                row.is_dirty = true;
                self.storage.restart();
                if self.storage.record_refusal(now, Some(stored * 9 / 10)) {
                    let sentence =
                        "The browser has no more room for runs. Remove some, or save them as files.";
                    self.sentences.push(sentence.to_owned());
                }
                self.make_room();
            }
            WriteOutcome::Refused(reason) => {
                row.is_dirty = true;
                self.storage.restart();
                self.refuse(&reason);
            }
        }
    }

    /// Removes runs that are the beginning of a longer one: the same settings, seed, images and changes are the same run, bit for
    /// bit. The running run stays.
    fn merge_same_runs(&mut self) {
        let (visit, date) = (self.visit.id, self.date());
        let changes = self.run.changes();
        let is_beginning = |rows: &[Row], index: usize| {
            let row = &rows[index];
            let is_free = !row.is_running() && !row.is_open_elsewhere(visit, date);
            let is_longer = |(other, longer): (usize, &Row)| {
                let is_newer = other < index;
                let (own, theirs) = (row.steps(), longer.steps());
                // What was stored of the running run may be outdated.
                let is_current = !longer.is_running() || longer.header.changes == changes;
                let is_same = other != index && is_current && row.is_same_run(longer);
                is_same && (theirs > own || theirs == own && is_newer)
            };
            if is_free {
                rows.iter().enumerate().position(|(other, row)| is_longer((other, row)))
            } else {
                None
            }
        };
        while let Some((index, longer)) =
            (0..self.rows.len()).find_map(|index| Some((index, is_beginning(&self.rows, index)?)))
        {
            let key = self.rows[longer].key().to_owned();
            if let (None, Some(tick)) = (self.rows[longer].tick(), self.rows[index].tick()) {
                self.rows[longer].header.slot.tick = Some(tick);
                self.rows[longer].is_dirty = true;
            }
            let row = self.rows.remove(index);
            self.storage.delete(&row);
            let stacks = self.past.iter_mut().chain(&mut self.future);
            stacks.filter(|other| *other == row.key()).for_each(|other| other.clone_from(&key));
            self.version.bump();
        }
    }

    /// Returns the bytes of the runs and of the images that are kept for them, or of what is in memory alone.
    fn bytes(&self, is_memory: bool) -> u64 {
        let counts = |row: &&Row| !is_memory || matches!(row.content, Content::Memory(_));
        let runs: u64 = self.rows.iter().filter(counts).map(|row| row.header.slot.bytes()).sum();
        if is_memory { runs } else { runs + self.image_bytes() }
    }

    /// Makes room where the runs take too much: first timelines are thinned, the oldest first; then the runs with the least
    /// training time go, but never the running one, one with a tick, or one that the user has opened.
    fn make_room(&mut self) {
        let (limit, is_memory) = self.storage.limit();
        if self.bytes(is_memory) > limit {
            self.forget_removed();
        }
        let (visit, date) = (self.visit.id, self.date());
        let is_free = |row: &Row| !row.is_running() && !row.is_open_elsewhere(visit, date);
        for index in (0..self.rows.len()).rev() {
            while self.bytes(is_memory) > limit
                && is_free(&self.rows[index])
                && self.rows[index].header.slot.checkpoints.len() > 1
            {
                self.rows[index].thin();
                self.version.bump();
            }
        }
        while self.bytes(is_memory) > limit || self.rows().count() > MAX_RUNS {
            let can_go =
                |row: &&Row| is_free(row) && row.tick().is_none() && !row.is_opened && row.damage().is_none();
            let rows = self.rows.iter().filter(can_go);
            let Some(row) = rows.min_by_key(|row| row.header.training_ms) else { break };
            let (key, label) = (row.key().to_owned(), self.label(row));
            self.sentences.push(format!("There was no room for “{label}”: it has left the list of runs."));
            if let Some(index) = self.rows.iter().position(|row| row.key() == key) {
                let row = self.rows.remove(index);
                self.storage.delete(&row);
                self.version.bump();
            }
        }
    }

    /// Returns what is kept of the running run beside its trainer; `is_open` if it continues to train.
    pub fn header(&self, context: &RunContext, is_open: bool) -> RunHeader {
        let row = self.rows.iter().find(|row| row.is_running()).expect("a run is running");
        let run = &self.run;
        let checkpoints = run.timeline().checkpoints();
        RunHeader {
            name: row.header.name.clone(),
            settings: Settings { dataset: context.dataset.requested, ..run.settings().clone() }.to_texts(),
            images: context.images.clone(),
            is_reproducible: run.is_reproducible(),
            steps: run.model_view().step,
            training_ms: (1_000.0 * run.seconds()) as u64,
            test_error: run.test_error(),
            diverged_at: run.diverged_at(),
            changes: run.changes().to_vec(),
            curve: run.curve().to_points(),
            pins: context.pins.to_saved(),
            slot: Slot {
                is_open,
                checkpoints: checkpoints.iter().map(|checkpoint| checkpoint.step).collect(),
                checkpoint_bytes: checkpoints[0].bytes() as u64,
                ..row.header.slot.clone()
            },
        }
    }

    fn running_row(&mut self) -> &mut Row {
        self.rows.iter_mut().find(|row| row.is_running()).expect("a run is running")
    }

    /// Returns the milliseconds since 1970.
    fn date(&self) -> u64 {
        (self.visit.origin + self.now) as u64
    }

    fn next_key(&mut self) -> String {
        self.keys += 1;
        format!("{:x}-{:x}-{:x}", self.date(), self.visit.id, self.keys)
    }

    /// Returns a name that no other run has: `seed 5 · 2`.
    fn unique_name(&self, name: &str) -> String {
        let is_taken = |name: &str| self.rows.iter().chain(&self.removed).any(|row| row.name() == name);
        let numbered = (2..).map(|number| format!("{name} · {number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }
}

/// Makes a run of its file, its header and its checkpoints.
fn resume(
    file: &[u8],
    header: &RunHeader,
    checkpoints: impl FnOnce(usize) -> Option<Vec<Rc<Checkpoint>>>,
) -> Result<Run, String> {
    let settings = Settings::from_texts(&header.settings);
    let loaded =
        files::read(Format::Bottleneck, file, &settings.config).map_err(|error| error.to_string())?;
    let from_file = settings.with_config(loaded.config()).map_err(|error| error.to_string())?;
    let trainer = loaded.into_trainer().map_err(|error| error.to_string())?;
    let checkpoints = checkpoints(trainer.parameters().len()).ok_or("its timeline is damaged")?;
    let settings = Settings { dataset: settings.dataset, preset: settings.preset, ..from_file };
    Ok(Run::resume(trainer, settings, header, checkpoints))
}

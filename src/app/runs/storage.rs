//! What is written into the browser's storage, and when.

use std::rc::Rc;

use super::checkpoint::Checkpoint;
use super::row::{Content, Row, RunFile, Write};
use crate::app::tracked::Version;
use crate::files::{BottleneckWriter, RunHeader};
use crate::train::TrainerState;

/// The shortest time between two writes of the running run, in milliseconds.
const INTERVAL_MS: f64 = 1_000.0;

/// The largest share of all time that writing may take: slow writes are made less often.
const MAX_TIME_SHARE: f64 = 0.01;

/// The time after which a write that failed is tried again, in milliseconds.
const RETRY_MS: f64 = 10_000.0;

/// The largest total size of the stored runs and their images, in bytes.
const MAX_STORED_BYTES: u64 = 256 << 20;

/// The largest size of the runs that are kept in memory where nothing can be stored, in bytes; on a phone half of it.
const MAX_MEMORY_BYTES: u64 = 64 << 20;

/// The values that are encoded in a frame: about a millisecond's work.
const VALUES_PER_FRAME: usize = 1 << 17;

/// Something that the browser's storage has to do.
#[derive(Clone, Debug, PartialEq)]
pub enum StorageRequest {
    /// List the stored runs.
    List,
    /// Write a run.
    Write(Box<RunWrite>),
    /// Write the user's own images, under their key.
    WriteImages(String, Rc<Vec<u8>>),
    /// Read a run, or images, by the key.
    Read(String),
    /// Delete a run, or images, by the key, unless another tab has written it since; one whose header cannot be read in any case.
    Delete(String, Write),
}

/// A run to be written. It is refused if another tab has written it since `before`.
#[derive(Clone, Debug, PartialEq)]
pub struct RunWrite {
    /// The header.
    pub header: RunHeader,
    /// The last write that this page knows of; none if the run was never stored.
    pub before: Option<Write>,
    /// The file, if that has changed.
    pub file: Option<Rc<RunFile>>,
    /// The checkpoints that are not stored yet.
    pub checkpoints: Vec<Rc<Checkpoint>>,
    /// The steps of stored checkpoints that the timeline has dropped.
    pub dropped: Vec<u64>,
}

/// An answer of the browser's storage.
#[derive(Clone, Debug, PartialEq)]
pub enum StorageEvent {
    /// The stored runs.
    Listed {
        /// The keys and headers.
        headers: Vec<(String, String)>,
        /// The keys of the user's own images.
        images: Vec<String>,
        /// The run that an earlier version of the page has stored.
        last_visit: Option<Vec<u8>>,
        /// The bytes that the browser grants this page, if it says so.
        quota: Option<f64>,
    },
    /// A run, or images, were written, or not.
    Written(String, WriteOutcome),
    /// A run, or images, were read, unless they are gone.
    Read(String, Option<StoredRun>),
    /// The browser stores nothing, and why.
    Refused(String),
}

/// A run as it is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredRun {
    /// The `.bottleneck` file.
    pub file: Vec<u8>,
    /// The checkpoints, encoded, by step.
    pub checkpoints: Vec<(u64, Vec<u8>)>,
}

/// The outcome of a write.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteOutcome {
    /// It was written, and blocked the page for so many milliseconds.
    Done(f64),
    /// Another tab has written the run since.
    Conflict,
    /// The run is no longer stored.
    Gone,
    /// There is no room.
    Full,
    /// The browser refuses, and why.
    Refused(String),
}

/// The running run while it is encoded, a piece in each frame.
#[derive(Debug)]
struct Encoding {
    state: TrainerState,
    writer: BottleneckWriter,
    checkpoints: Vec<Rc<Checkpoint>>,
    header: RunHeader,
    took: f64,
}

/// The versions of a run's parameters and errors, and of its settings.
pub type RunVersion = (Version, Version);

/// What the storage is known to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// The list has not been read yet: nothing is written.
    Unread,
    /// The list was read.
    Ready,
    /// An embedded page stores nothing.
    Off,
}

/// The schedule of writing, and what is being written.
#[derive(Debug)]
pub struct Storage {
    access: Access,
    /// When the running run is encoded next, in milliseconds.
    due: f64,
    /// The version of the running run that was encoded last.
    encoded: Option<RunVersion>,
    encoding: Option<Encoding>,
    /// The key, the time and the checkpoints of each write that has no answer yet.
    in_flight: Vec<(String, Write, Vec<u64>)>,
    /// Nothing is asked of the storage before this time, in milliseconds.
    wait_until: f64,
    is_asked: bool,
    /// Whether it was said that nothing is stored, or that there is no room.
    is_reported: bool,
    /// Whether the last answer was a refusal.
    is_refused: bool,
    stored_limit: u64,
    memory_limit: u64,
    pub(super) requests: Vec<StorageRequest>,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            access: Access::Unread,
            due: 0.0,
            encoded: None,
            encoding: None,
            in_flight: Vec::new(),
            wait_until: 0.0,
            is_asked: false,
            is_reported: false,
            is_refused: false,
            stored_limit: MAX_STORED_BYTES,
            memory_limit: MAX_MEMORY_BYTES,
            requests: Vec::new(),
        }
    }
}

impl Storage {
    /// Turns storage off, for an embedded page: visitors do not expect it to store anything.
    pub fn switch_off(&mut self) {
        self.access = Access::Off;
        self.is_reported = true;
    }

    /// Keeps less in memory: a phone has little.
    pub fn use_little_memory(&mut self) {
        self.memory_limit = MAX_MEMORY_BYTES / 2;
    }

    /// Returns whether runs are kept after this visit.
    pub fn keeps(&self) -> bool {
        self.access != Access::Off && !self.is_refused
    }

    /// Returns whether something is being encoded or written, or the running run, in this version, will be.
    pub fn is_busy(&self, now: f64, version: RunVersion) -> bool {
        let is_outdated = self.encoded != Some(version) && now >= self.wait_until;
        self.encoding.is_some() || !self.in_flight.is_empty() || self.access == Access::Ready && is_outdated
    }

    /// Returns the largest size of all runs, and whether runs in memory alone count.
    pub fn limit(&self) -> (u64, bool) {
        let is_memory = !self.keeps();
        (if is_memory { self.memory_limit } else { self.stored_limit }, is_memory)
    }

    /// Asks for the list, unless that was done; `again` if the tab is shown again.
    pub fn list(&mut self, now: f64, again: bool) {
        let is_due = again || (self.access == Access::Unread && now >= self.wait_until);
        if is_due && self.access != Access::Off && !self.is_asked {
            self.is_asked = true;
            self.requests.push(StorageRequest::List);
        }
    }

    /// Records that the list was read.
    pub fn record_list(&mut self, quota: Option<f64>) {
        (self.access, self.is_asked, self.is_refused) = (Access::Ready, false, false);
        let half = quota.map_or(MAX_STORED_BYTES, |quota| (quota / 2.0) as u64);
        self.stored_limit = MAX_STORED_BYTES.min(half);
    }

    /// Records that the browser refuses, or has no room for more than `room` bytes. Returns whether to say so.
    pub fn record_refusal(&mut self, now: f64, room: Option<u64>) -> bool {
        self.is_asked = false;
        self.wait_until = now + RETRY_MS;
        match room {
            Some(room) => self.stored_limit = self.stored_limit.min(room),
            None => self.is_refused = true,
        }
        !std::mem::replace(&mut self.is_reported, true)
    }

    /// Records that the browser has stored a run, whatever it refused before.
    pub fn record_success(&mut self) {
        self.is_refused = false;
    }

    /// Encodes the running run as soon as it has changed: the page may be closed.
    pub fn make_due(&mut self) {
        self.due = 0.0;
    }

    /// Encodes the running run anew as soon as possible: its row has changed, or another run has started.
    pub fn restart(&mut self) {
        (self.encoded, self.encoding, self.due) = (None, None, 0.0);
    }

    /// Returns whether the running run has to be encoded in this version.
    pub fn is_due(&self, now: f64, version: RunVersion, is_urgent: bool) -> bool {
        let is_free = self.encoding.is_none() && (self.in_flight.is_empty() || is_urgent);
        self.access == Access::Ready && is_free && now >= self.due && self.encoded != Some(version)
    }

    /// Starts to encode a version of the running run.
    pub fn begin(
        &mut self,
        now: f64,
        version: RunVersion,
        (state, header): (TrainerState, RunHeader),
        checkpoints: Vec<Rc<Checkpoint>>,
    ) {
        self.encoded = Some(version);
        self.due = now + INTERVAL_MS;
        let writer = BottleneckWriter::new(&state, Some(header.clone()));
        // A run that cannot be encoded is not tried again in every frame.
        self.encoding = writer.ok().map(|writer| Encoding { state, writer, checkpoints, header, took: 0.0 });
    }

    /// Encodes a piece of the running run, or all that is left. Returns its file with the last one.
    pub fn advance(&mut self, is_urgent: bool, mut now: impl FnMut() -> f64) -> Option<(RunHeader, RunFile)> {
        let start = now();
        let encoding = self.encoding.as_mut()?;
        let is_done =
            encoding.writer.advance(&encoding.state, if is_urgent { usize::MAX } else { VALUES_PER_FRAME });
        encoding.took += (now() - start).max(0.0);
        if !is_done {
            return None;
        }
        let Encoding { writer, checkpoints, header, took, .. } = self.encoding.take()?;
        self.due = self.due.max(start + took / MAX_TIME_SHARE);
        Some((header, RunFile { file: writer.finish(), checkpoints }))
    }

    /// Requests that a changed row is written, if no other write is pending; an urgent one in any case.
    pub fn write(&mut self, row: &mut Row, visit: u32, (now, date): (f64, u64), is_urgent: bool) {
        let is_free = self.in_flight.is_empty() && now >= self.wait_until;
        if self.access != Access::Ready || !(is_free || is_urgent) {
            return;
        }
        let (file, checkpoints) = match &mut row.content {
            Content::Running(file) => match file.take() {
                Some(file) => (Some(Rc::clone(&file)), file.checkpoints.clone()),
                None => return,
            },
            Content::Memory(file) => (Some(Rc::clone(file)), file.checkpoints.clone()),
            Content::Stored => (None, Vec::new()),
            Content::Damaged(_) => return,
        };
        row.is_dirty = false;
        let slot = &mut row.header.slot;
        (slot.visit, slot.written) = (visit, date);
        let steps = slot.checkpoints.clone();
        let is_new = |checkpoint: &Rc<Checkpoint>| !row.stored_checkpoints.contains(&checkpoint.step);
        let dropped = row.stored_checkpoints.iter().copied().filter(|step| !steps.contains(step)).collect();
        self.in_flight.push((slot.key.clone(), (visit, date), steps));
        self.requests.push(StorageRequest::Write(Box::new(RunWrite {
            header: row.header.clone(),
            before: row.stored,
            checkpoints: checkpoints.into_iter().filter(is_new).collect(),
            file,
            dropped,
        })));
    }

    /// Writes the user's own images, if the storage is free.
    pub fn write_images(&mut self, key: String, content: Rc<Vec<u8>>, now: f64) {
        if self.access == Access::Ready && self.in_flight.is_empty() && now >= self.wait_until {
            self.in_flight.push((key.clone(), Write::default(), Vec::new()));
            self.requests.push(StorageRequest::WriteImages(key, content));
        }
    }

    /// Returns whether a write of a key has no answer yet.
    pub fn is_writing(&self, key: &str) -> bool {
        self.in_flight.iter().any(|(other, ..)| other == key)
    }

    /// Records the answer to the first write of a key. Returns the write, and the steps of the timeline that it wrote.
    pub fn record_answer(&mut self, key: &str, now: f64, took: f64) -> Option<(Write, Vec<u64>)> {
        let index = self.in_flight.iter().position(|(other, ..)| other == key)?;
        let (_, write, steps) = self.in_flight.remove(index);
        self.due = self.due.max(now + took / MAX_TIME_SHARE);
        Some((write, steps))
    }

    /// Deletes a stored run.
    pub fn delete(&mut self, row: &Row) {
        if row.stored.is_some() || row.damage().is_some() {
            let request = StorageRequest::Delete(row.key().to_owned(), row.stored.unwrap_or_default());
            self.requests.push(request);
            // The list then tells whether another run needs its images, perhaps one of another tab.
            if row.header.images.digest != 0 {
                self.list(0.0, true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Format, Loaded, read, save_run};
    use crate::train::{Preset, Trainer};

    fn ready() -> Storage {
        let mut storage = Storage::default();
        storage.record_list(None);
        storage
    }

    fn version() -> RunVersion {
        (Version::fresh(), Version::fresh())
    }

    #[test]
    fn nothing_is_encoded_before_the_list_was_read_or_in_an_embedded_page() {
        let mut storage = Storage::default();
        assert!(!storage.is_due(1e9, version(), false));
        storage.list(0.0, false);
        storage.list(0.0, false);
        assert_eq!(storage.requests, [StorageRequest::List], "it is asked for once");
        storage.record_list(None);
        assert!(storage.is_due(0.0, version(), false));
        storage.switch_off();
        assert!(!storage.is_due(1e9, version(), false) && !storage.keeps());
    }

    #[test]
    fn a_changing_run_is_written_every_second_and_a_slow_one_less_often() {
        let state = Trainer::new(&Preset::Deep.config()).unwrap().state();
        let mut storage = ready();
        let first = version();
        storage.begin(0.0, first, (state.clone(), RunHeader::default()), Vec::new());
        assert!(storage.advance(true, || 0.0).is_some());
        assert!(!storage.is_due(999.0, version(), false) && storage.is_due(1_000.0, version(), false));
        assert!(!storage.is_due(1_000.0, first, false), "it has not changed");
        let mut clock = 0.0;
        storage.begin(1_000.0, version(), (state, RunHeader::default()), Vec::new());
        storage.advance(true, || {
            clock += 100.0;
            clock
        });
        assert!(!storage.is_due(10_000.0, version(), false) && storage.is_due(10_100.0, version(), false));
        storage.restart();
        assert!(storage.is_due(2_000.0, version(), false));
    }

    #[test]
    fn the_pieces_make_the_same_file_as_one_write() {
        let state = Trainer::new(&Preset::Blog.config()).unwrap().state();
        let mut storage = ready();
        let header = RunHeader { steps: 3, name: "a".to_owned(), ..RunHeader::default() };
        storage.begin(0.0, version(), (state.clone(), header.clone()), Vec::new());
        let (again, RunFile { file, .. }) =
            (0..9).find_map(|_| storage.advance(false, || 0.0)).expect("a few pieces");
        assert_eq!((again, &file), (header.clone(), &save_run(&state, header.clone()).unwrap()));
        let loaded = read(Format::Bottleneck, &file, &Preset::Blog.config()).unwrap();
        assert_eq!(loaded, Loaded::Run(Box::new(state), Some(Box::new(header))));
    }

    #[test]
    fn a_refusal_is_said_once_and_tried_again() {
        let mut storage = ready();
        assert!(storage.record_refusal(0.0, Some(1_000)));
        assert_eq!((storage.limit(), storage.keeps()), ((1_000, false), true));
        assert!(!storage.record_refusal(0.0, None), "it was said");
        assert_eq!((storage.limit(), storage.keeps()), ((MAX_MEMORY_BYTES, true), false));
        let mut row = Row::new(RunHeader::default(), Content::Stored);
        storage.write(&mut row, 1, (9_000.0, 0), false);
        assert_eq!(storage.requests, []);
        storage.write(&mut row, 1, (10_000.0, 0), false);
        assert_eq!(storage.requests.len(), 1);
    }
}

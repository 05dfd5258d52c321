//! A browser's storage of runs, in memory. `src/web/store.rs` is the real one.

use std::collections::BTreeMap;

use super::*;
use crate::files::RunHeader;

/// A storage of runs.
#[derive(Debug, Default)]
pub struct BrowserStorage {
    pub headers: BTreeMap<String, String>,
    pub files: BTreeMap<String, Vec<u8>>,
    pub checkpoints: BTreeMap<(String, u64), Vec<u8>>,
    /// The run that an earlier version of the page has stored.
    pub last_visit: Option<Vec<u8>>,
    /// Why it refuses everything, if it does.
    pub refusal: Option<&'static str>,
    /// The bytes that it has room for, if that is limited.
    pub room: Option<usize>,
    pub quota: Option<f64>,
    /// The number of writes.
    pub writes: usize,
    /// The number of checkpoints written.
    pub checkpoint_writes: usize,
}

impl BrowserStorage {
    /// Returns the answer to a request, if it has one.
    pub fn answer(&mut self, request: StorageRequest) -> Option<StorageEvent> {
        if let Some(reason) = self.refusal {
            return Some(match request {
                StorageRequest::Write(write) => {
                    let outcome = WriteOutcome::Refused(reason.to_owned());
                    StorageEvent::Written(write.header.slot.key, outcome)
                }
                StorageRequest::WriteImages(key, _) => {
                    StorageEvent::Written(key, WriteOutcome::Refused(reason.to_owned()))
                }
                _ => StorageEvent::Refused(reason.to_owned()),
            });
        }
        match request {
            StorageRequest::List => Some(StorageEvent::Listed {
                headers: self.headers.clone().into_iter().collect(),
                images: self.files.keys().filter(|key| key.starts_with(IMAGES_KEY)).cloned().collect(),
                last_visit: self.last_visit.clone(),
                quota: self.quota,
            }),
            StorageRequest::Write(write) => {
                let key = write.header.slot.key.clone();
                Some(StorageEvent::Written(key, self.write(*write)))
            }
            StorageRequest::WriteImages(key, content) => {
                let outcome = if self.room.is_some_and(|room| self.bytes() + content.len() > room) {
                    WriteOutcome::Full
                } else {
                    self.files.insert(key.clone(), content.to_vec());
                    WriteOutcome::Done(0.0)
                };
                Some(StorageEvent::Written(key, outcome))
            }
            StorageRequest::Read(key) => {
                let checkpoints = self.checkpoints.iter().filter(|((run, _), _)| *run == key);
                let checkpoints = checkpoints.map(|((_, step), bytes)| (*step, bytes.clone())).collect();
                let run = self.files.get(&key).map(|file| StoredRun { file: file.clone(), checkpoints });
                Some(StorageEvent::Read(key, run))
            }
            StorageRequest::Delete(key, before) => {
                if self.last_write(&key).is_none_or(|last| last == before) {
                    self.headers.remove(&key);
                    self.files.remove(&key);
                    self.checkpoints.retain(|(run, _), _| *run != key);
                }
                None
            }
        }
    }

    fn write(&mut self, write: RunWrite) -> WriteOutcome {
        let RunWrite { header, before, file, checkpoints, dropped } = write;
        let key = header.slot.key.clone();
        let last = self.last_write(&key);
        if last.is_some_and(|last| before != Some(last) && last.0 != header.slot.visit) {
            return WriteOutcome::Conflict;
        }
        if last.is_none() && file.is_none() {
            return WriteOutcome::Gone;
        }
        let new = file.as_ref().map_or(0, |file| file.file.len()) + header.to_json().len();
        if self.room.is_some_and(|room| self.bytes() + new > room) {
            return WriteOutcome::Full;
        }
        self.writes += 1;
        self.checkpoint_writes += checkpoints.len();
        self.headers.insert(key.clone(), header.to_json());
        if let Some(file) = file {
            self.files.insert(key.clone(), file.file.clone());
        }
        for checkpoint in checkpoints {
            self.checkpoints.insert((key.clone(), checkpoint.step), checkpoint.encode());
        }
        for step in dropped {
            self.checkpoints.remove(&(key.clone(), step));
        }
        if key == LAST_VISIT_KEY {
            self.last_visit = None;
        }
        WriteOutcome::Done(0.0)
    }

    fn last_write(&self, key: &str) -> Option<Write> {
        let header = RunHeader::parse(self.headers.get(key)?).ok()?;
        Some((header.slot.visit, header.slot.written))
    }

    /// Returns the bytes of all runs.
    pub fn bytes(&self) -> usize {
        let files = self.files.values().map(Vec::len);
        files.chain(self.checkpoints.values().map(Vec::len)).sum()
    }
}

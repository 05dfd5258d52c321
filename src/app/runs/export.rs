//! All runs as files, those in the browser's storage read one after another, and the curves as a table.

use super::row::Content;
use super::storage::{StorageRequest, StoredRun};
use super::{RunContext, Runs};
use crate::app::settings::Settings;
use crate::files::{self, Format, Loaded, RunHeader, Slot};
use crate::view::series::History;

/// The runs that are being collected.
#[derive(Debug, Default)]
pub struct Export {
    /// The keys and names of the stored runs that are still to be read.
    waiting: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
}

impl Runs {
    /// Starts to collect the files of all runs that can be read; [`take_export`](Self::take_export) returns them.
    pub fn export(&mut self, context: &RunContext) {
        let mut export = Export::default();
        for row in self.rows() {
            let name = file_name(row.name());
            match &row.content {
                Content::Running(_) => {
                    let file = self.run.save(Format::Bottleneck, self.header(context, false));
                    export.files.extend(file.ok().map(|file| (name, file)));
                }
                Content::Memory(file) => export.files.push((name, file.file.clone())),
                Content::Stored => export.waiting.push((row.key().to_owned(), name)),
                Content::Damaged(_) => {}
            }
        }
        self.export = Some(export);
        self.read_next();
    }

    fn read_next(&mut self) {
        let next = self.export.as_ref().and_then(|export| export.waiting.last());
        self.storage.requests.extend(next.map(|(key, _)| StorageRequest::Read(key.clone())));
    }

    /// Takes a run that the storage has read, if that was asked for.
    pub(super) fn collect(&mut self, key: &str, run: Option<&StoredRun>) {
        let Some(Export { waiting, files }) = &mut self.export else { return };
        if waiting.last().is_some_and(|(next, _)| next == key)
            && let Some((_, name)) = waiting.pop()
        {
            files.extend(run.map(|run| (name, run.file.clone())));
            self.read_next();
        }
    }

    /// Returns the collected files, once they are complete.
    pub fn take_export(&mut self) -> Option<Vec<(String, Vec<u8>)>> {
        self.export.take_if(|export| export.waiting.is_empty()).map(|export| export.files)
    }

    /// Adds the runs of files to the list, under the names of the files; one that is in the list already is not added twice. Says
    /// what came of it.
    pub fn import(&mut self, files: Vec<(String, Vec<u8>)>) -> String {
        let (mut count, mut problems) = (0, String::new());
        for (path, file) in files {
            let name = path.rsplit('/').next().unwrap_or_default();
            match files::read(Format::Bottleneck, &file, &Settings::default().config) {
                Ok(Loaded::Run(_, Some(header))) => {
                    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
                    self.add_file(RunHeader { name: stem.to_owned(), ..*header }, file);
                    count += 1;
                }
                Ok(_) => problems.push_str(&format!(" {name} holds no run of this page.")),
                Err(error) => problems.push_str(&format!(" {name}: {error}.")),
            }
        }
        self.merge_same_runs();
        self.make_room();
        format!(
            "{count} run{} added to the list of runs.{problems}",
            if count == 1 { " is" } else { "s are" }
        )
    }

    /// Adds a run from its file.
    pub(super) fn add_file(&mut self, header: RunHeader, file: Vec<u8>) {
        let (name, key, started) = (self.unique_name(&header.name), self.next_key(), header.slot.started);
        let slot = Slot { key, started, ..Slot::default() };
        self.add_memory(RunHeader { name, slot, ..header }, file);
    }

    /// Returns the curves of the running run and of the ticked ones as a table.
    pub fn curves(&self) -> String {
        let mut table = String::from("run,step,training error,test error\n");
        let running = self.rows().find(|row| row.is_running());
        let running = running.map(|row| (row.name(), self.run.curve().history()));
        for (name, History { train, test }) in
            running.into_iter().chain(self.ticked().map(|(_, row)| (row.name(), row.history())))
        {
            let name = name.replace('"', "\"\"");
            for (step, error) in train.iter() {
                table.push_str(&format!("\"{name}\",{step},{error},\n"));
            }
            for (step, error) in test.iter() {
                table.push_str(&format!("\"{name}\",{step},,{error}\n"));
            }
        }
        table
    }
}

/// Returns the name of a run's file.
fn file_name(name: &str) -> String {
    let name = name.replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "-");
    format!("{name}.bottleneck")
}

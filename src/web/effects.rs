//! What the browser does for the app: downloads, files in and out, the address, and the run that it keeps.

use web_sys::File;

use super::future::SpawnedFuture;
use super::page_handle::PageHandle;
use super::run_storage::RunStorage;
use super::url::{self, UrlWriter};
use super::{clipboard, loading, saving};
use crate::app::{App, DatasetMsg, Effect, NoticeMsg, Ticket};

/// The effects under way; what is dropped is called off.
#[derive(Default)]
pub(crate) struct EffectRunner {
    address: UrlWriter,
    storage: RunStorage,
    download: Option<(Ticket, Vec<SpawnedFuture>)>,
    reading: Option<SpawnedFuture>,
    copying: Option<SpawnedFuture>,
    last_ticket: Ticket,
}

impl EffectRunner {
    /// Looks for a run from an earlier visit.
    pub(crate) fn find_saved_run(&self, handle: &PageHandle) {
        self.storage.find(handle);
    }

    /// Writes the address if it is time for that, in milliseconds.
    pub(crate) fn frame(&mut self, now: f64) {
        self.address.write(now);
    }

    /// Returns whether nothing waits to be written to the address or to be stored.
    pub(crate) fn are_done(&self) -> bool {
        !self.address.is_pending() && !self.storage.is_busy()
    }

    /// Begins to read files of the visitor's in place of those that were being read.
    pub(crate) fn read_files(&mut self, app: &mut App, handle: &PageHandle, files: Vec<File>) {
        self.last_ticket += 1;
        app.update(DatasetMsg::FilesChosen(self.last_ticket, files.iter().map(File::name).collect()));
        self.reading = Some(loading::read_files(handle.clone(), self.last_ticket, files));
    }

    /// Does what the app asks for, and calls off what it no longer wants.
    pub(crate) fn follow(&mut self, app: &mut App, handle: &PageHandle) {
        for effect in app.take_effects() {
            match effect {
                Effect::Download(ticket) => {
                    self.download = Some((ticket, loading::download_mnist(handle, ticket)));
                }
                Effect::Address(fragment) => self.address.set(fragment),
                Effect::Copy(fragment) => {
                    let refused =
                        "This page's address now holds these settings: copy it from the address bar.";
                    self.copying = Some(clipboard::copy(
                        handle.clone(),
                        url::link(&fragment),
                        "The link to these settings is on the clipboard.",
                        refused.to_owned(),
                    ));
                }
                Effect::CopyEmbed(fragment) => {
                    let markup = url::embed_markup(&fragment);
                    self.copying = Some(clipboard::copy(
                        handle.clone(),
                        markup.clone(),
                        "The markup for your page is on the clipboard. Its embed=… chooses panels: transport, pipeline, plane, \
                         decoded, reconstructions, loss, settings.",
                        format!("Copy this into your page: {markup}"),
                    ));
                }
                Effect::SaveFile(file) => {
                    if let Err(reason) = saving::save_file(&file) {
                        app.update(NoticeMsg::Say(format!("{} was not saved: {reason}.", file.name)));
                    }
                }
                Effect::Keep(bytes) => self.storage.keep(handle, bytes),
                Effect::Forget => self.storage.forget(handle),
            }
        }
        self.download.take_if(|(ticket, _)| !app.dataset().wants(*ticket));
        if !app.dataset().is_reading() {
            // A file that was refused is not read to its end.
            self.reading = None;
        }
    }
}

//! What the browser does for the app: downloads, files in and out, the address, and the run that it keeps.

use web_sys::File;

use super::address::{self, Address};
use super::gate::Gate;
use super::keeper::Keeper;
use super::task::Task;
use super::{clipboard, loading, saving};
use crate::app::{App, DatasetMsg, Effect, NoticeMsg, Ticket};

/// The jobs under way; what is dropped is called off.
#[derive(Default)]
pub(crate) struct Jobs {
    address: Address,
    keeper: Keeper,
    download: Option<(Ticket, Vec<Task>)>,
    reading: Option<Task>,
    copying: Option<Task>,
    last_ticket: Ticket,
}

impl Jobs {
    /// Looks for a run from an earlier visit.
    pub(crate) fn find_kept_run(&self, gate: &Gate) {
        self.keeper.find(gate);
    }

    /// Writes the address if it is time for that, in milliseconds.
    pub(crate) fn frame(&mut self, now: f64) {
        self.address.write(now);
    }

    /// Begins to read files of the visitor's in place of those that were being read.
    pub(crate) fn read_files(&mut self, app: &mut App, gate: &Gate, files: Vec<File>) {
        self.last_ticket += 1;
        app.update(DatasetMsg::FilesChosen(self.last_ticket, files.iter().map(File::name).collect()));
        self.reading = Some(loading::read_files(gate.clone(), self.last_ticket, files));
    }

    /// Does what the app asks for, and calls off what it no longer wants.
    pub(crate) fn follow(&mut self, app: &mut App, gate: &Gate) {
        for effect in app.take_effects() {
            match effect {
                Effect::Download(ticket) => {
                    self.download = Some((ticket, loading::download_mnist(gate, ticket)));
                }
                Effect::Address(fragment) => self.address.set(fragment),
                Effect::Copy(fragment) => {
                    let refused =
                        "This page's address now holds these settings: copy it from the address bar.";
                    self.copying = Some(clipboard::copy(
                        gate.clone(),
                        address::link(&fragment),
                        "The link to these settings is on the clipboard.",
                        refused.to_owned(),
                    ));
                }
                Effect::CopyEmbed(fragment) => {
                    let markup = address::embed_markup(&fragment);
                    self.copying = Some(clipboard::copy(
                        gate.clone(),
                        markup.clone(),
                        "The markup for your page is on the clipboard. Its embed=… chooses panels: transport, pipeline, plane, \
                         decoded, reconstructions, loss, settings.",
                        format!("Copy this into your page: {markup}"),
                    ));
                }
                Effect::SaveFile(file) => {
                    if let Err(reason) = saving::hand_over(&file) {
                        app.update(NoticeMsg::Say(format!("{} was not saved: {reason}.", file.name)));
                    }
                }
                Effect::Keep(bytes) => self.keeper.keep(gate, bytes),
                Effect::Forget => self.keeper.forget(gate),
            }
        }
        self.download.take_if(|(ticket, _)| !app.dataset().wants(*ticket));
        if !app.dataset().is_reading() {
            // A file that was refused is not read to its end.
            self.reading = None;
        }
    }
}

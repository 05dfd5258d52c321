//! What the app asks of the browser: downloads, files, the URL, the clipboard, and the stored runs.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::dom::{self, window};
use super::future::SpawnedFuture;
use super::page_handle::PageHandle;
use super::picture::{self, SCRAMBLED, scrambles_canvas};
use super::run_storage::RunStorage;
use super::url::{self, UrlWriter};
use super::{loading, saving};
use crate::app::{App, DatasetMsg, Effect, NoticeMsg, PictureFile, PictureRequest, Ticket};

/// The effects that are running; a future that is dropped is cancelled.
#[derive(Default)]
pub(crate) struct EffectRunner {
    url: UrlWriter,
    storage: RunStorage,
    download: Option<(Ticket, Vec<SpawnedFuture>)>,
    reading: Option<SpawnedFuture>,
    /// The user's files that are read.
    files: Vec<File>,
    /// The pictures that are decoded; a future that has ended holds nothing.
    decoding: Vec<SpawnedFuture>,
    copying: Option<SpawnedFuture>,
    last_ticket: Ticket,
}

impl EffectRunner {
    /// Writes the URL if it is due at `now`, in milliseconds.
    pub(crate) fn frame(&mut self, now: f64) {
        self.url.write(now);
    }

    /// Returns whether nothing waits to be written to the URL or to be stored.
    pub(crate) fn are_done(&self) -> bool {
        !self.url.is_pending() && !self.storage.is_busy()
    }

    /// Starts to read the user's files, and stops reading earlier ones.
    pub(crate) fn read_files(&mut self, app: &mut App, handle: &PageHandle, files: Vec<(String, File)>) {
        self.last_ticket += 1;
        self.decoding.clear();
        let (paths, files): (Vec<_>, _) = files.into_iter().unzip();
        self.files = files;
        self.reading = Some(loading::read_files(handle.clone(), self.last_ticket, &paths, &self.files));
        app.update(DatasetMsg::FilesChosen(self.last_ticket, paths));
    }

    /// Does what the app asks for, and cancels what it no longer needs.
    pub(crate) fn run(&mut self, app: &mut App, handle: &PageHandle) {
        for effect in app.take_effects() {
            match effect {
                Effect::Download(ticket) => {
                    let folder = app.dataset().folder(ticket);
                    self.download = Some((ticket, loading::download(handle, ticket, folder)));
                }
                // Checked before the first picture of a drop: the browser scrambles all of them or none.
                Effect::Decode(ticket, _) if self.decoding.is_empty() && scrambles_canvas() => {
                    let reason = format!("{SCRAMBLED}, or drop an .npz, .csv or IDX file");
                    app.update(DatasetMsg::FileFailed(ticket, "Your pictures".to_owned(), reason));
                }
                Effect::Decode(ticket, PictureRequest { index, file }) => {
                    let file = match file {
                        PictureFile::Chosen(number) => self.files.get(number).map(|file| file.clone().into()),
                        PictureFile::Bytes(bytes) => picture::blob(&bytes),
                    };
                    match file {
                        Some(file) => {
                            self.decoding.push(loading::decode(handle.clone(), ticket, index, file));
                        }
                        None => app.update(DatasetMsg::PictureDecoded(ticket, index, None)),
                    }
                }
                Effect::UpdateUrl(fragment) => self.url.schedule(fragment),
                Effect::CopyLink(fragment) => {
                    let refused =
                        "The address of this page now holds these settings: copy it from the address bar.";
                    self.copying = Some(copy(
                        handle.clone(),
                        url::link(&fragment),
                        "The link to these settings is on the clipboard.",
                        refused.to_owned(),
                    ));
                }
                Effect::CopyEmbed(fragment) => {
                    let markup = url::embed_markup(&fragment);
                    self.copying = Some(copy(
                        handle.clone(),
                        markup.clone(),
                        "The markup for your page is on the clipboard. Its embed=… chooses panels: transport, pipeline, plane, \
                         decoded, reconstructions, loss, settings.",
                        format!("Copy this into your page: {markup}"),
                    ));
                }
                Effect::SaveFile(file) => {
                    if let Err(reason) = saving::save_file(&file) {
                        app.update(NoticeMsg::Keep(format!("{} was not saved: {reason}.", file.name)));
                    } else if dom::has_opaque_origin() {
                        // A sandboxed frame drops downloads without a word, unless it is made to allow them.
                        let sentence =
                            "If no file arrives, this frame forbids downloads: open the page in a tab.";
                        app.update(NoticeMsg::Say(sentence.to_owned()));
                    }
                }
                Effect::Storage(request) => self.storage.request(handle, request),
            }
        }
        self.download.take_if(|(ticket, _)| !app.dataset().needs_download(*ticket));
        if !app.dataset().is_reading() {
            // The rest of a file that was refused is not read.
            self.reading = None;
            self.files.clear();
            self.decoding.clear();
        }
    }
}

/// Copies a text to the clipboard, and says `copied`, or `refused` if that fails.
fn copy(handle: PageHandle, text: String, copied: &'static str, refused: String) -> SpawnedFuture {
    SpawnedFuture::spawn(async move {
        let navigator = window().navigator();
        // A page that is not served securely has no clipboard.
        let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
        let is_copied = clipboard.is_ok_and(|clipboard| clipboard.is_object())
            && JsFuture::from(navigator.clipboard().write_text(&text)).await.is_ok();
        handle.send(if is_copied { NoticeMsg::Say(copied.to_owned()) } else { NoticeMsg::Keep(refused) });
    })
}

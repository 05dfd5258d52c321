//! Files that are chosen or dropped.

use wasm_bindgen::JsCast;
use web_sys::{Document, DragEvent, Event, File, FileList, HtmlInputElement};

use super::{Paint, Panel};
use crate::app::App;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The class of the body while files are dragged over the page.
const DROPPING: &str = "dropping";

/// The choosers.
pub(super) struct Files {
    document: Document,
    choosers: [HtmlInputElement; 2],
}

impl Files {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            document: document.clone(),
            choosers: [dom::element(document, id::FILES)?, dom::element(document, id::FOLDER)?],
        })
    }
}

impl Panel for Files {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let mut listeners: Vec<_> = self.choosers.iter().map(|chooser| on_choice(handle, chooser)).collect();
        listeners.extend(on_drop(handle, &self.document));
        listeners
    }

    fn draw(&mut self, _: &mut App, _: &Paint) {}
}

fn on_choice(handle: &PageHandle, chooser: &HtmlInputElement) -> Listener {
    let (handle, source) = (handle.clone(), chooser.clone());
    Listener::new(chooser, "change", Mode::Passive, move |_: Event| {
        take(&handle, source.files());
        // Emptied, so that the same files can be chosen again.
        source.set_value("");
    })
}

/// Files that are dropped. What else is dragged, as text into a field, is the browser's.
fn on_drop(handle: &PageHandle, document: &Document) -> [Listener; 3] {
    let mark = |document: &Document, dropping: bool| {
        if let Some(body) = document.body() {
            body.set_class_name(if dropping { DROPPING } else { "" });
        }
    };
    let page = document.clone();
    let over = Listener::new(document, "dragover", Mode::Active, move |event: DragEvent| {
        if has_files(&event) {
            event.prevent_default();
            mark(&page, true);
        }
    });
    let page = document.clone();
    let leave = Listener::new(document, "dragleave", Mode::Passive, move |event: DragEvent| {
        if event.related_target().is_none() {
            mark(&page, false);
        }
    });
    let (dropping, page) = (handle.clone(), document.clone());
    let drop = Listener::new(document, "drop", Mode::Active, move |event: DragEvent| {
        mark(&page, false);
        if has_files(&event) {
            event.prevent_default();
            take(&dropping, event.data_transfer().and_then(|data| data.files()));
        }
    });
    [over, leave, drop]
}

fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.includes(&"Files".into(), 0))
}

fn take(handle: &PageHandle, files: Option<FileList>) {
    let Some(files) = files.filter(|files| files.length() > 0) else { return };
    let files: Vec<File> =
        (0..files.length()).filter_map(|index| files.get(index)?.dyn_into().ok()).collect();
    handle.with(|page, handle| page.read_files(handle, files));
}

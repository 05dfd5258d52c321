//! What can be brought back: the run before this one, and the one from the last visit.

use web_sys::{Document, Element, HtmlButtonElement, HtmlElement, KeyboardEvent};

use super::{Paint, Panel, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, RunsMsg, Version};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The button that undoes, and the offer of the run from the last visit.
pub(super) struct Kept {
    document: Document,
    undo: HtmlButtonElement,
    bar: HtmlElement,
    text: Element,
    go_on: Element,
    decline: Element,
    throttle: RedrawThrottle<Version>,
}

impl Kept {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            document: document.clone(),
            undo: dom::element(document, id::UNDO)?,
            bar: dom::element(document, id::KEPT)?,
            text: dom::element(document, id::KEPT_TEXT)?,
            go_on: dom::element(document, id::KEPT_GO_ON)?,
            decline: dom::element(document, id::KEPT_DISMISS)?,
            throttle: RedrawThrottle::new(1),
        })
    }
}

impl Panel for Kept {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let keys = handle.clone();
        vec![
            on_click(handle, &self.undo, RunsMsg::Undo),
            on_click(handle, &self.go_on, RunsMsg::GoOn),
            on_click(handle, &self.decline, RunsMsg::Decline),
            Listener::new(&self.document, "keydown", Mode::Active, move |event: KeyboardEvent| {
                // In a field these keys undo what was typed.
                if let Some(msg) = key(&event).filter(|_| !dom::is_text_input(&event)) {
                    event.prevent_default();
                    keys.send(msg);
                }
            }),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        if !self.throttle.is_due(app.form_version(), paint.immediate) {
            return;
        }
        let label = app.undo_label();
        self.undo.set_disabled(label.is_none());
        dom::set_attribute(
            &self.undo,
            "data-help",
            label.as_deref().unwrap_or("There is no run to bring back yet."),
        );
        let offer = app.offer_text();
        dom::set_visible(&self.bar, offer.is_some());
        dom::set_text(&self.text, offer.as_deref().unwrap_or_default());
    }
}

/// What a key means for what can be brought back.
fn key(event: &KeyboardEvent) -> Option<RunsMsg> {
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() || event.repeat() {
        return None;
    }
    match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
        ("z", false) => Some(RunsMsg::Undo),
        ("z", true) | ("y", false) => Some(RunsMsg::Redo),
        _ => None,
    }
}

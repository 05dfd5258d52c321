//! Present: the page fills the screen, in type for a projector, and obeys keys.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent};

use super::{Paint, Panel};
use crate::app::{App, Msg, PlaneMsg, PlaybackMsg};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The attribute of the root element by which the style sheet knows.
const ATTRIBUTE: &str = "data-present";

/// The button, and the page that it changes.
pub(super) struct Present {
    document: Document,
    button: HtmlElement,
}

impl Present {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self { document: document.clone(), button: dom::element(document, id::PRESENT)? })
    }
}

/// Whether the page is presented.
fn is_on(document: &Document) -> bool {
    document.document_element().is_some_and(|root| root.has_attribute(ATTRIBUTE))
}

/// Presents the page, or no longer. Where the browser does not give the whole screen, the window has to do.
fn set(document: &Document, button: &Element, on: bool) {
    let Some(root) = document.document_element() else { return };
    if on {
        dom::set_attribute(&root, ATTRIBUTE, "");
        fill_screen(&root);
    } else {
        // It cannot fail: an attribute that is absent may be removed.
        let _ = root.remove_attribute(ATTRIBUTE);
        if document.fullscreen_element().is_some() {
            document.exit_fullscreen();
        }
    }
    dom::set_attribute(button, "aria-pressed", if on { "true" } else { "false" });
    dom::set_text(button, if on { "Leave" } else { "Present" });
}

/// Asks for the whole screen. A refusal is an answer like another, where the binding of web-sys would leave it unheard.
fn fill_screen(root: &Element) {
    let ask =
        Reflect::get(root, &"requestFullscreen".into()).ok().and_then(|ask| ask.dyn_into::<Function>().ok());
    let answer =
        ask.and_then(|ask| ask.call0(root).ok()).and_then(|answer| answer.dyn_into::<Promise>().ok());
    if let Some(answer) = answer {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(answer).await;
        });
    }
}

/// What a key does while the page is presented.
fn key(key: &str) -> Option<Msg> {
    Some(match key {
        " " => PlaybackMsg::TogglePlay.into(),
        "." => PlaybackMsg::Step.into(),
        "r" => PlaybackMsg::Reset.into(),
        "t" => PlaneMsg::Tour.into(),
        _ => return None,
    })
}

/// Whether a key belongs to what has the focus: a field, a button that Space presses, the plane.
fn is_taken(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(dom::cast::<Element>);
    target
        .is_some_and(|target| target.matches("input, select, textarea, button, [tabindex]").unwrap_or(false))
}

impl Panel for Present {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (document, button, touring) = (self.document.clone(), self.button.clone(), handle.clone());
        let click = Listener::new(&self.button, "click", Mode::Passive, move |_: Event| {
            let on = !is_on(&document);
            set(&document, &button, on);
            if on {
                touring.send(PlaneMsg::Tour);
                // Keys are for the page now, not for its button.
                let _ = button.blur();
            }
        });
        let (document, button) = (self.document.clone(), self.button.clone());
        let left = Listener::new(&self.document, "fullscreenchange", Mode::Passive, move |_: Event| {
            if document.fullscreen_element().is_none() && is_on(&document) {
                set(&document, &button, false);
            }
        });
        let (document, button, typing) = (self.document.clone(), self.button.clone(), handle.clone());
        let keys = Listener::new(&self.document, "keydown", Mode::Active, move |event: KeyboardEvent| {
            if !is_on(&document) || event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            if event.key() == "Escape" {
                set(&document, &button, false);
            } else if let Some(msg) = key(&event.key()).filter(|_| !is_taken(&event)) {
                event.prevent_default();
                typing.send(msg);
            }
        });
        vec![click, left, keys]
    }

    fn draw(&mut self, _: &mut App, _: &Paint) {}
}

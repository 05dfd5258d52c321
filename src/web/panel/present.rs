//! Present: the page fills the screen, with large type and keyboard shortcuts.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent};

use super::Panel;
use crate::app::{Msg, PlaneMsg, PlaybackMsg, RunsMsg, letter};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;
use crate::web::url;

/// The attribute of the root element that the style sheet reads.
const ATTRIBUTE: &str = "data-present";

/// The button *Present*.
pub(super) struct Present {
    document: Document,
    button: HtmlElement,
}

impl Present {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self { document: document.clone(), button: dom::element(document, id::PRESENT)? })
    }
}

/// Returns whether the page is presented.
fn is_on(document: &Document) -> bool {
    document.document_element().is_some_and(|root| root.has_attribute(ATTRIBUTE))
}

/// Starts or stops presenting, in the window.
fn set(document: &Document, button: &Element, on: bool) {
    let Some(root) = document.document_element() else { return };
    if on {
        dom::set_attribute(&root, ATTRIBUTE, "");
    } else {
        dom::remove_attribute(&root, ATTRIBUTE);
        if document.fullscreen_element().is_some() {
            document.exit_fullscreen();
        }
    }
    dom::set_bool_attribute(button, "aria-pressed", on);
    dom::set_text(button, if on { "Leave" } else { "Present" });
}

/// Requests full screen. A refusal is ignored; with the binding of web-sys it would be an unhandled rejection.
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

/// Returns the message of a key while the page is presented.
fn key(event: &KeyboardEvent) -> Option<Msg> {
    let (key, code) = (event.key(), event.code());
    Some(match (key.as_str(), letter(&key, &code)) {
        (" ", _) => PlaybackMsg::TogglePlay.into(),
        (".", _) => PlaybackMsg::Step.into(),
        ("ArrowLeft", _) => RunsMsg::SeekBy(-1).into(),
        ("ArrowRight", _) => RunsMsg::SeekBy(1).into(),
        (_, Some('r')) => PlaybackMsg::Reset.into(),
        (_, Some('t')) => PlaneMsg::Tour.into(),
        _ => return None,
    })
}

/// Returns whether a key belongs to the focused element: a field, or a control that was reached by Tab.
fn is_taken(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(dom::cast::<Element>);
    target.is_some_and(|target| {
        target.matches("input, select, textarea, :focus-visible:not(body)").unwrap_or(false)
    })
}

impl Panel for Present {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (document, button, touring) = (self.document.clone(), self.button.clone(), handle.clone());
        let click = Listener::new(&self.button, "click", Mode::Passive, move |_: Event| {
            let on = !is_on(&document);
            set(&document, &button, on);
            if on {
                document.document_element().as_ref().map(fill_screen);
                touring.send(PlaneMsg::Tour);
                // Space plays now, instead of pressing the button.
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
            } else if let Some(msg) = key(&event).filter(|_| !is_taken(&event)) {
                event.prevent_default();
                typing.send(msg);
            }
        });
        // `#lesson=overfit&present` opens a page that is presented.
        if url::asks_to_present() {
            set(&self.document, &self.button, true);
        }
        vec![click, left, keys]
    }
}

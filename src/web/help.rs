//! A word on every figure and control: one bubble for all, shown on hover, on focus, and under a finger that rests.
//!
//! The words are the markup's, in `data-help`. Nothing here is done in a frame.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent};

use super::dom::{self, DomError, id, window};
use super::future::{self, SpawnedFuture};
use super::listener::{Listener, Mode};
use crate::view::plot::{Rect, place_tooltip};

/// How long a pointer has to rest before the bubble comes, a finger before it counts as a question, and how long the bubble
/// stays once the pointer has gone; in milliseconds.
const REST: i32 = 500;
const FINGER: i32 = 450;
const LEAVE: i32 = 150;

/// What is under a finger that is a control: there, only a finger that rests is a question.
const CONTROLS: &str = "button, input, select, textarea, canvas, label";

/// The bubble, and what it explains.
pub(super) struct Help {
    bubble: HtmlElement,
    shown: RefCell<Option<Shown>>,
    /// What is about to be done: to show the bubble, or to hide it; and what is about to be explained.
    coming: RefCell<Option<SpawnedFuture>>,
    awaited: RefCell<Option<Element>>,
}

/// What is explained.
struct Shown {
    target: Element,
    /// What a screen reader is told of, and what it was described by before.
    described: Element,
    before: Option<String>,
}

impl Help {
    /// Listens to all that asks for help.
    pub(super) fn listeners(document: &Document) -> Result<Vec<Listener>, DomError> {
        let bubble = dom::element(document, id::HELP)?;
        let help = Rc::new(Self {
            bubble,
            shown: RefCell::default(),
            coming: RefCell::default(),
            awaited: RefCell::default(),
        });
        let names = [
            "pointerover",
            "pointerout",
            "pointerdown",
            "pointerup",
            "pointercancel",
            "focusin",
            "focusout",
            "keydown",
            "scroll",
        ];
        let listen = |name| {
            let help = Rc::clone(&help);
            Listener::new(document, name, Mode::Passive, move |event: Event| help.hear(name, &event))
        };
        Ok(names.map(listen).into())
    }

    fn hear(self: &Rc<Self>, name: &str, event: &Event) {
        let element = event.target().and_then(dom::cast::<Element>);
        let by_touch = event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch");
        match (name, element) {
            ("pointerover", Some(element)) if !by_touch => self.hover(&element),
            ("pointerdown", Some(element)) => {
                self.hide();
                if let Some(target) = asked(&element, false).filter(|_| by_touch) {
                    let is_control = element.closest(CONTROLS).ok().flatten().is_some();
                    self.later(if is_control { FINGER } else { 0 }, Some((target, element)));
                }
            }
            ("pointerup" | "pointercancel", _) if by_touch => self.await_nothing(),
            ("focusin", Some(element)) if element.matches(":focus-visible").unwrap_or_default() => {
                if let Some(target) = asked(&element, true) {
                    self.show(target, element);
                }
            }
            ("pointerout", _) => {
                let is_gone =
                    event.dyn_ref::<MouseEvent>().is_some_and(|event| event.related_target().is_none());
                if is_gone && !by_touch {
                    self.hide();
                }
            }
            // What has the focus is followed: it may have been scrolled into sight just now.
            ("scroll", _) => {
                let follows =
                    self.shown.borrow().as_ref().is_some_and(|Shown { target, described, .. }| {
                        let has_focus = described.matches(":focus").unwrap_or_default();
                        if has_focus {
                            self.place(target);
                        }
                        has_focus
                    });
                if !follows {
                    self.hide();
                }
            }
            ("focusout", _) => self.hide(),
            ("keydown", _) if event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Escape") => {
                self.hide();
            }
            _ => {}
        }
    }

    /// The pointer is over something: over the bubble it stays, over another thing that one is explained.
    fn hover(self: &Rc<Self>, element: &Element) {
        let bubble: &Element = &self.bubble;
        let target = asked(element, false);
        let is_same = |shown: &Shown| element == bubble || target.as_ref() == Some(&shown.target);
        let (is_shown, stays) = match &*self.shown.borrow() {
            Some(shown) => (true, is_same(shown)),
            None => (false, false),
        };
        match target {
            _ if stays => self.await_nothing(),
            // A figure that changes under a pointer at rest is entered again and again.
            Some(target) if self.awaited.borrow().as_ref() == Some(&target) => {}
            // From one thing to the next there is no waiting again.
            Some(target) => {
                self.later(if is_shown { LEAVE } else { REST }, Some((target.clone(), target)));
            }
            None if is_shown => self.later(LEAVE, None),
            None => self.hide(),
        }
    }

    /// After so many milliseconds explains a target, with what is to be described by it, or hides the bubble.
    fn later(self: &Rc<Self>, milliseconds: i32, wanted: Option<(Element, Element)>) {
        let help = Rc::clone(self);
        self.awaited.replace(wanted.as_ref().map(|(target, _)| target.clone()));
        let coming = SpawnedFuture::spawn(async move {
            future::sleep(milliseconds).await;
            match wanted {
                Some((target, described)) => help.show(target, described),
                None => help.put_away(),
            }
        });
        self.coming.replace(Some(coming));
    }

    fn show(&self, target: Element, described: Element) {
        self.awaited.take();
        self.put_away();
        let Some(words) = target.get_attribute(WORDS).filter(|_| target.is_connected()) else { return };
        dom::set_text(&self.bubble, &words);
        dom::set_visible(&self.bubble, true);
        self.place(&target);
        let before = described.get_attribute(DESCRIBED);
        let ids = before.as_deref().map_or(id::HELP.to_owned(), |before| [before, id::HELP].join(" "));
        dom::set_attribute(&described, DESCRIBED, &ids);
        self.shown.replace(Some(Shown { target, described, before }));
    }

    /// Puts the bubble beside what it explains.
    fn place(&self, target: &Element) {
        let area = |element: &Element| {
            let rect = element.get_bounding_client_rect();
            Rect { left: rect.left(), top: rect.top(), width: rect.width(), height: rect.height() }
        };
        let size = area(&self.bubble);
        let inner = |length: Result<wasm_bindgen::JsValue, _>| {
            length.ok().and_then(|px| px.as_f64()).unwrap_or_default()
        };
        let window = (inner(window().inner_width()), inner(window().inner_height()));
        let (x, y) = place_tooltip(area(target), (size.width, size.height), window);
        dom::set_style(&self.bubble, "left", &format!("{}px", x as i32));
        dom::set_style(&self.bubble, "top", &format!("{}px", y as i32));
    }

    /// Hides the bubble, and has nothing come.
    fn hide(&self) {
        self.await_nothing();
        self.put_away();
    }

    fn await_nothing(&self) {
        self.coming.take();
        self.awaited.take();
    }

    fn put_away(&self) {
        if let Some(Shown { described, before, .. }) = self.shown.take() {
            dom::set_visible(&self.bubble, false);
            match before {
                Some(before) => dom::set_attribute(&described, DESCRIBED, &before),
                // It fails only for names that are none.
                None => drop(described.remove_attribute(DESCRIBED)),
            }
        }
    }
}

const WORDS: &str = "data-help";
const DESCRIBED: &str = "aria-describedby";

/// What of the page explains an element: it or what it lies in. Some things, as the plane under a hand, are explained to keys
/// alone.
fn asked(element: &Element, by_key: bool) -> Option<Element> {
    let found = element.closest("[data-help]").ok().flatten()?;
    let is_for_keys = found.has_attribute("data-help-keys");
    Some(found).filter(|_| by_key || !is_for_keys)
}

//! The tooltip: a help text on every figure and control, shown on hover, on keyboard focus, and under a finger that rests.
//!
//! The texts are the markup's `data-help` attributes. Nothing here runs in a frame.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent};

use super::dom::{self, DomError, id, window};
use super::future::{self, SpawnedFuture};
use super::listener::{Listener, Mode};
use crate::view::plot::{Rect, place_tooltip};

/// How long a pointer rests before the tooltip appears, how long a finger has to rest on a control, and how long the tooltip
/// stays after the pointer has left; in milliseconds.
const HOVER_MS: i32 = 500;
const LONG_PRESS_MS: i32 = 450;
const LEAVE_MS: i32 = 150;

/// The elements that a tap uses: only a long press shows their help.
const CONTROLS: &str = "button, input, select, textarea, canvas, label";

const HELP_TEXT: &str = "data-help";
const DESCRIBED_BY: &str = "aria-describedby";

const EVENTS: [&str; 9] = [
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

/// The tooltip and what it explains.
pub(super) struct Help {
    tooltip: HtmlElement,
    shown: RefCell<Option<Shown>>,
    /// The timer that will show or hide the tooltip, and the element it will explain.
    timer: RefCell<Option<SpawnedFuture>>,
    pending: RefCell<Option<Element>>,
}

struct Shown {
    target: Element,
    /// The element that refers to the tooltip for screen readers, and its description before.
    described: Element,
    before: Option<String>,
}

impl Help {
    /// Listens to all events that show or hide help.
    pub(super) fn listeners(document: &Document) -> Result<Vec<Listener>, DomError> {
        let help = Rc::new(Self {
            tooltip: dom::element(document, id::HELP)?,
            shown: RefCell::default(),
            timer: RefCell::default(),
            pending: RefCell::default(),
        });
        let listen = |name| {
            let help = Rc::clone(&help);
            Listener::new(document, name, Mode::Passive, move |event: Event| help.on_event(name, &event))
        };
        Ok(EVENTS.map(listen).into())
    }

    fn on_event(self: &Rc<Self>, name: &str, event: &Event) {
        let element = event.target().and_then(dom::cast::<Element>);
        let by_touch = event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch");
        match (name, element) {
            ("pointerover", Some(element)) if !by_touch => self.hover(&element),
            ("pointerdown", Some(element)) => {
                self.hide();
                if let Some(target) = help_target(&element, false).filter(|_| by_touch) {
                    let is_control = element.closest(CONTROLS).ok().flatten().is_some();
                    self.schedule(if is_control { LONG_PRESS_MS } else { 0 }, Some((target, element)));
                }
            }
            ("pointerup" | "pointercancel", _) if by_touch => self.cancel(),
            ("focusin", Some(element)) if element.matches(":focus-visible").unwrap_or_default() => {
                if let Some(target) = help_target(&element, true) {
                    self.show(target, element);
                }
            }
            ("pointerout", _) => {
                let has_left =
                    event.dyn_ref::<MouseEvent>().is_some_and(|event| event.related_target().is_none());
                if has_left && !by_touch {
                    self.hide();
                }
            }
            ("scroll", _) if self.follow_focus() => {}
            ("focusout" | "scroll", _) => self.hide(),
            ("keydown", _) if event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Escape") => {
                self.hide();
            }
            _ => {}
        }
    }

    /// Moves the tooltip with a focused element, which may have been scrolled into view. Returns whether there is one.
    fn follow_focus(&self) -> bool {
        let shown = self.shown.borrow();
        let focused = |shown: &&Shown| shown.described.matches(":focus").unwrap_or_default();
        let focused = shown.as_ref().filter(focused);
        focused.into_iter().for_each(|shown| self.place(&shown.target));
        focused.is_some()
    }

    /// Keeps the tooltip while the pointer is over it or its target, and schedules that of another element.
    fn hover(self: &Rc<Self>, element: &Element) {
        let tooltip: &Element = &self.tooltip;
        let target = help_target(element, false);
        let (is_shown, stays) = match &*self.shown.borrow() {
            Some(shown) => (true, element == tooltip || target.as_ref() == Some(&shown.target)),
            None => (false, false),
        };
        match target {
            _ if stays => self.cancel(),
            // An element that changes under the pointer is entered repeatedly.
            Some(target) if self.pending.borrow().as_ref() == Some(&target) => {}
            Some(target) => {
                let delay = if is_shown { LEAVE_MS } else { HOVER_MS };
                self.schedule(delay, Some((target.clone(), target)));
            }
            None if is_shown => self.schedule(LEAVE_MS, None),
            None => self.hide(),
        }
    }

    /// Shows the tooltip for a target and the element it describes after some milliseconds, or hides it.
    fn schedule(self: &Rc<Self>, milliseconds: i32, next: Option<(Element, Element)>) {
        let help = Rc::clone(self);
        self.pending.replace(next.as_ref().map(|(target, _)| target.clone()));
        let timer = SpawnedFuture::spawn(async move {
            future::sleep(milliseconds).await;
            match next {
                Some((target, described)) => help.show(target, described),
                None => help.hide_tooltip(),
            }
        });
        self.timer.replace(Some(timer));
    }

    fn show(&self, target: Element, described: Element) {
        self.pending.take();
        self.hide_tooltip();
        let Some(text) = target.get_attribute(HELP_TEXT).filter(|_| target.is_connected()) else { return };
        dom::set_text(&self.tooltip, &text);
        dom::set_visible(&self.tooltip, true);
        self.place(&target);
        let before = described.get_attribute(DESCRIBED_BY);
        let ids = before.as_deref().map_or(id::HELP.to_owned(), |before| [before, id::HELP].join(" "));
        dom::set_attribute(&described, DESCRIBED_BY, &ids);
        self.shown.replace(Some(Shown { target, described, before }));
    }

    /// Places the tooltip beside a target.
    fn place(&self, target: &Element) {
        let area = |element: &Element| {
            let rect = element.get_bounding_client_rect();
            Rect { left: rect.left(), top: rect.top(), width: rect.width(), height: rect.height() }
        };
        let size = area(&self.tooltip);
        let inner = |length: Result<wasm_bindgen::JsValue, _>| {
            length.ok().and_then(|px| px.as_f64()).unwrap_or_default()
        };
        let window = (inner(window().inner_width()), inner(window().inner_height()));
        let (x, y) = place_tooltip(area(target), (size.width, size.height), window);
        dom::set_style(&self.tooltip, "left", &format!("{}px", x as i32));
        dom::set_style(&self.tooltip, "top", &format!("{}px", y as i32));
    }

    fn hide(&self) {
        self.cancel();
        self.hide_tooltip();
    }

    fn cancel(&self) {
        self.timer.take();
        self.pending.take();
    }

    fn hide_tooltip(&self) {
        if let Some(Shown { described, before, .. }) = self.shown.take() {
            dom::set_visible(&self.tooltip, false);
            match before {
                Some(before) => dom::set_attribute(&described, DESCRIBED_BY, &before),
                None => dom::remove_attribute(&described, DESCRIBED_BY),
            }
        }
    }
}

/// Returns the element whose help text explains an element: it or one around it. The text of `data-help-keys` elements, such as
/// the plane, is shown only on keyboard focus.
fn help_target(element: &Element, by_key: bool) -> Option<Element> {
    let target = element.closest("[data-help]").ok().flatten()?;
    let is_for_keys = target.has_attribute("data-help-keys");
    Some(target).filter(|_| by_key || !is_for_keys)
}

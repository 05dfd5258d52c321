//! Messages: the notice at the foot of the page, and the live region that a screen reader reads.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{Document, Element, Event, FocusEvent, HtmlElement, KeyboardEvent, Performance};

use super::{DrawContext, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, MAX_PINS, NoticeMsg, Version};
use crate::web::bind::is_unreachable;
use crate::web::dom::{self, DomError, id, window};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The notice, a sentence with up to two buttons.
pub(super) struct NoticeBar {
    document: Document,
    bar: HtmlElement,
    text: Element,
    buttons: [HtmlElement; 2],
    /// The element that had the focus before the bar.
    focused_before: Rc<RefCell<Option<HtmlElement>>>,
    /// Whether the bar has the pointer, and whether it has the focus.
    held: Rc<Cell<(bool, bool)>>,
    throttle: RedrawThrottle<Version>,
}

impl NoticeBar {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            document: document.clone(),
            bar: dom::element(document, id::NOTICE)?,
            text: dom::element(document, id::NOTICE_TEXT)?,
            buttons: [
                dom::element(document, id::NOTICE_ACTION)?,
                dom::element(document, id::NOTICE_ALTERNATIVE)?,
            ],
            focused_before: Rc::default(),
            held: Rc::default(),
            throttle: RedrawThrottle::new(1),
        })
    }

    fn has_focus(&self) -> bool {
        self.document.active_element().is_some_and(|active| self.bar.contains(Some(&active)))
    }

    /// Returns the focus to the element that had it before the bar, or else to Play.
    fn restore_focus(&self) {
        let before = self.focused_before.take().filter(|before| !is_unreachable(before));
        let play = || dom::element(&self.document, id::PLAY).ok();
        if let Some(element) = before.or_else(play) {
            dom::focus(&element);
        }
    }
}

impl Panel for NoticeBar {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (bar, before) = (self.bar.clone(), Rc::clone(&self.focused_before));
        let focused = Listener::new(&self.bar, "focusin", Mode::Passive, move |event: FocusEvent| {
            let from = event.related_target().and_then(dom::cast::<HtmlElement>);
            if let Some(from) = from.filter(|from| !bar.contains(Some(from))) {
                before.replace(Some(from));
            }
        });
        let hold = |name: &'static str, set: fn(&mut (bool, bool))| {
            let (handle, shared) = (handle.clone(), Rc::clone(&self.held));
            Listener::new(&self.bar, name, Mode::Passive, move |_: Event| {
                let mut held = shared.get();
                set(&mut held);
                shared.set(held);
                handle.send(NoticeMsg::Hold(held.0 || held.1));
            })
        };
        vec![
            focused,
            hold("pointerenter", |held| held.0 = true),
            hold("pointerleave", |held| held.0 = false),
            hold("focusin", |held| held.1 = true),
            hold("focusout", |held| held.1 = false),
        ]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        if !self.throttle.is_due(app.notices().version(), context.immediate) {
            return;
        }
        let notice = app.notices().shown();
        // The focus moves before the bar is hidden: beside the bar is nothing that was used.
        if notice.is_none() && self.has_focus() {
            self.restore_focus();
        }
        if notice.is_none() {
            self.held.take();
        }
        dom::set_visible(&self.bar, notice.is_some());
        dom::set_text(&self.text, notice.map_or("", |notice| &notice.text));
        let labels = [notice.and_then(|n| n.action.as_ref()), notice.and_then(|n| n.alternative.as_ref())];
        for (button, label) in self.buttons.iter().zip(labels) {
            dom::set_visible(button, label.is_some());
            dom::set_text(button, label.map_or("", |(_, label)| label));
        }
    }
}

/// How long the keys have to rest before the decoded point is read, in milliseconds.
const KEY_REST_MS: f64 = 400.0;

/// The page's only live region: notices, lessons, and the point that keys move.
pub(super) struct LiveRegion {
    region: Element,
    plane: Element,
    clock: Option<Performance>,
    /// When the point is to be read, in milliseconds.
    due: Rc<Cell<Option<f64>>>,
    notices: RedrawThrottle<Version>,
    notice: String,
    lessons: RedrawThrottle<Version>,
    lesson: String,
    pins: [u64; MAX_PINS],
}

impl LiveRegion {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            region: dom::element(document, id::LIVE_REGION)?,
            plane: dom::element(document, id::LATENT)?,
            clock: window().performance(),
            due: Rc::default(),
            notices: RedrawThrottle::new(1),
            notice: String::new(),
            lessons: RedrawThrottle::new(1),
            lesson: String::new(),
            pins: [0; MAX_PINS],
        })
    }

    /// Has a text read. A repeated one ends in a space, since only changes are read.
    fn announce(&self, mut text: String) {
        if self.region.text_content().as_ref() == Some(&text) {
            text.push('\u{a0}');
        }
        dom::set_text(&self.region, &text);
    }

    /// Tells what a key has done to the pins.
    fn pins_change(&mut self, app: &App) -> &'static str {
        let (before, after) = (self.pins, app.plane().pins.stamps());
        self.pins = after;
        let newest = |pins: [u64; MAX_PINS]| pins.into_iter().max();
        match () {
            () if newest(after) > newest(before) => "Pinned: ",
            () if before == after => "",
            () if newest(after) == Some(0) => "No pins. ",
            () => "Pin removed. ",
        }
    }
}

impl Panel for LiveRegion {
    fn bind(&self, _: &PageHandle) -> Vec<Listener> {
        let due = Rc::clone(&self.due);
        vec![Listener::new(&self.plane, "keydown", Mode::Passive, move |event: KeyboardEvent| {
            let key = event.key();
            if key.starts_with("Arrow")
                || ["Enter", " ", "Delete", "Backspace", "Escape"].contains(&key.as_str())
            {
                due.set(Some(event.time_stamp() + KEY_REST_MS));
            }
        })]
    }

    fn draw(&mut self, app: &App, _: &DrawContext) {
        if self.notices.is_due(app.notices().version(), true) {
            let text = app.notices().shown().map_or("", |notice| &notice.text);
            if text != self.notice {
                text.clone_into(&mut self.notice);
                if !text.is_empty() {
                    self.announce(text.to_owned());
                }
            }
        }
        if self.lessons.is_due(app.lessons().version(), true) {
            let text =
                app.lessons().text().map(|(title, text)| format!("{title}: {text}")).unwrap_or_default();
            if text != self.lesson && !text.is_empty() {
                self.announce(text.clone());
            }
            self.lesson = text;
        }
        let now = self.clock.as_ref().map_or(f64::INFINITY, Performance::now);
        if self.due.get().is_some_and(|due| due <= now) {
            self.due.set(None);
            let text = self.pins_change(app).to_owned() + &app.outputs().selection_text();
            self.announce(text);
        } else if self.due.get().is_none() {
            // Pins set by a pointer are not read.
            self.pins = app.plane().pins.stamps();
        }
    }
}

//! What a screen reader is told: notices, and where the point is that keys move. There is one live region, so that nothing is
//! said twice.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, Element, KeyboardEvent, Performance};

use super::{Paint, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, MAX_PINS, Version};
use crate::web::dom::{self, DomError, id, window};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// How long the keys have to rest before the place is said, in milliseconds: while one is held, nothing is.
const REST: f64 = 400.0;

/// The page's voice.
pub(super) struct LiveRegion {
    region: Element,
    plane: Element,
    clock: Option<Performance>,
    /// When the place is to be said, in milliseconds.
    due: Rc<Cell<Option<f64>>>,
    notices: RedrawThrottle<Version>,
    notice: String,
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
            pins: [0; MAX_PINS],
        })
    }

    /// Says a sentence. One that is said again ends otherwise, or it would not be heard.
    fn say(&self, mut text: String) {
        if self.region.text_content().as_ref() == Some(&text) {
            text.push('\u{a0}');
        }
        dom::set_text(&self.region, &text);
    }

    /// What a key has done to the pins.
    fn pinned(&mut self, app: &App) -> &'static str {
        let (before, after) = (self.pins, app.plane().pins().stamps());
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
            let is_told = event.key().starts_with("Arrow")
                || ["Enter", " ", "Delete", "Backspace", "Escape"].contains(&event.key().as_str());
            if is_told {
                due.set(Some(event.time_stamp() + REST));
            }
        })]
    }

    fn draw(&mut self, app: &mut App, _: &Paint) {
        if self.notices.is_due(app.notices_version(), true) {
            let text = app.notice().map_or("", |notice| &notice.text);
            if text != self.notice {
                self.notice.clear();
                self.notice.push_str(text);
                if !text.is_empty() {
                    self.say(text.to_owned());
                }
            }
        }
        let now = self.clock.as_ref().map_or(f64::INFINITY, Performance::now);
        if self.due.get().is_some_and(|due| due <= now) {
            self.due.set(None);
            let text = self.pinned(app).to_owned() + &app.place_aloud();
            self.say(text);
        } else if self.due.get().is_none() {
            // What a hand pins or removes is seen.
            self.pins = app.plane().pins().stamps();
        }
    }
}

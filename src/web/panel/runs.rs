//! Runs: the keys of Undo and Redo, and the list of kept curves.

use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent};

use super::{DrawContext, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, RunsMsg, Version, letter};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The list of kept curves, each with a button that removes it.
pub(super) struct Runs {
    document: Document,
    keep: HtmlElement,
    list: Element,
    throttle: RedrawThrottle<(Version, Version)>,
}

impl Runs {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            document: document.clone(),
            keep: dom::element(document, id::KEEP_CURVE)?,
            list: dom::element(document, id::KEPT_CURVES)?,
            throttle: RedrawThrottle::new(1),
        })
    }
}

impl Panel for Runs {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (removing, keep) = (handle.clone(), self.keep.clone());
        let remove = Listener::new(&self.list, "click", Mode::Passive, move |event: Event| {
            if let Some(number) =
                dom::attribute_at(&event, "data-curve").and_then(|number| number.parse().ok())
            {
                removing.send(RunsMsg::DropCurve(number));
                // The button disappears; the focus stays nearby.
                let _ = keep.focus();
            }
        });
        let handle = handle.clone();
        let keys = Listener::new(&self.document, "keydown", Mode::Active, move |event: KeyboardEvent| {
            // In a field these keys undo what was typed.
            if let Some(msg) = key_msg(&event).filter(|_| !dom::is_text_input(&event)) {
                event.prevent_default();
                handle.send(msg);
            }
        });
        vec![remove, keys]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        let key = (app.runs().ghosts().version(), app.run().settings_version());
        if !self.throttle.is_due(key, context.immediate) {
            return;
        }
        self.list.set_text_content(None);
        for curve in app.runs().ghosts().iter() {
            let name = app.ghost_name(curve);
            let item = dom::create(&self.document, "li", "");
            dom::append(&item, &self.document.create_text_node(&name));
            let help = "Removes this curve from the chart.";
            let remove = dom::create_button(&self.document, "quiet", "×", help);
            dom::set_attribute(&remove, "data-curve", &curve.number.to_string());
            dom::set_attribute(&remove, "aria-label", &format!("Remove the curve “{name}”"));
            dom::append(&item, &remove);
            dom::append(&self.list, &item);
        }
    }
}

fn key_msg(event: &KeyboardEvent) -> Option<RunsMsg> {
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() || event.repeat() {
        return None;
    }
    match (letter(&event.key(), &event.code()), event.shift_key()) {
        (Some('z'), false) => Some(RunsMsg::Undo),
        (Some('z'), true) | (Some('y'), false) => Some(RunsMsg::Redo),
        _ => None,
    }
}

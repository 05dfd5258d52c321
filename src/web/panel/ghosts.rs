//! The curves that are kept: the button that keeps one, and their names, each with a button that removes it.

use web_sys::{Document, Element, HtmlButtonElement, MouseEvent};

use super::{Paint, Panel, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, RunsMsg, Version};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The list below the chart.
pub(super) struct GhostList {
    document: Document,
    keep: HtmlButtonElement,
    list: Element,
    throttle: RedrawThrottle<(Version, Version)>,
    /// Whether there is a curve to be kept, and room for it.
    can_keep: RedrawThrottle<bool>,
}

impl GhostList {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            document: document.clone(),
            keep: dom::element(document, id::KEEP_CURVE)?,
            list: dom::element(document, id::GHOSTS)?,
            throttle: RedrawThrottle::new(1),
            can_keep: RedrawThrottle::new(1),
        })
    }

    fn list(&self, app: &App) {
        self.list.set_text_content(None);
        for ghost in app.ghosts().iter() {
            let name = app.ghost_name(ghost);
            let item = dom::create(&self.document, "li", "");
            dom::append(&item, &self.document.create_text_node(&name));
            let remove = dom::create(&self.document, "button", "quiet");
            dom::set_attribute(&remove, "type", "button");
            dom::set_attribute(&remove, "data-ghost", &ghost.number.to_string());
            dom::set_attribute(&remove, "aria-label", &format!("Remove the curve “{name}”"));
            dom::set_attribute(&remove, "data-help", "Removes this curve from the chart.");
            dom::set_text(&remove, "×");
            dom::append(&item, &remove);
            dom::append(&self.list, &item);
        }
    }
}

impl Panel for GhostList {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (removing, keep) = (handle.clone(), self.keep.clone());
        // One listener for all: the buttons come and go.
        let remove = Listener::new(&self.list, "click", Mode::Passive, move |event: MouseEvent| {
            let button = event.target().and_then(dom::cast::<Element>);
            let number = button.and_then(|button| button.get_attribute("data-ghost")?.parse().ok());
            if let Some(number) = number {
                removing.send(RunsMsg::DropCurve(number));
                // The button goes; who came by the keyboard is to stay nearby.
                let _ = keep.focus();
            }
        });
        vec![on_click(handle, &self.keep, RunsMsg::KeepCurve), remove]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let history = app.run().curve().history();
        let can_keep = app.ghosts().has_room() && history.train.len().max(history.test.len()) > 1;
        if self.can_keep.is_due(can_keep, true) {
            self.keep.set_disabled(!can_keep);
        }
        if self.throttle.is_due((app.ghosts().version(), app.run().settings_version()), paint.immediate) {
            self.list(app);
        }
    }
}

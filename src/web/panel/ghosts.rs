//! The curves that are kept: the button that keeps one, and their names, each with a button that removes it.

use web_sys::{Document, Element, HtmlButtonElement, MouseEvent};

use super::{Paint, Panel, on_click};
use crate::app::cadence::Cadence;
use crate::app::{App, RunsMsg, Version};
use crate::web::dom::{self, MissingElement, id};
use crate::web::event::{Listener, Mode};
use crate::web::gate::Gate;

/// The list below the chart.
pub(super) struct GhostList {
    document: Document,
    keep: HtmlButtonElement,
    list: Element,
    cadence: Cadence<(Version, Version)>,
    /// Whether there is a curve to be kept, and room for it.
    can_keep: Cadence<bool>,
}

impl GhostList {
    pub(super) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self {
            document: document.clone(),
            keep: dom::element(document, id::KEEP_CURVE)?,
            list: dom::element(document, id::GHOSTS)?,
            cadence: Cadence::new(1),
            can_keep: Cadence::new(1),
        })
    }

    fn list(&self, app: &App) {
        self.list.set_text_content(None);
        for ghost in app.ghosts().iter() {
            let name = app.ghost_name(ghost);
            let item = dom::create(&self.document, "li", "");
            dom::append(&item, &self.document.create_text_node(&name));
            let remove = dom::create(&self.document, "button", "quiet");
            dom::set_data(&remove, "type", "button");
            dom::set_data(&remove, "data-ghost", &ghost.number.to_string());
            dom::set_data(&remove, "aria-label", &format!("Remove the curve “{name}”"));
            dom::set_data(&remove, "data-help", "Removes this curve from the chart.");
            dom::set_text(&remove, "×");
            dom::append(&item, &remove);
            dom::append(&self.list, &item);
        }
    }
}

impl Panel for GhostList {
    fn bind(&self, gate: &Gate) -> Vec<Listener> {
        let (removing, keep) = (gate.clone(), self.keep.clone());
        // One listener for all: the buttons come and go.
        let remove = Listener::new(&self.list, "click", Mode::Passive, move |event: MouseEvent| {
            let button = event.target().and_then(dom::as_element::<Element>);
            let number = button.and_then(|button| button.get_attribute("data-ghost")?.parse().ok());
            if let Some(number) = number {
                removing.send(RunsMsg::DropCurve(number));
                // The button goes; who came by the keyboard is to stay nearby.
                let _ = keep.focus();
            }
        });
        vec![on_click(gate, &self.keep, RunsMsg::KeepCurve), remove]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let history = app.run().curve().history();
        let can_keep = app.ghosts().has_room() && history.train.len().max(history.test.len()) > 1;
        if self.can_keep.is_due(can_keep, true) {
            self.keep.set_disabled(!can_keep);
        }
        if self.cadence.is_due((app.ghosts().version(), app.run().settings_version()), paint.at_rest) {
            self.list(app);
        }
    }
}

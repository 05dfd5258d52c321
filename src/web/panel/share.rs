//! The link to the settings.

use web_sys::{Document, Element};

use super::{Paint, Panel, on_click};
use crate::app::{App, Msg};
use crate::web::dom::{self, MissingElement, id};
use crate::web::event::Listener;
use crate::web::gate::Gate;

/// The button that shares.
pub(super) struct Share {
    button: Element,
}

impl Share {
    pub(super) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self { button: dom::element(document, id::SHARE)? })
    }
}

impl Panel for Share {
    fn bind(&self, gate: &Gate) -> Vec<Listener> {
        vec![on_click(gate, &self.button, Msg::Share)]
    }

    fn draw(&mut self, _: &mut App, _: &Paint) {}
}

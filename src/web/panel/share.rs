//! The link to the settings.

use web_sys::{Document, Element};

use super::{Paint, Panel, on_click};
use crate::app::{App, Msg};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::Listener;
use crate::web::page_handle::PageHandle;

/// The buttons that share, with a person and with another page.
pub(super) struct Share {
    link: Element,
    embed: Element,
}

impl Share {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self { link: dom::element(document, id::SHARE)?, embed: dom::element(document, id::EMBED)? })
    }
}

impl Panel for Share {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        vec![on_click(handle, &self.link, Msg::Share), on_click(handle, &self.embed, Msg::Embed)]
    }

    fn draw(&mut self, _: &mut App, _: &Paint) {}
}

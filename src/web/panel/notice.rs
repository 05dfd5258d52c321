//! What the page has to say.

use web_sys::{Document, Element, HtmlElement};

use super::{Paint, Panel, on_click};
use crate::app::{App, NoticeMsg, Version};
use crate::cadence::Cadence;
use crate::web::dom::{self, MissingElement, id};
use crate::web::event::Listener;
use crate::web::gate::Gate;

/// The bar with a sentence and its button.
pub(super) struct NoticeBar {
    bar: HtmlElement,
    text: Element,
    action: HtmlElement,
    close: Element,
    cadence: Cadence<Version>,
}

impl NoticeBar {
    pub(super) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self {
            bar: dom::element(document, id::NOTICE)?,
            text: dom::element(document, id::NOTICE_TEXT)?,
            action: dom::element(document, id::NOTICE_ACTION)?,
            close: dom::element(document, id::NOTICE_CLOSE)?,
            cadence: Cadence::new(1),
        })
    }
}

impl Panel for NoticeBar {
    fn bind(&self, gate: &Gate) -> Vec<Listener> {
        vec![on_click(gate, &self.action, NoticeMsg::Act), on_click(gate, &self.close, NoticeMsg::Dismiss)]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        if !self.cadence.is_due(app.notices_version(), paint.at_rest) {
            return;
        }
        let notice = app.notice();
        dom::set_shown(&self.bar, notice.is_some());
        dom::set_text(&self.text, notice.map_or("", |notice| &notice.text));
        let label = notice.and_then(|notice| notice.action.as_ref()).map(|(_, label)| label.as_str());
        dom::set_shown(&self.action, label.is_some());
        dom::set_text(&self.action, label.unwrap_or_default());
    }
}

//! What the page has to say.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{Document, Element, FocusEvent, HtmlElement};

use super::{Paint, Panel, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, NoticeMsg, Version};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The bar with a sentence and its button.
pub(super) struct NoticeBar {
    bar: HtmlElement,
    text: Element,
    action: HtmlElement,
    close: HtmlElement,
    document: Document,
    /// What had the focus before the bar had it.
    before: Rc<RefCell<Option<HtmlElement>>>,
    throttle: RedrawThrottle<Version>,
}

impl NoticeBar {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            bar: dom::element(document, id::NOTICE)?,
            text: dom::element(document, id::NOTICE_TEXT)?,
            action: dom::element(document, id::NOTICE_ACTION)?,
            close: dom::element(document, id::NOTICE_CLOSE)?,
            document: document.clone(),
            before: Rc::default(),
            throttle: RedrawThrottle::new(1),
        })
    }

    /// Whether the focus is on an element or in it.
    fn has_focus(&self, element: &HtmlElement) -> bool {
        self.document.active_element().is_some_and(|active| element.contains(Some(&active)))
    }

    /// Has the focus go back to where it was before the bar had it, or to where it was first.
    fn give_focus_back(&self) {
        let before = self.before.borrow_mut().take().filter(|before| before.is_connected());
        let play = || dom::element(&self.document, id::PLAY).ok();
        if let Some(element) = before.or_else(play) {
            dom::focus(&element);
        }
    }
}

impl Panel for NoticeBar {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (bar, before) = (self.bar.clone(), Rc::clone(&self.before));
        vec![
            on_click(handle, &self.action, NoticeMsg::Act),
            on_click(handle, &self.close, NoticeMsg::Dismiss),
            Listener::new(&self.bar, "focusin", Mode::Passive, move |event: FocusEvent| {
                let from = event.related_target().and_then(dom::cast::<HtmlElement>);
                if let Some(from) = from.filter(|from| !bar.contains(Some(from))) {
                    before.replace(Some(from));
                }
            }),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        if !self.throttle.is_due(app.notices_version(), paint.immediate) {
            return;
        }
        let notice = app.notice();
        let label = notice.and_then(|notice| notice.action.as_ref()).map(|(_, label)| label.as_str());
        // What has the focus must not vanish from under it.
        if notice.is_none() && self.has_focus(&self.bar) {
            self.give_focus_back();
        } else if label.is_none() && self.has_focus(&self.action) {
            dom::focus(&self.close);
        }
        dom::set_visible(&self.bar, notice.is_some());
        dom::set_text(&self.text, notice.map_or("", |notice| &notice.text));
        dom::set_visible(&self.action, label.is_some());
        dom::set_text(&self.action, label.unwrap_or_default());
    }
}

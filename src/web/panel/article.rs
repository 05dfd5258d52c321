//! *How it works* with the run's own numbers.

use web_sys::{Document, Element, HtmlElement};

use super::{DrawContext, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Version, article_text};
use crate::web::dom::{self, DomError, id};

/// Painted frames between two updates of the numbers, about a second or two.
const REFRESH_AFTER_FRAMES: u32 = 60;

/// The elements that hold numbers, by name.
pub(super) struct Article {
    numbers: Vec<(String, Element)>,
    throttle: RedrawThrottle<(Version, Version, Version)>,
}

impl Article {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let article: HtmlElement = dom::element(document, id::HOW)?;
        let mut numbers = Vec::new();
        let marked = article.query_selector_all("[data-live]").ok();
        for node in marked.iter().flat_map(|marked| (0..marked.length()).filter_map(|i| marked.item(i))) {
            if let Some(element) = dom::cast::<Element>(node) {
                numbers.push((element.get_attribute("data-live").unwrap_or_default(), element));
            }
        }
        Ok(Self { numbers, throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES) })
    }
}

impl Panel for Article {
    fn draw(&mut self, app: &App, _: &DrawContext) {
        let key = (app.run().version(), app.plane().version(), app.references_version().0);
        // During a drag the article is not read: it waits until the page is idle.
        if !self.throttle.is_due(key, app.is_idle()) {
            return;
        }
        for (name, element) in &self.numbers {
            dom::set_text(element, &article_text(app, name).unwrap_or_else(|| "…".to_owned()));
        }
    }
}

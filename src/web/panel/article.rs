//! *How it works* with the run's own numbers, and the buttons of *Experiments*.

use web_sys::{Document, Element, Event, HtmlElement};

use super::{DrawContext, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Msg, Version, article_text};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// Painted frames between two updates of the numbers, about a second or two.
const REFRESH_AFTER_FRAMES: u32 = 60;

/// The elements that hold numbers, by name, and the experiments.
pub(super) struct Article {
    experiments: Element,
    top: Element,
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
        let top = dom::element(document, id::APP)?;
        let experiments = dom::element(document, id::EXPERIMENTS)?;
        Ok(Self { experiments, top, numbers, throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES) })
    }
}

impl Panel for Article {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (handle, top) = (handle.clone(), self.top.clone());
        vec![Listener::new(&self.experiments, "click", Mode::Passive, move |event: Event| {
            if let Some(button) = dom::closest(&event, "[data-setup]") {
                let name = button.text_content().unwrap_or_default();
                handle
                    .send(Msg::StartExperiment(name, button.get_attribute("data-setup").unwrap_or_default()));
                top.scroll_into_view();
            }
        })]
    }

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

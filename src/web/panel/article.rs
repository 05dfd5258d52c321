//! *How it works*: its sentences with the run's own numbers; and *Experiments*, whose buttons set the page up.

use web_sys::{Document, Element, Event, HtmlElement};

use super::{Paint, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Msg, Version};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The frames from one writing of the numbers to the next: about a second.
const EVERY: u32 = 60;

/// Where in the article numbers stand, by name; and the experiments.
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
        Ok(Self { experiments, top, numbers, throttle: RedrawThrottle::new(EVERY) })
    }
}

impl Panel for Article {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (handle, top) = (handle.clone(), self.top.clone());
        // One listener for all buttons: each says what it sets up.
        vec![Listener::new(&self.experiments, "click", Mode::Passive, move |event: Event| {
            let target = event.target().and_then(dom::cast::<Element>);
            let button = target.and_then(|target| target.closest("[data-setup]").ok().flatten());
            if let Some(button) = button {
                let name = button.text_content().unwrap_or_default();
                handle
                    .send(Msg::StartExperiment(name, button.get_attribute("data-setup").unwrap_or_default()));
                top.scroll_into_view();
            }
        })]
    }

    fn draw(&mut self, app: &mut App, _: &Paint) {
        let key = (app.run().version(), app.plane().version(), app.references_version().0);
        // Never at once while something moves: the user has no eye for it.
        if !self.throttle.is_due(key, app.is_idle()) {
            return;
        }
        for (name, element) in &self.numbers {
            dom::set_text(element, &app.article_text(name).unwrap_or_else(|| "…".to_owned()));
        }
    }
}

//! The page's address, which holds the settings.

use wasm_bindgen::JsValue;
use web_sys::Document;

use super::dom::{self, window};
use crate::app::embedded;

/// The least time between two changes, in milliseconds: browsers refuse hundreds of them within seconds.
const INTERVAL: f64 = 400.0;

/// The attribute of the root element by which the style sheet knows which panels are shown inside another page.
const EMBED: &str = "data-embed";

/// What is to be written into the address, and when it was last written.
#[derive(Debug, Default)]
pub(crate) struct UrlWriter {
    pending: Option<String>,
    next: f64,
}

/// Shows the panels that a fragment chooses for a page inside another one, or the whole page.
pub(crate) fn choose_panels(document: &Document, fragment: &str) {
    let Some(root) = document.document_element() else { return };
    match embedded(fragment) {
        Some(panels) => dom::set_attribute(&root, EMBED, &panels.join(" ")),
        // It cannot fail: an attribute that is absent may be removed.
        None => drop(root.remove_attribute(EMBED)),
    }
}

/// What an address says of the panels that are shown, to be put before its settings.
fn prefix() -> String {
    let root = window().document().and_then(|document| document.document_element());
    let panels = root.and_then(|root| root.get_attribute(EMBED));
    panels.map_or(String::new(), |panels| format!("embed={}&", panels.replace(' ', ",")))
}

impl UrlWriter {
    /// Has a fragment written, without its `#`.
    pub(crate) fn set(&mut self, fragment: String) {
        self.pending = Some(fragment);
    }

    /// Returns whether a fragment waits to be written.
    pub(crate) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Writes what is pending, if it is time for that.
    pub(crate) fn write(&mut self, now: f64) {
        if now < self.next {
            return;
        }
        let Some(fragment) = self.pending.take() else { return };
        let written = window().history().and_then(|history| {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{}{fragment}", prefix())))
        });
        if written.is_err() {
            self.pending = Some(fragment);
        }
        self.next = now + INTERVAL;
    }
}

/// A link to this page with a fragment, without its `#`.
pub(crate) fn link(fragment: &str) -> String {
    let href = window().location().href().unwrap_or_default();
    format!("{}#{fragment}", href.split('#').next().unwrap_or_default())
}

/// Markup that shows this page, with a fragment, inside another page.
pub(crate) fn embed_markup(fragment: &str) -> String {
    let source = link(&format!("embed=transport,plane,decoded&{fragment}")).replace('&', "&amp;");
    format!(
        "<iframe src=\"{source}\" title=\"Bottleneck\" width=\"900\" height=\"720\" allow=\"fullscreen\"></iframe>"
    )
}

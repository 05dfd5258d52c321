//! The page's URL, whose fragment holds the settings.

use wasm_bindgen::JsValue;
use web_sys::Document;

use super::dom::{self, window};
use crate::app::{PRESENT_KEY, embedded, pairs};

/// The shortest time between two changes, in milliseconds: browsers limit their rate.
const MIN_INTERVAL_MS: f64 = 400.0;

/// The attribute of the root element that holds the panels of an embedded page, for the style sheet.
const EMBED: &str = "data-embed";

/// Writes the fragment of the URL, at a limited rate.
#[derive(Debug, Default)]
pub(crate) struct UrlWriter {
    pending: Option<String>,
    /// When it may be written next, in milliseconds.
    next_write_ms: f64,
}

/// Shows the panels that a fragment chooses for an embedded page, or else all.
pub(crate) fn choose_panels(document: &Document, fragment: &str) {
    let Some(root) = document.document_element() else { return };
    match embedded(fragment) {
        Some(panels) => dom::set_attribute(&root, EMBED, &panels.join(" ")),
        None => dom::remove_attribute(&root, EMBED),
    }
}

/// Returns the part of the fragment that chooses the panels of an embedded page.
fn prefix() -> String {
    let root = window().document().and_then(|document| document.document_element());
    let panels = root.and_then(|root| root.get_attribute(EMBED));
    panels.map_or(String::new(), |panels| format!("embed={}&", panels.replace(' ', ",")))
}

impl UrlWriter {
    /// Schedules a fragment, without its `#`.
    pub(crate) fn schedule(&mut self, fragment: String) {
        self.pending = Some(fragment);
    }

    /// Returns whether a fragment waits to be written.
    pub(crate) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Writes the scheduled fragment, if it is time for that.
    pub(crate) fn write(&mut self, now: f64) {
        if now < self.next_write_ms {
            return;
        }
        let Some(fragment) = self.pending.take() else { return };
        let written = window().history().and_then(|history| {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{}{fragment}", prefix())))
        });
        if written.is_err() {
            self.pending = Some(fragment);
        }
        self.next_write_ms = now + MIN_INTERVAL_MS;
    }
}

/// Returns whether the fragment asks to present the page.
pub(crate) fn asks_to_present() -> bool {
    let fragment = window().location().hash().unwrap_or_default();
    pairs(&fragment).any(|(key, _)| key == PRESENT_KEY)
}

/// Returns a link to this page with a fragment, without its `#`.
pub(crate) fn link(fragment: &str) -> String {
    let href = window().location().href().unwrap_or_default();
    format!("{}#{fragment}", href.split('#').next().unwrap_or_default())
}

/// Returns the markup that embeds this page, with a fragment, in another.
pub(crate) fn embed_markup(fragment: &str) -> String {
    let source = link(&format!("embed&{fragment}")).replace('&', "&amp;");
    format!(
        "<iframe src=\"{source}\" title=\"Bottleneck\" width=\"900\" height=\"720\" allow=\"fullscreen\"></iframe>"
    )
}

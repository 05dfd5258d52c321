//! The page's address, which holds the settings.

use wasm_bindgen::JsValue;

use super::dom::window;

/// The least time between two changes, in milliseconds: browsers refuse hundreds of them within seconds.
const INTERVAL: f64 = 400.0;

/// What is to be written into the address, and when it was last written.
#[derive(Debug, Default)]
pub(crate) struct Address {
    pending: Option<String>,
    next: f64,
}

impl Address {
    /// Has a fragment written, without its `#`.
    pub(crate) fn set(&mut self, fragment: String) {
        self.pending = Some(fragment);
    }

    /// Writes what is pending, if it is time for that.
    pub(crate) fn write(&mut self, now: f64) {
        if now < self.next {
            return;
        }
        let Some(fragment) = self.pending.take() else { return };
        let written = window().history().and_then(|history| {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{fragment}")))
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

//! The clipboard.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::dom::window;
use super::gate::Gate;
use super::task::Task;
use crate::app::NoticeMsg;

/// Copies a link to the settings, and says whether that could be done.
pub(crate) fn copy(gate: Gate, link: String) -> Task {
    Task::spawn(async move {
        // Where a page is not served securely, there is no clipboard.
        let clipboard = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard"));
        let copied = if clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
            JsFuture::from(window().navigator().clipboard().write_text(&link)).await.is_ok()
        } else {
            false
        };
        gate.send(NoticeMsg::Say(if copied {
            "The link to these settings is on the clipboard.".to_owned()
        } else {
            "This page's address now holds these settings: copy it from the address bar.".to_owned()
        }));
    })
}

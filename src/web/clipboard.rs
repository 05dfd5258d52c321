//! The clipboard.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::dom::window;
use super::future::SpawnedFuture;
use super::page_handle::PageHandle;
use crate::app::NoticeMsg;

/// Copies a text, and says `copied`, or `refused` if that could not be done.
pub(crate) fn copy(handle: PageHandle, text: String, copied: &'static str, refused: String) -> SpawnedFuture {
    SpawnedFuture::spawn(async move {
        // Where a page is not served securely, there is no clipboard.
        let clipboard = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard"));
        let is_done = if clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
            JsFuture::from(window().navigator().clipboard().write_text(&text)).await.is_ok()
        } else {
            false
        };
        handle.send(NoticeMsg::Say(if is_done { copied.to_owned() } else { refused }));
    })
}

//! Files on their way to the visitor.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::dom::window;
use super::fetch::reason;
use super::task::sleep;
use crate::app::SavedFile;

/// How long the browser has to fetch what it was handed, in milliseconds: some ask the visitor first.
const PATIENCE: i32 = 40_000;

/// Hands a file to the browser, which downloads it. Each file is held for its own time, however many follow it.
///
/// # Errors
/// The reason, as the second half of a sentence.
pub(crate) fn hand_over(file: &SavedFile) -> Result<(), String> {
    let url = ObjectUrl::of(&file.bytes).map_err(reason)?;
    let document = window().document().ok_or("there is no page to save from")?;
    let anchor = document.create_element("a").map_err(reason)?;
    let anchor: HtmlAnchorElement = anchor.dyn_into().map_err(|_| "the browser has no links")?;
    anchor.set_href(&url.0);
    anchor.set_download(&file.name);
    anchor.click();
    spawn_local(async move {
        sleep(PATIENCE).await;
        drop(url);
    });
    Ok(())
}

/// An address of bytes in memory, valid until this is dropped.
struct ObjectUrl(String);

impl ObjectUrl {
    fn of(bytes: &[u8]) -> Result<Self, JsValue> {
        let options = BlobPropertyBag::new();
        options.set_type("application/octet-stream");
        let parts = Array::of1(&Uint8Array::from(bytes));
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
        Url::create_object_url_with_blob(&blob).map(Self)
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        // It cannot fail: browsers ignore an address that they do not know.
        let _ = Url::revoke_object_url(&self.0);
    }
}

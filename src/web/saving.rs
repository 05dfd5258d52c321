//! Files on their way to the visitor.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::dom::window;
use super::fetch::reason;
use super::task::Task;
use crate::app::SavedFile;

/// How long the browser has to fetch what it was handed, in milliseconds: some ask the visitor first.
const PATIENCE: i32 = 40_000;

/// Hands a file to the browser, which downloads it. The task holds the file until that is done, and lets go of it when
/// dropped.
///
/// # Errors
/// The reason, as the second half of a sentence.
pub(crate) fn hand_over(file: &SavedFile) -> Result<Task, String> {
    let url = ObjectUrl::of(&file.bytes).map_err(reason)?;
    let document = window().document().ok_or("there is no page to save from")?;
    let anchor = document.create_element("a").map_err(reason)?;
    let anchor: HtmlAnchorElement = anchor.dyn_into().map_err(|_| "the browser knows no links")?;
    anchor.set_href(&url.0);
    anchor.set_download(&file.name);
    anchor.click();
    Ok(Task::spawn(async move {
        let elapsed = Promise::new(&mut |resolve, _| {
            // Without a timer the file would be let go of at once.
            let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, PATIENCE);
        });
        let _ = JsFuture::from(elapsed).await;
        drop(url);
    }))
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
        // It cannot fail: an address that is unknown is passed over.
        let _ = Url::revoke_object_url(&self.0);
    }
}

//! Saves files by the browser's downloads.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlCanvasElement, Url};

use super::dom::{self, Reason, window};
use super::fetch::reason;
use super::future::sleep;
use super::picture::{SCRAMBLED, scrambles_canvas};
use crate::app::SavedFile;
use crate::files::write_png;
use crate::view::raster::RgbaImage;

/// How long a file stays in memory for the browser to fetch it, in milliseconds: some ask the user first.
const KEEP_URL_MS: i32 = 40_000;

/// Has the browser download a file.
pub(crate) fn save_file(file: &SavedFile) -> Result<(), Reason> {
    let options = BlobPropertyBag::new();
    options.set_type("application/octet-stream");
    let parts = Array::of1(&Uint8Array::from(&*file.bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).map_err(reason)?;
    save_blob(&file.name, &blob)
}

/// Has the browser download a blob.
pub(crate) fn save_blob(name: &str, blob: &Blob) -> Result<(), Reason> {
    let url = ObjectUrl(Url::create_object_url_with_blob(blob).map_err(reason)?);
    let document = window().document().ok_or("there is no page to save from")?;
    let anchor = document.create_element("a").map_err(reason)?;
    let anchor: HtmlAnchorElement = anchor.dyn_into().map_err(|_| "the browser has no links")?;
    anchor.set_href(&url.0);
    anchor.set_download(name);
    anchor.click();
    spawn_local(async move {
        sleep(KEEP_URL_MS).await;
        drop(url);
    });
    Ok(())
}

/// Pictures narrower than this, in pixels, are enlarged.
const MIN_WIDTH: u32 = 560;

/// Has the browser download what a canvas shows as a PNG, enlarged by a whole number if it is small: from the pixels put on it, or
/// from the canvas itself if it shows lines and texts.
#[inline(never)]
pub(crate) fn save_picture(
    canvas: &HtmlCanvasElement,
    pixels: Option<&RgbaImage>,
    name: &str,
) -> Result<(), Reason> {
    let scale = MIN_WIDTH.div_ceil(canvas.width().max(1));
    if let Some(image) = pixels.filter(|image| image.width() > 0) {
        let bytes = write_png(image.pixels(), image.width(), scale as usize);
        return save_file(&SavedFile { name: format!("bottleneck-{name}.png"), bytes });
    }
    if scrambles_canvas() {
        return Err(SCRAMBLED.to_owned());
    }
    let (width, height) = (scale * canvas.width(), scale * canvas.height());
    let (copy, context) = dom::create_canvas((width, height), false)?;
    context.set_image_smoothing_enabled(false);
    let (width, height) = (f64::from(width), f64::from(height));
    context
        .draw_image_with_html_canvas_element_and_dw_and_dh(canvas, 0.0, 0.0, width, height)
        .map_err(reason)?;
    let name = format!("bottleneck-{name}.png");
    let on_blob = Closure::once_into_js(move |blob: Option<Blob>| {
        // There is no blob if memory runs out.
        let _ = blob.map(|blob| save_blob(&name, &blob));
    });
    copy.to_blob(on_blob.unchecked_ref()).map_err(reason)
}

/// The URL of a blob, valid until this is dropped.
struct ObjectUrl(String);

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        // Unknown URLs are ignored.
        let _ = Url::revoke_object_url(&self.0);
    }
}

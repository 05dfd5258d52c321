//! Pictures as examples.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{OffscreenCanvas, OffscreenCanvasRenderingContext2d as Context};

use super::arrays::{bytes, new_bytes, wrong_type};
use super::error;
use crate::data::picture::{self, Fit};

/// The longest side of a canvas that all browsers support.
const MAX_SIDE: f64 = 16_384.0;

/// Converts a picture to an example of 28 x 28 pixels like MNIST's: grey, light ink on a dark background, centred.
///
/// `image` is an `ImageData`, a canvas, or an `ImageBitmap`. The corners tell whether it is dark on light, and transparent pixels
/// are background. Outside a browser it is `{ data, width, height }`, with sides that are the same multiple of 28.
///
/// # Errors
/// If it is no picture, or there is no `OffscreenCanvas` to scale it.
#[wasm_bindgen(js_name = toMnistImage, unchecked_return_type = "Uint8Array<ArrayBuffer>")]
pub fn to_mnist_image(
    #[wasm_bindgen(unchecked_param_type = "Picture")] image: &JsValue,
) -> Result<Uint8Array, JsValue> {
    let wrong = || wrong_type("the image", "an ImageData, a canvas or an ImageBitmap", image);
    if !image.is_object() {
        return Err(wrong());
    }
    let [width, height] = ["width", "height"].map(|key| {
        let side = Reflect::get(image, &key.into())?.as_f64();
        let side = side.filter(|side| side.fract() == 0.0 && (1.0..=MAX_SIDE).contains(side));
        side.map(|side| side as u32).ok_or_else(wrong)
    });
    let (width, height) = (width?, height?);
    let fit = Fit::new(width, height);
    let data = Reflect::get(image, &"data".into())?;
    let rgba = if data.is_undefined() {
        scaled(image, fit)?
    } else {
        let rgba = bytes("the data of the image", &data)?;
        let expected = 4 * width as usize * height as usize;
        if rgba.len() != expected {
            return Err(error(&format!(
                "the data of the image must have {expected} bytes, got {}",
                rgba.len()
            )));
        }
        if (fit.width, fit.height) == (width as usize, height as usize) {
            rgba
        } else {
            let context = context(width, height)?;
            context.put_image_data(image.unchecked_ref(), 0.0, 0.0)?;
            scaled(&context.canvas(), fit)?
        }
    };
    new_bytes(&picture::to_mnist_image(&rgba, fit))
}

/// Returns the pixels of a canvas or bitmap at the size of `fit`, as the page scales pictures.
fn scaled(image: &JsValue, fit: Fit) -> Result<Vec<u8>, JsValue> {
    let context = context(fit.width as u32, fit.height as u32)?;
    // Not all browsers know it.
    let _ = Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into());
    let (width, height) = (fit.width as f64, fit.height as f64);
    // Whatever the browser can draw; it throws for anything else.
    context.draw_image_with_image_bitmap_and_dw_and_dh(image.unchecked_ref(), 0.0, 0.0, width, height)?;
    Ok(context.get_image_data(0.0, 0.0, width, height)?.data().0)
}

/// Returns the context of a new canvas.
fn context(width: u32, height: u32) -> Result<Context, JsValue> {
    let canvas = OffscreenCanvas::new(width, height);
    let context = canvas.and_then(|canvas| canvas.get_context("2d")).ok().flatten();
    let missing = || {
        error("a picture of this size needs an OffscreenCanvas, which is missing here: pass 28 x 28 pixels")
    };
    context.map(JsCast::unchecked_into).ok_or_else(missing)
}

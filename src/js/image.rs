//! Pictures as examples.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{OffscreenCanvas, OffscreenCanvasRenderingContext2d as Context};

use super::arrays::{bytes, new_bytes, wrong_type};
use super::error;
use crate::data::picture;

/// The longest side of a canvas that all browsers support.
const MAX_SIDE: f64 = 16_384.0;

/// Converts a picture to an example of 28 x 28 pixels like MNIST's: grey, light ink on a dark background, centred.
///
/// `image` is an `ImageData`, a canvas, or an `ImageBitmap`. The corners tell whether it is dark on light, and transparent pixels
/// are background. Outside a browser it is `{ data, width, height }`.
///
/// # Errors
/// If it is no picture, or there is no `OffscreenCanvas` to read a canvas or a bitmap.
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
    let data = Reflect::get(image, &"data".into())?;
    let (rgba, width, height) = if data.is_undefined() {
        let (width, height) = picture::fitting_size(width, height);
        (drawn(image, width, height)?, width as usize, height as usize)
    } else {
        let rgba = bytes("the data of the image", &data)?;
        let (width, height) = (width as usize, height as usize);
        let expected = 4 * width * height;
        if rgba.len() != expected {
            return Err(error(&format!(
                "the data of the image must have {expected} bytes, got {}",
                rgba.len()
            )));
        }
        (rgba, width, height)
    };
    let (mut pixels, background) = picture::to_image(&rgba, width, height);
    if background == u8::MAX {
        pixels.iter_mut().for_each(|pixel| *pixel = u8::MAX - *pixel);
    }
    new_bytes(&pixels)
}

/// Returns the pixels of a canvas or bitmap at a size.
fn drawn(image: &JsValue, width: u32, height: u32) -> Result<Vec<u8>, JsValue> {
    let context = context(width, height)?;
    // Not all browsers know it.
    let _ = Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into());
    let (width, height) = (f64::from(width), f64::from(height));
    // Whatever the browser can draw; it throws for anything else.
    context.draw_image_with_image_bitmap_and_dw_and_dh(image.unchecked_ref(), 0.0, 0.0, width, height)?;
    Ok(context.get_image_data(0.0, 0.0, width, height)?.data().0)
}

/// Returns the context of a new canvas.
fn context(width: u32, height: u32) -> Result<Context, JsValue> {
    let canvas = OffscreenCanvas::new(width, height);
    let context = canvas.and_then(|canvas| canvas.get_context("2d")).ok().flatten();
    let missing = || {
        error(
            "reading a canvas or a bitmap needs an OffscreenCanvas, which is missing here: pass an ImageData",
        )
    };
    context.map(JsCast::unchecked_into).ok_or_else(missing)
}

//! The user's pictures, decoded and scaled by the browser.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ColorSpaceConversion, File, ImageBitmap, ImageBitmapOptions};

use super::dom::{self, window};
use super::fetch::reason;
use crate::data::{PIXELS, picture};

/// Returns a picture as 28 x 28 greys (ink 255, paper 0): PNG, JPEG, WebP, or whatever else this browser decodes.
/// It decodes in the background; the page only scales the picture down.
///
/// # Errors
/// The reason, as the second half of a sentence, if the browser cannot decode the file.
pub(crate) async fn read(file: &File) -> Result<[u8; PIXELS], String> {
    let options = ImageBitmapOptions::new();
    // The greys of the file, whatever its colour profile.
    options.set_color_space_conversion(ColorSpaceConversion::None);
    let decoding =
        window().create_image_bitmap_with_blob_and_image_bitmap_options(file, &options).map_err(reason)?;
    let decoded = JsFuture::from(decoding).await;
    let bitmap = Bitmap(decoded.map_err(|_| "the browser cannot decode this picture")?.unchecked_into());
    let fit = picture::Fit::new(bitmap.0.width(), bitmap.0.height());
    let rgba = scaled(&bitmap.0, fit).map_err(reason)?;
    Ok(picture::to_mnist_image(&rgba, fit))
}

/// A decoded picture, freed when this is dropped: a dozen may be half a gigabyte.
struct Bitmap(ImageBitmap);

impl Drop for Bitmap {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Returns the picture's pixels at another size, as RGBA.
fn scaled(bitmap: &ImageBitmap, fit: picture::Fit) -> Result<Vec<u8>, JsValue> {
    let (_, context) = dom::create_canvas((fit.width as u32, fit.height as u32), true)?;
    context.set_image_smoothing_enabled(true);
    // Some browsers do not support this.
    let _ = js_sys::Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into());
    let (width, height) = (fit.width as f64, fit.height as f64);
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width, height)?;
    Ok(context.get_image_data(0.0, 0.0, width, height)?.data().0)
}

#[cfg(test)]
mod tests {
    use js_sys::{Array, Uint8Array};
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
    use web_sys::FilePropertyBag;

    use super::*;
    use crate::data::SIDE;

    wasm_bindgen_test_configure!(run_in_browser);

    fn file(name: &str, mime_type: &str, bytes: &[u8]) -> File {
        let options = FilePropertyBag::new();
        options.set_type(mime_type);
        let parts = Array::of1(&Uint8Array::from(bytes));
        File::new_with_u8_array_sequence_and_options(&parts, name, &options).expect("a file")
    }

    /// A picture as the browser itself encodes it, painted by a script that is given a `context`.
    async fn painted(width: u32, height: u32, mime_type: &str, paint: &str) -> File {
        let script = format!(
            "const canvas = document.createElement('canvas');
             canvas.width = {width}; canvas.height = {height};
             const context = canvas.getContext('2d');
             {paint};
             return new Promise((resolve) => canvas.toBlob((blob) =>
                 resolve(new File([blob], 'digit', {{ type: '{mime_type}' }})), '{mime_type}', 1));"
        );
        let encoding = js_sys::Function::new_no_args(&script).call0(&JsValue::NULL).expect("a promise");
        JsFuture::from(encoding.unchecked_into::<js_sys::Promise>()).await.expect("a file").unchecked_into()
    }

    /// White paper with a black bar down its middle.
    fn bar(width: u32, height: u32) -> String {
        format!(
            "context.fillStyle = 'white'; context.fillRect(0, 0, {width}, {height});
             context.fillStyle = 'black'; context.fillRect({width} * 3 / 7, 0, {width} / 7, {height})"
        )
    }

    #[wasm_bindgen_test]
    async fn pictures_of_every_kind_and_size_become_ink_on_paper() {
        for (width, height, mime_type) in [
            (28, 28, "image/png"),
            (280, 280, "image/jpeg"),
            (100, 100, "image/webp"),
            (14, 14, "image/png"),
            (4_000, 3_000, "image/jpeg"),
        ] {
            let picture = painted(width, height, mime_type, &bar(width, height)).await;
            let image = read(&picture).await.unwrap();
            let (ink, paper) = (image[14 * SIDE + 14], image[14 * SIDE + 2]);
            assert!(ink > 240 && paper < 15, "{width} x {height} {mime_type}: ink {ink}, paper {paper}");
        }
    }

    #[wasm_bindgen_test]
    async fn a_png_of_28_by_28_greys_is_read_to_the_last_bit() {
        let paint = "const image = context.createImageData(28, 28);
             for (let i = 0; i < 784; i++) {
                 const row = Math.floor(i / 28), level = row < 6 || row > 21 ? 0 : i % 256;
                 image.data.set([level, level, level, 255], 4 * i);
             }
             context.putImageData(image, 0, 0)";
        let image = read(&painted(28, 28, "image/png", paint).await).await.unwrap();
        let expected = |i: usize| if (6 * SIDE..22 * SIDE).contains(&i) { (i % 256) as u8 } else { 0 };
        assert!((0..PIXELS).all(|i| image[i] == expected(i)));
    }

    #[wasm_bindgen_test]
    async fn a_broken_picture_is_refused_with_a_reason() {
        let broken = file("seven.png", "image/png", b"This is no picture.");
        assert_eq!(read(&broken).await, Err("the browser cannot decode this picture".to_owned()));
    }

    #[wasm_bindgen_test]
    async fn a_large_picture_does_not_block_the_page() {
        let picture = painted(4_000, 3_000, "image/jpeg", &bar(4_000, 3_000)).await;
        let clock = window().performance().expect("a clock");
        // The longest time in which no other task was served.
        let watch = js_sys::Function::new_no_args(
            "const watch = { longest: 0, on: true }; let last = performance.now();
             const channel = new MessageChannel();
             channel.port1.onmessage = () => {
                 const now = performance.now();
                 watch.longest = Math.max(watch.longest, now - last); last = now;
                 if (watch.on) channel.port2.postMessage(0);
             };
             channel.port2.postMessage(0);
             return watch;",
        );
        let watch = watch.call0(&JsValue::NULL).expect("a watch");
        let start = clock.now();
        read(&picture).await.unwrap();
        let whole = clock.now() - start;
        super::super::future::sleep(50).await;
        js_sys::Reflect::set(&watch, &"on".into(), &JsValue::FALSE).unwrap();
        let longest = js_sys::Reflect::get(&watch, &"longest".into()).unwrap().as_f64().unwrap();
        wasm_bindgen_test::console_log!(
            "12 megapixels: {whole:.0} ms, of which {longest:.0} ms held the page up"
        );
        assert!(longest < 250.0, "the page was held up for {longest} ms of {whole} ms");
    }
}

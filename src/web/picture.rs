//! The user's pictures, decoded by the browser.

use std::cell::RefCell;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, ColorSpaceConversion, ImageBitmap, ImageBitmapOptions, ImageData,
};

use super::dom::{self, window};
use crate::app::DecodedPicture;
use crate::data::{PIXELS, SIDE, picture};

/// The rows of a sprite sheet that are read at a time: browsers limit the size of a canvas.
const SHEET_ROWS: u32 = 1_000;

thread_local! {
    /// The canvas of the last picture: another one for each would take longer than the decoding.
    static SURFACE: RefCell<Option<Surface>> = const { RefCell::new(None) };
}

/// Decodes a picture's file: PNG, JPEG, WebP, or whatever else this browser decodes; none if it cannot. It decodes in
/// the background; the page only scales a large picture down.
pub(crate) async fn decode(file: &Blob) -> Option<DecodedPicture> {
    let options = ImageBitmapOptions::new();
    // The greys of the file, whatever its colour profile.
    options.set_color_space_conversion(ColorSpaceConversion::None);
    let decoding = window().create_image_bitmap_with_blob_and_image_bitmap_options(file, &options).ok()?;
    let bitmap = Bitmap(JsFuture::from(decoding).await.ok()?.unchecked_into());
    let pixels = bitmap.0.width() as usize * bitmap.0.height() as usize;
    Some(DecodedPicture { images: to_images(&bitmap.0).ok()?, pixels })
}

/// Wraps bytes in a `Blob`.
pub(crate) fn blob(bytes: &[u8]) -> Option<Blob> {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).ok()
}

/// Why pixels cannot be read in a browser that scrambles them.
pub(crate) const SCRAMBLED: &str = "this browser gives a page noise in place of the pixels of a canvas, so that nobody can be \
                                    traced by them: allow this page to read canvases";

/// Returns whether the browser scrambles what a page reads from a canvas, as some do against tracking: a known pattern comes back
/// as another one.
pub(crate) fn scrambles_canvas() -> bool {
    let side = SIDE as u32;
    let pattern: Vec<u8> =
        (0..4 * PIXELS).map(|i| if i % 4 == 3 { 255 } else { (i * i % 251) as u8 }).collect();
    let read = || {
        let surface = Surface::new(side, side)?;
        let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pattern), side, side)?;
        surface.context.put_image_data(&data, 0.0, 0.0)?;
        let (width, height) = (f64::from(side), f64::from(side));
        Ok::<_, JsValue>(surface.context.get_image_data(0.0, 0.0, width, height)?.data().0)
    };
    read().is_ok_and(|read| read != pattern)
}

/// A decoded picture, freed when this is dropped: a dozen may be half a gigabyte.
struct Bitmap(ImageBitmap);

impl Drop for Bitmap {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Reads the rows of a sprite sheet as images, or the whole picture as one.
fn to_images(bitmap: &ImageBitmap) -> Result<Vec<u8>, JsValue> {
    let (width, height) = (bitmap.width(), bitmap.height());
    let mut images = Vec::new();
    if width as usize == PIXELS {
        let sheet = Surface::new(width, height.min(SHEET_ROWS))?;
        let mut row = 0;
        while row < height && (row > 0 || picture::is_sheet(PIXELS, &sheet.rows(bitmap, 0)?)) {
            picture::sheet_rows(&sheet.rows(bitmap, row)?, &mut images);
            row += SHEET_ROWS;
        }
    }
    if images.is_empty() {
        let (width, height) = picture::fitting_size(width, height);
        let rgba = SURFACE.with_borrow_mut(|last| {
            let surface = match last.take() {
                Some(surface) if (surface.width, surface.height) == (width, height) => surface,
                _ => Surface::new(width, height)?,
            };
            last.insert(surface).scaled(bitmap)
        })?;
        picture::to_images(&rgba, width as usize, height as usize, &mut images);
    }
    Ok(images)
}

/// A canvas from which pixels are read.
struct Surface {
    context: CanvasRenderingContext2d,
    width: u32,
    height: u32,
}

impl Surface {
    fn new(width: u32, height: u32) -> Result<Self, JsValue> {
        let (_, context) = dom::create_canvas((width, height), true)?;
        context.set_image_smoothing_enabled(true);
        // Some browsers do not support this.
        let _ = js_sys::Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into());
        Ok(Self { context, width, height })
    }

    /// Returns the picture's pixels at the canvas' size, as RGBA.
    fn scaled(&self, bitmap: &ImageBitmap) -> Result<Vec<u8>, JsValue> {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        self.context.clear_rect(0.0, 0.0, width, height);
        self.context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width, height)?;
        Ok(self.context.get_image_data(0.0, 0.0, width, height)?.data().0)
    }

    /// Returns the picture's pixels from a row on, as far as the canvas goes.
    fn rows(&self, bitmap: &ImageBitmap, row: u32) -> Result<Vec<u8>, JsValue> {
        let (width, height) = (f64::from(self.width), f64::from(self.height.min(bitmap.height() - row)));
        self.context.clear_rect(0.0, 0.0, width, f64::from(self.height));
        self.context.draw_image_with_image_bitmap(bitmap, 0.0, -f64::from(row))?;
        Ok(self.context.get_image_data(0.0, 0.0, width, height)?.data().0)
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    /// A picture as the browser itself encodes it, painted by a script that is given a `context`.
    async fn painted(width: u32, height: u32, mime_type: &str, paint: &str) -> Vec<u8> {
        let script = format!(
            "const canvas = document.createElement('canvas');
             canvas.width = {width}; canvas.height = {height};
             const context = canvas.getContext('2d');
             {paint};
             return new Promise((resolve) => canvas.toBlob((blob) =>
                 resolve(blob.arrayBuffer()), '{mime_type}', 1));"
        );
        let encoding = js_sys::Function::new_no_args(&script).call0(&JsValue::NULL).expect("a promise");
        let buffer = JsFuture::from(encoding.unchecked_into::<js_sys::Promise>()).await.expect("a file");
        Uint8Array::new(&buffer).to_vec()
    }

    /// White paper with a black bar down its middle.
    fn bar(width: u32, height: u32) -> String {
        format!(
            "context.fillStyle = 'white'; context.fillRect(0, 0, {width}, {height});
             context.fillStyle = 'black'; context.fillRect({width} * 3 / 7, 0, {width} / 7, {height})"
        )
    }

    #[wasm_bindgen_test]
    async fn pictures_of_every_kind_and_size_become_images() {
        for (width, height, mime_type) in [
            (28, 28, "image/png"),
            (280, 280, "image/jpeg"),
            (100, 100, "image/webp"),
            (14, 14, "image/png"),
            (4_000, 3_000, "image/jpeg"),
        ] {
            let picture = painted(width, height, mime_type, &bar(width, height)).await;
            let DecodedPicture { images: image, pixels } = decode(&blob(&picture).unwrap()).await.unwrap();
            assert_eq!(pixels, (width * height) as usize);
            let (ink, paper) = (image[14 * SIDE + 14], image[14 * SIDE + 2]);
            assert!(
                image.len() == PIXELS && ink < 15 && paper > 240,
                "{width} x {height} {mime_type}: ink {ink}, paper {paper}"
            );
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
        let image = decode(&blob(&painted(28, 28, "image/png", paint).await).unwrap()).await.unwrap().images;
        let expected = |i: usize| if (6 * SIDE..22 * SIDE).contains(&i) { (i % 256) as u8 } else { 0 };
        assert!((0..PIXELS).all(|i| image[i] == expected(i)));
    }

    #[wasm_bindgen_test]
    async fn a_long_sprite_sheet_is_read_to_its_last_row() {
        // Each image has a bar of its own; below each other they differ.
        let paint = "context.fillStyle = 'black'; context.fillRect(0, 0, 784, 2300);
             context.fillStyle = 'white';
             for (let row = 0; row < 2300; row++)
                 for (let y = 2; y < 26; y++) context.fillRect(28 * y + row * 7 % 25, row, 3, 1)";
        let images =
            decode(&blob(&painted(784, 2_300, "image/png", paint).await).unwrap()).await.unwrap().images;
        assert_eq!(images.len(), 2_300 * PIXELS);
        for row in [0, 999, 1_000, 2_299] {
            let image = &images[row * PIXELS..][..PIXELS];
            let bar = row * 7 % 25;
            assert_eq!(
                (image[5 * SIDE + bar], image[25 * SIDE + bar + 2], image[SIDE + bar]),
                (255, 255, 0),
                "{row}"
            );
        }
    }

    #[wasm_bindgen_test]
    async fn a_broken_picture_has_no_images() {
        assert_eq!(decode(&blob(b"This is no picture.").unwrap()).await, None);
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
        decode(&blob(&picture).unwrap()).await.unwrap();
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

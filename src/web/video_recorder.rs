//! Records videos of canvases with the browser's `MediaRecorder`.

use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BlobEvent, CanvasRenderingContext2d, HtmlCanvasElement, MediaRecorder, MediaRecorderOptions};

use super::dom::{self, Reason, window};
use super::fetch::reason;
use super::page_handle::PageHandle;
use super::saving;
use crate::app::NoticeMsg;

/// The MIME types that a browser may support, the best first, and their file extensions.
const TYPES: [(&str, &str); 3] =
    [("video/webm;codecs=vp9", "webm"), ("video/webm", "webm"), ("video/mp4", "mp4")];

/// The height of the caption, relative to that of the canvases, and the font's relative to the caption's.
const CAPTION: f64 = 0.07;
const FONT: f64 = 0.62;

/// The colours of the caption and its text.
const CAPTION_COLORS: (&str, &str) = ("#1b1b18", "#ffffff");

/// A recording of canvases side by side, each scaled to the height of the first, over a caption.
pub(crate) struct VideoRecorder {
    sources: Vec<HtmlCanvasElement>,
    /// The height of the canvases.
    height: u32,
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    recorder: MediaRecorder,
}

/// Returns whether this browser can record videos.
pub(crate) fn is_supported() -> bool {
    supported_type().is_some()
}

fn supported_type() -> Option<(&'static str, &'static str)> {
    let has_recorder = Reflect::has(&window(), &"MediaRecorder".into()).unwrap_or(false);
    TYPES.into_iter().find(|(mime_type, _)| has_recorder && MediaRecorder::is_type_supported(mime_type))
}

impl VideoRecorder {
    /// Starts a recording, which is saved under `name` when it is finished.
    pub(crate) fn start(
        handle: &PageHandle,
        name: &str,
        sources: Vec<HtmlCanvasElement>,
    ) -> Result<Self, Reason> {
        let (mime_type, extension) = supported_type().ok_or("this browser cannot record canvases")?;
        let height = sources.first().map_or(0, HtmlCanvasElement::height);
        let width = sources.iter().map(|source| width_at(source, height)).sum();
        // Encoders want even numbers of pixels.
        let caption = (CAPTION * f64::from(height)).ceil() as u32;
        let even = |length: u32| length.next_multiple_of(2);
        let (canvas, context) = dom::create_canvas((even(width), even(height + caption)), false)?;
        let stream = canvas.capture_stream().map_err(reason)?;
        let options = MediaRecorderOptions::new();
        options.set_mime_type(mime_type);
        options.set_video_bits_per_second(6_000_000);
        let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options);
        let recorder = recorder.map_err(reason)?;
        let (name, handle) = (format!("{name}.{extension}"), handle.clone());
        // The recorder sends its data when it is stopped.
        let on_data = Closure::once_into_js(move |event: BlobEvent| {
            let saved = event.data().ok_or_else(|| "the browser recorded nothing".to_owned());
            if let Err(reason) = saved.and_then(|video| saving::save_blob(&name, &video)) {
                handle.send(NoticeMsg::Keep(format!("{name} was not saved: {reason}.")));
            }
        });
        recorder.set_ondataavailable(Some(on_data.unchecked_ref()));
        recorder.start().map_err(reason)?;
        let recording = Self { sources, height, canvas, context, recorder };
        recording.add_frame("");
        Ok(recording)
    }

    /// Adds the canvases as they are now, with a caption.
    pub(crate) fn add_frame(&self, caption: &str) {
        let height = self.height;
        let mut x = 0;
        self.context.set_image_smoothing_enabled(false);
        for source in &self.sources {
            let width = width_at(source, height);
            // It fails only for a canvas without pixels.
            let _ = self.context.draw_image_with_html_canvas_element_and_dw_and_dh(
                source,
                f64::from(x),
                0.0,
                f64::from(width),
                f64::from(height),
            );
            x += width;
        }
        let [width, top, bottom] = [self.canvas.width(), height, self.canvas.height()].map(f64::from);
        self.context.set_fill_style_str(CAPTION_COLORS.0);
        self.context.fill_rect(0.0, top, width, bottom - top);
        self.context.set_fill_style_str(CAPTION_COLORS.1);
        self.context.set_font(&format!("{}px sans-serif", FONT * (bottom - top)));
        self.context.set_text_baseline("middle");
        // It fails only for a canvas without pixels.
        let _ = self.context.fill_text(caption, 0.5 * (bottom - top), 0.5 * (top + bottom));
    }

    /// Ends the recording, and saves it.
    pub(crate) fn finish(&self) {
        // It fails only if the recorder has stopped by itself, and sent its data.
        let _ = self.recorder.stop();
    }
}

/// Returns the width of a canvas that is scaled to a height.
fn width_at(source: &HtmlCanvasElement, height: u32) -> u32 {
    source.width() * height / source.height().max(1)
}

//! Canvases at the resolution of the screen.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{
    CanvasRenderingContext2d, ContextAttributes2d, Document, HtmlCanvasElement, ImageData,
    IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit, ResizeObserver,
};

use super::dom::{self, DomError, window};
use crate::data::decimal;
use crate::view::colors::{Color, Theme};
use crate::view::raster::{DigitPixels, RgbaImage, SIDE};

/// The most device pixels painted for one CSS pixel: more would cost time and not be seen.
const MAX_PIXEL_RATIO: f64 = 2.0;

thread_local! {
    /// The least device pixels painted for one CSS pixel: more while a picture is saved, so that its text is sharp anywhere.
    static MIN_PIXEL_RATIO: Cell<f64> = const { Cell::new(1.0) };
}

/// Has every canvas painted at its finest, or as the screen needs it.
pub(crate) fn paint_finest(is_finest: bool) {
    MIN_PIXEL_RATIO.set(if is_finest { MAX_PIXEL_RATIO } else { 1.0 });
}

/// Returns the device pixels to paint for one CSS pixel.
fn pixel_ratio() -> f64 {
    window().device_pixel_ratio().clamp(MIN_PIXEL_RATIO.get(), MAX_PIXEL_RATIO)
}

/// The margin around the viewport in which canvases are painted: they are ready when the page scrolls to them.
const VISIBLE_MARGIN: &str = "20%";

/// The length of a dash and of the gap after it, in CSS px.
const DASH: f64 = 3.0;

/// The width of a label's outline, in CSS px.
const OUTLINE: f64 = 3.0;

/// The font on canvases, and its size relative to the element's.
const FONT: &str = "system-ui, -apple-system, \"Segoe UI\", Roboto, \"Noto Sans\", sans-serif";
const FONT_SHARE: f64 = 11.0 / 14.0;

/// A canvas that is painted opaque.
///
/// An image is put as it is, pixel by pixel. Lines and texts are in CSS pixels from the top left corner; before
/// them, [`Canvas::fit`] has to be called.
#[derive(Debug)]
pub(crate) struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// Device pixels.
    size: (usize, usize),
    /// CSS pixels.
    css: (f64, f64),
    /// The CSS font of texts.
    font: String,
    /// Whether the context has the resolution and the font.
    is_prepared: bool,
    /// The device pixel ratio when the canvas was measured last.
    device_ratio: f64,
    resized: Rc<Cell<bool>>,
    in_sight: Rc<Cell<bool>>,
    observers: (ResizeObserver, IntersectionObserver),
    _on_resize: Closure<dyn FnMut()>,
    _on_sight: Closure<dyn FnMut(Array)>,
}

/// The horizontal alignment of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Its left end.
    Left,
    /// Its middle.
    Center,
    /// Its right end.
    Right,
}

impl Canvas {
    /// Finds the canvas of an id.
    ///
    /// # Errors
    /// If there is none, or if it has no context to paint with.
    pub(crate) fn new(document: &Document, id: &'static str) -> Result<Self, DomError> {
        let element: HtmlCanvasElement = dom::element(document, id)?;
        let attributes = ContextAttributes2d::new();
        attributes.set_alpha(false);
        // Without this a browser may keep the canvas on the graphics card, or emulate one: in WebKit putting an image then
        // took ten times as long as a frame.
        attributes.set_will_read_frequently(true);
        let context = element.get_context_with_context_options("2d", &attributes).ok().flatten();
        let context: CanvasRenderingContext2d =
            context.ok_or(DomError::NoCanvasContext(id))?.unchecked_into();
        // An opaque canvas is black until it is painted.
        context.set_fill_style_str(&style(&element, "--plane").unwrap_or_default());
        context.fill_rect(0.0, 0.0, f64::from(element.width()), f64::from(element.height()));
        let resized = Rc::new(Cell::new(true));
        let on_resize = Closure::new({
            let resized = Rc::clone(&resized);
            move || resized.set(true)
        });
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref());
        let observer = observer.map_err(|_| DomError::NoCanvasContext(id))?;
        observer.observe(&element);
        let in_sight = Rc::new(Cell::new(true));
        let on_sight = Closure::new({
            let in_sight = Rc::clone(&in_sight);
            move |entries: Array| {
                let last = entries.pop().unchecked_into::<IntersectionObserverEntry>();
                in_sight.set(last.is_intersecting());
            }
        });
        let near = IntersectionObserverInit::new();
        near.set_root_margin(VISIBLE_MARGIN);
        let sight = IntersectionObserver::new_with_options(on_sight.as_ref().unchecked_ref(), &near);
        let sight = sight.map_err(|_| DomError::NoCanvasContext(id))?;
        sight.observe(&element);
        Ok(Self {
            size: (element.width() as usize, element.height() as usize),
            element,
            context,
            css: (0.0, 0.0),
            font: String::new(),
            is_prepared: false,
            device_ratio: 0.0,
            resized,
            in_sight,
            observers: (observer, sight),
            _on_resize: on_resize,
            _on_sight: on_sight,
        })
    }

    /// Returns the element.
    pub(crate) fn element(&self) -> &HtmlCanvasElement {
        &self.element
    }

    /// Returns whether the canvas has changed its size on the page since it was last measured. Then it has to be painted
    /// again even if nothing else has changed.
    pub(crate) fn is_stale(&self) -> bool {
        self.resized.get() || pixel_ratio() != self.device_ratio
    }

    /// Returns whether the canvas is on the screen or near it.
    pub(crate) fn is_visible(&self) -> bool {
        self.in_sight.get()
    }

    /// Measures the canvas again if it is stale. Only then does the browser have to lay out the page.
    pub(crate) fn measure(&mut self) {
        if self.is_stale() {
            self.resized.set(false);
            self.device_ratio = pixel_ratio();
            let rect = self.element.get_bounding_client_rect();
            self.css = (rect.width(), rect.height());
            self.font = format!("{}px {FONT}", (FONT_SHARE * font_size(&self.element)).round());
            self.is_prepared = false;
        }
    }

    /// Measures the canvas and gives it the resolution of the screen. This may clear it.
    pub(crate) fn fit(&mut self) {
        self.measure();
        let device = |css: f64| (css * self.ratio()).round().max(1.0) as usize;
        self.resize((device(self.css.0), device(self.css.1)));
    }

    /// Returns width and height in CSS pixels, as last measured.
    pub(crate) fn css_size(&self) -> (f64, f64) {
        self.css
    }

    /// Returns width and height in device pixels.
    pub(crate) fn size(&self) -> (usize, usize) {
        self.size
    }

    /// Returns the device pixels per CSS pixel.
    pub(crate) fn ratio(&self) -> f64 {
        self.device_ratio
    }

    /// Shows an image; the canvas takes its size. The browser reads the pixels from the program's memory without a copy.
    pub(crate) fn put(&mut self, image: &RgbaImage) {
        self.resize((image.width(), image.height()));
        let data = ImageData::new_with_u8_clamped_array_and_sh(
            Clamped(image.pixels()),
            image.width() as u32,
            image.height() as u32,
        );
        // An empty image is refused.
        if let Ok(data) = data {
            // It fails only for data of a closed page.
            let _ = self.context.put_image_data(&data, 0.0, 0.0);
        }
    }

    /// Fills the canvas with a colour.
    pub(crate) fn clear(&self, color: Color) {
        self.context.set_fill_style_str(&color.to_string());
        self.context.fill_rect(0.0, 0.0, self.css.0 + 1.0, self.css.1 + 1.0);
    }

    /// Draws a line through points.
    pub(crate) fn line(&self, points: impl IntoIterator<Item = (f64, f64)>, width: f64, color: Color) {
        self.context.set_stroke_style_str(&color.to_string());
        self.context.set_line_width(width);
        self.context.begin_path();
        for (x, y) in points {
            // The first `line_to` of a path is a move.
            self.context.line_to(x, y);
        }
        self.context.stroke();
    }

    /// Draws a horizontal dashed line.
    pub(crate) fn dashes(&self, (from, to): (f64, f64), y: f64, color: Color) {
        self.context.set_stroke_style_str(&color.to_string());
        self.context.set_line_width(1.0);
        self.context.begin_path();
        let mut x = from;
        while x < to {
            self.context.move_to(x, y);
            self.context.line_to((x + DASH).min(to), y);
            x += 2.0 * DASH;
        }
        self.context.stroke();
    }

    /// Draws a filled circle.
    pub(crate) fn dot(&self, (x, y): (f64, f64), radius: f64, color: Color) {
        self.context.set_fill_style_str(&color.to_string());
        self.context.begin_path();
        // It fails only for a negative radius.
        let _ = self.context.arc(x, y, radius, 0.0, std::f64::consts::TAU);
        self.context.fill();
    }

    /// Writes a text, vertically centred at `y`.
    pub(crate) fn text(&self, text: &str, at: (f64, f64), align: Align, color: Color) {
        self.context.set_fill_style_str(&color.to_string());
        self.text_with(text, at, align, CanvasRenderingContext2d::fill_text);
    }

    fn text_with<E>(
        &self,
        text: &str,
        (x, y): (f64, f64),
        align: Align,
        write: fn(&CanvasRenderingContext2d, &str, f64, f64) -> Result<(), E>,
    ) {
        self.context.set_text_align(match align {
            Align::Left => "left",
            Align::Center => "center",
            Align::Right => "right",
        });
        // It fails only for arguments that are left out.
        let _ = write(&self.context, text, x, y);
    }

    /// Writes a text with an outline in the colour of the background, legible on anything.
    pub(crate) fn label(&self, text: &str, at: (f64, f64), align: Align, color: Color, ground: Color) {
        self.context.set_stroke_style_str(&ground.to_string());
        self.context.set_line_width(OUTLINE);
        self.context.set_line_join("round");
        self.text_with(text, at, align, CanvasRenderingContext2d::stroke_text);
        self.text(text, at, align, color);
    }

    fn resize(&mut self, size: (usize, usize)) {
        if size != self.size {
            self.size = size;
            self.element.set_width(size.0 as u32);
            self.element.set_height(size.1 as u32);
            // Setting the width resets the context.
            self.is_prepared = false;
        }
        if !self.is_prepared && self.device_ratio > 0.0 {
            self.is_prepared = true;
            let ratio = self.ratio();
            let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
            self.context.set_text_baseline("middle");
            self.context.set_font(&self.font);
        }
    }
}

/// A canvas of digits in rows, one canvas pixel to a digit's.
pub(crate) struct DigitCanvas {
    /// The canvas.
    pub(crate) canvas: Canvas,
    /// The image that is put on it.
    pub(crate) image: RgbaImage,
}

impl DigitCanvas {
    /// Finds the canvas of an id.
    ///
    /// # Errors
    /// If there is none, or if it has no context to paint with.
    pub(crate) fn new(document: &Document, id: &'static str) -> Result<Self, DomError> {
        Ok(Self { canvas: Canvas::new(document, id)?, image: RgbaImage::new(0, 0, Theme::LIGHT.plane) })
    }

    /// Returns the element.
    pub(crate) fn element(&self) -> &HtmlCanvasElement {
        self.canvas.element()
    }

    /// Draws digits, each at its index, in a grid of columns and rows that are `gap` pixels apart.
    pub(crate) fn draw(
        &mut self,
        (columns, rows): (usize, usize),
        gap: usize,
        background: Color,
        theme: &Theme,
        digits: &mut dyn Iterator<Item = (usize, DigitPixels<'_>)>,
    ) {
        let pitch = SIDE + gap;
        let greys = theme.greys();
        self.image.resize(columns * pitch - gap, rows * pitch - gap, background);
        for (index, digit) in digits {
            let (x, y) = (index % columns * pitch, index / columns * pitch);
            match digit {
                DigitPixels::Bytes(pixels) => self.image.blit_gray(x, y, pixels, &greys),
                DigitPixels::Floats(pixels) => self.image.blit_gray(x, y, pixels, &greys),
            }
        }
        self.canvas.put(&self.image);
    }
}

/// Returns the computed value of a CSS property.
fn style(element: &HtmlCanvasElement, property: &str) -> Option<String> {
    window().get_computed_style(element).ok().flatten()?.get_property_value(property).ok()
}

/// Returns the size of an element's font, in CSS pixels.
fn font_size(element: &HtmlCanvasElement) -> f64 {
    let size = style(element, "font-size");
    size.and_then(|size| decimal::parse(size.trim_end_matches("px"))).map_or(14.0, f64::from)
}

impl Drop for Canvas {
    fn drop(&mut self) {
        self.observers.0.disconnect();
        self.observers.1.disconnect();
    }
}

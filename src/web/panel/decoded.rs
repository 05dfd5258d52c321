//! What the decoder draws at the chosen point, and next to it the digit that a chosen point came from.

use web_sys::{Document, Element, HtmlElement};

use super::{Paint, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Plane, Version, View};
use crate::view::colors::Theme;
use crate::view::raster::{RgbaImage, SIDE};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::Listener;
use crate::web::page_handle::PageHandle;

/// The decoded digit with its numbers, and the test digit that was pinned last.
pub(super) struct Decoded {
    canvas: Canvas,
    numbers: Element,
    image: RgbaImage,
    original: Original,
    throttle: RedrawThrottle<(Version, Version, Theme)>,
}

/// A test digit next to its reconstruction.
struct Original {
    figure: HtmlElement,
    canvas: Canvas,
    caption: Element,
    image: RgbaImage,
}

impl Decoded {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            canvas: Canvas::new(document, id::DECODED)?,
            numbers: dom::element(document, id::DECODED_Z)?,
            image: RgbaImage::new(SIDE, SIDE, Theme::LIGHT.plane),
            original: Original {
                figure: dom::element(document, id::ORIGINAL_FIGURE)?,
                canvas: Canvas::new(document, id::ORIGINAL)?,
                caption: dom::element(document, id::ORIGINAL_CAPTION)?,
                image: RgbaImage::new(0, 0, Theme::LIGHT.line),
            },
            throttle: RedrawThrottle::new(1),
        })
    }
}

impl Panel for Decoded {
    fn bind(&self, _: &PageHandle) -> Vec<Listener> {
        Vec::new()
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let key = (app.plane().version(), app.model_version(), paint.theme);
        if !self.throttle.is_due(key, paint.immediate) {
            return;
        }
        self.image.blit_gray(0, 0, app.decoded(), &paint.theme.greys());
        self.canvas.put(&self.image);
        let plane = app.plane();
        let shown = shown_numbers(plane);
        for (name, (_, number)) in ["data-z1", "data-z2"].into_iter().zip(&shown) {
            dom::set_attribute(self.canvas.element(), name, &format!("{number:.4}"));
        }
        dom::set_text(&self.numbers, &sentence(plane.width(), &shown));
        self.original.draw(app.selected(), &paint.theme);
    }
}

/// The numbers of the chosen code that are told, each with its name: those that the plane shows, if it shows the code.
fn shown_numbers(plane: &Plane) -> Vec<(String, f32)> {
    let focus = plane.focus();
    let axes = match plane.view() {
        View::Code => plane.axes(),
        View::Principal => {
            let names = ["pc1", "pc2"].map(str::to_owned);
            return names.into_iter().zip(plane.focus_place()).collect();
        }
        View::Layer(_) => [0, 1],
    };
    let numbers = axes.into_iter().filter_map(|axis| Some((format!("z{}", axis + 1), *focus.get(axis)?)));
    numbers.take(plane.width()).collect()
}

/// The numbers for people: `z = (1.20, −0.40)`, or `z3 = 1.20, z7 = −0.40` of a longer code.
fn sentence(width: usize, shown: &[(String, f32)]) -> String {
    let numbers: Vec<_> = shown.iter().map(|(_, number)| format!("{number:.2}")).collect();
    let text = match width {
        1 => format!("z = {}", numbers.join("")),
        2 => format!("z = ({})", numbers.join(", ")),
        _ => {
            let named = shown.iter().zip(&numbers).map(|((name, _), text)| format!("{name} = {text}"));
            named.collect::<Vec<_>>().join(", ")
        }
    };
    text.replace('-', "−")
}

impl Original {
    /// Shows a digit with its label, if that is known, next to what the network makes of it; or hides the figure.
    fn draw(&mut self, selected: Option<(&[u8], Option<u8>, &[f32])>, theme: &Theme) {
        dom::set_visible(&self.figure, selected.is_some());
        let Some((original, label, reconstruction)) = selected else { return };
        let greys = theme.greys();
        // A column between the two is left in the colour of lines.
        self.image.resize(2 * SIDE + 1, SIDE, theme.line);
        self.image.blit_gray(0, 0, original, &greys);
        self.image.blit_gray(SIDE + 1, 0, reconstruction, &greys);
        self.canvas.put(&self.image);
        let caption = match label {
            Some(label) => format!("a test digit, {label}: input, output"),
            None => "a test digit: input, output".to_owned(),
        };
        dom::set_text(&self.caption, &caption);
    }
}

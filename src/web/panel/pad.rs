//! The drawing pad, and what the network makes of the digit on it.

use web_sys::{Document, Element, Event, HtmlButtonElement, HtmlElement};

use super::{Paint, Panel, REFRESH_AFTER_FRAMES, on_click, pad_input};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, DrawingResult, NEAREST_COUNT, Pad, PadMsg, Version, with_article};
use crate::data::synthetic::{PenSample, smooth};
use crate::view::colors::Theme;
use crate::view::raster::{RgbaImage, SIDE};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The width of a line under the pressure of a mouse, in parts of the pad's side.
const LINE: f32 = 0.075;

/// The ring around the pen of the keys, in parts of the pad's side.
const PEN: f32 = 0.045;

/// The pad with its buttons, and what is found out about the drawing.
pub(super) struct DrawingPad {
    panel: Element,
    open: HtmlElement,
    canvas: Canvas,
    hint: HtmlElement,
    undo: HtmlButtonElement,
    clear: HtmlButtonElement,
    image: RgbaImage,
    found: Found,
    throttle: RedrawThrottle<(Version, Theme)>,
    finding: RedrawThrottle<(Version, Theme)>,
}

/// Where the findings are shown.
struct Found {
    figure: HtmlElement,
    text: Element,
    /// What the text says while nothing is drawn.
    invitation: String,
    output: Canvas,
    nearest: Canvas,
    classes: Element,
    image: RgbaImage,
}

impl DrawingPad {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let blank = RgbaImage::new(0, 0, Theme::LIGHT.plane);
        let text: Element = dom::element(document, id::PAD_TEXT)?;
        Ok(Self {
            panel: dom::element(document, id::PAD_PANEL)?,
            open: dom::element(document, id::PAD_OPEN)?,
            canvas: Canvas::new(document, id::PAD)?,
            hint: dom::element(document, id::PAD_HINT)?,
            undo: dom::element(document, id::PAD_UNDO)?,
            clear: dom::element(document, id::PAD_CLEAR)?,
            image: blank.clone(),
            found: Found {
                figure: dom::element(document, id::PAD_FOUND)?,
                invitation: text.text_content().unwrap_or_default(),
                text,
                output: Canvas::new(document, id::PAD_OUTPUT)?,
                nearest: Canvas::new(document, id::PAD_NEAREST)?,
                classes: dom::element(document, id::PAD_CLASSES)?,
                image: blank,
            },
            throttle: RedrawThrottle::new(1),
            finding: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
        })
    }

    fn paint(&mut self, pad: &Pad, theme: &Theme) {
        self.canvas.fit();
        let (width, height) = self.canvas.size();
        self.image.resize(width, height, theme.plane);
        let side = width as f32;
        let px = |at: [f32; 2]| (side * at[0], side * at[1]);
        for stroke in pad.strokes() {
            let mut before: Option<PenSample> = None;
            for sample in smooth(stroke) {
                let from = before.replace(sample).unwrap_or(sample);
                let pen = 0.5 * LINE * side * (from.width() + sample.width());
                self.image.line(px(from.at), px(sample.at), pen, theme.ink, 1.0);
            }
        }
        if let Some((at, is_down)) = pad.pen() {
            let (x, y) = px(at);
            let pen = (0.012 * side).max(1.5);
            self.image.ring(x, y, PEN * side, 2.5 * pen, theme.plane, 1.0);
            self.image.ring(x, y, PEN * side, pen, theme.accent, 1.0);
            if is_down {
                self.image.disc(x, y, 0.5 * PEN * side, theme.accent, 1.0);
            }
        }
        self.canvas.put(&self.image);
        let is_empty = pad.strokes().is_empty();
        dom::set_visible(&self.hint, is_empty && pad.pen().is_none());
        for button in [&self.undo, &self.clear] {
            if button.disabled() != is_empty {
                button.set_disabled(is_empty);
            }
        }
    }
}

impl Found {
    fn draw(&mut self, app: &App, theme: &Theme) {
        let found = app.pad().digit().zip(app.pad().result());
        dom::set_visible(&self.figure, found.is_some());
        dom::set_visible(self.output.element(), found.is_some());
        let Some((digit, findings)) = found else { return dom::set_text(&self.text, &self.invitation) };
        let greys = theme.greys();
        self.image.resize(2 * SIDE + 1, SIDE, theme.line);
        self.image.blit_gray(0, 0, digit.image(0), &greys);
        self.image.blit_gray(SIDE + 1, 0, &findings.output, &greys);
        self.output.put(&self.image);
        let test = &app.dataset().pair().test;
        self.image.resize(NEAREST_COUNT * (SIDE + 1) - 1, SIDE, theme.line);
        let mut labels = self.classes.first_element_child();
        for (place, &(index, label)) in findings.nearest.iter().enumerate() {
            if index < test.len() {
                self.image.blit_gray(place * (SIDE + 1), 0, test.image(index), &greys);
            }
            if let Some(item) = labels {
                dom::set_text(&item, &label.map(|label| label.to_string()).unwrap_or_default());
                labels = item.next_element_sibling();
            }
        }
        self.nearest.put(&self.image);
        dom::set_text(&self.text, &sentence(findings));
    }
}

/// What is found out, in words.
fn sentence(findings: &DrawingResult) -> String {
    let error = findings.error;
    match findings.vote() {
        Some((label, votes)) => {
            let (label, of) = (with_article(label), findings.nearest.len());
            format!("Looks like {label}: {votes} of the {of} nearest. Error {error:.4}.")
        }
        None => format!("Error {error:.4}."),
    }
}

impl Panel for DrawingPad {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let mut listeners = pad_input::listeners(handle, self.canvas.element());
        listeners.push(on_click(handle, &self.undo, PadMsg::Undo));
        listeners.push(on_click(handle, &self.clear, PadMsg::Clear));
        let (panel, open) = (self.panel.clone(), self.open.clone());
        listeners.push(Listener::new(&self.open, "click", Mode::Passive, move |_: Event| {
            let is_open = panel.toggle_attribute("data-pad").unwrap_or_default();
            dom::set_attribute(&open, "aria-pressed", if is_open { "true" } else { "false" });
        }));
        listeners
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let is_stale = self.canvas.is_stale();
        self.canvas.measure();
        // Closed, it has no size.
        if self.canvas.css_size().0 < 1.0 {
            return;
        }
        let is_due = self.throttle.is_due((app.pad().version(), paint.theme), true);
        if is_due || is_stale {
            self.paint(app.pad(), &paint.theme);
        }
        // While somebody draws, it follows the hand.
        if self.finding.is_due((app.pad().findings_version(), paint.theme), paint.immediate || is_due) {
            self.found.draw(app, &paint.theme);
        }
    }
}

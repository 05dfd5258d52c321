//! The drawing pad: pointers and keys that draw, the drawing, and what the network makes of it.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::{DrawContext, Panel, REFRESH_AFTER_FRAMES};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, DrawingResult, NEAREST_COUNT, Pad, PadMsg, Version, letter, with_article};
use crate::data::synthetic::{PenSample, smooth};
use crate::view::colors::Theme;
use crate::view::raster::DigitPixels::{Bytes, Floats};
use crate::view::raster::RgbaImage;
use crate::web::canvas::{Canvas, DigitCanvas};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The width of a line drawn by a mouse, as a share of the pad's side.
const LINE_WIDTH: f32 = 0.075;

/// The radius of the ring around the keyboard's pen, as a share of the pad's side.
const PEN_RADIUS: f32 = 0.045;

/// How many steps an arrow key moves the pen together with Shift.
const SHIFT_STEPS: f32 = 3.0;

/// The pad and the result of its drawing.
pub(super) struct DrawingPad {
    panel: Element,
    open: HtmlElement,
    canvas: Canvas,
    image: RgbaImage,
    hint: HtmlElement,
    result: HtmlElement,
    text: Element,
    /// The text while nothing is drawn.
    invitation: String,
    output: DigitCanvas,
    nearest: DigitCanvas,
    labels: Element,
    throttle: RedrawThrottle<(Version, Theme)>,
    result_throttle: RedrawThrottle<(Version, Theme)>,
}

impl DrawingPad {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let text: Element = dom::element(document, id::PAD_TEXT)?;
        Ok(Self {
            panel: dom::element(document, id::PAD_PANEL)?,
            open: dom::element(document, id::PAD_OPEN)?,
            canvas: Canvas::new(document, id::PAD)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.plane),
            hint: dom::element(document, id::PAD_HINT)?,
            result: dom::element(document, id::PAD_RESULT)?,
            invitation: text.text_content().unwrap_or_default(),
            text,
            output: DigitCanvas::new(document, id::PAD_OUTPUT)?,
            nearest: DigitCanvas::new(document, id::PAD_NEAREST)?,
            labels: dom::element(document, id::PAD_LABELS)?,
            throttle: RedrawThrottle::new(1),
            result_throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
        })
    }

    fn paint(&mut self, pad: &Pad, theme: &Theme) {
        self.canvas.fit();
        let (width, height) = self.canvas.size();
        self.image.resize(width, height, theme.plane);
        let side = width as f32;
        let px = |at: [f32; 2]| (side * at[0], side * at[1]);
        for stroke in &pad.strokes {
            let mut before: Option<PenSample> = None;
            for sample in smooth(stroke) {
                let from = before.replace(sample).unwrap_or(sample);
                let width = 0.5 * LINE_WIDTH * side * (from.width() + sample.width());
                self.image.line(px(from.at), px(sample.at), width, theme.ink, 1.0);
            }
        }
        if let Some((at, is_down)) = pad.pen() {
            let (x, y) = px(at);
            let width = (0.012 * side).max(1.5);
            self.image.ring(x, y, PEN_RADIUS * side, 2.5 * width, theme.plane, 1.0);
            self.image.ring(x, y, PEN_RADIUS * side, width, theme.accent, 1.0);
            if is_down {
                self.image.disc(x, y, 0.5 * PEN_RADIUS * side, theme.accent, 1.0);
            }
        }
        self.canvas.put(&self.image);
        dom::set_visible(&self.hint, pad.strokes.is_empty() && pad.pen().is_none());
    }

    fn draw_result(&mut self, app: &App, theme: &Theme) {
        let result = app.inspect().pad.digit.as_ref().zip(app.inspect().pad.result.as_ref());
        dom::set_visible(&self.result, result.is_some());
        dom::set_visible(self.output.element(), result.is_some());
        let Some((digit, result)) = result else { return dom::set_text(&self.text, &self.invitation) };
        let pair = [Bytes(digit.image(0)), Floats(&result.output)];
        self.output.draw((2, 1), 1, theme.line, theme, &mut pair.into_iter().enumerate());
        let test = &app.dataset().pair().test;
        let indices = result.nearest.iter().enumerate().filter(|(_, (index, _))| *index < test.len());
        let mut digits = indices.map(|(place, (index, _))| (place, Bytes(test.image(*index))));
        self.nearest.draw((NEAREST_COUNT, 1), 1, theme.line, theme, &mut digits);
        let mut item = self.labels.first_element_child();
        for &(_, label) in &result.nearest {
            if let Some(element) = item {
                dom::set_text(&element, &label.map(|label| label.to_string()).unwrap_or_default());
                item = element.next_element_sibling();
            }
        }
        dom::set_text(&self.text, &sentence(result));
    }
}

fn sentence(result: &DrawingResult) -> String {
    let error = result.error;
    match result.vote() {
        Some((label, votes)) => {
            let (label, of) = (with_article(label), result.nearest.len());
            format!("Looks like {label}: {votes} of the {of} nearest. Error {error:.4}.")
        }
        None => format!("Error {error:.4}."),
    }
}

impl Panel for DrawingPad {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let canvas = self.canvas.element();
        let mut listeners = vec![on_key(handle, canvas)];
        for name in ["pointerdown", "pointermove", "pointerup", "pointercancel", "blur"] {
            let (handle, canvas) = (handle.clone(), canvas.clone());
            listeners.push(Listener::new(&canvas.clone(), name, Mode::Passive, move |event: Event| {
                let Some(event) = event.dyn_ref::<PointerEvent>() else { return handle.send(PadMsg::Leave) };
                if !event.is_primary() {
                    return;
                }
                match name {
                    "pointerdown" if event.button() == 0 => {
                        // It fails for a pointer that is gone, which draws nothing.
                        let _ = canvas.set_pointer_capture(event.pointer_id());
                        handle.send(PadMsg::Down(pen_sample(event, &canvas)));
                    }
                    "pointermove" if event.buttons() & 1 != 0 => {
                        handle.send(PadMsg::Move(pen_sample(event, &canvas)));
                    }
                    "pointerup" | "pointercancel" => handle.send(PadMsg::Up),
                    _ => {}
                }
            }));
        }
        let (panel, open) = (self.panel.clone(), self.open.clone());
        listeners.push(Listener::new(&self.open, "click", Mode::Passive, move |_: Event| {
            let is_open = panel.toggle_attribute("data-pad").unwrap_or_default();
            dom::set_bool_attribute(&open, "aria-pressed", is_open);
        }));
        listeners
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        let is_stale = self.canvas.is_stale();
        self.canvas.measure();
        if self.canvas.css_size().0 < 1.0 {
            // The pad is closed.
            return;
        }
        let is_due = self.throttle.is_due((app.inspect().pad.version(), context.theme), true);
        if is_due || is_stale {
            self.paint(&app.inspect().pad, &context.theme);
        }
        // While the user draws, the result follows immediately.
        let key = (app.inspect().pad.result.version(), context.theme);
        if self.result_throttle.is_due(key, context.immediate || is_due) {
            self.draw_result(app, &context.theme);
        }
    }
}

fn pen_sample(event: &PointerEvent, canvas: &HtmlElement) -> PenSample {
    let (at, [side, _]) = dom::point_on(canvas, event);
    // Devices without pressure report 0.5, but some touch screens report 0.
    let pressure = if event.pressure() > 0.0 { event.pressure() } else { 0.5 };
    PenSample { at: at.map(|px| px / side), pressure }
}

fn on_key(handle: &PageHandle, canvas: &HtmlElement) -> Listener {
    let handle = handle.clone();
    Listener::new(canvas, "keydown", Mode::Active, move |event: KeyboardEvent| {
        if let Some(msg) = key_msg(&event) {
            event.prevent_default();
            // A key that is held toggles the pen only once.
            if !(event.repeat() && msg == PadMsg::Toggle) {
                handle.send(msg);
            }
        }
    })
}

/// Returns the message of a key, if it has one.
fn key_msg(event: &KeyboardEvent) -> Option<PadMsg> {
    if event.alt_key() {
        return None;
    }
    if event.ctrl_key() || event.meta_key() {
        let is_undo = letter(&event.key(), &event.code()) == Some('z') && !event.shift_key();
        return is_undo.then_some(PadMsg::Undo);
    }
    let step = if event.shift_key() { SHIFT_STEPS } else { 1.0 };
    Some(match event.key().as_str() {
        "ArrowLeft" => PadMsg::Nudge(-step, 0.0),
        "ArrowRight" => PadMsg::Nudge(step, 0.0),
        "ArrowUp" => PadMsg::Nudge(0.0, -step),
        "ArrowDown" => PadMsg::Nudge(0.0, step),
        " " => PadMsg::Toggle,
        "Backspace" => PadMsg::Undo,
        "Delete" => PadMsg::Clear,
        _ => return None,
    })
}

//! A test digit and what the decoder draws, the digits with the nearest codes, those at the pins, and those along the path.

use std::iter::once;

use web_sys::{Document, Element, Event};

use super::{DrawContext, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, MAX_PINS, PATH_POINTS, Plane, PlaneMsg, Version, View, short_error};
use crate::view::colors::Theme;
use crate::view::plot::coordinate;
use crate::view::raster::DigitPixels::{Bytes, Floats};
use crate::view::raster::{PIXELS, RgbaImage};
use crate::web::canvas::DigitCanvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// What the text alternative of the pins depends on: which points are pinned, and at rest the plane and the network, too.
type PinsTextKey = ([u64; MAX_PINS], Option<(Version, Version)>);

/// The digits with the nearest codes, and how many stand in a row.
const NEAREST_COUNT: usize = 6;
const NEAREST_COLUMNS: usize = 3;

/// Painted frames between two updates of their text alternative while the network trains.
const TEXT_AFTER_FRAMES: u32 = 60;

/// The panel of single digits.
pub(super) struct Digit {
    decoded: DigitCanvas,
    code: Element,
    original: DigitCanvas,
    original_caption: Element,
    nearest: DigitCanvas,
    pins: DigitCanvas,
    pin_list: Element,
    /// A button below each pin's digit, which removes it.
    pin_buttons: Vec<Element>,
    filmstrip: DigitCanvas,
    /// Changes are drawn immediately: texts keep up, too.
    is_at_rest: bool,
    nearest_text: RedrawThrottle<Version>,
    throttle: RedrawThrottle<(Version, Version, Theme)>,
    pins_text: RedrawThrottle<PinsTextKey>,
    filmstrip_text: RedrawThrottle<[[f32; 2]; 2]>,
    texts: RedrawThrottle<(Version, Version)>,
}

impl Digit {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let pin_list: Element = dom::element(document, id::PIN_NAMES)?;
        let pin_buttons = (0..MAX_PINS).map(|pin| {
            let button = dom::create_button(document, "", &format!("{} ×", pin + 1), "Removes this pin.");
            dom::set_attribute(&button, "aria-label", &format!("Remove pin {}", pin + 1));
            dom::set_attribute(&button, "data-pin", &pin.to_string());
            dom::append(&pin_list, &button);
            button
        });
        Ok(Self {
            pin_buttons: pin_buttons.collect(),
            pin_list,
            decoded: DigitCanvas::new(document, id::DECODED)?,
            code: dom::element(document, id::DECODED_Z)?,
            original: DigitCanvas::new(document, id::ORIGINAL)?,
            original_caption: dom::element(document, id::ORIGINAL_CAPTION)?,
            nearest: DigitCanvas::new(document, id::NEAREST)?,
            pins: DigitCanvas::new(document, id::PINS)?,
            filmstrip: DigitCanvas::new(document, id::FILMSTRIP)?,
            is_at_rest: false,
            nearest_text: RedrawThrottle::new(TEXT_AFTER_FRAMES),
            throttle: RedrawThrottle::new(1),
            pins_text: RedrawThrottle::new(1),
            filmstrip_text: RedrawThrottle::new(1),
            texts: RedrawThrottle::new(1),
        })
    }

    fn draw_decoded(&mut self, app: &App, theme: &Theme) {
        self.decoded.draw((1, 1), 0, theme.plane, theme, &mut once((0, Floats(app.outputs().decoded()))));
        let shown = shown_coordinates(app.plane());
        for (name, (_, value)) in ["data-z1", "data-z2"].into_iter().zip(&shown) {
            dom::set_attribute(self.decoded.element(), name, &format!("{value:.4}"));
        }
    }

    /// Draws the selected digit, or faintly the one that is nearest to the selected code, and the digits nearest to it.
    fn draw_original(&mut self, app: &App, theme: &Theme) {
        let flow = app.outputs().flow();
        let input = flow.input.as_deref().map(Bytes);
        self.original.draw((1, 1), 0, theme.plane, theme, &mut input.into_iter().enumerate());
        if flow.nearest.is_some() {
            dom::set_attribute(self.original.element(), "data-near", "");
        } else {
            dom::remove_attribute(self.original.element(), "data-near");
        }
        let nearest = app.outputs().nearest(NEAREST_COUNT);
        let images = nearest.iter().map(|(image, _)| Bytes(image));
        let grid = (NEAREST_COLUMNS, NEAREST_COUNT.div_ceil(NEAREST_COLUMNS));
        self.nearest.draw(grid, 0, theme.paper, theme, &mut images.enumerate());
        if self.nearest_text.is_due(app.plane().version(), self.is_at_rest) {
            let labels: Vec<_> =
                nearest.iter().filter_map(|(_, label)| Some(label.as_ref()?.to_string())).collect();
            let text = format!("The test digits whose codes are nearest: {}", labels.join(", "));
            dom::set_attribute(self.nearest.element(), "aria-label", &text);
        }
    }

    /// Writes the code that is decoded, and the caption of the digit beside it.
    fn write_texts(&self, app: &App) {
        let plane = app.plane();
        let shown = shown_coordinates(plane);
        dom::set_text(&self.code, &code_text(plane.latent_dim, &shown));
        let flow = app.outputs().flow();
        let label = flow.label.map_or_else(String::new, |label| format!(", {label}"));
        let text = match (flow.nearest, flow.error()) {
            (Some(_), _) => format!("nearest test digit{label}"),
            (None, Some(error)) if flow.is_drawn => format!("your digit\nerror {}", short_error(error)),
            (None, Some(error)) => format!("a test digit{label}\nerror {}", short_error(error)),
            (None, None) => String::new(),
        };
        dom::set_text(&self.original_caption, &text);
        dom::set_attribute(self.original.element(), "aria-label", &text.replace('\n', ", "));
    }

    /// Draws each pin's digit in the place of its number.
    fn draw_pins(&mut self, app: &App, context: &DrawContext) {
        let versions = Some((app.plane().version(), app.model_version())).filter(|_| context.immediate);
        if self.pins_text.is_due((app.plane().pins.stamps(), versions), true) {
            dom::set_attribute(self.pins.element(), "aria-label", &app.outputs().pins_text());
        }
        let numbers: Vec<_> = app.plane().pins.iter().map(|(number, _)| number).collect();
        for (number, button) in self.pin_buttons.iter().enumerate() {
            if numbers.contains(&number) {
                dom::remove_attribute(button, "data-empty");
            } else {
                dom::set_attribute(button, "data-empty", "");
            }
        }
        let digits = app.outputs().pinned().chunks_exact(PIXELS).map(Floats);
        let theme = &context.theme;
        self.pins.draw((MAX_PINS, 1), 0, theme.paper, theme, &mut numbers.into_iter().zip(digits));
    }

    fn draw_filmstrip(&mut self, app: &App, theme: &Theme) {
        let Some(ends) = app.plane().path() else { return };
        let digits = app.outputs().path().chunks_exact(PIXELS).map(Floats);
        self.filmstrip.draw((PATH_POINTS, 1), 0, theme.plane, theme, &mut digits.enumerate());
        if self.filmstrip_text.is_due(ends, true) {
            let [[a, b], [c, d]] = ends;
            let text = format!(
                "{PATH_POINTS} digits that the decoder draws along the line from A ({a:.2}, {b:.2}) to B ({c:.2}, {d:.2})"
            );
            dom::set_attribute(self.filmstrip.element(), "aria-label", &text);
        }
    }
}

impl Panel for Digit {
    fn image(&self, id: &str) -> Option<&RgbaImage> {
        let canvases =
            [(id::DECODED, &self.decoded), (id::PINS, &self.pins), (id::FILMSTRIP, &self.filmstrip)];
        canvases.into_iter().find(|(known, _)| *known == id).map(|(_, canvas)| &canvas.image)
    }

    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let handle = handle.clone();
        vec![Listener::new(&self.pin_list, "click", Mode::Passive, move |event: Event| {
            if let Some(number) = dom::attribute_at(&event, "data-pin").and_then(|pin| pin.parse().ok()) {
                handle.send(PlaneMsg::RemovePin(number));
            }
        })]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        let key = (app.plane().version(), app.model_version(), context.theme);
        if self.throttle.is_due(key, context.immediate) {
            self.is_at_rest = context.immediate;
            self.draw_decoded(app, &context.theme);
            self.draw_original(app, &context.theme);
            self.draw_pins(app, context);
            self.draw_filmstrip(app, &context.theme);
        }
        if context.writes_texts && self.texts.is_due((app.plane().version(), app.model_version()), true) {
            self.write_texts(app);
        }
    }
}

/// Returns the coordinates of the decoded point that are shown, with their names: those of the plane, if it shows the code.
fn shown_coordinates(plane: &Plane) -> Vec<(String, f32)> {
    let focus = plane.focus();
    let axes = match plane.view() {
        View::Code => plane.axes(),
        View::Principal => {
            return ["pc1", "pc2"].map(str::to_owned).into_iter().zip(plane.focus_place()).collect();
        }
        View::Layer(_) | View::Units(_) => [0, 1],
    };
    let shown = axes.into_iter().filter_map(|axis| Some((format!("z{}", axis + 1), *focus.get(axis)?)));
    shown.take(plane.latent_dim).collect()
}

/// Formats coordinates: `z = (1.20, −0.40)`, or `z3 = 1.20, z7 = −0.40` of a longer code.
fn code_text(width: usize, shown: &[(String, f32)]) -> String {
    let values: Vec<_> = shown.iter().map(|(_, value)| coordinate(*value)).collect();
    match width {
        1 => format!("z = {}", values.join("")),
        2 => format!("z = ({})", values.join(", ")),
        _ => {
            let named = shown.iter().zip(&values).map(|((name, _), text)| format!("{name} = {text}"));
            named.collect::<Vec<_>>().join(", ")
        }
    }
}

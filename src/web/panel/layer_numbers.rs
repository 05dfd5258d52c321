//! The numbers of the open layer: its activations, and its weights or their gradients, unit by unit.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::{Paint, Panel, REFRESH_AFTER_FRAMES, full_scale, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Flow, InspectMsg, Quantity, UNITS_PER_PAGE, Version, WeightLayout, Weights};
use crate::nn::{LayerSpec, NetworkSpec};
use crate::view::colors::{DivergingMap, Theme};
use crate::view::plot::{group_digits, tick_label};
use crate::view::raster::{Heatmap, RgbaImage, SIDE};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The side of the picture of the activations, in CSS px.
const ACTIVATIONS: usize = 168;

/// CSS px to a pixel of a picture of weights.
const ZOOM: f64 = 2.0;

/// Where the numbers are pointed at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Spot {
    /// Nowhere.
    #[default]
    Nowhere,
    /// At a point, in parts of the picture's width and height.
    Point(f64, f64),
    /// At a unit of the page, by the keys.
    Unit(usize),
}

/// The pictures of the open layer's numbers.
pub(super) struct LayerNumbers {
    activations: Canvas,
    activations_note: Element,
    /// The buttons for weights and for gradients.
    choices: [Element; 2],
    canvas: Canvas,
    /// What the ends of the scale stand for.
    scale: [Element; 2],
    pages: HtmlElement,
    turns: [Element; 2],
    page: Element,
    note: Element,
    image: RgbaImage,
    spot: Rc<Cell<Spot>>,
    /// The tiles in a row, for the keys.
    columns: Rc<Cell<usize>>,
    throttle: RedrawThrottle<(Version, Version, Version, Version, Theme)>,
    touched: RedrawThrottle<Spot>,
    /// The version of what was opened that was drawn last.
    opened: Version,
}

impl LayerNumbers {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let pair = |[a, b]: [&'static str; 2]| {
            Ok::<[Element; 2], DomError>([dom::element(document, a)?, dom::element(document, b)?])
        };
        Ok(Self {
            activations: Canvas::new(document, id::LAYER_ACTIVATIONS)?,
            activations_note: dom::element(document, id::LAYER_ACTIVATIONS_NOTE)?,
            choices: pair([id::LAYER_WEIGHTS, id::LAYER_GRADIENTS])?,
            canvas: Canvas::new(document, id::LAYER_NUMBERS)?,
            scale: pair([id::LAYER_SCALE_LOW, id::LAYER_SCALE_HIGH])?,
            pages: dom::element(document, id::LAYER_PAGES)?,
            turns: pair([id::LAYER_BEFORE, id::LAYER_AFTER])?,
            page: dom::element(document, id::LAYER_PAGE)?,
            note: dom::element(document, id::LAYER_NOTE)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.paper),
            spot: Rc::default(),
            columns: Rc::default(),
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
            touched: RedrawThrottle::new(1),
            opened: Version::default(),
        })
    }

    /// Draws what the layer makes of what is looked at, and marks a unit.
    fn draw_activations(
        &mut self,
        flow: &Flow<'_>,
        layer: usize,
        (spec, marked): (&NetworkSpec, Option<usize>),
        theme: &Theme,
    ) {
        let Some(LayerSpec { outputs, activation }) = spec.layers.get(layer).copied() else { return };
        let numbers = activations(flow, layer, spec.code);
        match numbers {
            Some(pixels) if layer + 1 == spec.layers.len() => {
                self.image.resize(SIDE, SIDE, theme.plane);
                self.image.blit_gray(0, 0, pixels, &theme.greys());
            }
            _ => {
                let numbers = numbers.unwrap_or_default();
                let scale = full_scale(activation, numbers);
                // Zero is not the paper's colour: a silent unit is seen to be there.
                let colors = DivergingMap { zero: theme.line, ..theme.diverging() };
                let heatmap = Heatmap::cells(outputs, ACTIVATIONS);
                heatmap.paint(&mut self.image, (&colors, theme.paper), &|unit, _| {
                    numbers.get(unit).map_or(0.0, |number| number / scale)
                });
                if let Some(unit) = marked.filter(|&unit| unit < outputs) {
                    heatmap.outline(&mut self.image, unit, theme.ink);
                }
            }
        }
        self.activations.put(&self.image);
        let note = match (numbers, flow.input, flow.label) {
            (None, ..) => "none: a point on the plane enters the network after this layer",
            (_, None, _) => "of the decoded point",
            (_, _, None) => "of a test digit",
            (_, _, Some(label)) => {
                return dom::set_text(
                    &self.activations_note,
                    &["of a test digit, ", &label.to_string()].concat(),
                );
            }
        };
        dom::set_text(&self.activations_note, note);
    }

    /// Draws the weights of the units from `first` on; returns what is drawn in full colour, and what is pointed at.
    fn draw_weights(
        &mut self,
        weights: &Weights<'_>,
        first: usize,
        theme: &Theme,
    ) -> (f32, Option<(usize, Option<usize>)>) {
        let units = weights.units.saturating_sub(first).min(UNITS_PER_PAGE);
        let scale = weights.full_scale(first..first + units);
        self.canvas.measure();
        let width = self.canvas.css_size().0;
        let heatmap = match weights.reach {
            WeightLayout::FromUnits => Heatmap::matrix(units, weights.across, width as usize),
            WeightLayout::FromPixels | WeightLayout::ToPixels => {
                Heatmap::images(units, (width / ZOOM) as usize)
            }
        };
        self.columns.set(heatmap.columns());
        heatmap.paint(&mut self.image, (&theme.diverging(), theme.paper), &|unit, place| {
            weights.get(first + unit, place) / scale
        });
        let found = match self.spot.get() {
            Spot::Nowhere => None,
            Spot::Unit(unit) => {
                let unit = unit.min(units.saturating_sub(1));
                self.spot.set(Spot::Unit(unit));
                Some((unit, None))
            }
            Spot::Point(x, y) => {
                let (width, height) = heatmap.image_size();
                let pixel = |part: f64, size: usize| (part * size as f64) as usize;
                heatmap.value_at(pixel(x, width), pixel(y, height)).map(|(unit, place)| (unit, Some(place)))
            }
        };
        if let Some((unit, _)) = found {
            heatmap.outline(&mut self.image, unit, theme.accent);
        }
        if self.image.height() > 0 {
            self.canvas.put(&self.image);
        }
        (scale, found.map(|(unit, place)| (first + unit, place)))
    }

    /// Draws a message in place of the weights.
    fn draw_none(&mut self, text: &str, theme: &Theme) {
        self.canvas.measure();
        self.image.resize((self.canvas.css_size().0 as usize).max(1), SIDE, theme.paper);
        self.canvas.put(&self.image);
        dom::set_text(&self.note, text);
    }

    fn write_page(&self, first: usize, units: usize) {
        dom::set_visible(&self.pages, units > UNITS_PER_PAGE);
        let last = (first + UNITS_PER_PAGE).min(units);
        let text = [
            "units ",
            &group_digits(first as u64 + 1),
            "–",
            &group_digits(last as u64),
            " of ",
            &group_digits(units as u64),
        ];
        dom::set_text(&self.page, &text.concat());
        for (turn, is_there) in self.turns.iter().zip([first > 0, last < units]) {
            dom::set_attribute(turn, "aria-disabled", if is_there { "false" } else { "true" });
        }
    }
}

/// What a layer makes of what is looked at. The code is known even where no image is.
fn activations<'f>(flow: &'f Flow<'_>, layer: usize, code: usize) -> Option<&'f [f32]> {
    if layer == code { Some(&*flow.code) } else { flow.layers.get(layer).copied().flatten() }
}

/// What is pointed at, in words: the unit with its numbers of now and of the sample, and the weight.
fn told(app: &mut App, layer: usize, (unit, place): (usize, Option<usize>), scale: f32) -> Option<String> {
    let (code, width) = (app.settings().config.spec.code, app.plane().width());
    let weights = app.weights()?;
    let is_before = weights.reach == WeightLayout::ToPixels;
    // The layer of a Gaussian code gives the means, and after them the logarithms of the variances.
    let is_variance = !is_before && layer == code && unit >= width;
    let (name, number) = if is_variance { ("Log-variance ", unit - width) } else { ("Unit ", unit) };
    let mut text = [name, &group_digits(number as u64 + 1)].concat();
    if is_before {
        text.push_str(" of the layer before");
    }
    if let Some(place) = place {
        let end = tick_label(f64::from(weights.get(unit, place)), f64::from(scale) / 100.0);
        text.push_str(&match weights.reach {
            WeightLayout::FromUnits => format!(", from unit {}: {end}", place + 1),
            _ => format!(", row {}, column {}: {end}", place / SIDE + 1, place % SIDE + 1),
        });
    }
    let flow = app.flow();
    let numbers = activations(&flow, layer - usize::from(is_before), code).filter(|_| !is_variance);
    if let Some(now) = numbers.and_then(|numbers| numbers.get(unit)) {
        text.push_str(&format!(" · activation {now:.2}"));
    }
    if let Some(figures) = app.layer_stats().unit(unit).filter(|_| !is_before && !is_variance) {
        text.push_str(&format!(" · sample {:.2} ± {:.2}", figures.mean, figures.spread));
    }
    Some(text.replace('-', "−"))
}

/// What the picture shows, while nothing is pointed at.
fn caption(reach: WeightLayout, numbers: Quantity) -> &'static str {
    match (numbers, reach) {
        (Quantity::Weights, WeightLayout::FromPixels) => {
            "The input weights of each unit: ink on orange raises it, ink on blue lowers it."
        }
        (Quantity::Weights, WeightLayout::ToPixels) => {
            "What each unit of the layer before adds to the image."
        }
        (Quantity::Weights, WeightLayout::FromUnits) => {
            "A row for each unit, a column for each unit of the layer before."
        }
        (Quantity::Gradients, WeightLayout::FromUnits) => {
            "The gradients of the last step: a row for each unit, a column for each unit of the layer before."
        }
        (Quantity::Gradients, _) => {
            "The gradients of the last step: each weight moved in the opposite direction."
        }
    }
}

impl Panel for LayerNumbers {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let canvas = self.canvas.element();
        let pointing = |name| {
            let (spot, element) = (Rc::clone(&self.spot), canvas.clone());
            Listener::new(canvas, name, Mode::Passive, move |event: PointerEvent| {
                let part = |offset: i32, size: i32| f64::from(offset) / f64::from(size.max(1));
                let (x, y) = (event.offset_x(), event.offset_y());
                spot.set(Spot::Point(part(x, element.client_width()), part(y, element.client_height())));
            })
        };
        let leaving = Rc::clone(&self.spot);
        let leave = Listener::new(canvas, "pointerleave", Mode::Passive, move |event: PointerEvent| {
            // What a finger has touched stays told when it is lifted.
            if event.pointer_type() == "mouse" {
                leaving.set(Spot::Nowhere);
            }
        });
        let (blurred, focused) = (Rc::clone(&self.spot), Rc::clone(&self.spot));
        let element = canvas.clone();
        let focus = Listener::new(canvas, "focus", Mode::Passive, move |_: Event| {
            if element.matches(":focus-visible").unwrap_or_default() {
                focused.set(Spot::Unit(0));
            }
        });
        let blur = Listener::new(canvas, "blur", Mode::Passive, move |_: Event| blurred.set(Spot::Nowhere));
        let (spot, columns, turning) = (Rc::clone(&self.spot), Rc::clone(&self.columns), handle.clone());
        let keys = Listener::new(canvas, "keydown", Mode::Active, move |event: KeyboardEvent| {
            let unit = if let Spot::Unit(unit) = spot.get() { unit } else { 0 };
            let key = event.key();
            let moved = match key.as_str() {
                "ArrowLeft" => unit.saturating_sub(1),
                "ArrowRight" => unit + 1,
                "ArrowUp" => unit.saturating_sub(columns.get()),
                "ArrowDown" => unit + columns.get(),
                "Home" | "PageDown" | "PageUp" => 0,
                "End" => UNITS_PER_PAGE - 1,
                _ => return,
            };
            event.prevent_default();
            spot.set(Spot::Unit(moved));
            if key.starts_with("Page") {
                turning.send(InspectMsg::Turn(key == "PageDown"));
            }
        });
        let [weights, gradients] = &self.choices;
        let [before, after] = &self.turns;
        vec![
            pointing("pointermove"),
            pointing("pointerdown"),
            leave,
            focus,
            blur,
            keys,
            on_click(handle, weights, InspectMsg::Show(Quantity::Weights)),
            on_click(handle, gradients, InspectMsg::Show(Quantity::Gradients)),
            on_click(handle, before, InspectMsg::Turn(false)),
            on_click(handle, after, InspectMsg::Turn(true)),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let Some(layer) = app.opened_layer() else { return };
        let is_touched = self.touched.is_due(self.spot.get(), true);
        let key = (
            app.layer_inspector().version(),
            app.model_version(),
            app.plane().version(),
            app.layer_stats().version(),
            paint.theme,
        );
        let at_once = paint.immediate || is_touched || self.opened != key.0;
        if !(self.throttle.is_due(key, at_once) || is_touched || self.canvas.is_stale()) {
            return;
        }
        self.opened = key.0;
        let spec = app.settings().config.spec.clone();
        let (numbers, first) = (app.layer_inspector().numbers(), app.layer_inspector().first());
        for (choice, of) in self.choices.iter().zip([Quantity::Weights, Quantity::Gradients]) {
            dom::set_attribute(choice, "aria-pressed", if numbers == of { "true" } else { "false" });
        }
        let Some(weights) = app.weights() else {
            self.draw_activations(&app.flow(), layer, (&spec, None), &paint.theme);
            return self.draw_none(
                "Gradients are available at the latest step only. Press Now to return to it.",
                &paint.theme,
            );
        };
        self.write_page(first, weights.units);
        let (scale, found) = self.draw_weights(&weights, first, &paint.theme);
        let unit = found.map(|(unit, _)| unit).filter(|_| weights.reach != WeightLayout::ToPixels);
        let caption = caption(weights.reach, numbers);
        self.draw_activations(&app.flow(), layer, (&spec, unit), &paint.theme);
        if scale == 0.0 && numbers == Quantity::Gradients {
            return self.draw_none("Gradients appear after the next step.", &paint.theme);
        }
        for (end, sign) in self.scale.iter().zip([-1.0, 1.0]) {
            dom::set_text(end, &tick_label(sign * f64::from(scale), f64::from(scale) / 10.0));
        }
        let told = found.and_then(|found| told(app, layer, found, scale));
        dom::set_text(&self.note, told.as_deref().unwrap_or(caption));
    }
}

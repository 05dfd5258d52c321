//! The open layer: its activations, and its weights or their gradients, unit by unit.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{
    Document, Element, Event, HtmlElement, KeyboardEvent, PointerEvent, ScrollIntoViewOptions,
    ScrollLogicalPosition,
};

use super::{DrawContext, Panel, REFRESH_AFTER_FRAMES, full_scale};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Flow, Inactive, InspectMsg, Quantity, UNITS_PER_PAGE, Version, WeightLayout, Weights};
use crate::nn::LayerSpec;
use crate::view::colors::{DivergingMap, Theme};
use crate::view::plot::{group_digits, tick_label};
use crate::view::raster::{Heatmap, RgbaImage, SIDE};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The side of the picture of the activations, in CSS px.
const ACTIVATIONS_SIDE: usize = 168;

/// CSS px per pixel of a picture of weights.
const ZOOM: f64 = 2.0;

/// What the user points at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Target {
    #[default]
    None,
    /// A point, as shares of the picture's width and height.
    Point(f64, f64),
    /// A unit of the page, by keys.
    Unit(usize),
}

/// The panel of the open layer.
pub(super) struct Layer {
    document: Document,
    panel: HtmlElement,
    activations: Canvas,
    activations_note: Element,
    weights: Canvas,
    /// The values at the ends of the colour scale.
    scale_ends: [Element; 2],
    pages: HtmlElement,
    page: Element,
    /// The buttons to the previous and the next units.
    turns: [Element; 2],
    note: Element,
    /// The names of the axes of the weights.
    axes: [Element; 2],
    image: RgbaImage,
    /// The weights, or a message in their place.
    weights_image: RgbaImage,
    target: Rc<Cell<Target>>,
    /// The units in a row, for the arrow keys.
    columns: Rc<Cell<usize>>,
    throttle: RedrawThrottle<(Version, Version, Version, Version, Theme)>,
    touched: RedrawThrottle<(Target, Version)>,
    shown: Option<usize>,
}

impl Layer {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            document: document.clone(),
            panel: dom::element(document, id::LAYER)?,
            activations: Canvas::new(document, id::LAYER_ACTIVATIONS)?,
            activations_note: dom::element(document, id::LAYER_ACTIVATIONS_NOTE)?,
            weights: Canvas::new(document, id::LAYER_VALUES)?,
            scale_ends: [
                dom::element(document, id::LAYER_SCALE_LOW)?,
                dom::element(document, id::LAYER_SCALE_HIGH)?,
            ],
            pages: dom::element(document, id::LAYER_PAGES)?,
            page: dom::element(document, id::LAYER_PAGE)?,
            turns: [
                dom::element(document, id::LAYER_PREVIOUS_UNITS)?,
                dom::element(document, id::LAYER_NEXT_UNITS)?,
            ],
            note: dom::element(document, id::LAYER_NOTE)?,
            axes: [dom::element(document, id::LAYER_AXIS_X)?, dom::element(document, id::LAYER_AXIS_Y)?],
            image: RgbaImage::new(0, 0, Theme::LIGHT.paper),
            weights_image: RgbaImage::new(0, 0, Theme::LIGHT.paper),
            target: Rc::default(),
            columns: Rc::default(),
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
            touched: RedrawThrottle::new(1),
            shown: None,
        })
    }

    /// Shows or hides the panel, and scrolls it into view when it opens.
    fn open(&mut self, layer: Option<usize>) {
        let active = self.document.active_element();
        if layer.is_none() && active.is_some_and(|active| self.panel.contains(Some(&active))) {
            self.focus_opener();
        }
        dom::set_visible(&self.panel, layer.is_some());
        if layer.is_some() && layer != self.shown {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            self.panel.scroll_into_view_with_scroll_into_view_options(&options);
        }
        self.shown = layer;
    }

    /// Moves the focus to the button that has opened the layer, if it is still there.
    fn focus_opener(&self) {
        let selector = format!(
            "#{} [data-do=open][data-layer='{}']",
            id::PIPELINE_LAYERS,
            self.shown.unwrap_or_default()
        );
        let opener = self.document.query_selector(&selector).ok().flatten().and_then(dom::cast);
        opener.as_ref().map(dom::focus);
    }

    /// Draws the layer's activations for the selection, and outlines a unit.
    fn draw_activations(&mut self, app: &App, layer: usize, outlined: Option<usize>, theme: &Theme) {
        let spec = &app.settings().config.spec;
        let (code, is_output) = (spec.code, layer + 1 == spec.layers.len());
        let Some(LayerSpec { outputs, activation }) = spec.layers.get(layer).copied() else { return };
        let flow = app.outputs().flow();
        let values = activations(flow, layer, code);
        match values {
            Some(pixels) if is_output => {
                self.image.resize(SIDE, SIDE, theme.plane);
                self.image.blit_gray(0, 0, pixels, &theme.greys());
            }
            _ => {
                let values = values.unwrap_or_default();
                let scale = full_scale(activation, values);
                // Zero has a colour of its own, so that inactive units are visible.
                let colors = DivergingMap { zero: theme.line, ..theme.diverging() };
                let heatmap = Heatmap::cells(outputs, ACTIVATIONS_SIDE);
                heatmap.paint(&mut self.image, (&colors, theme.paper), &|unit, _| {
                    values.get(unit).map_or(0.0, |value| value / scale)
                });
                if let Some(unit) = outlined.filter(|&unit| unit < outputs) {
                    heatmap.outline(&mut self.image, unit, theme.ink);
                }
            }
        }
        self.activations.put(&self.image);
        let subject = match (values, &flow.input, flow.label) {
            (None, ..) => "none yet".to_owned(),
            (_, None, _) => "of the decoded point".to_owned(),
            _ if flow.nearest.is_some() && layer > code => "of the decoded point".to_owned(),
            (_, _, Some(label)) if flow.nearest.is_some() => format!("of the nearest test digit, {label}"),
            (_, _, None) => "of a test digit".to_owned(),
            (_, _, Some(label)) => format!("of a test digit, {label}"),
        };
        let units = if is_output { String::new() } else { format!("{}, row by row, ", units(outputs)) };
        dom::set_text(&self.activations_note, &(units + &subject));
    }

    /// Draws the weights of the units from `first` on. Returns the value in full colour, and the unit and the weight pointed at.
    fn draw_weights(
        &mut self,
        weights: &Weights<'_>,
        first: usize,
        theme: &Theme,
    ) -> (f32, Option<(usize, Option<usize>)>) {
        let units = weights.units.saturating_sub(first).min(UNITS_PER_PAGE);
        let scale = weights.full_scale(first..first + units);
        self.weights.measure();
        let width = self.weights.css_size().0;
        let heatmap = match weights.layout {
            WeightLayout::FromUnits => Heatmap::matrix(units, weights.unit_len, width as usize),
            WeightLayout::FromPixels | WeightLayout::ToPixels => {
                Heatmap::images(units, (width / ZOOM) as usize)
            }
        };
        self.columns.set(heatmap.columns());
        heatmap.paint(&mut self.weights_image, (&theme.diverging(), theme.paper), &|unit, place| {
            weights.get(first + unit, place) / scale
        });
        let found = match self.target.get() {
            Target::None => None,
            Target::Unit(unit) => {
                let unit = unit.min(units.saturating_sub(1));
                self.target.set(Target::Unit(unit));
                Some((unit, None))
            }
            Target::Point(x, y) => {
                let (width, height) = heatmap.image_size();
                let pixel = |share: f64, size: usize| (share * size as f64) as usize;
                heatmap.value_at(pixel(x, width), pixel(y, height)).map(|(unit, place)| (unit, Some(place)))
            }
        };
        if let Some((unit, _)) = found {
            heatmap.outline(&mut self.weights_image, unit, theme.accent);
        }
        if self.weights_image.height() > 0 {
            self.weights.put(&self.weights_image);
        }
        (scale, found.map(|(unit, place)| (first + unit, place)))
    }

    /// Shows a message in place of the weights.
    fn draw_message(&mut self, text: &str, theme: &Theme) {
        self.weights.measure();
        self.weights_image.resize((self.weights.css_size().0 as usize).max(1), SIDE, theme.paper);
        self.weights.put(&self.weights_image);
        dom::set_text(&self.note, text);
    }

    fn write_page(&self, first: usize, units: usize) {
        dom::set_visible(&self.pages, units > UNITS_PER_PAGE);
        let last = (first + UNITS_PER_PAGE).min(units);
        let [from, to, all] = [first + 1, last, units].map(|unit| group_digits(unit as u64));
        dom::set_text(&self.page, &["units ", &from, "–", &to, " of ", &all].concat());
        for (turn, is_possible) in self.turns.iter().zip([first > 0, last < units]) {
            dom::set_bool_attribute(turn, "aria-disabled", !is_possible);
        }
    }
}

impl Panel for Layer {
    fn image(&self, id: &str) -> Option<&RgbaImage> {
        (id == id::LAYER_VALUES).then_some(&self.weights_image)
    }

    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let canvas = self.weights.element();
        let point = |name| {
            let (target, element) = (Rc::clone(&self.target), canvas.clone());
            Listener::new(canvas, name, Mode::Passive, move |event: PointerEvent| {
                let ([x, y], [width, height]) = dom::point_on(&element, &event);
                target.set(Target::Point(f64::from(x / width), f64::from(y / height)));
            })
        };
        let target = Rc::clone(&self.target);
        let leave = Listener::new(canvas, "pointerleave", Mode::Passive, move |event: PointerEvent| {
            // The target of a touch stays after the finger is lifted.
            if event.pointer_type() == "mouse" {
                target.set(Target::None);
            }
        });
        let (target, element) = (Rc::clone(&self.target), canvas.clone());
        let focus = Listener::new(canvas, "focus", Mode::Passive, move |_: Event| {
            if element.matches(":focus-visible").unwrap_or_default() {
                target.set(Target::Unit(0));
            }
        });
        let target = Rc::clone(&self.target);
        let blur = Listener::new(canvas, "blur", Mode::Passive, move |_: Event| target.set(Target::None));
        let (target, columns, handle) = (Rc::clone(&self.target), Rc::clone(&self.columns), handle.clone());
        let keys = Listener::new(canvas, "keydown", Mode::Active, move |event: KeyboardEvent| {
            let unit = if let Target::Unit(unit) = target.get() { unit } else { 0 };
            let key = event.key();
            let unit = match key.as_str() {
                "ArrowLeft" => unit.saturating_sub(1),
                "ArrowRight" => unit + 1,
                "ArrowUp" => unit.saturating_sub(columns.get()),
                "ArrowDown" => unit + columns.get(),
                "Home" | "PageDown" | "PageUp" => 0,
                "End" => UNITS_PER_PAGE - 1,
                _ => return,
            };
            event.prevent_default();
            target.set(Target::Unit(unit));
            if key.starts_with("Page") {
                handle.send(InspectMsg::Turn(key == "PageDown"));
            }
        });
        vec![point("pointermove"), point("pointerdown"), leave, focus, blur, keys]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        let opened = app.inspect().layer.layer;
        if opened != self.shown {
            self.open(opened);
        }
        let Some(layer) = opened else { return };
        let theme = &context.theme;
        let (inspector, target) = (app.inspect().layer.version(), self.target.get());
        let is_touched = self.touched.is_due((target, inspector), true);
        let stats = app.inspect().layer_stats.version();
        let key = (inspector, app.model_version(), app.plane().version(), stats, *theme);
        let is_due = self.throttle.is_due(key, context.immediate || is_touched);
        if !(is_due || is_touched || self.weights.is_stale()) {
            return;
        }
        let (quantity, first) = (app.inspect().layer.quantity, app.inspect().layer.first_unit);
        let Some(weights) = app.outputs().weights() else {
            self.draw_activations(app, layer, None, theme);
            let text = "Gradients are available at the latest step only. Press Now to return to it.";
            return self.draw_message(text, theme);
        };
        let layout = weights.layout;
        self.write_page(first, weights.units);
        for (element, axis) in self.axes.iter().zip(axes(app, layer, &weights)) {
            dom::set_text(element, &axis);
        }
        let (scale, found) = self.draw_weights(&weights, first, theme);
        let unit = found.map(|(unit, _)| unit).filter(|_| layout != WeightLayout::ToPixels);
        self.draw_activations(app, layer, unit, theme);
        if scale == 0.0 && quantity == Quantity::Gradients {
            return self.draw_message("Gradients appear after the next step.", theme);
        }
        for (end, sign) in self.scale_ends.iter().zip([-1.0, 1.0]) {
            dom::set_text(end, &tick_label(sign * f64::from(scale), f64::from(scale) / 10.0));
        }
        let description = found.and_then(|found| describe(app, layer, found, scale));
        dom::set_text(&self.note, description.as_deref().unwrap_or(caption(layout, quantity)));
    }
}

/// Returns the open layer's size and activation.
pub(super) fn spec(app: &App) -> Option<LayerSpec> {
    app.settings().config.spec.layers.get(app.inspect().layer.layer?).copied()
}

/// Returns whether the open layer is the output layer.
pub(super) fn is_output(app: &App) -> bool {
    app.inspect().layer.layer.is_some_and(|layer| layer + 1 == app.settings().config.spec.layers.len())
}

/// Returns whether the open layer is the code.
pub(super) fn is_code(app: &App) -> bool {
    app.inspect().layer.layer == Some(app.settings().config.spec.code)
}

/// Returns the open layer's title: its number, its size, and its part of the network.
pub(super) fn title(app: &App) -> String {
    let (Some(layer), Some(spec)) = (app.inspect().layer.layer, spec(app)) else { return String::new() };
    let network = &app.settings().config.spec;
    let part = match layer {
        _ if is_code(app) => ", the code",
        _ if is_output(app) => ", the output layer",
        _ if layer < network.code => " of the encoder",
        _ => " of the decoder",
    };
    format!("Layer {} of {}: {}{part}", layer + 1, network.layers.len(), spec.title())
}

/// Returns the statistics of the open layer's activations over a sample of digits.
pub(super) fn statistics(app: &App) -> String {
    let stats = &app.inspect().layer_stats;
    let Some(layer) = stats.layer() else { return "…".to_owned() };
    let mut text = format!(
        "on {} test digits: mean {:.2}, standard deviation {:.2}",
        stats.digits(),
        layer.mean,
        layer.deviation
    );
    match stats.inactive {
        None => {}
        Some(Inactive::Saturated) => text.push_str(&format!(", {:.1} % saturated", 100.0 * layer.inactive)),
        Some(Inactive::Dead) => text.push_str(&format!(", {} units dead", stats.inactive_units())),
    }
    text.replace('-', "−")
}

/// Returns a layer's activations for the selection. The code is known even without an input.
fn activations(flow: &Flow, layer: usize, code: usize) -> Option<&[f32]> {
    if layer == code { Some(&*flow.code) } else { flow.layer(layer) }
}

fn units(count: usize) -> String {
    format!("units 1 to {}", group_digits(count as u64))
}

/// Names the axes of the weights, x and y.
fn axes(app: &App, layer: usize, weights: &Weights<'_>) -> [String; 2] {
    let before = || match layer {
        0 => "the input".to_owned(),
        _ if layer - 1 == app.settings().config.spec.code => "the code".to_owned(),
        _ => format!("layer {layer}"),
    };
    match weights.layout {
        WeightLayout::FromUnits => [
            format!("{} of {} →", units(weights.unit_len), before()),
            format!("← units of layer {}", layer + 1),
        ],
        WeightLayout::FromPixels => {
            ["a picture for each unit, row by row: its weights from 28 × 28 pixels".to_owned(), String::new()]
        }
        WeightLayout::ToPixels => [
            format!("a picture for each unit of {}, row by row: its weights to 28 × 28 pixels", before()),
            String::new(),
        ],
    }
}

/// Describes a unit, its activation and statistics, and the weight pointed at.
fn describe(app: &App, layer: usize, (unit, place): (usize, Option<usize>), scale: f32) -> Option<String> {
    let (code, width) = (app.settings().config.spec.code, app.plane().latent_dim);
    let weights = app.outputs().weights()?;
    let is_before = weights.layout == WeightLayout::ToPixels;
    // A Gaussian code's layer computes the means, then the log-variances.
    let is_variance = !is_before && layer == code && unit >= width;
    let (name, number) = if is_variance { ("Log-variance ", unit - width) } else { ("Unit ", unit) };
    let mut text = [name, &group_digits(number as u64 + 1)].concat();
    if is_before {
        text.push_str(" of the layer before");
    }
    if let Some(place) = place {
        let weight = tick_label(f64::from(weights.get(unit, place)), f64::from(scale) / 100.0);
        text.push_str(&match weights.layout {
            WeightLayout::FromUnits => format!(", from unit {}: {weight}", place + 1),
            _ => format!(", row {}, column {}: {weight}", place / SIDE + 1, place % SIDE + 1),
        });
    }
    let flow = app.outputs().flow();
    let values = activations(flow, layer - usize::from(is_before), code).filter(|_| !is_variance);
    if let Some(value) = values.and_then(|values| values.get(unit)) {
        text.push_str(&format!(" · activation {value:.2}"));
    }
    if let Some(stats) = app.inspect().layer_stats.unit(unit).filter(|_| !is_before && !is_variance) {
        text.push_str(&format!(" · sample {:.2} ± {:.2}", stats.mean, stats.deviation));
    }
    Some(text.replace('-', "−"))
}

/// Explains the picture while nothing is pointed at.
fn caption(layout: WeightLayout, quantity: Quantity) -> &'static str {
    match (quantity, layout) {
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

//! The pipeline: the selected digit or code on its way through the network, with buttons for each layer.

use web_sys::{Document, Element, MouseEvent};

use super::{DrawContext, Panel, full_scale};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Flow, InspectMsg, LayerEdit, StepPart, Version, pipeline_sentence};
use crate::nn::{Activation, NetworkSpec};
use crate::view::colors::Theme;
use crate::view::plot::coordinate;
use crate::view::raster::{DigitPixels, RgbaImage, Stage, paint_band, paint_pipeline};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// Painted frames between two drawings while the network trains.
const REFRESH_AFTER_FRAMES: u32 = 3;

/// What the picture depends on: plane, model and open layer, the theme, and the part of the step that slow motion shows.
type Key = ([Version; 3], Theme, Option<(StepPart, f32)>);

/// The picture, and the list of layers below it.
pub(super) struct Pipeline {
    document: Document,
    canvas: Canvas,
    image: RgbaImage,
    list: Element,
    input: Option<Element>,
    names: Vec<Element>,
    /// The network that the names were made for.
    spec: Option<NetworkSpec>,
    throttle: RedrawThrottle<Key>,
    /// The sentence about the selection.
    sentence: Element,
    texts: RedrawThrottle<(Version, Version)>,
}

impl Pipeline {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            document: document.clone(),
            canvas: Canvas::new(document, id::PIPELINE)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.paper),
            list: dom::element(document, id::PIPELINE_LAYERS)?,
            input: None,
            names: Vec::new(),
            spec: None,
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
            sentence: dom::element(document, id::SENTENCE)?,
            texts: RedrawThrottle::new(1),
        })
    }

    /// Makes a list item for each layer: its name, and the buttons that change its width.
    fn make_names(&mut self, spec: &NetworkSpec) {
        if self.spec.as_ref() == Some(spec) {
            return;
        }
        let has_same_layers = self.spec.as_ref().is_some_and(|old| {
            (old.layers.len(), old.code, old.inputs) == (spec.layers.len(), spec.code, spec.inputs)
        });
        if !has_same_layers {
            self.list.set_text_content(None);
            self.names.clear();
            let item = dom::create(&self.document, "li", "");
            let input = dom::create(&self.document, "span", "pipeline-input");
            dom::append(&item, &input);
            dom::append(&self.list, &item);
            self.input = Some(input);
            for layer in 0..spec.layers.len() {
                self.add_name(spec, layer);
            }
        }
        self.spec = Some(spec.clone());
    }

    fn add_name(&mut self, spec: &NetworkSpec, layer: usize) {
        let button = |class: &str, action: &str, text: &str, help: &str| {
            let button = dom::create_button(&self.document, class, text, help);
            dom::set_attribute(&button, "data-layer", &layer.to_string());
            dom::set_attribute(&button, "data-do", action);
            button
        };
        let item = dom::create(&self.document, "li", if layer == spec.code { "pipeline-code" } else { "" });
        let name = button("pipeline-open", "open", "", "Opens this layer below, where it can be changed.");
        if layer + 1 < spec.layers.len() {
            let narrower =
                button("pipeline-change", "narrower", "−", "Fewer units in this layer. Starts a new run.");
            dom::set_attribute(&narrower, "aria-label", &format!("Fewer units in layer {}", layer + 1));
            let wider =
                button("pipeline-change", "wider", "+", "More units in this layer. Starts a new run.");
            dom::set_attribute(&wider, "aria-label", &format!("More units in layer {}", layer + 1));
            dom::append(&item, &narrower);
            dom::append(&item, &name);
            dom::append(&item, &wider);
        } else {
            dom::append(&item, &name);
        }
        dom::append(&self.list, &item);
        self.names.push(name);
    }

    fn write_names(&self, spec: &NetworkSpec, flow: &Flow, opened: Option<usize>) {
        let last = spec.layers.len() - 1;
        if let Some(input) = &self.input {
            let text = match (&flow.input, flow.label) {
                _ if flow.is_drawn => "your digit".to_owned(),
                (Some(_), Some(label)) if flow.nearest.is_some() => format!("nearest digit, {label}"),
                (Some(_), None) if flow.nearest.is_some() => "nearest digit".to_owned(),
                (Some(_), Some(label)) => format!("a test digit, {label}"),
                (Some(_), None) => "a test digit".to_owned(),
                (None, _) => format!("{} pixels", spec.inputs),
            };
            dom::set_text(input, &text);
        }
        for (index, (name, layer)) in self.names.iter().zip(&spec.layers).enumerate() {
            if index != spec.code {
                let text = match flow.error() {
                    Some(_) if index == last => "its recon\u{ad}struction".to_owned(),
                    None if index == last => "decoded".to_owned(),
                    _ => layer.title(),
                };
                write_name(name, index, &text);
            }
            dom::set_bool_attribute(name, "aria-expanded", opened == Some(index));
        }
    }

    fn write_code(&self, code: &[f32]) {
        let name = self.spec.as_ref().and_then(|spec| self.names.get(spec.code));
        let index = self.spec.as_ref().map_or(0, |spec| spec.code);
        name.into_iter().for_each(|name| write_name(name, index, &code_name(code)));
    }

    fn paint(
        &mut self,
        spec: &NetworkSpec,
        flow: &Flow,
        scale: f32,
        theme: &Theme,
        part: Option<(StepPart, f32)>,
    ) {
        self.canvas.fit();
        let (width, height) = self.canvas.size();
        self.image.resize(width, height, theme.paper);
        let last = spec.layers.len() - 1;
        let mut stages = vec![Stage::Digit(flow.input.as_deref().map(DigitPixels::Bytes))];
        for (index, (layer, numbers)) in spec.layers.iter().zip(&flow.layers).enumerate() {
            stages.push(match numbers.as_deref() {
                _ if index == spec.code => Stage::Code(&flow.code, scale),
                numbers if index == last => Stage::Digit(numbers.map(DigitPixels::Floats)),
                numbers => Stage::Units(
                    layer.outputs,
                    numbers.map(|numbers| (numbers, full_scale(layer.activation, numbers))),
                ),
            });
        }
        paint_pipeline(&mut self.image, &stages, theme);
        if let Some((part, share)) = part {
            let slot = 1.0 / stages.len() as f32;
            // A band as wide as a layer, from the input's left edge to the output's right one.
            let left = share * (1.0 - slot);
            let (band, color) = match part {
                StepPart::Batch => ((0.0, slot), theme.accent),
                StepPart::Forward => ((left, left + slot), theme.accent),
                StepPart::Error => ((1.0 - slot, 1.0), theme.diverging().positive),
                StepPart::Backward => ((1.0 - slot - left, 1.0 - left), theme.diverging().positive),
                StepPart::Update => ((slot, 1.0), theme.accent),
            };
            paint_band(&mut self.image, band, color);
        }
        self.canvas.put(&self.image);
    }
}

impl Panel for Pipeline {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        // The list listens for all buttons, which come with the layers.
        let naming = handle.clone();
        let names = Listener::new(&self.list, "click", Mode::Passive, move |event: MouseEvent| {
            let msg = dom::closest(&event, "[data-layer]").and_then(|button| {
                let layer = button.get_attribute("data-layer")?.parse().ok()?;
                Some(match button.get_attribute("data-do")?.as_str() {
                    "wider" => InspectMsg::Edit(LayerEdit::Wider(layer)),
                    "narrower" => InspectMsg::Edit(LayerEdit::Narrower(layer)),
                    _ => InspectMsg::Toggle(layer),
                })
            });
            if let Some(msg) = msg {
                naming.send(msg);
            }
        });
        let (picking, canvas) = (handle.clone(), self.canvas.element().clone());
        let picture =
            Listener::new(self.canvas.element(), "click", Mode::Passive, move |event: MouseEvent| {
                let count = picking.read(|app| app.settings().config.spec.layers.len()).unwrap_or_default();
                let ([x, _], [width, _]) = dom::point_on(&canvas, &event);
                // The first slot is the input's.
                let index = (x / width * (count + 1) as f32) as usize;
                if let Some(layer) = index.checked_sub(1).filter(|&layer| layer < count) {
                    picking.send(InspectMsg::Toggle(layer));
                }
            });
        vec![names, picture]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        let part = app.step_part();
        let versions = [app.plane().version(), app.model_version(), app.inspect().layer.version()];
        let key = (versions, context.theme, part);
        // The list is up to date even off screen, for keys and screen readers.
        let has_other_layers = self.spec.as_ref() != Some(&app.settings().config.spec);
        let is_due = (has_other_layers || context.should_draw(&self.canvas))
            && (self.throttle.is_due(key, context.immediate) || self.canvas.is_stale());
        let writes_texts = part.is_some()
            || has_other_layers
            || context.writes_texts && self.texts.is_due((app.plane().version(), app.model_version()), true);
        if is_due {
            let spec = app.settings().config.spec.clone();
            self.make_names(&spec);
            let (opened, scale) = (app.inspect().layer.layer, code_scale(app));
            let flow = app.outputs().flow();
            self.write_names(&spec, flow, opened);
            self.paint(&spec, flow, scale, &context.theme, part);
        }
        if writes_texts {
            self.write_code(&app.plane().focus());
            dom::set_text(&self.sentence, &pipeline_sentence(app));
        }
    }
}

/// Writes the text of the button that opens a layer, and its name, which contains the text.
fn write_name(name: &Element, index: usize, text: &str) {
    dom::set_text(name, text);
    dom::set_attribute(name, "aria-label", &format!("Open layer {}, {text}", index + 1));
}

/// Returns the value of a bar of full length: the edge of the plane, or the largest coordinate of a longer code.
fn code_scale(app: &App) -> f32 {
    let plane = app.plane();
    let bounds = plane.bounds();
    let focus = plane.focus();
    if plane.latent_dim > 2 {
        return full_scale(Activation::Linear, &focus);
    }
    [bounds.x0, bounds.x1, bounds.y0, bounds.y1]
        .into_iter()
        .fold(f32::EPSILON, |scale, edge| scale.max(edge.abs()))
}

/// Returns the coordinates of a code of at most two dimensions, or else their number.
fn code_name(code: &[f32]) -> String {
    match code {
        [z] => format!("z {}", coordinate(*z)),
        [z1, z2] => format!("z {}, {}", coordinate(*z1), coordinate(*z2)),
        _ => format!("{} numbers", code.len()),
    }
}

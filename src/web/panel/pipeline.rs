//! The pipeline: what is looked at, on its way through the network that is running, with a handle for each layer.

use web_sys::{Document, Element, MouseEvent};

use super::{Paint, Panel, full_scale};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Flow, InspectMsg, LayerEdit, Version};
use crate::nn::{Activation, NetworkSpec};
use crate::view::colors::Theme;
use crate::view::raster::{DigitPixels, RgbaImage, Stage, paint_pipeline};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The frames from one drawing to the next while the network trains.
const EVERY: u32 = 3;

/// The strip, and the names below it.
pub(super) struct Pipeline {
    document: Document,
    canvas: Canvas,
    image: RgbaImage,
    list: Element,
    input: Option<Element>,
    names: Vec<Element>,
    /// The layers that the names were made for.
    spec: Option<NetworkSpec>,
    throttle: RedrawThrottle<(Version, Version, Version, Theme)>,
    /// The numbers of the code keep up with those beside the decoded digit, also between two drawings.
    code: RedrawThrottle<(Version, Version)>,
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
            throttle: RedrawThrottle::new(EVERY),
            code: RedrawThrottle::new(1),
        })
    }

    /// Has a name for each layer, and what changes its width.
    fn make_names(&mut self, spec: &NetworkSpec) {
        if self.spec.as_ref() == Some(spec) {
            return;
        }
        let is_as_many = self.spec.as_ref().is_some_and(|old| {
            (old.layers.len(), old.code, old.inputs) == (spec.layers.len(), spec.code, spec.inputs)
        });
        if !is_as_many {
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
            let button = dom::create(&self.document, "button", class);
            dom::set_attribute(&button, "type", "button");
            dom::set_attribute(&button, "data-layer", &layer.to_string());
            dom::set_attribute(&button, "data-do", action);
            dom::set_attribute(&button, "data-help", help);
            dom::set_text(&button, text);
            button
        };
        let item = dom::create(&self.document, "li", if layer == spec.code { "pipeline-code" } else { "" });
        let name = button("pipeline-open", "open", "", "Opens this layer below, where it can be changed.");
        if layer + 1 < spec.layers.len() {
            let narrower =
                button("pipeline-change", "narrower", "−", "Fewer units in this layer. Restarts training.");
            dom::set_attribute(&narrower, "aria-label", &format!("Fewer units in layer {}", layer + 1));
            let wider =
                button("pipeline-change", "wider", "+", "More units in this layer. Restarts training.");
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

    fn write_names(&self, spec: &NetworkSpec, flow: &Flow<'_>, opened: Option<usize>) {
        let last = spec.layers.len() - 1;
        if let Some(input) = &self.input {
            let text = match (flow.input, flow.label) {
                _ if flow.is_drawn => "your digit".to_owned(),
                (Some(_), Some(label)) => format!("a test digit, {label}"),
                (Some(_), None) => "a test digit".to_owned(),
                (None, _) => format!("{} pixels", spec.inputs),
            };
            dom::set_text(input, &text);
        }
        for (index, (name, layer)) in self.names.iter().zip(&spec.layers).enumerate() {
            if index == last {
                dom::set_text(name, if flow.input.is_some() { "its reconstruction" } else { "decoded" });
            } else if index != spec.code {
                dom::set_text(name, &layer.title());
            }
            dom::set_attribute(name, "aria-expanded", if opened == Some(index) { "true" } else { "false" });
        }
    }

    fn write_code(&self, code: &[f32]) {
        let name = self.spec.as_ref().and_then(|spec| self.names.get(spec.code));
        name.into_iter().for_each(|name| dom::set_text(name, &code_name(code)));
    }

    fn paint(&mut self, spec: &NetworkSpec, flow: &Flow<'_>, reach: f32, theme: &Theme) {
        self.canvas.fit();
        let (width, height) = self.canvas.size();
        self.image.resize(width, height, theme.paper);
        let last = spec.layers.len() - 1;
        let mut stages = vec![Stage::Digit(flow.input.map(DigitPixels::Bytes))];
        for (index, (layer, numbers)) in spec.layers.iter().zip(&flow.layers).enumerate() {
            stages.push(match numbers {
                _ if index == spec.code => Stage::Code(&flow.code, reach),
                numbers if index == last => Stage::Digit(numbers.map(DigitPixels::Floats)),
                numbers => Stage::Units(
                    layer.outputs,
                    numbers.map(|numbers| (numbers, full_scale(layer.activation, numbers))),
                ),
            });
        }
        paint_pipeline(&mut self.image, &stages, theme);
        self.canvas.put(&self.image);
    }
}

impl Panel for Pipeline {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        // One listener for all names: they come with the layers.
        let naming = handle.clone();
        let names = Listener::new(&self.list, "click", Mode::Passive, move |event: MouseEvent| {
            let target = event.target().and_then(dom::cast::<Element>);
            let button = target.and_then(|target| target.closest("[data-layer]").ok().flatten());
            let msg = button.and_then(|button| {
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
                let slot = f64::from(canvas.client_width().max(1)) / (count + 1) as f64;
                // The first slot is the image's.
                let index = (f64::from(event.offset_x()) / slot) as usize;
                if let Some(layer) = index.checked_sub(1).filter(|&layer| layer < count) {
                    picking.send(InspectMsg::Toggle(layer));
                }
            });
        vec![names, picture]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let key = (app.plane().version(), app.model_version(), app.opened_version(), paint.theme);
        // Its list is reached by keys and read aloud, wherever the page is scrolled to.
        let has_other_layers = self.spec.as_ref() != Some(&app.settings().config.spec);
        let is_due = (has_other_layers || paint.should_draw(&self.canvas))
            && (self.throttle.is_due(key, paint.immediate) || self.canvas.is_stale());
        let has_moved = self.code.is_due((app.plane().version(), app.model_version()), true);
        if is_due {
            let spec = app.settings().config.spec.clone();
            self.make_names(&spec);
            let (opened, reach) = (app.opened_layer(), reach(app));
            let flow = app.flow();
            self.write_names(&spec, &flow, opened);
            self.paint(&spec, &flow, reach, &paint.theme);
        }
        if is_due || has_moved {
            self.write_code(&app.plane().focus());
        }
    }
}

/// What a bar of full length stands for: as far as the plane should_draw, or the greatest number of a longer code.
fn reach(app: &App) -> f32 {
    let plane = app.plane();
    let bounds = plane.bounds();
    let focus = plane.focus();
    if plane.width() > 2 {
        return full_scale(Activation::Linear, &focus);
    }
    [bounds.x0, bounds.x1, bounds.y0, bounds.y1]
        .into_iter()
        .fold(f32::EPSILON, |reach, edge| reach.max(edge.abs()))
}

/// The code: its numbers if there are two at most, else how many.
fn code_name(code: &[f32]) -> String {
    match code {
        [z] => format!("z {z:.2}"),
        [z1, z2] => format!("z {z1:.2}, {z2:.2}"),
        _ => return format!("{} numbers", code.len()),
    }
    .replace('-', "−")
}

//! The toolbar of the latent plane: what is shown, in which colours, of which layer, how close, and along which course.

use web_sys::{Document, Element, Event, EventTarget, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::plane_input::STEP;
use super::{Paint, Panel, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Axes, Coloring, DEFAULT_CIRCLE_SPEED, Display, PlaneMsg, Shown, View};
use crate::nn::Activation;
use crate::train::decimal;
use crate::view::colors::Theme;
use crate::view::plot::tick_label;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// What can be shown, each with its button.
const SHOWN: [(Shown, &str); 4] = [
    (Shown::Points, id::SHOW_POINTS),
    (Shown::Thumbnails, id::SHOW_THUMBNAILS),
    (Shown::Manifold, id::SHOW_MANIFOLD),
    (Shown::Pull, id::SHOW_PULL),
];

/// The values of the layer choice that are not numbers.
const CODE: &str = "code";
const PRINCIPAL: &str = "principal";

/// The errors of the key are rounded to this.
const ERROR_STEP: f32 = 0.001;

/// All that the toolbar tells.
#[derive(Clone, Copy, PartialEq)]
struct State {
    display: Display,
    view: View,
    axes: Axes,
    /// How many numbers a code has.
    width: usize,
    is_decodable: bool,
    has_path: bool,
    walk_speed: Option<f32>,
    /// In thousandths.
    errors: (i32, i32),
    theme: Theme,
}

/// The toolbar.
pub(super) struct PlaneTools {
    shown: Vec<(Shown, Element)>,
    coloring: HtmlSelectElement,
    error_key: HtmlElement,
    error_ends: [Element; 2],
    layer: HtmlSelectElement,
    axes: HtmlElement,
    /// Across, then up.
    choices: [HtmlSelectElement; 2],
    zoom: [Element; 3],
    path: Element,
    walk: Element,
    walk_tools: HtmlElement,
    walk_speed: HtmlInputElement,
    walk_zero: Element,
    /// The layers that the choices were made for, and which of them is the code.
    layers: (Vec<(usize, Activation)>, usize),
    /// How many numbers there are to choose from, and of what.
    numbers: Option<(usize, View)>,
    throttle: RedrawThrottle<State>,
}

impl PlaneTools {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let mut shown = Vec::with_capacity(SHOWN.len());
        for (what, id) in SHOWN {
            shown.push((what, dom::element(document, id)?));
        }
        let walk_speed: HtmlInputElement = dom::element(document, id::WALK_SPEED)?;
        walk_speed.set_value(&DEFAULT_CIRCLE_SPEED.to_string());
        Ok(Self {
            shown,
            coloring: dom::element(document, id::COLORING)?,
            error_key: dom::element(document, id::ERROR_KEY)?,
            error_ends: [dom::element(document, id::ERROR_LOW)?, dom::element(document, id::ERROR_HIGH)?],
            layer: dom::element(document, id::PLANE_LAYER)?,
            axes: dom::element(document, id::AXES)?,
            choices: [dom::element(document, id::AXIS_X)?, dom::element(document, id::AXIS_Y)?],
            zoom: [
                dom::element(document, id::ZOOM_IN)?,
                dom::element(document, id::ZOOM_OUT)?,
                dom::element(document, id::FIT)?,
            ],
            path: dom::element(document, id::PATH)?,
            walk: dom::element(document, id::WALK)?,
            walk_tools: dom::element(document, id::WALK_TOOLS)?,
            walk_speed,
            walk_zero: dom::element(document, id::WALK_ZERO)?,
            layers: (Vec::new(), 0),
            numbers: None,
            throttle: RedrawThrottle::new(1),
        })
    }

    /// Offers the layers of the network, the code first; whether they are others than before.
    fn offer_layers(&mut self, app: &App) -> bool {
        let network = app.run().model_view().network;
        let code = network.encoder().len() - 1;
        let layers = network.layers().iter().map(|layer| (layer.outputs, layer.activation));
        if self.layers.1 == code && layers.clone().eq(self.layers.0.iter().copied()) {
            return false;
        }
        self.layers = (layers.collect(), code);
        self.layer.set_length(0);
        dom::add_option(&self.layer, CODE, &format!("code: {}", network.latent_dim()));
        if network.latent_dim() > 2 {
            dom::add_option(&self.layer, PRINCIPAL, "code, principal");
        }
        for (index, (outputs, activation)) in
            self.layers.0.iter().enumerate().filter(|(index, _)| *index != code)
        {
            let title = format!("{}: {outputs} {}", index + 1, activation.title().to_ascii_lowercase());
            dom::add_option(&self.layer, &index.to_string(), &title);
        }
        true
    }

    /// Offers the numbers of a code of more than two, or the outputs of a layer.
    fn offer_axes(&mut self, view: View, axes: Axes, width: usize) {
        let count = match view {
            View::Code => width,
            View::Principal => 0,
            View::Layer(layer) => self.layers.0.get(layer).map_or(0, |(outputs, _)| *outputs),
        };
        dom::set_visible(&self.axes, count > 2);
        let letter = if view == View::Code { "z" } else { "" };
        for (choice, axis) in self.choices.iter().zip(axes) {
            if self.numbers != Some((count, view)) {
                choice.set_length(0);
                for number in 0..if count > 2 { count } else { 0 } {
                    dom::add_option(choice, &number.to_string(), &format!("{letter}{}", number + 1));
                }
            }
            dom::set_value(choice, &axis.to_string());
        }
        self.numbers = Some((count, view));
    }

    /// Tells which colours errors have.
    fn draw_key(&self, state: &State) {
        dom::set_visible(&self.error_key, state.display.coloring == Coloring::Error);
        for (end, thousandths) in self.error_ends.iter().zip([state.errors.0, state.errors.1]) {
            dom::set_text(
                end,
                &tick_label(f64::from(thousandths) * f64::from(ERROR_STEP), f64::from(ERROR_STEP)),
            );
        }
        let [low, middle, high] = [0.0, 0.5, 1.0].map(|part| state.theme.sequential(part));
        dom::set_style(
            &self.error_key,
            "--scale",
            &format!("linear-gradient(to right, {low}, {middle}, {high})"),
        );
    }
}

impl Panel for PlaneTools {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let mut listeners: Vec<_> = self
            .shown
            .iter()
            .map(|(what, button)| on_click(handle, button, PlaneMsg::Toggle(*what)))
            .collect();
        let zoom = |factor| PlaneMsg::Zoom { at: [0.5; 2], factor, smoothly: true };
        let steps = [zoom(STEP), zoom(1.0 / STEP), PlaneMsg::Fit];
        listeners.extend(self.zoom.iter().zip(steps).map(|(button, step)| on_click(handle, button, step)));
        listeners.push(on_click(handle, &self.path, PlaneMsg::TogglePath));
        listeners.push(on_click(handle, &self.walk_zero, PlaneMsg::CircleAroundOrigin));
        listeners.push(on_click(handle, &self.walk, PlaneMsg::ToggleCircle));
        let speed = self.walk_speed.clone();
        listeners.push(on(handle, &self.walk_speed, "input", move || {
            Some(PlaneMsg::CircleSpeed(decimal::parse(&speed.value())?))
        }));
        let coloring = self.coloring.clone();
        listeners.push(on(handle, &self.coloring, "change", move || {
            let is_class = coloring.value() == "class";
            Some(PlaneMsg::Color(if is_class { Coloring::Class } else { Coloring::Error }))
        }));
        let layer = self.layer.clone();
        listeners.push(on(handle, &self.layer, "change", move || {
            Some(PlaneMsg::View(match layer.value().as_str() {
                CODE => View::Code,
                PRINCIPAL => View::Principal,
                index => View::Layer(index.parse().ok()?),
            }))
        }));
        for (direction, choice) in self.choices.iter().enumerate() {
            let source = choice.clone();
            listeners.push(on(handle, choice, "change", move || {
                Some(PlaneMsg::Axis(direction, source.value().parse().ok()?))
            }));
        }
        listeners
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let is_other = self.offer_layers(app);
        let plane = app.plane();
        let (low, high) = plane.error_range();
        let thousandths = |error: f32| (error / ERROR_STEP).round() as i32;
        let state = State {
            display: plane.display(),
            view: plane.view(),
            axes: plane.axes(),
            width: plane.width(),
            is_decodable: plane.is_decodable(),
            has_path: plane.path().is_some(),
            walk_speed: plane.circle().map(|walk| walk.speed),
            errors: (thousandths(low), thousandths(high)),
            theme: paint.theme,
        };
        if !self.throttle.is_due(state, true) && !is_other {
            return;
        }
        for (what, button) in &self.shown {
            set_pressed(button, state.display.has(*what));
        }
        set_pressed(&self.path, state.has_path);
        set_pressed(&self.walk, state.walk_speed.is_some());
        let of_places = [&self.path, &self.walk].into_iter();
        let marks = self.shown.iter().filter(|(what, _)| matches!(what, Shown::Manifold | Shown::Pull));
        for button in of_places.chain(marks.map(|(_, button)| button)) {
            set_disabled(button, !state.is_decodable);
        }
        dom::set_visible(&self.walk_tools, state.walk_speed.is_some());
        if let Some(speed) =
            state.walk_speed.filter(|speed| decimal::parse(&self.walk_speed.value()) != Some(*speed))
        {
            self.walk_speed.set_value(&speed.to_string());
        }
        dom::set_value(
            &self.coloring,
            if state.display.coloring == Coloring::Class { "class" } else { "error" },
        );
        match state.view {
            View::Code => dom::set_value(&self.layer, CODE),
            View::Principal => dom::set_value(&self.layer, PRINCIPAL),
            View::Layer(index) => dom::set_value(&self.layer, &index.to_string()),
        }
        self.offer_axes(state.view, state.axes, state.width);
        self.draw_key(&state);
    }
}

/// A listener that sends what an event on a control means, if anything.
fn on(
    handle: &PageHandle,
    target: &EventTarget,
    name: &'static str,
    msg: impl Fn() -> Option<PlaneMsg> + 'static,
) -> Listener {
    let handle = handle.clone();
    Listener::new(target, name, Mode::Passive, move |_: Event| {
        if let Some(msg) = msg() {
            handle.send(msg);
        }
    })
}

fn set_pressed(button: &Element, pressed: bool) {
    dom::set_attribute(button, "aria-pressed", if pressed { "true" } else { "false" });
}

/// A button that says nothing about the layer that is shown.
fn set_disabled(button: &Element, disabled: bool) {
    if let Some(button) = dom::cast::<web_sys::HtmlButtonElement>(button.clone()) {
        button.set_disabled(disabled);
    }
}

//! The latent plane under pointer and keys.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, Event, HtmlElement, HtmlSelectElement, KeyboardEvent, PointerEvent};

use super::plane_picture::{PlanePicture, Scene};
use super::{Paint, Panel};
use crate::app::{App, PlaneMsg, Version};
use crate::cadence::Cadence;
use crate::raster::Theme;
use crate::web::dom::{self, MissingElement, id};
use crate::web::event::{Listener, Mode};
use crate::web::gate::Gate;

/// How far from a digit's point a click still means it, in CSS px; a finger is not as sure as a mouse.
const REACH: f64 = 7.0;
const FINGERS_REACH: f64 = 16.0;

/// How far a pointer may move between down and up to have clicked, in CSS px.
const SLACK: f64 = 5.0;
const FINGERS_SLACK: f64 = 12.0;

/// What an arrow key moves, as part of the plane's half width, and what it moves together with Shift.
const NUDGE: f32 = 0.02;
const SHIFT_NUDGE: f32 = 0.1;

/// The plane, and the choice of the numbers that it shows of a longer code.
pub(super) struct LatentPlane {
    picture: PlanePicture,
    axes: HtmlElement,
    /// Across, then up.
    choices: [HtmlSelectElement; 2],
    cadence: Cadence<(Version, Version, Theme)>,
    /// How many numbers the code has that the choices were made for.
    width: usize,
}

impl LatentPlane {
    pub(super) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self {
            picture: PlanePicture::new(document)?,
            axes: dom::element(document, id::AXES)?,
            choices: [dom::element(document, id::AXIS_X)?, dom::element(document, id::AXIS_Y)?],
            cadence: Cadence::new(1),
            width: 0,
        })
    }

    /// Offers the numbers of a code of more than two.
    fn offer_axes(&mut self, width: usize, axes: [usize; 2]) {
        dom::set_shown(&self.axes, width > 2);
        for (choice, axis) in self.choices.iter().zip(axes) {
            if width != self.width {
                choice.set_length(0);
                for number in 0..width {
                    dom::add_option(choice, &number.to_string(), &format!("z{}", number + 1));
                }
            }
            dom::set_value(choice, &axis.to_string());
        }
        self.width = width;
    }
}

impl Panel for LatentPlane {
    fn bind(&self, gate: &Gate) -> Vec<Listener> {
        let mut listeners = on_pointer(gate, self.picture.element());
        let typing = gate.clone();
        listeners.push(Listener::new(
            self.picture.element(),
            "keydown",
            Mode::Active,
            move |event: KeyboardEvent| {
                if let Some(msg) = key(&event) {
                    event.prevent_default();
                    // A key that is held pins once.
                    if !(event.repeat() && matches!(msg, PlaneMsg::PinFocus | PlaneMsg::ClearPins)) {
                        typing.send(msg);
                    }
                }
            },
        ));
        for (direction, choice) in self.choices.iter().enumerate() {
            let (gate, source) = (gate.clone(), choice.clone());
            listeners.push(Listener::new(choice, "change", Mode::Passive, move |_: Event| {
                if let Ok(number) = source.value().parse() {
                    gate.send(PlaneMsg::Axis(direction, number));
                }
            }));
        }
        listeners
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let plane = app.latent_plane();
        let key = (plane.version(), plane.manifold_version(), paint.theme);
        if !self.cadence.is_due(key, paint.at_rest) && !self.picture.is_stale() {
            return;
        }
        let (width, axes) = (plane.width(), plane.axes());
        let pins: Vec<_> = plane.pins().iter().map(|(number, pin)| (number, plane.place(pin))).collect();
        self.picture.draw(&Scene {
            cloud: plane.cloud(),
            bounds: plane.bounds(),
            cursor: plane.focus_place(),
            pins: &pins,
            backdrop: plane.backdrop(),
            manifold: plane.manifold_version(),
            theme: paint.theme,
        });
        self.offer_axes(width, axes);
    }
}

/// Where a pointer went down that may be about to click.
#[derive(Clone, Copy)]
struct Press {
    pointer: i32,
    at: (f64, f64),
}

/// The pointer points while it hovers or is drawn along, and pins with a click. Only the first finger counts.
fn on_pointer(gate: &Gate, canvas: &HtmlElement) -> Vec<Listener> {
    let press: Rc<Cell<Option<Press>>> = Rc::default();
    let point = |name, and: fn(&PointerEvent, &Cell<Option<Press>>)| {
        let (gate, press, canvas) = (gate.clone(), Rc::clone(&press), canvas.clone());
        Listener::new(&canvas.clone(), name, Mode::Passive, move |event: PointerEvent| {
            if event.is_primary() {
                and(&event, &press);
                gate.send(PlaneMsg::PointAt(Some(at(&event, &canvas))));
            }
        })
    };
    let down = point("pointerdown", |event, press| {
        let is_main = event.button() == 0;
        press.set(is_main.then(|| Press { pointer: event.pointer_id(), at: offset(event) }));
    });
    let moved = point("pointermove", |_, _| {});
    let (picking, picked, plane) = (gate.clone(), Rc::clone(&press), canvas.clone());
    let up = Listener::new(canvas, "pointerup", Mode::Passive, move |event: PointerEvent| {
        let Some(press) = picked.take().filter(|press| press.pointer == event.pointer_id()) else { return };
        let (slack, reach) = if by_touch(&event) { (FINGERS_SLACK, FINGERS_REACH) } else { (SLACK, REACH) };
        let (x, y) = offset(&event);
        if (x - press.at.0).hypot(y - press.at.1) <= slack {
            let reach = (reach / f64::from(plane.client_width().max(1))) as f32;
            picking.send(PlaneMsg::Pick { at: at(&event, &plane), reach });
        }
    });
    let cancelled = Rc::clone(&press);
    let cancel = Listener::new(canvas, "pointercancel", Mode::Passive, move |_: Event| cancelled.set(None));
    let leaving = gate.clone();
    let leave = Listener::new(canvas, "pointerleave", Mode::Passive, move |event: PointerEvent| {
        // A finger that is lifted has not gone elsewhere: what it showed last stays.
        if !by_touch(&event) {
            leaving.send(PlaneMsg::PointAt(None));
        }
    });
    let blurring = gate.clone();
    let blur = Listener::new(canvas, "blur", Mode::Passive, move |_: Event| {
        blurring.send(PlaneMsg::PointAt(None));
    });
    vec![down, moved, up, cancel, leave, blur]
}

/// What a key means on the plane, if anything.
fn key(event: &KeyboardEvent) -> Option<PlaneMsg> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let step = if event.shift_key() { SHIFT_NUDGE } else { NUDGE };
    Some(match event.key().as_str() {
        "ArrowLeft" => PlaneMsg::Nudge(-step, 0.0),
        "ArrowRight" => PlaneMsg::Nudge(step, 0.0),
        "ArrowUp" => PlaneMsg::Nudge(0.0, step),
        "ArrowDown" => PlaneMsg::Nudge(0.0, -step),
        "Enter" | " " => PlaneMsg::PinFocus,
        "Escape" => PlaneMsg::PointAt(None),
        "Delete" | "Backspace" => PlaneMsg::ClearPins,
        _ => return None,
    })
}

fn by_touch(event: &PointerEvent) -> bool {
    event.pointer_type() == "touch"
}

/// Where a pointer is on the canvas, in CSS px.
fn offset(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

/// The same in parts of the canvas's width.
fn at(event: &PointerEvent, canvas: &HtmlElement) -> [f32; 2] {
    let side = f64::from(canvas.client_width().max(1));
    let (x, y) = offset(event);
    [(x / side) as f32, (y / side) as f32]
}

//! What pointer and keys do on the canvases.

use web_sys::{Event, KeyboardEvent, PointerEvent};

use super::Gate;
use super::event::{Listener, Mode};
use super::page::{Page, cloud};
use crate::app::{Msg, Pin};

/// How far a click may be from a digit's point to mean it, in CSS px; a finger is not as sure as a mouse.
const REACH: f64 = 7.0;
const FINGERS_REACH: f64 = 16.0;

/// What an arrow key moves, as part of the plane's half width, and what it moves together with Shift.
const NUDGE: f32 = 0.02;
const SHIFT_NUDGE: f32 = 0.1;

/// Pointer and keys on the latent plane.
pub(crate) fn on_plane(gate: &Gate, page: &Page) -> Vec<Listener> {
    let canvas = page.plane.element();
    let point = |name| {
        let gate = gate.clone();
        Listener::new(canvas, name, Mode::Passive, move |event: PointerEvent| {
            gate.with(|page| {
                let (x, y) = offset(&event);
                let place = page.plane.to_data(x, y, page.app.plane().bounds());
                page.update(Msg::PointAt(Some(place)));
            });
        })
    };
    let (leaving, blurring, clicking, typing) = (gate.clone(), gate.clone(), gate.clone(), gate.clone());
    vec![
        point("pointerdown"),
        point("pointermove"),
        Listener::new(canvas, "pointerleave", Mode::Passive, move |event: PointerEvent| {
            // A finger that is lifted has not gone elsewhere: what it showed last stays.
            if !by_touch(&event) {
                leaving.send(Msg::PointAt(None));
            }
        }),
        Listener::new(canvas, "blur", Mode::Passive, move |_: Event| blurring.send(Msg::PointAt(None))),
        Listener::new(canvas, "click", Mode::Passive, move |event: PointerEvent| {
            clicking.with(|page| {
                let reach = if by_touch(&event) { FINGERS_REACH } else { REACH };
                let (plane, (x, y)) = (page.app.plane(), offset(&event));
                let pin = match page.plane.nearest(&cloud(plane), plane.bounds(), (x, y), reach) {
                    Some(index) => Pin::Digit(index),
                    None => Pin::Place(page.plane.to_data(x, y, plane.bounds())),
                };
                page.update(Msg::Pin(pin));
            });
        }),
        Listener::new(canvas, "keydown", Mode::Active, move |event: KeyboardEvent| {
            if let Some(msg) = key(&event) {
                event.prevent_default();
                typing.send(msg);
            }
        }),
    ]
}

/// The pointer over the loss chart.
pub(crate) fn on_loss_chart(gate: &Gate, page: &Page) -> Vec<Listener> {
    let canvas = page.loss_chart().element();
    let (reading, leaving) = (gate.clone(), gate.clone());
    vec![
        Listener::new(canvas, "pointermove", Mode::Passive, move |event: PointerEvent| {
            reading.with(|page| page.read_loss_at(Some(offset(&event).0)));
        }),
        Listener::new(canvas, "pointerleave", Mode::Passive, move |_: Event| {
            leaving.with(|page| page.read_loss_at(None));
        }),
    ]
}

/// What a key means on the plane, if anything.
fn key(event: &KeyboardEvent) -> Option<Msg> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let step = if event.shift_key() { SHIFT_NUDGE } else { NUDGE };
    Some(match event.key().as_str() {
        "ArrowLeft" => Msg::Nudge(-step, 0.0),
        "ArrowRight" => Msg::Nudge(step, 0.0),
        "ArrowUp" => Msg::Nudge(0.0, step),
        "ArrowDown" => Msg::Nudge(0.0, -step),
        "Enter" | " " => Msg::PinFocus,
        "Escape" => Msg::PointAt(None),
        "Delete" | "Backspace" => Msg::ClearPins,
        _ => return None,
    })
}

fn by_touch(event: &PointerEvent) -> bool {
    event.pointer_type() == "touch"
}

/// Where a pointer is on its canvas, in CSS px.
fn offset(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

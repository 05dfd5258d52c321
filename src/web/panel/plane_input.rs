//! The hand over the latent plane: pointers, the wheel and keys become messages.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent, TouchEvent, WheelEvent};

use crate::app::{Gesture, GestureEvent, PlaneMsg, Pointer};
use crate::web::dom::window;
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// What an arrow key moves, as part of the plane's half width, and what it moves together with Shift.
const NUDGE: f32 = 0.02;
const SHIFT_NUDGE: f32 = 0.1;

/// How many times closer a step of the zoom leads.
pub(super) const STEP: f32 = 1.5;

/// How far from what is pointed at a pin may be that a key removes, in parts of the plane's side.
const PIN_REACH: f32 = 0.03;

/// CSS px of a line and of a page that a wheel is turned by.
const LINE: f64 = 16.0;
const PAGE: f64 = 400.0;

type Recognize = fn(&mut Gesture, Pointer) -> Vec<GestureEvent>;

/// Listens to pointers, the wheel and keys on the canvas.
pub(super) fn listeners(handle: &PageHandle, canvas: &HtmlElement) -> Vec<Listener> {
    let gesture: Rc<RefCell<Gesture>> = Rc::default();
    let on = |name, recognize: Recognize| {
        let (handle, gesture, canvas) = (handle.clone(), Rc::clone(&gesture), canvas.clone());
        Listener::new(&canvas.clone(), name, Mode::Passive, move |event: PointerEvent| {
            let mut gesture = gesture.borrow_mut();
            gesture.set_side(canvas.client_width() as f32);
            let was_panning = gesture.is_panning();
            for touch in recognize(&mut gesture, pointer(&event)) {
                handle.send(PlaneMsg::from(touch));
            }
            if gesture.is_panning() && !was_panning {
                // It fails for a pointer that is gone, which then drags nothing anyway.
                let _ = canvas.set_pointer_capture(event.pointer_id());
            }
        })
    };
    let cancelled = Rc::clone(&gesture);
    let cancel = Listener::new(canvas, "pointercancel", Mode::Passive, move |event: PointerEvent| {
        cancelled.borrow_mut().cancel(event.pointer_id());
    });
    let leaving = handle.clone();
    let leave = Listener::new(canvas, "pointerleave", Mode::Passive, move |event: PointerEvent| {
        // A finger that is lifted has not gone elsewhere: what it showed last stays.
        if event.pointer_type() != "touch" {
            leaving.send(PlaneMsg::PointAt(None));
        }
    });
    let blurring = handle.clone();
    let blur = Listener::new(canvas, "blur", Mode::Passive, move |_: Event| {
        blurring.send(PlaneMsg::PointAt(None));
    });
    vec![
        on("pointerdown", Gesture::down),
        on("pointermove", Gesture::moved),
        on("pointerup", Gesture::up),
        cancel,
        leave,
        blur,
        on_wheel(handle, canvas),
        // Two fingers are the plane's: without this the browser would zoom the page, or scroll it.
        on_fingers(canvas, "touchstart"),
        on_fingers(canvas, "touchmove"),
        on_key(handle, canvas),
    ]
}

fn on_fingers(canvas: &HtmlElement, name: &'static str) -> Listener {
    Listener::new(canvas, name, Mode::Active, |event: TouchEvent| {
        if event.touches().length() > 1 && event.cancelable() {
            event.prevent_default();
        }
    })
}

/// The wheel zooms with Ctrl, as a pinched touchpad has it, and alone while the plane has the focus: who only scrolls by is
/// not held up.
fn on_wheel(handle: &PageHandle, canvas: &HtmlElement) -> Listener {
    let (handle, plane) = (handle.clone(), canvas.clone());
    Listener::new(canvas, "wheel", Mode::Active, move |event: WheelEvent| {
        let is_asked = event.ctrl_key() || event.meta_key();
        if !is_asked && !has_focus(&plane) {
            return;
        }
        event.prevent_default();
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => LINE,
            WheelEvent::DOM_DELTA_PAGE => PAGE,
            _ => 1.0,
        };
        let side = f64::from(plane.client_width().max(1));
        let at = [event.offset_x(), event.offset_y()].map(|px| (f64::from(px) / side) as f32);
        let factor = Gesture::wheel((unit * event.delta_y()) as f32, is_asked);
        handle.send(PlaneMsg::Zoom { at, factor, smoothly: false });
    })
}

fn has_focus(element: &Element) -> bool {
    window().document().and_then(|document| document.active_element()).as_ref() == Some(element)
}

fn on_key(handle: &PageHandle, canvas: &HtmlElement) -> Listener {
    let handle = handle.clone();
    Listener::new(canvas, "keydown", Mode::Active, move |event: KeyboardEvent| {
        if let Some(msg) = key(&event) {
            event.prevent_default();
            // A key that is held pins once.
            let is_once =
                matches!(msg, PlaneMsg::PinFocus | PlaneMsg::ClearPins | PlaneMsg::RemovePinHere(_));
            if !(event.repeat() && is_once) {
                handle.send(msg);
            }
        }
    })
}

/// What a key means on the plane, if anything.
fn key(event: &KeyboardEvent) -> Option<PlaneMsg> {
    if let Some((dx, dy)) = arrow(event) {
        return Some(PlaneMsg::Nudge(dx, dy));
    }
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let zoom = |factor| Some(PlaneMsg::Zoom { at: [0.5; 2], factor, smoothly: true });
    match event.key().as_str() {
        "Enter" | " " => Some(PlaneMsg::PinFocus),
        "Escape" => Some(PlaneMsg::PointAt(None)),
        "Delete" | "Backspace" if event.shift_key() => Some(PlaneMsg::ClearPins),
        "Delete" | "Backspace" => Some(PlaneMsg::RemovePinHere(PIN_REACH)),
        "+" | "=" => zoom(STEP),
        "-" | "_" => zoom(1.0 / STEP),
        "0" => Some(PlaneMsg::Fit),
        _ => None,
    }
}

/// What an arrow key moves right and up, in parts of the plane's half width.
pub(super) fn arrow(event: &KeyboardEvent) -> Option<(f32, f32)> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let step = if event.shift_key() { SHIFT_NUDGE } else { NUDGE };
    match event.key().as_str() {
        "ArrowLeft" => Some((-step, 0.0)),
        "ArrowRight" => Some((step, 0.0)),
        "ArrowUp" => Some((0.0, step)),
        "ArrowDown" => Some((0.0, -step)),
        _ => None,
    }
}

fn pointer(event: &PointerEvent) -> Pointer {
    Pointer {
        id: event.pointer_id(),
        at: [event.offset_x() as f32, event.offset_y() as f32],
        by_touch: event.pointer_type() == "touch",
        is_primary: event.is_primary(),
        is_main: event.button() == 0,
        time: event.time_stamp(),
    }
}

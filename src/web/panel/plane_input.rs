//! Input on the latent plane: pointers, the wheel and keys become messages. The handles of path and circle.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent, TouchEvent, WheelEvent};

use super::controls::ZOOM_STEP;
use crate::app::{Gesture, GestureEvent, Handle, KEY_STEP, Plane, PlaneMsg, Pointer};
use crate::web::dom::{self, window};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// How far an arrow key with Shift moves the point, as a share of the plane's half width.
const SHIFT_KEY_STEP: f32 = 5.0 * KEY_STEP;

/// How far from the decoded point a pin may be that a key removes, as a share of the plane's width.
const PIN_REACH: f32 = 0.03;

/// CSS px per line and per page of wheel rotation.
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
            let (at, [width, _]) = dom::point_on(&canvas, &event);
            gesture.set_width(width);
            let was_panning = gesture.is_panning();
            for touch in recognize(&mut gesture, pointer(&event, at)) {
                handle.send(PlaneMsg::from(touch));
            }
            if gesture.is_panning() && !was_panning {
                // It fails for a pointer that is gone, which drags nothing.
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
        // The last point under a finger stays decoded after the finger is lifted.
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
        // Two fingers zoom and pan the plane instead of the page.
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

/// Zooms with Ctrl and the wheel, as a pinch on a touchpad does, and with the wheel alone while the plane has the focus.
/// Otherwise the wheel scrolls the page.
fn on_wheel(handle: &PageHandle, canvas: &HtmlElement) -> Listener {
    let (handle, plane) = (handle.clone(), canvas.clone());
    Listener::new(canvas, "wheel", Mode::Active, move |event: WheelEvent| {
        let has_ctrl = event.ctrl_key() || event.meta_key();
        if !has_ctrl && !has_focus(&plane) {
            return;
        }
        event.prevent_default();
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => LINE,
            WheelEvent::DOM_DELTA_PAGE => PAGE,
            _ => 1.0,
        };
        let (at, [width, _]) = dom::point_on(&plane, &event);
        let at = at.map(|px| px / width);
        let factor = Gesture::wheel((unit * event.delta_y()) as f32, has_ctrl);
        handle.send(PlaneMsg::Zoom { at: Some(at), factor, smoothly: false });
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
            // A key that is held pins only once.
            let is_once = matches!(
                msg,
                PlaneMsg::PinFocus | PlaneMsg::PinNearest | PlaneMsg::ClearPins | PlaneMsg::RemovePinHere(_)
            );
            if !(event.repeat() && is_once) {
                handle.send(msg);
            }
        }
    })
}

/// Returns the message of a key, if it has one.
fn key(event: &KeyboardEvent) -> Option<PlaneMsg> {
    if let Some((dx, dy)) = arrow(event) {
        return Some(PlaneMsg::Nudge(dx, dy));
    }
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let zoom = |factor| Some(PlaneMsg::Zoom { at: None, factor, smoothly: true });
    match event.key().as_str() {
        "Enter" if event.shift_key() => Some(PlaneMsg::PinNearest),
        "Enter" | " " => Some(PlaneMsg::PinFocus),
        "Escape" => Some(PlaneMsg::PointAt(None)),
        "Delete" | "Backspace" if event.shift_key() => Some(PlaneMsg::ClearPins),
        "Delete" | "Backspace" => Some(PlaneMsg::RemovePinHere(PIN_REACH)),
        "+" | "=" => zoom(ZOOM_STEP),
        "-" | "_" => zoom(1.0 / ZOOM_STEP),
        "0" => Some(PlaneMsg::Fit),
        _ => None,
    }
}

/// Returns how far an arrow key moves right and up, in shares of the plane's half width.
fn arrow(event: &KeyboardEvent) -> Option<(f32, f32)> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let step = if event.shift_key() { SHIFT_KEY_STEP } else { KEY_STEP };
    match event.key().as_str() {
        "ArrowLeft" => Some((-step, 0.0)),
        "ArrowRight" => Some((step, 0.0)),
        "ArrowUp" => Some((0.0, step)),
        "ArrowDown" => Some((0.0, -step)),
        _ => None,
    }
}

fn pointer(event: &PointerEvent, at: [f32; 2]) -> Pointer {
    Pointer {
        id: event.pointer_id(),
        at,
        by_touch: event.pointer_type() == "touch",
        is_primary: event.is_primary(),
        is_main: event.button() == 0,
        is_pressed: event.buttons() != 0,
        time: event.time_stamp(),
    }
}

/// A handle of the path or the circle: a button over the plane that is dragged, or moved with the arrow keys.
pub(super) struct HandleButton {
    handle: Handle,
    element: HtmlElement,
    /// Where it was placed last, in per cent of the plane.
    placed: Option<(f32, f32)>,
}

impl HandleButton {
    /// Adds the button of a handle to the plane, hidden.
    pub(super) fn new(overlay: &HtmlElement, handle: Handle) -> Option<Self> {
        let (text, name) = match handle {
            Handle::A => ("A", "A, where the path begins"),
            Handle::B => ("B", "B, where the path ends"),
            Handle::Centre => ("+", "Centre of the circle"),
            Handle::Radius => ("↔", "Radius of the circle"),
            Handle::Marker => ("", "Point on the circle"),
        };
        let class = if handle == Handle::Marker { "handle handle-walker" } else { "handle" };
        let help = "Drag it across the plane, or press arrow keys.";
        let element = dom::create_button(&overlay.owner_document()?, class, text, help);
        dom::set_attribute(&element, "aria-label", name);
        dom::append(overlay, &element);
        let element: HtmlElement = dom::cast(element)?;
        element.set_hidden(true);
        Some(Self { handle, element, placed: None })
    }

    /// Moves the button to its place, or to the edge of the plane where that is out of sight.
    pub(super) fn place(&mut self, plane: &Plane) {
        let (bounds, aspect) = (plane.bounds(), plane.bounds().aspect());
        let place = plane.handle(self.handle).map(|place| bounds.to_px(place.into(), 100.0));
        let place = place.map(|(x, y)| (x.clamp(0.0, 100.0), (y / aspect).clamp(0.0, 100.0)));
        if place == self.placed {
            return;
        }
        self.placed = place;
        dom::set_visible(&self.element, place.is_some());
        if let Some((x, y)) = place {
            dom::set_style(&self.element, "left", &format!("{x}%"));
            dom::set_style(&self.element, "top", &format!("{y}%"));
        }
    }

    /// Listens to the pointer and the keys.
    pub(super) fn listeners(&self, page: &PageHandle, overlay: &HtmlElement) -> [Listener; 5] {
        let (handle, element) = (self.handle, &self.element);
        let is_dragged = Rc::new(Cell::new(false));
        let down = {
            let (is_dragged, element) = (Rc::clone(&is_dragged), element.clone());
            Listener::new(&self.element, "pointerdown", Mode::Passive, move |event: PointerEvent| {
                is_dragged.set(event.button() == 0);
                // It fails for a pointer that is gone, which drags nothing.
                let _ = element.set_pointer_capture(event.pointer_id());
            })
        };
        let moved = {
            let (page, is_dragged, overlay) = (page.clone(), Rc::clone(&is_dragged), overlay.clone());
            Listener::new(element, "pointermove", Mode::Passive, move |event: PointerEvent| {
                if is_dragged.get() {
                    let (at, [width, _]) = dom::point_on(&overlay, &event);
                    let at = at.map(|px| px / width);
                    page.send(PlaneMsg::DragHandle(handle, at));
                    // The end of a path is decoded while it is dragged.
                    let decoded = matches!(handle, Handle::A | Handle::B).then_some(at);
                    page.send(PlaneMsg::PointAt(decoded));
                }
            })
        };
        let end = |name| {
            let (page, is_dragged) = (page.clone(), Rc::clone(&is_dragged));
            Listener::new(element, name, Mode::Passive, move |_: Event| {
                if is_dragged.replace(false) {
                    page.send(PlaneMsg::PointAt(None));
                }
            })
        };
        let typing = page.clone();
        let key = Listener::new(element, "keydown", Mode::Active, move |event: KeyboardEvent| {
            if let Some((dx, dy)) = arrow(&event) {
                event.prevent_default();
                typing.send(PlaneMsg::NudgeHandle(handle, dx, dy));
            }
        });
        [down, moved, end("pointerup"), end("pointercancel"), key]
    }
}

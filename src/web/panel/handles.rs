//! The handles of path and walk: buttons over the plane that are dragged, or moved with the arrow keys.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::plane_input::arrow;
use super::{Paint, Panel};
use crate::app::{App, Handle, PlaneMsg};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// A handle's button, and where it was put last, in per cent of the plane.
struct Button {
    handle: Handle,
    element: HtmlElement,
    put: Option<(f32, f32)>,
}

/// The buttons over the plane.
pub(super) struct Handles {
    plane: HtmlElement,
    buttons: Vec<Button>,
}

impl Handles {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let plane: HtmlElement = dom::element(document, id::HANDLES)?;
        let mut buttons = Vec::with_capacity(Handle::ALL.len());
        for handle in Handle::ALL {
            let (text, name) = describe(handle);
            let class = if handle == Handle::Walker { "handle handle-walker" } else { "handle" };
            let element = dom::create(document, "button", class);
            dom::set_attribute(&element, "type", "button");
            dom::set_attribute(&element, "aria-label", name);
            dom::set_attribute(&element, "data-help", "Drag it across the plane, or press arrow keys.");
            dom::set_text(&element, text);
            dom::append(&plane, &element);
            if let Some(element) = dom::cast::<HtmlElement>(element) {
                element.set_hidden(true);
                buttons.push(Button { handle, element, put: None });
            }
        }
        Ok(Self { plane, buttons })
    }
}

/// What is written on a handle, and what it is called.
fn describe(handle: Handle) -> (&'static str, &'static str) {
    match handle {
        Handle::A => ("A", "A, where the path begins"),
        Handle::B => ("B", "B, where the path ends"),
        Handle::Centre => ("+", "Centre of the circle"),
        Handle::Rim => ("↔", "Radius of the circle"),
        Handle::Walker => ("", "Point on the circle"),
    }
}

impl Panel for Handles {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        self.buttons.iter().flat_map(|button| on_handle(handle, &self.plane, button)).collect()
    }

    fn draw(&mut self, app: &mut App, _: &Paint) {
        let plane = app.plane();
        for Button { handle, element, put } in &mut self.buttons {
            // One that is out of sight waits at the edge, where it can be grasped.
            let per_cent = |px: f32| px.clamp(0.0, 100.0);
            let place = plane.handle(*handle).map(|place| plane.bounds().to_px(place.into(), 100.0));
            let place = place.map(|(x, y)| (per_cent(x), per_cent(y)));
            if place == *put {
                continue;
            }
            *put = place;
            dom::set_visible(element, place.is_some());
            if let Some((x, y)) = place {
                dom::set_style(element, "left", &format!("{x}%"));
                dom::set_style(element, "top", &format!("{y}%"));
            }
        }
    }
}

fn on_handle(page: &PageHandle, plane: &HtmlElement, button: &Button) -> [Listener; 5] {
    let (handle, element) = (button.handle, &button.element);
    let is_dragged = Rc::new(Cell::new(false));
    let down = {
        let (is_dragged, element) = (Rc::clone(&is_dragged), element.clone());
        Listener::new(&element.clone(), "pointerdown", Mode::Passive, move |event: PointerEvent| {
            is_dragged.set(event.button() == 0);
            // It fails for a pointer that is gone, which then drags nothing anyway.
            let _ = element.set_pointer_capture(event.pointer_id());
        })
    };
    let moved = {
        let (page, is_dragged, plane) = (page.clone(), Rc::clone(&is_dragged), plane.clone());
        Listener::new(element, "pointermove", Mode::Passive, move |event: PointerEvent| {
            if is_dragged.get() {
                let at = at(&event, &plane);
                page.send(PlaneMsg::DragHandle(handle, at));
                // The decoder shows what lies under the end of a path.
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

/// Where a pointer is over the plane, in parts of its side.
fn at(event: &PointerEvent, plane: &Element) -> [f32; 2] {
    let area = plane.get_bounding_client_rect();
    let part = |px: f64| (px / area.width().max(1.0)) as f32;
    [part(f64::from(event.client_x()) - area.left()), part(f64::from(event.client_y()) - area.top())]
}

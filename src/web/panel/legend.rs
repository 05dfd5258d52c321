//! The legend of the latent plane: the classes in their colours, each to be shown or hidden. It is one stop of the Tab key;
//! arrow keys lead from class to class.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::{Paint, Panel, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, PlaneMsg};
use crate::view::colors::class_color;
use crate::view::plot::ClassSet;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The classes that a legend has before labels have come: the ten digits.
const DIGITS: usize = 10;

/// A button for each class, and the one for all.
pub(super) struct Legend {
    document: Document,
    list: Element,
    buttons: RefCell<Vec<Element>>,
    all: HtmlElement,
    /// The button that Tab leads to.
    stop: Rc<RefCell<Option<Element>>>,
    throttle: RedrawThrottle<(ClassSet, usize)>,
}

impl Legend {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let legend = Self {
            document: document.clone(),
            list: dom::element(document, id::LEGEND)?,
            buttons: RefCell::default(),
            all: dom::element(document, id::LEGEND_ALL)?,
            stop: Rc::default(),
            throttle: RedrawThrottle::new(1),
        };
        legend.make_buttons(DIGITS);
        Ok(legend)
    }

    /// Has as many buttons as there are classes.
    fn make_buttons(&self, count: usize) {
        let mut buttons = self.buttons.borrow_mut();
        let kept = count.min(buttons.len());
        for button in buttons.drain(kept..) {
            button.remove();
        }
        for class in buttons.len()..count {
            let button = dom::create(&self.document, "button", "legend-item");
            dom::set_attribute(&button, "type", "button");
            dom::set_attribute(&button, "data-digit", &class.to_string());
            dom::set_attribute(&button, "tabindex", "-1");
            dom::set_attribute(
                &button,
                "data-help",
                "Shows this digit’s points or hides them. A double click, or Shift and Enter, shows them alone.",
            );
            dom::set_style(&button, "--c", &class_color(class as u8).to_string());
            dom::append(&button, &dom::create(&self.document, "span", "swatch"));
            dom::append(&button, &self.document.create_text_node(&class.to_string()));
            dom::append(&self.list, &button);
            buttons.push(button);
        }
        let has_stop = self.stop.borrow().as_ref().is_some_and(|stop| stop.is_connected());
        if let Some(first) = buttons.first().filter(|_| !has_stop) {
            stop_at(&self.stop, first);
        }
    }
}

impl Panel for Legend {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (stop, list) = (Rc::clone(&self.stop), self.list.clone());
        let leaving = list.clone();
        // One listener for all buttons of a kind: they come with the classes.
        let on = |name, mode, msg: fn(&Event) -> Option<PlaneMsg>| {
            let handle = handle.clone();
            Listener::new(&self.list, name, mode, move |event: Event| {
                if let Some(msg) = msg(&event) {
                    if mode == Mode::Active {
                        event.prevent_default();
                    }
                    handle.send(msg);
                }
            })
        };
        vec![
            on("click", Mode::Passive, |event| class(event).map(PlaneMsg::ToggleClass)),
            // Its two clicks have left everything as it was.
            on("dblclick", Mode::Passive, |event| class(event).map(PlaneMsg::Isolate)),
            on("keydown", Mode::Active, |event| {
                let key = event.dyn_ref::<KeyboardEvent>()?;
                class(event).filter(|_| key.key() == "Enter" && key.shift_key()).map(PlaneMsg::Isolate)
            }),
            on("pointerover", Mode::Passive, |event| {
                let is_finger = event.dyn_ref::<PointerEvent>()?.pointer_type() == "touch";
                (!is_finger).then(|| PlaneMsg::Highlight(class(event)))
            }),
            on("pointerout", Mode::Passive, |_| Some(PlaneMsg::Highlight(None))),
            // A button that was clicked keeps the focus, but nobody looks for it.
            on("focusin", Mode::Passive, |event| {
                let is_by_key = button(event)?.matches(":focus-visible").unwrap_or_default();
                is_by_key.then(|| PlaneMsg::Highlight(class(event)))
            }),
            on("focusout", Mode::Passive, |_| Some(PlaneMsg::Highlight(None))),
            Listener::new(&self.list, "focusin", Mode::Passive, move |event: Event| {
                if let Some(button) = button(&event) {
                    stop_at(&stop, &button);
                }
            }),
            Listener::new(&self.list, "keydown", Mode::Active, move |event: KeyboardEvent| {
                if let Some(to) = by_key(&list, &event) {
                    event.prevent_default();
                    dom::focus(&to);
                }
            }),
            Listener::new(&self.all, "click", Mode::Passive, move |_: Event| {
                // The button goes with what it does, and the focus would be lost.
                if let Ok(Some(stop)) = leaving.query_selector("[tabindex='0']") {
                    stop.dyn_ref().map(dom::focus);
                }
            }),
            on_click(handle, &self.all, PlaneMsg::ShowAllClasses),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let hidden = *app.plane().hidden();
        let classes = match app.dataset().pair().test.class_count() {
            0 => DIGITS,
            classes => classes,
        };
        if !self.throttle.is_due((hidden, classes), paint.immediate) {
            return;
        }
        self.make_buttons(classes);
        for (class, button) in (0..).zip(&*self.buttons.borrow()) {
            dom::set_attribute(button, "aria-pressed", if hidden.contains(class) { "false" } else { "true" });
        }
        dom::set_visible(&self.all, !hidden.is_empty());
    }
}

/// The button in which an event has happened.
fn button(event: &Event) -> Option<Element> {
    let target = event.target().and_then(dom::cast::<Element>)?;
    target.closest("[data-digit]").ok().flatten()
}

/// The class whose button that is.
fn class(event: &Event) -> Option<u8> {
    button(event)?.get_attribute("data-digit")?.parse().ok()
}

/// Has Tab lead to a button, and to no other.
fn stop_at(stop: &RefCell<Option<Element>>, button: &Element) {
    if let Some(before) = stop.replace(Some(button.clone())) {
        dom::set_attribute(&before, "tabindex", "-1");
    }
    dom::set_attribute(button, "tabindex", "0");
}

/// The button that a key leads to.
fn by_key(list: &Element, event: &KeyboardEvent) -> Option<HtmlElement> {
    let button = button(event)?;
    let to = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => button.next_element_sibling().or_else(|| list.first_element_child()),
        "ArrowLeft" | "ArrowUp" => button.previous_element_sibling().or_else(|| list.last_element_child()),
        "Home" => list.first_element_child(),
        "End" => list.last_element_child(),
        _ => None,
    };
    to?.dyn_into().ok()
}

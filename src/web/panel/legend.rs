//! The legend of the plane: a button for each class, and the key of the error colours.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::{DrawContext, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, PlaneMsg, Version};
use crate::view::colors::{Theme, class_color};
use crate::view::plot::ClassSet;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The attribute of a button that holds its class.
const CLASS: &str = "data-digit";

/// The buttons, of which one is a tab stop: arrow keys lead to the others.
pub(super) struct Legend {
    document: Document,
    list: Element,
    buttons: Vec<Element>,
    /// The classes of the buttons, by label.
    classes: Vec<(u8, String)>,
    error_key: Element,
    tab_stop: Rc<RefCell<Option<Element>>>,
    throttle: RedrawThrottle<(ClassSet, Version, Theme)>,
}

impl Legend {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            document: document.clone(),
            list: dom::element(document, id::LEGEND)?,
            buttons: Vec::new(),
            classes: Vec::new(),
            error_key: dom::element(document, id::ERROR_KEY)?,
            tab_stop: Rc::default(),
            throttle: RedrawThrottle::new(1),
        })
    }

    /// Makes a button for each class.
    fn set_classes(&mut self, classes: Vec<(u8, String)>) {
        if self.classes == classes {
            return;
        }
        self.buttons.drain(..).for_each(|button| button.remove());
        for (class, name) in &classes {
            let help =
                "Shows or hides this class’s points. A double click, or Shift and Enter, shows only them.";
            let button = dom::create_button(&self.document, "legend-item", "", help);
            dom::set_attribute(&button, CLASS, &class.to_string());
            dom::set_attribute(&button, "tabindex", "-1");
            dom::append(&button, &dom::create(&self.document, "span", "swatch"));
            dom::append(&button, &self.document.create_text_node(name));
            dom::append(&self.list, &button);
            self.buttons.push(button);
        }
        self.classes = classes;
        let has_stop = self.tab_stop.borrow().as_ref().is_some_and(|stop| stop.is_connected());
        if let Some(first) = self.buttons.first().filter(|_| !has_stop) {
            move_tab_stop(&self.tab_stop, first);
        }
    }
}

impl Panel for Legend {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        // The list listens for all buttons, which come with the classes.
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
        let (tab_stop, list) = (Rc::clone(&self.tab_stop), self.list.clone());
        vec![
            on("click", Mode::Passive, |event| class(event).map(PlaneMsg::ToggleClass)),
            // The two clicks before it cancel each other.
            on("dblclick", Mode::Passive, |event| class(event).map(PlaneMsg::Isolate)),
            on("keydown", Mode::Active, |event| {
                let key = event.dyn_ref::<KeyboardEvent>()?;
                class(event).filter(|_| key.key() == "Enter" && key.shift_key()).map(PlaneMsg::Isolate)
            }),
            on("pointerover", Mode::Passive, |event| {
                let is_touch = event.dyn_ref::<PointerEvent>()?.pointer_type() == "touch";
                (!is_touch).then(|| PlaneMsg::Highlight(class(event)))
            }),
            on("pointerout", Mode::Passive, |_| Some(PlaneMsg::Highlight(None))),
            // A click leaves the focus on its button, but only keys highlight by focus.
            on("focusin", Mode::Passive, |event| {
                let is_by_key = button(event)?.matches(":focus-visible").unwrap_or_default();
                is_by_key.then(|| PlaneMsg::Highlight(class(event)))
            }),
            on("focusout", Mode::Passive, |_| Some(PlaneMsg::Highlight(None))),
            Listener::new(&self.list, "focusin", Mode::Passive, move |event: Event| {
                if let Some(button) = button(&event) {
                    move_tab_stop(&tab_stop, &button);
                }
            }),
            Listener::new(&self.list, "keydown", Mode::Active, move |event: KeyboardEvent| {
                if let Some(target) = arrow_target(&list, &event) {
                    event.prevent_default();
                    dom::focus(&target);
                }
            }),
        ]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        let hidden = app.plane().hidden;
        let dataset = app.dataset();
        if !self.throttle.is_due((hidden, dataset.version(), context.theme), context.immediate) {
            return;
        }
        self.set_classes(dataset.classes());
        for ((class, _), button) in self.classes.iter().zip(&self.buttons) {
            dom::set_bool_attribute(button, "aria-pressed", !hidden.contains(*class));
            let color = context.theme.with_contrast(class_color(*class));
            dom::set_style(button, "--c", &color.to_string());
        }
        let [low, middle, high] = [0.0, 0.5, 1.0].map(|share| context.theme.sequential(share));
        let gradient = format!("linear-gradient(to right, {low}, {middle}, {high})");
        dom::set_style(&self.error_key, "--scale", &gradient);
    }
}

/// Returns the button in which an event happened.
fn button(event: &Event) -> Option<Element> {
    dom::closest(event, "[data-digit]")
}

/// Returns the class of that button.
fn class(event: &Event) -> Option<u8> {
    button(event)?.get_attribute(CLASS)?.parse().ok()
}

/// Makes a button the only tab stop.
fn move_tab_stop(tab_stop: &RefCell<Option<Element>>, button: &Element) {
    if let Some(before) = tab_stop.replace(Some(button.clone())) {
        dom::set_attribute(&before, "tabindex", "-1");
    }
    dom::set_attribute(button, "tabindex", "0");
}

/// Returns the button that a key moves the focus to.
fn arrow_target(list: &Element, event: &KeyboardEvent) -> Option<HtmlElement> {
    let button = button(event)?;
    let target = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => button.next_element_sibling().or_else(|| list.first_element_child()),
        "ArrowLeft" | "ArrowUp" => button.previous_element_sibling().or_else(|| list.last_element_child()),
        "Home" => list.first_element_child(),
        "End" => list.last_element_child(),
        _ => None,
    };
    target?.dyn_into().ok()
}

//! The legend of the latent plane: the digits in their colours, each to be shown or hidden.

use web_sys::{Document, Element, Event, HtmlElement};

use super::Gate;
use super::dom::{self, MissingElement, id};
use super::event::{Listener, Mode};
use crate::app::Msg;
use crate::plot::ClassSet;
use crate::raster::PALETTE;

/// The buttons of the ten digits, and the one for all.
pub(crate) struct Legend {
    digits: Vec<Element>,
    all: HtmlElement,
}

impl Legend {
    /// Puts a button for each digit into the legend.
    pub(crate) fn new(document: &Document) -> Result<Self, MissingElement> {
        let legend: Element = dom::element(document, id::LEGEND)?;
        let digits = (0..10)
            .zip(PALETTE)
            .map(|(digit, color)| {
                let button = create(document, "button", "legend-item");
                dom::set_data(&button, "type", "button");
                dom::set_data(&button, "data-digit", &digit.to_string());
                dom::set_data(&button, "style", &format!("--c:{color}"));
                append(&button, &create(document, "span", "swatch"));
                let numeral = document.create_text_node(&digit.to_string());
                append(&button, &numeral);
                append(&legend, &button);
                button
            })
            .collect();
        Ok(Self { digits, all: dom::element(document, id::LEGEND_ALL)? })
    }

    /// Makes messages of clicks.
    pub(crate) fn bind(&self, gate: &Gate) -> Vec<Listener> {
        let on_click = |target: &Element, msg: Msg| {
            let gate = gate.clone();
            Listener::new(target, "click", Mode::Passive, move |_: Event| gate.send(msg.clone()))
        };
        let digits = (0..).zip(&self.digits).map(|(digit, button)| on_click(button, Msg::ToggleClass(digit)));
        digits.chain([on_click(&self.all, Msg::ShowAllClasses)]).collect()
    }

    /// Shows which classes are hidden.
    pub(crate) fn sync(&self, hidden: &ClassSet) {
        for (class, button) in (0..).zip(&self.digits) {
            dom::set_data(button, "aria-pressed", if hidden.contains(class) { "false" } else { "true" });
        }
        dom::set_shown(&self.all, !hidden.is_empty());
    }
}

fn create(document: &Document, name: &str, class: &str) -> Element {
    let element = document.create_element(name).expect("the name is an element's");
    element.set_class_name(class);
    element
}

fn append(parent: &Element, child: &web_sys::Node) {
    parent.append_child(child).expect("an element takes children");
}

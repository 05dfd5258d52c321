//! The legend of the latent plane: the classes in their colours, each to be shown or hidden.

use std::cell::RefCell;

use web_sys::{Document, Element, HtmlElement, MouseEvent};

use super::{Paint, Panel, on_click};
use crate::app::{App, PlaneMsg};
use crate::cadence::Cadence;
use crate::plot::ClassSet;
use crate::raster::class_color;
use crate::web::dom::{self, MissingElement, id};
use crate::web::event::{Listener, Mode};
use crate::web::gate::Gate;

/// The classes that a legend has before labels have come: the ten digits.
const DIGITS: usize = 10;

/// A button for each class, and the one for all.
pub(super) struct Legend {
    document: Document,
    list: Element,
    buttons: RefCell<Vec<Element>>,
    all: HtmlElement,
    cadence: Cadence<(ClassSet, usize)>,
}

impl Legend {
    pub(super) fn new(document: &Document) -> Result<Self, MissingElement> {
        let legend = Self {
            document: document.clone(),
            list: dom::element(document, id::LEGEND)?,
            buttons: RefCell::default(),
            all: dom::element(document, id::LEGEND_ALL)?,
            cadence: Cadence::new(1),
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
            dom::set_data(&button, "type", "button");
            dom::set_data(&button, "data-digit", &class.to_string());
            dom::set_style(&button, "--c", &class_color(class as u8).to_string());
            dom::append(&button, &dom::create(&self.document, "span", "swatch"));
            dom::append(&button, &self.document.create_text_node(&class.to_string()));
            dom::append(&self.list, &button);
            buttons.push(button);
        }
    }
}

impl Panel for Legend {
    fn bind(&self, gate: &Gate) -> Vec<Listener> {
        let toggling = gate.clone();
        // One listener for all: buttons come with the classes.
        let toggle = Listener::new(&self.list, "click", Mode::Passive, move |event: MouseEvent| {
            let target = event.target().and_then(dom::as_element::<Element>);
            let button = target.and_then(|target| target.closest("[data-digit]").ok().flatten());
            let class = button.and_then(|button| button.get_attribute("data-digit")?.parse().ok());
            if let Some(class) = class {
                toggling.send(PlaneMsg::ToggleClass(class));
            }
        });
        vec![toggle, on_click(gate, &self.all, PlaneMsg::ShowAllClasses)]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let hidden = *app.latent_plane().hidden();
        let classes = match app.stock().pair().test.classes() {
            0 => DIGITS,
            classes => classes,
        };
        if !self.cadence.is_due((hidden, classes), paint.at_rest) {
            return;
        }
        self.make_buttons(classes);
        for (class, button) in (0..).zip(&*self.buttons.borrow()) {
            dom::set_data(button, "aria-pressed", if hidden.contains(class) { "false" } else { "true" });
        }
        dom::set_shown(&self.all, !hidden.is_empty());
    }
}

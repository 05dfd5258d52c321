//! Sliders under a thumb: a touch that turns out to scroll the page leaves them where they were.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{Document, Event, HtmlInputElement, PointerEvent};

use super::dom;
use super::listener::{Listener, Mode};

const SLIDER: &str = "input[type=range]";

/// Listens to fingers on all sliders. A browser moves a slider as soon as a finger touches it, and cancels the pointer when it
/// scrolls instead.
pub(super) fn listeners(document: &Document) -> [Listener; 2] {
    let touched: Rc<RefCell<Option<(HtmlInputElement, String)>>> = Rc::default();
    let before = Rc::clone(&touched);
    let down = Listener::new(document, "pointerdown", Mode::Passive, move |event: PointerEvent| {
        let slider = dom::closest(&event, SLIDER).and_then(dom::cast::<HtmlInputElement>);
        let slider = slider.filter(|_| event.pointer_type() == "touch");
        before.replace(slider.map(|slider| (slider.clone(), slider.value())));
    });
    let cancel = Listener::new(document, "pointercancel", Mode::Passive, move |_: PointerEvent| {
        if let Some((slider, value)) = touched.take()
            && let Ok(input) = Event::new("input")
        {
            slider.set_value(&value);
            // It fails only for an event that is being dispatched.
            let _ = slider.dispatch_event(&input);
        }
    });
    [down, cancel]
}

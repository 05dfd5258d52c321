//! How fast and how far: the speed, the size of a step, and where training stops by itself.

use web_sys::{Document, Element, Event, HtmlInputElement, HtmlSelectElement};

use super::{Paint, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Msg, PlaybackMsg, Speed, StepSize, Version};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The controls of the speed and of the end.
pub(super) struct SpeedBar {
    speed: HtmlInputElement,
    text: Element,
    step_size: HtmlSelectElement,
    stop_at: HtmlInputElement,
    stop_at_plateau: HtmlInputElement,
    throttle: RedrawThrottle<Version>,
}

impl SpeedBar {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let bar = Self {
            speed: dom::element(document, id::SPEED)?,
            text: dom::element(document, id::SPEED_TEXT)?,
            step_size: dom::element(document, id::STEP_SIZE)?,
            stop_at: dom::element(document, id::STOP_AT)?,
            stop_at_plateau: dom::element(document, id::STOP_AT_PLATEAU)?,
            throttle: RedrawThrottle::new(1),
        };
        bar.speed.set_max(&(Speed::ALL.len() - 1).to_string());
        for size in StepSize::ALL {
            let title = if size == StepSize::Epoch { "an epoch" } else { size.name() };
            dom::add_option(&bar.step_size, size.name(), title);
        }
        Ok(bar)
    }
}

/// A listener that sends what a control says.
fn on<T: AsRef<web_sys::EventTarget> + Clone + 'static>(
    handle: &PageHandle,
    control: &T,
    name: &'static str,
    msg: fn(&T) -> Option<PlaybackMsg>,
) -> Listener {
    let (handle, source) = (handle.clone(), control.clone());
    Listener::new(control.as_ref(), name, Mode::Passive, move |_: Event| {
        if let Some(msg) = msg(&source) {
            handle.send(Msg::Playback(msg));
        }
    })
}

impl Panel for SpeedBar {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        vec![
            on(handle, &self.speed, "input", |speed| {
                Speed::ALL.get(speed.value_as_number() as usize).copied().map(PlaybackMsg::Speed)
            }),
            on(handle, &self.step_size, "change", |size| {
                StepSize::ALL.into_iter().find(|of| of.name() == size.value()).map(PlaybackMsg::StepSize)
            }),
            on(handle, &self.stop_at, "change", |step| {
                let step = step.value_as_number();
                // An empty field is not a number.
                Some(PlaybackMsg::StopAt((step >= 1.0).then_some(step as u64)))
            }),
            on(handle, &self.stop_at_plateau, "change", |stops| {
                Some(PlaybackMsg::StopAtPlateau(stops.checked()))
            }),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        if !self.throttle.is_due(app.playback_version(), paint.immediate) {
            return;
        }
        let bar = app.playback();
        let text = bar.speed().to_string();
        let place = Speed::ALL.iter().position(|&speed| speed == bar.speed()).unwrap_or_default();
        self.speed.set_value(&place.to_string());
        dom::set_attribute(&self.speed, "aria-valuetext", &text);
        dom::set_text(&self.text, &text);
        dom::set_value(&self.step_size, bar.step_size().name());
        self.stop_at.set_value(&bar.stop_at().map_or_else(String::new, |step| step.to_string()));
        self.stop_at_plateau.set_checked(bar.stops_at_plateau());
    }
}

//! The timeline below the plane: any moment of the run in every view, the run as it unfolds, and the way on from there.

use web_sys::{Document, Element, Event, HtmlButtonElement, HtmlElement, HtmlInputElement};

use super::{Paint, Panel, REFRESH_AFTER_FRAMES, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, RunsMsg, Version};
use crate::train::decimal;
use crate::view::plot::group_digits;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The slider, whose places are the moments that are kept, with the present at its right end.
pub(super) struct TimelineBar {
    app: Element,
    slider: HtmlInputElement,
    text: Element,
    unfold: HtmlButtonElement,
    now: HtmlElement,
    branch: HtmlElement,
    throttle: RedrawThrottle<(Version, Version)>,
    /// What a person looks at is shown at once.
    touched: RedrawThrottle<(Option<u64>, bool)>,
}

impl TimelineBar {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            app: dom::element(document, id::APP)?,
            slider: dom::element(document, id::TIMELINE)?,
            text: dom::element(document, id::TIMELINE_TEXT)?,
            unfold: dom::element(document, id::UNFOLD)?,
            now: dom::element(document, id::NOW)?,
            branch: dom::element(document, id::BRANCH)?,
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
            touched: RedrawThrottle::new(1),
        })
    }

    fn show(&self, app: &App) {
        let timeline = app.timeline();
        let is_past = timeline.shown().is_some();
        let (step, position) = (app.shown_step(), timeline.position().to_string());
        let text = match is_past {
            true => format!("step {} of {}", group_digits(step), group_digits(app.run().trainer().steps())),
            false => "now".to_owned(),
        };
        dom::set_attribute(&self.app, "data-shown-step", &step.to_string());
        dom::set_attribute(&self.slider, "max", &timeline.len().to_string());
        dom::set_attribute(&self.slider, "aria-valuetext", &text);
        if self.slider.value() != position {
            self.slider.set_value(&position);
        }
        dom::set_text(&self.text, &text);
        self.unfold.set_disabled(timeline.len() < 2);
        dom::set_attribute(
            &self.unfold,
            "aria-pressed",
            if timeline.is_replaying() { "true" } else { "false" },
        );
        for button in [&self.now, &self.branch] {
            dom::set_visible(button, is_past);
        }
    }
}

impl Panel for TimelineBar {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (sliding, slider) = (handle.clone(), self.slider.clone());
        let mut listeners = vec![
            Listener::new(&self.slider, "input", Mode::Passive, move |_: Event| {
                let most = decimal::parse(&slider.max()).map_or(1.0, f64::from);
                sliding.send(RunsMsg::Seek(slider.value_as_number() / most));
            }),
            on_click(handle, &self.unfold, RunsMsg::Replay),
        ];
        for (button, msg) in [(&self.now, RunsMsg::Seek(1.0)), (&self.branch, RunsMsg::Branch)] {
            let (handle, slider) = (handle.clone(), self.slider.clone());
            listeners.push(Listener::new(button, "click", Mode::Passive, move |_: Event| {
                handle.send(msg.clone());
                // The button goes; who came by the keyboard is to stay at the timeline.
                let _ = slider.focus();
            }));
        }
        listeners
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let timeline = app.timeline();
        let looked_at = (timeline.shown().map(|moment| moment.step), timeline.is_replaying());
        let is_touched = self.touched.is_due(looked_at, true);
        let key = (timeline.version(), app.run().version());
        if self.throttle.is_due(key, paint.immediate || is_touched) {
            self.show(app);
        }
    }
}

//! The detector: a histogram of the errors of the class left out and of the others, with a threshold to move.

use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement};

use super::{DrawContext, Panel, REFRESH_AFTER_FRAMES};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{Anomaly, App, InspectMsg, Version};
use crate::view::colors::{Theme, class_color};
use crate::view::detection::{histogram, quantile};
use crate::view::plot::tick_label;
use crate::web::canvas::{Align, Canvas};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The bars, and the room for the labels below them in CSS px.
const BINS: usize = 48;
const LABELS: f64 = 16.0;

/// The share of the errors that the axis holds, at least, and a multiple of which it ends at.
const SHOWN: f32 = 0.995;
const AXIS_STEP: f32 = 0.02;

/// The opacity of the bars of the class left out, which stand before the others.
const OPACITY: f32 = 0.7;

/// The panel.
pub(super) struct AnomalyPanel {
    panel: HtmlElement,
    canvas: Canvas,
    slider: HtmlInputElement,
    text: Element,
    throttle: RedrawThrottle<([Version; 4], Theme)>,
}

impl AnomalyPanel {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            panel: dom::element(document, id::ANOMALY)?,
            canvas: Canvas::new(document, id::ANOMALY_HISTOGRAM)?,
            slider: dom::element(document, id::THRESHOLD)?,
            text: dom::element(document, id::ANOMALY_TEXT)?,
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
        })
    }

    fn paint(&mut self, anomaly: &Anomaly, end: f32, theme: &Theme) {
        self.canvas.fit();
        let (width, height) = self.canvas.css_size();
        let bars = height - LABELS;
        let others = histogram(&anomaly.others, end, BINS);
        let left_out = histogram(&anomaly.left_out, end, BINS);
        let most = others.iter().chain(&left_out).fold(f32::EPSILON, |most, share| most.max(*share));
        let bar = width / BINS as f64;
        let px = |error: f32| f64::from(error / end) * width;
        let color = theme.paper.mix(theme.with_contrast(class_color(anomaly.class)), OPACITY);
        self.canvas.clear(theme.paper);
        for (shares, color, share_of_bar) in
            [(others, theme.line.mix(theme.muted, 0.5), 0.9), (left_out, color, 0.5)]
        {
            for (index, share) in shares.into_iter().enumerate().filter(|(_, share)| *share > 0.0) {
                let (x, top) = ((index as f64 + 0.5) * bar, bars * (1.0 - f64::from(share / most)));
                self.canvas.line([(x, bars), (x, top)], share_of_bar * bar, color);
            }
        }
        let x = px(anomaly.threshold);
        self.canvas.line([(x, 0.0), (x, bars)], 1.6, theme.ink);
        for share in [0.0, 0.25, 0.5, 0.75] {
            let error = share * end;
            let align = if share == 0.0 { Align::Left } else { Align::Center };
            let label = tick_label(f64::from(error), f64::from(end) / 40.0);
            self.canvas.text(&label, (px(error), height - 0.5 * LABELS), align, theme.muted);
        }
    }
}

impl Panel for AnomalyPanel {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (handle, slider) = (handle.clone(), self.slider.clone());
        vec![Listener::new(&self.slider, "input", Mode::Passive, move |_: Event| {
            handle.send(InspectMsg::Threshold(slider.value_as_number() as f32));
        })]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        let versions = [
            app.plane().errors().1,
            app.run().settings_version(),
            app.inspect().threshold.version(),
            app.lessons().version(),
        ];
        let key = (versions, context.theme);
        if !self.throttle.is_due(key, context.immediate) && !self.canvas.is_stale() {
            return;
        }
        // What the lesson asks is not shown before the user has answered.
        let is_asked = app.lessons().open.as_ref().is_some_and(|open| open.chosen.is_none());
        let anomaly = Anomaly::of(app).filter(|_| !is_asked);
        dom::set_visible(&self.panel, anomaly.is_some());
        let Some(anomaly) = anomaly else { return };
        let all: Vec<_> = anomaly.others.iter().chain(&anomaly.left_out).copied().collect();
        let end = (quantile(&all, SHOWN).unwrap_or_default() / AXIS_STEP).ceil().max(1.0) * AXIS_STEP;
        self.paint(&anomaly, end, &context.theme);
        let text = anomaly.to_sentence();
        for (name, value) in [("max", end), ("step", end / 200.0)] {
            dom::set_attribute(&self.slider, name, &value.to_string());
        }
        self.slider.set_value_as_number(f64::from(anomaly.threshold));
        dom::set_attribute(&self.slider, "aria-valuetext", &format!("{:.3}", anomaly.threshold));
        dom::set_text(&self.text, &text);
    }
}

//! The loss against the step.

use web_sys::{Document, HtmlCanvasElement};

use crate::history::{History, Series};
use crate::plot::{Chart, Kind, readout};
use crate::raster::{Color, Theme};
use crate::web::canvas::{Align, Canvas};
use crate::web::dom::{MissingElement, id};

/// CSS pixels between a tick and the next, about.
const TICK_X: f64 = 80.0;
const TICK_Y: f64 = 36.0;

/// The chart of a [`History`].
#[derive(Debug)]
pub(crate) struct LossChart {
    canvas: Canvas,
}

impl LossChart {
    /// The chart on the page.
    ///
    /// # Errors
    /// If the page lacks its canvas.
    pub(crate) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self { canvas: Canvas::new(document, id::LOSS)? })
    }

    /// Where the pointer is listened to.
    pub(crate) fn element(&self) -> &HtmlCanvasElement {
        self.canvas.element()
    }

    /// Whether it has to be drawn again because the page has been laid out otherwise.
    pub(crate) fn is_stale(&self) -> bool {
        self.canvas.is_stale()
    }

    /// Draws both series, the training loss behind the test loss. What lies above the axes runs along their upper edge,
    /// marked by triangles. With the pointer at `hover_x` CSS pixels from the left edge, marks the step there and
    /// returns what the losses are.
    pub(crate) fn draw(
        &mut self,
        history: &History,
        log: bool,
        hover_x: Option<f64>,
        theme: &Theme,
    ) -> Option<String> {
        self.canvas.fit();
        self.canvas.clear(theme.paper);
        let (width, height) = self.canvas.css_size();
        let chart = Chart::new(history, if log { Kind::Log } else { Kind::Linear }, width, height);
        self.axes(&chart, theme);
        self.series(&chart, &history.train, 1.2, theme.muted);
        self.series(&chart, &history.test, 2.0, theme.accent);
        let (step, text) = hover_x.and_then(|x| readout(history, chart.step_at(x)))?;
        let x = chart.x.to_px(step as f64);
        self.canvas.line([(x, chart.top), (x, chart.bottom)], 1.0, theme.ink);
        for (series, color) in [(&history.train, theme.muted), (&history.test, theme.accent)] {
            if let Some((step, value)) = series.nearest(step) {
                self.canvas.dot(chart.place((step, value)), 3.0, color);
            }
        }
        Some(text)
    }

    fn axes(&self, chart: &Chart, theme: &Theme) {
        for tick in chart.y.ticks(((chart.bottom - chart.top) / TICK_Y) as usize) {
            // The middle of a pixel: a hairline between two would be broad and pale.
            let y = chart.y.to_px(tick.value).floor() + 0.5;
            self.canvas.line([(chart.left, y), (chart.right, y)], 1.0, theme.line);
            self.canvas.text(&tick.label, (chart.left - 6.0, y), Align::Right, theme.muted);
        }
        for tick in chart.x.ticks(((chart.right - chart.left) / TICK_X) as usize) {
            let x = chart.x.to_px(tick.value);
            // The last label may not be cut off by the edge.
            let align = if x > chart.right - 12.0 { Align::Right } else { Align::Center };
            let x = if align == Align::Right { chart.right + 4.0 } else { x };
            self.canvas.text(&tick.label, (x, chart.bottom + 11.0), align, theme.muted);
        }
    }

    fn series(&self, chart: &Chart, series: &Series, width: f64, color: Color) {
        let place = |point| chart.place(point);
        if series.len() == 1 {
            // A line needs two points, but the first is worth seeing.
            series.iter().map(place).for_each(|point| self.canvas.dot(point, width, color));
        }
        self.canvas.line(series.iter().map(place), width, color);
        for x in chart.beyond(series) {
            let (half, foot) = (0.4 * Chart::MARK, chart.top + 0.6 * Chart::MARK);
            let triangle = [(x - half, foot), (x, chart.top), (x + half, foot), (x - half, foot)];
            self.canvas.line(triangle, 1.5, color);
        }
    }
}

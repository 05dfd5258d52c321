//! The loss against the step.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlInputElement, KeyboardEvent, PointerEvent};

use super::{Paint, Panel, REFRESH_AFTER_FRAMES};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Version};
use crate::view::chart::{Chart, Labels, readout, step_by_key, table_rows};
use crate::view::colors::{Color, Theme};
use crate::view::plot::ScaleKind;
use crate::view::series::Series;
use crate::web::canvas::{Align, Canvas};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// All that the chart's picture depends on, but for its size and what is read off it.
type Key = (Version, Version, Version, (Version, bool), Option<u64>, Theme);

/// CSS pixels between a tick and the next, about.
const TICK_X: f64 = 80.0;
const TICK_Y: f64 = 36.0;

/// The rows of the table for those who do not see the chart.
const ROWS: usize = 12;

/// What is read off the chart.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reading {
    /// Where the pointer is, in CSS px from the left edge.
    At(f64),
    /// The step that keys have led to.
    Step(u64),
}

/// What the axes show.
const ACROSS: &str = "step";
const UP: &str = "error per pixel";

/// What stands below the chart when nothing is read off it.
const UNIT: &str = "mean squared error per pixel";

/// The chart of a run's errors.
pub(super) struct LossChart {
    canvas: Canvas,
    log: HtmlInputElement,
    readout: Element,
    table: Element,
    /// Its rows' cells: step, train, test.
    cells: Vec<[Element; 3]>,
    reading: Rc<Cell<Option<Reading>>>,
    /// The table is to be written, whether the network trains or not.
    is_asked: Rc<Cell<bool>>,
    told: RedrawThrottle<Version>,
    throttle: RedrawThrottle<Key>,
    /// What a person does on the chart is shown at once.
    touched: RedrawThrottle<(bool, Option<Reading>)>,
}

impl LossChart {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            canvas: Canvas::new(document, id::LOSS)?,
            log: dom::element(document, id::LOSS_LOG)?,
            readout: dom::element(document, id::LOSS_READOUT)?,
            table: dom::element(document, id::LOSS_TABLE)?,
            cells: Vec::new(),
            reading: Rc::default(),
            is_asked: Rc::default(),
            told: RedrawThrottle::new(u32::MAX),
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
            touched: RedrawThrottle::new(1),
        })
    }

    /// Draws both series, the training loss behind the test loss, above the curves that are kept and the references. What
    /// lies above the axes runs along their upper edge, marked by triangles. Marks the step that is read, and returns it with
    /// what the losses are there.
    fn chart(
        &mut self,
        app: &App,
        log: bool,
        reading: Option<Reading>,
        theme: &Theme,
    ) -> Option<(u64, String)> {
        self.canvas.fit();
        self.canvas.clear(theme.paper);
        let (width, height) = self.canvas.css_size();
        let history = app.run().curve().history();
        let histories: Vec<_> =
            [history].into_iter().chain(app.ghosts().iter().map(|ghost| &ghost.history)).collect();
        let references: Vec<_> = app.references().map(|(_, error)| error).collect();
        let chart = Chart::new(
            &histories,
            &references,
            if log { ScaleKind::Log } else { ScaleKind::Linear },
            width,
            height,
        );
        self.axes(&chart, theme);
        let grey = theme.line.mix(theme.muted, 0.55);
        for ghost in app.ghosts().iter() {
            self.series(&chart, ghost.line(), 1.5, grey);
        }
        for y in references.iter().filter_map(|&error| chart.y_of(error)) {
            self.canvas.dashes((chart.left, chart.right), y.floor() + 0.5, theme.muted);
        }
        if let Some(moment) = app.timeline().shown() {
            let x = chart.x.to_px(moment.step as f64).floor() + 0.5;
            self.canvas.line([(x, chart.top), (x, chart.bottom)], 1.0, theme.accent);
        }
        self.series(&chart, &history.train, 1.2, theme.muted);
        self.series(&chart, &history.test, 2.0, theme.accent);
        let kl = app.run().curve().kl();
        let kl_places = chart.secondary_axis_points(kl);
        let kl_color = theme.diverging().positive.mix(theme.ink, 0.35);
        self.canvas.line(kl_places.iter().copied(), 1.5, kl_color);
        let mut labels = self.labels(app, &chart, theme);
        if let (Some((_, nats)), Some(&end)) = (kl.last(), kl_places.last()) {
            let text = format!("KL {nats:.2} nats");
            if let Some(at) = labels.place(&text, end) {
                self.canvas.label(&text, at, Align::Right, kl_color, theme.paper);
            }
        }
        let step = match reading? {
            Reading::At(x) => chart.step_at(x),
            Reading::Step(step) => step,
        };
        let (step, mut text) = readout(history, step)?;
        if let Some((_, nats)) = kl.nearest(step) {
            text.push_str(&format!(", KL {nats:.2} nats"));
        }
        let x = chart.x.to_px(step as f64);
        self.canvas.line([(x, chart.top), (x, chart.bottom)], 1.0, theme.ink);
        for (series, color) in [(&history.train, theme.muted), (&history.test, theme.accent)] {
            if let Some((step, value)) = series.nearest(step) {
                self.canvas.dot(chart.to_px((step, value)), 3.0, color);
            }
        }
        Some((step, text))
    }

    /// Tells those who hear the page what keys have read off the chart, and the step as a slider's position.
    fn tell_reading(&self, app: &App, step: u64, text: &str) {
        let canvas = self.canvas.element();
        let last = app.run().curve().history().last_step().unwrap_or_default();
        dom::set_attribute(canvas, "aria-valuemax", &last.to_string());
        dom::set_attribute(canvas, "aria-valuenow", &step.to_string());
        dom::set_attribute(canvas, "aria-valuetext", text);
    }

    /// Writes the table.
    fn tabulate(&mut self, app: &App) {
        let Some(document) = self.table.owner_document() else { return };
        let rows = table_rows(app.run().curve().history(), ROWS);
        while self.cells.len() < rows.len() {
            let row = dom::create(&document, "tr", "");
            let cells = ["th", "td", "td"].map(|name| {
                let cell = dom::create(&document, name, "");
                dom::append(&row, &cell);
                cell
            });
            dom::set_attribute(&cells[0], "scope", "row");
            dom::append(&self.table, &row);
            self.cells.push(cells);
        }
        for cells in self.cells.drain(rows.len()..) {
            if let Some(row) = cells[0].parent_element() {
                row.remove();
            }
        }
        for (cells, row) in self.cells.iter().zip(&rows) {
            cells.iter().zip(row).for_each(|(cell, text)| dom::set_text(cell, text));
        }
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

    /// Names the axes, the references and the curves that are kept, where they are; returns where there is a label now.
    fn labels(&self, app: &App, chart: &Chart, theme: &Theme) -> Labels {
        let (left, right) = (chart.left + 4.0, chart.right - 2.0);
        let write = |text: &str, at, align| self.canvas.label(text, at, align, theme.muted, theme.paper);
        let mut labels = Labels::new(left, chart.top, right, chart.bottom);
        let test = &app.run().curve().history().test;
        labels.avoid(test.iter().map(|point| chart.to_px(point)));
        for (text, at) in [(UP, (left - 4.0, chart.top + 7.0)), (ACROSS, (right, chart.bottom))] {
            if let Some(at) = labels.place(text, at) {
                write(text, at, Align::Right);
            }
        }
        for (name, error) in app.references() {
            let text = format!("{name} {error:.4}");
            if let Some(at) = chart.y_of(error).and_then(|y| labels.place(&text, (right, y))) {
                write(&text, at, Align::Right);
            }
        }
        for ghost in app.ghosts().iter() {
            let (text, end) = (app.ghost_name(ghost), ghost.line().last().map(|point| chart.to_px(point)));
            if let Some(at) = end.and_then(|end| labels.place(&text, end)) {
                write(&text, at, Align::Right);
            }
        }
        labels
    }

    fn series(&self, chart: &Chart, series: &Series, width: f64, color: Color) {
        let place = |point| chart.to_px(point);
        if series.len() == 1 {
            // A line needs two points, but the first is worth seeing.
            series.iter().map(place).for_each(|point| self.canvas.dot(point, width, color));
        }
        self.canvas.line(series.iter().map(place), width, color);
        for x in chart.overflow_marks(series) {
            let (half, foot) = (0.4 * Chart::MARK_WIDTH, chart.top + 0.6 * Chart::MARK_WIDTH);
            let triangle = [(x - half, foot), (x, chart.top), (x + half, foot), (x - half, foot)];
            self.canvas.line(triangle, 1.5, color);
        }
    }
}

impl Panel for LossChart {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let canvas = self.canvas.element();
        let last = |handle: &PageHandle| handle.read(|app| app.run().curve().history().last_step()).flatten();
        let on = |name, reading: fn(&Event) -> Option<Reading>| {
            let read = Rc::clone(&self.reading);
            Listener::new(canvas, name, Mode::Passive, move |event: Event| read.set(reading(&event)))
        };
        let (focusing, read, is_asked) =
            (handle.clone(), Rc::clone(&self.reading), Rc::clone(&self.is_asked));
        let (moving, moved) = (handle.clone(), Rc::clone(&self.reading));
        vec![
            on("pointermove", |event| {
                Some(Reading::At(f64::from(event.dyn_ref::<PointerEvent>()?.offset_x())))
            }),
            on("pointerleave", |_| None),
            on("blur", |_| None),
            Listener::new(canvas, "focus", Mode::Passive, move |_: Event| {
                is_asked.set(true);
                if read.get().is_none() {
                    read.set(last(&focusing).map(Reading::Step));
                }
            }),
            Listener::new(canvas, "keydown", Mode::Active, move |event: KeyboardEvent| {
                let at = match moved.get() {
                    Some(Reading::Step(step)) => Some(step),
                    _ => None,
                };
                let last = last(&moving).unwrap_or_default();
                let is_plain = !(event.ctrl_key() || event.alt_key() || event.meta_key());
                let step = step_by_key(last, at, &event.key(), event.shift_key()).filter(|_| is_plain);
                if let Some(step) = step {
                    event.prevent_default();
                    moved.set(Some(Reading::Step(step)));
                }
            }),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        if !paint.should_draw(&self.canvas) {
            return;
        }
        // Asked each time: a browser may bring the box back as it was on an earlier visit.
        let (log, reading) = (self.log.checked(), self.reading.get());
        let is_touched = self.touched.is_due((log, reading), true);
        let shown = app.timeline().shown().map(|moment| moment.step);
        let versions = (app.run().version(), app.run().settings_version(), app.ghosts().version());
        let key = (versions.0, versions.1, versions.2, app.references_version(), shown, paint.theme);
        let is_due = self.throttle.is_due(key, paint.immediate || is_touched);
        if is_due || is_touched || self.canvas.is_stale() {
            let read = self.chart(app, log, reading, &paint.theme);
            dom::set_text(&self.readout, read.as_ref().map_or(UNIT, |(_, text)| text));
            if let (Some((step, text)), Some(Reading::Step(_)), true) = (read, reading, is_touched) {
                self.tell_reading(app, step, &text);
            }
        }
        if self.told.is_due(app.run().version(), paint.immediate || self.is_asked.take()) {
            self.tabulate(app);
        }
    }
}

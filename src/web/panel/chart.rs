//! The chart of the loss against the step. Its cursor is the timeline: a slider over all of the chart, whose values are steps.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, Element, Event, HtmlInputElement, KeyboardEvent, PointerEvent};

use super::controls::timeline_text;
use super::{DrawContext, Panel, REFRESH_AFTER_FRAMES, curve_color};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, RunsMsg, Version};
use crate::view::chart::{Chart, Labels, readout, table_rows};
use crate::view::colors::{Color, Theme};
use crate::view::plot::{ScaleKind, group_digits};
use crate::view::series::Series;
use crate::web::canvas::{Align, Canvas};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// What the picture of the chart depends on, besides its size and the reading.
type Key = (Version, Version, Version, (Version, bool), Option<u64>, Theme);

/// The approximate distance between ticks, in CSS px.
const TICK_SPACING_X: f64 = 80.0;
const TICK_SPACING_Y: f64 = 36.0;

/// The painted frames between two versions of the table while the network trains.
const TABLE_AFTER_FRAMES: u32 = 60;

/// The rows of the table that is the text alternative.
const ROWS: usize = 12;

/// The room for the cursor's handle right of labels, in CSS px.
const CURSOR_ROOM: f64 = 12.0;

/// The recorded steps that a key leads on, with Shift or by a page.
const FAR: isize = 10;

/// The attribute of a button that holds the index of its mark.
const MARK: &str = "data-mark";

/// The names of the axes.
const X_AXIS: &str = "step";
const Y_AXIS: &str = "error per pixel";

/// The loss chart.
pub(super) struct LossChart {
    canvas: Canvas,
    log: HtmlInputElement,
    readout: Element,
    table: Element,
    /// Its rows' cells: step, train, test.
    cells: Vec<[Element; 3]>,
    /// Where the pointer reads values off the chart, in CSS px from its left edge.
    pointer: Rc<Cell<Option<f64>>>,
    /// The cursor.
    timeline: HtmlInputElement,
    cursor_throttle: RedrawThrottle<(Version, Version, Version)>,
    /// The cursor has got the focus: the table is brought up to date.
    is_focused: Rc<Cell<bool>>,
    /// The buttons that set changed settings back, over the chart.
    marks: Element,
    mark_buttons: Vec<Element>,
    table_throttle: RedrawThrottle<Version>,
    throttle: RedrawThrottle<Key>,
    /// What the user does on the chart is shown immediately.
    touched: RedrawThrottle<(bool, Option<f64>, Version)>,
}

impl LossChart {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            canvas: Canvas::new(document, id::LOSS)?,
            log: dom::element(document, id::LOSS_LOG)?,
            readout: dom::element(document, id::LOSS_READOUT)?,
            table: dom::element(document, id::LOSS_TABLE)?,
            cells: Vec::new(),
            pointer: Rc::default(),
            timeline: dom::element(document, id::TIMELINE)?,
            cursor_throttle: RedrawThrottle::new(1),
            is_focused: Rc::default(),
            marks: dom::element(document, id::MARKS)?,
            mark_buttons: Vec::new(),
            table_throttle: RedrawThrottle::new(TABLE_AFTER_FRAMES),
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
            touched: RedrawThrottle::new(1),
        })
    }

    /// Draws the curves of ticked runs, the references, and the run's losses. Values beyond the axes run along the upper edge, marked by
    /// triangles. Returns the losses at the pointer, or else at the cursor if it is in the past.
    fn paint(&mut self, app: &App, log: bool, theme: &Theme) -> Option<String> {
        self.canvas.fit();
        self.canvas.clear(theme.paper);
        let (width, height) = self.canvas.css_size();
        let history = app.run().curve().history();
        let histories: Vec<_> =
            [history].into_iter().chain(app.runs().ticked().map(|(_, row)| row.history())).collect();
        let references: Vec<_> = app.references().map(|(_, error)| error).collect();
        let chart = Chart::new(
            &histories,
            &references,
            if log { ScaleKind::Log } else { ScaleKind::Linear },
            width,
            height,
        );
        self.axes(&chart, theme);
        for (color, row) in app.runs().ticked() {
            self.series(&chart, row.line(), 1.5, curve_color(color, theme));
        }
        for y in references.iter().filter_map(|&error| chart.y_of(error)) {
            self.canvas.dashes((chart.left, chart.right), y.floor() + 0.5, theme.muted);
        }
        self.series(&chart, &history.train, 1.2, theme.muted);
        self.series(&chart, &history.test, 2.0, theme.accent);
        let kl = app.run().curve().kl();
        let kl_places = chart.secondary_axis_points(kl);
        let kl_color = theme.diverging().positive.mix(theme.ink, 0.35);
        self.canvas.line(kl_places.iter().copied(), 1.5, kl_color);
        self.show_marks(app, &chart);
        let mut labels = self.labels(app, &chart, theme);
        if let (Some((_, nats)), Some(&end)) = (kl.last(), kl_places.last()) {
            let text = format!("KL {nats:.2} nats");
            if let Some(at) = labels.place(&text, end) {
                self.canvas.label(&text, at, Align::Right, kl_color, theme.paper);
            }
        }
        let shown = app.runs().timeline().shown().map(|checkpoint| checkpoint.step);
        let step = self.pointer.get().map(|x| chart.step_at(x)).or(shown)?;
        let (step, mut text) = readout(history, step)?;
        if let Some((_, nats)) = kl.nearest(step) {
            text.push_str(&format!(", KL {nats:.2} nats"));
        }
        let x = chart.x.to_px(step as f64);
        self.canvas.line([(x, chart.top), (x, chart.bottom)], 1.0, theme.line);
        for (series, color) in [(&history.train, theme.muted), (&history.test, theme.accent)] {
            if let Some((step, value)) = series.nearest(step) {
                self.canvas.dot(chart.to_px((step, value)), 3.0, color);
            }
        }
        Some(text)
    }

    /// Places a button for each change of a setting at its step.
    fn show_marks(&mut self, app: &App, chart: &Chart) {
        let marks = app.run().marks();
        for button in self.mark_buttons.drain(marks.len().min(self.mark_buttons.len())..) {
            button.remove();
        }
        let Some(document) = self.marks.owner_document() else { return };
        while self.mark_buttons.len() < marks.len() {
            let button = dom::create_button(&document, "mark", "", "");
            dom::set_attribute(&button, MARK, &self.mark_buttons.len().to_string());
            dom::append(&self.marks, &button);
            self.mark_buttons.push(button);
        }
        for (button, mark) in self.mark_buttons.iter().zip(&marks) {
            let step = group_digits(mark.step);
            dom::set_style(button, "left", &format!("{:.1}px", chart.x.to_px(mark.step as f64)));
            dom::set_attribute(
                button,
                "aria-label",
                &format!("Step {step}: {mark}. Set it back to {}", mark.from),
            );
            dom::set_attribute(button, "data-help", &format!("Step {step}: {mark}. Click to set it back."));
        }
    }

    /// Moves the cursor to the shown step.
    fn move_cursor(&self, app: &App) {
        let shown = app.runs().timeline().shown().map(|checkpoint| checkpoint.step);
        let step = shown.unwrap_or_else(|| app.run().trainer().steps());
        let histories = app.runs().ticked().map(|(_, row)| row.history());
        let axis_end = Chart::last_step([app.run().curve().history()].into_iter().chain(histories));
        dom::set_attribute(&self.timeline, "max", &axis_end.max(step).to_string());
        // A cursor that is dragged is left alone.
        if self.timeline.value_as_number() != step as f64 {
            self.timeline.set_value_as_number(step as f64);
        }
        let mut text = timeline_text(app);
        if let Some((_, read)) = shown.and_then(|step| readout(app.run().curve().history(), step)) {
            text = format!("{text}; {read}");
        }
        dom::set_attribute(&self.timeline, "aria-valuetext", &text);
    }

    /// Writes the table.
    fn write_table(&mut self, app: &App) {
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
        for tick in chart.y.ticks(((chart.bottom - chart.top) / TICK_SPACING_Y) as usize) {
            // A hairline is sharp in the middle of a pixel.
            let y = chart.y.to_px(tick.value).floor() + 0.5;
            self.canvas.line([(chart.left, y), (chart.right, y)], 1.0, theme.line);
            self.canvas.text(&tick.label, (chart.left - 6.0, y), Align::Right, theme.muted);
        }
        for tick in chart.x.ticks(((chart.right - chart.left) / TICK_SPACING_X) as usize) {
            let x = chart.x.to_px(tick.value);
            // The edge must not clip the last label.
            let align = if x > chart.right - 12.0 { Align::Right } else { Align::Center };
            let x = if align == Align::Right { chart.right + 4.0 } else { x };
            let step = group_digits(tick.value.max(0.0) as u64);
            self.canvas.text(&step, (x, chart.bottom + 11.0), align, theme.muted);
        }
    }

    /// Labels the axes, the references and the curves of ticked runs. Returns the places that are taken.
    fn labels(&self, app: &App, chart: &Chart, theme: &Theme) -> Labels {
        let (left, right) = (chart.left + 4.0, chart.right - CURSOR_ROOM);
        let write = |text: &str, at, align| self.canvas.label(text, at, align, theme.muted, theme.paper);
        let mut labels = Labels::new(left, chart.top, right, chart.bottom);
        let test = &app.run().curve().history().test;
        labels.avoid(test.iter().map(|point| chart.to_px(point)));
        for (text, at) in [(Y_AXIS, (left - 4.0, chart.top + 7.0)), (X_AXIS, (right, chart.bottom))] {
            if let Some(at) = labels.place(text, at) {
                write(text, at, Align::Right);
            }
        }
        let highest = app.references().map(|(_, error)| error).fold(0.0, f32::max);
        for (name, error) in app.references() {
            let text = format!("{name} {error:.4}");
            let place = |y| labels.place_beside(&text, (right, y), error == highest);
            if let Some(at) = chart.y_of(error).and_then(place) {
                write(&text, at, Align::Right);
            }
        }
        for (color, row) in app.runs().ticked() {
            let end = row.line().last().map(|point| chart.to_px(point));
            if let Some(at) = end.and_then(|end| labels.place(row.name(), end)) {
                self.canvas.label(row.name(), at, Align::Right, curve_color(color, theme), theme.paper);
            }
        }
        labels
    }

    fn series(&self, chart: &Chart, series: &Series, width: f64, color: Color) {
        let place = |point| chart.to_px(point);
        if series.len() == 1 {
            // One point is no line.
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
        let (timeline, is_focused) = (&self.timeline, Rc::clone(&self.is_focused));
        let on = |name, read: fn(&PointerEvent, f64) -> Option<f64>| {
            let (pointer, canvas) = (Rc::clone(&self.pointer), self.canvas.element().clone());
            Listener::new(timeline, name, Mode::Passive, move |event: PointerEvent| {
                pointer.set(read(&event, canvas.get_bounding_client_rect().left()));
            })
        };
        let (reverting, seeking, typing) = (handle.clone(), handle.clone(), handle.clone());
        let source = timeline.clone();
        vec![
            Listener::new(&self.marks, "click", Mode::Passive, move |event: Event| {
                let mark = dom::attribute_at(&event, MARK).and_then(|mark| mark.parse().ok());
                mark.into_iter().for_each(|mark| reverting.send(RunsMsg::Revert(mark)));
            }),
            on("pointermove", |event, left| Some(f64::from(event.client_x()) - left)),
            on("pointerleave", |_, _| None),
            Listener::new(timeline, "focus", Mode::Passive, move |_: Event| is_focused.set(true)),
            Listener::new(timeline, "input", Mode::Passive, move |_: Event| {
                seeking.send(RunsMsg::Seek(source.value_as_number() as u64));
            }),
            Listener::new(timeline, "keydown", Mode::Active, move |event: KeyboardEvent| {
                let is_plain = !(event.ctrl_key() || event.alt_key() || event.meta_key());
                if let Some(msg) = seek_by_key(&event.key(), event.shift_key()).filter(|_| is_plain) {
                    event.prevent_default();
                    typing.send(msg);
                }
            }),
        ]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        // The cursor and the table are up to date even off screen, for keys and screen readers.
        let cursor = (app.run().version(), app.runs().version(), app.runs().timeline().version());
        if context.writes_texts && self.cursor_throttle.is_due(cursor, true) {
            self.move_cursor(app);
        }
        if self.table_throttle.is_due(app.run().version(), context.immediate || self.is_focused.take()) {
            self.write_table(app);
        }
        if !context.should_draw(&self.canvas) {
            return;
        }
        // The browser may restore the box of an earlier visit, without an event.
        let log = self.log.checked();
        let timeline = app.runs().timeline();
        let is_touched = self.touched.is_due((log, self.pointer.get(), timeline.version()), true);
        let shown = timeline.shown().map(|checkpoint| checkpoint.step);
        let versions = (app.run().version(), app.run().settings_version(), app.runs().version());
        let key = (versions.0, versions.1, versions.2, app.references_version(), shown, context.theme);
        let is_due = self.throttle.is_due(key, context.immediate || is_touched);
        if is_due || is_touched || self.canvas.is_stale() {
            let read = self.paint(app, log, &context.theme);
            dom::set_text(&self.readout, read.as_deref().unwrap_or_default());
        }
    }
}

/// Returns the message of a key on the timeline: arrows lead to the next recorded step, Shift and the page keys further.
fn seek_by_key(key: &str, shift: bool) -> Option<RunsMsg> {
    let count = if shift { FAR } else { 1 };
    Some(match key {
        "ArrowLeft" | "ArrowDown" => RunsMsg::SeekBy(-count),
        "ArrowRight" | "ArrowUp" => RunsMsg::SeekBy(count),
        "PageDown" => RunsMsg::SeekBy(-FAR),
        "PageUp" => RunsMsg::SeekBy(FAR),
        "Home" => RunsMsg::Seek(0),
        "End" => RunsMsg::Now,
        _ => return None,
    })
}

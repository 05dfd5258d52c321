//! The page's state: the app, the views of it, and what only the views know.

use web_sys::{Document, Element, Performance};

use super::Gate;
use super::controls::Controls;
use super::dom::{self, MissingElement, id, window};
use super::legend::Legend;
use super::loading;
use super::saving;
use super::status::Status;
use super::task::Task;
use super::view::{Decoded, LatentPlane, LossChart, Original, Pins, Reconstructions};
use crate::app::{App, Dirty, MOST_PINS, Msg, Plane, Ticket};
use crate::budget::Budget;
use crate::plot::Cloud;
use crate::raster::Theme;

/// What stands below the loss chart when nothing is read off it.
const LOSS_UNIT: &str = "mean squared error per pixel";

/// What each of the first frames draws. All at once would hold the browser up for 50 ms: nothing is compiled yet.
const OPENING: [Dirty; 5] = [
    Dirty { figures: true, controls: true, ..Dirty::NONE },
    Dirty { reconstructions: true, ..Dirty::NONE },
    Dirty { plane: true, manifold: true, ..Dirty::NONE },
    Dirty { loss: true, ..Dirty::NONE },
    Dirty { decoded: true, ..Dirty::NONE },
];

/// Everything that is drawn or turned.
pub(crate) struct Page {
    pub(crate) app: App,
    pub(crate) plane: LatentPlane,
    controls: Controls,
    legend: Legend,
    status: Status,
    loss_chart: LossChart,
    loss_log: bool,
    loss_hover: Option<f64>,
    loss_readout: Element,
    reconstructions: Reconstructions,
    decoded: Decoded,
    original: Original,
    pins: Pins,
    theme: Theme,
    clock: Performance,
    budget: Budget,
    /// What the last frame took beyond the time that was granted, in milliseconds.
    beside_training: f64,
    dirty: Dirty,
    opening: std::slice::Iter<'static, Dirty>,
    download: Vec<Task>,
    reading: Option<Task>,
    last_ticket: Ticket,
}

impl Page {
    /// Finds every element that is drawn on or written to.
    pub(crate) fn new(document: &Document, clock: Performance) -> Result<Self, MissingElement> {
        Ok(Self {
            app: App::default(),
            plane: LatentPlane::new(document)?,
            controls: Controls::new(document)?,
            legend: Legend::new(document)?,
            status: Status::new(document)?,
            loss_chart: LossChart::new(document)?,
            loss_log: false,
            loss_hover: None,
            loss_readout: dom::element(document, id::LOSS_READOUT)?,
            reconstructions: Reconstructions::new(document)?,
            decoded: Decoded::new(document)?,
            original: Original::new(document)?,
            pins: Pins::new(document)?,
            theme: Theme::LIGHT,
            clock,
            budget: Budget::default(),
            beside_training: 0.0,
            dirty: Dirty::ALL,
            opening: OPENING.iter(),
            download: Vec::new(),
            reading: None,
            last_ticket: 0,
        })
    }

    /// The settings' controls.
    pub(crate) fn controls(&self) -> &Controls {
        &self.controls
    }

    /// The legend of the plane.
    pub(crate) fn legend(&self) -> &Legend {
        &self.legend
    }

    /// The loss chart.
    pub(crate) fn loss_chart(&self) -> &LossChart {
        &self.loss_chart
    }

    /// Tells the app that something has happened.
    pub(crate) fn update(&mut self, msg: Msg) {
        self.app.update(msg);
    }

    /// Paints in other colours from now on.
    pub(crate) fn set_theme(&mut self, theme: Theme) {
        self.theme = theme;
        self.dirty = Dirty::ALL;
    }

    /// Draws the loss on a logarithmic axis, or on a linear one.
    pub(crate) fn set_loss_log(&mut self, log: bool) {
        self.loss_log = log;
        self.dirty.loss = true;
    }

    /// Reads the loss at a place of the chart, in CSS px from its left edge.
    pub(crate) fn read_loss_at(&mut self, x: Option<f64>) {
        self.loss_hover = x;
        self.dirty.loss = true;
    }

    /// Begins to read files of the visitor's in place of those that were being read.
    pub(crate) fn read_files(&mut self, gate: &Gate, files: Vec<web_sys::File>) {
        self.last_ticket += 1;
        self.app.update(Msg::OwnFiles(self.last_ticket, files.iter().map(web_sys::File::name).collect()));
        self.reading = Some(loading::read_files(gate.clone(), self.last_ticket, files));
    }

    /// Does what the app asks of the browser.
    pub(crate) fn follow_requests(&mut self, gate: &Gate) {
        if let Some(ticket) = self.app.take_download() {
            self.download = loading::download_mnist(gate, ticket);
        }
        if !self.app.is_reading() {
            // A file that was refused is not read to its end.
            self.reading = None;
        }
        if let Some(file) = self.app.take_saved()
            && let Err(reason) = saving::hand_over(&file)
        {
            self.app.update(Msg::Say(format!("{} was not saved: {reason}.", file.name)));
        }
        if let Some(fragment) = self.app.take_address() {
            let history = window().history();
            let address = format!("#{fragment}");
            // Browsers refuse hundreds of changes within seconds; the next one will do.
            let _ = history.map(|history| {
                history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address))
            });
        }
    }

    /// One frame: the app works, then what has changed is drawn.
    pub(crate) fn frame(&mut self, timestamp: f64) {
        let start = self.clock.now();
        let budget = self.budget.next(timestamp, self.beside_training);
        let clock = &self.clock;
        let dirty = self.app.frame(budget, || clock.now());
        self.draw(dirty);
        self.beside_training = self.clock.now() - start - budget;
    }

    fn draw(&mut self, dirty: Dirty) {
        let mut dirty = dirty.or(std::mem::take(&mut self.dirty));
        dirty.loss |= self.loss_chart.is_stale();
        dirty.reconstructions |= self.reconstructions.is_stale();
        dirty.plane |= self.plane.is_stale();
        if let Some(&views) = self.opening.next() {
            self.dirty = dirty.without(views);
            dirty = dirty.without(self.dirty);
        }
        if dirty.figures {
            self.status.show(&self.app);
        }
        if dirty.controls {
            self.controls.sync(&self.app);
            self.legend.sync(self.app.plane().hidden());
            self.status.show_notice(&self.app);
        }
        if dirty.loss {
            let history = self.app.history();
            let reading = self.loss_chart.draw(history, self.loss_log, self.loss_hover, &self.theme);
            dom::set_text(&self.loss_readout, reading.as_deref().unwrap_or(LOSS_UNIT));
        }
        if dirty.reconstructions {
            let (inputs, outputs) = self.app.reconstructions();
            self.reconstructions.draw(inputs, outputs, &self.theme);
        }
        if dirty.manifold {
            self.plane.backdrop_changed();
        }
        if dirty.plane {
            self.draw_plane();
        }
        if dirty.decoded {
            let focus = self.app.plane().focus();
            self.decoded.draw(self.app.decoded(), focus, &self.theme);
            self.original.draw(self.app.selected(), &self.theme);
            self.pins.draw(self.app.pinned(), &self.theme);
        }
    }

    fn draw_plane(&mut self) {
        let plane = self.app.plane();
        let mut pins = [[0.0; 2]; MOST_PINS];
        for (place, &pin) in pins.iter_mut().zip(plane.pins()) {
            *place = plane.place(pin);
        }
        let pins = &pins[..plane.pins().len()];
        self.plane.draw(
            &cloud(plane),
            plane.bounds(),
            plane.focus(),
            pins,
            Some(self.app.backdrop()),
            &self.theme,
        );
    }
}

/// The digits on the plane, as they are drawn and found.
pub(crate) fn cloud(plane: &Plane) -> Cloud<'_> {
    Cloud { points: plane.points(), classes: plane.classes(), hidden: plane.hidden() }
}

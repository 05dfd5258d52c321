//! The page: the app, its panels, and the time that a frame has.

use web_sys::{Document, File, Performance};

use super::dom::MissingElement;
use super::event::Listener;
use super::gate::{Gate, Host};
use super::jobs::Jobs;
use super::panel::{self, Paint, Panel};
use crate::app::App;
use crate::budget::Budget;
use crate::raster::Theme;

/// The app and all that is drawn of it.
pub(crate) struct Page {
    app: App,
    panels: Vec<Box<dyn Panel>>,
    jobs: Jobs,
    theme: Theme,
    clock: Performance,
    budget: Budget,
    /// What the last frame took beyond the time that was granted, in milliseconds.
    beside_training: f64,
    frames: usize,
}

impl Page {
    /// Finds every element that is drawn on or written to.
    pub(crate) fn new(document: &Document, clock: Performance) -> Result<Self, MissingElement> {
        Ok(Self {
            app: App::default(),
            panels: panel::all(document)?,
            jobs: Jobs::default(),
            theme: Theme::LIGHT,
            clock,
            budget: Budget::default(),
            beside_training: 0.0,
            frames: 0,
        })
    }

    /// Draws the panels; in the first frames one more in each, since all at once would hold the browser up.
    fn draw(&mut self) {
        self.frames += 1;
        let paint = Paint { theme: self.theme, at_rest: self.app.is_at_rest() };
        for panel in self.panels.iter_mut().take(self.frames) {
            panel.draw(&mut self.app, &paint);
        }
    }
}

impl Host for Page {
    fn app(&mut self) -> &mut App {
        &mut self.app
    }

    fn bind(&self, gate: &Gate) -> Vec<Listener> {
        self.panels.iter().flat_map(|panel| panel.bind(gate)).collect()
    }

    /// One frame: the app works, then what has changed is drawn.
    fn frame(&mut self, timestamp: f64) {
        let start = self.clock.now();
        let budget = self.budget.next(timestamp, self.beside_training);
        let clock = &self.clock;
        self.app.frame(budget, || clock.now());
        self.jobs.frame(start);
        self.draw();
        self.beside_training = self.clock.now() - start - budget;
    }

    fn set_theme(&mut self, theme: Theme) {
        self.theme = theme;
    }

    fn read_files(&mut self, gate: &Gate, files: Vec<File>) {
        self.jobs.read_files(&mut self.app, gate, files);
    }

    fn find_kept_run(&mut self, gate: &Gate) {
        self.jobs.find_kept_run(gate);
    }

    fn follow_effects(&mut self, gate: &Gate) {
        self.jobs.follow(&mut self.app, gate);
    }
}

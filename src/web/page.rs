//! The page: the app, its panels, and the time that a frame has.

use web_sys::{Document, Element, File, Performance};

use super::dom::{self, DomError, id};
use super::effects::EffectRunner;
use super::listener::Listener;
use super::page_handle::{Page, PageHandle};
use super::panel::{self, DrawContext, Panel};
use crate::app::pacer::{Frame, MAX_MS, MIN_MS, Pacer};
use crate::app::{App, State};
use crate::view::colors::Theme;

/// Every frame is painted for this many milliseconds after a touch: a hand wants to see what it does.
const ATTENTION: f64 = 500.0;

/// The app and all that is drawn of it.
pub(crate) struct PageLoop {
    app: App,
    panels: Vec<Box<dyn Panel>>,
    effects: EffectRunner,
    theme: Theme,
    clock: Performance,
    pacer: Pacer,
    /// When somebody pointed at something or pressed a key last, in milliseconds.
    touched: f64,
    /// The frames in which what is scrolled away is painted, too.
    offscreen: u32,
    /// What the last frame took beyond the time that was granted, in milliseconds.
    beside_training: f64,
    frames: usize,
    /// Whether the last frame drew every panel as the app was then.
    is_drawn: bool,
    /// The element that tells scripts whether the page is idle, and what it told last.
    element: Element,
    was_idle: Option<bool>,
}

impl PageLoop {
    /// Finds every element that is drawn on or written to.
    pub(crate) fn new(document: &Document, clock: Performance) -> Result<Self, DomError> {
        let by_touch = dom::media("(pointer: coarse)").is_some_and(|query| query.matches());
        Ok(Self {
            app: App::default(),
            panels: panel::all(document)?,
            effects: EffectRunner::default(),
            theme: Theme::LIGHT,
            clock,
            pacer: if by_touch { Pacer::by_touch() } else { Pacer::default() },
            touched: f64::NEG_INFINITY,
            offscreen: 0,
            beside_training: 0.0,
            frames: 0,
            is_drawn: false,
            element: dom::element(document, id::APP)?,
            was_idle: None,
        })
    }

    /// Draws the panels; in the first frames one more in each, since all at once would hold the browser up.
    fn draw(&mut self) {
        self.frames += 1;
        let paint = DrawContext {
            theme: self.theme,
            immediate: self.app.is_at_rest(),
            offscreen: self.offscreen > 0,
        };
        self.offscreen = self.offscreen.saturating_sub(1);
        for panel in self.panels.iter_mut().take(self.frames) {
            panel.draw(&mut self.app, &paint);
        }
        self.is_drawn = self.frames >= self.panels.len() && self.offscreen == 0;
    }

    /// Tells scripts whether nothing is left to compute or to draw.
    fn tell_idle(&mut self) {
        let is_idle = self.is_drawn && self.app.is_idle() && self.effects.are_done();
        if self.was_idle.replace(is_idle) != Some(is_idle) {
            dom::set_attribute(&self.element, "data-idle", if is_idle { "true" } else { "false" });
        }
    }
}

impl Page for PageLoop {
    fn app(&mut self) -> &mut App {
        &mut self.app
    }

    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        self.panels.iter().flat_map(|panel| panel.bind(handle)).collect()
    }

    /// One frame: the app works, then, if it is one that paints, what has changed is drawn.
    fn frame(&mut self, timestamp: f64) {
        let start = self.clock.now();
        let is_interactive = self.app.is_at_rest() || timestamp - self.touched < ATTENTION;
        // A panel's first drawing takes long: the browser compiles what it needs, and lays the page out.
        let opens = self.frames < self.panels.len() && self.app.state() == State::Training;
        self.pacer.limit(if opens { MIN_MS } else { MAX_MS });
        let Frame { training, paints } = self.pacer.next(timestamp, self.beside_training, is_interactive);
        let clock = &self.clock;
        self.app.frame(training, || clock.now());
        self.effects.frame(start);
        self.is_drawn = false;
        if paints {
            self.draw();
        }
        self.beside_training = self.clock.now() - start - training;
    }

    fn draw_offscreen(&mut self, frames: u32) {
        self.is_drawn = false;
        self.offscreen = frames;
    }

    fn touch(&mut self, time: f64) {
        self.touched = time;
    }

    fn set_theme(&mut self, theme: Theme) {
        self.is_drawn = false;
        self.theme = theme;
    }

    fn read_files(&mut self, handle: &PageHandle, files: Vec<File>) {
        self.effects.read_files(&mut self.app, handle, files);
    }

    fn find_saved_run(&mut self, handle: &PageHandle) {
        self.effects.find_saved_run(handle);
    }

    fn follow_effects(&mut self, handle: &PageHandle) {
        self.effects.follow(&mut self.app, handle);
        self.tell_idle();
    }
}

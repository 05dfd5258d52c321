//! The loop of the page: in each frame the app works, then the panels draw what has changed.

use web_sys::{Document, Element, File, Performance};

use super::bind::FocusKeeper;
use super::dom::{self, DomError, id};
use super::effects::EffectRunner;
use super::listener::Listener;
use super::page_handle::{Page, PageHandle, PageState};
use super::panel::{DrawContext, Panel, REFRESH_AFTER_FRAMES};
use crate::app::frame_clock::FrameClock;
use crate::app::pacer::{FramePlan, MAX_TRAINING_MS, MIN_TRAINING_MS, OPENING_FRAME, Pacer};
use crate::app::{App, State};
use crate::view::colors::Theme;
use crate::view::raster::RgbaImage;

/// How long a frame loads images while the page opens, in milliseconds.
const LOADING_MS: f64 = 10.0;

/// How long every frame is painted after an input, in milliseconds.
const INTERACTIVE_MS: f64 = 500.0;

/// How long a frame draws panels, in milliseconds: the next frame draws the rest. Only slow processors need more than one frame.
/// Less, such as 12, makes frames shorter, but answers to input later: more frames compete with the browser's painting.
const DRAWING_MS: f64 = 40.0;

/// The same for the first drawing of each panel, after which the browser also compiles the code and lays out the page.
const FIRST_DRAWING_MS: f64 = 3.0;

/// The app, its panels and its effects.
pub(crate) struct PageLoop {
    state: PageState,
    panels: Vec<Box<dyn Panel>>,
    focus: FocusKeeper,
    effects: EffectRunner,
    clock: Performance,
    frame_clock: FrameClock,
    pacer: Pacer,
    /// How long the last frame took besides training, in milliseconds.
    drawing_ms: f64,
    /// The first panel that the last painted frame had no time for; 0 if there is none.
    next_panel: usize,
    /// The painted frames since one that wrote texts, and whether this one does.
    texts_age: u32,
    writes_texts: bool,
    /// Whether every panel was drawn at least once.
    is_open: bool,
    /// The theme in which the last frame drew every panel, if it did.
    drawn: Option<Theme>,
    /// The element with `data-idle`, and its last value.
    element: Element,
    was_idle: Option<bool>,
}

impl PageLoop {
    /// Creates the loop of a new app, without panels.
    ///
    /// # Errors
    /// If the page lacks the element of the app.
    pub(crate) fn new(document: &Document, clock: Performance) -> Result<Self, DomError> {
        let by_touch = dom::media("(pointer: coarse)").is_some_and(|query| query.matches());
        Ok(Self {
            state: PageState {
                app: App::default(),
                theme: Theme::LIGHT,
                last_input: f64::NEG_INFINITY,
                awaits_paint: false,
                offscreen_frames: 0,
            },
            panels: Vec::new(),
            focus: FocusKeeper::new(document),
            effects: EffectRunner::default(),
            clock,
            frame_clock: FrameClock::default(),
            pacer: if by_touch { Pacer::for_touch() } else { Pacer::default() },
            drawing_ms: 0.0,
            next_panel: 0,
            texts_age: 0,
            writes_texts: true,
            is_open: false,
            drawn: None,
            element: dom::element(document, id::APP)?,
            was_idle: None,
        })
    }

    /// Sets what it draws and listens to.
    pub(crate) fn set_panels(&mut self, panels: Vec<Box<dyn Panel>>) {
        self.panels = panels;
    }

    /// Listens to everything on the page.
    pub(crate) fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        self.panels.iter().flat_map(|panel| panel.bind(handle)).chain([self.focus.bind()]).collect()
    }

    /// Draws the panels that the last frame had no time for, or else all, as long as there is time. The first panel, with the figures,
    /// is always drawn.
    fn draw(&mut self) {
        let PageState { app, theme, offscreen_frames, awaits_paint, .. } = &mut self.state;
        let (immediate, offscreen) = (app.is_at_rest(), *offscreen_frames > 0);
        *offscreen_frames = offscreen_frames.saturating_sub(1);
        // What is painted off screen is read right after this frame.
        let (first, budget) = match (offscreen, self.is_open) {
            (true, _) => (0, f64::INFINITY),
            (false, true) => (self.next_panel, DRAWING_MS),
            (false, false) => (self.next_panel, FIRST_DRAWING_MS),
        };
        if first == 0 {
            self.texts_age += 1;
            let is_due = immediate || offscreen || *awaits_paint || !self.is_open;
            self.writes_texts = is_due || self.texts_age >= REFRESH_AFTER_FRAMES;
            if self.writes_texts {
                self.texts_age = 0;
            }
            *awaits_paint = false;
        }
        let context = DrawContext { theme: *theme, immediate, writes_texts: self.writes_texts, offscreen };
        for panel in &mut self.panels[first..] {
            if let Some(msg) = panel.measure() {
                app.update(msg);
            }
        }
        let start = self.clock.now();
        let mut next = first;
        if first > 0 {
            self.panels[0].draw(app, &context);
        }
        // At least one more, however slow they are.
        loop {
            self.panels[next].draw(app, &context);
            next += 1;
            if next == self.panels.len() || self.clock.now() - start > budget {
                break;
            }
        }
        self.next_panel = next % self.panels.len();
        self.focus.keep();
        self.is_open |= self.next_panel == 0;
        self.drawn = (first == 0 && self.next_panel == 0).then_some(*theme);
    }

    /// Tells scripts whether nothing is left to compute or to draw.
    fn show_idle(&mut self) {
        let is_drawn = self.drawn == Some(self.state.theme) && self.state.offscreen_frames == 0;
        let is_idle = is_drawn && self.state.app.is_idle() && self.effects.are_done();
        if self.was_idle.replace(is_idle) != Some(is_idle) {
            dom::set_bool_attribute(&self.element, "data-idle", is_idle);
        }
    }
}

impl Page for PageLoop {
    fn state(&mut self) -> &mut PageState {
        &mut self.state
    }

    fn frame(&mut self, timestamp: f64) {
        let raw = self.clock.now();
        let start = self.frame_clock.begin_frame(raw);
        // A coarse clock is interpolated: the timestamp is shifted by the same amount.
        let timestamp = timestamp + (start - raw);
        let app = &mut self.state.app;
        let is_interactive =
            self.next_panel > 0 || app.is_at_rest() || timestamp - self.state.last_input < INTERACTIVE_MS;
        let FramePlan { training, paints } = if !self.is_open {
            // While nothing can be trained on yet, the frame loads images instead.
            let training = if app.state() == State::Training { MIN_TRAINING_MS } else { LOADING_MS };
            FramePlan { training, ..OPENING_FRAME }
        } else {
            // What follows a key or a press is painted as soon as possible.
            self.pacer.limit(if self.state.awaits_paint { MIN_TRAINING_MS } else { MAX_TRAINING_MS });
            self.pacer.next(timestamp, self.drawing_ms, is_interactive)
        };
        app.frame(training, || self.frame_clock.now(self.clock.now()));
        self.effects.frame(start);
        self.drawn = None;
        if paints {
            self.draw();
        }
        self.drawing_ms = self.frame_clock.now(self.clock.now()) - start - training;
    }

    fn paint_all(&mut self) {
        // A page that is still opening has little to show.
        if self.is_open {
            self.state.offscreen_frames += 1;
            self.draw();
        }
    }

    fn read_files(&mut self, handle: &PageHandle, files: Vec<(String, File)>) {
        self.effects.read_files(&mut self.state.app, handle, files);
    }

    fn image(&self, id: &str) -> Option<&RgbaImage> {
        self.panels.iter().find_map(|panel| panel.image(id))
    }

    fn run_effects(&mut self, handle: &PageHandle) {
        self.effects.run(&mut self.state.app, handle);
        self.show_idle();
    }
}

//! Test digits above their reconstructions, with their errors on demand; and samples from the prior.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement};

use super::{DrawContext, Panel, REFRESH_AFTER_FRAMES};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, SAMPLE_COUNT, TRAINING_COUNT, Version};
use crate::view::colors::Theme;
use crate::view::raster::DigitPixels::Floats;
use crate::view::raster::{Grid, PIXELS, RgbaImage};
use crate::web::canvas::DigitCanvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// Digits in a row, and in one of a few training digits.
const COLUMNS: usize = 8;
const TRAINING_COLUMNS: usize = TRAINING_COUNT;

/// The room for an error below its pair, in CSS px.
const ERROR_HEIGHT: f64 = 17.0;

/// Painted frames between two updates of the text alternative while the network trains.
const TEXT_AFTER_FRAMES: u32 = 120;

/// The pairs and the samples.
pub(super) struct Reconstructions {
    pairs: DigitCanvas,
    button: Element,
    list: HtmlElement,
    caption: Element,
    /// The items of the list, one for each pair's error.
    errors: Vec<HtmlElement>,
    shows_errors: Rc<Cell<bool>>,
    throttle: RedrawThrottle<(Version, bool, Theme)>,
    text: RedrawThrottle<Version>,
    /// Samples from the prior of a Gaussian code, decoded again as the network learns.
    samples: DigitCanvas,
    samples_throttle: RedrawThrottle<(Version, Version, Theme)>,
    /// The version of the samples that was drawn last: new ones are drawn immediately.
    drawn_samples: Version,
}

impl Reconstructions {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let list: HtmlElement = dom::element(document, id::RECONSTRUCTION_ERRORS)?;
        let errors = (0..2 * TRAINING_COUNT).map(|_| {
            let item: HtmlElement = dom::create(document, "li", "").unchecked_into();
            dom::append(&list, &item);
            item
        });
        Ok(Self {
            pairs: DigitCanvas::new(document, id::RECONSTRUCTIONS)?,
            button: dom::element(document, id::SHOW_ERRORS)?,
            caption: dom::element(document, id::RECONSTRUCTIONS_CAPTION)?,
            errors: errors.collect(),
            list,
            shows_errors: Rc::default(),
            throttle: RedrawThrottle::new(1),
            text: RedrawThrottle::new(TEXT_AFTER_FRAMES),
            samples: DigitCanvas::new(document, id::SAMPLES)?,
            samples_throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
            drawn_samples: Version::default(),
        })
    }

    /// Draws each input above its output, and writes their errors.
    fn draw_pairs(&mut self, app: &App, theme: &Theme) {
        let (inputs, outputs) = app.outputs().reconstructions();
        let DigitCanvas { canvas, image } = &mut self.pairs;
        canvas.measure();
        let shows_errors = self.shows_errors.get();
        let (columns, caption) = match app.inspect().reconstructions.training() {
            0 => (COLUMNS, "original above, reconstruction below".to_owned()),
            count => (TRAINING_COLUMNS, format!("above the {count} training digits, below test digits")),
        };
        dom::set_text(&self.caption, &caption);
        let _ = self.list.style().set_property("--columns", &columns.to_string());
        let pairs = Grid::pairs(inputs.len().min(outputs.len()) / PIXELS, columns);
        if pairs.count == 0 {
            // An image without height would collapse the canvas.
            return;
        }
        let error_height = ERROR_HEIGHT * pairs.width() as f64 / canvas.css_size().0.max(1.0);
        let grid = if shows_errors { Grid { gap: error_height.ceil() as usize, ..pairs } } else { pairs };
        let below = if shows_errors { grid.gap } else { 0 };
        image.resize(grid.width(), grid.height() + below, theme.paper);
        image.pairs(&grid, inputs, outputs, &theme.greys());
        canvas.put(image);
        dom::set_bool_attribute(&self.button, "aria-pressed", shows_errors);
        dom::set_visible(&self.list, shows_errors);
        if shows_errors {
            let errors = app.outputs().reconstruction_errors().map(|error| format!("{error:.3}"));
            for (item, error) in self.errors.iter().zip(errors.chain(std::iter::repeat(String::new()))) {
                dom::set_visible(item, !error.is_empty());
                dom::set_text(item, &error);
            }
        }
    }

    fn draw_samples(&mut self, app: &App, context: &DrawContext) {
        let key = (app.inspect().prior.version(), app.model_version(), context.theme);
        if !self.samples_throttle.is_due(key, context.immediate || self.drawn_samples != key.0) {
            return;
        }
        self.drawn_samples = key.0;
        let digits = app.outputs().samples();
        dom::set_visible(self.samples.element(), !digits.is_empty());
        if !digits.is_empty() {
            let grid = (SAMPLE_COUNT, 1);
            let mut digits = digits.chunks_exact(PIXELS).map(Floats).enumerate();
            self.samples.draw(grid, 0, context.theme.plane, &context.theme, &mut digits);
        }
    }
}

impl Panel for Reconstructions {
    fn image(&self, id: &str) -> Option<&RgbaImage> {
        (id == id::RECONSTRUCTIONS).then_some(&self.pairs.image)
    }

    fn bind(&self, _: &PageHandle) -> Vec<Listener> {
        let shows_errors = Rc::clone(&self.shows_errors);
        vec![Listener::new(&self.button, "click", Mode::Passive, move |_: Event| {
            shows_errors.set(!shows_errors.get());
        })]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        self.draw_samples(app, context);
        if !context.should_draw(&self.pairs.canvas) {
            return;
        }
        let key = (app.inspect().reconstructions.version(), self.shows_errors.get(), context.theme);
        if self.throttle.is_due(key, context.immediate) || self.pairs.canvas.is_stale() {
            self.draw_pairs(app, &context.theme);
        }
        if self.text.is_due(app.inspect().reconstructions.version(), context.immediate) {
            dom::set_attribute(self.pairs.element(), "aria-label", &app.outputs().reconstructions_text());
        }
    }
}

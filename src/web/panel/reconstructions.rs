//! The same test digits, each above what the network makes of it, and its error below if that is wanted.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, Element, Event, HtmlElement};

use super::{Paint, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, SHOWN, Version};
use crate::view::colors::Theme;
use crate::view::raster::{Grid, PIXELS, RgbaImage};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// Pairs in a row.
const COLUMNS: usize = 8;

/// The room for an error below its pair, in CSS px.
const TEXT: f64 = 17.0;

/// The strip of pairs.
pub(super) struct Reconstructions {
    canvas: Canvas,
    image: RgbaImage,
    button: Element,
    list: HtmlElement,
    /// What the errors are written in.
    texts: Vec<Element>,
    has_errors: Rc<Cell<bool>>,
    throttle: RedrawThrottle<(Version, bool, Theme)>,
    /// When what is to be heard was last written.
    aloud: RedrawThrottle<Version>,
}

/// Painted frames from one text to be heard to the next while the network trains.
const LIVE_REGION: u32 = 120;

impl Reconstructions {
    /// The strip on the page.
    ///
    /// # Errors
    /// If the page lacks its canvas.
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let list: HtmlElement = dom::element(document, id::RECONSTRUCTION_ERRORS)?;
        let texts = (0..SHOWN).map(|_| {
            let text = dom::create(document, "li", "");
            dom::append(&list, &text);
            text
        });
        Ok(Self {
            canvas: Canvas::new(document, id::RECONSTRUCTIONS)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.paper),
            button: dom::element(document, id::SHOW_ERRORS)?,
            texts: texts.collect(),
            list,
            has_errors: Rc::default(),
            throttle: RedrawThrottle::new(1),
            aloud: RedrawThrottle::new(LIVE_REGION),
        })
    }

    /// Draws each input above its output, and writes their errors.
    fn paint(&mut self, app: &App, theme: &Theme) {
        let (inputs, outputs) = app.reconstructions();
        self.canvas.measure();
        let has_errors = self.has_errors.get();
        let pairs = Grid::pairs(inputs.len().min(outputs.len()) / PIXELS, COLUMNS);
        if pairs.count == 0 {
            // An image without height would take its place on the page away.
            return;
        }
        let text = TEXT * pairs.width() as f64 / self.canvas.css_size().0.max(1.0);
        let grid = if has_errors { Grid { gap: text.ceil() as usize, ..pairs } } else { pairs };
        let below = if has_errors { grid.gap } else { 0 };
        self.image.resize(grid.width(), grid.height() + below, theme.paper);
        self.image.pairs(&grid, inputs, outputs, &theme.greys());
        self.canvas.put(&self.image);
        dom::set_attribute(&self.button, "aria-pressed", if has_errors { "true" } else { "false" });
        dom::set_visible(&self.list, has_errors);
        if has_errors {
            for (text, error) in self.texts.iter().zip(app.shown_errors()) {
                dom::set_text(text, &format!("{error:.3}"));
            }
        }
    }
}

impl Panel for Reconstructions {
    fn bind(&self, _: &PageHandle) -> Vec<Listener> {
        let has_errors = Rc::clone(&self.has_errors);
        vec![Listener::new(&self.button, "click", Mode::Passive, move |_: Event| {
            has_errors.set(!has_errors.get());
        })]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        if !paint.should_draw(&self.canvas) {
            return;
        }
        let key = (app.reconstructions_version(), self.has_errors.get(), paint.theme);
        if self.throttle.is_due(key, paint.immediate) || self.canvas.is_stale() {
            self.paint(app, &paint.theme);
        }
        if self.aloud.is_due(app.reconstructions_version(), paint.immediate) {
            dom::set_attribute(self.canvas.element(), "aria-label", &app.reconstructions_aloud());
        }
    }
}

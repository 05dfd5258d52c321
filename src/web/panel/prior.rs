//! Samples from the prior of a Gaussian code, as the decoder draws them.

use web_sys::{Document, Element, HtmlElement};

use super::{Paint, Panel, REFRESH_AFTER_FRAMES, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, InspectMsg, SAMPLE_COUNT, Version};
use crate::view::colors::Theme;
use crate::view::raster::{Grid, PIXELS, RgbaImage};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::Listener;
use crate::web::page_handle::PageHandle;

/// Samples in a row.
const COLUMNS: usize = 8;

/// The button and the pictures, which follow the network as it learns.
pub(super) struct PriorSamples {
    figure: HtmlElement,
    button: Element,
    canvas: Canvas,
    pictures: HtmlElement,
    image: RgbaImage,
    throttle: RedrawThrottle<(Version, Version, Theme)>,
    /// The samples that were drawn last.
    drawn: Version,
}

impl PriorSamples {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            figure: dom::element(document, id::PRIOR)?,
            button: dom::element(document, id::SAMPLE)?,
            canvas: Canvas::new(document, id::SAMPLES)?,
            pictures: dom::element(document, id::SAMPLES)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.paper),
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
            drawn: Version::default(),
        })
    }
}

impl Panel for PriorSamples {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        vec![on_click(handle, &self.button, InspectMsg::Sample)]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let key = (app.samples_version(), app.model_version(), paint.theme);
        if !self.throttle.is_due(key, paint.immediate || self.drawn != key.0) {
            return;
        }
        self.drawn = key.0;
        dom::set_visible(&self.figure, app.is_variational());
        let digits = app.samples();
        dom::set_visible(&self.pictures, !digits.is_empty());
        if digits.is_empty() {
            return;
        }
        let grid = Grid::singles(SAMPLE_COUNT, COLUMNS);
        self.image.resize(grid.width(), grid.height(), paint.theme.plane);
        for (number, digit) in digits.chunks_exact(PIXELS).enumerate() {
            let (x, y) = grid.origin(number);
            self.image.blit_gray(x, y, digit, &paint.theme.greys());
        }
        self.canvas.put(&self.image);
    }
}

//! The digits along the path from A to B.

use web_sys::{Document, HtmlElement};

use super::{Paint, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, PATH_POINTS, Version};
use crate::view::colors::Theme;
use crate::view::raster::{Grid, PIXELS, RgbaImage};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::Listener;
use crate::web::page_handle::PageHandle;

/// The strip of decoded digits.
pub(super) struct Filmstrip {
    figure: HtmlElement,
    canvas: Canvas,
    image: RgbaImage,
    /// The ends that the text alternative tells.
    told: Option<[[f32; 2]; 2]>,
    throttle: RedrawThrottle<(Version, Version, Theme)>,
}

impl Filmstrip {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            figure: dom::element(document, id::FILMSTRIP_FIGURE)?,
            canvas: Canvas::new(document, id::FILMSTRIP)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.plane),
            told: None,
            throttle: RedrawThrottle::new(1),
        })
    }
}

impl Panel for Filmstrip {
    fn bind(&self, _: &PageHandle) -> Vec<Listener> {
        Vec::new()
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let key = (app.plane().version(), app.model_version(), paint.theme);
        if !self.throttle.is_due(key, paint.immediate) {
            return;
        }
        let path = app.plane().path();
        dom::set_visible(&self.figure, path.is_some());
        let Some(ends) = path else { return };
        let grid = Grid::singles(PATH_POINTS, PATH_POINTS);
        self.image.resize(grid.width(), grid.height(), paint.theme.plane);
        for (stop, digit) in app.filmstrip().chunks_exact(PIXELS).enumerate() {
            let (x, y) = grid.origin(stop);
            self.image.blit_gray(x, y, digit, &paint.theme.greys());
        }
        self.canvas.put(&self.image);
        if self.told != Some(ends) {
            self.told = Some(ends);
            let [[a, b], [c, d]] = ends;
            let text = format!(
                "{PATH_POINTS} digits that the decoder draws along the straight path from A ({a:.2}, {b:.2}) to B ({c:.2}, {d:.2})"
            );
            dom::set_attribute(self.canvas.element(), "aria-label", &text);
        }
    }
}

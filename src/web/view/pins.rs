//! The digits at the pinned points.

use web_sys::{Document, HtmlElement};

use crate::raster::{Grid, PIXELS, RgbaImage, Theme};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, MissingElement, id};

/// The strip of pinned digits.
#[derive(Debug)]
pub(crate) struct Pins {
    figure: HtmlElement,
    canvas: Canvas,
    image: RgbaImage,
}

impl Pins {
    /// The places in the strip; there are so many pins at most.
    pub(crate) const PLACES: usize = 8;

    /// The strip on the page.
    ///
    /// # Errors
    /// If the page lacks its canvas or its figure.
    pub(crate) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self {
            figure: dom::element(document, id::PINS_FIGURE)?,
            canvas: Canvas::new(document, id::PINS)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.paper),
        })
    }

    /// Draws the digits in their order, and leaves the other places blank; without any, the strip is hidden.
    ///
    /// # Shapes
    /// `images`: up to [`Pins::PLACES`] digits of [`PIXELS`] values; those beyond are left out.
    pub(crate) fn draw(&mut self, images: &[f32], theme: &Theme) {
        dom::set_shown(&self.figure, !images.is_empty());
        let grid = Grid::singles(Self::PLACES, Self::PLACES);
        let greys = theme.greys();
        self.image.resize(grid.width(), grid.height(), theme.paper);
        for (i, digit) in images.chunks_exact(PIXELS).take(Self::PLACES).enumerate() {
            let (x, y) = grid.origin(i);
            self.image.blit_gray(x, y, digit, &greys);
        }
        self.canvas.put(&self.image);
    }
}

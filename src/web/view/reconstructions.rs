//! The same test digits, each above what the network makes of it.

use web_sys::Document;

use crate::raster::{Grid, PIXELS, RgbaImage, Theme};
use crate::web::canvas::Canvas;
use crate::web::dom::{MissingElement, id};

/// Pairs in a row, on a wide page and on one narrower than so many CSS pixels: digits are to be large enough.
const COLUMNS: usize = 25;
const NARROW_COLUMNS: usize = 10;
const NARROW: f64 = 500.0;

/// The strip of pairs.
#[derive(Debug)]
pub(crate) struct Reconstructions {
    canvas: Canvas,
    image: RgbaImage,
}

impl Reconstructions {
    /// The strip on the page.
    ///
    /// # Errors
    /// If the page lacks its canvas.
    pub(crate) fn new(document: &Document) -> Result<Self, MissingElement> {
        let canvas = Canvas::new(document, id::RECONSTRUCTIONS)?;
        Ok(Self { canvas, image: RgbaImage::new(0, 0, Theme::LIGHT.paper) })
    }

    /// Whether it has to be drawn again because the page has been laid out otherwise.
    pub(crate) fn is_stale(&self) -> bool {
        self.canvas.is_stale()
    }

    /// Draws each input above its output.
    ///
    /// # Shapes
    /// `inputs` and `outputs`: any number of digits of [`PIXELS`] values; what has no counterpart is left out.
    pub(crate) fn draw(&mut self, inputs: &[u8], outputs: &[f32], theme: &Theme) {
        self.canvas.measure();
        let columns = if self.canvas.css_size().0 < NARROW { NARROW_COLUMNS } else { COLUMNS };
        let grid = Grid::pairs(inputs.len().min(outputs.len()) / PIXELS, columns);
        if grid.count == 0 {
            // An image without height would take its place on the page away.
            return;
        }
        self.image.resize(grid.width(), grid.height(), theme.paper);
        self.image.pairs(&grid, inputs, outputs, &theme.greys());
        self.canvas.put(&self.image);
    }
}

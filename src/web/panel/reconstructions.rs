//! The same test digits, each above what the network makes of it.

use web_sys::Document;

use super::{Paint, Panel};
use crate::app::{App, Version};
use crate::cadence::Cadence;
use crate::raster::{Grid, PIXELS, RgbaImage, Theme};
use crate::web::canvas::Canvas;
use crate::web::dom::{MissingElement, id};
use crate::web::event::Listener;
use crate::web::gate::Gate;

/// Pairs in a row.
const COLUMNS: usize = 8;

/// The strip of pairs.
pub(super) struct Reconstructions {
    canvas: Canvas,
    image: RgbaImage,
    cadence: Cadence<(Version, Theme)>,
}

impl Reconstructions {
    /// The strip on the page.
    ///
    /// # Errors
    /// If the page lacks its canvas.
    pub(super) fn new(document: &Document) -> Result<Self, MissingElement> {
        let canvas = Canvas::new(document, id::RECONSTRUCTIONS)?;
        Ok(Self { canvas, image: RgbaImage::new(0, 0, Theme::LIGHT.paper), cadence: Cadence::new(1) })
    }

    /// Draws each input above its output.
    ///
    /// # Shapes
    /// `inputs` and `outputs`: any number of digits of [`PIXELS`] values; what has no counterpart is left out.
    fn paint(&mut self, inputs: &[u8], outputs: &[f32], theme: &Theme) {
        self.canvas.measure();
        let grid = Grid::pairs(inputs.len().min(outputs.len()) / PIXELS, COLUMNS);
        if grid.count == 0 {
            // An image without height would take its place on the page away.
            return;
        }
        self.image.resize(grid.width(), grid.height(), theme.paper);
        self.image.pairs(&grid, inputs, outputs, &theme.greys());
        self.canvas.put(&self.image);
    }
}

impl Panel for Reconstructions {
    fn bind(&self, _: &Gate) -> Vec<Listener> {
        Vec::new()
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        if !paint.reaches(&self.canvas) {
            return;
        }
        let is_due = self.cadence.is_due((app.gallery_version(), paint.theme), paint.at_rest);
        if is_due || self.canvas.is_stale() {
            let (inputs, outputs) = app.reconstructions();
            self.paint(inputs, outputs, &paint.theme);
        }
    }
}

//! The decoded manifold: the decoder's digits all over the latent plane, faint behind the points.

use super::Bounds;
use crate::view::colors::Theme;
use crate::view::raster::{Level, PIXELS, RgbaImage, SIDE};

/// The opacity of the digits.
const OPACITY: f32 = 0.13;

/// A grid of digits, each decoded at the centre of its tile of the plane.
#[derive(Clone, Debug)]
pub struct ManifoldGrid {
    columns: usize,
    rows: usize,
    window: Bounds,
    /// The grey levels of an image of `columns * SIDE` by `rows * SIDE` pixels.
    levels: Vec<u8>,
}

impl ManifoldGrid {
    /// Creates a blank grid of `columns` tiles across a part of the plane, and as many rows as fit.
    pub fn new(columns: usize, window: Bounds) -> Self {
        let mut grid = Self { columns: 0, rows: 0, window, levels: Vec::new() };
        grid.set_window(columns, window);
        grid
    }

    /// Moves the grid to another part of the plane, with `columns` tiles across; all digits must then be set again.
    pub fn set_window(&mut self, columns: usize, window: Bounds) {
        (self.columns, self.rows, self.window) = (columns, Self::rows(columns, &window), window);
        self.levels.resize(self.columns * self.rows * PIXELS, 0);
    }

    /// Returns the number of rows of about square tiles, of which `columns` fit across.
    pub fn rows(columns: usize, window: &Bounds) -> usize {
        (columns as f32 * window.aspect()).round().clamp(1.0, 4.0 * columns as f32) as usize
    }

    /// Maps a point of the plane to the grid, in tiles from the top left corner.
    fn tile(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let Bounds { x0, x1, y0, y1 } = self.window;
        ((x - x0) / (x1 - x0) * self.columns as f32, (y1 - y) / (y1 - y0) * self.rows as f32)
    }

    /// Returns the points to decode, row by row from the top left.
    pub fn points(&self) -> impl ExactSizeIterator<Item = [f32; 2]> + '_ {
        let Bounds { x0, x1, y0, y1 } = self.window;
        (0..self.columns * self.rows).map(move |i| {
            let (column, row) = ((i % self.columns) as f32 + 0.5, (i / self.columns) as f32 + 0.5);
            [x0 + column / self.columns as f32 * (x1 - x0), y1 - row / self.rows as f32 * (y1 - y0)]
        })
    }

    /// Sets the digits of the points from `first` on.
    ///
    /// # Shapes
    /// `digits`: `[N, 784]`; digits beyond the last point are ignored.
    pub fn set(&mut self, first: usize, digits: &[f32]) {
        let width = self.columns * SIDE;
        for (i, digit) in (first..self.columns * self.rows).zip(digits.chunks_exact(PIXELS)) {
            let corner = i / self.columns * SIDE * width + i % self.columns * SIDE;
            for (row, values) in digit.chunks_exact(SIDE).enumerate() {
                let start = corner + row * width;
                for (level, value) in self.levels[start..start + SIDE].iter_mut().zip(values) {
                    *level = value.level();
                }
            }
        }
    }

    /// Paints the part of the grid within `bounds` over all of an image; the rest of the image is blank.
    pub fn paint(&self, image: &mut RgbaImage, bounds: &Bounds, theme: &Theme) {
        let (width, image_width) = (self.columns * SIDE, image.width() as f32);
        // Maps a pixel of the image to the plane, and from there to a pixel of the grid.
        let inside = |tile: f32, tiles: usize| {
            (0.0..tiles as f32).contains(&tile).then_some((tile * SIDE as f32) as usize)
        };
        let at = |px: usize| self.tile(bounds.to_data((px as f32 + 0.5, px as f32 + 0.5), image_width));
        let columns: Vec<_> = (0..image.width()).map(|x| inside(at(x).0, self.columns)).collect();
        let rows = (0..image.height()).map(|y| inside(at(y).1, self.rows));
        let shades: [_; 256] =
            std::array::from_fn(|level| theme.plane.mix(theme.ink, OPACITY * level as f32 / 255.0));
        image.sample(&columns, rows, |at| {
            shades[usize::from(at.map_or(0, |(x, y)| self.levels[y * width + x]))]
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_at_the_centres_of_the_tiles() {
        let grid = ManifoldGrid::new(2, Bounds::default());
        assert_eq!(grid.points().collect::<Vec<_>>(), [[-0.5, 0.5], [0.5, 0.5], [-0.5, -0.5], [0.5, -0.5]]);
    }

    #[test]
    fn a_digit_is_painted_around_its_point() {
        let theme = Theme::LIGHT;
        let mut grid = ManifoldGrid::new(2, Bounds::default());
        grid.set(1, &[1.0; PIXELS]);
        let dark = theme.plane.mix(theme.ink, OPACITY);
        let mut image = RgbaImage::new(40, 40, theme.paper);
        grid.paint(&mut image, &Bounds::default(), &theme);
        let dots = [(10, 10), (21, 18), (38, 2), (30, 30)].map(|(x, y)| image.get(x, y));
        assert_eq!(dots, [Some(theme.plane), Some(dark), Some(dark), Some(theme.plane)]);
        // In bounds twice as wide, the dark tile is a quarter of the image's side.
        grid.paint(&mut image, &Bounds::new((0.0, 0.0), 2.0, 1.0), &theme);
        let dots = [(21, 18), (29, 11), (31, 11), (29, 9)].map(|(x, y)| image.get(x, y));
        assert_eq!(dots, [Some(dark), Some(dark), Some(theme.plane), Some(theme.plane)]);
    }

    #[test]
    fn digits_can_be_set_in_chunks() {
        let digits: Vec<f32> = (0..4 * PIXELS).map(|i| (i % 97) as f32 / 97.0).collect();
        let (mut whole, mut chunks) =
            (ManifoldGrid::new(2, Bounds::default()), ManifoldGrid::new(2, Bounds::default()));
        whole.set(0, &digits);
        chunks.set(0, &digits[..3 * PIXELS]);
        chunks.set(3, &digits[3 * PIXELS..].repeat(5));
        assert_eq!(whole.levels, chunks.levels);
        assert!(whole.levels.iter().any(|&level| level > 200));
    }
}

//! The decoded manifold: the decoder's digits all over the latent plane, faint behind the points.

use super::Bounds;
use crate::view::colors::Theme;
use crate::view::raster::{Level, PIXELS, RgbaImage, SIDE};

/// The opacity of the digits.
const OPACITY: f32 = 0.13;

/// A grid of `n` by `n` digits, each decoded at the centre of its tile of the plane.
#[derive(Clone, Debug)]
pub struct ManifoldGrid {
    n: usize,
    window: Bounds,
    /// The grey levels of an image with sides of `n * SIDE` pixels.
    levels: Vec<u8>,
}

impl ManifoldGrid {
    /// Creates a blank grid of `n` by `n` tiles over a square of the plane.
    pub fn new(n: usize, window: Bounds) -> Self {
        Self { n, window, levels: vec![0; n * n * PIXELS] }
    }

    /// Moves the grid to another square, with `n` by `n` tiles; all digits must then be set again.
    pub fn set_window(&mut self, n: usize, window: Bounds) {
        (self.n, self.window) = (n, window);
        self.levels.resize(n * n * PIXELS, 0);
    }

    /// Returns the points to decode, row by row from the top left.
    pub fn points(&self) -> impl ExactSizeIterator<Item = [f32; 2]> + '_ {
        (0..self.n * self.n).map(|i| {
            let tile = ((i % self.n) as f32 + 0.5, (i / self.n) as f32 + 0.5);
            let (x, y) = self.window.to_data(tile, self.n as f32);
            [x, y]
        })
    }

    /// Sets the digits of the points from `first` on.
    ///
    /// # Shapes
    /// `digits`: `[N, 784]`; digits beyond the last point are ignored.
    pub fn set(&mut self, first: usize, digits: &[f32]) {
        let width = self.n * SIDE;
        for (i, digit) in (first..self.n * self.n).zip(digits.chunks_exact(PIXELS)) {
            let corner = i / self.n * SIDE * width + i % self.n * SIDE;
            for (row, values) in digit.chunks_exact(SIDE).enumerate() {
                let start = corner + row * width;
                for (level, value) in self.levels[start..start + SIDE].iter_mut().zip(values) {
                    *level = value.level();
                }
            }
        }
    }

    /// Paints the part of the grid within `bounds` over all of a square image; the rest of the image is blank.
    pub fn paint(&self, image: &mut RgbaImage, bounds: &Bounds, theme: &Theme) {
        let width = self.n * SIDE;
        let side = image.width() as f32;
        // Maps a pixel of the image to the plane, and from there to a pixel of the grid.
        let inside = |position: f32| (0.0..width as f32).contains(&position).then_some(position as usize);
        let at = |px: f32| self.window.to_px(bounds.to_data((px + 0.5, px + 0.5), side), width as f32);
        let columns: Vec<_> = (0..image.width()).map(|x| inside(at(x as f32).0)).collect();
        let rows = (0..image.height()).map(|y| inside(at(y as f32).1));
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
        grid.paint(&mut image, &Bounds::square((0.0, 0.0), 2.0), &theme);
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

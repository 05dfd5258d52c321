//! Raster images, and the shapes that are painted on them: digits, grids of digits, heatmaps, discs, lines.
//!
//! A view paints an [`RgbaImage`] and puts it on a canvas in one call, so every pixel can be tested natively. Only creating and
//! resizing an image allocates.

mod heatmap;
mod marker;
mod pipeline;
mod thumbnail;

pub use heatmap::Heatmap;
pub use marker::Marker;
pub use pipeline::{CellGrid, DigitPixels, Stage, paint_band, paint_pipeline};
pub use thumbnail::ThumbnailStyle;

use super::colors::{Color, GreyMap};

/// The side of a digit, in pixels.
pub const SIDE: usize = 28;

/// The number of pixels of a digit.
pub const PIXELS: usize = SIDE * SIDE;

/// An opaque RGBA image of four bytes per pixel, row by row from the top left, like the browser's `ImageData`.
///
/// Coordinates are in pixels from the top left corner; the centre of the first pixel is at (0.5, 0.5). Shapes are clipped at
/// the edges. No coordinate, size or opacity causes a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RgbaImage {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// A pixel of a digit: a stored byte, or an output of the network.
pub trait Level: Copy {
    /// Returns the grey level, from 0 (background) to 255 (ink).
    fn level(self) -> u8;
}

impl Level for u8 {
    fn level(self) -> u8 {
        self
    }
}

impl Level for f32 {
    /// Maps `[0, 1]` to `[0, 255]`, rounded and clamped; NaN becomes 0.
    fn level(self) -> u8 {
        (self * 255.0 + 0.5) as u8
    }
}

impl RgbaImage {
    /// Creates an image of one colour.
    pub fn new(width: usize, height: usize, color: Color) -> Self {
        let mut image = Self { width: 0, height: 0, pixels: Vec::new() };
        image.resize(width, height, color);
        image
    }

    /// Resizes the image and fills it; allocates only if it grows.
    pub fn resize(&mut self, width: usize, height: usize, color: Color) {
        (self.width, self.height) = (width, height);
        self.pixels.resize(4 * width * height, 255);
        self.fill(color);
    }

    /// Returns the width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns the height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Returns the bytes, `4 * width * height`.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Returns the colour of a pixel, if it is inside.
    pub fn get(&self, x: usize, y: usize) -> Option<Color> {
        let inside = x < self.width && y < self.height;
        let at = 4 * (y * self.width + x);
        inside.then(|| Color::new(self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]))
    }

    /// Fills the image with one colour.
    pub fn fill(&mut self, color: Color) {
        if self.pixels.is_empty() {
            return;
        }
        // Copying the first row is several times as fast as writing every pixel.
        let (first, rest) = self.pixels.split_at_mut(4 * self.width);
        first.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&color.rgba()));
        rest.chunks_exact_mut(first.len()).for_each(|row| row.copy_from_slice(first));
    }

    /// Copies another image; allocates only if this one grows.
    pub fn copy_from(&mut self, other: &Self) {
        (self.width, self.height) = (other.width, other.height);
        self.pixels.clone_from(&other.pixels);
    }

    /// Paints a rectangle with its top left corner at (`x`, `y`); `opacity` is in [0, 1].
    pub fn rect(
        &mut self,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
        color: Color,
        opacity: f32,
    ) {
        let xs = x.min(self.width)..x.saturating_add(width).min(self.width);
        for row in y.min(self.height)..y.saturating_add(height).min(self.height) {
            let start = 4 * row * self.width;
            for pixel in self.pixels[start + 4 * xs.start..start + 4 * xs.end].chunks_exact_mut(4) {
                let old = Color::new(pixel[0], pixel[1], pixel[2]);
                pixel.copy_from_slice(&old.mix(color, opacity).rgba());
            }
        }
    }

    /// Paints every pixel by nearest-neighbour sampling of a source.
    ///
    /// `columns` and `rows` map the columns and rows of the image to those of the source, or to `None` outside of it. `color`
    /// returns the colour of a source pixel. Equal rows are painted once and copied.
    pub fn sample(
        &mut self,
        columns: &[Option<usize>],
        rows: impl Iterator<Item = Option<usize>>,
        color: impl Fn(Option<(usize, usize)>) -> Color,
    ) {
        let stride = 4 * self.width;
        let mut previous = None;
        for (y, row) in rows.take(self.height).enumerate() {
            let start = y * stride;
            if previous == Some(row) {
                self.pixels.copy_within(start - stride..start, start);
                continue;
            }
            previous = Some(row);
            for (pixel, column) in self.pixels[start..start + stride].chunks_exact_mut(4).zip(columns) {
                pixel.copy_from_slice(&color(column.zip(row)).rgba());
            }
        }
    }

    /// Paints values in `SIDE` columns with the top left corner at (`x`, `y`), coloured by `map`.
    pub fn blit<T: Copy>(&mut self, x: usize, y: usize, values: &[T], map: impl Fn(T) -> Color) {
        let columns = SIDE.min(self.width.saturating_sub(x));
        let rows = if columns == 0 { 0 } else { self.height.saturating_sub(y) };
        for (row, values) in values.chunks_exact(SIDE).take(rows).enumerate() {
            let start = 4 * ((y + row) * self.width + x);
            let line = &mut self.pixels[start..start + 4 * columns];
            for (pixel, &value) in line.chunks_exact_mut(4).zip(values) {
                pixel.copy_from_slice(&map(value).rgba());
            }
        }
    }

    /// Paints a digit in grey levels with its top left corner at (`x`, `y`).
    pub fn blit_gray<T: Level>(&mut self, x: usize, y: usize, digit: &[T], map: &GreyMap) {
        self.blit(x, y, digit, |value| map.color(value.level()));
    }

    /// Paints pairs of digits, one of `above` over one of `below` in each tile of [`Grid::pairs`].
    ///
    /// # Shapes
    /// `above` and `below`: `[N, 784]`
    pub fn pairs<A: Level, B: Level>(&mut self, grid: &Grid, above: &[A], below: &[B], map: &GreyMap) {
        let pairs = above.chunks_exact(PIXELS).zip(below.chunks_exact(PIXELS));
        for (i, (a, b)) in pairs.enumerate().take(grid.count) {
            let (x, y) = grid.origin(i);
            self.blit_gray(x, y, a, map);
            self.blit_gray(x, y + SIDE, b, map);
        }
    }

    /// Paints an antialiased disc; `opacity` is in [0, 1].
    #[inline(never)]
    pub fn disc(&mut self, cx: f32, cy: f32, radius: f32, color: Color, opacity: f32) {
        // Only pixels of the edge, between these squared distances, need a square root.
        let inner = (radius - 0.5).max(0.0).powi(2);
        let outer = (radius + 0.5).powi(2);
        self.cover(cx, cy, radius + 0.5, color, opacity, |d2| {
            if d2 < inner {
                1.0
            } else if d2 < outer {
                (radius + 0.5 - d2.sqrt()).min(1.0)
            } else {
                0.0
            }
        });
    }

    /// Paints an antialiased circle line of a width; `opacity` is in [0, 1].
    #[inline(never)]
    pub fn ring(&mut self, cx: f32, cy: f32, radius: f32, width: f32, color: Color, opacity: f32) {
        let reach = 0.5 * (width + 1.0);
        self.cover(cx, cy, radius + reach, color, opacity, |d2| {
            (reach - (d2.sqrt() - radius).abs()).min(width.min(1.0)).max(0.0)
        });
    }

    /// Blends `color` over the pixels around a centre; `coverage` is a function of the squared distance.
    fn cover(
        &mut self,
        cx: f32,
        cy: f32,
        reach: f32,
        color: Color,
        opacity: f32,
        coverage: impl Fn(f32) -> f32,
    ) {
        // The casts saturate and turn NaN into 0, so the ranges are inside or empty.
        let span = |c: f32, size: usize| {
            let low = (c - reach).floor().max(0.0) as usize;
            low..((c + reach).ceil().max(0.0) as usize).min(size)
        };
        let (xs, ys) = (span(cx, self.width), span(cy, self.height));
        if xs.is_empty() {
            return;
        }
        let rgb = [color.r, color.g, color.b].map(i32::from);
        // Fixed-point alpha: integers blend faster, and exactly at both ends.
        let full = 256.0 * opacity.clamp(0.0, 1.0);
        for y in ys {
            let dy2 = (y as f32 + 0.5 - cy).powi(2);
            let start = 4 * y * self.width;
            let line = &mut self.pixels[start + 4 * xs.start..start + 4 * xs.end];
            let mut dx = xs.start as f32 + 0.5 - cx;
            for pixel in line.chunks_exact_mut(4) {
                let alpha = (full * coverage(dx * dx + dy2) + 0.5) as i32;
                dx += 1.0;
                for (byte, c) in pixel.iter_mut().zip(rgb) {
                    let old = i32::from(*byte);
                    *byte = (old + (((c - old) * alpha + 128) >> 8)) as u8;
                }
            }
        }
    }
}

/// A grid of tiles, with a gap between rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The number of tiles.
    pub count: usize,
    /// The number of tiles in a row, at least one.
    pub columns: usize,
    /// The height of a tile in pixels; its width is [`SIDE`].
    pub tile_height: usize,
    /// The gap between rows in pixels. Columns need none, because digits have margins.
    pub gap: usize,
}

impl Grid {
    /// Creates a grid of single digits without gaps.
    pub fn singles(count: usize, columns: usize) -> Self {
        Self { count, columns: columns.max(1), tile_height: SIDE, gap: 0 }
    }

    /// Creates a grid of pairs of digits, one above the other.
    pub fn pairs(count: usize, columns: usize) -> Self {
        Self { count, columns: columns.max(1), tile_height: 2 * SIDE, gap: 6 }
    }

    /// Returns the width of the grid in pixels.
    pub fn width(&self) -> usize {
        self.columns * SIDE
    }

    /// Returns the height of the grid in pixels.
    pub fn height(&self) -> usize {
        (self.count.div_ceil(self.columns) * (self.tile_height + self.gap)).saturating_sub(self.gap)
    }

    /// Returns the top left corner of a tile in pixels.
    pub fn origin(&self, index: usize) -> (usize, usize) {
        (index % self.columns * SIDE, index / self.columns * (self.tile_height + self.gap))
    }

    /// Returns the index of the tile at a pixel.
    pub fn index_at(&self, x: usize, y: usize) -> Option<usize> {
        let (column, row) = (x / SIDE, y / (self.tile_height + self.gap));
        let index = row * self.columns + column;
        let in_tile = y % (self.tile_height + self.gap) < self.tile_height;
        (in_tile && column < self.columns && index < self.count).then_some(index)
    }
}

#[cfg(test)]
mod tests;

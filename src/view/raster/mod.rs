//! Images of pixels, and the few things that the page paints with them: digits, grids of digits, points.
//!
//! Nothing here knows about a canvas. A view paints an [`RgbaImage`] and shows it in one call, so every pixel can be tested
//! natively. Only creating and resizing an image allocates memory.

mod heatmap;
mod pipeline;
mod thumbnail;

pub use heatmap::Heatmap;
pub use pipeline::{CellGrid, DigitPixels, Stage, paint_pipeline};
pub use thumbnail::ThumbnailStyle;

use super::colors::{Color, GreyMap};

/// The side of a digit, in pixels.
pub const SIDE: usize = 28;

/// The pixels of a digit, row by row.
pub const PIXELS: usize = SIDE * SIDE;

/// An opaque image: four bytes a pixel (red, green, blue, alpha), row by row from the top left, as the
/// browser's `ImageData` has it.
///
/// Coordinates are in pixels from the top left corner; the centre of the first pixel is at (0.5, 0.5). Whatever
/// falls outside is clipped; no coordinate, size or opacity panics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RgbaImage {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// A pixel of a digit: a byte as it is stored, or a number as the network makes it.
pub trait Level: Copy {
    /// From 0 (paper) to 255 (ink).
    fn level(self) -> u8;
}

impl Level for u8 {
    fn level(self) -> u8 {
        self
    }
}

impl Level for f32 {
    /// `[0, 1]` to `[0, 255]`, rounded and clamped; NaN becomes 0.
    fn level(self) -> u8 {
        (self * 255.0 + 0.5) as u8
    }
}

impl RgbaImage {
    /// An image of one colour.
    pub fn new(width: usize, height: usize, color: Color) -> Self {
        let mut image = Self { width: 0, height: 0, pixels: Vec::new() };
        image.resize(width, height, color);
        image
    }

    /// Gives the image another size and one colour; allocates only if it has to grow.
    pub fn resize(&mut self, width: usize, height: usize, color: Color) {
        (self.width, self.height) = (width, height);
        self.pixels.resize(4 * width * height, 255);
        self.fill(color);
    }

    /// The width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The bytes: `4 * width * height`.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The colour of a pixel, if it lies inside.
    pub fn get(&self, x: usize, y: usize) -> Option<Color> {
        let inside = x < self.width && y < self.height;
        let at = 4 * (y * self.width + x);
        inside.then(|| Color::new(self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]))
    }

    /// Makes every pixel the same.
    pub fn fill(&mut self, color: Color) {
        if self.pixels.is_empty() {
            return;
        }
        // One row pixel by pixel, then row by row: several times as fast as pixels all the way.
        let (first, rest) = self.pixels.split_at_mut(4 * self.width);
        first.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&color.rgba()));
        rest.chunks_exact_mut(first.len()).for_each(|row| row.copy_from_slice(first));
    }

    /// Becomes a copy of another image; allocates only if it has to grow.
    pub fn copy_from(&mut self, other: &Self) {
        (self.width, self.height) = (other.width, other.height);
        self.pixels.clone_from(&other.pixels);
    }

    /// Paints a rectangle with its top left corner at (`x`, `y`). `opacity` in [0, 1].
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

    /// Paints every pixel with the colour that `color` gives for its column and row, from `columns` and `rows`:
    /// the pixels of a picture that each column and each row shows, or none where it shows nothing.
    ///
    /// Rows that show the same are painted once and copied.
    pub fn sample(
        &mut self,
        columns: &[Option<usize>],
        rows: impl Iterator<Item = Option<usize>>,
        color: impl Fn(Option<(usize, usize)>) -> Color,
    ) {
        let stride = 4 * self.width;
        let mut before = None;
        for (y, row) in rows.take(self.height).enumerate() {
            let start = y * stride;
            if before == Some(row) {
                self.pixels.copy_within(start - stride..start, start);
                continue;
            }
            before = Some(row);
            for (pixel, column) in self.pixels[start..start + stride].chunks_exact_mut(4).zip(columns) {
                pixel.copy_from_slice(&color(column.zip(row)).rgba());
            }
        }
    }

    /// Paints a picture of `SIDE` columns with its top left corner at (`x`, `y`), each value through `map`.
    pub fn blit<T: Copy>(&mut self, x: usize, y: usize, picture: &[T], map: impl Fn(T) -> Color) {
        let columns = SIDE.min(self.width.saturating_sub(x));
        let rows = if columns == 0 { 0 } else { self.height.saturating_sub(y) };
        for (row, values) in picture.chunks_exact(SIDE).take(rows).enumerate() {
            let start = 4 * ((y + row) * self.width + x);
            let line = &mut self.pixels[start..start + 4 * columns];
            for (pixel, &value) in line.chunks_exact_mut(4).zip(values) {
                pixel.copy_from_slice(&map(value).rgba());
            }
        }
    }

    /// Paints a digit in shades of grey with its top left corner at (`x`, `y`).
    pub fn blit_gray<T: Level>(&mut self, x: usize, y: usize, digit: &[T], map: &GreyMap) {
        self.blit(x, y, digit, |value| map.color(value.level()));
    }

    /// Paints each digit of `above` over the digit of `below` that belongs to it, tile by tile.
    ///
    /// # Shapes
    /// `above` and `below`: any number of digits of [`PIXELS`] values; `grid`: see [`Grid::pairs`].
    pub fn pairs<A: Level, B: Level>(&mut self, grid: &Grid, above: &[A], below: &[B], map: &GreyMap) {
        let pairs = above.chunks_exact(PIXELS).zip(below.chunks_exact(PIXELS));
        for (i, (a, b)) in pairs.enumerate().take(grid.count) {
            let (x, y) = grid.origin(i);
            self.blit_gray(x, y, a, map);
            self.blit_gray(x, y + SIDE, b, map);
        }
    }

    /// A filled circle with soft edges: a pixel is covered as far as its centre lies within the rim, give
    /// or take half a pixel. `opacity` in [0, 1].
    #[inline(never)]
    pub fn disc(&mut self, cx: f32, cy: f32, radius: f32, color: Color, opacity: f32) {
        // Between these two squared distances lies the rim, and only there a root is needed.
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

    /// A circle drawn with a pen of the given width, with soft edges. `opacity` in [0, 1].
    #[inline(never)]
    pub fn ring(&mut self, cx: f32, cy: f32, radius: f32, width: f32, color: Color, opacity: f32) {
        let reach = 0.5 * (width + 1.0);
        self.cover(cx, cy, radius + reach, color, opacity, |d2| {
            (reach - (d2.sqrt() - radius).abs()).min(width.min(1.0)).max(0.0)
        });
    }

    /// Blends `color` over the pixels around a centre, by `coverage` of the squared distance.
    fn cover(
        &mut self,
        cx: f32,
        cy: f32,
        reach: f32,
        color: Color,
        opacity: f32,
        coverage: impl Fn(f32) -> f32,
    ) {
        // A cast saturates and turns NaN into 0: the ranges are inside or empty.
        let span = |c: f32, size: usize| {
            let low = (c - reach).floor().max(0.0) as usize;
            low..((c + reach).ceil().max(0.0) as usize).min(size)
        };
        let (xs, ys) = (span(cx, self.width), span(cy, self.height));
        if xs.is_empty() {
            return;
        }
        let rgb = [color.r, color.g, color.b].map(i32::from);
        // Alpha with eight bits after the point: integers blend faster, and exactly at both ends.
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

/// Tiles in rows and columns, with a gap of pixels between rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The number of tiles.
    pub count: usize,
    /// The tiles in a row, one at least.
    pub columns: usize,
    /// The height of a tile; its width is [`SIDE`].
    pub tile_height: usize,
    /// The pixels between a row and the next. Columns need none: digits keep a margin of their own.
    pub gap: usize,
}

impl Grid {
    /// Single digits without gaps.
    pub fn singles(count: usize, columns: usize) -> Self {
        Self { count, columns: columns.max(1), tile_height: SIDE, gap: 0 }
    }

    /// Pairs of digits, one above the other, with a gap that shows what belongs together.
    pub fn pairs(count: usize, columns: usize) -> Self {
        Self { count, columns: columns.max(1), tile_height: 2 * SIDE, gap: 6 }
    }

    /// The width of the whole, in pixels.
    pub fn width(&self) -> usize {
        self.columns * SIDE
    }

    /// The height of the whole, in pixels.
    pub fn height(&self) -> usize {
        (self.count.div_ceil(self.columns) * (self.tile_height + self.gap)).saturating_sub(self.gap)
    }

    /// The top left corner of a tile, in pixels.
    pub fn origin(&self, index: usize) -> (usize, usize) {
        (index % self.columns * SIDE, index / self.columns * (self.tile_height + self.gap))
    }

    /// The tile that holds a pixel.
    pub fn index_at(&self, x: usize, y: usize) -> Option<usize> {
        let (column, row) = (x / SIDE, y / (self.tile_height + self.gap));
        let index = row * self.columns + column;
        let in_tile = y % (self.tile_height + self.gap) < self.tile_height;
        (in_tile && column < self.columns && index < self.count).then_some(index)
    }
}

#[cfg(test)]
mod tests;

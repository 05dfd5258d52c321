//! Heatmaps of signed values, such as weights: a tile of coloured cells for each unit of a layer.

use super::{CellGrid, RgbaImage, SIDE};
use crate::view::colors::{Color, DivergingMap};

/// The gap between two images, in pixels.
const GAP: usize = 1;

/// The limits of the cell side and the preferred height of a matrix, in pixels.
const MAX_CELL: usize = 14;
const MIN_CELL: usize = 3;
const MATRIX_HEIGHT: usize = 300;

/// The layout of a heatmap: tiles of the same size, row by row, one for each unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heatmap {
    /// The number of tiles, and of tiles in a row.
    units: usize,
    columns: usize,
    /// The width and height of a tile, in values and in pixels.
    values: (usize, usize),
    size: (usize, usize),
    /// The gap between tiles, in pixels.
    gap: usize,
    /// The width of the image, in pixels.
    width: usize,
}

impl Heatmap {
    /// Creates tiles of [`SIDE`] by [`SIDE`] values in the columns of [`CellGrid::columns_of`], if they fit into `width` pixels.
    pub fn images(units: usize, width: usize) -> Self {
        let fitting = (width + GAP) / (SIDE + GAP);
        let (size, columns) = ((SIDE, SIDE), CellGrid::columns_of(units).min(fitting));
        Self { units, columns: columns.max(1), values: size, size, gap: GAP, width: width.max(SIDE) }
    }

    /// Creates a matrix with a row of `columns` values for each unit. Values are skipped if there are more than pixels.
    pub fn matrix(units: usize, columns: usize, width: usize) -> Self {
        let height = (MATRIX_HEIGHT / units.max(1)).clamp(MIN_CELL, MAX_CELL);
        let cell = (width / columns.max(1)).clamp(1, MAX_CELL);
        let size = ((cell * columns).min(width), height);
        Self { units, columns: 1, values: (columns, 1), size, gap: 0, width }
    }

    /// Creates a cell for each unit, in a square of `side` pixels.
    pub fn cells(units: usize, side: usize) -> Self {
        let cells = CellGrid::fit(units, (side, side), side / 6);
        let size = (cells.pitch - cells.gap, cells.pitch - cells.gap);
        Self { units, columns: cells.columns, values: (1, 1), size, gap: cells.gap, width: side }
    }

    /// Returns the width and height of the image in pixels.
    pub fn image_size(&self) -> (usize, usize) {
        let rows = self.units.div_ceil(self.columns.max(1));
        (self.width, (rows * (self.size.1 + self.gap)).saturating_sub(self.gap))
    }

    /// Returns the unit and the index of its value at a pixel.
    pub fn value_at(&self, x: usize, y: usize) -> Option<(usize, usize)> {
        self.cell(self.column(x)?, self.row(y)?)
    }

    /// Returns the number of units in a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Paints all values; `value` returns a unit's value by its index, from -1 to 1.
    pub fn paint(
        &self,
        image: &mut RgbaImage,
        (colors, background): (&DivergingMap, Color),
        value: &dyn Fn(usize, usize) -> f32,
    ) {
        let (width, height) = self.image_size();
        image.resize(width, height, background);
        let columns: Vec<_> = (0..width).map(|x| self.column(x)).collect();
        image.sample(&columns, (0..height).map(|y| self.row(y)), |source| {
            let cell = source.and_then(|(column, row)| self.cell(column, row));
            cell.map_or(background, |(unit, index)| colors.color(value(unit, index)))
        });
    }

    /// Outlines the tile of a unit.
    pub fn outline(&self, image: &mut RgbaImage, unit: usize, color: Color) {
        let x = unit % self.columns.max(1) * (self.size.0 + self.gap);
        let y = unit / self.columns.max(1) * (self.size.1 + self.gap);
        // In the gaps, where there are any.
        let (left, top) = (x.saturating_sub(1), y.saturating_sub(1));
        let (width, height) = (x + self.size.0 + 1 - left, y + self.size.1 + 1 - top);
        // There is no gap at the right and lower edges of the image.
        let bottom = (y + self.size.1).min(image.height().saturating_sub(1));
        let right = (x + self.size.0).min(image.width().saturating_sub(1));
        for (corner, size) in [
            ((left, top), (width, 1)),
            ((left, bottom), (width, 1)),
            ((left, top), (1, height)),
            ((right, top), (1, height)),
        ] {
            image.rect(corner, size, color, 1.0);
        }
    }

    /// Returns the column of values at a column of pixels.
    fn column(&self, x: usize) -> Option<usize> {
        value_at_pixel(x, self.size.0, self.gap, self.values.0)
            .filter(|column| *column < self.columns * self.values.0)
    }

    fn row(&self, y: usize) -> Option<usize> {
        value_at_pixel(y, self.size.1, self.gap, self.values.1)
    }

    fn cell(&self, column: usize, row: usize) -> Option<(usize, usize)> {
        let (across, down) = self.values;
        let unit = row / down * self.columns + column / across;
        (unit < self.units).then_some((unit, row % down * across + column % across))
    }
}

/// Returns the index of the value at a pixel of a line of tiles, or `None` in a gap.
fn value_at_pixel(pixel: usize, size: usize, gap: usize, values: usize) -> Option<usize> {
    let (tile, inside) = (pixel / (size + gap).max(1), pixel % (size + gap).max(1));
    (inside < size).then(|| tile * values + inside * values / size)
}

#[cfg(test)]
mod tests {
    use super::super::PIXELS;
    use super::*;
    use crate::view::colors::Theme;

    /// Returns the number of pixels of each visible value.
    fn pixel_counts(heatmap: &Heatmap) -> std::collections::BTreeMap<(usize, usize), usize> {
        let (width, height) = heatmap.image_size();
        let mut counts = std::collections::BTreeMap::new();
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        pixels
            .filter_map(|(x, y)| heatmap.value_at(x, y))
            .for_each(|value| *counts.entry(value).or_default() += 1);
        counts
    }

    #[test]
    fn images_show_every_value_in_one_pixel() {
        let heatmap = Heatmap::images(50, 590);
        assert_eq!((heatmap.columns(), heatmap.image_size()), (10, (590, 5 * 29 - 1)));
        assert_eq!(Heatmap::images(50, 180).columns(), 6, "as many as fit");
        let counts = pixel_counts(&heatmap);
        assert!(counts.len() == 50 * PIXELS && counts.values().all(|&pixels| pixels == 1));
        assert_eq!(heatmap.value_at(29 + 3, 29 + 2), Some((11, 2 * SIDE + 3)));
        assert_eq!(heatmap.value_at(28, 0), None, "a gap");
        assert_eq!(Heatmap::images(3, 5).image_size(), (28, 3 * 29 - 1), "at least one column");
    }

    #[test]
    fn a_matrix_has_equal_cells_or_skips_values() {
        let counts_of = |units, columns, width| pixel_counts(&Heatmap::matrix(units, columns, width));
        let all = counts_of(50, 50, 1_180);
        assert!(all.len() == 2_500 && all.values().all(|&pixels| pixels == 14 * 6), "{:?}", all.get(&(0, 0)));
        assert_eq!(counts_of(2, 50, 600).values().next(), Some(&(12 * 14)));
        let some = counts_of(64, 1_000, 340);
        assert_eq!(some.len(), 64 * 340);
        assert!(Heatmap::matrix(64, 1_000, 340).image_size().1 <= MATRIX_HEIGHT);
    }

    #[test]
    fn each_unit_has_a_cell_in_the_square() {
        for units in [1, 2, 30, 50, 500, 1_000, 4_000] {
            let heatmap = Heatmap::cells(units, 168);
            assert_eq!(pixel_counts(&heatmap).len(), units);
            assert!(heatmap.image_size().1 <= 168, "{units}: {:?}", heatmap.image_size());
        }
    }

    #[test]
    fn values_have_their_colours_and_a_unit_can_be_outlined() {
        let (theme, heatmap) = (Theme::LIGHT, Heatmap::images(3, 90));
        let (colors, mut image) = (theme.diverging(), RgbaImage::new(0, 0, theme.paper));
        heatmap.paint(&mut image, (&colors, theme.paper), &|unit, index| {
            if index == 0 { [1.0, -1.0, f32::NAN][unit] } else { 0.0 }
        });
        assert_eq!((image.width(), image.height()), (90, 28));
        let corners = [0, 29, 58].map(|x| image.get(x, 0).unwrap());
        assert_eq!(corners, [colors.positive, colors.negative, colors.zero]);
        assert_eq!([image.get(28, 5), image.get(1, 1)], [Some(theme.paper), Some(colors.zero)]);
        heatmap.outline(&mut image, 1, theme.accent);
        let outlined = [(28, 5), (57, 20), (40, 27), (40, 0)].map(|(x, y)| image.get(x, y).unwrap());
        assert_eq!(outlined, [theme.accent; 4]);
        assert_eq!(image.get(40, 13), Some(colors.zero));
    }

    #[test]
    fn heatmaps_without_space_or_units_do_not_panic() {
        let theme = Theme::DARK;
        for heatmap in [
            Heatmap::default(),
            Heatmap::images(0, 0),
            Heatmap::matrix(0, 0, 0),
            Heatmap::matrix(9, 9, 0),
            Heatmap::cells(0, 0),
            Heatmap::cells(9, 3),
        ] {
            let mut image = RgbaImage::new(0, 0, theme.paper);
            heatmap.paint(&mut image, (&theme.diverging(), theme.paper), &|_, _| 1.0);
            heatmap.outline(&mut image, 7, theme.accent);
            assert_eq!(heatmap.value_at(10_000, 10_000), None);
        }
    }
}

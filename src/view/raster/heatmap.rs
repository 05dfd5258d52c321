//! Numbers as a heatmap of colours: for each unit a tile with its numbers, on the scale of signed numbers.

use super::{CellGrid, RgbaImage, SIDE};
use crate::view::colors::{Color, DivergingMap};

/// The room between two pictures, in pixels.
const GAP: usize = 1;

/// The largest and the smallest cell of a matrix, and the height that its rows share, in pixels.
const CELL: (usize, usize) = (14, 3);
const HEIGHT: usize = 300;

/// Where the numbers of units lie on an image: tiles of the same size, row after row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heatmap {
    /// How many tiles there are, and how many in a row.
    units: usize,
    columns: usize,
    /// A tile's width and height, in numbers and in pixels.
    numbers: (usize, usize),
    size: (usize, usize),
    /// The pixels between two tiles.
    gap: usize,
    /// The width of the image, in pixels.
    width: usize,
}

impl Heatmap {
    /// A picture of a digit's size for each unit, as many in a row as fit.
    #[must_use]
    pub fn images(units: usize, width: usize) -> Self {
        let (size, columns) = ((SIDE, SIDE), (width + GAP) / (SIDE + GAP));
        Self { units, columns: columns.max(1), numbers: size, size, gap: GAP, width: width.max(SIDE) }
    }

    /// A row of `across` numbers for each unit. Where there are more than pixels, some are left out.
    #[must_use]
    pub fn matrix(units: usize, across: usize, width: usize) -> Self {
        let height = (HEIGHT / units.max(1)).clamp(CELL.1, CELL.0);
        let cell = (width / across.max(1)).clamp(1, CELL.0);
        let size = ((cell * across).min(width), height);
        Self { units, columns: 1, numbers: (across, 1), size, gap: 0, width }
    }

    /// A single number for each unit, in cells that fill a box.
    #[must_use]
    pub fn cells(units: usize, side: usize) -> Self {
        let cells = CellGrid::fit(units, (side, side), side / 6);
        let size = (cells.pitch - cells.gap, cells.pitch - cells.gap);
        Self { units, columns: cells.columns, numbers: (1, 1), size, gap: cells.gap, width: side }
    }

    /// Width and height of the image, in pixels.
    #[must_use]
    pub fn image_size(&self) -> (usize, usize) {
        let rows = self.units.div_ceil(self.columns.max(1));
        (self.width, (rows * (self.size.1 + self.gap)).saturating_sub(self.gap))
    }

    /// The unit at a pixel, and which of its numbers that is.
    #[must_use]
    pub fn value_at(&self, x: usize, y: usize) -> Option<(usize, usize)> {
        self.number(self.column(x)?, self.row(y)?)
    }

    /// The units in a row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Paints all numbers; `share` tells what a unit's number is, from -1 to 1.
    pub fn paint(
        &self,
        image: &mut RgbaImage,
        (colors, ground): (&DivergingMap, Color),
        share: &dyn Fn(usize, usize) -> f32,
    ) {
        let (width, height) = self.image_size();
        image.resize(width, height, ground);
        let columns: Vec<_> = (0..width).map(|x| self.column(x)).collect();
        image.sample(&columns, (0..height).map(|y| self.row(y)), |place| {
            let number = place.and_then(|(column, row)| self.number(column, row));
            number.map_or(ground, |(unit, place)| colors.color(share(unit, place)))
        });
    }

    /// Draws a frame around a unit.
    pub fn outline(&self, image: &mut RgbaImage, unit: usize, color: Color) {
        let x = unit % self.columns.max(1) * (self.size.0 + self.gap);
        let y = unit / self.columns.max(1) * (self.size.1 + self.gap);
        // It lies in the gaps, where there are any.
        let (left, top) = (x.saturating_sub(1), y.saturating_sub(1));
        let (width, height) = (x + self.size.0 + 1 - left, y + self.size.1 + 1 - top);
        // At the image's lower edge there is no gap.
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

    /// The numbers of a row of tiles that a column of pixels shows, as an index.
    fn column(&self, x: usize) -> Option<usize> {
        part(x, self.size.0, self.gap, self.numbers.0)
            .filter(|column| *column < self.columns * self.numbers.0)
    }

    fn row(&self, y: usize) -> Option<usize> {
        part(y, self.size.1, self.gap, self.numbers.1)
    }

    fn number(&self, column: usize, row: usize) -> Option<(usize, usize)> {
        let (across, down) = self.numbers;
        let unit = row / down * self.columns + column / across;
        (unit < self.units).then_some((unit, row % down * across + column % across))
    }
}

/// Which number a pixel of a line of tiles shows, if it lies in one.
fn part(pixel: usize, size: usize, gap: usize, numbers: usize) -> Option<usize> {
    let (tile, inside) = (pixel / (size + gap).max(1), pixel % (size + gap).max(1));
    (inside < size).then(|| tile * numbers + inside * numbers / size)
}

#[cfg(test)]
mod tests {
    use super::super::PIXELS;
    use super::*;
    use crate::view::colors::Theme;

    /// Every number that can be seen, with the pixels that show it.
    fn seen(heatmap: &Heatmap) -> std::collections::BTreeMap<(usize, usize), usize> {
        let (width, height) = heatmap.image_size();
        let mut seen = std::collections::BTreeMap::new();
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        pixels
            .filter_map(|(x, y)| heatmap.value_at(x, y))
            .for_each(|number| *seen.entry(number).or_default() += 1);
        seen
    }

    #[test]
    fn pictures_show_every_pixel_of_every_unit_once() {
        let heatmap = Heatmap::images(50, 590);
        assert_eq!((heatmap.columns(), heatmap.image_size()), (20, (590, 3 * 29 - 1)));
        let seen = seen(&heatmap);
        assert!(seen.len() == 50 * PIXELS && seen.values().all(|&pixels| pixels == 1));
        assert_eq!(heatmap.value_at(29 + 3, 29 + 2), Some((21, 2 * SIDE + 3)));
        assert_eq!(heatmap.value_at(28, 0), None, "a gap");
        assert_eq!(Heatmap::images(3, 5).image_size(), (28, 3 * 29 - 1), "no room, but one column");
    }

    #[test]
    fn a_matrix_shows_every_number_alike_or_leaves_some_out() {
        let seen_of = |units, across, width| seen(&Heatmap::matrix(units, across, width));
        let all = seen_of(50, 50, 1_180);
        assert!(all.len() == 2_500 && all.values().all(|&pixels| pixels == 14 * 6), "{:?}", all.get(&(0, 0)));
        assert_eq!(seen_of(2, 50, 600).values().next(), Some(&(12 * 14)));
        let some = seen_of(64, 1_000, 340);
        assert_eq!(some.len(), 64 * 340);
        assert!(Heatmap::matrix(64, 1_000, 340).image_size().1 <= HEIGHT);
    }

    #[test]
    fn cells_fill_a_box_and_each_unit_has_one() {
        for units in [1, 2, 30, 50, 500, 1_000, 4_000] {
            let heatmap = Heatmap::cells(units, 168);
            assert_eq!(seen(&heatmap).len(), units);
            assert!(heatmap.image_size().1 <= 168, "{units}: {:?}", heatmap.image_size());
        }
    }

    #[test]
    fn colours_are_those_of_the_numbers_and_the_frame_is_around_its_unit() {
        let (theme, heatmap) = (Theme::LIGHT, Heatmap::images(3, 90));
        let (colors, mut image) = (theme.diverging(), RgbaImage::new(0, 0, theme.paper));
        heatmap.paint(&mut image, (&colors, theme.paper), &|unit, place| {
            if place == 0 { [1.0, -1.0, f32::NAN][unit] } else { 0.0 }
        });
        assert_eq!((image.width(), image.height()), (90, 28));
        let corners = [0, 29, 58].map(|x| image.get(x, 0).unwrap());
        assert_eq!(corners, [colors.positive, colors.negative, colors.zero]);
        assert_eq!([image.get(28, 5), image.get(1, 1)], [Some(theme.paper), Some(colors.zero)]);
        heatmap.outline(&mut image, 1, theme.accent);
        let marked = [(28, 5), (57, 20), (40, 27), (40, 0)].map(|(x, y)| image.get(x, y).unwrap());
        assert_eq!(marked, [theme.accent; 4]);
        assert_eq!(image.get(40, 13), Some(colors.zero));
    }

    #[test]
    fn nothing_goes_wrong_without_room_or_units() {
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

//! The picture of the pipeline: the input digit, the activations of each layer as cells, the code, and the output digit.

use super::{Level, RgbaImage, SIDE};
use crate::view::colors::{Color, DivergingMap, Theme};

/// Sizes for an image of the height [`HEIGHT`], scaled for others: of a digit, of a layer's cells, of a cell, and of the bars of
/// a short code.
const HEIGHT: usize = 64;
const DIGIT: usize = 56;
const LAYER: (usize, usize) = (132, 54);
const MAX_CELL: usize = 11;
const BAR: (usize, usize) = (92, 12);
const BAR_GAP: usize = 10;

/// The maximum width of a layer, relative to its slot.
const MAX_SHARE: f32 = 0.72;

/// The opacity of the flow between two layers.
const FLOW_OPACITY: f32 = 0.06;

/// The longest code that is painted as bars.
const MAX_BARS: usize = 2;

/// The content of a slot of the pipeline.
#[derive(Clone, Copy, Debug)]
pub enum Stage<'a> {
    /// A digit in grey levels, or an empty frame.
    Digit(Option<DigitPixels<'a>>),
    /// A layer's units: their number, and the activations with the value that has full colour.
    Units(usize, Option<(&'a [f32], f32)>),
    /// The code, and the value that has full length.
    Code(&'a [f32], f32),
}

/// The pixels of a digit.
#[derive(Clone, Copy, Debug)]
pub enum DigitPixels<'a> {
    /// Stored bytes.
    Bytes(&'a [u8]),
    /// Outputs of the network.
    Floats(&'a [f32]),
}

/// A grid of square cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellGrid {
    /// The number of cells in a row.
    pub columns: usize,
    /// The number of rows.
    pub rows: usize,
    /// The distance from a cell to the next, in pixels.
    pub pitch: usize,
    /// The gap between two cells, in pixels.
    pub gap: usize,
}

impl CellGrid {
    /// Returns the number of columns of `count` units, the same wherever they are shown: about twice that of the rows.
    pub fn columns_of(count: usize) -> usize {
        ((2.0 * count as f32).sqrt().ceil() as usize).clamp(1, count.max(1))
    }

    /// Fits `count` cells into a box, as large as possible up to `max_pitch` pixels; where its columns do not fit, as many as do.
    pub fn fit(count: usize, (width, height): (usize, usize), max_pitch: usize) -> Self {
        let columns = Self::columns_of(count).min(width.max(1));
        let rows = count.div_ceil(columns);
        let pitch = (width / columns).min(height / rows.max(1)).clamp(1, max_pitch.max(1));
        Self { columns, rows, pitch, gap: usize::from(pitch >= 5) * (pitch / 8 + 1) }
    }

    /// Returns the width and height of the grid in pixels.
    pub fn size(&self) -> (usize, usize) {
        (
            (self.columns * self.pitch).saturating_sub(self.gap),
            (self.rows * self.pitch).saturating_sub(self.gap),
        )
    }
}

/// Paints the stages in slots of equal width over all of `image`.
pub fn paint_pipeline(image: &mut RgbaImage, stages: &[Stage<'_>], theme: &Theme) {
    image.fill(theme.paper);
    let scale = image.height() as f32 / HEIGHT as f32;
    let painter = Painter {
        theme,
        colors: theme.diverging(),
        scale,
        slot: image.width() as f32 / stages.len().max(1) as f32,
    };
    let boxes: Vec<_> = stages.iter().map(|stage| painter.size(stage)).collect();
    let centre = |index: usize| (index as f32 + 0.5) * painter.slot;
    for (index, pair) in boxes.windows(2).enumerate() {
        let [from, to] = [pair[0], pair[1]].map(|(width, height)| (0.5 * width as f32, height as f32));
        let margin = 6.0 * scale;
        painter.flow(
            image,
            (centre(index) + from.0 + margin, from.1),
            (centre(index + 1) - to.0 - margin, to.1),
        );
    }
    for (index, (stage, size)) in stages.iter().zip(&boxes).enumerate() {
        let corner = |length: f32, middle: f32| (middle - 0.5 * length).round().max(0.0) as usize;
        let at = (corner(size.0 as f32, centre(index)), corner(size.1 as f32, 0.5 * image.height() as f32));
        painter.stage(image, stage, at, *size);
    }
}

/// The opacity of a band over the pipeline.
const BAND_OPACITY: f32 = 0.2;

/// Paints a band over the whole height, from `from` to `to` as shares of the width.
pub fn paint_band(image: &mut RgbaImage, (from, to): (f32, f32), color: Color) {
    let column = |share: f32| (share.clamp(0.0, 1.0) * image.width() as f32) as usize;
    let (left, right) = (column(from), column(to));
    image.rect((left, 0), (right.saturating_sub(left), image.height()), color, BAND_OPACITY);
}

struct Painter<'t> {
    theme: &'t Theme,
    colors: DivergingMap,
    scale: f32,
    slot: f32,
}

impl Painter<'_> {
    fn scaled(&self, length: usize) -> usize {
        (length as f32 * self.scale).round() as usize
    }

    /// Returns the side of a digit's pixel, in pixels of the image.
    fn zoom(&self) -> usize {
        let zoom = (self.scaled(DIGIT) / SIDE).max(1);
        zoom.min(((0.9 * self.slot) as usize / SIDE).max(1))
    }

    fn cells(&self, count: usize) -> CellGrid {
        let width = self.scaled(LAYER.0).min((MAX_SHARE * self.slot) as usize);
        CellGrid::fit(count, (width, self.scaled(LAYER.1)), self.scaled(MAX_CELL))
    }

    fn bar(&self) -> (usize, usize) {
        (self.scaled(BAR.0).min((MAX_SHARE * self.slot) as usize), self.scaled(BAR.1))
    }

    /// Returns the width and height of a stage in pixels.
    fn size(&self, stage: &Stage<'_>) -> (usize, usize) {
        match stage {
            Stage::Digit(_) => (self.zoom() * SIDE, self.zoom() * SIDE),
            Stage::Units(count, _) => self.cells(*count).size(),
            Stage::Code(values, _) if values.len() <= MAX_BARS => {
                let (width, height) = self.bar();
                (
                    width,
                    values.len() * (height + self.scaled(BAR_GAP)) - self.scaled(BAR_GAP).min(values.len()),
                )
            }
            Stage::Code(values, _) => self.cells(values.len()).size(),
        }
    }

    /// Paints the flow from one layer to the next, a trapezium between their heights.
    fn flow(&self, image: &mut RgbaImage, (x0, height0): (f32, f32), (x1, height1): (f32, f32)) {
        for x in x0.ceil().max(0.0) as usize..x1.max(0.0) as usize {
            let t = (x as f32 - x0) / (x1 - x0);
            let height = height0 + t * (height1 - height0);
            let top = (0.5 * (image.height() as f32 - height)).round().max(0.0) as usize;
            image.rect((x, top), (1, height.round() as usize), self.theme.ink, FLOW_OPACITY);
        }
    }

    fn stage(&self, image: &mut RgbaImage, stage: &Stage<'_>, at: (usize, usize), size: (usize, usize)) {
        match stage {
            Stage::Digit(pixels) => self.digit(image, *pixels, at),
            Stage::Units(count, activations) => self.units(image, *count, *activations, at),
            Stage::Code(values, scale) if values.len() <= MAX_BARS => {
                for (index, value) in values.iter().enumerate() {
                    let (width, height) = (size.0, self.bar().1);
                    let y = at.1 + index * (height + self.scaled(BAR_GAP));
                    self.bar_of(image, value / scale, (at.0, y), (width, height));
                }
            }
            Stage::Code(values, scale) => self.units(image, values.len(), Some((values, *scale)), at),
        }
    }

    fn digit(&self, image: &mut RgbaImage, pixels: Option<DigitPixels<'_>>, at: (usize, usize)) {
        let (zoom, greys) = (self.zoom(), self.theme.greys());
        let side = zoom * SIDE;
        let frame = self.scaled(1);
        image.rect(
            (at.0.saturating_sub(frame), at.1.saturating_sub(frame)),
            (side + 2 * frame, side + 2 * frame),
            self.theme.line,
            1.0,
        );
        image.rect(at, (side, side), self.theme.plane, 1.0);
        match pixels {
            Some(DigitPixels::Bytes(pixels)) => zoomed(image, pixels, at, zoom, |level| greys.color(level)),
            Some(DigitPixels::Floats(pixels)) => zoomed(image, pixels, at, zoom, |level| greys.color(level)),
            None => {}
        }
    }

    fn units(
        &self,
        image: &mut RgbaImage,
        count: usize,
        activations: Option<(&[f32], f32)>,
        at: (usize, usize),
    ) {
        let cells = self.cells(count);
        let side = cells.pitch - cells.gap;
        for unit in 0..count {
            let corner =
                (at.0 + unit % cells.columns * cells.pitch, at.1 + unit / cells.columns * cells.pitch);
            let color = match activations.and_then(|(values, scale)| Some(values.get(unit)? / scale)) {
                // Zero is not the background colour: an inactive unit stays visible.
                Some(value) => {
                    self.theme.line.mix(self.colors.color(value), 0.25 + 0.75 * value.abs().min(1.0))
                }
                None => self.theme.paper.mix(self.theme.line, 0.5),
            };
            image.rect(corner, (side, side), color, 1.0);
        }
    }

    /// Paints a bar from the centre, to the left if `value` is negative; -1 and 1 have full length.
    fn bar_of(
        &self,
        image: &mut RgbaImage,
        value: f32,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
    ) {
        let half = width / 2;
        let line = self.scaled(1);
        image.rect((x, y + height / 2), (width, line), self.theme.line, 1.0);
        let length = (value.abs().min(1.0) * half as f32) as usize;
        let left = if value < 0.0 { x + half - length } else { x + half };
        let color = if value < 0.0 { self.colors.negative } else { self.colors.positive };
        image.rect((left, y), (length, height), color, 1.0);
        image.rect((x + half, y), (line, height), self.theme.ink, 1.0);
    }
}

/// Paints a digit with its top left corner at (`x`, `y`), magnified by `zoom`.
fn zoomed<T: Level>(
    image: &mut RgbaImage,
    pixels: &[T],
    (x, y): (usize, usize),
    zoom: usize,
    color: impl Fn(u8) -> Color,
) {
    for (row, line) in pixels.chunks(SIDE).enumerate() {
        for (column, pixel) in line.iter().enumerate() {
            image.rect((x + column * zoom, y + row * zoom), (zoom, zoom), color(pixel.level()), 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PIXELS;
    use super::*;

    #[test]
    fn cells_are_as_large_as_the_box_allows() {
        for (count, max_pitch) in [(1, 11), (2, 11), (50, 11), (500, 11), (784, 11), (4_096, 11)] {
            let cells = CellGrid::fit(count, (132, 54), max_pitch);
            let (width, height) = cells.size();
            assert!(cells.columns * cells.rows >= count, "{count}: {cells:?}");
            assert!(width <= 132 && height <= 54, "{count}: {cells:?}");
        }
        assert_eq!(CellGrid::fit(50, (132, 54), 11), CellGrid { columns: 10, rows: 5, pitch: 10, gap: 2 });
        assert_eq!(CellGrid::fit(50, (168, 168), 28).columns, 10, "the same arrangement in another box");
        assert_eq!(CellGrid::fit(0, (132, 54), 11).rows, 0);
    }

    fn painted(stages: &[Stage<'_>]) -> RgbaImage {
        let mut image = RgbaImage::new(600, 64, Theme::LIGHT.paper);
        paint_pipeline(&mut image, stages, &Theme::LIGHT);
        image
    }

    fn count(image: &RgbaImage, xs: std::ops::Range<usize>, color: Color) -> usize {
        xs.map(|x| (0..64).filter(|&y| image.get(x, y) == Some(color)).count()).sum()
    }

    #[test]
    fn the_input_is_on_the_left_and_the_output_on_the_right() {
        let (bytes, floats) = ([255_u8; PIXELS], [1.0_f32; PIXELS]);
        let image = painted(&[
            Stage::Digit(Some(DigitPixels::Bytes(&bytes))),
            Stage::Units(50, Some((&[1.0; 50], 1.0))),
            Stage::Digit(Some(DigitPixels::Floats(&floats))),
        ]);
        let ink = Theme::LIGHT.greys().color(255);
        assert_eq!(count(&image, 0..200, ink), 56 * 56);
        assert_eq!(count(&image, 400..600, ink), 56 * 56);
        assert!(
            count(&image, 200..400, Theme::LIGHT.diverging().positive) > 1_500,
            "50 cells in full colour"
        );
    }

    #[test]
    fn bars_point_to_the_side_of_their_sign() {
        let colors = Theme::LIGHT.diverging();
        let image = painted(&[Stage::Code(&[0.5, -1.0], 1.0)]);
        let (positive, negative) =
            (count(&image, 300..600, colors.positive), count(&image, 0..300, colors.negative));
        assert!(positive > 200 && negative > 400, "{positive} {negative}");
        assert_eq!(
            (count(&image, 0..300, colors.positive), count(&image, 301..600, colors.negative)),
            (0, 0)
        );
    }

    #[test]
    fn tiny_images_nan_and_infinity_do_not_panic() {
        let mut image = RgbaImage::new(3, 2, Theme::DARK.paper);
        let stages = [
            Stage::Digit(None),
            Stage::Units(1_000, Some((&[f32::NAN; 1_000], 0.0))),
            Stage::Code(&[f32::INFINITY], 0.0),
            Stage::Code(&[1.0; 64], 1.0),
            Stage::Units(0, None),
        ];
        paint_pipeline(&mut image, &stages, &Theme::DARK);
        paint_pipeline(&mut RgbaImage::new(0, 0, Theme::DARK.paper), &[], &Theme::DARK);
    }
}

//! The pipeline as a picture: a digit, the activations of each layer as cells, the code, and the digit that comes out.

use super::{Level, RgbaImage, SIDE};
use crate::view::colors::{Color, DivergingMap, Theme};

/// Heights and widths, as parts of the strip's height of [`HEIGHT`]: of a digit, of a layer's cells, of a cell and of the bars that stand for a short code.
const HEIGHT: usize = 64;
const DIGIT: usize = 56;
const CELLS: (usize, usize) = (132, 54);
const LARGEST_CELL: usize = 11;
const BARS: (usize, usize) = (92, 12);
const BAR_GAP: usize = 10;

/// The part of its slot that a layer takes at most.
const SHARE: f32 = 0.72;

/// How dark the flow between two layers is.
const FLOW: f32 = 0.06;

/// The longest code that is drawn as bars.
const MOST_BARS: usize = 2;

/// What there is to draw of a layer.
#[derive(Clone, Copy, Debug)]
pub enum Stage<'a> {
    /// A picture in greys, or its empty frame.
    Digit(Option<DigitPixels<'a>>),
    /// Activations, and what is drawn in full colour; or as many empty cells.
    Units(usize, Option<(&'a [f32], f32)>),
    /// The numbers of the code, and what is drawn in full length.
    Code(&'a [f32], f32),
}

/// The pixels of a digit.
#[derive(Clone, Copy, Debug)]
pub enum DigitPixels<'a> {
    /// As they are stored.
    Bytes(&'a [u8]),
    /// As a network makes them.
    Floats(&'a [f32]),
}

/// Square cells in rows, for a number of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellGrid {
    /// The cells of a row.
    pub columns: usize,
    /// The rows.
    pub rows: usize,
    /// From one cell to the next, in pixels.
    pub pitch: usize,
    /// What of that is left free.
    pub gap: usize,
}

impl CellGrid {
    /// The largest cells of up to `largest` pixels that fit into a box for `count` units; of a pixel where none do.
    #[must_use]
    pub fn fit(count: usize, (width, height): (usize, usize), largest: usize) -> Self {
        let fits = |pitch: &usize| (width / pitch) * (height / pitch) >= count;
        let pitch = (1..=largest.max(1)).rev().find(fits).unwrap_or(1);
        let most_rows = (height / pitch).max(1);
        // As few columns as the height allows, in rows of the same length as far as that goes.
        let columns = count
            .div_ceil(most_rows)
            .max((count as f32 * 2.0).sqrt() as usize)
            .clamp(1, (width / pitch).max(1));
        Self { columns, rows: count.div_ceil(columns), pitch, gap: usize::from(pitch >= 5) * (pitch / 8 + 1) }
    }

    /// Width and height of all of them, in pixels.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (
            (self.columns * self.pitch).saturating_sub(self.gap),
            (self.rows * self.pitch).saturating_sub(self.gap),
        )
    }
}

/// Paints the stages in slots of the same width over all of `image`.
pub fn paint_pipeline(image: &mut RgbaImage, stages: &[Stage<'_>], theme: &Theme) {
    image.fill(theme.paper);
    let ratio = image.height() as f32 / HEIGHT as f32;
    let painter = Painter {
        theme,
        colors: theme.diverging(),
        ratio,
        slot: image.width() as f32 / stages.len().max(1) as f32,
    };
    let boxes: Vec<_> = stages.iter().map(|stage| painter.size(stage)).collect();
    let centre = |index: usize| (index as f32 + 0.5) * painter.slot;
    for (index, pair) in boxes.windows(2).enumerate() {
        let [from, to] = [pair[0], pair[1]].map(|(width, height)| (0.5 * width as f32, height as f32));
        let margin = 6.0 * ratio;
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

struct Painter<'t> {
    theme: &'t Theme,
    colors: DivergingMap,
    ratio: f32,
    slot: f32,
}

impl Painter<'_> {
    fn device(&self, length: usize) -> usize {
        (length as f32 * self.ratio).round() as usize
    }

    /// How many pixels a pixel of a digit takes.
    fn zoom(&self) -> usize {
        let wanted = (self.device(DIGIT) / SIDE).max(1);
        wanted.min(((0.9 * self.slot) as usize / SIDE).max(1))
    }

    fn cells(&self, count: usize) -> CellGrid {
        let width = self.device(CELLS.0).min((SHARE * self.slot) as usize);
        CellGrid::fit(count, (width, self.device(CELLS.1)), self.device(LARGEST_CELL))
    }

    fn bar(&self) -> (usize, usize) {
        (self.device(BARS.0).min((SHARE * self.slot) as usize), self.device(BARS.1))
    }

    /// Width and height of what is drawn, in pixels.
    fn size(&self, stage: &Stage<'_>) -> (usize, usize) {
        match stage {
            Stage::Digit(_) => (self.zoom() * SIDE, self.zoom() * SIDE),
            Stage::Units(count, _) => self.cells(*count).size(),
            Stage::Code(numbers, _) if numbers.len() <= MOST_BARS => {
                let (width, height) = self.bar();
                (
                    width,
                    numbers.len() * (height + self.device(BAR_GAP)) - self.device(BAR_GAP).min(numbers.len()),
                )
            }
            Stage::Code(numbers, _) => self.cells(numbers.len()).size(),
        }
    }

    /// What leads from one layer to the next: as high on both sides as they are.
    fn flow(&self, image: &mut RgbaImage, (x0, height0): (f32, f32), (x1, height1): (f32, f32)) {
        for x in x0.ceil().max(0.0) as usize..x1.max(0.0) as usize {
            let share = (x as f32 - x0) / (x1 - x0);
            let height = height0 + share * (height1 - height0);
            let top = (0.5 * (image.height() as f32 - height)).round().max(0.0) as usize;
            image.rect((x, top), (1, height.round() as usize), self.theme.ink, FLOW);
        }
    }

    fn stage(&self, image: &mut RgbaImage, stage: &Stage<'_>, at: (usize, usize), size: (usize, usize)) {
        match stage {
            Stage::Digit(picture) => self.picture(image, *picture, at),
            Stage::Units(count, numbers) => self.units(image, *count, *numbers, at),
            Stage::Code(numbers, scale) if numbers.len() <= MOST_BARS => {
                for (index, number) in numbers.iter().enumerate() {
                    let (width, height) = (size.0, self.bar().1);
                    let y = at.1 + index * (height + self.device(BAR_GAP));
                    self.number(image, number / scale, (at.0, y), (width, height));
                }
            }
            Stage::Code(numbers, scale) => self.units(image, numbers.len(), Some((numbers, *scale)), at),
        }
    }

    fn picture(&self, image: &mut RgbaImage, picture: Option<DigitPixels<'_>>, at: (usize, usize)) {
        let (zoom, greys) = (self.zoom(), self.theme.greys());
        let side = zoom * SIDE;
        let frame = self.device(1);
        image.rect(
            (at.0.saturating_sub(frame), at.1.saturating_sub(frame)),
            (side + 2 * frame, side + 2 * frame),
            self.theme.line,
            1.0,
        );
        image.rect(at, (side, side), self.theme.plane, 1.0);
        match picture {
            Some(DigitPixels::Bytes(pixels)) => zoomed(image, pixels, at, zoom, |level| greys.color(level)),
            Some(DigitPixels::Floats(pixels)) => zoomed(image, pixels, at, zoom, |level| greys.color(level)),
            None => {}
        }
    }

    fn units(&self, image: &mut RgbaImage, count: usize, numbers: Option<(&[f32], f32)>, at: (usize, usize)) {
        let cells = self.cells(count);
        let side = cells.pitch - cells.gap;
        for unit in 0..count {
            let corner =
                (at.0 + unit % cells.columns * cells.pitch, at.1 + unit / cells.columns * cells.pitch);
            let color = match numbers.and_then(|(numbers, scale)| Some(numbers.get(unit)? / scale)) {
                // Zero is not the paper's colour: a silent unit is seen to be there.
                Some(share) => {
                    self.theme.line.mix(self.colors.color(share), 0.25 + 0.75 * share.abs().min(1.0))
                }
                None => self.theme.paper.mix(self.theme.line, 0.5),
            };
            image.rect(corner, (side, side), color, 1.0);
        }
    }

    /// A bar from the middle, to the left for what is negative.
    fn number(
        &self,
        image: &mut RgbaImage,
        share: f32,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
    ) {
        let half = width / 2;
        let line = self.device(1);
        image.rect((x, y + height / 2), (width, line), self.theme.line, 1.0);
        let length = (share.abs().min(1.0) * half as f32) as usize;
        let left = if share < 0.0 { x + half - length } else { x + half };
        let color = if share < 0.0 { self.colors.negative } else { self.colors.positive };
        image.rect((left, y), (length, height), color, 1.0);
        image.rect((x + half, y), (line, height), self.theme.ink, 1.0);
    }
}

/// Paints a digit with its top left corner at (`x`, `y`), `zoom` pixels to one of its own.
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
    fn cells_fit_and_are_as_large_as_they_can_be() {
        for (count, most) in [(1, 11), (2, 11), (50, 11), (500, 11), (784, 11), (4_096, 11)] {
            let cells = CellGrid::fit(count, (132, 54), most);
            let (width, height) = cells.size();
            assert!(cells.columns * cells.rows >= count, "{count}: {cells:?}");
            assert!(count > 3_000 || (width <= 132 && height <= 54), "{count}: {cells:?}");
        }
        assert_eq!(CellGrid::fit(50, (132, 54), 11).pitch, 10);
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
    fn a_digit_is_drawn_on_the_left_and_one_on_the_right() {
        let (bytes, numbers) = ([255_u8; PIXELS], [1.0_f32; PIXELS]);
        let image = painted(&[
            Stage::Digit(Some(DigitPixels::Bytes(&bytes))),
            Stage::Units(50, Some((&[1.0; 50], 1.0))),
            Stage::Digit(Some(DigitPixels::Floats(&numbers))),
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
    fn bars_go_to_the_side_of_their_sign() {
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
    fn nothing_goes_wrong_in_no_room_or_with_numbers_that_are_none() {
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

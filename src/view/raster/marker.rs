//! Round markers, of which a plot has thousands.

use super::RgbaImage;
use crate::view::colors::Color;

/// The positions between two pixels that a marker can have, in each direction.
const PHASES: i32 = 4;

/// The most pixels from the centre of a marker to its edge.
const MAX_REACH: f32 = 64.0;

/// A disc with an outline, rasterised once for each position between pixels.
#[derive(Clone, Debug)]
pub struct Marker {
    /// The pixels from the centre to the edge of a mask.
    reach: i32,
    /// The shares of the outline's colour and of the fill's, as red and green.
    masks: Vec<RgbaImage>,
}

impl Marker {
    /// Rasterises a disc. `radius` leads to the middle of the outline; half of the outline is `outline` wide. Both are in pixels.
    #[inline(never)]
    pub fn new(radius: f32, outline: f32) -> Self {
        let reach = (radius + outline + 0.5).ceil().clamp(0.0, MAX_REACH) as i32;
        // The centre lies in the pixel after the first `reach`.
        let side = (2 * reach + 1) as usize;
        let center = |phase: i32| reach as f32 + phase as f32 / PHASES as f32;
        let mask = |phase: i32| {
            let (x, y) = (center(phase % PHASES), center(phase / PHASES));
            let mut mask = RgbaImage::new(side, side, Color::hex(0x00_0000));
            mask.disc(x, y, radius + outline, Color::hex(0xff_0000), 1.0);
            mask.disc(x, y, radius - outline, Color::hex(0x00_ff00), 1.0);
            mask
        };
        Self { reach, masks: (0..PHASES * PHASES).map(mask).collect() }
    }

    /// Paints the marker with its centre within an eighth of a pixel of a place; `NaN` is no place.
    #[inline(never)]
    pub fn paint(&self, image: &mut RgbaImage, (x, y): (f32, f32), outline: Color, fill: Color) {
        if x.is_nan() || y.is_nan() {
            return;
        }
        // Saturates: a place far outside stays outside.
        let locate = |position: f32| {
            let position = (PHASES as f32 * position).round() as i32;
            (position.div_euclid(PHASES) - self.reach, position.rem_euclid(PHASES))
        };
        let ((left, x_phase), (top, y_phase)) = (locate(x), locate(y));
        let mask = &self.masks[(PHASES * y_phase + x_phase) as usize];
        let clip = |start: i32, size: usize| {
            let end = (size as i32).saturating_sub(start).min(mask.width as i32);
            (-start).max(0) as usize..end.max(0) as usize
        };
        let (columns, rows) = (clip(left, image.width), clip(top, image.height));
        if columns.is_empty() {
            return;
        }
        let [outline, fill] = [outline, fill].map(|color| [color.r, color.g, color.b].map(i32::from));
        for row in rows {
            let weights = &mask.pixels[4 * row * mask.width..][4 * columns.start..4 * columns.end];
            let start = (top + row as i32) as usize * image.width + (left + columns.start as i32) as usize;
            let pixels = &mut image.pixels[4 * start..][..weights.len()];
            for (pixel, weights) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(weights.as_chunks::<4>().0) {
                let [of_outline, of_fill] = [weights[0], weights[1]].map(i32::from);
                if of_outline + of_fill == 0 {
                    continue;
                }
                for ((byte, outline), fill) in pixel.iter_mut().zip(outline).zip(fill) {
                    let old = i32::from(*byte);
                    let change = of_outline * (outline - old) + of_fill * (fill - old);
                    // Divides by 255, and rounds.
                    *byte = (old + ((257 * change + (1 << 15)) >> 16)) as u8;
                }
            }
        }
    }
}

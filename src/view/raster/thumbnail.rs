//! Framed thumbnails of digits, and line segments.

use super::{RgbaImage, SIDE};
use crate::view::colors::Color;

/// The style of a thumbnail.
#[derive(Clone, Copy, Debug)]
pub struct ThumbnailStyle {
    /// The side without the frame, in pixels.
    pub side: usize,
    /// The width of the frame, in pixels.
    pub frame_width: usize,
    /// The colour of level 0.
    pub background: Color,
    /// The colour of level 255.
    pub ink: Color,
    /// The colour of the frame.
    pub frame_color: Color,
    /// In [0, 1].
    pub opacity: f32,
}

impl RgbaImage {
    /// Paints a scaled digit with a frame, centred at (`x`, `y`).
    pub fn thumbnail(&mut self, (x, y): (f32, f32), digit: &[u8], style: &ThumbnailStyle) {
        let &ThumbnailStyle { side, frame_width, background, ink, frame_color, opacity } = style;
        let full_side = side + 2 * frame_width;
        let corner = |centre: f32| (centre - 0.5 * full_side as f32).round() as isize;
        let (left, top) = (corner(x), corner(y));
        let inside = |start: isize, limit: usize| {
            let from = (-start).clamp(0, full_side as isize) as usize;
            from..(limit as isize - start).clamp(from as isize, full_side as isize) as usize
        };
        let (columns, rows) = (inside(left, self.width), inside(top, self.height));
        if columns.is_empty() || side == 0 || !(x.is_finite() && y.is_finite()) {
            return;
        }
        // Integers are fast enough: few pixels are neither background nor ink.
        let mix = |a: u8, b: u8, level: u8| {
            let offset = (i32::from(b) - i32::from(a)) * i32::from(level);
            (i32::from(a) + offset / i32::from(u8::MAX)) as u8
        };
        let shade = |level: u8| match level {
            0 => background,
            u8::MAX => ink,
            _ => Color::new(
                mix(background.r, ink.r, level),
                mix(background.g, ink.g, level),
                mix(background.b, ink.b, level),
            ),
        };
        for row in rows {
            let y = (top + row as isize) as usize;
            let start = 4 * (y * self.width + (left + columns.start as isize) as usize);
            let line = &mut self.pixels[start..start + 4 * columns.len()];
            let is_frame = row < frame_width || row >= frame_width + side;
            let digit_row = if is_frame { 0 } else { (row - frame_width) * SIDE / side * SIDE };
            for (pixel, column) in line.chunks_exact_mut(4).zip(columns.clone()) {
                let mut new = frame_color;
                if !is_frame && (frame_width..frame_width + side).contains(&column) {
                    let at = digit_row + (column - frame_width) * SIDE / side;
                    new = shade(digit.get(at).copied().unwrap_or_default());
                }
                if opacity < 1.0 {
                    new = Color::new(pixel[0], pixel[1], pixel[2]).mix(new, opacity);
                }
                pixel.copy_from_slice(&new.rgba());
            }
        }
    }

    /// Paints an antialiased line with round ends; `width` is in pixels, `opacity` in [0, 1].
    pub fn line(
        &mut self,
        (x0, y0): (f32, f32),
        (x1, y1): (f32, f32),
        width: f32,
        color: Color,
        opacity: f32,
    ) {
        let reach = 0.5 * (width + 1.0);
        let span = |a: f32, b: f32, limit: usize| {
            let limit = limit as f32;
            let (low, high) = (a.min(b) - reach, a.max(b) + reach);
            low.floor().clamp(0.0, limit) as usize..high.ceil().clamp(0.0, limit) as usize
        };
        let (columns, rows) = (span(x0, x1, self.width), span(y0, y1, self.height));
        let (dx, dy) = (x1 - x0, y1 - y0);
        let length2 = (dx * dx + dy * dy).max(1e-6);
        for (row, column) in rows.flat_map(|row| columns.clone().map(move |column| (row, column))) {
            let (px, py) = (column as f32 + 0.5 - x0, row as f32 + 0.5 - y0);
            let t = ((px * dx + py * dy) / length2).clamp(0.0, 1.0);
            let (off_x, off_y) = (px - t * dx, py - t * dy);
            let distance2 = off_x * off_x + off_y * off_y;
            if distance2 < reach * reach {
                let coverage = (reach - distance2.sqrt()).clamp(0.0, width.min(1.0));
                let start = 4 * (row * self.width + column);
                let pixel = &mut self.pixels[start..start + 4];
                let old = Color::new(pixel[0], pixel[1], pixel[2]);
                pixel.copy_from_slice(&old.mix(color, opacity * coverage).rgba());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PIXELS;
    use super::*;
    use crate::view::colors::Theme;

    const RED: Color = Color::hex(0xff_0000);

    fn style(side: usize) -> ThumbnailStyle {
        let Theme { plane, ink, .. } = Theme::LIGHT;
        ThumbnailStyle { side, frame_width: 2, background: plane, ink, frame_color: RED, opacity: 1.0 }
    }

    #[test]
    fn a_digit_of_any_size_has_a_frame_around_it() {
        let digit: Vec<u8> = (0..PIXELS).map(|i| if i / SIDE < 14 { 255 } else { 0 }).collect();
        for side in [14, 28, 56] {
            let mut image = RgbaImage::new(100, 100, Color::hex(0x00_ff00));
            image.thumbnail((50.0, 50.0), &digit, &style(side));
            let at = |dx: isize, dy: isize| image.get((50 + dx) as usize, (50 + dy) as usize);
            let half = (side / 2) as isize;
            assert_eq!(at(0, -half), Some(Theme::LIGHT.ink), "{side}: its upper half is ink");
            assert_eq!(at(0, half - 1), Some(Theme::LIGHT.plane));
            assert_eq!([at(0, -half - 1), at(half + 1, 0)], [Some(RED); 2]);
            assert_eq!(at(half + 2, 0), Some(Color::hex(0x00_ff00)));
        }
    }

    #[test]
    fn thumbnails_and_lines_are_clipped() {
        let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
        for at in
            [(0.0, 0.0), (39.0, 20.0), (-100.0, 20.0), (20.0, 1e9), (f32::NAN, 3.0), (f32::INFINITY, 0.0)]
        {
            image.thumbnail(at, &[255; PIXELS], &style(28));
            image.line((20.0, 20.0), (at.0, at.1 + 30.0), 2.0, RED, 1.0);
            image.thumbnail(at, &[], &style(0));
        }
        assert_eq!(image.get(3, 3), Some(Theme::LIGHT.ink), "what is inside is there");
    }

    #[test]
    fn a_line_connects_its_ends() {
        let mut image = RgbaImage::new(30, 30, Theme::LIGHT.plane);
        image.line((5.0, 5.0), (25.0, 15.0), 2.0, RED, 1.0);
        assert_eq!(image.get(15, 10), Some(RED));
        assert_eq!([image.get(15, 5), image.get(27, 16)], [Some(Theme::LIGHT.plane); 2]);
    }
}

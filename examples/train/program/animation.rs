//! Animated GIFs.

use std::borrow::Cow;
use std::collections::HashMap;

use bottleneck::view::colors::{Color, PALETTE, Theme};
use bottleneck::view::raster::RgbaImage;
use gif::{Encoder, Frame, Repeat};

use super::Result;

/// The transparent colour index.
const TRANSPARENT: u8 = 255;

/// An animation in memory, of frames of equal size.
pub struct Animation {
    encoder: Encoder<Vec<u8>>,
    palette: Palette,
    /// The colour indices of the last frame; empty before the first.
    previous: Vec<u8>,
}

impl Animation {
    /// Creates an animation that loops.
    pub fn new(width: usize, height: usize) -> Result<Self> {
        let palette = Palette::new();
        let colors: Vec<u8> = palette.colors.iter().flat_map(|color| [color.r, color.g, color.b]).collect();
        let encoder =
            Encoder::new(Vec::new(), width as u16, height as u16, &colors).and_then(|mut encoder| {
                encoder.set_repeat(Repeat::Infinite)?;
                Ok(encoder)
            });
        Ok(Self { encoder: encoder.map_err(|error| sentence(&error))?, palette, previous: Vec::new() })
    }

    /// Adds a frame.
    pub fn push(&mut self, image: &RgbaImage, milliseconds: u16) -> Result<()> {
        let pixels = image.pixels().as_chunks::<4>().0;
        let indices: Vec<u8> =
            pixels.iter().map(|&[r, g, b, _]| self.palette.nearest(Color::new(r, g, b))).collect();
        let buffer = if self.previous.is_empty() {
            indices.clone()
        } else {
            // Unchanged pixels are transparent, which halves the file.
            indices
                .iter()
                .zip(&self.previous)
                .map(|(&now, &previous)| if now == previous { TRANSPARENT } else { now })
                .collect()
        };
        self.previous = indices;
        let frame = Frame {
            width: image.width() as u16,
            height: image.height() as u16,
            delay: milliseconds / 10,
            transparent: Some(TRANSPARENT),
            buffer: Cow::Owned(buffer),
            ..Frame::default()
        };
        self.encoder.write_frame(&frame).map_err(|error| sentence(&error))
    }

    /// Returns the bytes of the file.
    pub fn finish(self) -> Result<Vec<u8>> {
        self.encoder.into_inner().map_err(|error| format!("An animation cannot be made: {error}"))
    }
}

fn sentence(error: &gif::EncodingError) -> String {
    format!("An animation cannot be made: {error}")
}

/// One palette for all frames, so that colours do not flicker: greys, and shades of the digits' colours.
struct Palette {
    colors: Vec<Color>,
    nearest: HashMap<[u8; 4], u8>,
}

impl Palette {
    /// The number of greys: few, so that faint noise in the background vanishes, which halves the file.
    const GREYS: usize = 16;

    /// The number of shades of each of the digits' colours.
    const SHADES: usize = 16;

    fn new() -> Self {
        let Theme { plane, ink, .. } = Theme::LIGHT;
        let grey = (0..Self::GREYS).map(|i| plane.mix(ink, i as f32 / (Self::GREYS - 1) as f32));
        let shades =
            |color| (1..=Self::SHADES).map(move |i| plane.mix(color, i as f32 / Self::SHADES as f32));
        Self { colors: grey.chain(PALETTE.into_iter().flat_map(shades)).collect(), nearest: HashMap::new() }
    }

    fn nearest(&mut self, color: Color) -> u8 {
        let Self { colors, nearest } = self;
        *nearest.entry(color.rgba()).or_insert_with(|| {
            let distance = |other: &Color| {
                let parts = [(color.r, other.r), (color.g, other.g), (color.b, other.b)];
                parts.into_iter().map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum::<u32>()
            };
            // A grey stays grey: pale shades of the colours are as close, but differ from digit to digit.
            let candidates = if is_grey(color) { Self::GREYS } else { colors.len() };
            let nearest = colors[..candidates].iter().enumerate().min_by_key(|(_, other)| distance(other));
            nearest.map_or(0, |(index, _)| index as u8)
        })
    }
}

/// Returns whether a colour is close to grey.
fn is_grey(Color { r, g, b }: Color) -> bool {
    r.max(g).max(b) - r.min(g).min(b) < 16
}

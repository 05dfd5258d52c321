//! Moving pictures: GIF.

use std::borrow::Cow;
use std::collections::HashMap;

use bottleneck::view::colors::{Color, PALETTE, Theme};
use bottleneck::view::raster::RgbaImage;
use gif::{Encoder, Frame, Repeat};

use super::Told;

/// The index that stands for no colour.
const CLEAR: u8 = 255;

/// An animation under way, in memory. All pictures have the same size.
pub struct Animation {
    encoder: Encoder<Vec<u8>>,
    palette: Palette,
    /// The last picture, as indices of the palette; empty before the first.
    before: Vec<u8>,
}

impl Animation {
    /// An animation that begins again whenever it has ended.
    pub fn begin(width: usize, height: usize) -> Told<Self> {
        let palette = Palette::new();
        let colors: Vec<u8> = palette.colors.iter().flat_map(|color| [color.r, color.g, color.b]).collect();
        let encoder =
            Encoder::new(Vec::new(), width as u16, height as u16, &colors).and_then(|mut encoder| {
                encoder.set_repeat(Repeat::Infinite)?;
                Ok(encoder)
            });
        Ok(Self { encoder: encoder.map_err(|error| cannot(&error))?, palette, before: Vec::new() })
    }

    /// Adds a picture that is shown for some milliseconds.
    pub fn push(&mut self, image: &RgbaImage, milliseconds: u16) -> Told<()> {
        let pixels = image.pixels().as_chunks::<4>().0;
        let now: Vec<u8> =
            pixels.iter().map(|&[r, g, b, _]| self.palette.nearest(Color::new(r, g, b))).collect();
        let buffer = if self.before.is_empty() {
            now.clone()
        } else {
            // Where nothing has changed the picture before shows through: a file of half the size.
            now.iter()
                .zip(&self.before)
                .map(|(&now, &before)| if now == before { CLEAR } else { now })
                .collect()
        };
        self.before = now;
        let frame = Frame {
            width: image.width() as u16,
            height: image.height() as u16,
            delay: milliseconds / 10,
            transparent: Some(CLEAR),
            buffer: Cow::Owned(buffer),
            ..Frame::default()
        };
        self.encoder.write_frame(&frame).map_err(|error| cannot(&error))
    }

    /// The bytes of the file.
    pub fn finish(self) -> Told<Vec<u8>> {
        self.encoder.into_inner().map_err(|error| format!("An animation cannot be made: {error}."))
    }
}

fn cannot(error: &gif::EncodingError) -> String {
    format!("An animation cannot be made: {error}.")
}

/// The same colours for all pictures, so that nothing flickers: greys from the plane to ink, and the digits' colours
/// with what lies between them and the plane.
struct Palette {
    colors: Vec<Color>,
    found: HashMap<[u8; 4], u8>,
}

impl Palette {
    /// How many greys there are. Blurred digits need no more, and the flicker of their paper falls away, and with it half
    /// of the file.
    const GREYS: usize = 16;

    /// How many shades each of the digits' colours has.
    const SHADES: usize = 16;

    fn new() -> Self {
        let Theme { plane, ink, .. } = Theme::LIGHT;
        let grey = (0..Self::GREYS).map(|i| plane.mix(ink, i as f32 / (Self::GREYS - 1) as f32));
        let shades =
            |color| (1..=Self::SHADES).map(move |i| plane.mix(color, i as f32 / Self::SHADES as f32));
        Self { colors: grey.chain(PALETTE.into_iter().flat_map(shades)).collect(), found: HashMap::new() }
    }

    fn nearest(&mut self, color: Color) -> u8 {
        let Self { colors, found } = self;
        *found.entry(color.rgba()).or_insert_with(|| {
            let distance = |other: &Color| {
                let parts = [(color.r, other.r), (color.g, other.g), (color.b, other.b)];
                parts.into_iter().map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum::<u32>()
            };
            // A grey stays one: the palest shades of the colours lie as close, and differ from digit to digit.
            let candidates = if is_grey(color) { Self::GREYS } else { colors.len() };
            let nearest = colors[..candidates].iter().enumerate().min_by_key(|(_, other)| distance(other));
            nearest.map_or(0, |(index, _)| index as u8)
        })
    }
}

/// Whether a colour is one of those between the plane and ink, or next to one.
fn is_grey(Color { r, g, b }: Color) -> bool {
    r.max(g).max(b) - r.min(g).min(b) < 16
}

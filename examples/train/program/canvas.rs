//! Pictures: scaling, text, and PNG.

use std::io;

use bottleneck::view::colors::Color;
use bottleneck::view::raster::RgbaImage;
use embedded_graphics::Drawable;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_10X20;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::text::{Baseline, Text};

use super::Result;

/// The alignment of text relative to its point.
pub use embedded_graphics::text::Alignment as Align;

/// The height of a line of text, in pixels.
pub const LINE_HEIGHT: usize = 20;

/// Paints an image with its top left corner at (`x`, `y`), magnified by `factor`.
pub fn paste(canvas: &mut RgbaImage, (x, y): (usize, usize), image: &RgbaImage, factor: usize) {
    for row in 0..image.height() {
        for column in 0..image.width() {
            let color = image.get(column, row).expect("the pixel lies inside");
            canvas.rect((x + factor * column, y + factor * row), (factor, factor), color, 1.0);
        }
    }
}

/// Returns an image magnified by `factor`.
pub fn magnified(image: &RgbaImage, factor: usize) -> RgbaImage {
    let mut large = RgbaImage::new(factor * image.width(), factor * image.height(), Color::hex(0));
    paste(&mut large, (0, 0), image, factor);
    large
}

/// Paints a line of text aligned at `x`, with its upper edge at `y`.
pub fn write(canvas: &mut RgbaImage, (x, y): (usize, usize), text: &str, align: Align, color: Color) {
    // The font lacks the true minus sign.
    let text = text.replace('\u{2212}', "-");
    let style = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
    let position = Point::new(x as i32, y as i32);
    let mut text = Text::with_alignment(&text, position, style, align);
    text.text_style.baseline = Baseline::Top;
    let Ok(_) = text.draw(&mut TextTarget { canvas, color });
}

/// A draw target for text in one colour.
struct TextTarget<'a> {
    canvas: &'a mut RgbaImage,
    color: Color,
}

impl OriginDimensions for TextTarget<'_> {
    fn size(&self) -> Size {
        Size::new(self.canvas.width() as u32, self.canvas.height() as u32)
    }
}

impl DrawTarget for TextTarget<'_> {
    type Color = BinaryColor;
    type Error = std::convert::Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Self::Error>
    where
        I: IntoIterator<Item = embedded_graphics::Pixel<BinaryColor>>,
    {
        for embedded_graphics::Pixel(point, color) in pixels {
            if let (Ok(x), Ok(y), true) = (point.x.try_into(), point.y.try_into(), color.is_on()) {
                self.canvas.rect((x, y), (1, 1), self.color, 1.0);
            }
        }
        Ok(())
    }
}

/// Encodes an image as PNG.
pub fn png(image: &RgbaImage) -> Result<Vec<u8>> {
    let rgb: Vec<u8> = image.pixels().as_chunks::<4>().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    encode(image.width(), image.height(), &rgb, png::ColorType::Rgb)
}

/// Encodes grey levels, row by row, as PNG.
pub fn grey_png(width: usize, height: usize, pixels: &[u8]) -> Result<Vec<u8>> {
    encode(width, height, pixels, png::ColorType::Grayscale)
}

fn encode(width: usize, height: usize, pixels: &[u8], color: png::ColorType) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(color);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    written.map_err(|error| format!("A picture cannot be made: {}", io::Error::from(error)))?;
    Ok(bytes)
}

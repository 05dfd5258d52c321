//! Images of any size and channels, given as values, which become grey images of 28 x 28 bytes.

use std::borrow::Cow;

use thiserror::Error;

use super::picture::{Scaler, has_light_corners, luma};
use super::{PIXELS, SIDE};

/// The smallest side of an image that is given as a row of pixels.
const MIN_SIDE: usize = 4;

/// The largest side of an image.
const MAX_SIDE: usize = 4_096;

/// A value that is no pixel; the second half of a sentence.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PixelError {
    /// The value is not in a range of pixels.
    #[error(
        "a pixel of image {image} is {}, but pixels go from 0 to 1 or from 0 to 255: scale them first", *found as f32
    )]
    Range {
        /// The index of the image.
        image: usize,
        /// The value.
        found: f64,
    },
    /// No more memory is available.
    #[error("there is not enough memory for it: close other pages, or choose a smaller file")]
    OutOfMemory,
}

/// The order of the values of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    width: usize,
    height: usize,
    /// Grey, or red, green, blue and perhaps alpha, which is ignored.
    channels: usize,
    /// Whether all of a channel comes before the next.
    is_planar: bool,
}

impl Layout {
    /// Returns the layout of images of these dimensions, without those of length 1, if they can be images.
    pub(crate) fn from_dimensions(dimensions: &[usize]) -> Option<Self> {
        let grey = |height, width| Self { width, height, channels: 1, is_planar: false };
        let layout = match *dimensions {
            [len] => return Self::from_row(len),
            [height, width] => grey(height, width),
            [height, width, channels @ (3 | 4)] => Self { channels, ..grey(height, width) },
            [channels @ (3 | 4), height, width] => Self { channels, is_planar: true, ..grey(height, width) },
            _ => return None,
        };
        (layout.width <= MAX_SIDE && layout.height <= MAX_SIDE).then_some(layout)
    }

    /// Returns the layout of square images in rows of `len` values: grey, or as CIFAR-10 has them, with a plane for each of three
    /// colours.
    pub(crate) fn from_row(len: usize) -> Option<Self> {
        let square = |len: usize, min: usize| {
            let side = len.isqrt();
            (side * side == len && (min..=MAX_SIDE).contains(&side)).then_some(side)
        };
        let of = |side, channels| Self { width: side, height: side, channels, is_planar: channels > 1 };
        let colour = || square(len / 3, 2 * MIN_SIDE).filter(|_| len.is_multiple_of(3));
        square(len, MIN_SIDE).map(|side| of(side, 1)).or_else(|| colour().map(|side| of(side, 3)))
    }

    fn pixels(self) -> usize {
        self.width * self.height
    }
}

/// The range of pixels: from 0 to 1 or from 0 to 255, which the largest decides. As long as none is above 1, they are taken to
/// be from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    /// Whether a value is above 1.
    is_wide: bool,
    /// Whether a value is a fraction.
    has_fractions: bool,
}

impl Range {
    /// Appends the values of an image as bytes, and corrects `bytes` if the range turns out to be wide.
    pub(crate) fn convert(
        &mut self,
        values: &[f64],
        image: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<(), PixelError> {
        if let Some(&found) = values.iter().find(|value| !(0.0..=255.0).contains(*value)) {
            return Err(PixelError::Range { image, found });
        }
        if !self.is_wide && values.iter().any(|&value| value > 1.0) {
            self.is_wide = true;
            bytes.iter_mut().for_each(Self::widen);
        }
        self.has_fractions |= values.iter().any(|value| value.fract() != 0.0);
        let scale = if self.is_wide { 1.0 } else { 255.0 };
        bytes.try_reserve(values.len()).map_err(|_| PixelError::OutOfMemory)?;
        bytes.extend(values.iter().map(|value| (value * scale + 0.5) as u8));
        Ok(())
    }

    /// Corrects a byte of the narrow range to the wide one: it was the nearest to a value from 0 to 1, which is 0 or 1 of 255.
    pub(crate) fn widen(byte: &mut u8) {
        *byte = u8::from(*byte >= 128);
    }

    /// Returns whether a value is above 1.
    pub(crate) fn is_wide(self) -> bool {
        self.is_wide
    }

    /// Returns whether fractions from 0 to 1 were read as greys.
    pub(crate) fn is_unit(self) -> bool {
        !self.is_wide && self.has_fractions
    }
}

/// Grey images of 28 x 28 bytes, made from images of one layout.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pixels {
    layout: Layout,
    /// The conversion to 28 x 28 pixels, if the images have another size.
    scaler: Option<Scaler>,
    range: Range,
    images: Vec<u8>,
}

impl Pixels {
    pub(crate) fn new(layout: Layout) -> Self {
        Self::with_range(layout, Range::default())
    }

    pub(crate) fn with_range(layout: Layout, range: Range) -> Self {
        let is_scaled = (layout.width, layout.height) != (SIDE, SIDE);
        let scaler = is_scaled.then(|| Scaler::new(layout.width, layout.height));
        Self { layout, scaler, range, images: Vec::new() }
    }

    /// Adds the image of these values.
    pub(crate) fn push(&mut self, values: &[f64]) -> Result<(), PixelError> {
        let index = self.images.len() / PIXELS;
        let (was_wide, mut bytes) = (self.range.is_wide(), Vec::with_capacity(values.len()));
        self.range.convert(values, index, &mut bytes)?;
        if self.range.is_wide() && !was_wide {
            self.images.iter_mut().for_each(Range::widen);
        }
        self.push_bytes(&bytes)
    }

    /// Takes bytes as they are, even if none is above 1.
    pub(crate) fn set_wide(&mut self) {
        self.range.is_wide = true;
    }

    /// Adds the image of these bytes as they are in the file.
    pub(crate) fn push_levels(&mut self, levels: &[u8]) -> Result<(), PixelError> {
        if !self.range.is_wide && levels.iter().all(|&level| level <= 1) {
            return self.push_bytes(&levels.iter().map(|level| 255 * level).collect::<Vec<_>>());
        }
        if !self.range.is_wide {
            self.range.is_wide = true;
            self.images.iter_mut().for_each(Range::widen);
        }
        self.push_bytes(levels)
    }

    /// Reserves memory for exactly `count` more images.
    pub(crate) fn reserve(&mut self, count: usize) -> Result<(), PixelError> {
        self.images.try_reserve_exact(PIXELS * count).map_err(|_| PixelError::OutOfMemory)
    }

    /// Adds the image of these bytes, which are in the range.
    pub(crate) fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), PixelError> {
        let Layout { width, channels, is_planar, .. } = self.layout;
        let (step, plane) = if is_planar { (1, self.layout.pixels()) } else { (channels, 1) };
        let greys = if channels == 1 {
            Cow::Borrowed(bytes)
        } else {
            let channel = |pixel: usize, channel: usize| bytes[pixel * step + channel * plane];
            let grey = |i| luma(&[channel(i, 0), channel(i, 1), channel(i, 2), 255]) as u8;
            Cow::Owned((0..self.layout.pixels()).map(grey).collect())
        };
        self.images.try_reserve(PIXELS).map_err(|_| PixelError::OutOfMemory)?;
        match &self.scaler {
            None => self.images.extend_from_slice(&greys),
            Some(scaler) => {
                let background = if has_light_corners(&greys, width) { 255 } else { 0 };
                self.images.extend(scaler.scale(&greys, background));
            }
        }
        Ok(())
    }

    /// Returns whether fractions from 0 to 1 were read as greys.
    pub(crate) fn is_unit(&self) -> bool {
        self.range.is_unit()
    }

    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.images.capacity()
    }

    /// Returns the images, to take them out.
    pub(crate) fn images_mut(&mut self) -> &mut Vec<u8> {
        &mut self.images
    }

    pub(crate) fn into_images(self) -> Vec<u8> {
        self.images
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_decides_the_range_whenever_it_comes() {
        let first: Vec<f64> = (0..PIXELS).map(|i| i as f64 / 783.0).collect();
        let mut pixels = Pixels::new(Layout::from_row(PIXELS).unwrap());
        pixels.push(&first).unwrap();
        let unit: Vec<u8> = first.iter().map(|value| (value * 255.0 + 0.5) as u8).collect();
        assert_eq!((pixels.clone().into_images(), pixels.is_unit()), (unit, true));
        pixels.push(&[200.0; PIXELS]).unwrap();
        let whole: Vec<u8> = first.iter().map(|value| (value + 0.5) as u8).collect();
        assert!(!pixels.is_unit());
        assert_eq!(pixels.into_images(), [whole, vec![200; PIXELS]].concat());
    }

    #[test]
    fn colours_become_greys_in_either_order() {
        let colour = [10.0, 200.0, 90.0];
        let grey = luma(&[10, 200, 90, 255]) as u8;
        let mut interleaved = Pixels::new(Layout::from_dimensions(&[28, 28, 3]).unwrap());
        interleaved.push(&colour.repeat(PIXELS)).unwrap();
        let mut planar = Pixels::new(Layout::from_dimensions(&[3, 28, 28]).unwrap());
        planar.push(&colour.map(|value| [value; PIXELS]).concat()).unwrap();
        assert_eq!(interleaved.into_images(), [grey; PIXELS]);
        assert_eq!(planar.into_images(), [grey; PIXELS]);
    }

    #[test]
    fn what_is_no_pixel_is_named() {
        for (value, text) in [(-0.4, "is -0.4"), (256.0, "is 256"), (f64::NAN, "is NaN")] {
            let mut pixels = Pixels::new(Layout::from_row(PIXELS).unwrap());
            pixels.push(&[0.5; PIXELS]).unwrap();
            let error = pixels.push(&[value; PIXELS]).unwrap_err().to_string();
            assert!(error.starts_with("a pixel of image 1 ") && error.contains(text), "{error}");
        }
    }

    #[test]
    fn only_squares_and_planes_are_images() {
        for dimensions in [&[784][..], &[64], &[28, 30], &[3, 32, 32], &[32, 32, 4]] {
            assert!(Layout::from_dimensions(dimensions).is_some(), "{dimensions:?}");
        }
        for dimensions in [&[][..], &[9], &[785], &[2, 28, 28], &[28, 28, 5], &[9_999, 9], &[3, 3, 3, 3]] {
            assert!(Layout::from_dimensions(dimensions).is_none(), "{dimensions:?}");
        }
    }
}

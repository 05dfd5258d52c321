//! Conversion of pictures of any size and colour to images like MNIST's: 28 x 28 greys, light ink on a dark background.
//!
//! The browser decodes a picture and scales it to a [`Fit`]; [`to_mnist_image`] converts it.

use super::idx::{PIXELS, SIDE};

/// The largest supersampling factor. Browsers differ in how well they scale down; the mean taken here is exact.
const MAX_SUPERSAMPLE: usize = 16;

/// The size to which a picture is scaled for [`to_mnist_image`]: its longer side fills the image, and each pixel of the
/// image is the mean of `supersample` x `supersample` pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The width in pixels, a multiple of `supersample`.
    pub width: usize,
    /// The height in pixels, a multiple of `supersample`.
    pub height: usize,
    /// The side of the square that becomes one pixel, in pixels.
    pub supersample: usize,
}

impl Fit {
    /// Computes the size for a picture of `width` x `height` pixels, with its aspect ratio. A picture of 28 x 28 is not
    /// scaled.
    pub fn new(width: u32, height: u32) -> Self {
        let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
        let longer = width.max(height);
        let side = SIDE as u64;
        let supersample = longer.div_ceil(side).min(MAX_SUPERSAMPLE as u64);
        let fit = |length: u64| ((length * side + longer / 2) / longer).clamp(1, side) * supersample;
        Self { width: fit(width) as usize, height: fit(height) as usize, supersample: supersample as usize }
    }
}

/// Converts a picture that was scaled to `fit` to an image: its luma (ITU-R BT.601), centred, with ink at 255 and
/// background at 0.
///
/// The corners tell whether the picture is dark on light, or its visible part if the corners are transparent. Transparent
/// pixels are background.
///
/// # Shapes
/// `rgba`: `[fit.height][fit.width][4]`, alpha last and not premultiplied, as in a browser's `ImageData`.
///
/// # Panics
/// If `rgba` has another length.
pub fn to_mnist_image(rgba: &[u8], fit: Fit) -> [u8; PIXELS] {
    let Fit { width, height, supersample } = fit;
    assert_eq!(rgba.len(), 4 * width * height, "the bytes of a picture of {width} x {height}");
    let (pixels, _) = rgba.as_chunks::<4>();
    let is_inverted = is_dark_on_light(pixels, fit);
    let (columns, rows) = (width / supersample, height / supersample);
    let (left, top) = ((SIDE - columns) / 2, (SIDE - rows) / 2);
    let area = 255 * (supersample * supersample) as u32;
    let mut image = [0; PIXELS];
    for row in 0..rows {
        for column in 0..columns {
            let sum: u32 = (0..supersample * supersample)
                .map(|i| {
                    &pixels[(row * supersample + i / supersample) * width
                        + column * supersample
                        + i % supersample]
                })
                .map(|pixel| ink(pixel, is_inverted) * u32::from(pixel[3]))
                .sum();
            image[(top + row) * SIDE + left + column] = ((sum + area / 2) / area) as u8;
        }
    }
    image
}

/// Returns whether a file is a picture, by its media type or else by the extension of its name.
pub fn is_picture(mime_type: &str, name: &str) -> bool {
    const EXTENSIONS: [&str; 8] = ["png", "jpg", "jpeg", "webp", "gif", "bmp", "avif", "heic"];
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    mime_type.starts_with("image/") || EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

fn is_dark_on_light(pixels: &[[u8; 4]], fit: Fit) -> bool {
    let Fit { width, height, supersample } = fit;
    let patch = (width.min(height) / 8).clamp(1, 3 * supersample);
    let in_corner = |position: usize, length: usize| position < patch || position >= length - patch;
    let mut corners = Brightness::default();
    let mut all = Brightness::default();
    for (index, pixel) in pixels.iter().enumerate() {
        all.add(pixel);
        if in_corner(index % width, width) && in_corner(index / width, height) {
            corners.add(pixel);
        }
    }
    if 2 * corners.alpha >= 255 * corners.count { corners.is_light() } else { !all.is_light() }
}

/// The mean luma of some pixels, weighted by their alpha.
#[derive(Default)]
struct Brightness {
    luma: u64,
    alpha: u64,
    count: u64,
}

impl Brightness {
    fn add(&mut self, pixel: &[u8; 4]) {
        let alpha = u64::from(pixel[3]);
        self.luma += u64::from(luma(pixel)) * alpha;
        self.alpha += alpha;
        self.count += 1;
    }

    fn is_light(&self) -> bool {
        self.luma >= 128 * self.alpha
    }
}

/// Computes the luma, which is exact for greys.
fn luma(&[red, green, blue, _]: &[u8; 4]) -> u32 {
    (77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue) + 128) >> 8
}

fn ink(pixel: &[u8; 4], is_inverted: bool) -> u32 {
    if is_inverted { 255 - luma(pixel) } else { luma(pixel) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKGROUND: [u8; 4] = [250, 249, 246, 255];
    const INK: [u8; 4] = [20, 24, 60, 255];

    /// Paints a picture by a function of column and row.
    fn picture(fit: Fit, paint: impl Fn(usize, usize) -> [u8; 4]) -> Vec<u8> {
        (0..fit.width * fit.height).flat_map(|index| paint(index % fit.width, index / fit.width)).collect()
    }

    /// Paints a vertical stroke in the middle of a picture.
    fn stroke(fit: Fit, ink: [u8; 4], background: [u8; 4]) -> Vec<u8> {
        let middle = fit.width * 3 / 7..fit.width * 4 / 7;
        picture(fit, |column, _| if middle.contains(&column) { ink } else { background })
    }

    #[test]
    fn the_longer_side_of_a_picture_fills_the_image() {
        for (size, expected) in [
            ((28, 28), (28, 28, 1)),
            ((8, 8), (28, 28, 1)),
            ((56, 28), (56, 28, 2)),
            ((29, 29), (56, 56, 2)),
            ((4_000, 3_000), (448, 336, 16)),
            ((1, 10_000), (16, 448, 16)),
            ((u32::MAX, 1), (448, 16, 16)),
            ((0, 0), (28, 28, 1)),
        ] {
            let fit = Fit::new(size.0, size.1);
            assert_eq!((fit.width, fit.height, fit.supersample), expected, "{size:?}");
        }
    }

    #[test]
    fn greys_of_the_right_size_are_not_changed() {
        let fit = Fit::new(28, 28);
        let grey =
            |index: usize| if (6 * SIDE..22 * SIDE).contains(&index) { (index % 256) as u8 } else { 0 };
        let rgba = picture(fit, |column, row| {
            let level = grey(row * SIDE + column);
            [level, level, level, 255]
        });
        let image = to_mnist_image(&rgba, fit);
        assert!((0..PIXELS).all(|index| image[index] == grey(index)));
    }

    #[test]
    fn dark_on_light_is_inverted_and_light_on_dark_is_not() {
        for size in [(28, 28), (300, 300)] {
            let fit = Fit::new(size.0, size.1);
            let (inverted, kept) = (
                to_mnist_image(&stroke(fit, INK, BACKGROUND), fit),
                to_mnist_image(&stroke(fit, BACKGROUND, INK), fit),
            );
            for image in [inverted, kept] {
                assert!(image[14 * SIDE + 14] > 220, "{size:?}: ink is {}", image[14 * SIDE + 14]);
                assert!(image[14 * SIDE + 2] < 35, "{size:?}: background is {}", image[14 * SIDE + 2]);
            }
        }
    }

    #[test]
    fn transparent_pixels_are_background_whatever_their_colour() {
        let fit = Fit::new(28, 28);
        for (ink_color, under) in
            [([0, 0, 0, 255], [0, 0, 0, 0]), ([0, 0, 0, 255], [255, 255, 255, 0]), ([255; 4], [0; 4])]
        {
            let image = to_mnist_image(&stroke(fit, ink_color, under), fit);
            assert_eq!((image[14 * SIDE + 14], image[14 * SIDE + 2]), (255, 0), "{ink_color:?} on {under:?}");
        }
        let half = to_mnist_image(&stroke(fit, [0, 0, 0, 128], [0; 4]), fit);
        assert_eq!(half[14 * SIDE + 14], 128, "half transparent is half ink");
    }

    #[test]
    fn a_narrow_picture_is_centred() {
        let fit = Fit::new(100, 400);
        let image = to_mnist_image(&stroke(fit, INK, BACKGROUND), fit);
        for row in 0..SIDE {
            let inked =
                |columns: std::ops::Range<usize>| columns.filter(|c| image[row * SIDE + c] > 40).count();
            assert_eq!((inked(0..10), inked(18..SIDE)), (0, 0), "row {row}");
            assert!(inked(10..18) > 0, "row {row}");
        }
    }

    #[test]
    fn a_pixel_is_the_mean_of_its_supersampled_pixels() {
        let fit = Fit::new(56, 56);
        // One pixel in four is white, in the middle: 255 / 4.
        let rgba = picture(fit, |column, row| {
            let white = column % 2 == 0 && row % 2 == 0 && (20..36).contains(&column);
            if white { [255; 4] } else { [0, 0, 0, 255] }
        });
        let image = to_mnist_image(&rgba, fit);
        assert_eq!((image[14 * SIDE + 14], image[14 * SIDE + 5]), (64, 0));
    }

    #[test]
    fn pictures_are_recognised_by_type_or_name() {
        for (mime_type, name) in
            [("image/png", "seven"), ("", "a.b.JPEG"), ("", "four.webp"), ("image/tiff", "scan.tif")]
        {
            assert!(is_picture(mime_type, name), "{mime_type} {name}");
        }
        for (mime_type, name) in [
            ("", "train-images-idx3-ubyte"),
            ("application/gzip", "images.gz"),
            ("", "png"),
            ("", "run.bottleneck"),
        ] {
            assert!(!is_picture(mime_type, name), "{mime_type} {name}");
        }
    }
}

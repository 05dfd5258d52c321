//! Conversion of pictures of any size and colour to images like MNIST's: 28 x 28 greys.
//!
//! The browser, or a native program, decodes a picture to RGBA; [`to_images`] converts it.

use super::{PIXELS, SIDE};

/// The longer side in pixels to which a larger picture is scaled by whoever decodes it.
const MAX_SIDE: u32 = 16 * SIDE as u32;

/// The width of a sprite sheet, in which a row is an image.
const SHEET_WIDTH: usize = PIXELS;

/// Returns the size at which [`to_images`] wants a picture of this size: its own, unless that is large.
pub fn fitting_size(width: u32, height: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= MAX_SIDE {
        return (width.max(1), height.max(1));
    }
    let fit = |length: u32| {
        let scaled = (u64::from(length) * u64::from(MAX_SIDE) + u64::from(longer) / 2) / u64::from(longer);
        (scaled as u32).max(1)
    };
    (fit(width), fit(height))
}

/// Returns whether a picture is a sprite sheet, as ConvNetJS and TensorFlow.js have MNIST: 784 wide, a row an image.
///
/// Below a pixel of an image is the one 28 to its right, which then resembles it more than the pixel of the next row does.
///
/// # Shapes
/// `rgba`: `[rows][width][4]`, some rows from the top.
pub fn is_sheet(width: usize, rgba: &[u8]) -> bool {
    let rows: Vec<_> = rgba.chunks_exact(4 * SHEET_WIDTH).collect();
    if width != SHEET_WIDTH || rows.is_empty() {
        return false;
    }
    let difference = |a: &[u8], b: &[u8]| -> u64 {
        a.iter().step_by(4).zip(b.iter().step_by(4)).map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
    };
    let within: u64 = rows.iter().map(|row| difference(row, &row[4 * SIDE..])).sum();
    let between: u64 = rows.windows(2).map(|pair| difference(pair[0], pair[1])).sum();
    rows.len() == 1 || within < between
}

/// Appends a picture's images: the picture itself, centred with its aspect ratio, or the rows of a sprite sheet.
///
/// A pixel is its luma (ITU-R BT.601). A transparent one is background: light if the corners are, or if the visible part is
/// dark.
///
/// # Shapes
/// `rgba`: `[height][width][4]`, alpha last and not premultiplied, as in a browser's `ImageData`.
///
/// # Panics
/// If `rgba` has another length.
pub fn to_images(rgba: &[u8], width: usize, height: usize, images: &mut Vec<u8>) {
    assert_eq!(rgba.len(), 4 * width * height, "the bytes of a picture of {width} x {height}");
    if is_sheet(width, rgba) {
        return sheet_rows(rgba, images);
    }
    images.extend(to_image(rgba, width, height).0);
}

/// Returns a picture's image, centred with its aspect ratio, and the grey of its background: white or black.
pub(crate) fn to_image(rgba: &[u8], width: usize, height: usize) -> ([u8; PIXELS], u8) {
    let (pixels, _) = rgba.as_chunks();
    let background = background(pixels, width, height);
    let greys: Vec<u8> = pixels.iter().map(|pixel| over(pixel, background)).collect();
    (Scaler::new(width, height).scale(&greys, background), background)
}

/// Appends the images of some rows of a sprite sheet.
pub fn sheet_rows(rgba: &[u8], images: &mut Vec<u8>) {
    images.extend(rgba.as_chunks().0.iter().map(|pixel| over(pixel, 0)));
}

/// A conversion of grey images of one size to 28 x 28 pixels.
///
/// A pixel is the mean of the area that it covers, at least one pixel wide; in a larger image this is linear interpolation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scaler {
    width: usize,
    /// For each column of the result, the first column that it covers, and the share of each.
    columns: Vec<(usize, Vec<f32>)>,
    rows: Vec<(usize, Vec<f32>)>,
}

impl Scaler {
    /// Creates the conversion of images of `width` x `height` pixels, at least one each.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let longer = width.max(height);
        let fit = |length: usize| ((length * SIDE + longer / 2) / longer).clamp(1, SIDE);
        Self { width, columns: shares(width, fit(width)), rows: shares(height, fit(height)) }
    }

    /// Converts an image, centred on `background`.
    pub(crate) fn scale(&self, greys: &[u8], background: u8) -> [u8; PIXELS] {
        let mut image = [background; PIXELS];
        let (left, top) = ((SIDE - self.columns.len()) / 2, (SIDE - self.rows.len()) / 2);
        for ((first_row, heights), row) in self.rows.iter().zip(top..) {
            for ((first_column, widths), column) in self.columns.iter().zip(left..) {
                let mut mean = 0.0;
                for (share, source) in heights.iter().zip(*first_row..) {
                    let greys = &greys[source * self.width + first_column..];
                    mean += share * widths.iter().zip(greys).map(|(w, &g)| w * f32::from(g)).sum::<f32>();
                }
                image[row * SIDE + column] = (mean + 0.5) as u8;
            }
        }
        image
    }
}

/// Returns the pixels that each of `to` pixels covers when `from` pixels become `to`: the first one, and the share of each.
fn shares(from: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let scale = from as f32 / to as f32;
    let half = scale.max(1.0) / 2.0;
    let of = |index: usize| {
        let center = (index as f32 + 0.5) * scale;
        let (start, end) = ((center - half).max(0.0), (center + half).min(from as f32));
        let first = (start as usize).min(from - 1);
        let last = (end.ceil() as usize).clamp(first + 1, from);
        let covered = |pixel: usize| (end.min((pixel + 1) as f32) - start.max(pixel as f32)).max(0.0);
        (first, (first..last).map(|pixel| covered(pixel) / (end - start)).collect())
    };
    (0..to).map(of).collect()
}

/// Returns whether the extension of a file's name is that of a picture.
pub fn is_picture_name(name: &str) -> bool {
    const EXTENSIONS: [&str; 8] = ["png", "jpg", "jpeg", "webp", "gif", "bmp", "avif", "heic"];
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Returns the grey on which transparent pixels lie and a picture is centred.
fn background(pixels: &[[u8; 4]], width: usize, height: usize) -> u8 {
    let (mut corners, mut all) = (Brightness::default(), Brightness::default());
    for (index, pixel) in pixels.iter().enumerate() {
        all.add(pixel);
        if is_in_corner(index % width, width, index / width, height) {
            corners.add(pixel);
        }
    }
    let is_opaque = 2 * corners.alpha >= 255 * corners.count;
    if if is_opaque { corners.is_light() } else { !all.is_light() } { 255 } else { 0 }
}

/// Returns whether the corners of a grey image are light.
pub(crate) fn has_light_corners(greys: &[u8], width: usize) -> bool {
    let height = greys.len() / width;
    let patch = patch_side(width, height);
    let mut sum = 0;
    for row in 0..patch {
        for row in [row, height - 1 - row] {
            let row = &greys[row * width..][..width];
            for column in 0..patch {
                sum += usize::from(row[column]) + usize::from(row[width - 1 - column]);
            }
        }
    }
    sum >= 128 * 4 * patch * patch
}

/// Returns the side of the square in each corner that tells paper from ink.
fn patch_side(width: usize, height: usize) -> usize {
    (width.min(height) / 8).max(1)
}

fn is_in_corner(column: usize, width: usize, row: usize, height: usize) -> bool {
    let patch = patch_side(width, height);
    (column < patch || column >= width - patch) && (row < patch || row >= height - patch)
}

/// Returns the luma of a pixel that lies on a grey.
fn over(pixel: &[u8; 4], background: u8) -> u8 {
    let alpha = u32::from(pixel[3]);
    ((luma(pixel) * alpha + u32::from(background) * (255 - alpha) + 127) / 255) as u8
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
pub(crate) fn luma(&[red, green, blue, _]: &[u8; 4]) -> u32 {
    (77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue) + 128) >> 8
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKGROUND: [u8; 4] = [250, 249, 246, 255];
    const INK: [u8; 4] = [20, 24, 60, 255];

    /// Paints a picture by a function of column and row, and returns its image.
    fn image(width: usize, height: usize, paint: impl Fn(usize, usize) -> [u8; 4]) -> Vec<u8> {
        let rgba: Vec<u8> =
            (0..width * height).flat_map(|index| paint(index % width, index / width)).collect();
        let mut images = Vec::new();
        to_images(&rgba, width, height, &mut images);
        images
    }

    /// Paints a vertical stroke in the middle of a picture.
    fn stroke(width: usize, height: usize, ink: [u8; 4], background: [u8; 4]) -> Vec<u8> {
        let middle = width * 3 / 7..width * 4 / 7;
        image(width, height, |column, _| if middle.contains(&column) { ink } else { background })
    }

    #[test]
    fn a_large_picture_is_wanted_smaller_with_its_aspect_ratio() {
        for (size, expected) in [
            ((28, 28), (28, 28)),
            ((8, 448), (8, 448)),
            ((4_000, 3_000), (448, 336)),
            ((1, 10_000), (1, 448)),
            ((u32::MAX, 1), (448, 1)),
            ((0, 0), (1, 1)),
        ] {
            assert_eq!(fitting_size(size.0, size.1), expected, "{size:?}");
        }
    }

    #[test]
    fn greys_of_the_right_size_are_not_changed() {
        let grey = |index: usize| (index % 256) as u8;
        let image = image(SIDE, SIDE, |column, row| {
            let level = grey(row * SIDE + column);
            [level, level, level, 255]
        });
        assert!((0..PIXELS).all(|index| image[index] == grey(index)));
    }

    #[test]
    fn a_picture_keeps_its_colours_and_its_corners_tell_which_is_the_background() {
        for (ink, background, is_light) in [(INK, BACKGROUND, true), (BACKGROUND, INK, false)] {
            for size in [28, 300] {
                let image = stroke(size, size, ink, background);
                assert_eq!(u32::from(image[14 * SIDE + 14]), luma(&ink), "{size}");
                assert_eq!(u32::from(image[14 * SIDE + 2]), luma(&background), "{size}");
                assert_eq!(has_light_corners(&image, SIDE), is_light, "{size}");
            }
        }
    }

    #[test]
    fn transparent_pixels_are_background_whatever_their_colour() {
        for (ink, under, expected) in [
            ([0, 0, 0, 255], [0, 0, 0, 0], (0, 255)),
            ([0, 0, 0, 255], [255, 255, 255, 0], (0, 255)),
            ([255; 4], [0; 4], (255, 0)),
        ] {
            let image = stroke(28, 28, ink, under);
            assert_eq!((image[14 * SIDE + 14], image[14 * SIDE + 2]), expected, "{ink:?} on {under:?}");
        }
        assert_eq!(
            stroke(28, 28, [0, 0, 0, 128], [0; 4])[14 * SIDE + 14],
            127,
            "half transparent is half ink"
        );
    }

    #[test]
    fn a_narrow_picture_is_centred_on_its_background() {
        let image = stroke(100, 400, INK, BACKGROUND);
        for row in image.chunks(SIDE) {
            assert!(row[..10].iter().chain(&row[18..]).all(|&grey| grey > 240), "{row:?}");
            assert!(row[10..18].iter().any(|&grey| grey < 100), "{row:?}");
        }
    }

    #[test]
    fn a_pixel_is_the_mean_of_what_it_covers_and_larger_images_are_interpolated() {
        // One pixel in four is white, in the middle: 255 / 4.
        let image = image(56, 56, |column, row| {
            let white = column % 2 == 0 && row % 2 == 0 && (20..36).contains(&column);
            if white { [255; 4] } else { [0, 0, 0, 255] }
        });
        assert_eq!((image[14 * SIDE + 14], image[14 * SIDE + 5]), (64, 0));
        // 29 to 28: pixel 0 covers 29/28 pixels, of which the second has one 29th.
        let ramp: Vec<u8> = (0..29 * 29).map(|index| if index % 29 == 1 { 29 } else { 0 }).collect();
        assert_eq!(Scaler::new(29, 29).scale(&ramp, 0)[..3], [1, 27, 0]);
        // Two pixels become 28: one half is interpolated.
        let half: Vec<u8> = Scaler::new(2, 2).scale(&[0, 140, 0, 140], 0)[..SIDE].to_vec();
        assert_eq!((half[6], half[7], half[13], half[14], half[20], half[21]), (0, 5, 65, 75, 135, 140));
    }

    #[test]
    fn a_sprite_sheet_is_known_by_its_rows() {
        let mut digits = Vec::new();
        for index in 0..30 {
            let mut pixels = [0; PIXELS];
            crate::data::synthetic::draw(5, index, &mut pixels);
            digits.extend(pixels);
        }
        let sheet: Vec<u8> = digits.iter().flat_map(|&grey| [grey, grey, grey, 255]).collect();
        let mut images = Vec::new();
        to_images(&sheet, PIXELS, 30, &mut images);
        assert_eq!(images, digits);
        // A photograph of the same width.
        let photo = image(PIXELS, 500, |column, row| [(column / 4) as u8, (row / 4) as u8, 90, 255]);
        assert_eq!(photo.len(), PIXELS);
    }

    #[test]
    fn pictures_are_recognised_by_their_name() {
        for name in ["seven.png", "a.b.JPEG", "four.webp"] {
            assert!(is_picture_name(name), "{name}");
        }
        for name in ["train-images-idx3-ubyte", "images.gz", "png", "run.bottleneck", "scan.tif"] {
            assert!(!is_picture_name(name), "{name}");
        }
    }
}

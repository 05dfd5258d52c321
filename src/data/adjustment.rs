//! Images inverted and transposed, as some datasets need it.

use super::formats::{PIXELS, SIDE};

/// What is done to all images as they are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adjustment {
    /// Whether dark and light are exchanged.
    pub invert: bool,
    /// Whether rows and columns are exchanged, as EMNIST's images need it.
    pub transpose: bool,
}

impl Adjustment {
    /// Adjusts images of 28 x 28 pixels in place.
    pub fn apply(self, images: &mut [u8]) {
        if self.invert {
            images.iter_mut().for_each(|byte| *byte = 255 - *byte);
        }
        if self.transpose {
            for image in images.chunks_exact_mut(PIXELS) {
                for row in 0..SIDE {
                    for column in 0..row {
                        image.swap(row * SIDE + column, column * SIDE + row);
                    }
                }
            }
        }
    }
}

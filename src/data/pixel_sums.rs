//! Sums over images, kept as they arrive.

use super::PIXELS;

/// The sum of each pixel over some images, and of the squares of all pixels, in whole numbers: bytes, not parts of 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PixelSums {
    /// `[784]`
    pub(super) sums: Vec<u64>,
    pub(super) squares: u64,
}

impl Default for PixelSums {
    fn default() -> Self {
        Self { sums: vec![0; PIXELS], squares: 0 }
    }
}

impl PixelSums {
    /// Adds whole images.
    pub(super) fn add(&mut self, images: &[u8]) {
        for image in images.chunks_exact(PIXELS) {
            for (sum, &byte) in self.sums.iter_mut().zip(image) {
                *sum += u64::from(byte);
            }
            // The squares of one image fit into 32 bits, which are added faster than 64.
            self.squares += u64::from(image.iter().map(|&byte| u32::from(byte).pow(2)).sum::<u32>());
        }
    }

    /// Takes away images that had been added.
    pub(super) fn subtract(&mut self, other: &Self) {
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            *sum -= other;
        }
        self.squares -= other.squares;
    }
}

//! `--out`, while the network learns: the digits, what it makes of them, and both over the steps.

use std::path::{Path, PathBuf};

use bottleneck::view::colors::Theme;
use bottleneck::view::plot::group_digits;
use bottleneck::view::raster::{Grid, RgbaImage};
use ndarray::Array2;

use super::animation::Animation;
use super::canvas::{self, Align, LINE};
use super::held_out::{SHOWN, Seen};
use super::{Told, atomic_file};

/// Digits in a row.
const COLUMNS: usize = 10;
/// A pixel of a digit is a square of this side in a picture, and in the animation.
const LARGE: usize = 3;
const SMALL: usize = 2;
/// The room around things in the animation.
const MARGIN: usize = 20;
/// How long a picture of the animation is shown, and the last one, in milliseconds.
const SHOWN_FOR: u16 = 160;
const LAST_FOR: u16 = 2_500;

/// The folder of the pictures, and the animation under way.
pub struct Figures {
    folder: PathBuf,
    animation: Animation,
    /// The last picture is shown longer, and which one it is turns out at the end.
    last: Option<RgbaImage>,
}

impl Figures {
    /// Makes the folder if it is not there.
    pub fn begin(folder: &Path) -> Told<Self> {
        atomic_file::folder(folder)?;
        let (width, height) = animation_size();
        Ok(Self { folder: folder.to_owned(), animation: Animation::begin(width, height)?, last: None })
    }

    /// Writes `input.png`.
    pub fn input(&self, seen: &Seen) -> Told<()> {
        let image = canvas::enlarged(&tiled(&seen.input), LARGE);
        atomic_file::write(&self.folder.join("input.png"), &canvas::png(&image)?)
    }

    /// Writes `output_NNNNNN.png`.
    pub fn output(&self, step: u64, seen: &Seen) -> Told<()> {
        let image = canvas::enlarged(&tiled(&seen.output), LARGE);
        atomic_file::write(&self.folder.join(format!("output_{step:06}.png")), &canvas::png(&image)?)
    }

    /// Adds a picture to the animation.
    pub fn animate(&mut self, step: u64, seen: &Seen) -> Told<()> {
        let next = side_by_side(step, seen);
        match self.last.replace(next) {
            Some(before) => self.animation.push(&before, SHOWN_FOR),
            None => Ok(()),
        }
    }

    /// Writes `training.gif`.
    pub fn finish(mut self) -> Told<()> {
        if let Some(last) = &self.last {
            self.animation.push(last, LAST_FOR)?;
        }
        atomic_file::write(&self.folder.join("training.gif"), &self.animation.finish()?)
    }
}

/// Digits `[B, 784]`, ten in a row.
fn tiled(digits: &Array2<f32>) -> RgbaImage {
    let grid = Grid::singles(digits.nrows(), COLUMNS);
    let greys = Theme::LIGHT.greys();
    let mut image = RgbaImage::new(grid.width(), grid.height(), Theme::LIGHT.plane);
    for (index, digit) in digits.rows().into_iter().enumerate() {
        let (x, y) = grid.origin(index);
        image.blit_gray(x, y, digit.as_slice().expect("rows of a standard array are contiguous"), &greys);
    }
    image
}

fn animation_size() -> (usize, usize) {
    let grid = Grid::singles(SHOWN, COLUMNS);
    (3 * MARGIN + 2 * SMALL * grid.width(), 3 * MARGIN + LINE + SMALL * grid.height())
}

/// The digits on the left and the network's on the right, with what they are above.
fn side_by_side(step: u64, seen: &Seen) -> RgbaImage {
    let theme = Theme::LIGHT;
    let (width, height) = animation_size();
    let mut image = RgbaImage::new(width, height, theme.plane);
    let (left, right) = (MARGIN, width / 2 + MARGIN / 2);
    let below = 2 * MARGIN + LINE;
    canvas::paste(&mut image, (left, below), &tiled(&seen.input), SMALL);
    canvas::paste(&mut image, (right, below), &tiled(&seen.output), SMALL);
    canvas::write(&mut image, (left, MARGIN), "input", Align::Left, theme.muted);
    canvas::write(&mut image, (right, MARGIN), "output", Align::Left, theme.muted);
    let step = format!("step {}", group_digits(step));
    canvas::write(&mut image, (width - MARGIN, MARGIN), &step, Align::Right, theme.ink);
    image
}

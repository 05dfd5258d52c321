//! The pictures of `--out` during training: the digits, their reconstructions, and an animation of both.

use std::path::{Path, PathBuf};
use std::{fs, io};

use bottleneck::view::colors::Theme;
use bottleneck::view::plot::group_digits;
use bottleneck::view::raster::{Grid, RgbaImage};
use ndarray::Array2;

use super::animation::Animation;
use super::canvas::{self, Align, LINE_HEIGHT};
use super::evaluation::{Reconstructions, SHOWN};
use super::{Result, atomic_file};

/// The digits in a row.
const COLUMNS: usize = 10;
/// The magnification of digits in a picture and in the animation.
const PICTURE_ZOOM: usize = 3;
const ANIMATION_ZOOM: usize = 2;
/// The margin in the animation, in pixels.
const MARGIN: usize = 20;
/// The duration of a frame of the animation, and of the last one.
const FRAME_MS: u16 = 160;
const LAST_FRAME_MS: u16 = 2_500;

/// The files that are written after training.
const AT_THE_END: [&str; 4] = ["training.gif", "latent.png", "latent.csv", "walk.gif"];

/// The folder of the pictures, and the unfinished animation.
pub struct Pictures {
    folder: PathBuf,
    animation: Animation,
    /// The last frame, which is added later because its duration differs at the end.
    last: Option<RgbaImage>,
}

impl Pictures {
    /// Creates the folder if it does not exist.
    pub fn new(folder: &Path) -> Result<Self> {
        atomic_file::folder(folder)?;
        let (width, height) = animation_size();
        Ok(Self { folder: folder.to_owned(), animation: Animation::new(width, height)?, last: None })
    }

    /// Writes `input.png`.
    pub fn input(&self, digits: &Reconstructions) -> Result<()> {
        let image = canvas::magnified(&tiled(&digits.input), PICTURE_ZOOM);
        atomic_file::write(&self.folder.join("input.png"), &canvas::png(&image)?)
    }

    /// Removes the pictures of an earlier run from the folder. A run that continues after `first` steps keeps those up to
    /// there.
    pub fn remove_earlier(&self, first: u64) -> Result<()> {
        let is_later = |name: &str| {
            let step = name.strip_prefix("output_").and_then(|rest| rest.strip_suffix(".png")?.parse().ok());
            step.is_some_and(|step| step > first && name == output_name(step))
        };
        let remove = || {
            for entry in fs::read_dir(&self.folder)? {
                let name = entry?.file_name();
                if name.to_str().is_some_and(|name| AT_THE_END.contains(&name) || is_later(name)) {
                    fs::remove_file(self.folder.join(name))?;
                }
            }
            Ok(())
        };
        remove().map_err(|error: io::Error| {
            format!("The pictures of an earlier run in {} cannot be removed: {error}", self.folder.display())
        })
    }

    /// Writes `output_NNNNNN.png`.
    pub fn output(&self, step: u64, digits: &Reconstructions) -> Result<()> {
        let image = canvas::magnified(&tiled(&digits.output), PICTURE_ZOOM);
        atomic_file::write(&self.folder.join(output_name(step)), &canvas::png(&image)?)
    }

    /// Adds a frame to the animation.
    pub fn animate(&mut self, step: u64, digits: &Reconstructions) -> Result<()> {
        let next = side_by_side(step, digits);
        match self.last.replace(next) {
            Some(previous) => self.animation.push(&previous, FRAME_MS),
            None => Ok(()),
        }
    }

    /// Writes `training.gif`.
    pub fn finish(mut self) -> Result<()> {
        if let Some(last) = &self.last {
            self.animation.push(last, LAST_FRAME_MS)?;
        }
        atomic_file::write(&self.folder.join("training.gif"), &self.animation.finish()?)
    }
}

fn output_name(step: u64) -> String {
    format!("output_{step:06}.png")
}

/// Paints digits `[B, 784]`, ten in a row.
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
    (
        3 * MARGIN + 2 * ANIMATION_ZOOM * grid.width(),
        3 * MARGIN + LINE_HEIGHT + ANIMATION_ZOOM * grid.height(),
    )
}

/// Paints the digits on the left and their reconstructions on the right.
fn side_by_side(step: u64, digits: &Reconstructions) -> RgbaImage {
    let theme = Theme::LIGHT;
    let (width, height) = animation_size();
    let mut image = RgbaImage::new(width, height, theme.plane);
    let (left, right) = (MARGIN, width / 2 + MARGIN / 2);
    let below = 2 * MARGIN + LINE_HEIGHT;
    canvas::paste(&mut image, (left, below), &tiled(&digits.input), ANIMATION_ZOOM);
    canvas::paste(&mut image, (right, below), &tiled(&digits.output), ANIMATION_ZOOM);
    canvas::write(&mut image, (left, MARGIN), "input", Align::Left, theme.muted);
    canvas::write(&mut image, (right, MARGIN), "output", Align::Left, theme.muted);
    let step = format!("step {}", group_digits(step));
    canvas::write(&mut image, (width - MARGIN, MARGIN), &step, Align::Right, theme.ink);
    image
}

//! `--logdir`: TensorBoard summaries, with the tags of the post, and the test loss.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use bottleneck::data::SIDE;
use bottleneck::view::raster::Level;

use super::evaluation::Reconstructions;
use super::event::{self, Value};
use super::{Result, atomic_file, canvas};

/// The tiles in a row of a grid.
const COLUMNS: usize = 10;

/// The side of a latent coordinate's square: two of them are as high as a digit.
const COORDINATE: usize = SIDE / 2;

/// The gap between the squares of two digits, in pixels.
const GAP: usize = 2;

/// An event file.
pub struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Creates a new file in a folder, and the folder if it does not exist.
    pub fn new(folder: &Path) -> Result<Self> {
        atomic_file::folder(folder)?;
        // TensorBoard looks for “tfevents” in names, and reads files in the order of their names.
        let path = folder.join(format!("events.out.tfevents.{:010}.{}", now() as u64, process::id()));
        let file = File::create_new(&path).map_err(|error| atomic_file::cannot_be_written(&path, &error))?;
        let mut log = Self { path, file };
        log.append(&event::header(now()))?;
        Ok(log)
    }

    /// Adds points of curves at a step.
    pub fn add_scalars(&mut self, step: u64, scalars: &[(&str, f32)]) -> Result<()> {
        let values: Vec<_> = scalars.iter().map(|&(tag, value)| (tag, Value::Scalar(value))).collect();
        self.append(&event::summary(now(), step, &values))
    }

    /// Adds the reconstructions after `step` steps.
    pub fn add_images(&mut self, step: u64, digits: &Reconstructions) -> Result<()> {
        let values = [
            ("Input", grid(&digits.input.mapv(Level::level).into_raw_vec_and_offset().0, (SIDE, SIDE), 0)?),
            ("Encoder", latent_grid(digits)?),
            ("Output", grid(&digits.output.mapv(Level::level).into_raw_vec_and_offset().0, (SIDE, SIDE), 0)?),
        ];
        self.append(&event::summary(now(), step, &values))
    }

    /// Appends a record in one call, so that a reader never sees half of one.
    fn append(&mut self, record: &[u8]) -> Result<()> {
        self.file.write_all(record).map_err(|error| atomic_file::cannot_be_written(&self.path, &error))
    }
}

/// Returns the seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

/// Returns the latent coordinates as grey squares, one above the other.
fn latent_grid(digits: &Reconstructions) -> Result<Value> {
    let levels = digits.latent.iter().copied().map(level_of(&digits.latent));
    let tiles: Vec<u8> = levels.flat_map(|level| [level; COORDINATE * COORDINATE]).collect();
    grid(&tiles, (COORDINATE, COORDINATE * digits.latent.ncols()), GAP)
}

/// Returns the grey levels of `tf.summary.image`: the maximum becomes 255; if there are negative values, zero becomes 127 and
/// the value of largest magnitude 0 or 255.
fn level_of<'a>(values: impl IntoIterator<Item = &'a f32>) -> impl Fn(f32) -> u8 {
    let (low, high) = values.into_iter().fold((0_f32, 0_f32), |(low, high), &v| (low.min(v), high.max(v)));
    let (zero, unit) =
        if low < 0.0 { (127.0, (127.0 / -low).min(128.0 / high)) } else { (0.0, 255.0 / high) };
    move |value| (zero + unit * value) as u8
}

/// Arranges grey tiles in a grid, ten in a row, with black gaps.
fn grid(tiles: &[u8], (width, height): (usize, usize), gap: usize) -> Result<Value> {
    let rows = (tiles.len() / (width * height)).div_ceil(COLUMNS);
    let (across, down) = (COLUMNS * (width + gap) - gap, rows * (height + gap) - gap);
    let mut pixels = vec![0; across * down];
    for (index, tile) in tiles.chunks_exact(width * height).enumerate() {
        let (x, y) = (index % COLUMNS * (width + gap), index / COLUMNS * (height + gap));
        for (row, line) in tile.chunks_exact(width).enumerate() {
            pixels[(y + row) * across + x..][..width].copy_from_slice(line);
        }
    }
    let png = canvas::grey_png(across, down, &pixels)?;
    Ok(Value::Image { width: across, height: down, png })
}

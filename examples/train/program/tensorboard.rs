//! `--logdir`: what TensorBoard shows, as the post's summaries have it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use bottleneck::data::SIDE;
use bottleneck::view::raster::Level;

use super::event::{self, Value};
use super::held_out::Seen;
use super::{Told, atomic_file, canvas};

/// Tiles in a row of a grid.
const COLUMNS: usize = 10;

/// A latent coordinate is a square of this side, so that the two of a digit are as high as the digit.
const COORDINATE: usize = SIDE / 2;

/// Between those of two digits; digits themselves have margins.
const GAP: usize = 2;

/// An event file that grows while the network learns.
pub struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Begins a new file in a folder, which is made if it is not there.
    pub fn begin(folder: &Path) -> Told<Self> {
        atomic_file::folder(folder)?;
        // TensorBoard looks for “tfevents”, and takes the files of a folder in the order of their names.
        let path = folder.join(format!("events.out.tfevents.{:010}.{}", now() as u64, process::id()));
        let file = File::create_new(&path).map_err(|error| atomic_file::cannot_be_written(&path, &error))?;
        let mut log = Self { path, file };
        log.append(&event::header(now()))?;
        Ok(log)
    }

    /// Adds what was seen after `step` steps, and the loss of the next batch; TensorBoard can show it at once.
    pub fn add(&mut self, step: u64, loss: Option<f32>, seen: &Seen) -> Told<()> {
        let mut values = vec![
            ("Input", grid(&seen.input.mapv(Level::level).into_raw_vec_and_offset().0, (SIDE, SIDE), 0)?),
            ("Encoder", latent_grid(seen)?),
            ("Output", grid(&seen.output.mapv(Level::level).into_raw_vec_and_offset().0, (SIDE, SIDE), 0)?),
        ];
        values.extend(loss.map(|loss| ("Loss", Value::Scalar(loss))));
        self.append(&event::summary(now(), step, &values))
    }

    /// Writes a record in one call, so that a reader never waits for the rest of one.
    fn append(&mut self, record: &[u8]) -> Told<()> {
        self.file.write_all(record).map_err(|error| atomic_file::cannot_be_written(&self.path, &error))
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

/// The latent coordinates, one above the other, as grey squares.
fn latent_grid(seen: &Seen) -> Told<Value> {
    let levels = seen.latent.iter().copied().map(level_of(&seen.latent));
    let tiles: Vec<u8> = levels.flat_map(|level| [level; COORDINATE * COORDINATE]).collect();
    grid(&tiles, (COORDINATE, COORDINATE * seen.latent.ncols()), GAP)
}

/// From numbers to greys as `tf.summary.image` takes them: the largest becomes 255; or, if some are below zero, zero
/// becomes 127 and the one farthest from it 0 or 255.
fn level_of<'a>(values: impl IntoIterator<Item = &'a f32>) -> impl Fn(f32) -> u8 {
    let (low, high) = values.into_iter().fold((0_f32, 0_f32), |(low, high), &v| (low.min(v), high.max(v)));
    let (zero, unit) =
        if low < 0.0 { (127.0, (127.0 / -low).min(128.0 / high)) } else { (0.0, 255.0 / high) };
    move |value| (zero + unit * value) as u8
}

/// Grey tiles, ten in a row, with a gap of this many black pixels between them.
fn grid(tiles: &[u8], (width, height): (usize, usize), gap: usize) -> Told<Value> {
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

//! Draws the built-in digits to look at, and to learn from elsewhere.
//!
//! `cargo run --release --example synthetic -- --out sheet.png --idx DIR` writes a contact sheet, and the four
//! IDX files under the names that MNIST's have.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    native::main()
}

/// There are no files in a browser.
#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::{
        fs::File,
        io::{self, BufWriter, Write},
        path::{Path, PathBuf},
        process::ExitCode,
    };

    use bottleneck::data::synthetic::{self, TEST_LEN, TRAIN_LEN};
    use clap::Parser;

    const SIDE: usize = 28;
    const ROWS: usize = 10;
    const COLUMNS: usize = 20;
    /// Each pixel of a digit becomes a square of this side.
    const SCALE: usize = 3;

    /// Draws the built-in digits: a contact sheet, IDX files, or both.
    #[derive(Parser)]
    #[command(arg_required_else_help = true)]
    struct Options {
        /// Write a contact sheet here: a PNG with ten rows, one for each digit
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Write images and labels to this folder, under MNIST's names
        #[arg(long, value_name = "DIR")]
        idx: Option<PathBuf>,
        /// The series to draw
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many digits to train on; the held-out ones follow with a sixth of that
        #[arg(long, default_value_t = TRAIN_LEN as u32, value_parser = clap::value_parser!(u32).range(6..=TRAIN_LEN as i64))]
        count: u32,
    }

    pub(super) fn main() -> ExitCode {
        match run(&Options::parse()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(sentence) => {
                eprintln!("{sentence}");
                ExitCode::FAILURE
            }
        }
    }

    fn run(options: &Options) -> Result<(), String> {
        if let Some(path) = &options.out {
            write(path, |file| sheet(file, options.seed))?;
        }
        let Some(folder) = &options.idx else { return Ok(()) };
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("The folder {} cannot be made: {error}.", folder.display()))?;
        let first_held_out = TRAIN_LEN as u32;
        let held_out = options.count * TEST_LEN as u32 / TRAIN_LEN as u32;
        let parts = [("train", 0..options.count), ("t10k", first_held_out..first_held_out + held_out)];
        for (name, indices) in parts {
            let mut labels = Vec::with_capacity(indices.len());
            write(&folder.join(format!("{name}-images-idx3-ubyte")), |file| {
                write_header(file, &[0x803, indices.len() as u32, SIDE as u32, SIDE as u32])?;
                let mut pixels = [0; SIDE * SIDE];
                indices.clone().try_for_each(|index| {
                    labels.push(synthetic::draw(options.seed, index, &mut pixels));
                    file.write_all(&pixels)
                })
            })?;
            write(&folder.join(format!("{name}-labels-idx1-ubyte")), |file| {
                write_header(file, &[0x801, indices.len() as u32])?;
                file.write_all(&labels)
            })?;
        }
        Ok(())
    }

    /// Fills the file `path` by `fill`; the error is a sentence.
    fn write(path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<(), String> {
        let filled = || {
            let mut file = BufWriter::new(File::create(path)?);
            fill(&mut file)?;
            file.flush()
        };
        filled().map_err(|error| format!("{} cannot be written: {error}.", path.display()))
    }

    /// Magic number and lengths, as IDX has them.
    fn write_header(file: &mut impl Write, words: &[u32]) -> io::Result<()> {
        words.iter().try_for_each(|word| file.write_all(&word.to_be_bytes()))
    }

    /// Dark ink on white, one row for each digit.
    fn sheet(file: &mut impl Write, seed: u64) -> io::Result<()> {
        let (width, height) = (COLUMNS * SIDE * SCALE, ROWS * SIDE * SCALE);
        let mut paper = vec![255; width * height];
        let mut pixels = [0; SIDE * SIDE];
        for index in 0..ROWS * COLUMNS {
            let row = usize::from(synthetic::draw(seed, index as u32, &mut pixels));
            let (left, top) = (index / ROWS * SIDE * SCALE, row * SIDE * SCALE);
            for y in 0..SIDE * SCALE {
                let line = &mut paper[(top + y) * width + left..][..SIDE * SCALE];
                let inks = &pixels[y / SCALE * SIDE..][..SIDE];
                for (pixel, ink) in line.chunks_exact_mut(SCALE).zip(inks) {
                    pixel.fill(255 - ink);
                }
            }
        }
        let mut encoder = png::Encoder::new(file, width as u32, height as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&paper)?;
        Ok(writer.finish()?)
    }
}

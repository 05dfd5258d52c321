//! Exports the built-in digits as a picture and as IDX files.
//!
//! `cargo run --release --example synthetic -- --out sheet.png --idx DIR` writes a contact sheet, and the four
//! IDX files under the names that MNIST's have.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    native::main()
}

/// A browser has no files.
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

    use bottleneck::data::idx::{Kind, encode_header};
    use bottleneck::data::synthetic::{self, TEST_LEN, TRAIN_LEN};
    use bottleneck::data::{PIXELS, SIDE};
    use clap::Parser;

    const ROWS: usize = 10;
    const COLUMNS: usize = 20;
    /// The side of a digit's pixel on the contact sheet, in pixels.
    const SCALE: usize = 3;

    /// Exports the built-in digits as a contact sheet, IDX files, or both.
    #[derive(Parser)]
    #[command(arg_required_else_help = true)]
    struct Options {
        /// Write a contact sheet to this PNG, with one row for each digit
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Write images and labels to this folder, under MNIST's names
        #[arg(long, value_name = "DIR")]
        idx: Option<PathBuf>,
        /// The series to draw
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The number of training digits; there are a sixth as many test digits
        #[arg(long, default_value_t = TRAIN_LEN as u32, value_parser = clap::value_parser!(u32).range(6..=TRAIN_LEN as i64))]
        count: u32,
    }

    pub(super) fn main() -> ExitCode {
        match run(&Options::parse()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                eprintln!("{message}");
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
        let train_len = options.count as usize;
        let test_len = train_len * TEST_LEN / TRAIN_LEN;
        for (name, indices) in [("train", 0..train_len), ("t10k", TRAIN_LEN..TRAIN_LEN + test_len)] {
            let digits = synthetic::dataset(options.seed, indices);
            let (count, images) = (digits.len() as u32, digits.images(digits.len()));
            for (part, kind, items) in
                [("images-idx3", Kind::Images, images), ("labels-idx1", Kind::Labels, digits.labels())]
            {
                write(&folder.join(format!("{name}-{part}-ubyte")), |file| {
                    file.write_all(&encode_header(kind, count))?;
                    file.write_all(items)
                })?;
            }
        }
        Ok(())
    }

    /// Writes the file `path` by `fill`.
    fn write(path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<(), String> {
        let filled = || {
            let mut file = BufWriter::new(File::create(path)?);
            fill(&mut file)?;
            file.flush()
        };
        filled().map_err(|error| format!("{} cannot be written: {error}.", path.display()))
    }

    /// Writes the contact sheet: dark ink on white, one row for each digit.
    fn sheet(file: &mut impl Write, seed: u64) -> io::Result<()> {
        let (width, height) = (COLUMNS * SIDE * SCALE, ROWS * SIDE * SCALE);
        let mut sheet = vec![255; width * height];
        let mut pixels = [0; PIXELS];
        for index in 0..ROWS * COLUMNS {
            let row = usize::from(synthetic::draw(seed, index as u32, &mut pixels));
            let (left, top) = (index / ROWS * SIDE * SCALE, row * SIDE * SCALE);
            for y in 0..SIDE * SCALE {
                let line = &mut sheet[(top + y) * width + left..][..SIDE * SCALE];
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
        writer.write_image_data(&sheet)?;
        Ok(writer.finish()?)
    }
}

//! Checks of the files of `--out`.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

use bottleneck::data::{Dataset, PIXELS, SIDE};
use bottleneck::nn::Workspace;
use bottleneck::train::Trainer;
use bottleneck::view::colors::{Color, PALETTE, Theme};
use ndarray::Array2;

/// A decoded PNG of one or three bytes per pixel.
struct Picture {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Picture {
    fn read(png: &[u8]) -> Self {
        let mut reader = png::Decoder::new(Cursor::new(png)).read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut bytes).expect("a whole PNG");
        bytes.truncate(info.buffer_size());
        Self { width: info.width as usize, height: info.height as usize, bytes }
    }

    fn open(path: &Path) -> Self {
        Self::read(&fs::read(path).expect("a file"))
    }

    fn color(&self, x: usize, y: usize) -> Color {
        let at = 3 * (y * self.width + x);
        Color::new(self.bytes[at], self.bytes[at + 1], self.bytes[at + 2])
    }
}

/// Returns the size of a PNG after decoding it.
pub(crate) fn size(png: &[u8]) -> (usize, usize) {
    let picture = Picture::read(png);
    (picture.width, picture.height)
}

/// Checks that the picture has the first test digits in five rows of ten.
pub(crate) fn assert_digits(path: &Path, test: &Dataset) {
    let picture = Picture::open(path);
    let factor = picture.width / (10 * SIDE);
    assert_eq!((picture.width, picture.height), (factor * 10 * SIDE, factor * 5 * SIDE));
    let greys = Theme::LIGHT.greys();
    for index in [0, 9, 10, 49] {
        let (left, top) = (index % 10 * SIDE, index / 10 * SIDE);
        for (pixel, &level) in test.image(index).iter().enumerate() {
            let (x, y) = (left + pixel % SIDE, top + pixel / SIDE);
            assert_eq!(picture.color(factor * x, factor * (y + 1) - 1), greys.color(level), "digit {index}");
        }
    }
}

/// Checks the latent coordinates and labels of all test digits.
pub(crate) fn assert_csv(path: &Path, trainer: &Trainer, test: &Dataset) {
    let text = fs::read_to_string(path).expect("a file");
    let (header, rows) = text.split_once('\n').expect("lines");
    assert_eq!((header, rows.lines().count()), ("digit,label,z1,z2", test.len()));
    let mut images = Array2::zeros((test.len(), PIXELS));
    test.fill(&mut images, 0..test.len());
    let mut workspace = Workspace::new(trainer.network(), test.len());
    let latent = trainer.network().encode(trainer.parameters(), images.view(), &mut workspace);
    for (index, (row, z)) in rows.lines().zip(latent.rows()).enumerate() {
        let label = test.label(index).expect("a label");
        assert_eq!(row, format!("{index},{label},{},{}", z[0], z[1]), "digit {index}");
    }
}

/// Checks that the legend has the colour of each digit, and the plane coloured points.
pub(crate) fn assert_scatter(path: &Path) {
    let picture = Picture::open(path);
    for (label, color) in PALETTE.into_iter().enumerate() {
        let is_close = |found: Color| {
            let off = |a: u8, b: u8| u32::from(a.abs_diff(b));
            off(found.r, color.r) + off(found.g, color.g) + off(found.b, color.b) < 3
        };
        let count = |from: usize, to: usize| {
            (0..picture.height)
                .flat_map(|y| (from..to).map(move |x| (x, y)))
                .filter(|&(x, y)| is_close(picture.color(x, y)))
                .count()
        };
        assert!(count(picture.width - 70, picture.width) > 50, "the legend lacks {label}");
    }
    let plane = (0..picture.height).flat_map(|y| (80..picture.width - 80).map(move |x| (x, y)));
    let colored = plane.filter(|&(x, y)| {
        let Color { r, g, b } = picture.color(x, y);
        r.max(g).max(b) - r.min(g).min(b) > 40
    });
    assert!(colored.count() > 5_000, "too few points");
}

/// Checks that the animation loops over frames that differ.
pub(crate) fn assert_animation(path: &Path, frames: usize) {
    let mut reader = gif::DecodeOptions::new().read_info(File::open(path).expect("a file")).expect("a GIF");
    assert_eq!(reader.repeat(), gif::Repeat::Infinite);
    let mut found = 0;
    while let Some(frame) = reader.read_next_frame().expect("a whole GIF") {
        assert!(frame.delay > 0, "frame {found}");
        assert!(frame.buffer.iter().any(|&index| Some(index) != frame.transparent), "frame {found}");
        found += 1;
    }
    assert_eq!(found, frames);
}

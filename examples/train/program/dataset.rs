//! The training and test images.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::{env, fs};

use bottleneck::data::import::{Import, Imported};
use bottleneck::data::{Dataset, picture, synthetic};

use super::{Result, count};

/// The folder to which `make data` downloads MNIST.
const DOWNLOADED: &str = "www/data/mnist";

/// The bytes that are read at a time.
const CHUNK: usize = 1 << 18;

/// Training and test images.
pub struct Digits {
    pub train: Dataset,
    pub test: Dataset,
    /// The source, as sentences.
    pub source: String,
}

impl Digits {
    /// Reads a file or folder of images, or MNIST from a default folder; without MNIST, returns the built-in digits.
    pub fn load(path: Option<&Path>) -> Result<Self> {
        let downloaded = || Some(PathBuf::from(DOWNLOADED)).filter(|folder| has_mnist(folder));
        let named = path
            .map(Path::to_owned)
            .or_else(|| env::var_os("MNIST_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from));
        named.or_else(downloaded).map_or_else(|| Ok(Self::built_in()), |path| Self::import(&path))
    }

    /// Reads all files below a path.
    fn import(path: &Path) -> Result<Self> {
        let mut files = Vec::new();
        collect(path, &mut files)?;
        let mut import = Import::default();
        let parent = path.parent().unwrap_or(path);
        for file in files {
            read(&file, file.strip_prefix(parent).unwrap_or(&file), &mut import)
                .map_err(|problem| format!("{}: {problem}", file.display()))?;
        }
        let imported = import.finish().map_err(|error| format!("{}: {error}", path.display()))?;
        let Imported { train, test, report, .. } = imported;
        let held_out =
            if report.is_held_out { "" } else { " None is held out of so few: the test error is theirs." };
        let source = format!(
            "Learning from {} in {}. {report}{held_out}",
            count(train.len() as u64, "image"),
            path.display()
        );
        Ok(Self { train, test, source })
    }

    fn built_in() -> Self {
        let [train, test] =
            [0..synthetic::TRAIN_LEN, synthetic::TRAIN_LEN..synthetic::TRAIN_LEN + synthetic::TEST_LEN]
                .map(|indices| synthetic::dataset(0, indices));
        let source = format!(
            "Learning from {} that the program draws itself: MNIST was not found (--data names its folder, \
             `make data` fetches it).",
            count(train.len() as u64, "digit")
        );
        Self { train, test, source }
    }
}

fn has_mnist(folder: &Path) -> bool {
    folder.join("train-images-idx3-ubyte.gz").is_file()
}

/// Adds the files at or below `path`, sorted by name.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let problem = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => format!("{} does not exist", path.display()),
        _ => format!("{} cannot be read: {error}", path.display()),
    };
    if !fs::metadata(path).map_err(problem)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries: Result<Vec<_>, _> =
        fs::read_dir(path).map_err(problem)?.map(|entry| entry.map(|e| e.path())).collect();
    let mut entries = entries.map_err(problem)?;
    entries.sort();
    entries.iter().try_for_each(|entry| collect(entry, files))
}

/// Reads a file under the path `name`.
fn read(file: &Path, name: &Path, import: &mut Import) -> Result<()> {
    let unreadable = |error: std::io::Error| format!("it cannot be read: {error}");
    let mut file = File::open(file).map_err(unreadable)?;
    let mut chunk = vec![0; CHUNK];
    import.open(&name.to_string_lossy());
    loop {
        let len = file.read(&mut chunk).map_err(unreadable)?;
        if len == 0 {
            import.close().map_err(|error| error.to_string())?;
            decode_pictures(import);
            return Ok(());
        }
        import.push(&chunk[..len]).map_err(|error| error.to_string())?;
        decode_pictures(import);
    }
}

/// Decodes the pictures that have arrived.
fn decode_pictures(import: &mut Import) {
    while let Some(picture) = import.next_picture() {
        let images = image::load_from_memory(&picture.bytes).ok().map(|decoded| {
            let rgba = decoded.into_rgba8();
            let mut images = Vec::new();
            picture::to_images(&rgba, rgba.width() as usize, rgba.height() as usize, &mut images);
            images
        });
        import.finish_picture(picture.index, images);
    }
}

//! The training and test digits.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use bottleneck::data::idx::{self, IdxError, Kind, check_label_count};
use bottleneck::data::{Dataset, PIXELS, synthetic};

use super::{Result, count};

/// The folder to which `make data` downloads MNIST.
const DOWNLOADED: &str = "www/data/mnist";

/// Training and test digits.
pub struct Digits {
    pub train: Dataset,
    /// With labels.
    pub test: Dataset,
    /// The source, as a sentence.
    pub source: String,
}

impl Digits {
    /// Reads MNIST from `folder` or a default folder; without MNIST, returns the built-in digits.
    pub fn load(folder: Option<&Path>) -> Result<Self> {
        let downloaded = || Some(PathBuf::from(DOWNLOADED)).filter(|folder| has_mnist(folder));
        let named = folder
            .map(Path::to_owned)
            .or_else(|| env::var_os("MNIST_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from));
        named.or_else(downloaded).map_or_else(|| Ok(Self::built_in()), |folder| Self::mnist(&folder))
    }

    fn mnist(folder: &Path) -> Result<Self> {
        if !folder.is_dir() {
            let problem = if folder.exists() { "is not a folder" } else { "does not exist" };
            return Err(format!("{} {problem}", folder.display()));
        }
        let train =
            Dataset::from_bytes(PIXELS, read(folder, "train-images-idx3-ubyte", Kind::Images)?, Vec::new());
        let images = read(folder, "t10k-images-idx3-ubyte", Kind::Images)?;
        let labels = read(folder, "t10k-labels-idx1-ubyte", Kind::Labels)?;
        let in_folder = |error: IdxError| format!("{}: {error}", folder.display());
        check_label_count(images.len() / PIXELS, labels.len()).map_err(in_folder)?;
        if train.is_empty() || images.is_empty() {
            return Err(format!("{}: there are no images in these files", folder.display()));
        }
        let source = format!("Learning from {} in {}.", count(train.len() as u64, "image"), folder.display());
        Ok(Self { train, test: Dataset::from_bytes(PIXELS, images, labels), source })
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

/// Reads the images or labels in the file `name`, with `.gz` or without.
fn read(folder: &Path, name: &str, kind: Kind) -> Result<Vec<u8>> {
    let gzipped = folder.join(format!("{name}.gz"));
    let (path, bytes) = match fs::read(&gzipped) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let plain = folder.join(name);
            let bytes = fs::read(&plain);
            if bytes.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                return Err(format!("{} holds neither {name}.gz nor {name}", folder.display()));
            }
            (plain, bytes)
        }
        bytes => (gzipped, bytes),
    };
    let bytes = bytes.map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    idx::decode(kind, &bytes).map_err(|error| format!("{}: {error}", path.display()))
}

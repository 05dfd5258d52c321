//! The digits to learn from, and those held out.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use bottleneck::data::idx::{self, IdxError, Kind, check_label_count};
use bottleneck::data::{Dataset, PIXELS, synthetic};

use super::Told;

/// Where `make data` leaves MNIST, seen from the project's folder.
const FETCHED: &str = "www/data/mnist";

/// Digits to learn from and digits to be measured by.
pub struct Digits {
    pub train: Dataset,
    /// With labels.
    pub test: Dataset,
    /// Which digits they are, as a sentence.
    pub told: String,
}

impl Digits {
    /// MNIST from `folder`, or from where it usually lies; if it is nowhere, digits drawn by the program.
    pub fn obtain(folder: Option<&Path>) -> Told<Self> {
        let fetched = || Some(PathBuf::from(FETCHED)).filter(|folder| has_mnist(folder));
        let named = folder.map(Path::to_owned).or_else(|| env::var_os("MNIST_DIR").map(PathBuf::from));
        named.or_else(fetched).map_or_else(|| Ok(Self::drawn()), |folder| Self::mnist(&folder))
    }

    fn mnist(folder: &Path) -> Told<Self> {
        let train = Dataset::new(read(folder, "train-images-idx3-ubyte", Kind::Images)?, Vec::new());
        let images = read(folder, "t10k-images-idx3-ubyte", Kind::Images)?;
        let labels = read(folder, "t10k-labels-idx1-ubyte", Kind::Labels)?;
        let at_fault = |error: IdxError| format!("{}: {error}.", folder.display());
        check_label_count(images.len() / PIXELS, labels.len()).map_err(at_fault)?;
        if train.is_empty() || images.is_empty() {
            return Err(format!("{}: there are no images in these files.", folder.display()));
        }
        let told = format!("Learning from {} images in {}.", train.len(), folder.display());
        Ok(Self { train, test: Dataset::new(images, labels), told })
    }

    fn drawn() -> Self {
        let [train, test] =
            [0..synthetic::TRAIN_LEN, synthetic::TRAIN_LEN..synthetic::TRAIN_LEN + synthetic::TEST_LEN]
                .map(|indices| synthetic::dataset(0, indices));
        let told = format!(
            "Learning from {} digits that the program draws itself: MNIST was not found (--data names its folder, \
             `make data` fetches it).",
            train.len()
        );
        Self { train, test, told }
    }
}

fn has_mnist(folder: &Path) -> bool {
    folder.join("train-images-idx3-ubyte.gz").is_file()
}

/// The images or labels in the file `name`, with `.gz` or without.
fn read(folder: &Path, name: &str, kind: Kind) -> Told<Vec<u8>> {
    let packed = folder.join(format!("{name}.gz"));
    let (path, bytes) = match fs::read(&packed) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let plain = folder.join(name);
            let bytes = fs::read(&plain);
            if bytes.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                return Err(format!("{} holds neither {name}.gz nor {name}.", folder.display()));
            }
            (plain, bytes)
        }
        bytes => (packed, bytes),
    };
    let bytes = bytes.map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
    idx::decode(kind, &bytes).map_err(|error| format!("{}: {error}.", path.display()))
}

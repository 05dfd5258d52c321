//! Formats of others that are not read: what a file is, and the line that converts it.

use super::picture::is_picture_name;
use crate::nn::quoted;

/// Files that operating systems add to folders, and texts about a dataset.
const JUNK: [&str; 3] = [".ds_store", "thumbs.db", "desktop.ini"];

/// The first bytes of HDF5.
pub(crate) const HDF5: &[u8] = b"\x89HDF";

/// Returns whether a file is one that operating systems add to folders.
pub(crate) fn is_junk(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    JUNK.contains(&name.as_str())
        || name.starts_with("._")
        || path.split('/').any(|folder| folder == "__MACOSX")
}

/// Says what a file is that cannot be read, by its first bytes or its name, and how to convert it; the second half of a sentence.
///
/// `file` is its name, as it stands in the line of Python.
pub(crate) fn describe(file: &str, head: &[u8]) -> String {
    let file = &quoted(file, 60);
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let (what, line) = match (head, extension.as_str()) {
        ([], _) => return "is empty: download it again, or choose another".to_owned(),
        ([b'P', b'A', b'R', b'1', ..], _) => (
            "parquet",
            "import pandas, os; [(os.makedirs(f'out/{r.label}', exist_ok=True), \
             open(f'out/{r.label}/{i}.png', 'wb').write(r.image['bytes'])) \
             for i, r in pandas.read_parquet('FILE').iterrows()]",
        ),
        _ if head.starts_with(HDF5) && is_keras(file, head) => (
            "HDF5, from Keras",
            "import h5py, numpy; from safetensors.numpy import save_file; tensors = {}; \
             h5py.File('FILE').visititems(lambda k, v: tensors.update({k.rsplit('/', 1)[0] + ('.bias', '.weight')[v.ndim > 1]: \
             numpy.ascontiguousarray(v[()].T)}) if hasattr(v, 'ndim') and 'optimizer' not in k else None); \
             save_file(tensors, 'model.safetensors')",
        ),
        _ if head.starts_with(HDF5) => (
            "HDF5",
            "import h5py, numpy; numpy.savez('images.npz', **{k: v[()] for k, v in h5py.File('FILE').items()})",
        ),
        ([0x80, 2..=5, ..], _) => (
            "a Python pickle",
            "import pickle, numpy; numpy.savez('images.npz', **pickle.load(open('FILE', 'rb'), encoding='latin1'))",
        ),
        ([b'M', b'A', b'T', b'L', b'A', b'B', ..], _) | (_, "mat") => (
            "a MATLAB file",
            "import scipy.io, numpy; numpy.savez('images.npz', \
             **{k: v for k, v in scipy.io.loadmat('FILE').items() if k[0] != '_'})",
        ),
        ([b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..], _) => {
            ("a TIFF picture", "from PIL import Image; Image.open('FILE').save('FILE.png')")
        }
        ([_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', ..], _) if is_picture_name(file) => (
            "a HEIC picture, which this browser cannot open",
            "import pillow_heif as h; from PIL import Image; h.register_heif_opener(); Image.open('FILE').save('FILE.png')",
        ),
        (_, "tar" | "tgz") => {
            return "is a tar archive: unpack it by tar -xf, and drop the folder".to_owned();
        }
        ([b'B', b'Z', b'h', ..] | [0xfd, b'7', b'z', ..] | [b'7', b'z', ..] | [b'R', b'a', b'r', ..], _)
        | ([0x28, 0xb5, 0x2f, 0xfd, ..], _) => {
            return "is an archive: unpack it, and drop what comes out".to_owned();
        }
        ([b'<', ..], _) => return "is a web page: download the file itself, and drop that".to_owned(),
        ([0x1f, 0x8b, ..], _) => return "is packed by gzip twice: unpack it".to_owned(),
        _ if is_picture_name(file) => {
            return "is a damaged picture, or of a kind that cannot be opened here: save it as PNG"
                .to_owned();
        }
        _ => {
            return "holds no images that can be read: docs/data.md lists what can be, such as IDX files, .npz, .csv, and folders or \
                    zips of pictures"
                .to_owned();
        }
    };
    format!("is {what}. Convert it in Python, and drop the result: {}", line.replace("FILE", file))
}

/// Returns whether HDF5 is a network of Keras, which names its version, or the name says that it is the weights of one.
fn is_keras(file: &str, head: &[u8]) -> bool {
    let version = b"keras_version";
    file.contains("weights") || head.windows(version.len()).any(|window| window == version)
}

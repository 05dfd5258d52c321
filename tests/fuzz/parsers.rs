//! Invariants of the parsers of images, layers, URLs and saved runs.

use bottleneck::app::{Field, Settings};
use bottleneck::data::idx::{IdxParser, Kind, decode, encode_header};
use bottleneck::data::import::{FileProblem, Import, ImportError, Imported};
use bottleneck::data::{Dataset, PIXELS};
use bottleneck::files::RunHeader;
use bottleneck::nn::NetworkSpec;
use rand::RngExt;

use super::engine::Outcome;
use super::mutation::Rng;

/// Words of the ConvNetJS demos' programs, separated by `|`.
pub(crate) const PROGRAM: &str = "layer_defs|.push(|{|}|type|:|'fc'|'input'|'regression'|num_neurons|activation|'tanh'|\
    out_depth|out_sx|28*28|);|= [];|var |//|\"|'|\n|net|é";

/// Returns the keys and some values of a URL's fragment.
pub(crate) fn keys() -> Vec<&'static str> {
    let values =
        ["&", "=", "%2C", "#", "adam", "bce", "784-9t-2-784", "strokes", "own", "deep", "cosine", "é"];
    Field::all().map(Field::key).chain(values).collect()
}

/// Checks that an IDX file is the same in chunks of any size as at once, and is written as it was read.
pub(crate) fn idx(bytes: &[u8], rng: &mut Rng) -> Outcome {
    let kind = if rng.random_ratio(2, 3) { Kind::Images } else { Kind::Labels };
    let (mut idx, mut dataset) = (IdxParser::new(kind), Dataset::default());
    let in_pieces = arrive(bytes, &mut idx, &mut dataset, rng);
    let items = items_of(&dataset);
    if rng.random_ratio(1, 4) {
        let at_once = decode(kind, bytes);
        // If a stream is damaged and too long, either fault may be found first.
        let is_broken = |read: Option<&FileProblem>| read == Some(&FileProblem::Gzip);
        let either_fault = in_pieces.is_err()
            && at_once.is_err()
            && (is_broken(in_pieces.as_ref().err()) || is_broken(at_once.as_ref().err()));
        let is_same = at_once == in_pieces.clone().map(|()| items.clone());
        assert!(is_same || either_fault, "in pieces it is another file: {in_pieces:?}");
    }
    let unpacked_len = bytes.len() + idx.received_len() * kind.item_len();
    if let Err(error) = in_pieces {
        return Outcome { error: Some(error.to_string()), unpacked_len };
    }
    let count = idx.received_len();
    assert_eq!((idx.expected_len(), items.len()), (Some(count), count * kind.item_len()));
    let mut written = encode_header(kind, count as u32);
    written.extend_from_slice(&items);
    assert!(decode(kind, &written).expect("a written file is read back") == items);
    Outcome { error: None, unpacked_len }
}

/// Words of tables and of NumPy's headers, separated by `|`.
pub(crate) const TABLE: &str = "label|,|;|\n|\"|0.5|255|256|-1|nan|'descr': '|'<f8'|'|u1'|'fortran_order': True|'shape': (|(4, 3, 28, 28)|PK|é";

/// Checks that a file of images is the same in chunks of any size as at once, whatever its name, and that its parts fit together.
///
/// The first byte chooses the name.
pub(crate) fn import(bytes: &[u8], rng: &mut Rng) -> Outcome {
    let names = ["a", "emnist.csv", "train/x.tsv", "x.npy", "b.npz", "c.gz", "d.png"];
    let (name, bytes) = bytes
        .split_first()
        .map_or(("a", bytes), |(first, rest)| (names[usize::from(*first) % names.len()], rest));
    let mut read = |longest: usize| -> Result<Imported, ImportError> {
        let (mut import, mut rest) = (Import::default(), bytes);
        import.open(name);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rng.random_range(1..=longest.min(rest.len())));
            import.push(piece)?;
            rest = after;
        }
        import.close()?;
        while let Some(picture) = import.next_picture() {
            // Bytes stand for a decoder's answer.
            let images = picture.bytes.first().filter(|byte| *byte % 3 > 0).map(|&byte| vec![byte; PIXELS]);
            import.finish_picture(picture.index, images);
        }
        import.finish()
    };
    let (in_pieces, at_once) = (read(64), read(usize::MAX));
    match (in_pieces, at_once) {
        (Ok(in_pieces), Ok(at_once)) => {
            assert_eq!((&in_pieces.train, &in_pieces.test), (&at_once.train, &at_once.test));
            let Imported { train, test, report, .. } = at_once;
            train.check(PIXELS).and(test.check(PIXELS)).expect("both parts can be used");
            for part in [&train, &test] {
                assert!(part.labels().is_empty() || part.labels().len() == part.len());
            }
            let len = if report.is_held_out { train.len() + test.len() } else { train.len() };
            assert_eq!(report.count, len, "{report}");
            Outcome { error: None, unpacked_len: bytes.len() + 8 * PIXELS * len }
        }
        (Err(_), Err(error)) => {
            Outcome { error: Some(error.to_string()), unpacked_len: 1_032 * bytes.len() + (1 << 20) }
        }
        (in_pieces, at_once) => panic!("in pieces {in_pieces:?}, at once {at_once:?}"),
    }
}

/// Returns the images of a dataset, or the labels if there are no images.
fn items_of(dataset: &Dataset) -> Vec<u8> {
    match dataset.len() {
        0 => dataset.labels().to_vec(),
        count => dataset.images(count).to_vec(),
    }
}

/// Parses a file in chunks of any size.
fn arrive(
    bytes: &[u8],
    idx: &mut IdxParser,
    dataset: &mut Dataset,
    rng: &mut Rng,
) -> Result<(), FileProblem> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let longest = 1 << rng.random_range(0..13);
        let (piece, after) = rest.split_at(rng.random_range(1..=longest.min(rest.len())));
        idx.push(piece)?;
        dataset.extend_from(idx)?;
        rest = after;
    }
    idx.finish()?;
    dataset.extend_from(idx)
}

/// Checks that layers, in either notation, are written as text that is read back.
pub(crate) fn layers(bytes: &[u8], _: &mut Rng) -> Outcome {
    let error = match String::from_utf8_lossy(bytes).parse::<NetworkSpec>() {
        Ok(spec) => {
            spec.validate().expect("accepted layers are valid");
            assert_eq!(spec.to_string().parse(), Ok(spec));
            None
        }
        Err(error) => Some(error.to_string()),
    };
    Outcome { error, unpacked_len: bytes.len() }
}

/// Checks that the settings of a fragment, even one with errors, are written as a fragment that is read back.
pub(crate) fn fragment(bytes: &[u8], _: &mut Rng) -> Outcome {
    let (mut settings, errors) = Settings::from_fragment(&String::from_utf8_lossy(bytes));
    settings.config.validate().expect("settings from a fragment are valid");
    let written = settings.to_fragment();
    let (read, read_errors) = Settings::from_fragment(&written);
    assert_eq!(read_errors, [], "{written}");
    // A fragment cannot name the user's own images.
    settings.dataset = settings.dataset.filter(|_| read.dataset.is_some());
    assert_eq!(read, settings, "{written}");
    let errors = errors.iter().map(ToString::to_string);
    Outcome {
        error: errors.reduce(|longest, next| if next.len() > longest.len() { next } else { longest }),
        unpacked_len: bytes.len(),
    }
}

/// Checks that the header of a stored run is read back as it is written.
pub(crate) fn run_header(bytes: &[u8], _: &mut Rng) -> Outcome {
    let error = match str::from_utf8(bytes).map(RunHeader::parse) {
        Ok(Ok(header)) => {
            assert_eq!(RunHeader::parse(&header.to_json()), Ok(header));
            None
        }
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => None,
    };
    Outcome { error, unpacked_len: bytes.len() }
}

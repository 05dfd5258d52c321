//! What must hold of the parsers of images, layers, addresses and kept runs, whatever they are given.

use bottleneck::app::{Field, Settings, Sitting};
use bottleneck::data::Dataset;
use bottleneck::data::idx::{IdxError, IdxParser, Kind, encode_header};
use bottleneck::nn::NetworkSpec;
use rand::RngExt;

use super::engine::Verdict;
use super::mutation::Dice;

/// What the demos' programs are made of.
pub(crate) const PROGRAM: &[&str] = &[
    "layer_defs",
    ".push(",
    "{",
    "}",
    "type",
    ":",
    "'fc'",
    "'input'",
    "'regression'",
    "num_neurons",
    "activation",
    "'tanh'",
    "out_depth",
    "out_sx",
    "28*28",
    ");",
    "= [];",
    "var ",
    "//",
    "\"",
    "'",
    "\n",
    "net",
    "é",
];

/// The keys and some values of an address.
pub(crate) fn keys() -> Vec<&'static str> {
    let values =
        ["&", "=", "%20", "#", "adam", "bce", "784-9t-2-784", "strokes", "own", "deep", "cosine", "é"];
    Field::all().map(Field::key).chain(values).collect()
}

/// An IDX file: the same at once and in pieces of any size, and written as it was read.
pub(crate) fn idx(bytes: &[u8], dice: &mut Dice) -> Verdict {
    let expected = [None, None, None, Some(Kind::Images), Some(Kind::Labels)][dice.random_range(0..5)];
    let parser = || expected.map_or_else(IdxParser::new, IdxParser::expecting);
    let (mut idx, mut dataset) = (parser(), Dataset::default());
    let in_pieces = arrive(bytes, &mut idx, &mut dataset, dice);
    let items = items_of(&dataset);
    if dice.random_ratio(1, 4) {
        let mut idx = parser();
        let at_once = idx.push(bytes).and_then(|()| idx.finish());
        // Of a stream that is damaged, and more than was promised, either may be seen first.
        let is_broken =
            in_pieces.is_err() && at_once.is_err() && [&in_pieces, &at_once].contains(&&Err(IdxError::Gzip));
        assert!(
            in_pieces == at_once || is_broken,
            "in pieces it is another file: {in_pieces:?}, {at_once:?}"
        );
        assert!(
            idx.bytes() == if at_once.is_ok() { &items[..] } else { &[] },
            "in pieces it has other items"
        );
    }
    let worth = bytes.len() + idx.received_len() * idx.kind().map_or(0, Kind::item_len);
    if let Err(error) = in_pieces {
        return Verdict { refused: Some(error.to_string()), worth };
    }
    let kind = idx.kind().expect("a file that was accepted");
    assert_eq!(
        (idx.expected_len(), items.len()),
        (Some(idx.received_len()), idx.received_len() * kind.item_len())
    );
    let mut written = encode_header(kind, idx.received_len() as u32);
    written.extend_from_slice(&items);
    let mut again = IdxParser::expecting(kind);
    again.push(&written).and_then(|()| again.finish()).expect("what was accepted is read back");
    assert!(again.bytes() == items, "it is read back as other {kind}");
    Verdict { refused: None, worth }
}

/// What a dataset holds: images, or labels alone.
fn items_of(dataset: &Dataset) -> Vec<u8> {
    match dataset.len() {
        0 => dataset.labels().to_vec(),
        count => dataset.images(count).to_vec(),
    }
}

/// Lets a file arrive in pieces of any size.
fn arrive(bytes: &[u8], idx: &mut IdxParser, dataset: &mut Dataset, dice: &mut Dice) -> Result<(), IdxError> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let longest = 1 << dice.random_range(0..13);
        let (piece, after) = rest.split_at(dice.random_range(1..=longest.min(rest.len())));
        idx.push(piece)?;
        dataset.extend_from(idx)?;
        rest = after;
    }
    idx.finish()?;
    dataset.extend_from(idx)
}

/// Layers as text, in either notation: what was read is written, and read as the same.
pub(crate) fn layers(bytes: &[u8], _: &mut Dice) -> Verdict {
    let refused = match String::from_utf8_lossy(bytes).parse::<NetworkSpec>() {
        Ok(spec) => {
            spec.validate().expect("what was accepted is valid");
            assert_eq!(spec.to_string().parse(), Ok(spec));
            None
        }
        Err(error) => Some(error.to_string()),
    };
    Verdict { refused, worth: bytes.len() }
}

/// The fragment of an address: whatever was refused of it, what came of it is written, and read as the same.
pub(crate) fn fragment(bytes: &[u8], _: &mut Dice) -> Verdict {
    let (mut settings, errors) = Settings::from_fragment(&String::from_utf8_lossy(bytes));
    settings.config.validate().expect("settings from an address are valid");
    let told = settings.to_fragment();
    let (read, wrong) = Settings::from_fragment(&told);
    assert_eq!(wrong, [], "{told}");
    // No address tells of the visitor's own images.
    settings.dataset = settings.dataset.filter(|_| read.dataset.is_some());
    assert_eq!(read, settings, "{told}");
    let sentences = errors.iter().map(ToString::to_string);
    Verdict {
        refused: sentences.reduce(|longest, next| if next.len() > longest.len() { next } else { longest }),
        worth: bytes.len(),
    }
}

/// A kept run: there is one way to write it, so that it is written as it was read, byte for byte.
pub(crate) fn sitting(bytes: &[u8], _: &mut Dice) -> Verdict {
    let refused = match Sitting::read(bytes) {
        Ok(sitting) => {
            assert!(sitting.to_bytes() == bytes, "it is written otherwise than it was read");
            None
        }
        Err(error) => Some(error.to_string()),
    };
    Verdict { refused, worth: bytes.len() }
}

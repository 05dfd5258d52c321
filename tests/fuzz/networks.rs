//! What must hold of the parsers of networks and runs, whatever they are given.

use std::sync::LazyLock;

use bottleneck::files::{ConvNetJsReader, FileError, Format, Loaded, read, save, save_state};
use bottleneck::nn::Loss;
use bottleneck::train::TrainerConfig;
use rand::RngExt;

use super::corpus::trainer;
use super::engine::Verdict;
use super::mutation::Dice;

/// What these files are made of.
pub(crate) const WORDS: &[&str] = &[
    "config",
    "spec",
    "4 3t 2 3t 4",
    "4 3t 2~ 4s",
    "loss",
    "MeanSquared",
    "BinaryCrossEntropy",
    "Adam",
    "Adadelta",
    "lengths",
    "Cosine",
    "steps",
    "parameters",
    "layers",
    "layer_type",
    "fc",
    "tanh",
    "relu",
    "regression",
    "filters",
    "biases",
    "w",
    "out_depth",
    "num_inputs",
    "F32",
    "F64",
    "shape",
    "data_offsets",
    "__metadata__",
    "network",
    "encoder.0.weight",
    "decoder.0.bias",
    "encoder.2.weight",
    "null",
    "true",
    "[]",
    "{}",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\u0000",
    "\\",
    "-",
    ".",
    "e",
];

/// The settings of networks that come without any.
static FALLBACK: LazyLock<TrainerConfig> =
    LazyLock::new(|| trainer("4 3t 2 3t 4", Loss::MeanSquared).config().clone());

/// The largest batch for which a trainer's memory is worth having in a test.
const LARGEST_BATCH: usize = 64;

/// A run: it is saved as it was read, and a trainer goes on with it.
pub(crate) fn bottleneck(bytes: &[u8], _: &mut Dice) -> Verdict {
    let check = || -> Result<(), FileError> {
        let Loaded::Run(state) = read(Format::Bottleneck, bytes, &FALLBACK)? else {
            panic!("a run was read as a network");
        };
        let saved = save_state(&state).expect("what was accepted can be saved");
        let kept = read(Format::Bottleneck, &saved, &FALLBACK).expect("what was saved is read back");
        if let Loaded::Run(again) = &kept {
            // Not the states: in them may be what is no number.
            assert!(save_state(again).as_ref() == Ok(&saved), "it is read back as another run");
        }
        if state.config.batch_size <= LARGEST_BATCH {
            let trainer = kept.into_trainer()?;
            assert!(save(Format::Bottleneck, &trainer) == Ok(saved), "the trainer goes on with another run");
        }
        Ok(())
    };
    Verdict { refused: check().err().map(|error| error.to_string()), worth: bytes.len() }
}

/// A network of ConvNetJS's: the same at once and in pieces, and saved as it was read.
pub(crate) fn convnetjs(bytes: &[u8], dice: &mut Dice) -> Verdict {
    let mut reading = ConvNetJsReader::default();
    let mut pieces = bytes.chunks(dice.random_range(1..=bytes.len().max(1)));
    let in_pieces = pieces.try_for_each(|piece| reading.push(piece)).and_then(|()| reading.finish(&FALLBACK));
    if dice.random_ratio(1, 4) {
        assert_eq!(read(Format::ConvNetJs, bytes, &FALLBACK), in_pieces, "in pieces it is another file");
    }
    network(Format::ConvNetJs, bytes.len(), in_pieces)
}

/// Tensors: saved as they were read.
pub(crate) fn safetensors(bytes: &[u8], _: &mut Dice) -> Verdict {
    network(Format::SafeTensors, bytes.len(), read(Format::SafeTensors, bytes, &FALLBACK))
}

fn network(format: Format, worth: usize, kept: Result<Loaded, FileError>) -> Verdict {
    let check = || -> Result<(), FileError> {
        let kept = kept?;
        let trainer = kept.clone().into_trainer().expect("what was accepted can be trained");
        match save(format, &trainer) {
            Ok(saved) => {
                let again = read(format, &saved, kept.config()).expect("what was saved is read back");
                assert_eq!(again, kept, "it is read back as another network");
                Ok(())
            }
            Err(error) => panic!("what was accepted cannot be saved: {error}"),
        }
    };
    Verdict { refused: check().err().map(|error| error.to_string()), worth }
}

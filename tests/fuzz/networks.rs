//! Invariants of the parsers of networks and runs.

use std::sync::LazyLock;

use bottleneck::files::{ConvNetJsReader, FileError, Format, Loaded, read, save, save_state};
use bottleneck::nn::Loss;
use bottleneck::train::TrainerConfig;
use rand::RngExt;

use super::corpus::trainer;
use super::engine::Outcome;
use super::mutation::Rng;

/// Words of these files, separated by `|`.
pub(crate) const WORDS: &str = "config|spec|4 3t 2 3t 4|4 3t 2~ 4s|loss|MeanSquared|BinaryCrossEntropy|Adam|Adadelta|\
    lengths|Cosine|steps|parameters|layers|layer_type|fc|tanh|relu|regression|filters|biases|w|\
    out_depth|num_inputs|F32|F64|shape|data_offsets|__metadata__|network|encoder.0.weight|\
    decoder.0.bias|encoder.2.weight|null|true|[]|{}|{|}|[|]|,|:|\"|\\u0000|\\|-|.|e";

/// The settings of networks from files without settings.
static FALLBACK: LazyLock<TrainerConfig> =
    LazyLock::new(|| trainer("4 3t 2 3t 4", Loss::MeanSquared).config().clone());

/// The largest batch for which a trainer is created: it allocates its memory.
const LARGEST_BATCH: usize = 64;

/// Checks that a run is saved as it was read, and that a trainer resumes it.
pub(crate) fn bottleneck(bytes: &[u8], _: &mut Rng) -> Outcome {
    let check = || -> Result<(), FileError> {
        let Loaded::Run(state, _) = read(Format::Bottleneck, bytes, &FALLBACK)? else {
            panic!("a run was read as a network");
        };
        let saved = save_state(&state).expect("an accepted run can be saved");
        let loaded = read(Format::Bottleneck, &saved, &FALLBACK).expect("a saved file is read back");
        if let Loaded::Run(again, _) = &loaded {
            // States are not compared, for they may contain NaN.
            assert!(save_state(again).as_ref() == Ok(&saved), "it is read back as another run");
        }
        if state.config.batch_size <= LARGEST_BATCH {
            let trainer = loaded.into_trainer()?;
            assert!(save(Format::Bottleneck, &trainer) == Ok(saved), "the trainer resumes another run");
        }
        Ok(())
    };
    Outcome { error: check().err().map(|error| error.to_string()), unpacked_len: bytes.len() }
}

/// Checks that a ConvNetJS network is the same in pieces as at once, and is saved as it was read.
pub(crate) fn convnetjs(bytes: &[u8], rng: &mut Rng) -> Outcome {
    let mut reader = ConvNetJsReader::default();
    let mut pieces = bytes.chunks(rng.random_range(1..=bytes.len().max(1)));
    let in_pieces = pieces.try_for_each(|piece| reader.push(piece)).and_then(|()| reader.finish(&FALLBACK));
    if rng.random_ratio(1, 4) {
        assert_eq!(read(Format::ConvNetJs, bytes, &FALLBACK), in_pieces, "in pieces it is another file");
    }
    network(Format::ConvNetJs, bytes.len(), in_pieces)
}

/// Checks that tensors are saved as they were read.
pub(crate) fn safetensors(bytes: &[u8], _: &mut Rng) -> Outcome {
    network(Format::SafeTensors, bytes.len(), read(Format::SafeTensors, bytes, &FALLBACK))
}

fn network(format: Format, unpacked_len: usize, loaded: Result<Loaded, FileError>) -> Outcome {
    let check = || -> Result<(), FileError> {
        let mut loaded = loaded?;
        // What is written states its activations.
        if let Loaded::Network { choices, .. } = &mut loaded {
            choices.clear();
        }
        let trainer = loaded.clone().into_trainer().expect("an accepted network can be trained");
        match save(format, &trainer) {
            Ok(saved) => {
                let again = read(format, &saved, loaded.config()).expect("a saved file is read back");
                assert_eq!(again, loaded, "it is read back as another network");
                Ok(())
            }
            Err(error) => panic!("an accepted network cannot be saved: {error}"),
        }
    };
    Outcome { error: check().err().map(|error| error.to_string()), unpacked_len }
}

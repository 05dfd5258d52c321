//! The `.bottleneck` format: a run that resumes bit for bit.
//!
//! | bytes | content |
//! |---|---|
//! | 8 | `BTLNECK1` |
//! | 4 | the length of the header, `u32` |
//! | | the header: settings, counters, the lengths of the arrays, and what the page shows of the run, as JSON |
//! | | parameters and the optimizer's two moments, `f32` |
//! | | the sampler's window and the indices that it has drawn, `u32` |
//! | 4 | CRC-32 of all bytes before |
//!
//! Integers and floats are little-endian.

mod header;

use std::ops::Range;

use self::header::{Header, Lengths};
use super::{FileError, RunHeader};
use crate::data::SamplerState;
use crate::data::crc::Crc32;
use crate::nn::OptimizerState;
use crate::train::TrainerState;

/// The first bytes of a file; the last one is the version.
const MAGIC: &[u8; 8] = b"BTLNECK1";

/// The bytes of a value, a length or the checksum.
const WORD: usize = 4;

/// The limit of the step and example counters: up to it, an `f64` is exact.
const MAX_STEPS: u64 = 1 << 53;

/// Writes a run.
///
/// # Errors
/// If a parameter is NaN or infinite, or the state is invalid.
pub(super) fn write(state: &TrainerState, run: Option<RunHeader>) -> Result<Vec<u8>, FileError> {
    let mut writer = BottleneckWriter::new(state, run)?;
    writer.advance(state, usize::MAX);
    Ok(writer.finish())
}

/// A `.bottleneck` file that is written in chunks: writing millions of parameters at once would block a frame.
#[derive(Debug)]
pub struct BottleneckWriter {
    bytes: Vec<u8>,
    checksum: Crc32,
    /// The index of the current array, and that of its next value.
    array: usize,
    next: usize,
}

impl BottleneckWriter {
    /// Writes the header of a file for `state`, with `run` in it.
    ///
    /// # Errors
    /// If a parameter is NaN or infinite, or the state is invalid.
    pub fn new(state: &TrainerState, run: Option<RunHeader>) -> Result<Self, FileError> {
        check(state)?;
        let header = serde_json::to_vec(&header(state, run)).map_err(|error| FileError::json(&error))?;
        let words = arrays(state).iter().map(Array::len).sum::<usize>();
        let mut bytes = Vec::with_capacity(MAGIC.len() + header.len() + WORD * (words + 2));
        bytes.extend_from_slice(MAGIC);
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        let mut checksum = Crc32::new();
        checksum.update(&bytes);
        Ok(Self { bytes, checksum, array: 0, next: 0 })
    }

    /// Writes up to `words` values of the same state, and returns whether those were the last.
    pub fn advance(&mut self, state: &TrainerState, mut words: usize) -> bool {
        let arrays = arrays(state);
        while let Some(array) = arrays.get(self.array).filter(|_| words > 0) {
            let count = words.min(array.len() - self.next);
            let start = self.bytes.len();
            array.write(self.next..self.next + count, &mut self.bytes);
            self.checksum.update(&self.bytes[start..]);
            words -= count;
            self.next += count;
            if self.next == array.len() {
                (self.array, self.next) = (self.array + 1, 0);
            }
        }
        self.array == arrays.len()
    }

    /// Returns the bytes, after all values have been written.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.extend(self.checksum.value().to_le_bytes());
        self.bytes
    }
}

fn header(state: &TrainerState, run: Option<RunHeader>) -> Header {
    let TrainerState { config, parameters, optimizer, sampler, noise, steps, examples } = state;
    Header {
        config: config.clone(),
        steps: *steps,
        examples: *examples,
        beta_powers: optimizer.beta_powers.map(f64::to_bits),
        sampler: SamplerState {
            rng: sampler.rng.clone(),
            permutation: Vec::new(),
            next: sampler.next,
            passes_left: sampler.passes_left,
            drawn: Vec::new(),
            in_flight: sampler.in_flight,
        },
        noise: noise.clone(),
        lengths: Lengths {
            parameters: parameters.len(),
            moment1: optimizer.moment1.len(),
            moment2: optimizer.moment2.len(),
            permutation: sampler.permutation.len(),
            drawn: sampler.drawn.len(),
        },
        run,
    }
}

/// An array of values of four bytes.
#[derive(Clone, Copy)]
enum Array<'a> {
    Floats(&'a [f32]),
    Indices(&'a [u32]),
}

/// Returns the arrays of a state in file order.
fn arrays(state: &TrainerState) -> [Array<'_>; 5] {
    let TrainerState { parameters, optimizer, sampler, .. } = state;
    [
        Array::Floats(parameters),
        Array::Floats(&optimizer.moment1),
        Array::Floats(&optimizer.moment2),
        Array::Indices(&sampler.permutation),
        Array::Indices(&sampler.drawn),
    ]
}

impl Array<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Floats(values) => values.len(),
            Self::Indices(values) => values.len(),
        }
    }

    fn write(&self, range: Range<usize>, bytes: &mut Vec<u8>) {
        match self {
            Self::Floats(values) => push_words(bytes, &values[range], f32::to_le_bytes),
            Self::Indices(values) => push_words(bytes, &values[range], u32::to_le_bytes),
        }
    }
}

/// Reads a run.
///
/// # Errors
/// If the bytes are not such a file. [`check`] checks the state in it.
pub(super) fn read(bytes: &[u8]) -> Result<(TrainerState, Option<RunHeader>), FileError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(FileError::WrongMagic)?;
    let (length, rest) = split(rest, WORD)?;
    let (header, rest) = split(rest, word(length) as usize)?;
    let Header { config, steps, examples, beta_powers, sampler, noise, lengths, run } = Header::read(header)?;

    let (parameters, rest) = array(rest, lengths.parameters, f32::from_le_bytes)?;
    let (moment1, rest) = array(rest, lengths.moment1, f32::from_le_bytes)?;
    let (moment2, rest) = array(rest, lengths.moment2, f32::from_le_bytes)?;
    let (permutation, rest) = array(rest, lengths.permutation, u32::from_le_bytes)?;
    let (drawn, rest) = array(rest, lengths.drawn, u32::from_le_bytes)?;
    let (checksum, rest) = split(rest, WORD)?;
    if !rest.is_empty() {
        return Err(FileError::TrailingBytes { count: rest.len() });
    }
    if word(checksum) != Crc32::of(&bytes[..bytes.len() - WORD]) {
        return Err(FileError::Checksum);
    }
    let optimizer = OptimizerState { moment1, moment2, beta_powers: beta_powers.map(f64::from_bits) };
    let sampler = SamplerState { permutation, drawn, ..sampler };
    Ok((TrainerState { config, parameters, optimizer, sampler, noise, steps, examples }, run))
}

/// Checks that a run can be resumed.
pub(super) fn check(state: &TrainerState) -> Result<(), FileError> {
    if !state.parameters.iter().all(|parameter| parameter.is_finite()) {
        return Err(FileError::NotFinite { what: "the parameters" });
    }
    state.validate()?;
    if state.steps.max(state.examples) > MAX_STEPS {
        return Err(FileError::TooManySteps);
    }
    Ok(())
}

/// Appends values of four bytes each, in one pass: a run may have ten million.
fn push_words<T: Copy>(bytes: &mut Vec<u8>, values: &[T], word: impl Fn(T) -> [u8; WORD]) {
    let start = bytes.len();
    bytes.resize(start + WORD * values.len(), 0);
    let (words, _) = bytes[start..].as_chunks_mut::<WORD>();
    words.iter_mut().zip(values).for_each(|(bytes, &value)| *bytes = word(value));
}

/// Splits off the first `length` bytes.
fn split(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), FileError> {
    bytes.split_at_checked(length).ok_or_else(|| FileError::Truncated { missing: length - bytes.len() })
}

/// Reads an array of `length` values and returns the remaining bytes too. It allocates only for bytes that are there.
fn array<T>(
    bytes: &[u8],
    length: usize,
    value: impl Fn([u8; WORD]) -> T,
) -> Result<(Vec<T>, &[u8]), FileError> {
    let (values, rest) = split(bytes, length.saturating_mul(WORD))?;
    let (words, _) = values.as_chunks::<WORD>();
    Ok((words.iter().map(|&word| value(word)).collect(), rest))
}

/// Decodes a little-endian integer.
fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte))
}

//! `.bottleneck`: a run with everything needed to resume, bit for bit.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `BTLNECK1` |
//! | 4 | the length of the header |
//! | | the header: settings, counters and the lengths of the lists, as JSON |
//! | | parameters and the two moments, numbers of single precision |
//! | | the sampler's pool and what it has drawn, whole numbers of 4 bytes |
//! | 4 | CRC-32 of all the bytes before |
//!
//! Numbers are little-endian.

mod header;

use std::ops::Range;

use self::header::{Header, Lengths};
use super::FileError;
use crate::data::SamplerState;
use crate::data::crc::Crc32;
use crate::nn::OptimizerState;
use crate::train::TrainerState;

/// How a file begins; the last letter is the version.
const MAGIC: &[u8; 8] = b"BTLNECK1";

/// Bytes of a number, a length or the checksum.
const WORD: usize = 4;

/// The most steps or examples that a run can have counted.
const MOST_STEPS: u64 = 1 << 53;

/// Writes a run.
///
/// # Errors
/// If a number is not finite or a setting invalid: such a run cannot go on.
pub(super) fn write(state: &TrainerState) -> Result<Vec<u8>, FileError> {
    let mut writer = BottleneckWriter::begin(state, Vec::new())?;
    writer.advance(state, usize::MAX);
    Ok(writer.finish())
}

/// A file that is written piece by piece: a run of millions of parameters would hold up a frame.
#[derive(Debug)]
pub struct BottleneckWriter {
    bytes: Vec<u8>,
    checksum: Crc32,
    /// The list to go on with, and its first number that is not written.
    list: usize,
    next: usize,
}

impl BottleneckWriter {
    /// Begins the file of `state`, after bytes that are none of it.
    ///
    /// # Errors
    /// If a number is not finite or a setting invalid: such a run cannot go on.
    pub fn begin(state: &TrainerState, before: Vec<u8>) -> Result<Self, FileError> {
        check(state)?;
        let header = serde_json::to_vec(&header(state)).map_err(|error| FileError::json(&error))?;
        let words = lists(state).iter().map(List::len).sum::<usize>();
        let (start, mut bytes) = (before.len(), before);
        bytes.reserve_exact(MAGIC.len() + header.len() + WORD * (words + 2));
        bytes.extend_from_slice(MAGIC);
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        let mut checksum = Crc32::new();
        checksum.update(&bytes[start..]);
        Ok(Self { bytes, checksum, list: 0, next: 0 })
    }

    /// Writes up to `words` numbers of the same state; whether that was the last of them.
    pub fn advance(&mut self, state: &TrainerState, mut words: usize) -> bool {
        let lists = lists(state);
        while let Some(list) = lists.get(self.list).filter(|_| words > 0) {
            let count = words.min(list.len() - self.next);
            let start = self.bytes.len();
            list.write(self.next..self.next + count, &mut self.bytes);
            self.checksum.update(&self.bytes[start..]);
            words -= count;
            self.next += count;
            if self.next == list.len() {
                (self.list, self.next) = (self.list + 1, 0);
            }
        }
        self.list == lists.len()
    }

    /// The bytes, once all is written.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.extend(self.checksum.value().to_le_bytes());
        self.bytes
    }
}

fn header(state: &TrainerState) -> Header {
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
    }
}

/// A list of numbers of four bytes each.
#[derive(Clone, Copy)]
enum List<'a> {
    Numbers(&'a [f32]),
    Indices(&'a [u32]),
}

/// The lists of a state, in the order of the file.
fn lists(state: &TrainerState) -> [List<'_>; 5] {
    let TrainerState { parameters, optimizer, sampler, .. } = state;
    [
        List::Numbers(parameters),
        List::Numbers(&optimizer.moment1),
        List::Numbers(&optimizer.moment2),
        List::Indices(&sampler.permutation),
        List::Indices(&sampler.drawn),
    ]
}

impl List<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Numbers(list) => list.len(),
            Self::Indices(list) => list.len(),
        }
    }

    fn write(&self, range: Range<usize>, bytes: &mut Vec<u8>) {
        match self {
            Self::Numbers(list) => push_words(bytes, &list[range], f32::to_le_bytes),
            Self::Indices(list) => push_words(bytes, &list[range], u32::to_le_bytes),
        }
    }
}

/// Reads a run.
///
/// # Errors
/// If the bytes are not a file of this kind. Whether the run in it can go on is for [`check`] to say.
pub(super) fn read(bytes: &[u8]) -> Result<TrainerState, FileError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(FileError::WrongMagic)?;
    let (length, rest) = split(rest, WORD)?;
    let (header, rest) = split(rest, word(length) as usize)?;
    let Header { config, steps, examples, beta_powers, sampler, noise, lengths } = Header::read(header)?;

    let (parameters, rest) = list(rest, lengths.parameters, f32::from_le_bytes)?;
    let (moment1, rest) = list(rest, lengths.moment1, f32::from_le_bytes)?;
    let (moment2, rest) = list(rest, lengths.moment2, f32::from_le_bytes)?;
    let (permutation, rest) = list(rest, lengths.permutation, u32::from_le_bytes)?;
    let (drawn, rest) = list(rest, lengths.drawn, u32::from_le_bytes)?;
    let (checksum, rest) = split(rest, WORD)?;
    if !rest.is_empty() {
        return Err(FileError::TrailingBytes { count: rest.len() });
    }
    if word(checksum) != Crc32::of(&bytes[..bytes.len() - WORD]) {
        return Err(FileError::Checksum);
    }
    let optimizer = OptimizerState { moment1, moment2, beta_powers: beta_powers.map(f64::from_bits) };
    let sampler = SamplerState { permutation, drawn, ..sampler };
    Ok(TrainerState { config, parameters, optimizer, sampler, noise, steps, examples })
}

/// Refuses a run that cannot go on.
pub(super) fn check(state: &TrainerState) -> Result<(), FileError> {
    if !state.parameters.iter().all(|parameter| parameter.is_finite()) {
        return Err(FileError::NotFinite { what: "the parameters" });
    }
    state.validate()?;
    if state.steps.max(state.examples) > MOST_STEPS {
        return Err(FileError::TooManySteps);
    }
    Ok(())
}

/// Appends numbers of four bytes each, in one sweep: a run may have ten million.
fn push_words<T: Copy>(bytes: &mut Vec<u8>, numbers: &[T], word: impl Fn(T) -> [u8; WORD]) {
    let start = bytes.len();
    bytes.resize(start + WORD * numbers.len(), 0);
    let (words, _) = bytes[start..].as_chunks_mut::<WORD>();
    words.iter_mut().zip(numbers).for_each(|(place, &number)| *place = word(number));
}

/// The first `length` bytes, and those after them.
fn split(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), FileError> {
    bytes.split_at_checked(length).ok_or_else(|| FileError::Truncated { missing: length - bytes.len() })
}

/// A list of `length` numbers and the bytes after it. Memory is taken only once the bytes are known to be there.
fn list<T>(
    bytes: &[u8],
    length: usize,
    number: impl Fn([u8; WORD]) -> T,
) -> Result<(Vec<T>, &[u8]), FileError> {
    let (numbers, rest) = split(bytes, length.saturating_mul(WORD))?;
    let (words, _) = numbers.as_chunks::<WORD>();
    Ok((words.iter().map(|&word| number(word)).collect(), rest))
}

/// The whole number in four bytes.
fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

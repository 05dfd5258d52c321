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

use super::SnapshotError;
use super::header::{Header, Lengths};
use crate::crc::Crc32;
use crate::data::SamplerState;
use crate::nn::Memory;
use crate::trainer::TrainerState;

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
pub(super) fn write(state: &TrainerState) -> Result<Vec<u8>, SnapshotError> {
    check(state)?;
    let TrainerState { config, parameters, memory, sampler, noise, steps, examples } = state;
    let header = Header {
        config: config.clone(),
        steps: *steps,
        examples: *examples,
        beta_powers: memory.beta_powers.map(f64::to_bits),
        sampler: SamplerState { permutation: Vec::new(), drawn: Vec::new(), ..sampler.clone() },
        noise: noise.clone(),
        lengths: Lengths {
            parameters: parameters.len(),
            moment1: memory.moment1.len(),
            moment2: memory.moment2.len(),
            permutation: sampler.permutation.len(),
            drawn: sampler.drawn.len(),
        },
    };
    let header = serde_json::to_vec(&header).map_err(|error| SnapshotError::json(&error))?;
    let numbers = [parameters, &memory.moment1, &memory.moment2];
    let indices = [&sampler.permutation, &sampler.drawn];
    let words =
        numbers.iter().map(|list| list.len()).chain(indices.iter().map(|list| list.len())).sum::<usize>();
    let mut bytes = Vec::with_capacity(MAGIC.len() + header.len() + WORD * (words + 2));
    bytes.extend_from_slice(MAGIC);
    bytes.extend((header.len() as u32).to_le_bytes());
    bytes.extend(header);
    numbers.iter().for_each(|list| push_words(&mut bytes, list, f32::to_le_bytes));
    indices.iter().for_each(|list| push_words(&mut bytes, list, u32::to_le_bytes));
    let checksum = Crc32::of(&bytes);
    bytes.extend(checksum.to_le_bytes());
    Ok(bytes)
}

/// Reads a run.
///
/// # Errors
/// If the bytes are not a file of this kind. Whether the run in it can go on is for [`check`] to say.
pub(super) fn read(bytes: &[u8]) -> Result<TrainerState, SnapshotError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(SnapshotError::WrongMagic)?;
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
        return Err(SnapshotError::TrailingBytes { count: rest.len() });
    }
    if word(checksum) != Crc32::of(&bytes[..bytes.len() - WORD]) {
        return Err(SnapshotError::Checksum);
    }
    let memory = Memory { moment1, moment2, beta_powers: beta_powers.map(f64::from_bits) };
    let sampler = SamplerState { permutation, drawn, ..sampler };
    Ok(TrainerState { config, parameters, memory, sampler, noise, steps, examples })
}

/// Refuses a run that cannot go on.
pub(super) fn check(state: &TrainerState) -> Result<(), SnapshotError> {
    if !state.parameters.iter().all(|parameter| parameter.is_finite()) {
        return Err(SnapshotError::NotFinite { what: "the parameters" });
    }
    state.validate()?;
    if state.steps.max(state.examples) > MOST_STEPS {
        return Err(SnapshotError::TooManySteps);
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
fn split(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), SnapshotError> {
    bytes.split_at_checked(length).ok_or_else(|| SnapshotError::Truncated { missing: length - bytes.len() })
}

/// A list of `length` numbers and the bytes after it. Memory is taken only once the bytes are known to be there.
fn list<T>(
    bytes: &[u8],
    length: usize,
    number: impl Fn([u8; WORD]) -> T,
) -> Result<(Vec<T>, &[u8]), SnapshotError> {
    let (numbers, rest) = split(bytes, length.saturating_mul(WORD))?;
    let (words, _) = numbers.as_chunks::<WORD>();
    Ok((words.iter().map(|&word| number(word)).collect(), rest))
}

/// The whole number in four bytes.
fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

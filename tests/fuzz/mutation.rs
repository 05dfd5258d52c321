//! Mutations of a file: flipped bits, removed, copied and joined pieces, replaced lengths and numbers.

use std::ops::Range;

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

pub(crate) type Rng = Xoshiro256PlusPlus;

/// Edge cases of numbers, for fields of any width.
const EDGES: [u64; 14] =
    [0, 1, 2, 27, 29, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 1 << 53, u64::MAX >> 1, u64::MAX];

/// Edge cases of numbers as text, and invalid ones, separated by `|`.
const DECIMALS: &str = "0|-0|1|-1|2|784|4096|4097|65536|4294967295|4294967296|9007199254740993|18446744073709551615|\
    18446744073709551616|0.5|1e-46|1e39|1e999|NaN|null";

/// Mutates `bytes` a few times, with pieces of `other`, which is part of another file, and `words` of the format.
pub(crate) fn mutate(bytes: &mut Vec<u8>, other: &[u8], words: &[&str], rng: &mut Rng) {
    loop {
        once(bytes, other, words, rng);
        if rng.random_bool(0.5) {
            return;
        }
    }
}

fn once(bytes: &mut Vec<u8>, other: &[u8], words: &[&str], rng: &mut Rng) {
    let at = rng.random_range(0..=bytes.len());
    match rng.random_range(0..16) {
        0 | 1 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
        2 if at < bytes.len() => bytes[at] = rng.random(),
        3 => bytes.truncate(at),
        4 => drop(bytes.drain(range(bytes.len(), rng))),
        5 => {
            let noise: [u8; 8] = rng.random();
            insert(bytes, at, &noise[..rng.random_range(1..=8)]);
        }
        6 => {
            let copy = bytes[range(bytes.len(), rng)].to_vec();
            let times = if rng.random_bool(0.05) { 64 } else { 1 };
            insert(bytes, at, &copy.repeat(if copy.len() <= 64 { times } else { 1 }));
        }
        7 => {
            let from = rng.random_range(0..=other.len());
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        8 => replace(bytes, at, &other[range(other.len(), rng)], rng),
        9 => {
            let number =
                EDGES[rng.random_range(0..EDGES.len())].wrapping_add(rng.random_range(0..3)).wrapping_sub(1);
            let width = 1 << rng.random_range(0..4);
            let (little, big) = (number.to_le_bytes(), number.to_be_bytes());
            let field = if rng.random_bool(0.5) { &little[..width] } else { &big[8 - width..] };
            let end = bytes.len().min(at + width);
            bytes.splice(at..end, field.iter().copied());
        }
        10 | 11 => {
            let Some(digits) = digits_after(bytes, at) else { return };
            let decimals: Vec<_> = DECIMALS.split('|').collect();
            let text = decimals[rng.random_range(0..decimals.len())];
            bytes.splice(digits, text.bytes());
        }
        12..14 => {
            if let Some(digits) = digits_after(bytes, at) {
                bytes[rng.random_range(digits)] = rng.random_range(b'0'..=b'9');
            }
        }
        _ if words.is_empty() => insert(bytes, at, &[0; 4]),
        _ => replace(bytes, at, words[rng.random_range(0..words.len())].as_bytes(), rng),
    }
}

/// Inserts `piece`, or replaces as many bytes or the word that is there.
fn replace(bytes: &mut Vec<u8>, at: usize, piece: &[u8], rng: &mut Rng) {
    let rest = &bytes[at..];
    let len = match rng.random_range(0..3) {
        0 => 0,
        1 => rest.len().min(piece.len()),
        _ => rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count(),
    };
    bytes.splice(at..at + len, piece.iter().copied());
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// Draws a range within `len`, more often a short one.
fn range(len: usize, rng: &mut Rng) -> Range<usize> {
    let start = rng.random_range(0..=len);
    let longest = if rng.random_bool(0.8) { 16 } else { len };
    start..(start + rng.random_range(0..=longest)).min(len)
}

/// Finds the first decimal number at or after a position.
fn digits_after(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let start = at + bytes[at..].iter().position(u8::is_ascii_digit)?;
    Some(start..start + bytes[start..].iter().take_while(|byte| is_part(byte)).count())
}

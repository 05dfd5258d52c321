//! Valid files give the same items in chunks of any size, and every fault of a file is refused.

use std::io::Write as _;

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::data::formats::MAX_ITEMS;
use crate::data::formats::array::ArrayError;

/// Returns a file of `count` random items, which gzip cannot compress away.
fn file(kind: Kind, count: usize, seed: u64) -> Vec<u8> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut file = encode_header(kind, count as u32);
    file.extend((0..count * kind.item_len()).map(|_| rng.random::<u8>()));
    file
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Pushes `bytes` in chunks of `len` bytes, and drains the items after each.
fn parse_by(kind: Kind, bytes: &[u8], len: usize) -> Result<Vec<u8>, FileProblem> {
    let (mut idx, mut out) = (IdxParser::new(kind), Vec::new());
    for chunk in bytes.chunks(len) {
        idx.push(chunk)?;
        idx.drain_into(&mut out)?;
        assert_eq!(out.len(), idx.received_len() * kind.item_len());
    }
    idx.finish()?;
    idx.drain_into(&mut out)?;
    assert_eq!(idx.expected_len(), Some(idx.received_len()));
    Ok(out)
}

/// Returns the fault of `bytes`, which is the same in chunks of any size.
fn fault(kind: Kind, bytes: &[u8]) -> FileProblem {
    let fault = parse_by(kind, bytes, usize::MAX).unwrap_err();
    for len in [1, 7, 1000] {
        assert_eq!(parse_by(kind, bytes, len).unwrap_err(), fault, "in chunks of {len}");
    }
    fault
}

#[test]
fn both_kinds_are_parsed_in_either_encoding_and_chunks_of_any_size() {
    for (kind, count) in [(Kind::Images, 150), (Kind::Labels, 70_001), (Kind::Images, 1)] {
        let plain = file(kind, count, 1);
        let expected = plain[encode_header(kind, 0).len()..].to_vec();
        for encoded in [plain.clone(), gzip(&plain)] {
            for len in [1, 2, 7, 784, 65_536, usize::MAX] {
                assert_eq!(parse_by(kind, &encoded, len).as_ref(), Ok(&expected), "chunks of {len}");
            }
        }
    }
}

/// The first images leave before it is known whether a byte is above 1.
#[test]
fn the_darkest_images_stay_as_they_are() {
    let plain = [encode_header(Kind::Images, 3), vec![0; PIXELS], vec![1; PIXELS], vec![9; PIXELS]].concat();
    for len in [100, usize::MAX] {
        assert_eq!(parse_by(Kind::Images, &plain, len).unwrap(), plain[16..], "chunks of {len}");
    }
}

#[test]
fn everything_that_can_be_unpacked_is_output() {
    let plain = file(Kind::Images, 100, 4);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&plain[..16 + 10 * PIXELS]).unwrap();
    encoder.flush().unwrap();
    let (mut idx, mut out) = (IdxParser::new(Kind::Images), vec![42]);
    idx.push(encoder.get_ref()).unwrap();
    idx.drain_into(&mut out).unwrap();
    idx.drain_into(&mut out).unwrap();
    assert_eq!((idx.expected_len(), idx.received_len()), (Some(100), 10));
    assert_eq!(out[1..], plain[16..16 + 10 * PIXELS]);
}

#[test]
fn gzip_may_have_several_members_and_all_header_fields() {
    let plain = file(Kind::Images, 20, 5);
    let mut gzipped = gzip(&plain[..10]);
    gzipped.extend(gzip(&[]));
    let named = GzBuilder::new().filename("train").comment("digits").extra(vec![1; 300]);
    let mut encoder = named.write(gzipped, Compression::best());
    encoder.write_all(&plain[10..]).unwrap();
    let gzipped = encoder.finish().unwrap();
    for len in [1, 7, usize::MAX] {
        assert_eq!(parse_by(Kind::Images, &gzipped, len).unwrap(), plain[16..], "chunks of {len}");
    }
}

#[test]
fn the_checksum_of_a_gzip_header_is_verified() {
    let plain = file(Kind::Labels, 20, 6);
    let mut gzipped = gzip(&plain);
    gzipped[3] |= 1 << 1;
    let [low, high, ..] = crc32fast::hash(&gzipped[..10]).to_le_bytes();
    gzipped.splice(10..10, [low, high]);
    assert_eq!(parse_by(Kind::Labels, &gzipped, 1).unwrap(), plain[8..]);
    gzipped[11] ^= 1;
    assert_eq!(parse_by(Kind::Labels, &gzipped, 1), Err(FileProblem::Gzip));
}

#[test]
fn other_files_are_refused() {
    for (kind, other) in [(Kind::Images, Kind::Labels), (Kind::Labels, Kind::Images)] {
        let other = fault(kind, &file(other, 3, 13));
        assert!(matches!(other, FileProblem::Array(ArrayError::Shape(_))), "{other}");
    }
    let with = |at: usize, byte: u8| {
        let mut bytes = file(Kind::Images, 2, 6);
        bytes[at] = byte;
        let fault = fault(Kind::Images, &gzip(&bytes));
        assert!(matches!(fault, FileProblem::Array(_)), "{fault}");
        fault.to_string()
    };
    for (at, byte, part) in [
        (0, b'P', "header"),
        (2, 0x0d, "of the type other than bytes"),
        (2, 0x0a, "header"),
        (3, 4, "shape is [2, 28, 28"),
        (7, 0, "shape is [0, 28, 28]"),
        (11, 27, "shape is [2, 27, 28]"),
        (4, 255, "4278190082 items"),
    ] {
        assert!(with(at, byte).contains(part), "{}", with(at, byte));
    }
    for empty in [&[][..], &[0], &gzip(&[])] {
        assert!(fault(Kind::Images, empty).to_string().contains("header"));
    }
}

#[test]
fn every_truncation_is_refused() {
    let plain = file(Kind::Images, 2, 7);
    let gzipped = gzip(&plain);
    for len in 1..plain.len() {
        let expected = match len.checked_sub(16) {
            None => ArrayError::Header,
            Some(bytes) => ArrayError::Len { expected: 2, found: bytes / PIXELS },
        };
        assert_eq!(parse_by(Kind::Images, &plain[..len], 700), Err(expected.into()), "after {len}");
    }
    for len in 1..gzipped.len() {
        let fault = fault(Kind::Images, &gzipped[..len]);
        let is_whole = len + 8 >= gzipped.len();
        let is_counted = matches!(fault, FileProblem::Array(_));
        assert!(is_counted || is_whole || len < 100, "after {len}: {fault}");
        assert!(is_counted || fault == FileProblem::Gzip, "after {len}: {fault}");
    }
}

#[test]
fn trailing_bytes_are_refused() {
    for kind in [Kind::Images, Kind::Labels] {
        let plain = file(kind, 3, 9);
        let gzipped = gzip(&plain);
        let surplus: FileProblem = ArrayError::Len { expected: 3, found: 4 }.into();
        assert_eq!(fault(kind, &[&plain[..], &[0]].concat()), surplus);
        assert_eq!(fault(kind, &[&gzipped[..], &gzipped].concat()), surplus);
        for garbage in [&[0][..], &[0; 100], &[0x1f, 0x8b], &gzip(&[])[..15]] {
            assert_eq!(fault(kind, &[&gzipped, garbage].concat()), FileProblem::Gzip, "{garbage:?}");
        }
        let (mut idx, mut out) = (IdxParser::new(kind), Vec::new());
        idx.push(&plain).unwrap();
        assert_eq!((idx.finish(), idx.finish(), idx.push(&[])), (Ok(()), Ok(()), Ok(())));
        idx.drain_into(&mut out).unwrap();
        assert_eq!((idx.push(&[0]), idx.finish()), (Err(surplus.clone()), Err(surplus)), "a fault is final");
    }
}

#[test]
fn any_changed_byte_of_a_gzip_trailer_is_refused() {
    let gzipped = gzip(&file(Kind::Images, 3, 10));
    for from_end in 1..=8 {
        let mut broken = gzipped.clone();
        broken[gzipped.len() - from_end] ^= 0x10;
        assert_eq!(fault(Kind::Images, &broken), FileProblem::Gzip, "byte {from_end} from the end");
    }
}

/// 64 kB unpack to 64 MB.
#[test]
fn a_gzip_bomb_is_stopped() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&encode_header(Kind::Images, 10)).unwrap();
    for _ in 0..64 {
        encoder.write_all(&[0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let mut idx = IdxParser::new(Kind::Images);
    assert_eq!(idx.push(&bomb), Err(ArrayError::Len { expected: 10, found: 11 }.into()));
    assert_eq!(idx.received_len(), 10);
}

#[test]
fn memory_is_reserved_exactly_once_a_share_has_arrived() {
    let count = 5_000;
    let plain = file(Kind::Images, count, 20);
    let (mut idx, mut out, mut capacities) = (IdxParser::new(Kind::Images), Vec::new(), Vec::new());
    for chunk in plain.chunks(65_536) {
        idx.push(chunk).unwrap();
        idx.drain_into(&mut out).unwrap();
        let is_reserved = 32 * idx.received_len() >= count;
        assert!(is_reserved || out.capacity() <= 2 * count / 32 * PIXELS, "{} bytes", out.capacity());
        capacities.extend(is_reserved.then_some(out.capacity()));
    }
    assert!(capacities.iter().all(|&capacity| capacity == count * PIXELS), "{capacities:?}");
    assert_eq!(out, plain[16..]);

    // A thousand blank images take a thousand bytes in gzip.
    let mut blank = encode_header(Kind::Images, MAX_ITEMS as u32);
    blank.resize(blank.len() + 1_200 * PIXELS, 0);
    let (mut idx, mut out) = (IdxParser::new(Kind::Images), Vec::new());
    for chunk in gzip(&blank).chunks(100) {
        idx.push(chunk).unwrap();
        idx.drain_into(&mut out).unwrap();
    }
    assert_eq!(idx.received_len(), 1_200);
    assert!(out.capacity() <= 2 * 1_200 * PIXELS, "{} bytes", out.capacity());
}

/// Searching all remaining bytes for the end of each header would take minutes.
#[test]
fn a_hundred_thousand_empty_members_are_parsed_quickly() {
    let plain = file(Kind::Labels, 20, 22);
    let mut gzipped = gzip(&[]).repeat(100_000);
    gzipped.extend(gzip(&plain));
    let start = std::time::Instant::now();
    assert_eq!(parse_by(Kind::Labels, &gzipped, usize::MAX).unwrap(), plain[8..]);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn a_truncated_stream_gives_the_same_items_in_chunks_of_any_size() {
    let mut blank = encode_header(Kind::Images, 300);
    blank.resize(blank.len() + 300 * PIXELS, 0);
    let gzipped = gzip(&blank);
    for end in (30..gzipped.len() - 8).step_by(5) {
        let at_once = parse_by(Kind::Images, &gzipped[..end], usize::MAX);
        for len in [1, 3, 64] {
            assert_eq!(parse_by(Kind::Images, &gzipped[..end], len), at_once, "{len} of {end} bytes");
        }
    }
}

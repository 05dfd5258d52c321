//! Valid files give the same items in chunks of any size, and every fault of a file is refused.

use std::io::Write as _;

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// Returns a file of `count` random items, which gzip cannot compress away.
fn file(kind: Kind, count: usize, seed: u64) -> Vec<u8> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut file = encode_header(kind, count as u32);
    file.extend((0..count * kind.item_len()).map(|_| rng.random::<u8>()));
    file
}

/// Returns the bytes after the header of a [`file`].
fn items(kind: Kind, file: &[u8]) -> Vec<u8> {
    file[encode_header(kind, 0).len()..].to_vec()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Pushes `bytes` in chunks of `len` bytes, and drains the items after each.
fn parse_by(mut idx: IdxParser, bytes: &[u8], len: usize) -> Result<(Kind, Vec<u8>), IdxError> {
    let mut out = Vec::new();
    for chunk in bytes.chunks(len) {
        idx.push(chunk)?;
        idx.drain_into(&mut out)?;
        assert_eq!(out.len(), idx.received_len() * idx.kind().map_or(0, Kind::item_len));
    }
    idx.finish()?;
    idx.drain_into(&mut out)?;
    assert_eq!(idx.expected_len(), Some(idx.received_len()));
    Ok((idx.kind().unwrap(), out))
}

#[test]
fn both_kinds_are_parsed_in_either_encoding_and_chunks_of_any_size() {
    for (kind, count) in [(Kind::Images, 150), (Kind::Labels, 70_001), (Kind::Images, 1)] {
        let plain = file(kind, count, 1);
        let expected = (kind, items(kind, &plain));
        for encoded in [plain.clone(), gzip(&plain)] {
            for len in [1, 2, 7, 784, 65_536, usize::MAX] {
                assert_eq!(
                    parse_by(IdxParser::new(), &encoded, len).as_ref(),
                    Ok(&expected),
                    "chunks of {len}"
                );
            }
        }
    }
}

#[test]
fn images_can_be_drained_before_the_file_is_complete() {
    let plain = file(Kind::Images, 100, 3);
    let mut idx = IdxParser::new();
    idx.push(&plain[..16 + 3 * PIXELS + 5]).unwrap();
    assert_eq!((idx.kind(), idx.expected_len(), idx.received_len()), (Some(Kind::Images), Some(100), 3));
    assert_eq!(idx.bytes(), &plain[16..16 + 3 * PIXELS]);

    let mut out = vec![42];
    assert_eq!(idx.drain_into(&mut out), Ok(3));
    assert_eq!(idx.drain_into(&mut out), Ok(0));
    assert!(idx.bytes().is_empty());
    idx.push(&plain[16 + 3 * PIXELS + 5..16 + 5 * PIXELS]).unwrap();
    assert_eq!(idx.received_len(), 5);
    assert_eq!(idx.drain_into(&mut out), Ok(2));
    assert_eq!(out[1..], plain[16..16 + 5 * PIXELS]);
}

#[test]
fn everything_that_can_be_unpacked_is_output() {
    let plain = file(Kind::Images, 100, 4);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&plain[..16 + 10 * PIXELS]).unwrap();
    encoder.flush().unwrap();
    let mut idx = IdxParser::new();
    idx.push(encoder.get_ref()).unwrap();
    assert_eq!((idx.expected_len(), idx.received_len()), (Some(100), 10));
    assert_eq!(idx.bytes(), &plain[16..16 + 10 * PIXELS]);
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
        let parsed = parse_by(IdxParser::new(), &gzipped, len);
        assert_eq!(parsed, Ok((Kind::Images, plain[16..].to_vec())), "chunks of {len}");
    }
}

#[test]
fn the_checksum_of_a_gzip_header_is_verified() {
    let plain = file(Kind::Labels, 20, 6);
    let mut gzipped = gzip(&plain);
    gzipped[3] |= 1 << 1;
    let [low, high, ..] = crc32fast::hash(&gzipped[..10]).to_le_bytes();
    gzipped.splice(10..10, [low, high]);
    assert_eq!(parse_by(IdxParser::new(), &gzipped, 1), Ok((Kind::Labels, plain[8..].to_vec())));
    gzipped[11] ^= 1;
    assert_eq!(parse_by(IdxParser::new(), &gzipped, 1), Err(IdxError::Gzip));
}

#[test]
fn a_label_may_be_any_byte() {
    let mut plain = encode_header(Kind::Labels, 256);
    plain.extend(0..=255);
    for encoded in [gzip(&plain), plain.clone()] {
        assert_eq!(parse_by(IdxParser::new(), &encoded, 10), Ok((Kind::Labels, plain[8..].to_vec())));
    }
}

#[test]
fn bytes_after_the_end_are_refused() {
    let plain = file(Kind::Labels, 3, 15);
    for encoded in [gzip(&plain), plain] {
        let mut idx = IdxParser::new();
        idx.push(&encoded).unwrap();
        assert_eq!(idx.finish(), Ok(()));
        assert_eq!(idx.finish(), Ok(()));
        assert_eq!(idx.push(&[]), Ok(()));
        assert_eq!(idx.bytes().len(), 3);
        let trailing = Err(IdxError::Trailing { kind: Kind::Labels, promised: 3 });
        assert_eq!(idx.push(&[0]), trailing);
        assert_eq!(idx.finish(), trailing);
    }
}

#[test]
fn a_different_number_of_labels_is_refused() {
    assert_eq!(check_label_count(60_000, 60_000), Ok(()));
    assert_eq!(
        check_label_count(1, 10_000).unwrap_err().to_string(),
        "1 image and 10000 labels do not belong together: every image needs one label. Choose two files that match."
    );
}

/// Returns the error of `bytes`, which is the same in chunks of any size.
fn error_of(bytes: &[u8]) -> IdxError {
    let error = parse_by(IdxParser::new(), bytes, usize::MAX).unwrap_err();
    for len in [1, 7, 1000] {
        assert_eq!(parse_by(IdxParser::new(), bytes, len).unwrap_err(), error, "in chunks of {len}");
    }
    error
}

/// Returns the error of a plain file, which is also that of the gzipped file.
fn error_of_both(plain: &[u8]) -> IdxError {
    let error = error_of(plain);
    assert_eq!(error_of(&gzip(plain)), error, "under gzip");
    error
}

#[test]
fn an_empty_file_is_refused() {
    assert_eq!(error_of(&[]), IdxError::Empty);
    assert_eq!(error_of(&gzip(&[])), IdxError::Empty);
}

#[test]
fn other_formats_are_refused_by_name() {
    for (bytes, likeness) in [
        (&b"\x89PNG\r\n\x1a\n0000"[..], "begins with 89 50 4e 47, like a PNG image. Choose"),
        (b"\xff\xd8\xff\xe0JFIF", "JPEG"),
        (b"PK\x03\x04....", "zip"),
        (b"<!doctype html>", "web page"),
        (b"label,1x1,1x2", "like text"),
        (b"\x03\x08\0\0\x60\xea\0\0", "byte order"),
        (b"\x1f\x8c\x08\0", "begins with 1f 8c 08 00. Choose"),
        (b"\0\0\0\x18ftypmp42", "begins with 00 00 00 18. Choose"),
        (b"\x01\0\x08\x03", "begins with 01 00 08 03. Choose"),
        (&[0; 100], "begins with 00 00 00 00. Choose"),
    ] {
        let error = error_of_both(bytes);
        assert_eq!(error, IdxError::BadMagic { found: [bytes[0], bytes[1], bytes[2], bytes[3]] });
        let message = error.to_string();
        assert!(message.starts_with("This is not an IDX file: it begins with "), "{message}");
        assert!(message.contains(likeness), "{likeness}: {message}");
    }
    let twice = gzip(&gzip(&file(Kind::Images, 1, 0)));
    assert!(error_of(&twice).to_string().contains("packed by gzip twice"));
}

#[test]
fn unsupported_headers_are_refused() {
    let with = |changes: &[(usize, u8)]| {
        let mut bytes = file(Kind::Images, 2, 6);
        for &(at, byte) in changes {
            bytes[at] = byte;
        }
        error_of_both(&bytes)
    };
    for found in [0x09, 0x0b, 0x0c, 0x0d, 0x0e] {
        assert_eq!(with(&[(2, found)]), IdxError::WrongElementType { found });
    }
    for found in [0, 2, 4, 255] {
        assert_eq!(with(&[(3, found)]), IdxError::WrongRank { found });
    }
    assert_eq!(with(&[(11, 27)]), IdxError::WrongSize { rows: 27, columns: 28 });
    assert_eq!(with(&[(12, 1)]), IdxError::WrongSize { rows: 28, columns: 0x0100_001c });
    assert_eq!(with(&[(7, 0)]), IdxError::NoItems { kind: Kind::Images });
    assert_eq!(with(&[(4, 255)]), IdxError::TooMany { kind: Kind::Images, count: 0xff00_0002 });
}

#[test]
fn the_promised_number_of_items_is_limited() {
    let most = MAX_ITEMS as u32;
    for kind in [Kind::Images, Kind::Labels] {
        assert_eq!(error_of_both(&encode_header(kind, 0)), IdxError::NoItems { kind });
        let truncated = IdxError::Truncated { kind, arrived: 0, promised: MAX_ITEMS };
        assert_eq!(error_of_both(&encode_header(kind, most)), truncated);
        let too_many = IdxError::TooMany { kind, count: most + 1 };
        assert_eq!(error_of_both(&encode_header(kind, most + 1)), too_many);
    }
}

#[test]
fn a_header_alone_reserves_no_memory() {
    let mut idx = IdxParser::new();
    idx.push(&encode_header(Kind::Images, MAX_ITEMS as u32)).unwrap();
    idx.push(&[0; 1000]).unwrap();
    assert!(idx.plain.capacity() < 5000, "{} bytes for 1000", idx.plain.capacity());
}

#[test]
fn the_exact_memory_is_reserved_once_a_share_has_arrived() {
    let count = 5_000;
    let plain = file(Kind::Images, count, 20);
    let (mut idx, mut out, mut capacities) = (IdxParser::new(), Vec::new(), Vec::new());
    for chunk in plain.chunks(65_536) {
        idx.push(chunk).unwrap();
        idx.drain_into(&mut out).unwrap();
        let is_reserved = 32 * idx.received_len() >= count;
        assert!(is_reserved || out.capacity() <= 2 * count / 32 * PIXELS, "{} bytes", out.capacity());
        capacities.extend(is_reserved.then_some(out.capacity()));
        assert!(idx.plain.capacity() <= 1 << 18, "the parser keeps {} bytes", idx.plain.capacity());
    }
    assert!(capacities.iter().all(|&capacity| capacity == count * PIXELS), "{capacities:?}");
    assert_eq!(out, plain[16..]);
}

#[test]
fn a_file_pushed_at_once_is_moved_out_without_a_copy() {
    for count in [3, 1_500] {
        let plain = file(Kind::Images, count, 21);
        for encoded in [gzip(&plain), plain.clone()] {
            let mut idx = IdxParser::new();
            idx.push(&encoded).unwrap();
            assert_eq!(idx.plain.capacity(), count * PIXELS);
            let before = idx.bytes().as_ptr();
            let mut out = Vec::new();
            assert_eq!(idx.drain_into(&mut out), Ok(count));
            assert_eq!((out.as_ptr(), out.capacity(), idx.plain.capacity()), (before, count * PIXELS, 0));
            assert!(out == plain[16..] && idx.finish().is_ok());
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    let plain = file(Kind::Images, 2, 7);
    for len in 1..plain.len() {
        let expected = if len < 16 {
            IdxError::TruncatedHeader { arrived: len }
        } else {
            IdxError::Truncated { kind: Kind::Images, arrived: (len - 16) / PIXELS, promised: 2 }
        };
        assert_eq!(parse_by(IdxParser::new(), &plain[..len], 700), Err(expected), "after {len}");
    }
    assert_eq!(
        error_of(&plain[..800]).to_string(),
        "The file is cut off: its header promises 2 images, but only 1 arrived whole. Download it again."
    );
    // A complete gzip file of too few items.
    let short = IdxError::Truncated { kind: Kind::Images, arrived: 1, promised: 2 };
    assert_eq!(error_of_both(&plain[..800]), short);
}

#[test]
fn every_truncation_of_gzip_is_refused() {
    let gzipped = gzip(&file(Kind::Images, 2, 8));
    let mut arrived_once = false;
    for len in 1..gzipped.len() {
        match error_of(&gzipped[..len]) {
            IdxError::TruncatedHeader { arrived: 1 } => assert_eq!(len, 1),
            IdxError::Truncated { kind: Kind::Images, arrived, promised: 2 } => arrived_once |= arrived == 1,
            IdxError::Gzip => assert!(!(100..gzipped.len() - 16).contains(&len), "after {len}"),
            other => panic!("after {len}: {other}"),
        }
    }
    assert!(arrived_once);
    assert_eq!(error_of(&gzipped[..gzipped.len() - 1]), IdxError::Gzip);
}

#[test]
fn trailing_bytes_are_refused() {
    for kind in [Kind::Images, Kind::Labels] {
        let mut plain = file(kind, 3, 9);
        let gzipped = gzip(&plain);
        plain.push(0);
        assert_eq!(error_of_both(&plain), IdxError::Trailing { kind, promised: 3 });

        for garbage in [&[0][..], &[0; 100], &[0x1f, 0x8b], &gzip(&[])[..15]] {
            assert_eq!(error_of(&[&gzipped, garbage].concat()), IdxError::Gzip, "{garbage:?}");
        }
        let second = [&gzipped[..], &gzipped].concat();
        assert_eq!(error_of(&second), IdxError::Trailing { kind, promised: 3 });
    }
}

#[test]
fn any_changed_byte_of_a_gzip_trailer_is_refused() {
    let gzipped = gzip(&file(Kind::Images, 3, 10));
    for from_end in 1..=8 {
        let mut broken = gzipped.clone();
        broken[gzipped.len() - from_end] ^= 0x10;
        assert_eq!(error_of(&broken), IdxError::Gzip, "byte {from_end} from the end");
    }
}

#[test]
fn a_flipped_bit_is_refused_or_changes_no_label() {
    let plain = file(Kind::Labels, 500, 11);
    let gzipped = gzip(&plain);
    let mut harmless = 0;
    for bit in 0..gzipped.len() * 8 {
        let mut broken = gzipped.clone();
        broken[bit / 8] ^= 1 << (bit % 8);
        if let Ok((_, labels)) = parse_by(IdxParser::new(), &broken, 64) {
            assert_eq!(labels, plain[8..], "bit {bit}");
            harmless += 1;
        }
    }
    // The date, the compressor and the system have 48 bits, "probably text" has one, and DEFLATE can encode a few
    // things in two ways.
    assert!((49..60).contains(&harmless), "{harmless} of {} bits", gzipped.len() * 8);
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
    let mut idx = IdxParser::new();
    let error = idx.push(&bomb).unwrap_err();
    assert_eq!(error, IdxError::Trailing { kind: Kind::Images, promised: 10 });
    assert_eq!((idx.received_len(), idx.bytes().len(), idx.plain.capacity()), (10, 0, 0));
}

#[test]
fn the_other_kind_is_refused_if_one_is_expected() {
    for (kind, other) in [(Kind::Images, Kind::Labels), (Kind::Labels, Kind::Images)] {
        let plain = file(kind, 3, 13);
        assert!(parse_by(IdxParser::expecting(kind), &plain, 5).is_ok());
        let error = parse_by(IdxParser::expecting(other), &plain, 5).unwrap_err();
        assert_eq!(error, IdxError::WrongKind { found: kind, expected: other });
    }
}

#[test]
fn a_failure_is_final() {
    let plain = file(Kind::Labels, 3, 14);
    let mut idx = IdxParser::new();
    idx.push(&plain[..10]).unwrap();
    assert_eq!(idx.bytes().len(), 2);
    let error = idx.push(&[7, 7]).unwrap_err();
    assert_eq!(error, IdxError::Trailing { kind: Kind::Labels, promised: 3 });
    assert!(idx.bytes().is_empty(), "no part of the file is kept");
    assert_eq!(idx.push(&plain), Err(error.clone()));
    assert_eq!(idx.push(&[]), Err(error.clone()));
    assert_eq!(idx.finish(), Err(error));
}

/// A thousand blank images take a thousand bytes in gzip.
#[test]
fn a_small_share_reserves_no_memory_for_the_rest() {
    let mut blank = encode_header(Kind::Images, MAX_ITEMS as u32);
    blank.resize(blank.len() + 1_200 * PIXELS, 0);
    let (mut idx, mut out) = (IdxParser::new(), Vec::new());
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
    assert_eq!(parse_by(IdxParser::new(), &gzipped, usize::MAX), Ok((Kind::Labels, plain[8..].to_vec())));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn a_truncated_stream_gives_the_same_items_in_chunks_of_any_size() {
    let mut blank = encode_header(Kind::Images, 300);
    blank.resize(blank.len() + 300 * PIXELS, 0);
    let gzipped = gzip(&blank);
    for end in (30..gzipped.len() - 8).step_by(5) {
        let at_once = parse_by(IdxParser::new(), &gzipped[..end], usize::MAX);
        for len in [1, 3, 64] {
            assert_eq!(parse_by(IdxParser::new(), &gzipped[..end], len), at_once, "{len} of {end} bytes");
        }
    }
}

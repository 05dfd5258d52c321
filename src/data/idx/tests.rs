//! What comes out of a good file, in whatever chunks it comes; and that whatever is wrong with a file is refused.

use std::io::Write as _;
use std::path::Path;
use std::{env, fs};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// A file of `count` items that are random enough not to vanish under gzip.
fn file(kind: Kind, count: usize, seed: u64) -> Vec<u8> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut file = encode_header(kind, count as u32);
    file.extend((0..count * kind.item_len()).map(|_| rng.random::<u8>()));
    file
}

/// What follows the header in a file that [`file`] made.
fn items(kind: Kind, file: &[u8]) -> Vec<u8> {
    file[encode_header(kind, 0).len()..].to_vec()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Pushes `bytes` in chunks whose lengths `chunk_len` gives, draining after each: what came, or what was wrong.
fn parse_by(
    mut idx: IdxParser,
    mut bytes: &[u8],
    mut chunk_len: impl FnMut() -> usize,
) -> Result<(Kind, Vec<u8>), IdxError> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let (chunk, rest) = bytes.split_at(chunk_len().min(bytes.len()));
        idx.push(chunk)?;
        idx.drain_into(&mut out)?;
        bytes = rest;
        assert_eq!(out.len(), idx.items() * idx.kind().map_or(0, Kind::item_len));
    }
    idx.finish()?;
    idx.drain_into(&mut out)?;
    assert_eq!(idx.count(), Some(idx.items()));
    Ok((idx.kind().unwrap(), out))
}

#[test]
fn parses_both_kinds_in_every_packing_and_chunking() {
    for (kind, count) in [(Kind::Images, 150), (Kind::Labels, 70_001), (Kind::Images, 1)] {
        let plain = file(kind, count, 1);
        let expected = (kind, items(kind, &plain));
        for packed in [plain.clone(), gzip(&plain)] {
            for len in [1, 2, 7, 784, 65_536, usize::MAX] {
                assert_eq!(
                    parse_by(IdxParser::new(), &packed, || len).as_ref(),
                    Ok(&expected),
                    "chunks of {len}"
                );
            }
        }
    }
}

#[test]
fn random_chunkings_change_nothing() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
    for round in 0..200 {
        let kind = if round % 2 == 0 { Kind::Images } else { Kind::Labels };
        let plain = file(kind, rng.random_range(1..40), round);
        let expected = items(kind, &plain);
        let packed = if round % 4 < 2 { gzip(&plain) } else { plain };
        let longest = 1 << rng.random_range(1..12);
        // Empty chunks are chunks, too.
        let parsed = parse_by(IdxParser::new(), &packed, || rng.random_range(0..longest));
        assert_eq!(parsed, Ok((kind, expected)), "round {round}");
    }
}

#[test]
fn images_come_out_while_the_rest_is_still_on_its_way() {
    let plain = file(Kind::Images, 100, 3);
    let mut idx = IdxParser::new();
    idx.push(&plain[..16 + 3 * PIXELS + 5]).unwrap();
    assert_eq!((idx.kind(), idx.count(), idx.items()), (Some(Kind::Images), Some(100), 3));
    assert_eq!(idx.bytes(), &plain[16..16 + 3 * PIXELS]);

    let mut out = vec![42];
    assert_eq!(idx.drain_into(&mut out), Ok(3));
    assert_eq!(idx.drain_into(&mut out), Ok(0));
    assert!(idx.bytes().is_empty());
    idx.push(&plain[16 + 3 * PIXELS + 5..16 + 5 * PIXELS]).unwrap();
    assert_eq!(idx.items(), 5);
    assert_eq!(idx.drain_into(&mut out), Ok(2));
    assert_eq!(out[1..], plain[16..16 + 5 * PIXELS]);
}

/// Nothing that can already be unpacked is held back: the stream is flushed on the encoder's side after
/// ten images, and ten are there.
#[test]
fn gzip_holds_nothing_back() {
    let plain = file(Kind::Images, 100, 4);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&plain[..16 + 10 * PIXELS]).unwrap();
    encoder.flush().unwrap();
    let mut idx = IdxParser::new();
    idx.push(encoder.get_ref()).unwrap();
    assert_eq!((idx.count(), idx.items()), (Some(100), 10));
    assert_eq!(idx.bytes(), &plain[16..16 + 10 * PIXELS]);
}

#[test]
fn gzip_of_several_members_and_with_a_full_header() {
    let plain = file(Kind::Images, 20, 5);
    let mut packed = gzip(&plain[..10]);
    packed.extend(gzip(&[]));
    let named = GzBuilder::new().filename("train").comment("digits").extra(vec![1; 300]);
    let mut encoder = named.write(packed, Compression::best());
    encoder.write_all(&plain[10..]).unwrap();
    let packed = encoder.finish().unwrap();
    for len in [1, 7, usize::MAX] {
        let parsed = parse_by(IdxParser::new(), &packed, || len);
        assert_eq!(parsed, Ok((Kind::Images, plain[16..].to_vec())), "chunks of {len}");
    }
}

#[test]
fn gzip_whose_header_has_a_checksum_of_its_own() {
    let plain = file(Kind::Labels, 20, 6);
    let mut packed = gzip(&plain);
    packed[3] |= 1 << 1;
    let [low, high, ..] = crc32fast::hash(&packed[..10]).to_le_bytes();
    packed.splice(10..10, [low, high]);
    assert_eq!(parse_by(IdxParser::new(), &packed, || 1), Ok((Kind::Labels, plain[8..].to_vec())));
    packed[11] ^= 1;
    assert_eq!(parse_by(IdxParser::new(), &packed, || 1), Err(IdxError::Gzip));
}

/// Letters have 26 classes, Kuzushiji-49 has 49: a label may be any byte.
#[test]
fn labels_of_every_value_are_taken() {
    let mut plain = encode_header(Kind::Labels, 256);
    plain.extend(0..=255);
    for packed in [gzip(&plain), plain.clone()] {
        assert_eq!(parse_by(IdxParser::new(), &packed, || 10), Ok((Kind::Labels, plain[8..].to_vec())));
    }
}

#[test]
fn after_the_end_nothing_more_is_taken() {
    let plain = file(Kind::Labels, 3, 15);
    for packed in [gzip(&plain), plain] {
        let mut idx = IdxParser::new();
        idx.push(&packed).unwrap();
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
fn pairs_agree() {
    assert_eq!(check_label_count(60_000, 60_000), Ok(()));
    assert_eq!(
        check_label_count(1, 10_000).unwrap_err().to_string(),
        "1 image and 10000 labels do not belong together: every image needs one label. Choose two files that match."
    );
}

/// The four files of MNIST, from `MNIST_DIR`, or four of their kind if it is not set.
#[test]
fn mnist_parses_in_every_chunking() {
    for (name, kind, count) in [
        ("train-images-idx3-ubyte.gz", Kind::Images, 60_000),
        ("train-labels-idx1-ubyte.gz", Kind::Labels, 60_000),
        ("t10k-images-idx3-ubyte.gz", Kind::Images, 10_000),
        ("t10k-labels-idx1-ubyte.gz", Kind::Labels, 10_000),
    ] {
        let (packed, count) = match env::var_os("MNIST_DIR") {
            Some(dir) => (fs::read(Path::new(&dir).join(name)).unwrap(), count),
            None => (gzip(&file(kind, count / 100, 18)), count / 100),
        };
        let whole = parse_by(IdxParser::expecting(kind), &packed, || usize::MAX).unwrap();
        assert_eq!(whole.1.len(), count * kind.item_len(), "{name}");
        // One byte at a time, unless it is the one file of ten megabytes.
        let least = if packed.len() > 1 << 21 { 61 } else { 1 };
        for len in [least, 7919, 65_536] {
            assert!(
                parse_by(IdxParser::new(), &packed, || len).as_ref() == Ok(&whole),
                "{name} in chunks of {len}"
            );
        }
        let plain = [encode_header(kind, count as u32), whole.1.clone()].concat();
        assert!(parse_by(IdxParser::new(), &plain, || 10_007).as_ref() == Ok(&whole), "{name}, unpacked");
        if env::var_os("MNIST_DIR").is_some() && kind == Kind::Images {
            let mean =
                whole.1.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / whole.1.len() as f64 / 255.0;
            assert!((mean - 0.13).abs() < 0.005, "{name}: mean {mean}");
        }
    }
}

/// The one error that `bytes` give in chunks of whatever size.
fn error_of(bytes: &[u8]) -> IdxError {
    let error = parse_by(IdxParser::new(), bytes, || usize::MAX).unwrap_err();
    for len in [1, 7, 1000] {
        assert_eq!(parse_by(IdxParser::new(), bytes, || len).unwrap_err(), error, "in chunks of {len}");
    }
    error
}

/// The error of a plain file, checked to be that of the same file under gzip.
fn error_of_both(plain: &[u8]) -> IdxError {
    let error = error_of(plain);
    assert_eq!(error_of(&gzip(plain)), error, "under gzip");
    error
}

#[test]
fn refuses_what_is_empty() {
    assert_eq!(error_of(&[]), IdxError::Empty);
    assert_eq!(error_of(&gzip(&[])), IdxError::Empty);
}

#[test]
fn refuses_what_is_not_idx() {
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
fn refuses_headers_that_it_cannot_use() {
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
fn the_most_that_may_be_promised() {
    let most = MAX_ITEMS as u32;
    for kind in [Kind::Images, Kind::Labels] {
        assert_eq!(error_of_both(&encode_header(kind, 0)), IdxError::NoItems { kind });
        let truncated = IdxError::Truncated { kind, arrived: 0, promised: MAX_ITEMS };
        assert_eq!(error_of_both(&encode_header(kind, most)), truncated);
        let too_many = IdxError::TooMany { kind, count: most + 1 };
        assert_eq!(error_of_both(&encode_header(kind, most + 1)), too_many);
    }
}

/// A header alone takes no memory for what it promises.
#[test]
fn a_promise_is_not_allocated() {
    let mut idx = IdxParser::new();
    idx.push(&encode_header(Kind::Images, MAX_ITEMS as u32)).unwrap();
    idx.push(&[0; 1000]).unwrap();
    assert!(idx.content.capacity() < 5000, "{} bytes for 1000", idx.content.capacity());
}

/// Once one image in 32 is here, memory for the rest is taken in one piece that fits.
#[test]
fn an_honest_promise_is_reserved_once_and_exactly() {
    let count = 5_000;
    let plain = file(Kind::Images, count, 20);
    let (mut idx, mut out, mut capacities) = (IdxParser::new(), Vec::new(), Vec::new());
    for chunk in plain.chunks(65_536) {
        idx.push(chunk).unwrap();
        idx.drain_into(&mut out).unwrap();
        let honest = 32 * idx.items() >= count;
        assert!(honest || out.capacity() <= 2 * count / 32 * PIXELS, "{} bytes", out.capacity());
        capacities.extend(honest.then_some(out.capacity()));
        assert!(idx.content.capacity() <= 1 << 18, "the parser keeps {} bytes", idx.content.capacity());
    }
    assert!(capacities.iter().all(|&capacity| capacity == count * PIXELS), "{capacities:?}");
    assert_eq!(out, plain[16..]);
}

/// A file that was pushed in one piece is handed over, not copied, and never took more than it promised.
#[test]
fn a_whole_file_is_held_once() {
    for count in [3, 1_500] {
        let plain = file(Kind::Images, count, 21);
        for packed in [gzip(&plain), plain.clone()] {
            let mut idx = IdxParser::new();
            idx.push(&packed).unwrap();
            assert_eq!(idx.content.capacity(), count * PIXELS);
            let before = idx.bytes().as_ptr();
            let mut out = Vec::new();
            assert_eq!(idx.drain_into(&mut out), Ok(count));
            assert_eq!((out.as_ptr(), out.capacity(), idx.content.capacity()), (before, count * PIXELS, 0));
            assert!(out == plain[16..] && idx.finish().is_ok());
        }
    }
}

#[test]
fn refuses_every_truncation() {
    let plain = file(Kind::Images, 2, 7);
    for len in 1..plain.len() {
        let expected = if len < 16 {
            IdxError::TruncatedHeader { arrived: len }
        } else {
            IdxError::Truncated { kind: Kind::Images, arrived: (len - 16) / PIXELS, promised: 2 }
        };
        assert_eq!(parse_by(IdxParser::new(), &plain[..len], || 700), Err(expected), "after {len}");
    }
    assert_eq!(
        error_of(&plain[..800]).to_string(),
        "The file is cut off: its header promises 2 images, but only 1 arrived whole. Download it again."
    );
    // Whole items of a whole gzip file, but too few.
    let short = IdxError::Truncated { kind: Kind::Images, arrived: 1, promised: 2 };
    assert_eq!(error_of_both(&plain[..800]), short);
}

#[test]
fn refuses_every_truncation_of_gzip() {
    let packed = gzip(&file(Kind::Images, 2, 8));
    let mut arrived_once = false;
    for len in 1..packed.len() {
        match error_of(&packed[..len]) {
            IdxError::TruncatedHeader { arrived: 1 } => assert_eq!(len, 1),
            IdxError::Truncated { kind: Kind::Images, arrived, promised: 2 } => arrived_once |= arrived == 1,
            IdxError::Gzip => assert!(!(100..packed.len() - 16).contains(&len), "after {len}"),
            other => panic!("after {len}: {other}"),
        }
    }
    assert!(arrived_once);
    assert_eq!(error_of(&packed[..packed.len() - 1]), IdxError::Gzip);
}

#[test]
fn refuses_trailing_bytes() {
    for kind in [Kind::Images, Kind::Labels] {
        let mut plain = file(kind, 3, 9);
        let packed = gzip(&plain);
        plain.push(0);
        assert_eq!(error_of_both(&plain), IdxError::Trailing { kind, promised: 3 });

        for garbage in [&[0][..], &[0; 100], &[0x1f, 0x8b], &gzip(&[])[..15]] {
            assert_eq!(error_of(&[&packed, garbage].concat()), IdxError::Gzip, "{garbage:?}");
        }
        let second = [&packed[..], &packed].concat();
        assert_eq!(error_of(&second), IdxError::Trailing { kind, promised: 3 });
    }
}

#[test]
fn refuses_a_gzip_with_any_byte_of_its_trailer_changed() {
    let packed = gzip(&file(Kind::Images, 3, 10));
    for from_end in 1..=8 {
        let mut broken = packed.clone();
        broken[packed.len() - from_end] ^= 0x10;
        assert_eq!(error_of(&broken), IdxError::Gzip, "byte {from_end} from the end");
    }
}

/// Whatever bit is flipped, in the stream or its framing: refused, or the same labels come out.
#[test]
fn no_flipped_bit_changes_what_comes_out() {
    let plain = file(Kind::Labels, 500, 11);
    let packed = gzip(&plain);
    let mut harmless = 0;
    for bit in 0..packed.len() * 8 {
        let mut broken = packed.clone();
        broken[bit / 8] ^= 1 << (bit % 8);
        if let Ok((_, labels)) = parse_by(IdxParser::new(), &broken, || 64) {
            assert_eq!(labels, plain[8..], "bit {bit}");
            harmless += 1;
        }
    }
    // The date, the compressor and the system are 48 bits, "probably text" is one, and DEFLATE can say a few
    // things in two ways.
    assert!((49..60).contains(&harmless), "{harmless} of {} bits", packed.len() * 8);
}

/// 64 kB that unpack to 64 MB are stopped where the promise ends.
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
    assert_eq!((idx.items(), idx.bytes().len(), idx.content.capacity()), (10, 0, 0));
}

#[test]
fn refuses_the_other_kind_if_one_is_expected() {
    for (kind, other) in [(Kind::Images, Kind::Labels), (Kind::Labels, Kind::Images)] {
        let plain = file(kind, 3, 13);
        assert!(parse_by(IdxParser::expecting(kind), &plain, || 5).is_ok());
        let error = parse_by(IdxParser::expecting(other), &plain, || 5).unwrap_err();
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
    assert!(idx.bytes().is_empty(), "nothing half-accepted");
    assert_eq!(idx.push(&plain), Err(error.clone()));
    assert_eq!(idx.push(&[]), Err(error.clone()));
    assert_eq!(idx.finish(), Err(error));
}

/// Random bytes, and real files with random damage: an answer, never a panic, never too much.
#[test]
fn noise_is_survived() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(16);
    let plain = file(Kind::Images, 4, 17);
    let packed = gzip(&plain);
    for round in 0..2000 {
        let mut bytes = if round % 2 == 0 { plain.clone() } else { packed.clone() };
        for _ in 0..rng.random_range(1..20) {
            let reach = if round % 4 < 2 { 30 } else { bytes.len() };
            let at = rng.random_range(0..reach);
            bytes[at] = rng.next_u32() as u8;
        }
        let longest = rng.random_range(2..3000);
        if let Ok((kind, out)) = parse_by(IdxParser::new(), &bytes, || rng.random_range(1..longest)) {
            assert!(out.len() <= 4 * PIXELS && out.len() % kind.item_len() == 0);
        }
    }
}

/// A thousand blank images are a thousand bytes in gzip: not enough to get the memory of two million.
#[test]
fn a_promise_is_believed_by_the_share_that_has_come() {
    let mut blank = encode_header(Kind::Images, MAX_ITEMS as u32);
    blank.resize(blank.len() + 1_200 * PIXELS, 0);
    let (mut idx, mut out) = (IdxParser::new(), Vec::new());
    for chunk in gzip(&blank).chunks(100) {
        idx.push(chunk).unwrap();
        idx.drain_into(&mut out).unwrap();
    }
    assert_eq!(idx.items(), 1_200);
    assert!(out.capacity() <= 2 * 1_200 * PIXELS, "{} bytes", out.capacity());
}

/// Were each header looked for in all that follows it, this would take minutes.
#[test]
fn a_hundred_thousand_empty_members_are_soon_read() {
    let plain = file(Kind::Labels, 20, 22);
    let mut packed = gzip(&[]).repeat(100_000);
    packed.extend(gzip(&plain));
    let begun = std::time::Instant::now();
    assert_eq!(parse_by(IdxParser::new(), &packed, || usize::MAX), Ok((Kind::Labels, plain[8..].to_vec())));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

/// Whatever has come of a stream comes out of it, wherever the pieces end: 30 bytes of it may be a window and a half.
#[test]
fn a_stream_that_is_cut_off_has_brought_as_much_in_pieces_as_at_once() {
    let mut blank = encode_header(Kind::Images, 300);
    blank.resize(blank.len() + 300 * PIXELS, 0);
    let packed = gzip(&blank);
    for end in (30..packed.len() - 8).step_by(5) {
        let at_once = parse_by(IdxParser::new(), &packed[..end], || usize::MAX);
        for len in [1, 3, 64] {
            assert_eq!(parse_by(IdxParser::new(), &packed[..end], || len), at_once, "{len} of {end} bytes");
        }
    }
}

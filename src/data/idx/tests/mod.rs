mod faults;

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
    mut idx: Idx,
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
                assert_eq!(parse_by(Idx::new(), &packed, || len).as_ref(), Ok(&expected), "chunks of {len}");
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
        let parsed = parse_by(Idx::new(), &packed, || rng.random_range(0..longest));
        assert_eq!(parsed, Ok((kind, expected)), "round {round}");
    }
}

#[test]
fn images_come_out_while_the_rest_is_still_on_its_way() {
    let plain = file(Kind::Images, 100, 3);
    let mut idx = Idx::new();
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
    let mut idx = Idx::new();
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
        let parsed = parse_by(Idx::new(), &packed, || len);
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
    assert_eq!(parse_by(Idx::new(), &packed, || 1), Ok((Kind::Labels, plain[8..].to_vec())));
    packed[11] ^= 1;
    assert_eq!(parse_by(Idx::new(), &packed, || 1), Err(IdxError::Gzip));
}

/// Letters have 26 classes, Kuzushiji-49 has 49: a label may be any byte.
#[test]
fn labels_of_every_value_are_taken() {
    let mut plain = encode_header(Kind::Labels, 256);
    plain.extend(0..=255);
    for packed in [gzip(&plain), plain.clone()] {
        assert_eq!(parse_by(Idx::new(), &packed, || 10), Ok((Kind::Labels, plain[8..].to_vec())));
    }
}

#[test]
fn after_the_end_nothing_more_is_taken() {
    let plain = file(Kind::Labels, 3, 15);
    for packed in [gzip(&plain), plain] {
        let mut idx = Idx::new();
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
    assert_eq!(check_pair(60_000, 60_000), Ok(()));
    assert_eq!(
        check_pair(1, 10_000).unwrap_err().to_string(),
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
        let whole = parse_by(Idx::expecting(kind), &packed, || usize::MAX).unwrap();
        assert_eq!(whole.1.len(), count * kind.item_len(), "{name}");
        // One byte at a time, unless it is the one file of ten megabytes.
        let least = if packed.len() > 1 << 21 { 61 } else { 1 };
        for len in [least, 7919, 65_536] {
            assert!(
                parse_by(Idx::new(), &packed, || len).as_ref() == Ok(&whole),
                "{name} in chunks of {len}"
            );
        }
        let plain = [encode_header(kind, count as u32), whole.1.clone()].concat();
        assert!(parse_by(Idx::new(), &plain, || 10_007).as_ref() == Ok(&whole), "{name}, unpacked");
        if env::var_os("MNIST_DIR").is_some() && kind == Kind::Images {
            let mean =
                whole.1.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / whole.1.len() as f64 / 255.0;
            assert!((mean - 0.13).abs() < 0.005, "{name}: mean {mean}");
        }
    }
}

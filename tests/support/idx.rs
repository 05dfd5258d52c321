//! Small IDX files.

use std::io::Write;

use bottleneck::data::idx::{Kind, encode_header};
use bottleneck::data::{PIXELS, synthetic};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Returns an IDX file of `count` images of vertical bars.
pub(crate) fn images(count: u32) -> Vec<u8> {
    let header = [0x0803_u32, count, 28, 28];
    let mut bytes: Vec<u8> = header.iter().flat_map(|word| word.to_be_bytes()).collect();
    for image in 0..count {
        let bar = 4 + image % 20;
        bytes.extend((0..784).map(|pixel| if pixel % 28 == bar { 255 } else { 0 }));
    }
    bytes
}

/// Returns an IDX file of `count` labels.
pub(crate) fn labels(count: u32) -> Vec<u8> {
    let header = [0x0801_u32, count];
    let labels = (0..count).map(|image| (image % 10) as u8);
    header.iter().flat_map(|word| word.to_be_bytes()).chain(labels).collect()
}

/// Returns the gzipped IDX files of `count` synthetic digits, images and labels, from the `first` of the sequence.
pub(crate) fn digits(first: u32, count: u32) -> (Vec<u8>, Vec<u8>) {
    let (mut images, mut labels) = (encode_header(Kind::Images, count), encode_header(Kind::Labels, count));
    let mut pixels = [0; PIXELS];
    for index in first..first + count {
        labels.push(synthetic::draw(5, index, &mut pixels));
        images.extend_from_slice(&pixels);
    }
    (gzip(&images), gzip(&labels))
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes all")
}

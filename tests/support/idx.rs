//! Small IDX files, made up.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// An IDX file of that many images: bars at different places.
pub(crate) fn images(count: u32) -> Vec<u8> {
    let header = [0x0803_u32, count, 28, 28];
    let mut bytes: Vec<u8> = header.iter().flat_map(|word| word.to_be_bytes()).collect();
    for image in 0..count {
        let bar = 4 + image % 20;
        bytes.extend((0..784).map(|pixel| if pixel % 28 == bar { 255 } else { 0 }));
    }
    bytes
}

/// An IDX file of that many labels.
pub(crate) fn labels(count: u32) -> Vec<u8> {
    let header = [0x0801_u32, count];
    let labels = (0..count).map(|image| (image % 10) as u8);
    header.iter().flat_map(|word| word.to_be_bytes()).chain(labels).collect()
}

/// The first `images` of such a file, whose header promises more.
pub(crate) fn cut_after(images: usize, mut file: Vec<u8>) -> Vec<u8> {
    file.truncate(16 + images * 784);
    file
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes all")
}

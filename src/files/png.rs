//! PNG pictures of pixels, written without a canvas: some browsers scramble what a page reads from one.
//!
//! The format: "Portable Network Graphics (PNG) Specification", W3C, 2003. The stream is one block with the fixed codes of DEFLATE
//! (RFC 1951, section 3.2.6), and packs only runs of zeros, which enlarged pixels consist of.

use crate::data::crc::Crc32;

/// The longest run in one code.
const LONGEST: usize = 258;

/// The longest run whose code has no extra bits, and the shortest.
const LONG: usize = 10;
const SHORTEST: usize = 3;

/// The modulus of the checksum Adler-32.
const ADLER: u32 = 65_521;

/// Writes a picture of `width` RGBA pixels a row, enlarged by a whole number; alpha is ignored.
pub fn write_png(rgba: &[u8], width: usize, scale: usize) -> Vec<u8> {
    let mut rows = Vec::new();
    for row in rgba.chunks_exact(4 * width) {
        // Differences from the pixel before, and then from the row above.
        rows.push(1);
        let mut before = [0; 3];
        for &[red, green, blue, _] in row.as_chunks::<4>().0 {
            let colour = [red, green, blue];
            rows.extend(std::array::from_fn::<_, 3, _>(|i| colour[i].wrapping_sub(before[i])));
            rows.resize(rows.len() + 3 * (scale - 1), 0);
            before = colour;
        }
        for _ in 1..scale {
            rows.push(2);
            rows.resize(rows.len() + 3 * scale * width, 0);
        }
    }
    let size = [width * scale, rgba.len() / (4 * width) * scale].map(|side| (side as u32).to_be_bytes());
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &[size.as_flattened(), &[8, 2, 0, 0, 0]].concat());
    chunk(&mut png, *b"IDAT", &deflate(&rows));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let content = [&kind[..], data].concat();
    png.extend((data.len() as u32).to_be_bytes());
    png.extend(&content);
    png.extend(Crc32::of(&content).to_be_bytes());
}

/// Packs bytes as a zlib stream.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut bits = Bits { bytes: vec![0x78, 1], word: 0, len: 0 };
    // The last block, with fixed codes: 1, then 01 from its lowest bit.
    bits.push(3, 3);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let run = if at > 0 && bytes[at - 1] == 0 {
            bytes[at..].iter().take(LONGEST).take_while(|byte| **byte == 0).count()
        } else {
            0
        };
        // After the code of a length stands that of a distance of 1: five zeros.
        at += match run {
            LONGEST => {
                bits.code(0xc5 << 5, 13);
                LONGEST
            }
            SHORTEST.. => {
                let run = run.min(LONG);
                bits.code(((run - SHORTEST + 1) as u32) << 5, 12);
                run
            }
            _ => {
                match u32::from(byte) {
                    byte @ 0..144 => bits.code(0x30 + byte, 8),
                    byte => bits.code(0x190 + byte - 144, 9),
                }
                1
            }
        };
    }
    // The end of the block, and the rest of the last byte.
    bits.code(0, 7);
    bits.push(0, 7);
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), &byte| {
        let low = (low + u32::from(byte)) % ADLER;
        (low, (high + low) % ADLER)
    });
    [bits.bytes, (high << 16 | low).to_be_bytes().to_vec()].concat()
}

/// Bits that fill bytes from the lowest.
struct Bits {
    bytes: Vec<u8>,
    word: u32,
    len: u32,
}

impl Bits {
    fn push(&mut self, bits: u32, count: u32) {
        self.word |= bits << self.len;
        self.len += count;
        while self.len >= 8 {
            self.bytes.push(self.word as u8);
            self.word >>= 8;
            self.len -= 8;
        }
    }

    /// Adds a code, which begins with its highest bit.
    fn code(&mut self, code: u32, count: u32) {
        self.push(code.reverse_bits() >> (32 - count), count);
    }
}

// Its decoder is a dependency of native programs.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_reads_every_pixel() {
        let rgba: Vec<u8> = (0..5 * 7 * 4_u32)
            .map(|i| if i % 4 == 3 { 255 } else { (i * i * 31 / 7 % 256 / (1 + i / 70)) as u8 })
            .collect();
        for scale in [1, 2, 3, 40, 117] {
            let png = write_png(&rgba, 5, scale);
            let decoded = image::load_from_memory(&png).unwrap().into_rgba8();
            assert_eq!(decoded.dimensions(), (5 * scale as u32, 7 * scale as u32));
            for (x, y, pixel) in decoded.enumerate_pixels() {
                let at = 4 * (y as usize / scale * 5 + x as usize / scale);
                assert_eq!(pixel.0, rgba[at..at + 4], "{x}, {y} at {scale}");
            }
            assert!(scale < 40 || png.len() < 5 * 7 * scale * scale / 8, "{} bytes", png.len());
        }
    }
}

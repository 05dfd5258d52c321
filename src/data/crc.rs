//! CRC-32, the checksum of gzip and `.bottleneck` files.
//!
//! The crate `crc32fast` would add 16 KB of incompressible tables to the page's program; these smaller ones are computed
//! in microseconds when a checksum starts. The polynomial and the table of single bytes: RFC 1952, section 8; eight bytes
//! at a time: Kounavis and Berry, "A systematic approach to building high performance, software-based, CRC generators",
//! 2005.

/// The polynomial, the lowest power in the highest bit.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The number of bytes processed at a time.
const STRIDE: usize = 8;

/// A running CRC-32.
#[derive(Debug)]
pub(crate) struct Crc32 {
    /// `tables[n][byte]` is the contribution of a byte that `n` other bytes follow.
    tables: Box<[[u32; 256]; STRIDE]>,
    inverted: u32,
}

impl Crc32 {
    pub(crate) fn new() -> Self {
        let mut tables = Box::new([[0; 256]; STRIDE]);
        for byte in 0..256 {
            let mut remainder = byte as u32;
            for bit in 0..8 * STRIDE {
                remainder = (remainder >> 1) ^ (POLYNOMIAL * (remainder & 1));
                // After eight bits another byte has followed.
                tables[bit / 8][byte] = remainder;
            }
        }
        Self { tables, inverted: !0 }
    }

    /// Returns the checksum of `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> u32 {
        let mut crc = Self::new();
        crc.update(bytes);
        crc.value()
    }

    /// Adds `bytes` to the checksum.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let (strides, rest) = bytes.as_chunks::<STRIDE>();
        for stride in strides {
            let word = u64::from_le_bytes(*stride) ^ u64::from(self.inverted);
            let parts = word.to_le_bytes().into_iter().zip(self.tables.iter().rev());
            self.inverted = parts.fold(0, |sum, (byte, table)| sum ^ table[usize::from(byte)]);
        }
        for byte in rest {
            let [low, ..] = self.inverted.to_le_bytes();
            self.inverted = self.inverted >> 8 ^ self.tables[0][usize::from(low ^ byte)];
        }
    }

    /// Returns the checksum of all bytes so far.
    pub(crate) fn value(&self) -> u32 {
        !self.inverted
    }

    /// Starts a new checksum.
    pub(crate) fn reset(&mut self) {
        self.inverted = !0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_crc32fast_for_every_length_and_split() {
        let bytes: Vec<u8> = (0..100_u32).map(|i| (i * i * 7 + i / 3) as u8).collect();
        let mut crc = Crc32::new();
        for end in 0..=bytes.len() {
            let expected = crc32fast::hash(&bytes[..end]);
            assert_eq!(Crc32::of(&bytes[..end]), expected, "{end} bytes");
            crc.reset();
            let (first, second) = bytes[..end].split_at(end / 3);
            crc.update(first);
            crc.update(second);
            assert_eq!(crc.value(), expected, "{end} bytes in two parts");
        }
    }
}

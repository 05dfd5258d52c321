//! The images of a run, and how a run refers to them.

use std::rc::Rc;

use super::settings::DatasetChoice;
use crate::data::crc::Crc32;
use crate::data::import::Adjustment;
use crate::data::{Dataset, PIXELS};

/// The first bytes of stored images, with the version of their layout.
const MAGIC: &[u8] = b"BTLNIMG1";

/// The images to train on and the held-out ones.
#[derive(Clone, Debug, Default)]
pub struct SplitDataset {
    pub train: Dataset,
    pub test: Dataset,
    /// The CRC-32 of the user's own images, which tells whether a run was trained on them; else 0.
    pub digest: u32,
    /// The names of the classes of the user's own images, by label; empty if they are numbers.
    pub class_names: Vec<String>,
    /// What was done to the user's own images as they were read.
    pub adjustment: Adjustment,
}

/// The dataset of a run. It holds the user's own images; the others can be loaded again.
#[derive(Clone, Debug)]
pub struct DatasetRef {
    pub choice: DatasetChoice,
    /// The requested dataset; the best one available if nothing was requested.
    pub requested: Option<DatasetChoice>,
    /// The user's own images, if the run uses them.
    pub own: Option<Rc<SplitDataset>>,
}

impl SplitDataset {
    /// Reads the images with another adjustment, which changes the digest, always to the same value.
    pub fn adjust(&mut self, adjustment: Adjustment) {
        let Adjustment { invert, transpose } = self.adjustment;
        let change =
            Adjustment { invert: invert != adjustment.invert, transpose: transpose != adjustment.transpose };
        for part in [&mut self.train, &mut self.test] {
            part.adjust(change);
        }
        // Undoing a change restores the digest.
        self.digest ^= 0x5bd1_e995 * u32::from(change.invert);
        self.digest ^= 0x1b87_3593 * u32::from(change.transpose);
        self.adjustment = adjustment;
    }

    /// Returns about how many bytes [`encode`](Self::encode) writes.
    pub fn encoded_len(&self) -> usize {
        (self.train.len() + self.test.len()) * (PIXELS + 1)
    }

    /// Encodes the images, for the browser's storage.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([u8::from(self.adjustment.invert), u8::from(self.adjustment.transpose)]);
        bytes.extend(self.digest.to_le_bytes());
        bytes.extend((self.class_names.len() as u32).to_le_bytes());
        for name in &self.class_names {
            put_bytes(&mut bytes, name.as_bytes());
        }
        for part in [&self.train, &self.test] {
            put_bytes(&mut bytes, part.labels());
            put_bytes(&mut bytes, part.images(part.len()));
        }
        bytes.extend(Crc32::of(&bytes).to_le_bytes());
        bytes
    }

    /// Decodes what [`encode`](Self::encode) wrote, unless it is damaged.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (content, crc) = bytes.split_last_chunk()?;
        if Crc32::of(content) != u32::from_le_bytes(*crc) {
            return None;
        }
        let (&[invert, transpose], mut rest) = content.strip_prefix(MAGIC)?.split_first_chunk()?;
        let adjustment = Adjustment { invert: invert == 1, transpose: transpose == 1 };
        let digest = take_number(&mut rest)?;
        let class_names = (0..take_number(&mut rest)?)
            .map(|_| String::from_utf8(take_bytes(&mut rest)?.to_vec()).ok())
            .collect::<Option<_>>()?;
        let mut part = || {
            let (labels, images) = (take_bytes(&mut rest)?, take_bytes(&mut rest)?);
            let is_whole = images.len().is_multiple_of(PIXELS)
                && (labels.is_empty() || labels.len() == images.len() / PIXELS);
            is_whole.then(|| Dataset::from_bytes(PIXELS, images.to_vec(), labels.to_vec()))
        };
        Some(Self { train: part()?, test: part()?, digest, class_names, adjustment })
    }
}

/// Adds bytes behind their number.
fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend((bytes.len() as u32).to_le_bytes());
    to.extend_from_slice(bytes);
}

fn take_number(from: &mut &[u8]) -> Option<u32> {
    let (number, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(u32::from_le_bytes(*number))
}

fn take_bytes<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = take_number(from)? as usize;
    let (bytes, rest) = from.split_at_checked(len)?;
    *from = rest;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_round_trip_and_damaged_ones_are_not_read() {
        let bytes = |count: usize| (0..count * PIXELS).map(|i| (i * i / 7) as u8).collect();
        let pair = SplitDataset {
            train: Dataset::from_bytes(PIXELS, bytes(3), vec![0, 1, 2]),
            test: Dataset::from_bytes(PIXELS, bytes(2), vec![]),
            digest: 0xdead_beef,
            class_names: ["shoe", "Straße", ""].map(str::to_owned).into(),
            adjustment: Adjustment { invert: true, transpose: false },
        };
        let encoded = pair.encode();
        assert!(encoded.len() - pair.encoded_len() < 100);
        let decoded = SplitDataset::decode(&encoded).expect("it is whole");
        assert_eq!((decoded.train, decoded.test), (pair.train, pair.test));
        assert_eq!((decoded.digest, decoded.class_names), (pair.digest, pair.class_names));
        assert_eq!(decoded.adjustment, pair.adjustment);
        for len in 0..encoded.len() {
            assert!(SplitDataset::decode(&encoded[..len]).is_none(), "{len} bytes");
        }
        // Numbers that lie, under a checksum that holds.
        for at in MAGIC.len()..encoded.len() - 4 {
            let mut lying = encoded[..encoded.len() - 4].to_vec();
            lying[at] ^= 0xff;
            lying.extend(Crc32::of(&lying).to_le_bytes());
            let _ = SplitDataset::decode(&lying);
        }
    }
}

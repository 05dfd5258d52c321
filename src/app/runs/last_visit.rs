//! Reads the one run that earlier versions of the page stored: a `.bottleneck` file, with the settings and the curve before it.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `BTLNKEPT` |
//! | 8 | the step; in its highest bit, whether it was trained on the user's own images |
//! | 4 | the length of the settings |
//! | | the settings, as the fragment of an address |
//! | 4, 4 | how many points the curve has, in training and on test digits |
//! | 12 each | a point: its step, 8 bytes, and its error |
//! | | the `.bottleneck` file |
//!
//! Values are little-endian.

use crate::app::settings::{DatasetChoice, Settings};
use crate::files::{CurvePoints, Images, RunHeader};

/// The first bytes.
const MAGIC: &[u8; 8] = b"BTLNKEPT";

/// The bit of the step that says that the run uses the user's own images.
const OWN_IMAGES: u64 = 1 << 63;

/// Returns the run's header and its file, or nothing if the bytes are something else.
pub fn read(bytes: &[u8]) -> Option<(RunHeader, Vec<u8>)> {
    let (step, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (fragment, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let (train_len, rest) = rest.split_first_chunk()?;
    let (test_len, rest) = rest.split_first_chunk()?;
    let (train, rest) = points(rest, u32::from_le_bytes(*train_len))?;
    let (test, file) = points(rest, u32::from_le_bytes(*test_len))?;
    let step = u64::from_le_bytes(*step);
    let (settings, _) = Settings::from_fragment(str::from_utf8(fragment).ok()?);
    let dataset = match step & OWN_IMAGES {
        0 => settings.dataset.unwrap_or(DatasetChoice::Mnist),
        _ => DatasetChoice::Own,
    };
    let header = RunHeader {
        name: settings.run_name(),
        settings: settings.to_texts(),
        images: Images { name: dataset.name().to_owned(), ..Images::default() },
        steps: step & !OWN_IMAGES,
        test_error: test.last().map(|&(_, mse)| mse),
        curve: CurvePoints { train, test, ..CurvePoints::default() },
        ..RunHeader::default()
    };
    Some((header, file.to_vec()))
}

/// Errors against the step.
type Points = Vec<(u64, f32)>;

/// Reads the first `count` points, and returns the bytes after them.
fn points(bytes: &[u8], count: u32) -> Option<(Points, &[u8])> {
    let (points, rest) = bytes.split_at_checked((count as usize).checked_mul(12)?)?;
    let point = |bytes: &[u8]| {
        let (step, error) = bytes.split_first_chunk()?;
        Some((u64::from_le_bytes(*step), f32::from_le_bytes(error.try_into().ok()?)))
    };
    Some((points.chunks_exact(12).map(point).collect::<Option<_>>()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> Vec<u8> {
        let fragment = b"preset=blog&seed=7";
        let mut bytes = MAGIC.to_vec();
        bytes.extend((12 | OWN_IMAGES).to_le_bytes());
        bytes.extend((fragment.len() as u32).to_le_bytes());
        bytes.extend_from_slice(fragment);
        bytes.extend([2_u32, 1].iter().flat_map(|count| count.to_le_bytes()));
        for (step, error) in [(1_u64, 0.2_f32), (2, 0.1), (12, 0.05)] {
            bytes.extend(step.to_le_bytes());
            bytes.extend(error.to_le_bytes());
        }
        bytes.extend([1, 2, 3]);
        bytes
    }

    #[test]
    fn the_run_of_an_earlier_version_is_read() {
        let (header, file) = read(&bytes()).unwrap();
        assert_eq!((header.name.as_str(), header.steps, header.test_error), ("seed 7", 12, Some(0.05)));
        assert_eq!((header.images.name.as_str(), header.settings[0].1.as_str()), ("own", "blog"));
        assert_eq!((header.curve.train, file), (vec![(1, 0.2), (2, 0.1)], vec![1, 2, 3]));
    }

    #[test]
    fn other_bytes_are_refused() {
        let bytes = bytes();
        for length in 0..bytes.len() - 3 {
            assert!(read(&bytes[..length]).is_none(), "{length} bytes");
        }
        let mut endless = bytes.clone();
        endless[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(read(&endless).is_none());
        let mut other = bytes;
        other[7] = b'2';
        assert!(read(&other).is_none());
    }
}

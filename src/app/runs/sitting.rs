//! A stored run: a `.bottleneck` file, with the settings and the curve before it.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `BTLNKEPT` |
//! | 8 | the step; in its highest bit, whether it was trained on the visitor's own images |
//! | 4 | the length of the settings |
//! | | the settings, as the fragment of an address |
//! | 4, 4 | how many points the curve has, in training and on test digits |
//! | 12 each | a point: its step, 8 bytes, and its error |
//! | | the `.bottleneck` file |
//!
//! Values are little-endian.

use thiserror::Error;

/// The first bytes of a stored run; the last letter is the version.
const MAGIC: &[u8; 8] = b"BTLNKEPT";

/// The bit of the step that says that the run uses the user's own images.
const OWN_IMAGES: u64 = 1 << 63;

/// Errors against the step.
type Points = Vec<(u64, f32)>;

/// A stored run.
#[derive(Clone, Debug, PartialEq)]
pub struct Sitting {
    /// The number of steps.
    pub step: u64,
    /// The settings, as a URL fragment.
    pub fragment: String,
    /// Whether it was trained on the user's own images, which are not stored.
    pub had_own_images: bool,
    /// The training error against the step.
    pub train: Points,
    /// The test error against the step.
    pub test: Points,
    /// The `.bottleneck` file.
    pub file: Vec<u8>,
}

/// The stored bytes are not a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("what the browser kept is not a run of this page")]
pub struct SittingError;

impl Sitting {
    /// Encodes the stored run.
    pub fn to_bytes(&self) -> Vec<u8> {
        let points = self.train.len() + self.test.len();
        let mut bytes = Vec::with_capacity(28 + self.fragment.len() + 12 * points + self.file.len());
        bytes.extend_from_slice(MAGIC);
        let own = if self.had_own_images { OWN_IMAGES } else { 0 };
        bytes.extend((self.step | own).to_le_bytes());
        bytes.extend((self.fragment.len() as u32).to_le_bytes());
        bytes.extend_from_slice(self.fragment.as_bytes());
        for series in [&self.train, &self.test] {
            bytes.extend((series.len() as u32).to_le_bytes());
        }
        for (step, error) in self.train.iter().chain(&self.test) {
            bytes.extend(step.to_le_bytes());
            bytes.extend(error.to_le_bytes());
        }
        bytes.extend_from_slice(&self.file);
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, but for the file in it.
    ///
    /// # Errors
    /// `SittingError` if the bytes are something else.
    pub fn read(bytes: &[u8]) -> Result<Self, SittingError> {
        Self::parse(bytes).ok_or(SittingError)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (step, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (fragment, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let (train, rest) = rest.split_first_chunk()?;
        let (test, rest) = rest.split_first_chunk()?;
        let (train, rest) = series(rest, u32::from_le_bytes(*train))?;
        let (test, rest) = series(rest, u32::from_le_bytes(*test))?;
        let step = u64::from_le_bytes(*step);
        Some(Self {
            step: step & !OWN_IMAGES,
            fragment: str::from_utf8(fragment).ok()?.to_owned(),
            had_own_images: step & OWN_IMAGES != 0,
            train,
            test,
            file: rest.to_vec(),
        })
    }
}

/// Reads the first `count` points, and returns the bytes after them.
fn series(bytes: &[u8], count: u32) -> Option<(Points, &[u8])> {
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

    fn sitting() -> Sitting {
        Sitting {
            step: 12,
            fragment: "preset=blog&seed=7".into(),
            had_own_images: true,
            train: vec![(1, 0.2), (2, 0.1)],
            test: vec![(u64::MAX, 0.05)],
            file: vec![1, 2, 3],
        }
    }

    #[test]
    fn a_stored_run_round_trips() {
        assert_eq!(Sitting::read(&sitting().to_bytes()), Ok(sitting()));
    }

    #[test]
    fn other_bytes_are_refused() {
        let bytes = sitting().to_bytes();
        for length in 0..bytes.len() - 3 {
            assert_eq!(Sitting::read(&bytes[..length]), Err(SittingError), "{length} bytes");
        }
        let mut endless = bytes.clone();
        endless[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Sitting::read(&endless), Err(SittingError));
        let mut other = bytes;
        other[7] = b'2';
        assert_eq!(Sitting::read(&other), Err(SittingError));
    }
}

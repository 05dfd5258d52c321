//! How a view knows that it is outdated: parts count their changes.

/// The number of a part's changes so far. A view that drew another version is outdated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version(u64);

impl Version {
    /// Counts a change.
    pub fn bump(&mut self) {
        self.0 += 1;
    }
}

//! Values that count their writes, so that a view can tell whether it has drawn the current one.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

/// Identifies a write. No two writes share a version, not even writes of different values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version(u64);

impl Version {
    /// Returns a version that no write has had before.
    pub fn fresh() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Counts a write.
    pub fn bump(&mut self) {
        *self = Self::fresh();
    }
}

/// A value with the version of its last write.
#[derive(Debug)]
pub struct Tracked<T> {
    value: T,
    version: Version,
}

impl<T> Tracked<T> {
    /// Tracks a value.
    pub fn new(value: T) -> Self {
        Self { value, version: Version::fresh() }
    }

    /// Returns the version of the last write.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Counts a write and returns the value to be written.
    pub fn write(&mut self) -> &mut T {
        self.version.bump();
        &mut self.value
    }

    /// Lets `write` change the value, and counts a write unless it returns false or zero. Returns what it returns.
    pub fn write_if<R: Default + PartialEq>(&mut self, write: impl FnOnce(&mut T) -> R) -> R {
        let changes = write(&mut self.value);
        if changes != R::default() {
            self.version.bump();
        }
        changes
    }

    /// Returns the value for a change that no view shows.
    pub fn bypass(&mut self) -> &mut T {
        &mut self.value
    }

    /// Counts a write and returns the value before it.
    pub fn replace(&mut self, value: T) -> T {
        std::mem::replace(self.write(), value)
    }
}

impl<T: Default> Default for Tracked<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Deref for Tracked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_write_has_a_version_of_its_own() {
        let (mut a, b) = (Tracked::new(1), Tracked::new(1));
        let first = a.version();
        assert_ne!(first, b.version());
        assert_eq!((a.replace(2), *a), (1, 2));
        assert!(a.version() != first && *a == 2);
    }
}

//! A set of classes, such as the hidden ones.

/// A set of class numbers from 0 to 255, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassSet([u64; 4]);

impl ClassSet {
    /// The empty set.
    pub const EMPTY: Self = Self([0; 4]);

    /// Returns whether `class` is in the set.
    pub fn contains(&self, class: u8) -> bool {
        let (word, bit) = word_and_bit(class);
        self.0[word] & bit != 0
    }

    /// Adds `class`.
    pub fn insert(&mut self, class: u8) {
        let (word, bit) = word_and_bit(class);
        self.0[word] |= bit;
    }

    /// Adds `class`, or removes it if it is there.
    pub fn toggle(&mut self, class: u8) {
        let (word, bit) = word_and_bit(class);
        self.0[word] ^= bit;
    }

    /// Removes every class.
    pub fn clear(&mut self) {
        *self = Self::EMPTY;
    }

    /// Returns whether the set is empty.
    pub fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }
}

fn word_and_bit(class: u8) -> (usize, u64) {
    (usize::from(class / 64), 1 << (class % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_its_own_bit() {
        let mut set = ClassSet::default();
        assert!(set.is_empty());
        for class in 0..=255 {
            assert!(!set.contains(class));
            set.toggle(class);
            set.insert(class);
            assert!((0..=255).all(|other| set.contains(other) == (other <= class)), "{class}");
        }
        set.toggle(63);
        assert!(!set.contains(63) && set.contains(62) && set.contains(64) && !set.is_empty());
        set.clear();
        assert_eq!(set, ClassSet::EMPTY);
    }
}

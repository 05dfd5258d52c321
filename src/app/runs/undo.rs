//! Undo and redo.

use std::collections::VecDeque;

/// The largest number of entries.
const MAX_ENTRIES: usize = 16;

/// Their largest size in bytes.
const MAX_BYTES: usize = 256 << 20;

/// An entry of [`Undo`].
pub trait PutAside {
    /// Returns the approximate size in bytes.
    fn bytes(&self) -> usize;

    /// Drops what is not needed to restore it. Returns false if nothing more can be dropped.
    fn lighten(&mut self) -> bool;
}

/// Entries that can be restored.
///
/// A new entry keeps what could be redone: that can be undone as well then. Where memory is short, old entries are reduced
/// first, and dropped if that is not enough.
#[derive(Debug)]
pub struct Undo<T> {
    past: VecDeque<T>,
    future: Vec<T>,
}

impl<T> Default for Undo<T> {
    fn default() -> Self {
        Self { past: VecDeque::new(), future: Vec::new() }
    }
}

impl<T: PutAside> Undo<T> {
    /// Returns the entry that `undo` restores.
    pub fn last(&self) -> Option<&T> {
        self.past.back()
    }

    /// Adds an entry.
    pub fn keep(&mut self, entry: T) {
        self.past.extend(self.future.drain(..));
        self.past.push_back(entry);
        self.trim();
    }

    /// Restores the last entry; `current` can be redone then.
    pub fn undo(&mut self, current: impl FnOnce() -> Option<T>) -> Option<T> {
        let entry = self.past.pop_back()?;
        self.future.extend(current());
        Some(entry)
    }

    /// Restores the entry that was undone last; `current` can be undone then.
    pub fn redo(&mut self, current: impl FnOnce() -> Option<T>) -> Option<T> {
        let entry = self.future.pop()?;
        self.past.extend(current());
        Some(entry)
    }

    /// Reduces the oldest entries while there is too much, and drops them if that is not enough.
    fn trim(&mut self) {
        let is_too_much = |past: &VecDeque<T>| past.iter().map(T::bytes).sum::<usize>() > MAX_BYTES;
        let older = self.past.len().saturating_sub(1);
        for index in 0..older {
            while is_too_much(&self.past) && self.past[index].lighten() {}
        }
        while self.past.len() > MAX_ENTRIES || (self.past.len() > 1 && is_too_much(&self.past)) {
            self.past.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry: its number, its size, and the part of it that can be dropped.
    #[derive(Debug, PartialEq)]
    struct Entry(u32, usize, usize);

    impl PutAside for Entry {
        fn bytes(&self) -> usize {
            self.1 + self.2
        }

        fn lighten(&mut self) -> bool {
            self.2 /= 2;
            self.2 > 0
        }
    }

    impl PutAside for char {
        fn bytes(&self) -> usize {
            1
        }

        fn lighten(&mut self) -> bool {
            false
        }
    }

    #[test]
    fn undo_and_redo_are_inverse() {
        let mut undo = Undo::default();
        undo.keep('a');
        undo.keep('b');
        assert_eq!(undo.undo(|| Some('c')), Some('b'));
        assert_eq!(undo.undo(|| Some('b')), Some('a'));
        assert_eq!(undo.undo(|| Some('a')), None);
        assert_eq!(undo.redo(|| Some('a')), Some('b'));
        assert_eq!((undo.past.len(), undo.future.len()), (1, 1));
    }

    #[test]
    fn a_new_entry_makes_what_could_be_redone_undoable() {
        let mut undo = Undo::default();
        undo.keep('a');
        assert_eq!(undo.undo(|| Some('b')), Some('a'));
        undo.keep('a');
        assert!(undo.future.is_empty());
        assert_eq!(undo.undo(|| None), Some('a'));
        assert_eq!(undo.undo(|| None), Some('b'));
    }

    #[test]
    fn the_oldest_is_dropped_and_the_newest_never() {
        let mut undo = Undo::default();
        (0..40).for_each(|number| undo.keep(Entry(number, 1, 0)));
        assert_eq!(undo.past.len(), MAX_ENTRIES);
        undo.keep(Entry(99, 2 * MAX_BYTES, 0));
        assert_eq!((undo.past.len(), undo.last().map(|entry| entry.0)), (1, Some(99)));
    }

    #[test]
    fn old_entries_are_reduced_before_any_is_dropped() {
        let mut undo = Undo::default();
        (0..10).for_each(|number| undo.keep(Entry(number, 1, MAX_BYTES / 4)));
        assert_eq!(undo.past.len(), 10);
        assert_eq!(undo.last(), Some(&Entry(9, 1, MAX_BYTES / 4)), "the newest stays whole");
        assert!(undo.past.iter().map(Entry::bytes).sum::<usize>() <= MAX_BYTES);
        assert!(undo.past[0].2 < undo.past[8].2, "the oldest are lightened first");
    }
}

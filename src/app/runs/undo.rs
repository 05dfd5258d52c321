//! Undo and redo.

use std::collections::VecDeque;

/// The largest number of entries.
const MOST: usize = 16;

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
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.past.back()
    }

    /// Adds an entry.
    pub fn keep(&mut self, thing: T) {
        self.past.extend(self.future.drain(..));
        self.past.push_back(thing);
        self.trim();
    }

    /// Restores the last entry; `current` can be redone then.
    pub fn undo(&mut self, current: impl FnOnce() -> Option<T>) -> Option<T> {
        let thing = self.past.pop_back()?;
        self.future.extend(current());
        Some(thing)
    }

    /// Restores the entry that was undone last; `current` can be undone then.
    pub fn redo(&mut self, current: impl FnOnce() -> Option<T>) -> Option<T> {
        let thing = self.future.pop()?;
        self.past.extend(current());
        Some(thing)
    }

    /// Reduces the oldest entries while there is too much, and drops them if that is not enough.
    fn trim(&mut self) {
        let is_too_much = |past: &VecDeque<T>| past.iter().map(T::bytes).sum::<usize>() > MAX_BYTES;
        let older = self.past.len().saturating_sub(1);
        for index in 0..older {
            while is_too_much(&self.past) && self.past[index].lighten() {}
        }
        while self.past.len() > MOST || (self.past.len() > 1 && is_too_much(&self.past)) {
            self.past.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry: its number, its size, and the part of it that can be dropped.
    #[derive(Debug, PartialEq)]
    struct Thing(u32, usize, usize);

    impl PutAside for Thing {
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
    fn undo_and_redo_go_to_and_fro() {
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
    fn what_could_be_done_again_can_be_undone_once_something_else_is_put_away() {
        let mut undo = Undo::default();
        undo.keep('a');
        assert_eq!(undo.undo(|| Some('b')), Some('a'));
        undo.keep('a');
        assert!(undo.future.is_empty());
        assert_eq!(undo.undo(|| None), Some('a'));
        assert_eq!(undo.undo(|| None), Some('b'));
    }

    #[test]
    fn the_oldest_is_given_up_and_the_newest_never() {
        let mut undo = Undo::default();
        (0..40).for_each(|number| undo.keep(Thing(number, 1, 0)));
        assert_eq!(undo.past.len(), MOST);
        undo.keep(Thing(99, 2 * MAX_BYTES, 0));
        assert_eq!((undo.past.len(), undo.last().map(|thing| thing.0)), (1, Some(99)));
    }

    #[test]
    fn old_things_are_lightened_before_any_is_given_up() {
        let mut undo = Undo::default();
        (0..10).for_each(|number| undo.keep(Thing(number, 1, MAX_BYTES / 4)));
        assert_eq!(undo.past.len(), 10);
        assert_eq!(undo.last(), Some(&Thing(9, 1, MAX_BYTES / 4)), "the newest stays whole");
        assert!(undo.past.iter().map(Thing::bytes).sum::<usize>() <= MAX_BYTES);
        assert!(undo.past[0].2 < undo.past[8].2, "the oldest are lightened first");
    }
}

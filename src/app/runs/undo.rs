//! Undo: what was put away, the newest last.

use std::collections::VecDeque;

/// The most things that are kept.
const MOST: usize = 16;

/// The most bytes that they may take.
const MOST_BYTES: usize = 256 << 20;

/// Something that can be put away.
pub trait PutAside {
    /// About how many bytes it takes.
    fn bytes(&self) -> usize;

    /// Gives up what is not needed to bring it back; false if there is nothing more to give up.
    fn lighten(&mut self) -> bool;
}

/// Things that were put away and can be brought back.
///
/// What is undone can be done again. When something new is put away, what could have been done again is not lost either:
/// it joins what can be undone. Where memory is short, old things are lightened, and given up if that is not enough.
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
    /// What would be brought back.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.past.back()
    }

    /// Puts something away.
    pub fn keep(&mut self, thing: T) {
        self.past.extend(self.future.drain(..));
        self.past.push_back(thing);
        self.trim();
    }

    /// Brings back what was put away last; `current` takes its place among what can be done again.
    pub fn undo(&mut self, current: impl FnOnce() -> Option<T>) -> Option<T> {
        let thing = self.past.pop_back()?;
        self.future.extend(current());
        Some(thing)
    }

    /// Brings back what was undone last; `current` is put away for it.
    pub fn redo(&mut self, current: impl FnOnce() -> Option<T>) -> Option<T> {
        let thing = self.future.pop()?;
        self.past.extend(current());
        Some(thing)
    }

    /// Lightens the oldest while there is too much, and gives them up if that is not enough.
    fn trim(&mut self) {
        let is_too_much = |past: &VecDeque<T>| past.iter().map(T::bytes).sum::<usize>() > MOST_BYTES;
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

    /// A thing, its bytes, and those of them that it can do without.
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
        undo.keep(Thing(99, 2 * MOST_BYTES, 0));
        assert_eq!((undo.past.len(), undo.last().map(|thing| thing.0)), (1, Some(99)));
    }

    #[test]
    fn old_things_are_lightened_before_any_is_given_up() {
        let mut undo = Undo::default();
        (0..10).for_each(|number| undo.keep(Thing(number, 1, MOST_BYTES / 4)));
        assert_eq!(undo.past.len(), 10);
        assert_eq!(undo.last(), Some(&Thing(9, 1, MOST_BYTES / 4)), "the newest stays whole");
        assert!(undo.past.iter().map(Thing::bytes).sum::<usize>() <= MOST_BYTES);
        assert!(undo.past[0].2 < undo.past[8].2, "the oldest are lightened first");
    }
}

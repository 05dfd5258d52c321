//! Undo: what was put away, the newest last.

use std::collections::VecDeque;

/// The most things that are kept.
const MOST: usize = 16;

/// The most bytes that they may take.
const MOST_BYTES: usize = 256 << 20;

/// Things that were put away and can be brought back.
///
/// What is undone can be done again. When something new is put away, what could have been done again is not lost either:
/// it joins what can be undone.
#[derive(Debug)]
pub struct Undo<T> {
    past: VecDeque<(T, usize)>,
    future: Vec<(T, usize)>,
}

impl<T> Default for Undo<T> {
    fn default() -> Self {
        Self { past: VecDeque::new(), future: Vec::new() }
    }
}

impl<T> Undo<T> {
    /// What would be brought back.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.past.back().map(|(thing, _)| thing)
    }

    /// Puts something away that takes so many bytes.
    pub fn keep(&mut self, thing: T, bytes: usize) {
        self.past.extend(self.future.drain(..));
        self.past.push_back((thing, bytes));
        self.trim();
    }

    /// Brings back what was put away last; `current` takes its place among what can be done again.
    pub fn undo(&mut self, current: impl FnOnce() -> Option<(T, usize)>) -> Option<T> {
        let (thing, _) = self.past.pop_back()?;
        self.future.extend(current());
        Some(thing)
    }

    /// Brings back what was undone last; `current` is put away for it.
    pub fn redo(&mut self, current: impl FnOnce() -> Option<(T, usize)>) -> Option<T> {
        let (thing, _) = self.future.pop()?;
        self.past.extend(current());
        Some(thing)
    }

    /// Gives up the oldest while there is too much.
    fn trim(&mut self) {
        let bytes = |past: &VecDeque<(T, usize)>| past.iter().map(|(_, bytes)| bytes).sum::<usize>();
        while self.past.len() > MOST || (self.past.len() > 1 && bytes(&self.past) > MOST_BYTES) {
            self.past.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_and_redo_go_to_and_fro() {
        let mut undo = Undo::default();
        undo.keep('a', 1);
        undo.keep('b', 1);
        assert_eq!(undo.undo(|| Some(('c', 1))), Some('b'));
        assert_eq!(undo.undo(|| Some(('b', 1))), Some('a'));
        assert_eq!(undo.undo(|| Some(('a', 1))), None);
        assert_eq!(undo.redo(|| Some(('a', 1))), Some('b'));
        assert_eq!((undo.past.len(), undo.future.len()), (1, 1));
    }

    #[test]
    fn what_could_be_done_again_can_be_undone_once_something_else_is_put_away() {
        let mut undo = Undo::default();
        undo.keep('a', 1);
        assert_eq!(undo.undo(|| Some(('b', 1))), Some('a'));
        undo.keep('a', 1);
        assert!(undo.future.is_empty());
        assert_eq!(undo.undo(|| None), Some('a'));
        assert_eq!(undo.undo(|| None), Some('b'));
    }

    #[test]
    fn the_oldest_is_given_up_and_the_newest_never() {
        let mut undo = Undo::default();
        (0..40).for_each(|number| undo.keep(number, 1));
        assert_eq!(undo.past.len(), MOST);
        undo.keep(99, 2 * MOST_BYTES);
        assert_eq!((undo.past.len(), undo.last()), (1, Some(&99)));
    }
}

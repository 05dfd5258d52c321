//! Values computed over samples in rounds, a few samples at a time.

use std::mem;
use std::ops::{Deref, Range};

use super::tracked::Tracked;

/// Values over the first samples of a dataset, kept up to date while the network changes.
///
/// Rolling values change sample by sample, and an invalidation goes on with the next sample. Values in rounds are shown
/// when a round is complete; an invalidation lets the round in progress finish and asks for another.
#[derive(Debug)]
pub struct Sampled<T> {
    shown: T,
    /// The round in progress; none of rolling values.
    pending: Option<T>,
    refresh_after_frames: u32,
    /// Frames since the last round began.
    age: u32,
    /// The next sample.
    next: usize,
    /// How many samples were computed since the last invalidation.
    valid: usize,
}

/// The outcome of one piece of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many samples were computed.
    pub samples: usize,
    /// Whether the round is complete, or all samples are up to date.
    pub is_complete: bool,
}

impl<T> Sampled<T> {
    /// Starts rolling values with `value`.
    pub fn rolling(value: T) -> Self {
        Self { shown: value, pending: None, refresh_after_frames: 0, age: 0, next: 0, valid: 0 }
    }

    /// Starts values in rounds with `value`. While the network trains, rounds begin at least this many frames apart.
    pub fn in_rounds(value: T, refresh_after_frames: u32) -> Self
    where
        T: Clone,
    {
        let pending = Some(value.clone());
        Self { pending, refresh_after_frames, age: refresh_after_frames, ..Self::rolling(value) }
    }

    /// Marks all samples as outdated.
    pub fn invalidate(&mut self) {
        self.valid = 0;
    }

    /// Marks all samples as outdated and continues with the first.
    pub fn restart(&mut self) {
        (self.next, self.valid) = (0, 0);
    }

    /// Forgets all values.
    pub fn clear(&mut self)
    where
        T: Default,
    {
        self.restart();
        self.age = self.refresh_after_frames;
        self.shown = T::default();
        self.pending.iter_mut().for_each(|pending| *pending = T::default());
    }

    /// Counts a frame.
    pub fn frame(&mut self) {
        self.age = self.age.saturating_add(1);
    }

    /// Returns whether a round has begun and is not complete.
    pub fn is_in_progress(&self) -> bool {
        self.next > 0
    }

    /// Lets `compute` write the values of up to `units` outdated samples of the first `count`. A round at rest need not wait.
    pub fn advance(
        &mut self,
        units: usize,
        count: usize,
        at_rest: bool,
        compute: impl FnOnce(&mut T, Range<usize>),
    ) -> Progress {
        if self.next >= count {
            self.next = 0;
        }
        let (begins, is_rolling) = (self.next == 0, self.pending.is_none());
        let is_up_to_date = self.valid >= count && (begins || is_rolling);
        if is_up_to_date || (begins && !at_rest && self.age < self.refresh_after_frames) {
            return Progress::default();
        }
        if begins && !is_rolling {
            (self.age, self.valid) = (0, 0);
        }
        let range = self.next..(self.next + units).min(count);
        compute(self.pending.as_mut().unwrap_or(&mut self.shown), range.clone());
        self.next = range.end;
        self.valid += range.len();
        let is_complete = range.end == count || (is_rolling && self.valid >= count);
        if let Some(pending) = self.pending.as_mut().filter(|_| is_complete) {
            mem::swap(&mut self.shown, pending);
            self.next = 0;
        }
        Progress { samples: range.len(), is_complete }
    }
}

impl<T> Deref for Sampled<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.shown
    }
}

impl<T> Tracked<T> {
    /// Lets `work` advance and counts a write if that completes a round. Returns how many samples were computed.
    pub fn advance(&mut self, work: impl FnOnce(&mut T) -> Progress) -> usize {
        let mut samples = 0;
        self.write_if(|value| {
            let progress = work(value);
            samples = progress.samples;
            progress.is_complete
        });
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(sampled: &mut Sampled<Vec<usize>>, units: usize, count: usize, at_rest: bool) -> Range<usize> {
        let mut taken = 0..0;
        sampled.advance(units, count, at_rest, |values, range| {
            values.truncate(range.start);
            values.extend(range.clone());
            taken = range;
        });
        taken
    }

    #[test]
    fn each_sample_comes_once_after_a_change_wherever_the_round_was() {
        let mut sampled = Sampled::rolling(Vec::new());
        let mut take = |invalidates: bool, units, count| {
            if invalidates {
                sampled.invalidate();
            }
            take(&mut sampled, units, count, false)
        };
        assert_eq!([7, 7, 7].map(|units| take(false, units, 10)), [0..7, 7..10, 0..0]);
        assert_eq!(take(true, 4, 10), 0..4);
        assert_eq!([true, false, false].map(|changed| take(changed, 9, 10)), [4..10, 0..9, 0..0]);
        assert_eq!(take(true, 5, 0), 0..0);
    }

    #[test]
    fn a_round_is_shown_when_it_is_complete_and_the_next_one_waits_while_the_network_trains() {
        let mut sampled = Sampled::in_rounds(Vec::new(), 3);
        assert_eq!((take(&mut sampled, 7, 10, false), sampled.len()), (0..7, 0));
        sampled.invalidate();
        assert_eq!((take(&mut sampled, 7, 10, false), sampled.len()), (7..10, 10), "the round is finished");
        assert_eq!(take(&mut sampled, 7, 10, false), 0..0, "the next one waits");
        assert_eq!(take(&mut sampled, 10, 10, true), 0..10, "but not at rest");
        assert_eq!(take(&mut sampled, 10, 10, true), 0..0, "up to date");
        sampled.invalidate();
        (0..3).for_each(|_| sampled.frame());
        assert_eq!(take(&mut sampled, 10, 10, false), 0..10);
        sampled.clear();
        assert_eq!(
            (sampled.len(), take(&mut sampled, 10, 10, false)),
            (0, 0..10),
            "cleared, it does not wait"
        );
    }
}

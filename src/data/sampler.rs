//! The order in which examples are drawn.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// The size of the first window: training starts when this many images have arrived.
pub const FIRST_WINDOW: usize = 100;

/// The number of passes over a window before it doubles.
const PASSES: u32 = 2;

/// The window from which on it grows by parts of [`PART`] images instead: on a slow line the wait for each part is short.
const LAST_DOUBLED: usize = 1_600;
const PART: usize = 800;

/// The passes without an example that is used after which there is none.
const MAX_PASSES_WITHOUT_ANY: u32 = 64;

/// The order of the examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Shuffled by the seed, in each pass anew.
    #[default]
    Shuffled,
    /// In the order of the dataset, again and again: an order that two programs can share.
    InOrder,
}

/// A sampler of batches from a dataset that may still be arriving.
///
/// Examples come from a window: each pass draws every example of the window once, in a newly shuffled order. The first
/// window is the first [`FIRST_WINDOW`] images. After two passes the window doubles. From 1,600 images on it grows by 800, and a
/// pass draws these and as many of the others, so that as many examples as before are drawn by the time the window is the whole
/// dataset, over which passes then repeat. So the seed alone decides which examples a step sees: if images of the window have not
/// arrived, the sampler waits for them instead of drawing others. Batches of any size are cut from this one sequence; when
/// the size changes, no example is skipped or drawn twice.
///
/// A resumed sampler also waits until its window has arrived. If the dataset is smaller than the window, it starts over.
#[derive(Clone, Debug)]
pub struct Sampler<R> {
    state: SamplerState<R>,
    order: Order,
    batch_size: usize,
}

/// The position of a [`Sampler`] in its sequence.
///
/// The serialised form omits the lists: files store those separately, in less space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SamplerState<R> {
    /// The generator of the shuffling.
    pub rng: R,
    /// The window in the order of this pass.
    #[serde(skip)]
    pub permutation: Vec<u32>,
    /// The number of its examples that have been drawn.
    pub next: usize,
    /// The number of passes over this window after the current one.
    pub passes_left: u32,
    /// Examples drawn for a batch and not yet released.
    #[serde(skip)]
    pub drawn: Vec<u32>,
    /// The number of these that formed the last batch.
    #[serde(rename = "handed_out")]
    pub in_flight: usize,
}

impl<R: Rng> Sampler<R> {
    /// Creates a sampler of batches of `batch_size` examples.
    pub fn new(rng: R, order: Order, batch_size: usize) -> Self {
        let state = SamplerState {
            rng,
            permutation: Vec::new(),
            next: 0,
            passes_left: 0,
            drawn: Vec::with_capacity(batch_size),
            in_flight: 0,
        };
        Self { state, order, batch_size }
    }

    /// Creates a sampler that continues from `state`, or returns `None` if no sampler can reach that state.
    pub fn resume(state: SamplerState<R>, order: Order, batch_size: usize) -> Option<Self> {
        let mut sampler = state.is_consistent().then_some(Self { state, order, batch_size })?;
        sampler.set_batch_size(batch_size);
        Some(sampler)
    }

    /// Returns the position in the sequence.
    pub fn state(&self) -> &SamplerState<R> {
        &self.state
    }

    /// Returns the position in the sequence, without a copy.
    pub fn into_state(self) -> SamplerState<R> {
        self.state
    }

    pub(crate) fn state_mut(&mut self) -> &mut SamplerState<R> {
        &mut self.state
    }

    /// Sets the size of future batches.
    pub fn set_batch_size(&mut self, batch_size: usize) {
        self.batch_size = batch_size;
        let drawn = &mut self.state.drawn;
        drawn.reserve(batch_size.saturating_sub(drawn.len()));
    }

    /// Draws the next batch, as indices into a dataset of which `available` of `expected_len` images have arrived. Returns
    /// `None` while the batch needs an image that has not.
    pub fn next_batch(&mut self, available: usize, expected_len: usize) -> Option<&[u32]> {
        self.next_batch_of(available, expected_len, |_| true)
    }

    /// Draws the next batch of those examples for which `is_used` returns true: the others are passed over where the order comes to
    /// them. Returns `None` also if there are none of these.
    pub fn next_batch_of(
        &mut self,
        available: usize,
        expected_len: usize,
        is_used: impl Fn(u32) -> bool,
    ) -> Option<&[u32]> {
        self.state.release();
        if self.state.permutation.len() > expected_len {
            self.state.reset();
        }
        if self.state.permutation.len() > available {
            return None;
        }
        self.state.draw(self.order, self.batch_size, (available, expected_len), is_used)
    }
}

impl<R> SamplerState<R> {
    /// Undoes the last draw: the next batch starts with the same examples.
    pub(crate) fn rollback(&mut self) {
        self.in_flight = 0;
    }

    fn is_consistent(&self) -> bool {
        let window = self.permutation.len();
        let mut seen = vec![false; window];
        let each_once = self
            .permutation
            .iter()
            .all(|&i| seen.get_mut(i as usize).is_some_and(|seen| !std::mem::replace(seen, true)));
        each_once
            && self.drawn.iter().all(|&i| (i as usize) < window)
            && self.next <= window
            && self.in_flight <= self.drawn.len()
    }
}

impl<R: Rng> SamplerState<R> {
    /// Releases the last batch.
    fn release(&mut self) {
        self.drawn.drain(..std::mem::take(&mut self.in_flight));
    }

    /// Drops the window.
    fn reset(&mut self) {
        self.permutation.clear();
        self.drawn.clear();
        self.next = 0;
    }

    fn draw(
        &mut self,
        order: Order,
        batch_size: usize,
        (available, expected_len): (usize, usize),
        is_used: impl Fn(u32) -> bool,
    ) -> Option<&[u32]> {
        let mut passes_without_any = 0;
        while self.drawn.len() < batch_size {
            let end = self.pass_end(order, expected_len);
            if self.next >= end && !self.begin_pass(order, available, expected_len) {
                return None;
            }
            // A window may hold none that is used, but not all of them.
            passes_without_any = if self.next == 0 { passes_without_any + 1 } else { passes_without_any };
            if passes_without_any > MAX_PASSES_WITHOUT_ANY {
                return None;
            }
            let missing = batch_size - self.drawn.len();
            let rest = &self.permutation[self.next..self.pass_end(order, expected_len)];
            let rest = &rest[..missing.min(rest.len())];
            let before = self.drawn.len();
            self.drawn.extend(rest.iter().copied().filter(|&index| is_used(index)));
            self.next += rest.len();
            if self.drawn.len() > before {
                passes_without_any = 0;
            }
        }
        self.in_flight = batch_size;
        Some(&self.drawn[..batch_size])
    }

    /// Returns the number of examples of a pass over the window: fewer than it has while it grows by parts.
    fn pass_end(&self, order: Order, expected_len: usize) -> usize {
        let window = self.permutation.len();
        let grows_by_parts = order == Order::Shuffled && window > LAST_DOUBLED && window < expected_len;
        if grows_by_parts { 2 * PART } else { window }
    }

    /// Begins another pass, over the next window after enough passes. Returns false if that window has not arrived.
    fn begin_pass(&mut self, order: Order, available: usize, expected_len: usize) -> bool {
        let window = self.permutation.len();
        let next_window = match (order, window, self.passes_left) {
            (Order::InOrder, ..) => expected_len,
            (Order::Shuffled, 0, _) => FIRST_WINDOW.min(expected_len),
            (Order::Shuffled, LAST_DOUBLED.., 0) => (window + PART).min(expected_len),
            (Order::Shuffled, _, 0) => (2 * window).min(expected_len),
            (Order::Shuffled, ..) => window,
        };
        if next_window == 0 || available < next_window {
            return false;
        }
        if next_window > window {
            self.permutation.reserve_exact(expected_len - window);
            self.permutation.extend((window..next_window).map(|i| i as u32));
            self.passes_left = if window >= LAST_DOUBLED && next_window < expected_len { 1 } else { PASSES };
        }
        self.passes_left = self.passes_left.saturating_sub(1);
        let end = self.pass_end(order, expected_len);
        if end < next_window {
            // As many of the others as there are new ones, and these, go first.
            for place in 0..PART {
                let other = self.rng.random_range(place as u32..window as u32);
                self.permutation.swap(place, other as usize);
            }
            (0..PART).for_each(|place| self.permutation.swap(PART + place, window + place));
        }
        if order == Order::Shuffled {
            self.permutation[..end].shuffle(&mut self.rng);
        }
        self.next = 0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    fn sampler(batch_size: usize) -> Sampler<Xoshiro256PlusPlus> {
        Sampler::new(Xoshiro256PlusPlus::seed_from_u64(1), Order::Shuffled, batch_size)
    }

    fn draw(sampler: &mut Sampler<Xoshiro256PlusPlus>, batches: usize, expected_len: usize) -> Vec<u32> {
        (0..batches).flat_map(|_| sampler.next_batch(expected_len, expected_len).unwrap().to_vec()).collect()
    }

    #[test]
    fn every_pass_draws_every_example_of_its_window_once() {
        let drawn = draw(&mut sampler(50), 2 * 2 + 2 * 4 + 2 * 6, 300);
        let mut rest = drawn.as_slice();
        for window in [100, 100, 200, 200, 300, 300] {
            let (pass, after) = rest.split_at(window);
            let mut sorted = pass.to_vec();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..window as u32), "window of {window}");
            assert!(!pass.is_sorted(), "a pass is shuffled");
            rest = after;
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn a_large_window_grows_by_parts_and_draws_each_of_them_once() {
        let mut sampler = sampler(100);
        let before: usize = [100, 200, 400, 800, 1_600].into_iter().map(|window| 2 * window).sum();
        draw(&mut sampler, before / 100, 3_500);
        for first in [1_600, 2_400] {
            assert_eq!(sampler.next_batch(first + 799, 3_500), None, "it waits for the part");
            let part = first as u32..first as u32 + 800;
            let mut drawn = draw(&mut sampler, 16, 3_500);
            let new: Vec<_> = drawn.iter().copied().filter(|i| part.contains(i)).collect();
            assert!(!new.is_sorted() && drawn.iter().all(|&i| i < part.end), "old and new ones are mixed");
            drawn.sort_unstable();
            drawn.dedup();
            assert_eq!((drawn.len(), new.len()), (1_600, 800), "none is drawn twice");
        }
        let mut whole = draw(&mut sampler, 35, 3_500);
        whole.sort_unstable();
        assert!(whole.into_iter().eq(0..3_500), "the last pass is over all");
    }

    #[test]
    fn examples_that_are_not_used_are_passed_over_in_the_same_order() {
        let is_used = |index: u32| !index.is_multiple_of(10);
        let all = draw(&mut sampler(50), 60, 300);
        let mut sampler = sampler(50);
        let used: Vec<_> =
            (0..36).flat_map(|_| sampler.next_batch_of(300, 300, is_used).unwrap().to_vec()).collect();
        let expected: Vec<_> = all.into_iter().filter(|&index| is_used(index)).collect();
        assert_eq!(used, expected[..used.len()]);
        assert_eq!(sampler.next_batch_of(300, 300, |_| false), None, "none is left");
        assert!(sampler.next_batch_of(300, 300, is_used).is_some());
    }

    #[test]
    fn in_order_repeats_the_order_of_the_dataset() {
        let mut sampler = Sampler::new(Xoshiro256PlusPlus::seed_from_u64(1), Order::InOrder, 400);
        assert_eq!(sampler.next_batch(2_999, 3_000), None);
        let drawn = draw(&mut sampler, 20, 3_000);
        assert!(drawn.into_iter().eq((0..8_000).map(|i| i % 3_000)));
    }

    #[test]
    fn the_order_does_not_depend_on_when_images_arrive() {
        let at_once = draw(&mut sampler(7), 200, 400);
        let mut sampler = sampler(7);
        let (mut available, mut drawn, mut waited) = (0, Vec::new(), 0);
        while drawn.len() < at_once.len() {
            match sampler.next_batch(available, 400) {
                Some(batch) => drawn.extend_from_slice(batch),
                None => {
                    available += 13;
                    waited += 1;
                }
            }
        }
        assert_eq!(drawn, at_once);
        assert!(waited > 20);
    }

    #[test]
    fn batches_of_other_sizes_are_cut_from_the_same_sequence() {
        let expected = draw(&mut sampler(5), 42, 400);
        let mut sampler = sampler(5);
        let mut drawn = draw(&mut sampler, 1, 400);
        sampler.set_batch_size(7);
        drawn.extend(draw(&mut sampler, 27, 400));
        // Six are left of the second pass: too few, and the next window has not arrived.
        assert_eq!(sampler.next_batch(100, 400), None);
        for (batch_size, batches) in [(2, 5), (1, 6)] {
            sampler.set_batch_size(batch_size);
            drawn.extend(draw(&mut sampler, batches, 400));
        }
        assert_eq!(drawn, expected[..drawn.len()]);
    }

    #[test]
    fn a_resumed_sampler_continues_the_sequence_and_waits_for_its_window() {
        let expected = draw(&mut sampler(7), 60, 400);
        let mut first = sampler(7);
        let mut drawn = draw(&mut first, 40, 400);
        let mut second = Sampler::resume(first.state().clone(), Order::Shuffled, 7).unwrap();
        assert_eq!(second.next_batch(199, 400), None, "its window has 200 examples");
        drawn.extend(draw(&mut second, 20, 400));
        assert_eq!(drawn, expected);
        let few = draw(&mut second, 30, 30);
        assert!(few.iter().all(|&i| i < 30), "another dataset, too small for the window");
    }

    #[test]
    fn an_inconsistent_state_is_not_resumed() {
        let mut sampler = sampler(7);
        draw(&mut sampler, 3, 20);
        let state = sampler.state();
        assert!(Sampler::resume(state.clone(), Order::Shuffled, 7).is_some());
        let twice = vec![state.permutation[0]; 20];
        let wrong = [
            SamplerState { permutation: twice, ..state.clone() },
            SamplerState { permutation: vec![1], next: 1, drawn: vec![], in_flight: 0, ..state.clone() },
            SamplerState { next: 21, ..state.clone() },
            SamplerState { drawn: vec![20; 7], ..state.clone() },
            SamplerState { in_flight: 8, ..state.clone() },
        ];
        for state in wrong {
            assert!(Sampler::resume(state.clone(), Order::Shuffled, 7).is_none(), "{state:?}");
        }
    }

    #[test]
    fn the_batch_size_may_change_and_exceed_the_dataset() {
        let mut sampler = sampler(64);
        for (batch_size, expected_len) in [(64, 20), (3, 20), (200, 20)] {
            sampler.set_batch_size(batch_size);
            assert_eq!(draw(&mut sampler, 1, expected_len).len(), batch_size);
        }
        assert!(draw(&mut sampler, 5, 20).iter().all(|&i| i < 20));
    }
}

//! The order in which examples are seen.

use rand::Rng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

/// The size of the first pool: training begins when this many images have arrived.
pub const FIRST_POOL: usize = 100;

/// How many passes over a pool come before the next, larger pool.
const PASSES: u32 = 2;

/// Whether examples are shuffled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// In an order decided by the seed, and shuffled again for each pass.
    #[default]
    Shuffled,
    /// In the dataset's own order, again and again: an order that two programs can share.
    InOrder,
}

/// Draws batches from a dataset that may still be arriving.
///
/// Examples come from a pool: each pass draws every example of the pool once, in a newly shuffled order. The first pool is
/// the first [`FIRST_POOL`] images. After two passes the pool doubles, until it is the whole dataset, over which passes
/// then repeat. So the seed alone decides which examples a step sees: if some images of the pool have not arrived, the
/// sampler waits for them instead of drawing others. Batches of any size are cut from this one sequence; when the size
/// changes, no example is skipped or drawn twice.
///
/// A resumed sampler also waits until its pool has arrived. If the dataset is smaller than the pool, it starts over.
#[derive(Clone, Debug)]
pub struct Sampler<R> {
    state: SamplerState<R>,
    order: Order,
    batch_size: usize,
}

/// Where a [`Sampler`] is in its sequence.
///
/// Serialised, it has no lists: files store those separately, in less space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SamplerState<R> {
    /// The source of the shuffling.
    pub rng: R,
    /// The pool in the order of this pass.
    #[serde(skip)]
    pub permutation: Vec<u32>,
    /// How many of these have been drawn.
    pub next: usize,
    /// How many passes over this pool follow the current one.
    pub passes_left: u32,
    /// Drawn for a batch and not yet released.
    #[serde(skip)]
    pub drawn: Vec<u32>,
    /// How many of these formed the last batch.
    pub handed_out: usize,
}

impl<R> SamplerState<R> {
    /// Whether a sampler could have reached this state.
    fn is_consistent(&self) -> bool {
        let pool = self.permutation.len();
        let mut seen = vec![false; pool];
        let each_once = self
            .permutation
            .iter()
            .all(|&i| seen.get_mut(i as usize).is_some_and(|seen| !std::mem::replace(seen, true)));
        each_once
            && self.drawn.iter().all(|&i| (i as usize) < pool)
            && self.next <= pool
            && self.handed_out <= self.drawn.len()
    }
}

impl<R: Rng> Sampler<R> {
    /// A sampler of batches of `batch_size` examples.
    #[must_use]
    pub fn new(rng: R, order: Order, batch_size: usize) -> Self {
        let state = SamplerState {
            rng,
            permutation: Vec::new(),
            next: 0,
            passes_left: 0,
            drawn: Vec::with_capacity(batch_size),
            handed_out: 0,
        };
        Self { state, order, batch_size }
    }

    /// A sampler that continues from `state`, or `None` if no sampler could have reached that state.
    #[must_use]
    pub fn resume(state: SamplerState<R>, order: Order, batch_size: usize) -> Option<Self> {
        let mut sampler = state.is_consistent().then_some(Self { state, order, batch_size })?;
        sampler.set_batch_size(batch_size);
        Some(sampler)
    }

    /// Where it is in its sequence.
    #[must_use]
    pub fn state(&self) -> &SamplerState<R> {
        &self.state
    }

    /// Where it is in its sequence, without a copy.
    #[must_use]
    pub fn into_state(self) -> SamplerState<R> {
        self.state
    }

    /// Where it stands, to be changed.
    pub(crate) fn state_mut(&mut self) -> &mut SamplerState<R> {
        &mut self.state
    }

    /// Changes the size of future batches.
    pub fn set_batch_size(&mut self, batch_size: usize) {
        self.batch_size = batch_size;
        let drawn = &mut self.state.drawn;
        drawn.reserve(batch_size.saturating_sub(drawn.len()));
    }

    /// The next batch, as indices into a dataset of which `available` of `planned` images have arrived; `None` while it
    /// needs one that has not.
    pub fn next_batch(&mut self, available: usize, planned: usize) -> Option<&[u32]> {
        self.state.let_go();
        if self.state.permutation.len() > planned {
            self.state.begin_anew();
        }
        if self.state.permutation.len() > available {
            return None;
        }
        self.state.draw(self.order, self.batch_size, available, planned)
    }
}

impl<R> SamplerState<R> {
    /// Takes the last batch back: the next one begins with the same examples.
    pub(crate) fn take_back(&mut self) {
        self.handed_out = 0;
    }
}

impl<R: Rng> SamplerState<R> {
    /// Releases the last batch.
    fn let_go(&mut self) {
        self.drawn.drain(..std::mem::take(&mut self.handed_out));
    }

    /// Forgets the pool.
    fn begin_anew(&mut self) {
        self.permutation.clear();
        self.drawn.clear();
        self.next = 0;
    }

    fn draw(&mut self, order: Order, batch_size: usize, available: usize, planned: usize) -> Option<&[u32]> {
        while self.drawn.len() < batch_size {
            if self.next == self.permutation.len() && !self.begin_pass(order, available, planned) {
                return None;
            }
            let wanted = batch_size - self.drawn.len();
            let rest = &self.permutation[self.next..];
            let rest = &rest[..wanted.min(rest.len())];
            self.drawn.extend_from_slice(rest);
            self.next += rest.len();
        }
        self.handed_out = batch_size;
        Some(&self.drawn[..batch_size])
    }

    /// Begins another pass over the pool, or over the next one after enough passes; false if that has not arrived.
    fn begin_pass(&mut self, order: Order, available: usize, planned: usize) -> bool {
        let pool = self.permutation.len();
        let next_pool = match (order, pool, self.passes_left) {
            (Order::InOrder, ..) => planned,
            (Order::Shuffled, 0, _) => FIRST_POOL.min(planned),
            (Order::Shuffled, _, 0) => (2 * pool).min(planned),
            (Order::Shuffled, ..) => pool,
        };
        if next_pool == 0 || available < next_pool {
            return false;
        }
        if next_pool > pool {
            self.permutation.reserve_exact(planned - pool);
            self.permutation.extend((pool..next_pool).map(|i| i as u32));
            self.passes_left = PASSES;
        }
        self.passes_left = self.passes_left.saturating_sub(1);
        if order == Order::Shuffled {
            self.permutation.shuffle(&mut self.rng);
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

    fn draw(sampler: &mut Sampler<Xoshiro256PlusPlus>, batches: usize, planned: usize) -> Vec<u32> {
        (0..batches).flat_map(|_| sampler.next_batch(planned, planned).unwrap().to_vec()).collect()
    }

    #[test]
    fn every_pass_sees_every_example_of_its_pool_once() {
        let drawn = draw(&mut sampler(50), 2 * 2 + 2 * 4 + 2 * 6, 300);
        let mut rest = drawn.as_slice();
        for pool in [100, 100, 200, 200, 300, 300] {
            let (pass, after) = rest.split_at(pool);
            let mut sorted = pass.to_vec();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..pool as u32), "pool of {pool}");
            assert!(!pass.is_sorted(), "a pass is shuffled");
            rest = after;
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn in_order_is_the_order_of_the_file_over_and_over() {
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
        // Six are left of the second pass: too few, and the next pool is not here.
        assert_eq!(sampler.next_batch(100, 400), None);
        for (batch_size, batches) in [(2, 5), (1, 6)] {
            sampler.set_batch_size(batch_size);
            drawn.extend(draw(&mut sampler, batches, 400));
        }
        assert_eq!(drawn, expected[..drawn.len()]);
    }

    #[test]
    fn a_resumed_sampler_goes_on_and_waits_for_its_pool() {
        let expected = draw(&mut sampler(7), 60, 400);
        let mut first = sampler(7);
        let mut drawn = draw(&mut first, 40, 400);
        let mut second = Sampler::resume(first.state().clone(), Order::Shuffled, 7).unwrap();
        assert_eq!(second.next_batch(199, 400), None, "its pool is of 200");
        drawn.extend(draw(&mut second, 20, 400));
        assert_eq!(drawn, expected);
        let few = draw(&mut second, 30, 30);
        assert!(few.iter().all(|&i| i < 30), "another dataset, too small for the pool");
    }

    #[test]
    fn a_state_that_contradicts_itself_is_not_resumed() {
        let mut sampler = sampler(7);
        draw(&mut sampler, 3, 20);
        let state = sampler.state();
        assert!(Sampler::resume(state.clone(), Order::Shuffled, 7).is_some());
        let twice = vec![state.permutation[0]; 20];
        let wrong = [
            SamplerState { permutation: twice, ..state.clone() },
            SamplerState { permutation: vec![1], next: 1, drawn: vec![], handed_out: 0, ..state.clone() },
            SamplerState { next: 21, ..state.clone() },
            SamplerState { drawn: vec![20; 7], ..state.clone() },
            SamplerState { handed_out: 8, ..state.clone() },
        ];
        for state in wrong {
            assert!(Sampler::resume(state.clone(), Order::Shuffled, 7).is_none(), "{state:?}");
        }
    }

    #[test]
    fn the_batch_size_may_change_and_exceed_the_dataset() {
        let mut sampler = sampler(64);
        for (batch_size, planned) in [(64, 20), (3, 20), (200, 20)] {
            sampler.set_batch_size(batch_size);
            assert_eq!(draw(&mut sampler, 1, planned).len(), batch_size);
        }
        assert!(draw(&mut sampler, 5, 20).iter().all(|&i| i < 20));
    }
}

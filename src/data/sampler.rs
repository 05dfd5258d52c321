//! The order in which examples are seen.

use rand::Rng;
use rand::seq::SliceRandom;

/// The size of the first pool: training begins when so many images are here.
pub const FIRST_POOL: usize = 1_000;

/// How often a pool is gone through before the next is opened.
const PASSES: u32 = 2;

/// Whether examples are shuffled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// In an order that the seed decides, anew in each pass.
    #[default]
    Shuffled,
    /// As the dataset has them, from the first to the last and over again: what two programs can do alike.
    InOrder,
}

/// Draws batches from a dataset that may still be arriving.
///
/// Examples are drawn from a pool, every one of it once in each pass, in an order shuffled anew. The first pool are the first
/// [`FIRST_POOL`] images, and after two passes a pool doubles, until it is the whole dataset, which is then gone
/// through again and again. Which examples a step sees thus depends on the seed alone: when the images of a pool are
/// not all here yet, the sampler waits for them rather than draw others. Batches of whatever size are cut from the
/// one sequence: none of it is seen twice or passed over when the size changes.
#[derive(Clone, Debug)]
pub struct Sampler<R> {
    rng: R,
    order: Order,
    permutation: Vec<u32>,
    next: usize,
    passes_left: u32,
    drawn: Vec<u32>,
    handed_out: usize,
    batch_size: usize,
}

impl<R: Rng> Sampler<R> {
    /// A sampler of batches of `batch_size` examples.
    #[must_use]
    pub fn new(rng: R, order: Order, batch_size: usize) -> Self {
        Self {
            rng,
            order,
            permutation: Vec::new(),
            next: 0,
            passes_left: 0,
            drawn: Vec::with_capacity(batch_size),
            handed_out: 0,
            batch_size,
        }
    }

    /// Changes the size of the batches to come.
    pub fn set_batch_size(&mut self, batch_size: usize) {
        self.batch_size = batch_size;
        self.drawn.reserve(batch_size.saturating_sub(self.drawn.len()));
    }

    /// The next batch, as indices of a dataset of which `available` of `planned` images are here, or nothing if
    /// it needs one that is not.
    pub fn next_batch(&mut self, available: usize, planned: usize) -> Option<&[u32]> {
        self.drawn.drain(..std::mem::take(&mut self.handed_out));
        while self.drawn.len() < self.batch_size {
            if self.next == self.permutation.len() && !self.begin_pass(available, planned) {
                return None;
            }
            let wanted = self.batch_size - self.drawn.len();
            let rest = &self.permutation[self.next..];
            let rest = &rest[..wanted.min(rest.len())];
            self.drawn.extend_from_slice(rest);
            self.next += rest.len();
        }
        self.handed_out = self.batch_size;
        Some(&self.drawn[..self.batch_size])
    }

    /// Goes through the pool once more, or through the next one if this has been gone through often enough; false if it is not here.
    fn begin_pass(&mut self, available: usize, planned: usize) -> bool {
        let pool = self.permutation.len();
        let next_pool = match (self.order, pool, self.passes_left) {
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
        if self.order == Order::Shuffled {
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
        let drawn = draw(&mut sampler(50), 2 * 20 + 2 * 40 + 2 * 60, 3_000);
        let mut rest = drawn.as_slice();
        for pool in [1_000, 1_000, 2_000, 2_000, 3_000, 3_000] {
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
        let at_once = draw(&mut sampler(70), 200, 4_000);
        let mut sampler = sampler(70);
        let (mut available, mut drawn, mut waited) = (0, Vec::new(), 0);
        while drawn.len() < at_once.len() {
            match sampler.next_batch(available, 4_000) {
                Some(batch) => drawn.extend_from_slice(batch),
                None => {
                    available += 130;
                    waited += 1;
                }
            }
        }
        assert_eq!(drawn, at_once);
        assert!(waited > 20);
    }

    #[test]
    fn batches_of_other_sizes_are_cut_from_the_same_sequence() {
        let expected = draw(&mut sampler(50), 42, 4_000);
        let mut sampler = sampler(50);
        let mut drawn = draw(&mut sampler, 1, 4_000);
        sampler.set_batch_size(70);
        drawn.extend(draw(&mut sampler, 27, 4_000));
        // 60 are left of the second pass: too few, and the next pool is not here.
        assert_eq!(sampler.next_batch(1_000, 4_000), None);
        for (batch_size, batches) in [(20, 5), (1, 10)] {
            sampler.set_batch_size(batch_size);
            drawn.extend(draw(&mut sampler, batches, 4_000));
        }
        assert_eq!(drawn, expected[..drawn.len()]);
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

//! Draws from the standard normal distribution: the same bits on every platform, whose own `exp` and `ln` differ.

use std::sync::LazyLock;

use rand::{Rng, RngExt};

/// Layers of equal area under the density, which is [`density`] without its constant factor.
const LAYERS: usize = 256;

/// Where the tail begins, below which the lowest layer is a rectangle.
const TAIL: f64 = 3.654_152_885_361_009;

/// The width of a rectangle with the area of the lowest layer and its tail.
const LOWEST_WIDTH: f64 = 3.910_757_959_537_09;

/// The width of each layer and the density there.
static EDGES: LazyLock<[(f64, f64); LAYERS + 1]> = LazyLock::new(|| {
    let area = LOWEST_WIDTH * density(TAIL);
    let mut edges = [(0.0, 1.0); LAYERS + 1];
    edges[0] = (LOWEST_WIDTH, density(LOWEST_WIDTH));
    edges[1] = (TAIL, density(TAIL));
    for i in 2..LAYERS {
        let (width, height) = edges[i - 1];
        let width = (-2.0 * libm::log(height + area / width)).sqrt();
        edges[i] = (width, density(width));
    }
    edges
});

/// Computes `exp(-x²/2)`.
fn density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x)
}

/// Draws from `N(0, 1)` by the ziggurat method (Doornik, "An improved ziggurat method to generate normal random samples", 2005).
///
/// The draws are those of the crate `rand_distr`, which takes `exp` and `ln` from the platform.
pub(crate) fn standard_normal(rng: &mut impl Rng) -> f32 {
    let edges = &*EDGES;
    loop {
        let bits = rng.next_u64();
        let layer = bits as usize % LAYERS;
        // Uniform in [-1, 1), from the upper 52 bits.
        let u = f64::from_bits(bits >> 12 | 2.0_f64.to_bits()) - 3.0;
        let ((width, low), (next_width, high)) = (edges[layer], edges[layer + 1]);
        let x = u * width;
        if x.abs() < next_width {
            return x as f32;
        }
        if layer == 0 {
            return tail(rng).copysign(u) as f32;
        }
        if high + (low - high) * rng.random::<f64>() < density(x) {
            return x as f32;
        }
    }
}

/// Draws a value beyond [`TAIL`].
fn tail(rng: &mut impl Rng) -> f64 {
    loop {
        let mut exponential = || -libm::log(rng.sample::<f64, _>(rand::distr::Open01));
        let (x, y) = (exponential() / TAIL, exponential());
        if 2.0 * y >= x * x {
            return TAIL + x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_distr::StandardNormal;
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn the_draws_are_those_of_rand_distr() {
        let mut ours = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut theirs = ours.clone();
        let mut beyond = 0;
        for _ in 0..200_000 {
            let (x, expected): (_, f32) = (standard_normal(&mut ours), theirs.sample(StandardNormal));
            assert!((x - expected).abs() <= 1e-6 * expected.abs(), "{x}, not {expected}");
            beyond += u32::from(f64::from(x.abs()) > TAIL);
        }
        assert!(beyond > 20 && ours == theirs, "{beyond} draws from the tail");
    }
}

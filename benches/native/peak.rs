//! The peak rate of one core without fused multiply-add, as on the page.

use divan::Bencher;
use divan::counter::ItemsCount;
use std::hint::black_box;

use fearless_simd::{Level, Simd, SimdBase, f32x4};

const ITERATIONS: usize = 100_000;

/// Repeats `s ← s a + b` for each sum. Too few sums wait for each other, too many do not fit the registers.
#[divan::bench(consts = [6, 8, 10, 12, 13, 14, 16])]
fn multiply_add<const SUMS: usize>(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(8 * SUMS * ITERATIONS))
        .bench_local(|| fearless_simd::dispatch!(Level::baseline(), simd => sums::<_, SUMS>(simd)));
}

#[inline(always)]
fn sums<S: Simd, const SUMS: usize>(simd: S) -> f32 {
    let [zero, a, b] = [0.0, black_box(0.5), black_box(1.0)].map(|value| f32x4::splat(simd, value));
    let mut sums = [zero; SUMS];
    for _ in 0..ITERATIONS {
        for sum in &mut sums {
            *sum = *sum * a + b;
        }
    }
    sums.into_iter().fold(zero, |total, sum| total + sum)[0]
}

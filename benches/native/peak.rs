//! The peak rate of one core without fused multiply-add, as on the page.

use divan::Bencher;
use divan::counter::ItemsCount;
use std::hint::black_box;
use wide::f32x4;

const ITERATIONS: usize = 100_000;

/// Repeats `s ← s a + b` for each sum. Too few sums wait for each other, too many do not fit the registers.
#[divan::bench(consts = [6, 8, 10, 12, 13, 14, 16])]
fn multiply_add<const SUMS: usize>(bencher: Bencher<'_, '_>) {
    let (a, b) = (black_box(f32x4::splat(0.5)), black_box(f32x4::splat(1.0)));
    bencher.counter(ItemsCount::new(8 * SUMS * ITERATIONS)).bench_local(|| {
        let mut sums = [f32x4::ZERO; SUMS];
        for _ in 0..ITERATIONS {
            for sum in &mut sums {
                *sum = *sum * a + b;
            }
        }
        sums.into_iter().fold(f32x4::ZERO, |total, sum| total + sum)
    });
}

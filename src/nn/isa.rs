//! The instructions that vectors are computed with: those of the target, or better ones that this processor turns out to have.
//!
//! A build for any x86-64 may use registers of four numbers, and nearly every processor of today has registers of eight.
//! So what takes time is written once for any [`Isa`], and `fastest!` compiles it for both and chooses as it runs. The token
//! `Avx2` is the proof that the processor has them; `fearless_simd` hands it out, and keeps the one call that is unsafe to
//! itself. In WebAssembly there is nothing to choose, and nothing of this is compiled.
//!
//! What is computed is the same with either, bit for bit: each number of a vector goes its own way, no product is fused with a
//! sum, and [`Vector::sum`] has one order.

use std::ops::{Add, Div, Mul, Neg, Sub};

#[cfg(target_arch = "x86_64")]
pub(crate) use fearless_simd::Simd as Vectorize;
use wide::{f32x4, f32x8};

/// A set of instructions.
pub(crate) trait Isa: Copy {
    /// What one register holds.
    type Register: Vector<Self>;
    /// Eight numbers, in as many registers as that takes.
    type Eight: Vector<Self>;
}

/// A few numbers that are computed with at once.
pub(crate) trait Vector<I>:
    Copy + Neg<Output = Self> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// How many numbers.
    const WIDTH: usize;

    /// The same number everywhere.
    fn splat(isa: I, number: f32) -> Self;

    /// The first numbers of `slice`.
    ///
    /// # Panics
    /// If there are fewer than it holds.
    fn load(isa: I, slice: &[f32]) -> Self;

    /// Stores as many of its numbers as `slice` has room for.
    fn store(self, slice: &mut [f32]);

    /// Each number, bounded. What is not a number may become anything.
    fn clamp(self, least: Self, greatest: Self) -> Self;

    /// Of each place the number of `positive` where this one is above zero, else that of `other`.
    fn select_positive(self, positive: Self, other: Self) -> Self;

    /// The exponential of each number, as [`wide`] computes it.
    fn exp(self) -> Self;

    /// The natural logarithm of each number, as [`wide`] computes it.
    fn ln(self) -> Self;

    /// The sum of all its numbers.
    fn sum(self) -> f32;
}

/// The instructions of the target.
#[derive(Clone, Copy)]
pub(crate) struct Baseline;

impl Isa for Baseline {
    type Register = f32x4;
    type Eight = f32x8;
}

macro_rules! impl_vector_of_wide {
    ($vector:ident, $width:literal) => {
        impl Vector<Baseline> for $vector {
            const WIDTH: usize = $width;

            #[inline(always)]
            fn splat(_: Baseline, number: f32) -> Self {
                Self::splat(number)
            }

            #[inline(always)]
            fn load(_: Baseline, slice: &[f32]) -> Self {
                Self::from(first::<$width>(slice))
            }

            #[inline(always)]
            fn store(self, slice: &mut [f32]) {
                store(self.to_array(), slice);
            }

            #[inline(always)]
            fn clamp(self, least: Self, greatest: Self) -> Self {
                self.fast_max(least).fast_min(greatest)
            }

            #[inline(always)]
            fn select_positive(self, positive: Self, other: Self) -> Self {
                self.simd_gt(Self::ZERO).select(positive, other)
            }

            #[inline(always)]
            fn exp(self) -> Self {
                Self::exp(self)
            }

            #[inline(always)]
            fn ln(self) -> Self {
                Self::ln(self)
            }

            #[inline(always)]
            fn sum(self) -> f32 {
                sum(self.to_array())
            }
        }
    };
}

impl_vector_of_wide!(f32x4, 4);
impl_vector_of_wide!(f32x8, 8);

#[cfg(target_arch = "x86_64")]
mod eight {
    use fearless_simd::prelude::*;
    use fearless_simd::{Avx2, Level};

    use super::{Isa, Vector, first, store, sum};

    type Eight = fearless_simd::f32x8<Avx2>;

    /// The proof that this processor has AVX2, if it does.
    #[inline(always)]
    pub(crate) fn avx2() -> Option<Avx2> {
        Level::new().as_avx2()
    }

    impl Isa for Avx2 {
        type Register = Eight;
        type Eight = Eight;
    }

    impl Vector<Avx2> for Eight {
        const WIDTH: usize = 8;

        #[inline(always)]
        fn splat(isa: Avx2, number: f32) -> Self {
            <Self as SimdBase<_>>::splat(isa, number)
        }

        #[inline(always)]
        fn load(isa: Avx2, slice: &[f32]) -> Self {
            Self::simd_from(isa, first::<8>(slice))
        }

        #[inline(always)]
        fn store(self, slice: &mut [f32]) {
            store(self.into(), slice);
        }

        #[inline(always)]
        fn clamp(self, least: Self, greatest: Self) -> Self {
            self.max(least).min(greatest)
        }

        #[inline(always)]
        fn select_positive(self, positive: Self, other: Self) -> Self {
            self.simd_gt(0.0).select(positive, other)
        }

        #[inline(always)]
        fn exp(self) -> Self {
            Self::simd_from(self.simd, wide::f32x8::from(<[f32; 8]>::from(self)).exp().to_array())
        }

        #[inline(always)]
        fn ln(self) -> Self {
            Self::simd_from(self.simd, wide::f32x8::from(<[f32; 8]>::from(self)).ln().to_array())
        }

        #[inline(always)]
        fn sum(self) -> f32 {
            sum(self.into())
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use eight::avx2;

/// Evaluates an expression with the best instructions there are, to which it gives a name; and a name as well to how many
/// numbers their registers hold, a constant. What the expression calls has to be inlined, always, to be compiled for them.
macro_rules! fastest {
    ($isa:ident, $width:ident => $work:expr) => {{
        #[cfg(target_arch = "x86_64")]
        match $crate::nn::isa::avx2() {
            Some($isa) => $crate::nn::isa::Vectorize::vectorize(
                $isa,
                #[inline(always)]
                || {
                    #[allow(dead_code, reason = "some work needs no constant")]
                    const $width: usize = 8;
                    $work
                },
            ),
            None => $crate::nn::isa::fastest!(@baseline $isa, $width => $work),
        }
        #[cfg(not(target_arch = "x86_64"))]
        $crate::nn::isa::fastest!(@baseline $isa, $width => $work)
    }};
    (@baseline $isa:ident, $width:ident => $work:expr) => {{
        #[allow(dead_code, reason = "some work needs no constant")]
        const $width: usize = 4;
        let $isa = $crate::nn::isa::Baseline;
        $work
    }};
}
pub(crate) use fastest;

#[inline(always)]
fn first<const N: usize>(slice: &[f32]) -> [f32; N] {
    *slice.first_chunk().expect("a vector is loaded of as many numbers as it holds")
}

#[inline(always)]
fn store<const N: usize>(numbers: [f32; N], slice: &mut [f32]) {
    match slice.first_chunk_mut() {
        Some(whole) => *whole = numbers,
        None => slice.copy_from_slice(&numbers[..slice.len()]),
    }
}

/// In fours, from first to last.
#[inline(always)]
fn sum<const N: usize>(numbers: [f32; N]) -> f32 {
    numbers.as_chunks::<4>().0.iter().map(|four| four.iter().sum::<f32>()).sum()
}

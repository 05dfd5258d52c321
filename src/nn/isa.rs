//! The instruction set that vectors are computed with: the target's baseline, or AVX2 if the processor has it.
//!
//! A build for any x86-64 may use registers of four floats; nearly every processor today has registers of eight. Hot code is
//! therefore generic over an [`Isa`], and `dispatch!` compiles it for both and selects at run time. The token `Avx2` proves that
//! the processor supports it; `fearless_simd` hands it out and contains the one unsafe call. WebAssembly has only the baseline.
//!
//! Both give the same results, bit for bit: operations are elementwise, no multiplication is fused with an addition, and
//! [`Vector::sum`] has a fixed order.

use std::ops::{Add, Div, Mul, Neg, Sub};

#[cfg(target_arch = "x86_64")]
pub(crate) use fearless_simd::Simd as Vectorize;
use wide::{f32x4, f32x8};

/// An instruction set.
pub(crate) trait Isa: Copy {
    /// One register of `f32`.
    type Register: Vector<Self>;
    /// Eight `f32`, in one or two registers.
    type F32x8: Vector<Self>;
}

/// A SIMD vector of `f32`. All operations but [`sum`](Self::sum) are elementwise.
pub(crate) trait Vector<I>:
    Copy + Neg<Output = Self> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// The number of lanes.
    const WIDTH: usize;

    /// Returns a vector with `value` in every lane.
    fn splat(isa: I, value: f32) -> Self;

    /// Loads the first `WIDTH` values of `slice`.
    ///
    /// # Panics
    /// If `slice` is shorter.
    fn load(isa: I, slice: &[f32]) -> Self;

    /// Stores the lanes to `slice`, or the first of them if it is shorter.
    fn store(self, slice: &mut [f32]);

    /// Clamps each lane. NaN may become any value.
    fn clamp(self, min: Self, max: Self) -> Self;

    /// Returns the lane of `positive` where this one is above zero, else that of `other`.
    fn select_positive(self, positive: Self, other: Self) -> Self;

    /// Computes the exponential as [`wide`] does.
    fn exp(self) -> Self;

    /// Computes the natural logarithm as [`wide`] does.
    fn ln(self) -> Self;

    /// Returns the sum of the lanes: groups of four from first to last, then the groups.
    fn sum(self) -> f32;
}

/// The instruction set the program is compiled for.
#[derive(Clone, Copy)]
pub(crate) struct Baseline;

impl Isa for Baseline {
    type Register = f32x4;
    type F32x8 = f32x8;
}

macro_rules! impl_vector_for_wide {
    ($vector:ident, $width:literal) => {
        impl Vector<Baseline> for $vector {
            const WIDTH: usize = $width;

            #[inline(always)]
            fn splat(_: Baseline, value: f32) -> Self {
                Self::splat(value)
            }

            #[inline(always)]
            fn load(_: Baseline, slice: &[f32]) -> Self {
                Self::from(load_array::<$width>(slice))
            }

            #[inline(always)]
            fn store(self, slice: &mut [f32]) {
                store_array(self.to_array(), slice);
            }

            #[inline(always)]
            fn clamp(self, min: Self, max: Self) -> Self {
                self.fast_max(min).fast_min(max)
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
                sum_array(self.to_array())
            }
        }
    };
}

impl_vector_for_wide!(f32x4, 4);
impl_vector_for_wide!(f32x8, 8);

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use fearless_simd::prelude::*;
    use fearless_simd::{Avx2, Level};

    use super::{Isa, Vector, load_array, store_array, sum_array};

    type F32x8 = fearless_simd::f32x8<Avx2>;

    /// Returns the proof that this processor has AVX2, if it does.
    #[inline(always)]
    pub(crate) fn avx2() -> Option<Avx2> {
        Level::new().as_avx2()
    }

    impl Isa for Avx2 {
        type Register = F32x8;
        type F32x8 = F32x8;
    }

    impl Vector<Avx2> for F32x8 {
        const WIDTH: usize = 8;

        #[inline(always)]
        fn splat(isa: Avx2, value: f32) -> Self {
            <Self as SimdBase<_>>::splat(isa, value)
        }

        #[inline(always)]
        fn load(isa: Avx2, slice: &[f32]) -> Self {
            Self::simd_from(isa, load_array::<8>(slice))
        }

        #[inline(always)]
        fn store(self, slice: &mut [f32]) {
            store_array(self.into(), slice);
        }

        #[inline(always)]
        fn clamp(self, min: Self, max: Self) -> Self {
            self.max(min).min(max)
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
            sum_array(self.into())
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::avx2;

/// Evaluates an expression with the best instruction set of this processor. Binds the [`Isa`] token to a variable and the width of
/// its registers to a constant. Functions the expression calls must be `#[inline(always)]` to be compiled for that instruction set.
macro_rules! dispatch {
    ($isa:ident, $width:ident => $body:expr) => {{
        #[cfg(target_arch = "x86_64")]
        match $crate::nn::isa::avx2() {
            Some($isa) => $crate::nn::isa::Vectorize::vectorize(
                $isa,
                #[inline(always)]
                || {
                    #[allow(dead_code, reason = "some bodies need no constant")]
                    const $width: usize = 8;
                    $body
                },
            ),
            None => $crate::nn::isa::dispatch!(@baseline $isa, $width => $body),
        }
        #[cfg(not(target_arch = "x86_64"))]
        $crate::nn::isa::dispatch!(@baseline $isa, $width => $body)
    }};
    (@baseline $isa:ident, $width:ident => $body:expr) => {{
        #[allow(dead_code, reason = "some bodies need no constant")]
        const $width: usize = 4;
        let $isa = $crate::nn::isa::Baseline;
        $body
    }};
}
pub(crate) use dispatch;

#[inline(always)]
fn load_array<const N: usize>(slice: &[f32]) -> [f32; N] {
    *slice.first_chunk().expect("a vector is loaded from a slice of its width")
}

#[inline(always)]
fn store_array<const N: usize>(lanes: [f32; N], slice: &mut [f32]) {
    match slice.first_chunk_mut() {
        Some(whole) => *whole = lanes,
        None => slice.copy_from_slice(&lanes[..slice.len()]),
    }
}

#[inline(always)]
fn sum_array<const N: usize>(lanes: [f32; N]) -> f32 {
    lanes.as_chunks::<4>().0.iter().map(|four| four.iter().sum::<f32>()).sum()
}

//! The instruction set that vectors are computed with: the target's baseline, or AVX2 if the processor has it.
//!
//! A build for any x86-64 may use registers of four floats; nearly every processor today has registers of eight. Hot code is
//! therefore generic over [`Simd`], and `dispatch!` compiles it for both and selects at run time. A token of `fearless_simd`
//! proves that the processor supports an instruction set; that crate contains the unsafe calls.
//!
//! Each gives the same results, bit for bit: operations are elementwise, [`sum`](super::simd::sum) has a fixed order, and no
//! multiplication is fused with an addition. Rust never fuses the two by itself, whatever the build's target features.

use fearless_simd::Level;
pub(crate) use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask, f32x4, f32x8};

/// The instruction set that every processor of the target has.
#[cfg(target_arch = "x86_64")]
pub(crate) type Baseline = fearless_simd::x86::Sse2;
#[cfg(target_arch = "aarch64")]
pub(crate) type Baseline = fearless_simd::aarch64::Neon;
#[cfg(target_arch = "wasm32")]
pub(crate) type Baseline = fearless_simd::wasm32::WasmSimd128;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "wasm32")))]
pub(crate) type Baseline = fearless_simd::Fallback;

/// Returns the token of the [`Baseline`].
#[inline(always)]
pub(crate) fn baseline() -> Baseline {
    #[cfg(target_arch = "x86_64")]
    let token = Level::baseline().as_sse2();
    #[cfg(target_arch = "aarch64")]
    let token = Level::baseline().as_neon();
    #[cfg(target_arch = "wasm32")]
    let token = Level::baseline().as_wasm_simd128();
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "wasm32")))]
    let token = if let Level::Fallback(token) = Level::baseline() { Some(token) } else { None };
    token.expect("every processor of the target has it")
}

/// Returns the token of AVX2 if this processor has it.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn avx2() -> Option<fearless_simd::x86::Avx2> {
    Level::new().as_avx2()
}

/// Evaluates an expression with the best instruction set of this processor. Binds its token to a variable and the width of its
/// registers to a constant. Functions that the expression calls must be `#[inline(always)]` to be compiled for that instruction
/// set.
macro_rules! dispatch {
    ($simd:ident, $width:ident => $body:expr) => {{
        #[cfg(target_arch = "x86_64")]
        match $crate::nn::isa::avx2() {
            Some($simd) => $crate::nn::isa::Simd::vectorize(
                $simd,
                #[inline(always)]
                || {
                    #[allow(dead_code, reason = "some bodies need no constant")]
                    const $width: usize = 8;
                    $body
                },
            ),
            None => $crate::nn::isa::dispatch!(@baseline $simd, $width => $body),
        }
        #[cfg(not(target_arch = "x86_64"))]
        $crate::nn::isa::dispatch!(@baseline $simd, $width => $body)
    }};
    (@baseline $simd:ident, $width:ident => $body:expr) => {{
        #[allow(dead_code, reason = "some bodies need no constant")]
        const $width: usize = 4;
        let $simd = $crate::nn::isa::baseline();
        $body
    }};
}
pub(crate) use dispatch;

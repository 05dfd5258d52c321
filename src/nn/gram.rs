//! The squared error and gradients of a linear output layer, without its outputs.
//!
//! Let `H: [B, I + 1]` be the last hidden layer with a column of ones, `W: [I + 1, O]` the weight with the bias as its last row,
//! `X: [B, O]` the images and `E = H W - X` the error. With `c` the factor of the loss,
//!
//! ```text
//! dL/dW = c Hᵀ E = c ((HᵀH) W - Hᵀ X)
//! dL/dH = c E Wᵀ = c (H (W Wᵀ) - X Wᵀ)
//! ‖E‖²  = ⟨H, H (W Wᵀ) - 2 X Wᵀ⟩ + ‖X‖²
//! ```
//!
//! The right-hand sides do not contain `E`, which is as large as the batch. `X` is sparse; the Gram matrices `W Wᵀ` and `HᵀH` are
//! as small as the hidden layer, and symmetric. Three dense products of `B I O` multiplications become one and a half of `I² O`,
//! whatever the batch. With 784 pixels and 50 hidden units that saves a third of the multiplications at a batch of 50, and two thirds at 128.
//!
//! Subtraction cancels leading digits: one decimal digit of `E` if `‖E‖²` is a hundredth of `‖X‖²`. If it is smaller than that,
//! [`GramOutput::squared_error`] returns `None` and the caller computes the outputs.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::Dense;
use super::arrays::{Allocator, contiguous, contiguous_mut, first_rows};
use super::isa::{Baseline, Simd, SimdBase, baseline, dispatch, f32x4};
use super::matmul::PackBuffers;
use super::simd::{self, BLOCK, transpose_block};
use super::sparse::CsrMatrix;

/// Columns transposed in one pass over the rows: two cache lines, which would otherwise be fetched twice.
const COLUMN_BLOCK: usize = 32;

/// Padding rows of a transposition.
const ZEROS: [f32; COLUMN_BLOCK] = [0.0; COLUMN_BLOCK];

/// The cost of a multiplication in a sparse product, in multiplications of a dense one.
const SPARSE_COST: u64 = 2;

/// The smallest `‖E‖² / ‖X‖²` at which rounding changes the gradients by less than 1e-5 of their size.
const MIN_ERROR_RATIO: f64 = 0.05;

/// The arrays of one output layer. `S` is `I + 1` rounded up to a multiple of four; the padding is zero.
#[derive(Clone, Debug, Default)]
pub(super) struct GramOutput {
    /// `H: [B, S]`
    h: Array2<f32>,
    /// `Wᵀ: [O, S]`, reused for `Xᵀ H`
    w_t: Array2<f32>,
    /// `W Wᵀ: [S, S]`, reused for `HᵀH`
    gram: Array2<f32>,
    /// `c HᵀH: [I + 1, I + 1]`
    scaled_gram: Array2<f32>,
    /// `X Wᵀ: [B, S]`
    x_wt: Array2<f32>,
    /// `E Wᵀ: [B, S]`
    e_wt: Array2<f32>,
}

impl GramOutput {
    /// Allocates for batches of up to `capacity` examples, or nothing if it cannot be profitable for them.
    pub(super) fn new(layer: &Dense, capacity: usize, allocator: &mut Allocator) -> Self {
        if !is_profitable(layer, capacity, 0) {
            return Self::default();
        }
        let (side, stride) = (layer.inputs + 1, stride(layer));
        Self {
            h: allocator.zeros((capacity, stride)),
            w_t: allocator.zeros((layer.outputs, stride)),
            gram: allocator.zeros((stride, stride)),
            scaled_gram: allocator.zeros((side, side)),
            x_wt: allocator.zeros((capacity, stride)),
            e_wt: allocator.zeros((capacity, stride)),
        }
    }

    /// Returns `(M, K)` of the products `[M, K] [K, N]`.
    pub(super) fn shapes(layer: &Dense, capacity: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
        let side = stride(layer);
        let shapes = [(side, layer.outputs), (side, capacity), (side, side), (capacity, side)];
        shapes.into_iter().take(if is_profitable(layer, capacity, 0) { shapes.len() } else { 0 })
    }

    /// Returns whether this is cheaper than computing the outputs, for images with this many nonzero pixels in all.
    pub(super) fn is_profitable(&self, layer: &Dense, batch: usize, nonzeros: usize) -> bool {
        self.h.nrows() >= batch && is_profitable(layer, batch, nonzeros)
    }

    /// Computes `‖E‖²`; returns `None` if it is too small to be exact. `sparse_images` are the same images.
    ///
    /// # Shapes
    /// `hidden: [B, I]`, `images`, `sparse_images: [B, O]`
    pub(super) fn squared_error(
        &mut self,
        layer: &Dense,
        parameters: &[f32],
        hidden: ArrayView2<'_, f32>,
        images: ArrayView2<'_, f32>,
        sparse_images: &CsrMatrix,
        buffers: &mut PackBuffers,
    ) -> Option<f64> {
        let batch = hidden.nrows();
        for (mut row, hidden) in self.h.rows_mut().into_iter().zip(hidden.rows()) {
            let (values, rest) = row.as_slice_mut().expect("rows are contiguous").split_at_mut(layer.inputs);
            values.copy_from_slice(hidden.to_slice().expect("rows are contiguous"));
            rest[0] = 1.0;
        }
        let h = first_rows(&mut self.h, batch);
        transpose(weight_and_bias(layer, parameters), &mut self.w_t);

        let mut x_wt = first_rows(&mut self.x_wt, batch);
        sparse_images.matmul(self.w_t.view(), None, x_wt.view_mut());
        buffers.symmetric_matmul(self.w_t.t(), self.w_t.view(), self.gram.view_mut());
        let mut e_wt = first_rows(&mut self.e_wt, batch);
        buffers.matmul(h.view(), self.gram.view(), None, e_wt.view_mut());
        e_wt -= &x_wt;

        let rows = [h.view(), x_wt.view(), e_wt.view()].map(|rows| contiguous(&rows));
        let images = contiguous(&images).chunks_exact(layer.outputs);
        let (squared, of_images) = dispatch!(token, WIDTH => sums(token, rows, self.gram.ncols(), images));
        // False for NaN too.
        (squared > MIN_ERROR_RATIO * of_images).then_some(squared)
    }

    /// Computes the gradients of the parameters and of `hidden` for the batch last given to
    /// [`squared_error`](Self::squared_error).
    ///
    /// # Shapes
    /// `images_t: [O, B]`, `d_hidden: [B, I]`, `gradients: [P]`
    #[expect(clippy::too_many_arguments, reason = "each is an array of its own")]
    pub(super) fn gradients(
        &mut self,
        layer: &Dense,
        parameters: &[f32],
        factor: f32,
        images_t: &CsrMatrix,
        mut d_hidden: ArrayViewMut2<'_, f32>,
        gradients: &mut [f32],
        buffers: &mut PackBuffers,
    ) {
        scale(factor, self.e_wt.view(), d_hidden.view_mut());
        let h = first_rows(&mut self.h, d_hidden.nrows());
        let xt_h = &mut self.w_t;
        images_t.matmul(h.view(), None, xt_h.view_mut());
        buffers.symmetric_matmul(h.t(), h.view(), self.gram.view_mut());
        scale(factor, self.gram.view(), self.scaled_gram.view_mut());
        let weight = weight_and_bias(layer, parameters);
        let gradients = &mut gradients[layer.range()];
        let d_weight =
            ArrayViewMut2::from_shape(weight.dim(), &mut *gradients).expect("the range has this length");
        buffers.matmul(self.scaled_gram.view(), weight, None, d_weight);
        subtract_transposed(gradients, factor, xt_h);
    }
}

/// Returns whether this takes fewer multiplications than computing the outputs. In 64 bits, so that 32-bit WebAssembly decides
/// alike: the result selects the order of sums.
fn is_profitable(layer: &Dense, batch: usize, nonzeros: usize) -> bool {
    let [inputs, outputs, batch, nonzeros] =
        [layer.inputs, layer.outputs, batch, nonzeros].map(|count| count as u64);
    let side = inputs + 1;
    let plain = [3, batch, inputs, outputs].into_iter().fold(1, u64::saturating_mul);
    // (HᵀH) W is computed whole; W Wᵀ is symmetric, of which a little more than half is computed.
    let weight = outputs.saturating_mul(5 * side / 3);
    let sparse = nonzeros.saturating_mul(2 * SPARSE_COST);
    let small = batch.saturating_mul(2 * side);
    weight.saturating_add(sparse).saturating_add(small).saturating_mul(side) < plain
}

/// Returns `S`.
fn stride(layer: &Dense) -> usize {
    (layer.inputs + 1).next_multiple_of(BLOCK)
}

/// Returns the weight with the bias, which follows it in the parameters, as its last row: `[I + 1, O]`.
fn weight_and_bias<'p>(layer: &Dense, parameters: &'p [f32]) -> ArrayView2<'p, f32> {
    ArrayView2::from_shape((layer.inputs + 1, layer.outputs), &parameters[layer.range()])
        .expect("the range has this length")
}

/// Computes `to ← factor from`, of which the rows and columns beyond those of `to: [M, N]` are left out.
fn scale(factor: f32, from: ArrayView2<'_, f32>, mut to: ArrayViewMut2<'_, f32>) {
    let columns = [from.ncols(), to.ncols()];
    let to = contiguous_mut(&mut to).chunks_exact_mut(columns[1]);
    for (from, to) in contiguous(&from).chunks_exact(columns[0]).zip(to) {
        to.iter_mut().zip(from).for_each(|(to, x)| *to = factor * x);
    }
}

/// Returns `‖E‖²` and `‖X‖²`. Rows are summed in single precision and added up in double.
#[inline(always)]
fn sums<'x, S: Simd>(
    simd: S,
    [h, x_wt, e_wt]: [&[f32]; 3],
    stride: usize,
    images: impl Iterator<Item = &'x [f32]>,
) -> (f64, f64) {
    let [h, x_wt, e_wt] = [h, x_wt, e_wt].map(|rows| rows.chunks_exact(stride));
    let (mut product, mut of_images) = (0.0, 0.0);
    for (((h, x_wt), e_wt), image) in h.zip(x_wt).zip(e_wt).zip(images) {
        product += simd::dot(simd, h, e_wt) - simd::dot(simd, h, x_wt);
        of_images += simd::dot(simd, image, image);
    }
    (product + of_images, of_images)
}

/// Loads a row of a block.
#[inline(always)]
fn load(row: &[f32; BLOCK]) -> f32x4<Baseline> {
    f32x4::load_array_ref(baseline(), row)
}

/// Copies the transpose of `wide: [M, N]` to `tall: [N, S]`, padded with zeros.
fn transpose(wide: ArrayView2<'_, f32>, tall: &mut Array2<f32>) {
    let (wide_columns, stride) = tall.dim();
    let (rows, wide) = (wide.nrows(), contiguous(&wide));
    let tall = tall.as_slice_mut().expect("a standard array is contiguous");
    let chunks_per_row = stride / BLOCK;
    for (start, tall) in (0..wide_columns).step_by(COLUMN_BLOCK).zip(tall.chunks_mut(COLUMN_BLOCK * stride)) {
        let (columns, (chunks, _)) = (tall.len() / stride, tall.as_chunks_mut::<BLOCK>());
        for i in 0..chunks_per_row {
            let row = |r: usize| match BLOCK * i + r {
                r if r < rows => &wide[r * wide_columns + start..][..columns],
                _ => &ZEROS[..columns],
            };
            let rows = [row(0), row(1), row(2), row(3)];
            let [a, b, c, d] = rows.map(|row| row.as_chunks::<BLOCK>().0);
            for (n, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
                let block = transpose_block([load(a), load(b), load(c), load(d)]);
                let target =
                    &mut chunks[BLOCK * n * chunks_per_row + i..][..(BLOCK - 1) * chunks_per_row + 1];
                for (r, values) in block.into_iter().enumerate() {
                    target[r * chunks_per_row] = values.to_array();
                }
            }
            for n in columns / BLOCK * BLOCK..columns {
                chunks[n * chunks_per_row + i] = rows.map(|row| row[n]);
            }
        }
    }
}

/// Computes `wide ← wide - factor tallᵀ` for `wide: [M, N]` and `tall: [N, S]`, without the padding of `tall`.
fn subtract_transposed(wide: &mut [f32], factor: f32, tall: &Array2<f32>) {
    let (wide_columns, stride) = tall.dim();
    let tall = tall.as_slice().expect("a standard array is contiguous").chunks(COLUMN_BLOCK * stride);
    let chunks_per_row = stride / BLOCK;
    for (start, tall) in (0..wide_columns).step_by(COLUMN_BLOCK).zip(tall) {
        let (chunks, _) = tall.as_chunks::<BLOCK>();
        for (i, rows) in wide.chunks_mut(BLOCK * wide_columns).enumerate() {
            for n in 0..chunks.len() / (BLOCK * chunks_per_row) {
                let source = &chunks[BLOCK * n * chunks_per_row + i..][..(BLOCK - 1) * chunks_per_row + 1];
                let column = |c: usize| load(&source[c * chunks_per_row]);
                let block = transpose_block([column(0), column(1), column(2), column(3)]);
                for (row, values) in rows.chunks_exact_mut(wide_columns).zip(block) {
                    if let Some(target) = row[start + BLOCK * n..].first_chunk_mut() {
                        *target = (load(target) - values * factor).to_array();
                    }
                }
            }
            for n in tall.len() / stride / BLOCK * BLOCK..tall.len() / stride {
                for (row, value) in rows.chunks_exact_mut(wide_columns).zip(chunks[n * chunks_per_row + i]) {
                    row[start + n] -= factor * value;
                }
            }
        }
    }
}

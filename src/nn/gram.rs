//! Training a linear read-out under squared error without its reconstruction.
//!
//! Let `H` be the last hidden layer with a column of ones beside it, `W` the read-out's weight with the bias as one more row,
//! `X` the images and `E = H W - X` the error. With `c` the factor of the loss,
//!
//! ```text
//! dL/dW = c Hᵀ E = c ((HᵀH) W - Hᵀ X)
//! dL/dH = c E Wᵀ = c (H (W Wᵀ) - X Wᵀ)
//! ‖E‖²  = ⟨H, H (W Wᵀ) - 2 X Wᵀ⟩ + ‖X‖²
//! ```
//!
//! Each row is the definition, multiplied out. `E` itself, as large as the batch, is needed nowhere; `X` goes in by its nonzeros,
//! as in the first layer; `W Wᵀ` and `HᵀH` are as small as the hidden layer, and symmetric. So of three dense products that
//! grow with the batch one and a half remain, and they do not grow with it. Of 784 pixels, 50 hidden units and a batch of 50, that
//! is a third of the multiplications less, and of 128 nearly two thirds.
//!
//! What is multiplied out cancels: of an error whose square is a hundredth of the images', one digit is lost. Where it
//! is small, [`Gram::squared_error`] finds nothing, and the caller goes the plain way.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};
use wide::f32x4;

use super::Dense;
use super::isa::{Isa, fastest};
use super::matmul::Packing;
use super::simd;
use super::sparse::Sparse;

/// Numbers that are transposed at once, in each direction.
const QUAD: usize = 4;

/// Columns that are transposed in one go through the rows: two lines of the cache, which would be fetched again otherwise.
const BLOCK: usize = 32;

/// What stands beyond the last row of a block.
const ZEROS: [f32; BLOCK] = [0.0; BLOCK];

/// What a multiplication of a sparse product costs, in those of a dense one.
const SPARSE_COST: usize = 2;

/// The least part of the images' squares that the squared error has to be, for gradients that are right to 1e-5.
const LEAST_ERROR: f64 = 0.05;

/// The arrays of one read-out. A row of `S` numbers is one of the hidden layer, a one, and zeros up to a multiple of four.
#[derive(Clone, Debug, Default)]
pub(super) struct Gram {
    /// `H: [B, S]`
    hidden: Array2<f32>,
    /// `Wᵀ`, and later `Xᵀ H`: `[O, S]`
    tall: Array2<f32>,
    /// `W Wᵀ`, and later `HᵀH`: `[S, S]`
    square: Array2<f32>,
    /// The same without the zeros, and multiplied by the factor of the loss: `[K + 1, K + 1]`.
    scaled: Array2<f32>,
    /// `X Wᵀ: [B, S]`
    projected: Array2<f32>,
    /// `E Wᵀ: [B, S]`
    error: Array2<f32>,
}

impl Gram {
    /// Takes the memory for batches of up to `capacity` examples, or none where it would not pay.
    pub(super) fn new(layer: &Dense, capacity: usize) -> Self {
        if !pays(layer, capacity, 0) {
            return Self::default();
        }
        let (rows, stride) = (layer.inputs + 1, stride(layer));
        Self {
            hidden: Array2::zeros((capacity, stride)),
            tall: Array2::zeros((layer.outputs, stride)),
            square: Array2::zeros((stride, stride)),
            scaled: Array2::zeros((rows, rows)),
            projected: Array2::zeros((capacity, stride)),
            error: Array2::zeros((capacity, stride)),
        }
    }

    /// How many bytes [`new`](Self::new) takes, at most `usize::MAX`.
    pub(super) fn bytes(layer: &Dense, capacity: usize) -> usize {
        if !pays(layer, capacity, 0) {
            return 0;
        }
        let (side, stride) = (layer.inputs + 1, stride(layer));
        let rows = capacity.saturating_mul(3).saturating_add(layer.outputs).saturating_add(stride);
        rows.saturating_mul(stride).saturating_add(side * side).saturating_mul(size_of::<f32>())
    }

    /// `(M, K)` of the products `[M, K] [K, N]`.
    pub(super) fn shapes(layer: &Dense, capacity: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
        let side = stride(layer);
        let shapes = [(side, layer.outputs), (side, capacity), (side, side), (capacity, side)];
        shapes.into_iter().take(if pays(layer, capacity, 0) { shapes.len() } else { 0 })
    }

    /// Whether a batch of which the first layer has read `nonzeros` is worth it.
    pub(super) fn is_worth_it(&self, layer: &Dense, batch: usize, nonzeros: usize) -> bool {
        self.hidden.nrows() >= batch && pays(layer, batch, nonzeros)
    }

    /// Computes `‖E‖²`, unless it is so small that what it is computed of has cancelled. `list` has the images by rows.
    ///
    /// # Shapes
    /// `hidden: [B, K]`, `images: [B, O]`
    pub(super) fn squared_error(
        &mut self,
        layer: &Dense,
        parameters: &[f32],
        hidden: ArrayView2<'_, f32>,
        images: ArrayView2<'_, f32>,
        list: &Sparse,
        packing: &mut Packing,
    ) -> Option<f64> {
        let batch = hidden.nrows();
        for (mut row, hidden) in self.hidden.rows_mut().into_iter().zip(hidden.rows()) {
            let (numbers, rest) = row.as_slice_mut().expect("rows are contiguous").split_at_mut(layer.inputs);
            numbers.copy_from_slice(hidden.to_slice().expect("rows are contiguous"));
            rest[0] = 1.0;
        }
        let hidden = first_rows(&mut self.hidden, batch);
        let weight = weight_and_bias(layer, parameters);
        transpose(weight, &mut self.tall);

        let mut projected = first_rows(&mut self.projected, batch);
        list.product(self.tall.view(), None, projected.view_mut());
        packing.symmetric_product(self.tall.t(), self.tall.view(), self.square.view_mut());
        let mut error = first_rows(&mut self.error, batch);
        packing.product(hidden.view(), self.square.view(), None, error.view_mut());
        error -= &projected;

        let [hidden, projected, error] = [hidden.view(), projected.view(), error.view()];
        let images = contiguous(&images).chunks_exact(layer.outputs);
        let rows = [hidden, projected, error].map(|rows| rows.to_slice().expect("rows are contiguous"));
        let (squared, of_images) = fastest!(isa, WIDTH => sums(isa, rows, self.square.ncols(), images));
        // NaN is not an error to go on with either.
        (squared > LEAST_ERROR * of_images).then_some(squared)
    }

    /// Computes the gradients of what [`squared_error`](Self::squared_error) was given. `list` has the images by columns.
    ///
    /// # Shapes
    /// `d_hidden: [B, K]`, `gradients: [P]`
    #[expect(clippy::too_many_arguments, reason = "each is an array of its own")]
    pub(super) fn gradients(
        &mut self,
        layer: &Dense,
        parameters: &[f32],
        factor: f32,
        list: &Sparse,
        mut d_hidden: ArrayViewMut2<'_, f32>,
        gradients: &mut [f32],
        packing: &mut Packing,
    ) {
        scale(factor, self.error.view(), d_hidden.view_mut());
        let hidden = first_rows(&mut self.hidden, d_hidden.nrows());
        list.product(hidden.view(), None, self.tall.view_mut());
        packing.symmetric_product(hidden.t(), hidden.view(), self.square.view_mut());
        scale(factor, self.square.view(), self.scaled.view_mut());
        let weight = weight_and_bias(layer, parameters);
        let gradients = &mut gradients[layer.range()];
        let d_weight =
            ArrayViewMut2::from_shape(weight.dim(), &mut *gradients).expect("the range is as long");
        packing.product(self.scaled.view(), weight, None, d_weight);
        subtract_transposed(gradients, factor, &self.tall);
    }
}

/// Whether this takes fewer multiplications for images with this many nonzero pixels.
fn pays(layer: &Dense, batch: usize, nonzeros: usize) -> bool {
    let (inputs, side) = (layer.inputs, layer.inputs + 1);
    let plain = [3, batch, inputs, layer.outputs].into_iter().fold(1, usize::saturating_mul);
    // Of one product in the size of the weight all numbers are computed, of the other a little more than half.
    let weight = layer.outputs.saturating_mul(5 * side / 3);
    let sparse = nonzeros.saturating_mul(2 * SPARSE_COST);
    let small = batch.saturating_mul(2 * side);
    weight.saturating_add(sparse).saturating_add(small).saturating_mul(side) < plain
}

/// `S`.
fn stride(layer: &Dense) -> usize {
    (layer.inputs + 1).next_multiple_of(QUAD)
}

/// The weight with the bias as one more row: they lie one behind the other.
fn weight_and_bias<'p>(layer: &Dense, parameters: &'p [f32]) -> ArrayView2<'p, f32> {
    ArrayView2::from_shape((layer.inputs + 1, layer.outputs), &parameters[layer.range()])
        .expect("the range is as long")
}

fn first_rows(array: &mut Array2<f32>, rows: usize) -> ArrayViewMut2<'_, f32> {
    array.slice_axis_mut(Axis(0), Slice::from(..rows))
}

fn contiguous<'a>(array: &ArrayView2<'a, f32>) -> &'a [f32] {
    array.to_slice().expect("arrays are contiguous")
}

/// Multiplies the first rows and columns of `wide: [M.., N..]`, as many as `narrow: [M, N]` has.
fn scale(factor: f32, wide: ArrayView2<'_, f32>, mut narrow: ArrayViewMut2<'_, f32>) {
    let columns = [wide.ncols(), narrow.ncols()];
    let narrow = narrow.as_slice_mut().expect("arrays are contiguous").chunks_exact_mut(columns[1]);
    for (row, narrow) in contiguous(&wide).chunks_exact(columns[0]).zip(narrow) {
        narrow.iter_mut().zip(row).for_each(|(narrow, x)| *narrow = factor * x);
    }
}

/// `‖E‖²` and `‖X‖²`. A row is summed in single precision and the rows in double.
#[inline(always)]
fn sums<'x, I: Isa>(
    isa: I,
    [hidden, projected, error]: [&[f32]; 3],
    stride: usize,
    images: impl Iterator<Item = &'x [f32]>,
) -> (f64, f64) {
    let rows = [hidden, projected, error].map(|rows| rows.chunks_exact(stride));
    let [hidden, projected, error] = rows;
    let (mut product, mut of_images) = (0.0, 0.0);
    for (((hidden, projected), error), image) in hidden.zip(projected).zip(error).zip(images) {
        product += simd::dot(isa, hidden, error) - simd::dot(isa, hidden, projected);
        of_images += simd::dot(isa, image, image);
    }
    (product + of_images, of_images)
}

/// Copies the transposition of `wide: [M, N]` to `tall: [N, S]`. Beyond the last row stand zeros.
fn transpose(wide: ArrayView2<'_, f32>, tall: &mut Array2<f32>) {
    let (length, stride) = tall.dim();
    let (rows, wide) = (wide.nrows(), contiguous(&wide));
    let tall = tall.as_slice_mut().expect("a standard array is contiguous");
    let quads = stride / QUAD;
    for (start, tall) in (0..length).step_by(BLOCK).zip(tall.chunks_mut(BLOCK * stride)) {
        let (columns, (fours, _)) = (tall.len() / stride, tall.as_chunks_mut::<QUAD>());
        for i in 0..quads {
            let row = |r: usize| match QUAD * i + r {
                r if r < rows => &wide[r * length + start..][..columns],
                _ => &ZEROS[..columns],
            };
            let rows = [row(0), row(1), row(2), row(3)];
            let [a, b, c, d] = rows.map(|row| row.as_chunks::<QUAD>().0);
            for (n, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
                let block = f32x4::transpose([a, b, c, d].map(|four| f32x4::from(*four)));
                let places = &mut fours[QUAD * n * quads + i..][..(QUAD - 1) * quads + 1];
                for (r, numbers) in block.into_iter().enumerate() {
                    places[r * quads] = numbers.to_array();
                }
            }
            for n in columns / QUAD * QUAD..columns {
                fours[n * quads + i] = rows.map(|row| row[n]);
            }
        }
    }
}

/// Subtracts from `wide: [M, N]` the transposition of `tall: [N, S]`, multiplied.
fn subtract_transposed(wide: &mut [f32], factor: f32, tall: &Array2<f32>) {
    let (length, stride) = tall.dim();
    let tall = tall.as_slice().expect("a standard array is contiguous").chunks(BLOCK * stride);
    let (factors, quads) = (f32x4::splat(factor), stride / QUAD);
    for (start, tall) in (0..length).step_by(BLOCK).zip(tall) {
        let (fours, _) = tall.as_chunks::<QUAD>();
        for (i, rows) in wide.chunks_mut(QUAD * length).enumerate() {
            for n in 0..fours.len() / (QUAD * quads) {
                let places = &fours[QUAD * n * quads + i..][..(QUAD - 1) * quads + 1];
                let column = |c: usize| f32x4::from(places[c * quads]);
                let block = f32x4::transpose([column(0), column(1), column(2), column(3)]);
                for (row, numbers) in rows.chunks_exact_mut(length).zip(block) {
                    if let Some(place) = row[start + QUAD * n..].first_chunk_mut() {
                        *place = (f32x4::from(*place) - factors * numbers).to_array();
                    }
                }
            }
            for n in tall.len() / stride / QUAD * QUAD..tall.len() / stride {
                for (row, number) in rows.chunks_exact_mut(length).zip(fours[n * quads + i]) {
                    row[start + n] -= factor * number;
                }
            }
        }
    }
}

//! Dense matrix multiplication, in tiles that stay in registers.
//!
//! The forward pass (`X W`), the weight's gradient (`Xᵀ D`) and the input's gradient (`D Wᵀ`) are one product of views, some of
//! them transposed. The left operand is packed into strips of four rows and the right one into panels of columns, both in the
//! order in which a tile reads them (Goto & van de Geijn 2008). So the innermost loop has no strides and a panel stays in the L1
//! cache; padding at the edges is computed and dropped. For a batch of 50 between layers of 50 and 784, packing takes 5 % of the
//! time, and 9 % if both operands are transposed.
//!
//! A tile of four rows by two registers has eight accumulators. With its operands it fits the sixteen registers of x86-64 however
//! the compiler orders the loads. With one register more, LLVM's own order spills an accumulator: five rows ran at 24 GFLOP/s in
//! the browser where four run at 40 and the processor's peak is 47. In the order of the source, which this repository's builds
//! keep, five rows are no faster than four. Natively, sums that began with the bias instead of ending with it ran at 12.
//!
//! The order of a sum does not depend on the tiles: it runs over `k` in order and then adds the bias, as in
//! [`CsrMatrix`](super::sparse::CsrMatrix) and in the naive loop of the tests.

use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};

use super::arrays::Allocator;
use super::isa::{Simd, SimdBase, baseline, dispatch, f32x4};
use super::parallel;
use super::simd::{BLOCK, transpose_block};

/// Rows of a tile and of a strip.
const ROWS: usize = 4;

/// The maximum columns of a tile and of a panel: two registers.
const MAX_COLUMNS: usize = if cfg!(target_arch = "x86_64") { 16 } else { 8 };

/// Buffers for the packed operands of a product.
#[derive(Clone, Debug)]
pub(super) struct PackBuffers {
    /// The strips of the left operand, each `[K, ROWS]`.
    left: Vec<[f32; ROWS]>,
    /// One panel of the right operand, `[K, MAX_COLUMNS]` or narrower.
    right: Vec<f32>,
}

impl PackBuffers {
    /// Allocates for products `[M, K] [K, N]` of the given `(M, K)`.
    pub(super) fn new(
        shapes: impl Iterator<Item = (usize, usize)> + Clone,
        allocator: &mut Allocator,
    ) -> Self {
        let strips = |(rows, depth): (usize, usize)| rows.div_ceil(ROWS).saturating_mul(depth);
        let left = shapes.clone().map(strips).max().unwrap_or(0);
        let right = shapes.map(|(_, depth)| depth.saturating_mul(MAX_COLUMNS)).max().unwrap_or(0);
        Self { left: allocator.list([0.0; ROWS], left), right: allocator.list(0.0, right) }
    }

    /// Computes `C ← A B`, plus `bias` in each row if given.
    ///
    /// # Shapes
    /// `a: [M, K]`, `b: [K, N]`, `bias: [N]`, `c: [M, N]`; `a` and `b` contiguous or transposed views of contiguous arrays
    ///
    /// # Panics
    /// If the shapes disagree, an array is not contiguous, or `(M, K)` exceeds the buffers.
    pub(super) fn matmul(
        &mut self,
        a: ArrayView2<'_, f32>,
        b: ArrayView2<'_, f32>,
        bias: Option<ArrayView1<'_, f32>>,
        mut c: ArrayViewMut2<'_, f32>,
    ) {
        let bias = bias.as_ref().map(|bias| bias.to_slice().expect("the bias is contiguous"));
        self.tiles(a, b, bias, c.view_mut(), false);
    }

    /// Computes `C ← A B` that is known to be symmetric: the half below the diagonal is copied from the one above.
    ///
    /// # Shapes
    /// `a: [M, K]`, `b: [K, M]`, `c: [M, M]`
    ///
    /// # Panics
    /// As [`matmul`](Self::matmul).
    pub(super) fn symmetric_matmul(
        &mut self,
        a: ArrayView2<'_, f32>,
        b: ArrayView2<'_, f32>,
        mut c: ArrayViewMut2<'_, f32>,
    ) {
        self.tiles(a, b, None, c.view_mut(), true);
        let side = c.nrows();
        let c = c.as_slice_mut().expect("the result is contiguous");
        for m in 1..side {
            for n in 0..m {
                c[m * side + n] = c[n * side + m];
            }
        }
    }

    /// Computes all tiles of the product, or only those that reach the diagonal or lie above it.
    fn tiles(
        &mut self,
        a: ArrayView2<'_, f32>,
        b: ArrayView2<'_, f32>,
        bias: Option<&[f32]>,
        mut c: ArrayViewMut2<'_, f32>,
        is_symmetric: bool,
    ) {
        let ((rows, depth), (b_rows, columns)) = (a.dim(), b.dim());
        assert_eq!((depth, c.dim()), (b_rows, (rows, columns)), "shapes disagree");
        let c = c.as_slice_mut().expect("the result is contiguous");
        let left = &mut self.left[..rows.div_ceil(ROWS) * depth];
        match parallel::parts(rows * depth * columns) {
            1 => {
                pack_strips(a, 0, left);
                multiply_part(left, &mut self.right, b, bias, (c, 0..columns), is_symmetric.then_some(0));
            }
            parts if rows > columns => multiply_rows(parts, a, left, b, bias, c, is_symmetric),
            parts => {
                pack_strips(a, 0, left);
                multiply_columns(parts, left, b, bias, c, is_symmetric);
            }
        }
    }
}

/// Multiplies with a part of the rows on each thread: whole strips. Each thread packs the panels for itself, which is cheap where there
/// are many rows, as in a weight's gradient.
fn multiply_rows(
    parts: usize,
    a: ArrayView2<'_, f32>,
    left: &mut [[f32; ROWS]],
    b: ArrayView2<'_, f32>,
    bias: Option<&[f32]>,
    c: &mut [f32],
    is_symmetric: bool,
) {
    let (depth, columns) = b.dim();
    let strips = (left.len() / depth).div_ceil(parts);
    let chunks = left.chunks_mut(strips * depth).zip(c.chunks_mut(strips * ROWS * columns)).enumerate();
    parallel::for_each(chunks, |(index, (left, c))| {
        let first = index * strips;
        pack_strips(a, first, left);
        let mut right = vec![0.0; depth * MAX_COLUMNS];
        multiply_part(left, &mut right, b, bias, (c, 0..columns), is_symmetric.then_some(first));
    });
}

/// Multiplies with a part of the columns on each thread: whole panels. Rows of the result are shared among threads, so each writes to a
/// buffer of its own, which is copied in the end.
fn multiply_columns(
    parts: usize,
    left: &[[f32; ROWS]],
    b: ArrayView2<'_, f32>,
    bias: Option<&[f32]>,
    c: &mut [f32],
    is_symmetric: bool,
) {
    let (depth, columns) = b.dim();
    let rows = c.len() / columns;
    let width = columns.div_ceil(parts).next_multiple_of(MAX_COLUMNS);
    let ranges = (0..columns).step_by(width).map(|start| start..columns.min(start + width));
    let mut results: Vec<_> = ranges.map(|range| (vec![0.0; rows * range.len()], range)).collect();
    parallel::for_each(results.iter_mut(), |(result, range)| {
        let mut right = vec![0.0; depth * MAX_COLUMNS];
        multiply_part(left, &mut right, b, bias, (result, range.clone()), is_symmetric.then_some(0));
    });
    for (result, range) in results {
        for (row, result) in c.chunks_exact_mut(columns).zip(result.chunks_exact(range.len())) {
            row[range.clone()].copy_from_slice(result);
        }
    }
}

/// Packs the strips of the left operand from the strip `first` on, as many as fit.
fn pack_strips(a: ArrayView2<'_, f32>, first: usize, left: &mut [[f32; ROWS]]) {
    for (strip, index) in left.chunks_exact_mut(a.ncols()).zip(first..) {
        pack(a.t(), index * ROWS, strip);
    }
}

/// Multiplies packed strips by some columns of `b`, with the best instruction set.
fn multiply_part(
    left: &[[f32; ROWS]],
    right: &mut [f32],
    b: ArrayView2<'_, f32>,
    bias: Option<&[f32]>,
    c: (&mut [f32], Range<usize>),
    symmetric_from: Option<usize>,
) {
    dispatch!(token, WIDTH => multiply::<_, { 2 * WIDTH }>(token, left, right, b, bias, c, symmetric_from));
}

/// Multiplies packed strips by the panels of some columns of `b`, which are packed one by one; `c` has these columns alone.
/// `symmetric_from` is the first strip of a symmetric product, of which only the half above the diagonal is computed.
#[inline(always)]
fn multiply<S: Simd, const COLUMNS: usize>(
    simd: S,
    left: &[[f32; ROWS]],
    right: &mut [f32],
    b: ArrayView2<'_, f32>,
    bias: Option<&[f32]>,
    (c, range): (&mut [f32], Range<usize>),
    symmetric_from: Option<usize>,
) {
    let (depth, width) = (b.nrows(), range.len());
    let panel = &mut right.as_chunks_mut::<COLUMNS>().0[..depth];
    for n in range.clone().step_by(COLUMNS) {
        pack(b, n, panel);
        let end = range.end.min(n + COLUMNS);
        let columns = n - range.start..end - range.start;
        let [mut padded, mut buffer] = [[0.0; COLUMNS]; 2];
        if let Some(bias) = bias {
            let bias = &bias[n..end];
            padded[..bias.len()].copy_from_slice(bias);
        }
        let strips =
            symmetric_from.map_or(usize::MAX, |first| (n + COLUMNS).div_ceil(ROWS).saturating_sub(first));
        for (strip, rows) in left.chunks_exact(depth).zip(c.chunks_mut(ROWS * width)).take(strips) {
            let rows = rows.chunks_exact_mut(width).map(|row| &mut row[columns.clone()]);
            if columns.len() > COLUMNS / 2 {
                let sums = tile::<_, 2, COLUMNS>(simd, strip, panel, &padded);
                rows.zip(sums).for_each(
                    #[inline(always)]
                    |(row, sums)| store::<S, _>(row, sums, &mut buffer),
                );
            } else {
                let sums = tile::<_, 1, COLUMNS>(simd, strip, panel, &padded);
                rows.zip(sums).for_each(
                    #[inline(always)]
                    |(row, sums)| store::<S, _>(row, sums, &mut buffer),
                );
            }
        }
    }
}

/// Computes a tile: the sums over `k` of `left[k][i] right[k][..]`, plus the bias, in `V` registers a row.
#[inline(always)]
fn tile<S: Simd, const V: usize, const COLUMNS: usize>(
    simd: S,
    left: &[[f32; ROWS]],
    right: &[[f32; COLUMNS]],
    bias: &[f32; COLUMNS],
) -> [[S::f32s; V]; ROWS] {
    let mut sums = [[S::f32s::splat(simd, 0.0); V]; ROWS];
    for (factors, row) in left.iter().zip(right) {
        let row: [S::f32s; V] = registers(simd, row);
        for (sums, &factor) in sums.iter_mut().zip(factors) {
            for (sum, vector) in sums.iter_mut().zip(row) {
                *sum += vector * S::f32s::splat(simd, factor);
            }
        }
    }
    let bias: [S::f32s; V] = registers(simd, bias);
    sums.map(
        #[inline(always)]
        |sums| {
            std::array::from_fn(
                #[inline(always)]
                |v| sums[v] + bias[v],
            )
        },
    )
}

/// Loads the first `V` registers of a row.
#[inline(always)]
fn registers<S: Simd, const V: usize>(simd: S, row: &[f32]) -> [S::f32s; V] {
    std::array::from_fn(
        #[inline(always)]
        |v| S::f32s::from_slice(simd, &row[S::f32s::LEN * v..][..S::f32s::LEN]),
    )
}

/// Stores the sums of a row, without the padding beyond its end, for which they go through a buffer: if a register were stored in part,
/// the compiler would store each lane of all by itself.
#[inline(always)]
fn store<S: Simd, const V: usize>(row: &mut [f32], sums: [S::f32s; V], buffer: &mut [f32]) {
    let is_whole = row.len() == V * S::f32s::LEN;
    let target = if is_whole { &mut *row } else { &mut *buffer };
    for (v, sum) in sums.into_iter().enumerate() {
        sum.store_slice(&mut target[S::f32s::LEN * v..][..S::f32s::LEN]);
    }
    if !is_whole {
        row.copy_from_slice(&buffer[..row.len()]);
    }
}

/// Copies `W` columns of `matrix: [K, N]`, from column `n` on, to `packed: [K, W]`. Padding beyond the last column is arbitrary.
fn pack<const W: usize>(matrix: ArrayView2<'_, f32>, n: usize, packed: &mut [[f32; W]]) {
    let (depth, columns) = matrix.dim();
    let width = W.min(columns - n);
    if let Some(matrix) = matrix.to_slice() {
        for (vector, row) in packed.iter_mut().zip(matrix.chunks_exact(columns)) {
            match row[n..].first_chunk() {
                Some(whole) => *vector = *whole,
                None => vector[..width].copy_from_slice(&row[n..]),
            }
        }
    } else {
        let matrix =
            matrix.t().to_slice().expect("an array is contiguous or the transposition of one that is");
        let rows = &matrix[n * depth..][..width * depth];
        for (i, rows) in rows.chunks(BLOCK * depth).enumerate() {
            transpose(rows, depth, i, packed);
        }
    }
}

/// Copies up to four rows `[.., K]` to the `i`-th block of four columns of `packed: [K, W]`. Missing rows repeat the last one.
#[inline(always)]
fn transpose<const W: usize>(rows: &[f32], depth: usize, i: usize, packed: &mut [[f32; W]]) {
    let last = rows.len() / depth - 1;
    let [a, b, c, d] = std::array::from_fn(|i| rows[i.min(last) * depth..][..depth].as_chunks::<BLOCK>());
    let load = |row: &[f32; BLOCK]| f32x4::load_array_ref(baseline(), row);
    let (blocks, rest) = packed.as_chunks_mut::<BLOCK>();
    for ((((block, a), b), c), d) in blocks.iter_mut().zip(a.0).zip(b.0).zip(c.0).zip(d.0) {
        let columns = transpose_block([load(a), load(b), load(c), load(d)]);
        for (packed, column) in block.iter_mut().zip(columns) {
            packed.as_chunks_mut::<BLOCK>().0[i] = column.to_array();
        }
    }
    for (k, packed) in rest.iter_mut().enumerate() {
        packed.as_chunks_mut::<BLOCK>().0[i] = [a.1[k], b.1[k], c.1[k], d.1[k]];
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ndarray::{Array1, Array2};
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// Dimensions around every edge of the tiles and of the blocks of sparse products, and those of the default network.
    const SIZES: [usize; 13] = [1, 2, 3, 4, 5, 7, 8, 9, 16, 23, 50, 57, 784];

    /// Computes a product by the naive loop, which sums in the same order.
    pub(in super::super) fn naive(
        a: &Array2<f32>,
        b: &Array2<f32>,
        bias: Option<&Array1<f32>>,
    ) -> Array2<f32> {
        Array2::from_shape_fn((a.nrows(), b.ncols()), |(m, n)| {
            let sum = (0..a.ncols()).fold(0.0, |sum, k| sum + a[(m, k)] * b[(k, n)]);
            bias.map_or(sum, |bias| sum + bias[n])
        })
    }

    /// Panics unless both have the same bits: `==` takes -0.0 for 0.0.
    pub(in super::super) fn assert_same_bits(found: &Array2<f32>, expected: &Array2<f32>) {
        assert_eq!(found.mapv(f32::to_bits), expected.mapv(f32::to_bits));
    }

    /// Calls `check` with matrices `[M, K]` and `[K, N]` and a bias `[N]` of every shape. A fraction `zeros` of the first is zero.
    pub(in super::super) fn for_each_shape(
        zeros: f64,
        mut check: impl FnMut(&Array2<f32>, &Array2<f32>, &Array1<f32>),
    ) {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for m in SIZES {
            for k in SIZES {
                for n in SIZES {
                    if m * k * n <= 784 * 50 * 50 {
                        let mut value =
                            |zeros| if rng.random_bool(zeros) { 0.0 } else { rng.random_range(-1.0..1.0) };
                        let a = Array2::from_shape_simple_fn((m, k), || value(zeros));
                        let b = Array2::from_shape_simple_fn((k, n), || value(0.0));
                        check(&a, &b, &Array1::from_shape_simple_fn(n, || value(0.0)));
                    }
                }
            }
        }
    }

    #[test]
    fn products_equal_the_naive_loop_bit_for_bit() {
        // Larger than any of the products, so stale values of an earlier one would show.
        let mut buffers =
            Allocator::allocate(|allocator| PackBuffers::new([(784, 784)].into_iter(), allocator));
        for_each_shape(0.0, |a, b, bias| {
            let transposed = |matrix: &Array2<f32>| matrix.t().as_standard_layout().into_owned();
            let (a_transposed, b_transposed) = (transposed(a), transposed(b));
            let mut c = Array2::from_elem((a.nrows(), b.ncols()), f32::NAN);
            buffers.matmul(a.view(), b.view(), Some(bias.view()), c.view_mut());
            assert_same_bits(&c, &naive(a, b, Some(bias)));
            let expected = naive(a, b, None);
            for (a, b) in [(a_transposed.t(), b.view()), (a.view(), b_transposed.t())] {
                c.fill(f32::NAN);
                buffers.matmul(a, b, None, c.view_mut());
                assert_same_bits(&c, &expected);
            }
        });
    }

    #[test]
    fn parts_of_rows_and_of_columns_give_the_same_bits() {
        for_each_shape(0.0, |a, b, bias| {
            let ((m, k), n) = (a.dim(), b.ncols());
            let expected = naive(a, b, Some(bias));
            let bias = bias.as_slice();
            for parts in [2, 3, 7] {
                let mut left = vec![[0.0; ROWS]; m.div_ceil(ROWS) * k];
                let mut c = Array2::from_elem((m, n), f32::NAN);
                multiply_rows(parts, a.view(), &mut left, b.view(), bias, c.as_slice_mut().unwrap(), false);
                assert_same_bits(&c, &expected);
                c.fill(f32::NAN);
                multiply_columns(parts, &left, b.view(), bias, c.as_slice_mut().unwrap(), false);
                assert_same_bits(&c, &expected);
            }
        });
    }

    #[test]
    fn the_baseline_instruction_set_gives_the_same_bits() {
        for_each_shape(0.0, |a, b, bias| {
            let (m, k) = a.dim();
            let mut left = vec![[0.0; ROWS]; m.div_ceil(ROWS) * k];
            for (strip, m) in left.chunks_exact_mut(k).zip((0..m).step_by(ROWS)) {
                pack(a.t(), m, strip);
            }
            let mut c = Array2::from_elem((m, b.ncols()), f32::NAN);
            let values = c.as_slice_mut().unwrap();
            let mut right = vec![0.0; 8 * k];
            multiply::<_, 8>(
                baseline(),
                &left,
                &mut right,
                b.view(),
                bias.as_slice(),
                (values, 0..b.ncols()),
                None,
            );
            assert_same_bits(&c, &naive(a, b, Some(bias)));
        });
    }

    #[test]
    fn a_symmetric_result_equals_the_naive_loop() {
        let mut buffers =
            Allocator::allocate(|allocator| PackBuffers::new([(60, 300)].into_iter(), allocator));
        for size in [1, 3, 4, 9, 17, 52, 60] {
            let a = Array2::from_shape_fn((size, 300), |(i, k)| ((i * 31 + k * 7) % 23) as f32 * 0.1 - 1.0);
            let mut c = Array2::from_elem((size, size), f32::NAN);
            buffers.symmetric_matmul(a.view(), a.t(), c.view_mut());
            assert_same_bits(&c, &naive(&a, &a.t().to_owned(), None));
        }
    }

    #[test]
    #[should_panic(expected = "shapes disagree")]
    fn disagreeing_shapes_panic() {
        let mut c = Array2::zeros((2, 3));
        let (a, b) = (Array2::zeros((2, 4)), Array2::zeros((5, 3)));
        Allocator::allocate(|allocator| PackBuffers::new([(2, 4)].into_iter(), allocator)).matmul(
            a.view(),
            b.view(),
            None,
            c.view_mut(),
        );
    }
}

//! The matrix product, in tiles that stay in registers.
//!
//! Forward (`X W`), the weight's gradient (`Xᵀ D`) and the input's gradient (`D Wᵀ`) are one product of views, some of
//! them transposed. Its left-hand side is copied to strips of four rows, its right-hand side to one panel of
//! columns after another, both in the order in which a tile reads them. So the innermost loop knows no strides, a panel
//! stays in the first cache, and what the edges lack is filled up with numbers that nobody reads.
//! For a batch of 50 between 50 and 784 numbers the copies take 5 % of the time, and 9 % if both sides are transposed.
//!
//! A tile of four rows by two registers needs eight accumulators. With its operands that fits the sixteen registers
//! of x86-64 in whatever order a compiler puts the loads. One register more, and in LLVM's own order an accumulator goes
//! through memory: five rows ran at 24 GFLOP/s in the browser where four run at 40 and the processor's peak is 47. In the
//! order of the source, which this repository's builds keep, five rows are no faster than four. Natively, sums that began
//! with the bias instead of ending with it ran at 12.
//!
//! What a sum comes to does not depend on the tile: it goes through `k` in order and ends with the bias, as in
//! [`Sparse`](super::sparse::Sparse) and in the naive loop of the tests.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};
use wide::f32x4;

use super::isa::{Isa, Vector, fastest};

/// Rows of a tile.
const ROWS: usize = 4;

/// The most columns of a tile: two registers in each row.
const MAX_COLUMNS: usize = if cfg!(target_arch = "x86_64") { 16 } else { 8 };

/// Numbers that are transposed at once, in each direction.
const QUAD: usize = 4;

/// Room for the operands of a product, in the order in which its tiles read them.
#[derive(Clone, Debug)]
pub(super) struct Packing {
    /// Strips of four rows, each `[K, 4]`.
    left: Vec<[f32; ROWS]>,
    /// A panel of as many columns as a tile has, `[K, 8]` in WebAssembly.
    right: Vec<f32>,
}

impl Packing {
    /// Takes the memory for products `[M, K] [K, N]` with these `(M, K)`.
    pub(super) fn new(shapes: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let (left, right) = lengths(shapes);
        Self { left: vec![[0.0; ROWS]; left], right: vec![0.0; right] }
    }

    /// How many bytes [`new`](Self::new) takes, at most `usize::MAX`.
    pub(super) fn bytes(shapes: impl Iterator<Item = (usize, usize)> + Clone) -> usize {
        let (left, right) = lengths(shapes);
        let left = left.saturating_mul(size_of::<[f32; ROWS]>());
        left.saturating_add(right.saturating_mul(size_of::<f32>()))
    }

    /// `C ← A B`, and `+ 1 bᵀ` if there is a bias.
    ///
    /// # Shapes
    /// `a: [M, K]`, `b: [K, N]`, `bias: [N]`, `c: [M, N]`; `a` and `b` contiguous or the transposition of what is.
    ///
    /// # Panics
    /// If the shapes disagree, an array is not contiguous, or `(M, K)` is larger than what there is room for.
    pub(super) fn product(
        &mut self,
        a: ArrayView2<'_, f32>,
        b: ArrayView2<'_, f32>,
        bias: Option<ArrayView1<'_, f32>>,
        mut c: ArrayViewMut2<'_, f32>,
    ) {
        let bias = bias.as_ref().map(|bias| bias.to_slice().expect("the bias is contiguous"));
        self.product_where(a, b, bias, c.view_mut(), false);
    }

    /// `C ← A B` of which is known that it is symmetric: what lies left of the diagonal is copied from the right of it.
    ///
    /// # Shapes
    /// `a: [M, K]`, `b: [K, M]`, `c: [M, M]`
    ///
    /// # Panics
    /// As [`product`](Self::product).
    pub(super) fn symmetric_product(
        &mut self,
        a: ArrayView2<'_, f32>,
        b: ArrayView2<'_, f32>,
        mut c: ArrayViewMut2<'_, f32>,
    ) {
        self.product_where(a, b, None, c.view_mut(), true);
        let side = c.nrows();
        let c = c.as_slice_mut().expect("the result is contiguous");
        for m in 1..side {
            for n in 0..m {
                c[m * side + n] = c[n * side + m];
            }
        }
    }

    /// The product, or the tiles of it that reach the diagonal or lie right of it.
    fn product_where(
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
        for (strip, m) in left.chunks_exact_mut(depth).zip((0..rows).step_by(ROWS)) {
            pack(a.t(), m, strip);
        }
        let right = &mut self.right;
        fastest!(isa, WIDTH => multiply::<_, { 2 * WIDTH }>(isa, left, right, b, bias, c, is_symmetric));
    }
}

/// The product of strips that are packed, and of panels that are packed one by one.
#[inline(always)]
fn multiply<I: Isa, const COLUMNS: usize>(
    isa: I,
    left: &[[f32; ROWS]],
    right: &mut [f32],
    b: ArrayView2<'_, f32>,
    bias: Option<&[f32]>,
    c: &mut [f32],
    is_symmetric: bool,
) {
    let (depth, columns) = b.dim();
    let panel = &mut right.as_chunks_mut::<COLUMNS>().0[..depth];
    for n in (0..columns).step_by(COLUMNS) {
        pack(b, n, panel);
        let mut padded = [0.0; COLUMNS];
        if let Some(bias) = bias {
            let bias = &bias[n..columns.min(n + COLUMNS)];
            padded[..bias.len()].copy_from_slice(bias);
        }
        let strips = if is_symmetric { (n + COLUMNS).div_ceil(ROWS) } else { usize::MAX };
        for (strip, rows) in left.chunks_exact(depth).zip(c.chunks_mut(ROWS * columns)).take(strips) {
            let rows = rows.chunks_exact_mut(columns).map(|row| &mut row[n..]);
            if columns - n > COLUMNS / 2 {
                rows.zip(tile::<_, 2, COLUMNS>(isa, strip, panel, &padded)).for_each(store);
            } else {
                rows.zip(tile::<_, 1, COLUMNS>(isa, strip, panel, &padded)).for_each(store);
            }
        }
    }
}

/// How many strip rows the left side has, and how many numbers the right, for products `[M, K] [K, N]` with these `(M, K)`.
fn lengths(shapes: impl Iterator<Item = (usize, usize)> + Clone) -> (usize, usize) {
    let strips = |(rows, depth): (usize, usize)| rows.div_ceil(ROWS).saturating_mul(depth);
    let left = shapes.clone().map(strips).max().unwrap_or(0);
    (left, shapes.map(|(_, depth)| depth.saturating_mul(MAX_COLUMNS)).max().unwrap_or(0))
}

/// Sums over `k` of `left[k][i] right[k][..]`, and the bias, for as many columns as `V` registers hold.
#[inline(always)]
fn tile<I: Isa, const V: usize, const COLUMNS: usize>(
    isa: I,
    left: &[[f32; ROWS]],
    right: &[[f32; COLUMNS]],
    bias: &[f32; COLUMNS],
) -> [[I::Register; V]; ROWS] {
    let mut sums = [[I::Register::splat(isa, 0.0); V]; ROWS];
    for (factors, row) in left.iter().zip(right) {
        let row: [I::Register; V] = registers(isa, row);
        for (sums, &factor) in sums.iter_mut().zip(factors) {
            for (sum, vector) in sums.iter_mut().zip(row) {
                *sum = *sum + I::Register::splat(isa, factor) * vector;
            }
        }
    }
    let bias: [I::Register; V] = registers(isa, bias);
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

/// The first numbers of a row, as many as `V` registers hold.
#[inline(always)]
fn registers<I: Isa, const V: usize>(isa: I, row: &[f32]) -> [I::Register; V] {
    std::array::from_fn(
        #[inline(always)]
        |v| I::Register::load(isa, &row[I::Register::WIDTH * v..]),
    )
}

/// Stores the sums of a row, or as many of them as the row has room for.
#[inline(always)]
fn store<I, W: Vector<I>, const V: usize>((row, sums): (&mut [f32], [W; V])) {
    for (place, sum) in row.chunks_mut(W::WIDTH).zip(sums) {
        sum.store(place);
    }
}

/// Copies as many columns of `matrix: [K, N]` as a strip or a panel has, from `n` on; beyond the last one
/// stands anything.
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
        for (i, rows) in rows.chunks(QUAD * depth).enumerate() {
            transpose(rows, depth, i, packed);
        }
    }
}

/// Copies up to four rows, each `depth` long, to the `i`-th four numbers of `packed: [depth, W]`. In place of rows that are
/// missing stands the last one.
#[inline(always)]
fn transpose<const W: usize>(rows: &[f32], depth: usize, i: usize, packed: &mut [[f32; W]]) {
    let last = rows.len() / depth - 1;
    let [a, b, c, d] = std::array::from_fn(|i| rows[i.min(last) * depth..][..depth].as_chunks::<QUAD>());
    let (quads, rest) = packed.as_chunks_mut::<QUAD>();
    for ((((places, a), b), c), d) in quads.iter_mut().zip(a.0).zip(b.0).zip(c.0).zip(d.0) {
        let columns = f32x4::transpose([a, b, c, d].map(|row| f32x4::from(*row)));
        for (place, column) in places.iter_mut().zip(columns) {
            place.as_chunks_mut::<QUAD>().0[i] = column.to_array();
        }
    }
    for (k, place) in rest.iter_mut().enumerate() {
        place.as_chunks_mut::<QUAD>().0[i] = [a.1[k], b.1[k], c.1[k], d.1[k]];
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ndarray::{Array1, Array2};
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// Dimensions around every edge of the tiles and of the blocks of sparse products, and this network's own.
    const SIZES: [usize; 13] = [1, 2, 3, 4, 5, 7, 8, 9, 16, 23, 50, 57, 784];

    /// The naive product: the oracle, which adds up in the same order.
    pub(in super::super) fn naive(
        a: &Array2<f32>,
        b: &Array2<f32>,
        bias: Option<&Array1<f32>>,
    ) -> Array2<f32> {
        Array2::from_shape_fn((a.nrows(), b.ncols()), |(m, n)| {
            let sum: f32 = (0..a.ncols()).map(|k| a[(m, k)] * b[(k, n)]).sum();
            bias.map_or(sum, |bias| sum + bias[n])
        })
    }

    /// Calls `check` with matrices `[M, K]` and `[K, N]` and a bias `[N]` of every shape. The part `blank` of the
    /// first one is zero.
    pub(in super::super) fn for_each_shape(
        blank: f64,
        mut check: impl FnMut(&Array2<f32>, &Array2<f32>, &Array1<f32>),
    ) {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for m in SIZES {
            for k in SIZES {
                for n in SIZES {
                    if m * k * n <= 784 * 50 * 50 {
                        let mut number =
                            |blank| if rng.random_bool(blank) { 0.0 } else { rng.random_range(-1.0..1.0) };
                        let a = Array2::from_shape_simple_fn((m, k), || number(blank));
                        let b = Array2::from_shape_simple_fn((k, n), || number(0.0));
                        check(&a, &b, &Array1::from_shape_simple_fn(n, || number(0.0)));
                    }
                }
            }
        }
    }

    #[test]
    fn products_agree_with_the_naive_loop_in_every_bit() {
        // Larger than any of the products, so that remains of an earlier one would be found out.
        let mut packing = Packing::new([(784, 784)].into_iter());
        for_each_shape(0.0, |a, b, bias| {
            let transposed = |matrix: &Array2<f32>| matrix.t().as_standard_layout().into_owned();
            let (a_transposed, b_transposed) = (transposed(a), transposed(b));
            let mut c = Array2::from_elem((a.nrows(), b.ncols()), f32::NAN);
            packing.product(a.view(), b.view(), Some(bias.view()), c.view_mut());
            assert_eq!(c, naive(a, b, Some(bias)));
            let expected = naive(a, b, None);
            for (a, b) in [(a_transposed.t(), b.view()), (a.view(), b_transposed.t())] {
                c.fill(f32::NAN);
                packing.product(a, b, None, c.view_mut());
                assert_eq!(c, expected);
            }
        });
    }

    #[test]
    fn the_instructions_of_the_target_give_the_same() {
        use crate::nn::isa::Baseline;
        for_each_shape(0.0, |a, b, bias| {
            let (m, k) = a.dim();
            let mut left = vec![[0.0; ROWS]; m.div_ceil(ROWS) * k];
            for (strip, m) in left.chunks_exact_mut(k).zip((0..m).step_by(ROWS)) {
                pack(a.t(), m, strip);
            }
            let mut c = Array2::from_elem((m, b.ncols()), f32::NAN);
            let numbers = c.as_slice_mut().unwrap();
            let mut right = vec![0.0; 8 * k];
            multiply::<_, 8>(Baseline, &left, &mut right, b.view(), bias.as_slice(), numbers, false);
            assert_eq!(c, naive(a, b, Some(bias)));
        });
    }

    #[test]
    fn of_a_symmetric_product_one_half_is_the_others_mirror() {
        let mut packing = Packing::new([(60, 300)].into_iter());
        for size in [1, 3, 4, 9, 17, 52, 60] {
            let a = Array2::from_shape_fn((size, 300), |(i, k)| ((i * 31 + k * 7) % 23) as f32 * 0.1 - 1.0);
            let mut c = Array2::from_elem((size, size), f32::NAN);
            packing.symmetric_product(a.view(), a.t(), c.view_mut());
            assert_eq!(c, naive(&a, &a.t().to_owned(), None));
        }
    }

    #[test]
    #[should_panic(expected = "shapes disagree")]
    fn shapes_that_disagree_are_refused() {
        let mut c = Array2::zeros((2, 3));
        let (a, b) = (Array2::zeros((2, 4)), Array2::zeros((5, 3)));
        Packing::new([(2, 4)].into_iter()).product(a.view(), b.view(), None, c.view_mut());
    }
}

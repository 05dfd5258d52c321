//! The three matrix products of a dense layer, in tiles that stay in registers.
//!
//! With a weight of shape `[I, O]`, forward (`X W`), the weight's gradient (`Xᵀ D`) and the input's gradient (`D Wᵀ`)
//! each find their vectors contiguous in memory, so nothing is packed or copied, and nothing is allocated as
//! [`ndarray::linalg::general_mat_mul`] does for its packing. A tile of five rows by eight columns needs ten
//! accumulators of four lanes, which together with their operands fit the sixteen vector registers of x86-64.
//! Where a dimension is not a multiple of the tile, the last tile is moved back inside and computes a few elements
//! a second time, with the same result. ndarray's `dot` is the oracle in the tests.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};
use wide::{f32x4, f32x8};

use super::simd::{self, LANES};

/// Rows of a tile.
const ROWS: usize = 5;

/// `C ← A B + 1 bᵀ`
///
/// # Shapes
/// `a: [M, K]`, `b: [K, N]`, `bias: [N]`, `c: [M, N]`, all contiguous.
///
/// # Panics
/// If the shapes disagree or an array is not contiguous.
pub(crate) fn product_plus_bias(
    a: ArrayView2<'_, f32>,
    b: ArrayView2<'_, f32>,
    bias: ArrayView1<'_, f32>,
    mut c: ArrayViewMut2<'_, f32>,
) {
    let ((rows, depth), (b_rows, columns)) = (a.dim(), b.dim());
    assert_eq!((depth, bias.len(), c.dim()), (b_rows, columns, (rows, columns)), "shapes disagree");
    let (a, b) = (contiguous(&a), contiguous(&b));
    let bias = bias.to_slice().expect("the bias is contiguous");
    let c = contiguous_mut(&mut c);

    if columns < LANES {
        return fill(c, columns, |m, n| {
            bias[n] + (0..depth).map(|k| a[m * depth + k] * b[k * columns + n]).sum::<f32>()
        });
    }
    let start = |n: usize| simd::load(&bias[n..]);
    fill_tiles(
        c,
        (rows, columns),
        |m, n| row_tile(&a[m * depth..], depth, &b[n..], columns, start(n)),
        |m, n| row_tile(&a[m * depth..], depth, &b[n..], columns, start(n)),
    );
}

/// `C ← Aᵀ B`
///
/// # Shapes
/// `a: [K, M]`, `b: [K, N]`, `c: [M, N]`, all contiguous.
///
/// # Panics
/// If the shapes disagree or an array is not contiguous.
pub(crate) fn transposed_product(
    a: ArrayView2<'_, f32>,
    b: ArrayView2<'_, f32>,
    mut c: ArrayViewMut2<'_, f32>,
) {
    let ((depth, rows), (b_rows, columns)) = (a.dim(), b.dim());
    assert_eq!((depth, c.dim()), (b_rows, (rows, columns)), "shapes disagree");
    let (a, b) = (contiguous(&a), contiguous(&b));
    let c = contiguous_mut(&mut c);

    if columns < LANES {
        return fill(c, columns, |m, n| {
            (0..depth).map(|k| a[k * rows + m] * b[k * columns + n]).sum::<f32>()
        });
    }
    fill_tiles(
        c,
        (rows, columns),
        |m, n| column_tile(&a[m..], rows, &b[n..], columns, depth),
        |m, n| column_tile(&a[m..], rows, &b[n..], columns, depth),
    );
}

/// `C ← A Bᵀ`
///
/// # Shapes
/// `a: [M, K]`, `b: [N, K]`, `c: [M, N]`, all contiguous.
///
/// # Panics
/// If the shapes disagree or an array is not contiguous.
pub(crate) fn product_transposed(
    a: ArrayView2<'_, f32>,
    b: ArrayView2<'_, f32>,
    mut c: ArrayViewMut2<'_, f32>,
) {
    let ((rows, depth), (columns, b_columns)) = (a.dim(), b.dim());
    assert_eq!((depth, c.dim()), (b_columns, (rows, columns)), "shapes disagree");
    let (a, b) = (contiguous(&a), contiguous(&b));
    let c = contiguous_mut(&mut c);

    if rows < SIDE || columns < SIDE {
        return fill(c, columns, |m, n| dot(&a[m * depth..][..depth], &b[n * depth..][..depth]));
    }
    for m in starts(rows, SIDE) {
        for n in starts(columns, SIDE) {
            let sums = dot_tile(&a[m * depth..], &b[n * depth..], depth);
            for (i, row) in sums.iter().enumerate() {
                c[(m + i) * columns + n..][..SIDE].copy_from_slice(row);
            }
        }
    }
}

/// Sums over `k` of `a[i, k] b[k, ..8]`, for `M` rows of `a`, beginning with `start`.
#[inline(always)]
fn row_tile<const M: usize>(a: &[f32], depth: usize, b: &[f32], b_stride: usize, start: f32x8) -> [f32x8; M] {
    let rows: [&[f32]; M] = std::array::from_fn(|i| &a[i * depth..][..depth]);
    let mut sums = [start; M];
    for k in 0..depth {
        let vector = simd::load(&b[k * b_stride..]);
        for (sum, row) in sums.iter_mut().zip(rows) {
            *sum += f32x8::splat(row[k]) * vector;
        }
    }
    sums
}

/// Sums over `k` of `a[k, i] b[k, ..8]`, for `M` columns of `a`.
#[inline(always)]
fn column_tile<const M: usize>(
    a: &[f32],
    a_stride: usize,
    b: &[f32],
    b_stride: usize,
    depth: usize,
) -> [f32x8; M] {
    let mut sums = [f32x8::ZERO; M];
    for k in 0..depth {
        let column = &a[k * a_stride..][..M];
        let vector = simd::load(&b[k * b_stride..]);
        for (sum, &factor) in sums.iter_mut().zip(column) {
            *sum += f32x8::splat(factor) * vector;
        }
    }
    sums
}

/// Rows and columns of a tile of dot products: nine accumulators, six operands.
const SIDE: usize = 3;

/// The dot products of three rows of `a` with three rows of `b`.
#[inline(always)]
fn dot_tile(a: &[f32], b: &[f32], depth: usize) -> [[f32; SIDE]; SIDE] {
    let a_rows: [&[f32]; SIDE] = std::array::from_fn(|i| &a[i * depth..][..depth]);
    let b_rows: [&[f32]; SIDE] = std::array::from_fn(|j| &b[j * depth..][..depth]);
    let whole = depth - depth % 4;
    let mut sums = [[f32x4::ZERO; SIDE]; SIDE];
    for k in (0..whole).step_by(4) {
        let b_vectors = b_rows.map(|row| load4(&row[k..]));
        for (row_sums, a_row) in sums.iter_mut().zip(a_rows) {
            let a_vector = load4(&a_row[k..]);
            for (sum, b_vector) in row_sums.iter_mut().zip(b_vectors) {
                *sum += a_vector * b_vector;
            }
        }
    }
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let rest = a_rows[i][whole..].iter().zip(&b_rows[j][whole..]).map(|(x, y)| x * y).sum::<f32>();
            sums[i][j].reduce_add() + rest
        })
    })
}

#[inline(always)]
fn load4(slice: &[f32]) -> f32x4 {
    let lanes: [f32; 4] = slice[..4].try_into().expect("a slice of four is an array of four");
    f32x4::from(lanes)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Sets each `c[m, n]` to `value(m, n)`: for arrays narrower than a tile.
fn fill(c: &mut [f32], columns: usize, value: impl Fn(usize, usize) -> f32) {
    for (m, row) in c.chunks_exact_mut(columns).enumerate() {
        for (n, element) in row.iter_mut().enumerate() {
            *element = value(m, n);
        }
    }
}

/// Fills `c` of so many rows and columns: by tiles of [`ROWS`] rows, or of a single one where there are fewer.
#[inline(always)]
fn fill_tiles(
    c: &mut [f32],
    (rows, columns): (usize, usize),
    tile: impl Fn(usize, usize) -> [f32x8; ROWS],
    single: impl Fn(usize, usize) -> [f32x8; 1],
) {
    let mut store = |m: usize, n: usize, sums: &[f32x8]| {
        for (i, &sum) in sums.iter().enumerate() {
            simd::store(sum, &mut c[(m + i) * columns + n..][..LANES]);
        }
    };
    if rows < ROWS {
        for m in 0..rows {
            starts(columns, LANES).for_each(|n| store(m, n, &single(m, n)));
        }
    } else {
        for m in starts(rows, ROWS) {
            starts(columns, LANES).for_each(|n| store(m, n, &tile(m, n)));
        }
    }
}

/// Where tiles of `width` begin that cover `0..length`, the last of them moved back to end at `length`.
#[inline(always)]
fn starts(length: usize, width: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by(width).map(move |start| start.min(length - width))
}

fn contiguous<'a>(array: &ArrayView2<'a, f32>) -> &'a [f32] {
    array.to_slice().expect("a contiguous row-major array")
}

fn contiguous_mut<'a>(array: &'a mut ArrayViewMut2<'_, f32>) -> &'a mut [f32] {
    array.as_slice_mut().expect("a contiguous row-major array")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array2};
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    fn random(rng: &mut Xoshiro256PlusPlus, rows: usize, columns: usize) -> Array2<f32> {
        Array2::from_shape_simple_fn((rows, columns), || rng.random_range(-1.0..1.0))
    }

    /// Dimensions around every edge of the tiles, and this network's own.
    const SIZES: [usize; 12] = [1, 2, 3, 4, 5, 7, 8, 9, 16, 23, 50, 784];

    fn for_each_shape(check: impl Fn(&mut Xoshiro256PlusPlus, usize, usize, usize)) {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for m in SIZES {
            for k in SIZES {
                for n in SIZES {
                    if m * k * n <= 784 * 50 * 50 {
                        check(&mut rng, m, k, n);
                    }
                }
            }
        }
    }

    fn assert_close(actual: &Array2<f32>, expected: &Array2<f32>, depth: usize) {
        let bound = 1e-6 * depth as f32 + 1e-6;
        for ((index, a), e) in actual.indexed_iter().zip(expected) {
            assert!((a - e).abs() <= bound, "{index:?} of {:?}: {a}, not {e}", actual.dim());
        }
    }

    #[test]
    fn products_agree_with_the_oracle() {
        for_each_shape(|rng, m, k, n| {
            let (a, b) = (random(rng, m, k), random(rng, k, n));
            let bias = Array1::from_shape_simple_fn(n, || rng.random_range(-1.0..1.0));
            let expected = a.dot(&b) + &bias;
            let mut c = Array2::from_elem((m, n), f32::NAN);
            product_plus_bias(a.view(), b.view(), bias.view(), c.view_mut());
            assert_close(&c, &expected, k);

            let transposed = a.t().as_standard_layout().into_owned();
            c.fill(f32::NAN);
            transposed_product(transposed.view(), b.view(), c.view_mut());
            assert_close(&c, &a.dot(&b), k);

            let transposed = b.t().as_standard_layout().into_owned();
            c.fill(f32::NAN);
            product_transposed(a.view(), transposed.view(), c.view_mut());
            assert_close(&c, &a.dot(&b), k);
        });
    }

    #[test]
    #[should_panic(expected = "shapes disagree")]
    fn shapes_that_disagree_are_refused() {
        let mut c = Array2::zeros((2, 3));
        transposed_product(Array2::zeros((4, 2)).view(), Array2::zeros((5, 3)).view(), c.view_mut());
    }
}

//! A layer's input that is mostly zeros, as four fifths of MNIST's pixels are.
//!
//! Its nonzero numbers are listed row after row (compressed sparse rows), and the two products that a first layer needs
//! go through the lists: `X W` through those of the rows, `Xᵀ D` through those of the columns. Both add up in the
//! same order as [`Packing::product`](super::matmul::Packing::product) and leave out only zeros, so that they give the
//! same numbers.
//!
//! Of MNIST at a batch of 50 and 50 outputs, listing and both products take 97 µs in the browser where the
//! dense products take 230.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};
use wide::f32x8;

use super::isa::{Baseline, Isa, Vector, fastest};
use super::simd::{self, LANES};

/// How many registers a row of a product may be computed in at once. Thirteen accumulators are the most that fit
/// beside their operands, and hold fifty numbers by four; seven hold them by eight.
const BLOCKS: [usize; 7] = [13, 8, 7, 6, 4, 2, 1];

/// What going through a row's entries costs, in multiplications of a register.
const WALK: usize = 3;

/// Numbers whose zeros are found at once, a bit for each.
const MASK: usize = u64::BITS as usize;

/// The nonzero numbers of a matrix, and where they stand.
#[derive(Clone, Debug)]
pub(super) struct Sparse {
    columns: usize,
    /// The rows that are listed.
    rows: usize,
    /// Where each row begins among the entries, and where the last one ends.
    starts: Vec<u32>,
    /// Column and number. As long as a list may be: what lies beyond the last row's end is of no meaning.
    entries: Vec<(u32, f32)>,
}

impl Sparse {
    /// Takes the memory for matrices of up to `rows` by `columns` of which up to a half is not zero.
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        let (starts, entries) = lengths(rows, columns);
        Self { columns, rows: 0, starts: vec![0; starts], entries: vec![(0, 0.0); entries] }
    }

    /// How many bytes [`new`](Self::new) takes, at most `usize::MAX`.
    pub(super) fn bytes(rows: usize, columns: usize) -> usize {
        let (starts, limit) = lengths(rows, columns);
        let entries = limit.saturating_mul(size_of::<(u32, f32)>());
        starts.saturating_mul(size_of::<u32>()).saturating_add(entries)
    }

    /// Lists the nonzero numbers; false, and the list is useless, if they do not fit.
    pub(super) fn read(&mut self, dense: ArrayView2<'_, f32>) -> bool {
        (self.rows, self.columns) = dense.dim();
        let dense = dense.to_slice().expect("an input is contiguous");
        let mut length = 0;
        for (row, end) in dense.chunks_exact(self.columns).zip(&mut self.starts[1..]) {
            for (piece, numbers) in row.chunks(MASK).enumerate() {
                let mut mask = nonzero(numbers);
                let count = mask.count_ones() as usize;
                let Some(entries) = self.entries.get_mut(length..length + count) else { return false };
                for entry in entries {
                    let i = mask.trailing_zeros() as usize;
                    *entry = ((MASK * piece + i) as u32, numbers[i]);
                    mask &= mask - 1;
                }
                length += count;
            }
            *end = length as u32;
        }
        true
    }

    /// How many numbers are listed.
    pub(super) fn len(&self) -> usize {
        self.starts[self.rows] as usize
    }

    /// Makes `other` the transposition of this matrix, by counting what each of its rows will hold.
    pub(super) fn transpose_into(&self, other: &mut Self) {
        (other.rows, other.columns) = (self.columns, self.rows);
        // Counted one place too far, then moved along as the row is filled, each ends as where the next one begins.
        let places = &mut other.starts[..other.rows + 2];
        places.fill(0);
        for &(column, _) in &self.entries[..self.len()] {
            places[column as usize + 2] += 1;
        }
        for row in 2..places.len() {
            places[row] += places[row - 1];
        }
        for (row, entries) in self.rows().enumerate() {
            for &(column, number) in entries {
                let place = &mut places[column as usize + 1];
                other.entries[*place as usize] = (row as u32, number);
                *place += 1;
            }
        }
    }

    /// The entries of each row.
    fn rows(&self) -> impl Iterator<Item = &[(u32, f32)]> {
        self.starts[..=self.rows].windows(2).map(|ends| &self.entries[ends[0] as usize..ends[1] as usize])
    }

    /// `C ← S B`, and `+ 1 bᵀ` if there is a bias.
    ///
    /// # Shapes
    /// `self: [M, K]`, `b: [K, N]`, `bias: [N]`, `c: [M, N]`, all contiguous.
    ///
    /// # Panics
    /// If the shapes disagree or an array is not contiguous.
    pub(super) fn product(
        &self,
        b: ArrayView2<'_, f32>,
        bias: Option<ArrayView1<'_, f32>>,
        mut c: ArrayViewMut2<'_, f32>,
    ) {
        let (depth, columns) = b.dim();
        assert_eq!((self.columns, c.dim()), (depth, (self.rows, columns)), "shapes disagree");
        let b = b.to_slice().expect("the right-hand side is contiguous");
        let bias = bias.as_ref().map(|bias| bias.to_slice().expect("the bias is contiguous"));
        let c = c.as_slice_mut().expect("the result is contiguous");

        fastest!(isa, WIDTH => self.product_with(isa, b, bias, c, columns));
    }

    /// The product, with as many registers at once as cost the least.
    #[inline(always)]
    fn product_with<I: Isa>(&self, isa: I, b: &[f32], bias: Option<&[f32]>, c: &mut [f32], columns: usize) {
        let registers = columns.div_ceil(I::Register::WIDTH);
        let cost = |block: &usize| registers.div_ceil(*block) * (block + WALK);
        match BLOCKS.into_iter().filter(|&block| block <= registers).min_by_key(cost) {
            _ if columns < I::Register::WIDTH => self.product_narrow(b, bias, c, columns),
            Some(13) => self.product_by::<_, 13>(isa, b, bias, c, columns),
            Some(8) => self.product_by::<_, 8>(isa, b, bias, c, columns),
            Some(7) => self.product_by::<_, 7>(isa, b, bias, c, columns),
            Some(6) => self.product_by::<_, 6>(isa, b, bias, c, columns),
            Some(4) => self.product_by::<_, 4>(isa, b, bias, c, columns),
            Some(2) => self.product_by::<_, 2>(isa, b, bias, c, columns),
            _ => self.product_by::<_, 1>(isa, b, bias, c, columns),
        }
    }

    /// The product, a row's columns in blocks of `V` registers. What does not fill a block, or its last register, is moved
    /// back inside and computes some columns a second time.
    #[inline(always)]
    fn product_by<I: Isa, const V: usize>(
        &self,
        isa: I,
        b: &[f32],
        bias: Option<&[f32]>,
        c: &mut [f32],
        columns: usize,
    ) {
        let register = I::Register::WIDTH;
        let width = columns.min(register * V);
        let last = width - register;
        let place = |v: usize| (register * v).min(last);
        for (entries, c) in self.rows().zip(c.chunks_exact_mut(columns)) {
            for start in (0..columns).step_by(register * V) {
                let start = start.min(columns - width);
                let mut sums = [I::Register::splat(isa, 0.0); V];
                for &(k, factor) in entries {
                    let row = &b[k as usize * columns + start..][..width];
                    let factor = I::Register::splat(isa, factor);
                    sums[V - 1] = sums[V - 1] + factor * I::Register::load(isa, &row[last..]);
                    let row = &row[..register * (V - 1)];
                    for (v, sum) in sums[..V - 1].iter_mut().enumerate() {
                        *sum = *sum + factor * I::Register::load(isa, &row[register * v..]);
                    }
                }
                for (v, sum) in sums.into_iter().enumerate() {
                    let place = start + place(v);
                    let sum = bias.map_or(
                        sum,
                        #[inline(always)]
                        |bias| sum + I::Register::load(isa, &bias[place..]),
                    );
                    sum.store(&mut c[place..][..register]);
                }
            }
        }
    }

    /// The product with fewer columns than a register holds.
    fn product_narrow(&self, b: &[f32], bias: Option<&[f32]>, c: &mut [f32], columns: usize) {
        for (entries, c) in self.rows().zip(c.chunks_exact_mut(columns)) {
            for (n, c) in c.iter_mut().enumerate() {
                let sum: f32 = entries.iter().map(|&(k, x)| x * b[k as usize * columns + n]).sum();
                *c = bias.map_or(sum, |bias| sum + bias[n]);
            }
        }
    }
}

/// The lengths of the two lists for matrices of `rows` by `columns`.
fn lengths(rows: usize, columns: usize) -> (usize, usize) {
    (rows.saturating_add(2), rows.saturating_mul(columns) / 2)
}

/// A bit for each of up to 64 numbers, set if the number is not zero.
#[inline(always)]
fn nonzero(numbers: &[f32]) -> u64 {
    let mask = |eight: f32x8| u64::from(eight.simd_ne(f32x8::ZERO).to_bitmask());
    let (eights, rest) = numbers.as_chunks::<LANES>();
    let rest = mask(simd::load_partial(Baseline, rest));
    eights.iter().rev().fold(rest, |bits, &eight| bits << LANES | mask(f32x8::from(eight)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::matmul::tests::{for_each_shape, naive};
    use ndarray::Array2;

    #[test]
    fn products_agree_with_the_naive_loop_in_every_bit() {
        for_each_shape(0.8, |a, b, bias| {
            let (m, k) = a.dim();
            let (mut rows, mut columns) = (Sparse::new(m, k), Sparse::new(k, m));
            if !rows.read(a.view()) {
                assert!(a.iter().filter(|&&x| x != 0.0).count() > m * k / 2);
                return;
            }
            let mut c = Array2::from_elem((m, b.ncols()), f32::NAN);
            rows.product(b.view(), Some(bias.view()), c.view_mut());
            assert_eq!(c, naive(a, b, Some(bias)));

            rows.transpose_into(&mut columns);
            let mut gradient = Array2::from_elem(b.dim(), f32::NAN);
            columns.product(c.view(), None, gradient.view_mut());
            assert_eq!(gradient, naive(&a.t().to_owned(), &c, None));
        });
    }

    #[test]
    fn a_clone_has_as_much_room() {
        let clone_of = |sparse: &Sparse| sparse.clone().read(Array2::eye(30).view());
        assert!(clone_of(&Sparse::new(30, 30)));
        let mut used = Sparse::new(30, 30);
        assert!(used.read(Array2::zeros((1, 30)).view()));
        assert!(clone_of(&used));
    }

    #[test]
    fn what_is_not_sparse_is_refused_and_leaves_no_trace() {
        let mut sparse = Sparse::new(2, 200);
        assert!(!sparse.read(Array2::ones((2, 200)).view()));
        let mut one = Array2::zeros((1, 200));
        one[(0, 199)] = 2.0;
        assert!(sparse.read(one.view()));
        let mut c = Array2::zeros((1, 5));
        sparse.product(Array2::from_elem((200, 5), 3.0).view(), None, c.view_mut());
        assert_eq!(c, Array2::from_elem((1, 5), 6.0));
    }
}

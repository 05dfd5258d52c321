//! Parts of arrays, and their allocation.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};

/// Returns the first `rows` rows of an array, to be written.
pub(super) fn first_rows(array: &mut Array2<f32>, rows: usize) -> ArrayViewMut2<'_, f32> {
    array.slice_axis_mut(Axis(0), Slice::from(..rows))
}

/// Returns the values of a contiguous array.
pub(super) fn contiguous<'a>(array: &ArrayView2<'a, f32>) -> &'a [f32] {
    array.to_slice().expect("arrays are contiguous")
}

/// Returns the values of a contiguous array, to be written.
pub(super) fn contiguous_mut<'a>(array: &'a mut ArrayViewMut2<'_, f32>) -> &'a mut [f32] {
    array.as_slice_mut().expect("arrays are contiguous")
}

/// Allocates arrays, or counts their bytes without allocating: what a workspace takes is known before it is taken.
pub(super) struct Allocator {
    counts_only: bool,
    /// Saturates at `usize::MAX`.
    bytes: usize,
}

impl Allocator {
    /// Returns what `build` allocates.
    pub(super) fn allocate<T>(build: impl FnOnce(&mut Self) -> T) -> T {
        build(&mut Self { counts_only: false, bytes: 0 })
    }

    /// Returns the bytes that `build` would allocate.
    pub(super) fn count<T>(build: impl FnOnce(&mut Self) -> T) -> usize {
        let mut counter = Self { counts_only: true, bytes: 0 };
        build(&mut counter);
        counter.bytes
    }

    /// Counts a list of `length` items.
    pub(super) fn add<T>(&mut self, length: usize) {
        self.bytes = self.bytes.saturating_add(length.saturating_mul(size_of::<T>()));
    }

    /// Returns a list of `length` times `item`, or an empty one.
    pub(super) fn list<T: Clone>(&mut self, item: T, length: usize) -> Vec<T> {
        self.add::<T>(length);
        vec![item; if self.counts_only { 0 } else { length }]
    }

    /// Returns an array of zeros, or an empty one.
    pub(super) fn zeros(&mut self, (rows, columns): (usize, usize)) -> Array2<f32> {
        self.add::<f32>(rows.saturating_mul(columns));
        Array2::zeros(if self.counts_only { (0, 0) } else { (rows, columns) })
    }
}

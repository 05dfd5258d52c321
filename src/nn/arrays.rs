//! Parts of arrays.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};

/// Returns the first `rows` rows of an array, to be written.
pub(super) fn first_rows(array: &mut Array2<f32>, rows: usize) -> ArrayViewMut2<'_, f32> {
    array.slice_axis_mut(Axis(0), Slice::from(..rows))
}

/// Returns the values of a contiguous array.
pub(super) fn contiguous<'a>(array: &ArrayView2<'a, f32>) -> &'a [f32] {
    array.to_slice().expect("arrays are contiguous")
}

//! A code: the few numbers that an image becomes between encoder and decoder.

use std::ops::{Deref, DerefMut};

use super::settings::MAX_CODE;

/// The numbers of a code, `[Z]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Code {
    numbers: [f32; MAX_CODE],
    width: usize,
}

impl Code {
    /// A code of `width` zeros.
    ///
    /// # Panics
    /// If the width is above [`MAX_CODE`].
    #[must_use]
    pub fn zero(width: usize) -> Self {
        assert!(width <= MAX_CODE, "a code has up to {MAX_CODE} numbers");
        Self { numbers: [0.0; MAX_CODE], width }
    }

    /// A code of these numbers.
    ///
    /// # Panics
    /// If there are more than [`MAX_CODE`].
    #[must_use]
    pub fn of(numbers: &[f32]) -> Self {
        let mut code = Self::zero(numbers.len());
        code.copy_from_slice(numbers);
        code
    }

    /// The same numbers with zeros after them, or without the last, so that there are `width`.
    #[must_use]
    pub fn resized(mut self, width: usize) -> Self {
        let kept = self.width.min(width);
        self.numbers[kept..].fill(0.0);
        Self { width: width.min(MAX_CODE), ..self }
    }
}

impl Deref for Code {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.numbers[..self.width]
    }
}

impl DerefMut for Code {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.numbers[..self.width]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_another_width_keeps_what_fits() {
        let code = Code::of(&[1.0, 2.0, 3.0]);
        assert_eq!(&*code.resized(2), [1.0, 2.0]);
        assert_eq!(&*code.resized(2).resized(4), [1.0, 2.0, 0.0, 0.0]);
    }
}

//! Codes: the latent representations of images between encoder and decoder.

use std::ops::{Deref, DerefMut};

use super::settings::MAX_CODE;

/// A code, `[Z]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Code {
    values: [f32; MAX_CODE],
    len: usize,
}

impl Code {
    /// Creates a code of `len` zeros.
    ///
    /// # Panics
    /// If there are more than [`MAX_CODE`].
    pub fn zero(len: usize) -> Self {
        assert!(len <= MAX_CODE, "a code has up to {MAX_CODE} dimensions");
        Self { values: [0.0; MAX_CODE], len }
    }

    /// Creates a code of these values.
    ///
    /// # Panics
    /// If there are more than [`MAX_CODE`].
    pub fn new(values: &[f32]) -> Self {
        let mut code = Self::zero(values.len());
        code.copy_from_slice(values);
        code
    }

    /// Returns the code truncated, or extended by zeros, to `len` dimensions.
    pub fn resized(mut self, len: usize) -> Self {
        let kept = self.len.min(len);
        self.values[kept..].fill(0.0);
        Self { len: len.min(MAX_CODE), ..self }
    }
}

impl Deref for Code {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.values[..self.len]
    }
}

impl DerefMut for Code {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[..self.len]
    }
}

/// Returns codes as comma-separated values: a header, and for each digit its index, its label (empty if unknown) and its code.
pub(super) fn to_csv(codes: &[Code], labels: &[Option<u8>]) -> String {
    let mut table = String::from("digit,label");
    for dimension in 1..=codes.first().map_or(0, |code| code.len()) {
        table.push_str(&format!(",z{dimension}"));
    }
    for (index, code) in codes.iter().enumerate() {
        let label = labels.get(index).copied().flatten().map_or(String::new(), |label| label.to_string());
        table.push_str(&format!("\n{index},{label}"));
        for z in &**code {
            table.push_str(&format!(",{z}"));
        }
    }
    table.push('\n');
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resized_code_keeps_what_fits() {
        let code = Code::new(&[1.0, 2.0, 3.0]);
        assert_eq!(&*code.resized(2), [1.0, 2.0]);
        assert_eq!(&*code.resized(2).resized(4), [1.0, 2.0, 0.0, 0.0]);
    }

    #[test]
    fn the_table_has_a_line_for_each_digit() {
        let codes = [Code::new(&[0.5, -1.25]), Code::new(&[2.0, 0.0])];
        assert_eq!(to_csv(&codes, &[Some(7), None]), "digit,label,z1,z2\n0,7,0.5,-1.25\n1,,2,0\n");
        assert_eq!(to_csv(&[], &[]), "digit,label\n");
    }
}

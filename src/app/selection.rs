//! The selection: an image that goes through the whole network, or a code that goes through its decoder.

use super::code::Code;

/// The selected image or code.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it is made anew where it is needed, and kept nowhere")]
pub enum Selection {
    /// A test digit, by its index.
    Digit(usize),
    /// The drawn digit.
    Drawn,
    /// A code without an image.
    Place(Code),
}

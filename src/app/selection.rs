//! What is looked at: an image that goes through the whole network, or a code that goes through its decoder.

use super::code::Code;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it is made anew where it is needed, and kept nowhere")]
pub enum Selection {
    /// A test digit, by its index.
    Digit(usize),
    /// What the visitor has drawn on the pad.
    Drawn,
    /// A code that no image stands for.
    Place(Code),
}

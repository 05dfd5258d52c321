//! One training step after another.

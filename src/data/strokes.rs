//! Built-in digits.

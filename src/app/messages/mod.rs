//! The notices of the page.

mod notices;

pub use notices::{Action, Notice, Notices};

//! The notices of the page.

pub mod live_region;
mod notices;

pub use notices::{Action, Condition, Notice, Notices};

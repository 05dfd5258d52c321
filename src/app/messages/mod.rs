//! What the page has to say.

mod notices;

pub use notices::{Action, Notice, Notices};

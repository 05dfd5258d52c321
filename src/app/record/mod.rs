//! Whatever remembers: undo, and the run that is kept in the browser.

mod autosave;
mod sitting;
mod undo;

pub use autosave::Autosave;
pub use sitting::Sitting;
pub use undo::Undo;

//! Whatever remembers: undo, the timeline of a run, and the run that is kept in the browser.

mod autosave;
mod sitting;
mod timeline;
mod undo;

pub use autosave::Autosave;
pub use sitting::Sitting;
pub use timeline::{Moment, Timeline};
pub use undo::{PutAside, Undo};

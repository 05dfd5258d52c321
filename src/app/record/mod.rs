//! Whatever remembers: undo, the timeline of a run, curves, and the run that is kept in the browser.

mod autosave;
mod ghosts;
mod keeping;
mod sitting;
mod timeline;
mod undo;

pub use autosave::Autosave;
pub use ghosts::{Ghost, Ghosts};
pub use keeping::Keeping;
pub use sitting::Sitting;
pub use timeline::{Moment, Timeline};
pub use undo::{PutAside, Undo};

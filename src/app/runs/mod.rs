//! Runs: the one that trains, its timeline, and whatever remembers earlier ones.

mod autosave;
mod curve;
mod divergence;
mod ghosts;
mod keeping;
mod partial_step;
mod run;
mod sitting;
mod test_evaluator;
mod throughput;
mod timeline;
mod undo;

pub use autosave::Autosave;
pub use divergence::RunProblem;
pub use ghosts::{Ghost, Ghosts};
pub use keeping::Keeping;
pub use partial_step::PartialStep;
pub use run::{PutAway, Run, Stepped};
pub use sitting::Sitting;
pub use timeline::{Moment, Timeline};
pub use undo::{PutAside, Undo};

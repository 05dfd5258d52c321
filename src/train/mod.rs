//! Training: the trainer, its settings as a struct and as text, and presets.

mod config;
mod corruption;
pub(crate) mod decimal;
mod preset;
mod schedule;
pub mod setting;
mod step;
#[cfg(test)]
mod tests;
mod trainer;

pub use config::{ConfigError, MAX_BATCH_BYTES, TrainerConfig};
pub use corruption::Corruption;
pub use preset::Preset;
pub use schedule::Schedule;
pub use step::{Progress, StepStats};
pub(crate) use trainer::initial_noise;
pub use trainer::{Trainer, TrainerState, TrainerStateError, batch_bytes};

//! Training: the trainer, its settings as a struct and as text, and presets.

mod config;
mod corruption;
mod preset;
mod range;
mod schedule;
pub mod setting;
mod trainer;

pub use config::{ConfigError, MAX_BATCH_BYTES, TrainerConfig, batch_bytes};
pub use corruption::Corruption;
pub use preset::Preset;
pub use schedule::Schedule;
pub(crate) use trainer::initial_noise;
pub use trainer::{Progress, StepStats, Trainer, TrainerState, TrainerStateError};

//! The presets in a size that many steps can be made of in a test.

use bottleneck::train::Preset;
use bottleneck::train::TrainerConfig;

/// The settings of a preset; of the one with millions of parameters, with a network of thousands.
pub fn small(preset: Preset) -> TrainerConfig {
    let mut config = preset.config();
    if preset == Preset::Hinton {
        config.spec = "784 40t 30 40t 784s".parse().expect("the notation is right");
    }
    config
}

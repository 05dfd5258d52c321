//! Helpers for the tests of the file formats.

use std::fs;
use std::path::Path;

use bottleneck::nn::{Decay, Init, Loss, Network, NetworkSpec, WeightInit, Workspace};
use bottleneck::train::{Preset, Trainer, TrainerConfig};
use ndarray::Array2;

/// The settings for a network; the sigmoid that cross-entropy needs is added.
pub fn config(spec: &str, loss: Loss) -> TrainerConfig {
    let mut spec: NetworkSpec = spec.parse().expect("the notation is right");
    spec.ensure_output_activation(loss);
    TrainerConfig {
        spec,
        init: Init { weight: WeightInit::GlorotUniform, bias: 0.0 },
        loss,
        decay: Decay::NONE,
        learning_rate: 1e-3,
        batch_size: 3,
        seed: 1,
        ..Preset::Blog.config()
    }
}

/// A trainer with fixed parameters between -1.1 and 1.1.
#[allow(dead_code, reason = "not every test needs one")]
pub fn trainer(spec: &str, loss: Loss) -> Trainer {
    let mut trainer = Trainer::new(&config(spec, loss)).unwrap();
    let parameters: Vec<f32> =
        (0..trainer.parameters().len()).map(|i| ((i * 37 % 129) as f32 - 64.0) / 60.0).collect();
    trainer.set_parameters(&parameters);
    trainer
}

/// The network's outputs for `inputs`.
pub fn reconstruct(trainer: &Trainer, inputs: &[Vec<f32>]) -> Array2<f32> {
    let network: &Network = trainer.network();
    let input = Array2::from_shape_vec((inputs.len(), network.inputs()), inputs.concat())
        .expect("an input is as wide as the network");
    let mut workspace = Workspace::new(network, inputs.len());
    network.reconstruct(trainer.parameters(), input.view(), &mut workspace).to_owned()
}

/// Checks that the file `path` in `tests/` contains `bytes`, or writes it if `BLESS` is set.
pub fn assert_same_file(path: &str, bytes: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, bytes).expect("the file can be written");
    }
    let expected = fs::read(&path).expect("the file can be read");
    assert!(expected == bytes, "{} differs from the bytes that are saved", path.display());
}

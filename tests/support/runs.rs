//! Short runs of everything that training can do, with the hash of their parameters.

use bottleneck::data::{Dataset, PIXELS, synthetic};
use bottleneck::nn::{Activation, Constant, Loss, Method, NetworkSpec, WeightInit};
use bottleneck::train::{Corruption, Preset, Schedule, Trainer, TrainerConfig};

/// The steps of a run: past a flush of negligible moments.
const STEPS: usize = 66;

/// The recorded hashes.
const RECORDED: &str = include_str!("../reference/bits.txt");

/// Computes the hash of the built-in digits and of each run, one a line.
pub fn lines() -> impl Iterator<Item = String> {
    let line = |hash: u64, name: &str| format!("{hash:016x} {name}\n");
    let digits = synthetic::dataset(7, 0..1_000);
    let images = line(hash_bytes(digits.images(digits.len())), "1,000 built-in digits");
    let runs = configs().into_iter().map(move |(name, config)| line(hash_of_run(&config, &digits), &name));
    std::iter::once(images).chain(runs)
}

/// Computes the lines, and lets the browser answer its driver between two of them.
#[cfg(target_arch = "wasm32")]
pub async fn lines_in_turns() -> String {
    let mut table = String::new();
    for line in lines() {
        table.push_str(&line);
        let turn = js_sys::Promise::new(&mut |resolve, _| {
            let window = web_sys::window().expect("a page");
            window.set_timeout_with_callback(&resolve).expect("a timer");
        });
        wasm_bindgen_futures::JsFuture::from(turn).await.expect("timers do not fail");
    }
    table
}

/// Panics unless `table` has the recorded hashes.
pub fn assert_recorded(table: &str) {
    let differs = |(found, expected): (&str, &str)| (found != expected).then(|| found.to_owned());
    let differing: Vec<_> = table.lines().zip(RECORDED.lines()).filter_map(differs).collect();
    assert!(table == RECORDED, "{} runs differ: {differing:#?}\n{table}", differing.len());
}

/// Returns the settings of each run.
fn configs() -> Vec<(String, TrainerConfig)> {
    let mut configs: Vec<_> =
        Preset::ALL.map(|preset| (format!("preset {}", preset.name()), small(preset))).into();
    let mut add = |name: String, change: &dyn Fn(&mut TrainerConfig)| {
        let mut config = Preset::Modern.config();
        change(&mut config);
        configs.push((name, config));
    };
    for loss in Loss::ALL {
        for layers in ["784 50t 2 50t 784", "784 30s 5 20l 784s", "784 9r 3~ 33t 784s"] {
            add(format!("{}, {layers}", loss.name()), &|config| {
                config.loss = loss;
                config.spec = layers.parse().expect("the notation is valid");
                config.spec.ensure_output_activation(loss);
            });
        }
    }
    for method in Method::ALL {
        for epsilon in [1e-8, 1e-24] {
            let mut method = method;
            match method.constant_mut(Constant::Epsilon) {
                Some(constant) => *constant = epsilon,
                None if epsilon < 1e-8 => continue,
                None => {}
            }
            add(format!("{}, epsilon {epsilon:e}", method.name()), &|config| {
                config.method = method;
                config.learning_rate = 0.1 * method.default_learning_rate();
                config.decay.l1 = 1e-5;
            });
        }
    }
    for corruption in Corruption::ALL {
        add(format!("corruption {}", corruption.name()), &|config| {
            config.corruption = corruption;
            config.schedule = Schedule::Cosine { steps: 80 };
        });
    }
    for weight in [WeightInit::FanInNormal, WeightInit::TruncatedNormal { sd: 0.1 }, WeightInit::HeNormal] {
        add(format!("{weight:?}"), &|config| config.init.weight = weight);
    }
    for activation in Activation::ALL {
        add(format!("last layer {}, batch 7", activation.name()), &|config| {
            config.spec.layers.last_mut().expect("a network has layers").activation = activation;
            config.batch_size = 7;
        });
    }
    configs
}

/// Returns the settings of a preset; of the one with millions of parameters, with a network of thousands.
fn small(preset: Preset) -> TrainerConfig {
    let mut config = preset.config();
    if preset == Preset::Hinton {
        config.spec = "784 40t 30 40t 784s".parse::<NetworkSpec>().expect("the notation is valid");
    }
    config
}

/// Trains, and returns the hash of the loss of every step and of the parameters, before and after a step with NaN.
fn hash_of_run(config: &TrainerConfig, digits: &Dataset) -> u64 {
    let mut trainer = Trainer::new(config).expect("the settings are valid");
    let mut values = Vec::new();
    for _ in 0..STEPS {
        let stats = trainer.step(digits).expect("all images are here");
        values.extend([stats.loss, stats.mse, stats.kl]);
    }
    assert!(trainer.parameters().iter().all(|p| p.is_finite()), "{config:?} diverged");
    values.extend(trainer.parameters());
    trainer.step_with_batch(3, |pixels| pixels[5 * PIXELS / 2] = f32::NAN);
    values.extend(trainer.parameters());
    hash_bytes(&values.into_iter().flat_map(|value| bits(value).to_le_bytes()).collect::<Vec<_>>())
}

/// Returns the bits of a value. Every NaN counts as the same, since processors choose different ones; -0.0 is not 0.0.
fn bits(value: f32) -> u32 {
    if value.is_nan() { f32::NAN.to_bits() } else { value.to_bits() }
}

/// Computes the 64-bit FNV-1a hash.
fn hash_bytes(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

//! Same seed, same run: when images arrive changes nothing, bit for bit.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/presets.rs"]
mod presets;

use bottleneck::data::{Dataset, FIRST_WINDOW, PIXELS, synthetic};
use bottleneck::nn::CodeKind;
use bottleneck::train::{Corruption, Preset, Progress, Schedule, Trainer, TrainerConfig};

/// Images in all: so many that the pool doubles five times, and a run has to wait more than once.
const IMAGES: usize = 40 * FIRST_WINDOW;

/// Examples that are trained on: through the first five pools and into the sixth, whatever the batch.
const EXAMPLES: u64 = 70 * FIRST_WINDOW as u64;

#[test]
fn parameters_do_not_depend_on_when_images_arrive() {
    let complete = synthetic::dataset(3, 0..IMAGES);
    let pixels = complete.images(IMAGES);
    let mut configs: Vec<_> = Preset::ALL.map(presets::small).to_vec();
    // Noise of both kinds, and a rate that falls.
    let mut noisy = Preset::Blog.config();
    noisy.spec = noisy.spec.with_code(CodeKind::Gaussian).expect("the code is linear");
    noisy.corruption = Corruption::Gaussian { deviation: 0.2 };
    noisy.schedule = Schedule::Cosine { steps: 300 };
    configs.push(noisy);
    for config in configs {
        let mut at_once = Trainer::new(&config).unwrap();
        while at_once.examples() < EXAMPLES {
            at_once.step(&complete).expect("all images are here");
        }
        for arriving in [130, 1_700] {
            let (trickled, waits) = train_while_arriving(&config, pixels, arriving);
            assert!(waits > 1, "{} was to be kept waiting by {arriving} images at a time", config.spec);
            assert_eq!(trickled.steps(), at_once.steps());
            assert!(bits(&trickled) == bits(&at_once), "{}, {arriving} images at a time", config.spec);
        }
    }
}

#[test]
fn a_run_in_pieces_is_the_run_of_every_preset() {
    let dataset = synthetic::dataset(3, 0..IMAGES);
    for preset in Preset::ALL {
        // Batches that are large enough for a step to have pieces.
        let config = preset.config();
        let batch_size = if preset == Preset::Hinton { config.batch_size } else { 1_600 };
        let config = TrainerConfig { batch_size, ..config };
        let mut whole = Trainer::new(&config).unwrap();
        let mut pieces = Trainer::new(&config).unwrap();
        let mut begun = 0;
        for _ in 0..4 {
            // It is begun, and begun anew from a state that knows nothing of that.
            pieces.advance(&dataset);
            pieces = Trainer::from_state(pieces.state()).unwrap();
            let made = loop {
                match pieces.advance(&dataset) {
                    Progress::Done(stats) => break stats,
                    _ => begun += 1,
                }
                pieces = pieces.clone();
            };
            assert_eq!(Some(made), whole.step(&dataset), "{preset:?}");
        }
        assert!(begun >= 4, "{preset:?} has {begun} pieces");
        assert!(bits(&pieces) == bits(&whole) && pieces.state() == whole.state(), "{preset:?}");
    }
}

#[test]
fn another_seed_is_another_run() {
    let dataset = synthetic::dataset(3, 0..IMAGES);
    for preset in Preset::ALL {
        let [first, second] = [0, 1].map(|seed| {
            let mut trainer = Trainer::new(&TrainerConfig { seed, ..presets::small(preset) }).unwrap();
            trainer.step(&dataset).expect("all images are here");
            bits(&trainer)
        });
        assert!(first != second, "{preset:?}");
    }
}

/// Trains while `arriving` more images come whenever a step lacks one; also how often that was.
fn train_while_arriving(config: &TrainerConfig, pixels: &[u8], arriving: usize) -> (Trainer, usize) {
    let mut trainer = Trainer::new(config).unwrap();
    let mut dataset = Dataset::with_expected_len(pixels.len() / PIXELS);
    let mut coming = pixels.chunks(arriving * PIXELS);
    let mut waits = 0;
    while trainer.examples() < EXAMPLES {
        if trainer.step(&dataset).is_none() {
            dataset.push_images(coming.next().expect("a complete dataset lacks nothing"));
            waits += 1;
        }
    }
    (trainer, waits)
}

fn bits(trainer: &Trainer) -> Vec<u32> {
    trainer.parameters().iter().map(|p| p.to_bits()).collect()
}

//! The same seed gives the same parameters, bit for bit, whenever images arrive and however steps are divided.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/presets.rs"]
mod presets;

use bottleneck::data::{Dataset, FIRST_WINDOW, PIXELS, synthetic};
use bottleneck::nn::CodeKind;
use bottleneck::train::{Corruption, Preset, Progress, Schedule, Trainer, TrainerConfig};

/// Images in all: the sampling window doubles five times, and a run has to wait more than once.
const IMAGES: usize = 40 * FIRST_WINDOW;

/// Examples to train on: through the first five windows and into the sixth, whatever the batch size.
const EXAMPLES: u64 = 70 * FIRST_WINDOW as u64;

#[test]
fn parameters_do_not_depend_on_when_images_arrive() {
    let complete = synthetic::dataset(3, 0..IMAGES);
    let pixels = complete.images(IMAGES);
    let mut configs: Vec<_> = Preset::ALL.map(presets::small).to_vec();
    // Both kinds of noise, and a decreasing learning rate.
    let mut noisy = Preset::Blog.config();
    noisy.spec = noisy.spec.with_code(CodeKind::Gaussian).expect("the code is linear");
    noisy.corruption = Corruption::Gaussian { deviation: 0.2 };
    noisy.schedule = Schedule::Cosine { steps: 300 };
    configs.push(noisy);
    for config in configs {
        let mut reference = Trainer::new(&config).unwrap();
        while reference.examples() < EXAMPLES {
            reference.step(&complete).expect("the dataset is complete");
        }
        for images in [130, 1_700] {
            let (trainer, waits) = train_while_loading(&config, pixels, images);
            assert!(waits > 1, "{} never waited, {images} images at a time", config.spec);
            assert_eq!(trainer.steps(), reference.steps());
            assert!(bits(&trainer) == bits(&reference), "{}, {images} images at a time", config.spec);
        }
    }
}

#[test]
fn steps_in_parts_equal_whole_steps_for_every_preset() {
    let dataset = synthetic::dataset(3, 0..IMAGES);
    for preset in Preset::ALL {
        // Batches large enough for a step to have parts.
        let config = preset.config();
        let batch_size = if preset == Preset::Hinton { config.batch_size } else { 1_000 };
        let config = TrainerConfig { batch_size, ..config };
        let mut whole = Trainer::new(&config).unwrap();
        let mut parts = Trainer::new(&config).unwrap();
        let mut unfinished = 0;
        for _ in 0..4 {
            // A saved state leaves out the step in progress, which starts again.
            parts.advance(&dataset);
            parts = Trainer::from_state(parts.state()).unwrap();
            let stats = loop {
                match parts.advance(&dataset) {
                    Progress::Done(stats) => break stats,
                    _ => unfinished += 1,
                }
                parts = parts.clone();
            };
            assert_eq!(Some(stats), whole.step(&dataset), "{preset:?}");
        }
        assert!(unfinished >= 4, "{preset:?} has {unfinished} parts");
        assert!(bits(&parts) == bits(&whole) && parts.state() == whole.state(), "{preset:?}");
    }
}

#[test]
fn another_seed_gives_other_parameters() {
    let dataset = synthetic::dataset(3, 0..IMAGES);
    for preset in Preset::ALL {
        let [first, second] = [0, 1].map(|seed| {
            let mut trainer = Trainer::new(&TrainerConfig { seed, ..presets::small(preset) }).unwrap();
            trainer.step(&dataset).expect("the dataset is complete");
            bits(&trainer)
        });
        assert!(first != second, "{preset:?}");
    }
}

/// Trains, and loads `images` more images whenever a step waits for one. Returns the trainer and the number of waits.
fn train_while_loading(config: &TrainerConfig, pixels: &[u8], images: usize) -> (Trainer, usize) {
    let mut trainer = Trainer::new(config).unwrap();
    let mut dataset = Dataset::with_expected_len(pixels.len() / PIXELS);
    let mut chunks = pixels.chunks(images * PIXELS);
    let mut waits = 0;
    while trainer.examples() < EXAMPLES {
        if trainer.step(&dataset).is_none() {
            dataset.push_images(chunks.next().expect("a complete dataset never waits"));
            waits += 1;
        }
    }
    (trainer, waits)
}

fn bits(trainer: &Trainer) -> Vec<u32> {
    trainer.parameters().iter().map(|p| p.to_bits()).collect()
}

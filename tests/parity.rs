//! The native and the browser's program agree: a hundred steps of each preset end with the same parameters.
//!
//! `reference/parity.json` was computed natively. After a change that is meant to alter it, run `cargo test --test parity`
//! and replace it by the output of the failing test.

#[path = "support/presets.rs"]
mod presets;

use std::collections::BTreeMap;

use bottleneck::data::{Dataset, SIDE};
use bottleneck::train::{Preset, Trainer};
use serde::{Deserialize, Serialize};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// The number of images: the sampler passes through several windows.
const IMAGES: usize = 1_000;

/// The steps whose loss is compared; the last one ends the run.
const STEPS: [u64; 3] = [1, 10, 100];

/// The number of parameters that are compared, spread evenly over all.
const PARAMETERS: usize = 20;

/// The accepted relative difference.
const TOLERANCE: f32 = 1e-4;

/// The smallest magnitude to which a difference is relative.
const MIN_MAGNITUDE: f32 = 1e-2;

/// The result of a hundred steps of a preset.
#[derive(Deserialize, Serialize)]
struct Fingerprint {
    losses: [f32; STEPS.len()],
    parameters: [f32; PARAMETERS],
}

#[test]
fn native_and_browser_agree() {
    let dataset = Dataset::new((0..IMAGES).flat_map(bar).collect(), Vec::new());
    let found: BTreeMap<&str, Fingerprint> =
        Preset::ALL.map(|preset| (preset.name(), Fingerprint::of(preset, &dataset))).into();
    let expected: BTreeMap<&str, Fingerprint> =
        serde_json::from_str(include_str!("reference/parity.json")).unwrap();
    let agree = found
        .iter()
        .zip(&expected)
        .all(|(found, expected)| found.0 == expected.0 && found.1.agrees_with(expected.1));
    assert!(agree && found.len() == expected.len(), "{}", serde_json::to_string_pretty(&found).unwrap());
}

/// Draws a bar whose position, size and ink depend on `index`, by integers only: the same image on any machine.
fn bar(index: usize) -> impl Iterator<Item = u8> {
    let (left, top) = (index * 7 % 19, index * 11 % 17);
    let (width, height) = (3 + index % 7, 4 + index * 5 % 8);
    (0..SIDE * SIDE).map(move |pixel| {
        let (x, y) = (pixel % SIDE, pixel / SIDE);
        let inside = (left..left + width).contains(&x) && (top..top + height).contains(&y);
        if inside { (255 - (x * 9 + y * 3 + index) % 128) as u8 } else { 0 }
    })
}

impl Fingerprint {
    fn of(preset: Preset, dataset: &Dataset) -> Self {
        let mut trainer = Trainer::new(&presets::small(preset)).unwrap();
        let losses = STEPS.map(|last| {
            std::iter::from_fn(|| trainer.step(dataset))
                .find(|stats| stats.step == last)
                .expect("all images are here")
                .loss
        });
        let all = trainer.parameters();
        let parameters = std::array::from_fn(|i| all[i * (all.len() - 1) / (PARAMETERS - 1)]);
        Self { losses, parameters }
    }

    fn agrees_with(&self, expected: &Self) -> bool {
        let close = |(a, b): (&f32, &f32)| (a - b).abs() <= TOLERANCE * b.abs().max(MIN_MAGNITUDE);
        self.losses.iter().zip(&expected.losses).all(close)
            && self.parameters.iter().zip(&expected.parameters).all(close)
    }
}

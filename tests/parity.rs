//! The native build and the browser's follow one another: a hundred steps of each preset end in the same numbers.
//!
//! The numbers in [`EXPECTED`] were made natively. To make them again after a change that is meant to alter them,
//! run `cargo test --test parity` and put in their place what the failing test prints.

#[path = "support/presets.rs"]
mod presets;

use bottleneck::data::{Dataset, SIDE};
use bottleneck::train::Preset;
use bottleneck::train::Trainer;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// Images in all: the runs pass through several pools.
const IMAGES: usize = 1_000;

/// The steps whose loss is compared, the last of which is the last of all.
const STEPS: [u64; 3] = [1, 10, 100];

/// How many parameters are compared, spread evenly over all.
const PARAMETERS: usize = 20;

/// The relative difference allowed.
const TOLERANCE: f32 = 1e-4;

/// A parameter smaller than this is compared as if it were as large.
const SMALL: f32 = 1e-2;

/// What a hundred steps of a preset come to.
struct Fingerprint {
    losses: [f32; STEPS.len()],
    parameters: [f32; PARAMETERS],
}

#[test]
fn native_and_browser_follow_one_another() {
    let dataset = Dataset::new((0..IMAGES).flat_map(bar).collect(), Vec::new());
    let found = Preset::ALL.map(|preset| Fingerprint::of(preset, &dataset));
    let agree = found.iter().zip(&EXPECTED).all(|(found, expected)| found.agrees_with(expected));
    let printed: String = found.iter().map(Fingerprint::to_source).collect();
    assert!(agree, "the runs are not those of the table; these are:\n{printed}");
}

/// A bar whose place, width and ink depend on `index`, by integers only: the same image on any machine.
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
        let close = |(a, b): (&f32, &f32)| (a - b).abs() <= TOLERANCE * b.abs().max(SMALL);
        self.losses.iter().zip(&expected.losses).all(close)
            && self.parameters.iter().zip(&expected.parameters).all(close)
    }

    fn to_source(&self) -> String {
        format!("Fingerprint {{ losses: {:?}, parameters: {:?} }},\n", self.losses, self.parameters)
    }
}

/// In the order of [`Preset::ALL`].
const EXPECTED: [Fingerprint; Preset::ALL.len()] = [
    Fingerprint {
        losses: [0.03635483, 0.028989207, 0.02174152],
        parameters: [
            -0.021130111,
            0.048754424,
            -0.0144740855,
            0.04930787,
            0.07623925,
            -0.017157646,
            -0.06614435,
            0.04310558,
            0.019350322,
            0.13842364,
            0.2222916,
            -0.050596528,
            0.030357923,
            0.010530059,
            -0.037274137,
            0.059955053,
            -0.04932933,
            0.087313816,
            -0.10325373,
            -0.0085033,
        ],
    },
    Fingerprint {
        losses: [0.035313517, 0.030174918, 0.021527696],
        parameters: [
            -0.08159802,
            0.09160487,
            -0.10999657,
            0.034431443,
            -0.07820565,
            -0.054521,
            0.07437322,
            0.056509834,
            0.023735221,
            -0.084097706,
            0.028400052,
            0.1571282,
            0.002055483,
            0.01659453,
            -0.04189259,
            -0.03876378,
            -0.087643564,
            -0.024753356,
            0.102203734,
            -0.026001062,
        ],
    },
    Fingerprint {
        losses: [0.040470798, 0.038010553, 0.029168295],
        parameters: [
            -0.032573413,
            0.013774166,
            0.0148307495,
            0.0674218,
            0.028153326,
            0.107033804,
            -0.041710876,
            -0.02612823,
            -0.063816294,
            0.0368175,
            0.15266304,
            -0.09712399,
            -0.050175168,
            -0.12494561,
            -0.00011320419,
            0.14118753,
            -0.14392348,
            -0.10022312,
            -0.021934725,
            0.092123054,
        ],
    },
    Fingerprint {
        losses: [21.58029, 14.223432, 10.435814],
        parameters: [
            -0.009518513,
            -0.012845567,
            0.043695975,
            0.05163591,
            0.024362253,
            0.0006610965,
            -0.061705973,
            -0.02569625,
            -0.0014832837,
            0.15723108,
            0.10426618,
            -0.13571282,
            0.25388104,
            0.091302,
            0.14507267,
            0.34573105,
            -0.011306485,
            -0.026098784,
            0.09174867,
            0.01025671,
        ],
    },
    Fingerprint {
        losses: [0.6939101, 0.67462265, 0.22577561],
        parameters: [
            -0.012351668,
            0.0019300588,
            0.045593046,
            0.09971142,
            -0.010840411,
            0.05378285,
            0.015690384,
            -0.046848036,
            0.05206219,
            0.06381963,
            0.049442437,
            -0.060274895,
            0.00014039245,
            0.0239332,
            0.053802773,
            -0.08304699,
            -0.09411466,
            -0.12285231,
            -0.029979976,
            -0.039843418,
        ],
    },
];

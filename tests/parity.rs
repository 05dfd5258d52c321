//! The native build and the browser's follow one another: a hundred steps of each preset end in the same numbers.
//!
//! The numbers in [`EXPECTED`] were made natively. To make them again after a change that is meant to alter them,
//! run `cargo test --test parity` and put in their place what the failing test prints.

#[path = "support/presets.rs"]
mod presets;

use bottleneck::data::{Dataset, FIRST_POOL, SIDE};
use bottleneck::preset::Preset;
use bottleneck::trainer::Trainer;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

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
    let dataset = Dataset::new((0..FIRST_POOL).flat_map(bar).collect(), Vec::new());
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
        losses: [0.036361318, 0.031909313, 0.024637455],
        parameters: [
            -0.009490459,
            0.067986086,
            0.0004941362,
            0.024141503,
            0.06741364,
            -0.03472665,
            -0.05874792,
            0.03917993,
            -0.01713466,
            0.11753953,
            0.21554096,
            -0.044044323,
            0.043772623,
            0.002893135,
            -0.035518613,
            0.039951995,
            -0.04251921,
            0.07185592,
            -0.101278394,
            -0.009197396,
        ],
    },
    Fingerprint {
        losses: [0.035527803, 0.033350512, 0.024843195],
        parameters: [
            -0.04063504,
            0.109061725,
            -0.11359367,
            0.039373662,
            -0.08871336,
            -0.059254754,
            0.06090216,
            0.028675746,
            -0.06553112,
            -0.08351787,
            0.05603908,
            0.162227,
            -0.02441017,
            0.017932612,
            -0.048586708,
            -0.022745851,
            -0.087061234,
            -0.026182579,
            0.10479078,
            -0.023417277,
        ],
    },
    Fingerprint {
        losses: [0.040795665, 0.04057921, 0.032916874],
        parameters: [
            -0.032792512,
            0.014310648,
            0.01523842,
            0.0676662,
            0.028070532,
            0.10754152,
            -0.042231835,
            -0.027048731,
            -0.06461895,
            0.036718346,
            0.1526969,
            -0.097275056,
            -0.0501826,
            -0.12500678,
            -0.00017910755,
            0.14185229,
            -0.14384541,
            -0.10024307,
            -0.021924399,
            0.092124075,
        ],
    },
    Fingerprint {
        losses: [20.94003, 15.959922, 11.903538],
        parameters: [
            -0.011472136,
            -0.012471864,
            0.044294138,
            0.05254641,
            0.024264589,
            -0.00091393746,
            -0.06008527,
            -0.025914047,
            -0.0005559732,
            0.15690254,
            0.10445175,
            -0.13543548,
            0.2549402,
            0.09078671,
            0.14328289,
            0.34541172,
            -0.011777444,
            -0.026910992,
            0.09271697,
            0.010517662,
        ],
    },
    Fingerprint {
        losses: [0.69382864, 0.67540115, 0.21666254],
        parameters: [
            -0.010499461,
            -0.001948378,
            0.047014907,
            0.09654597,
            -0.00858847,
            0.056684095,
            0.012900357,
            -0.04844953,
            0.05252665,
            0.06381963,
            0.050546255,
            -0.057682056,
            -0.0013242437,
            0.023784108,
            0.05419873,
            -0.083986126,
            -0.09641182,
            -0.12248618,
            -0.031006614,
            -0.039031956,
        ],
    },
];

//! `.bottleneck` files: a saved run continues as if it had never stopped, and any invalid file is refused.

#![cfg(not(target_arch = "wasm32"))]

use allocation_counter::{AllocationInfo, measure};
use bottleneck::data::{Dataset, PIXELS, synthetic};
use bottleneck::files::{Format, load, save, save_state};
use bottleneck::nn::{Loss, Method};
use bottleneck::train::Preset;
use bottleneck::train::{Corruption, Schedule, Trainer, TrainerConfig};

/// More images than the first windows of the sampler hold.
const IMAGES: usize = 1_500;

/// The steps before a run is saved, and the size of the window that it is in by then, in its second pass.
const STEPS: usize = 25;
const WINDOW: usize = 400;

fn digits(count: usize) -> Dataset {
    synthetic::dataset(3, 0..count)
}

fn config() -> TrainerConfig {
    TrainerConfig {
        spec: "784 20t 2 20t 784".parse().expect("the notation is right"),
        seed: 7,
        ..Preset::Blog.config()
    }
}

fn train(trainer: &mut Trainer, dataset: &Dataset, steps: usize) {
    for _ in 0..steps {
        trainer.step(dataset).expect("all images are here");
    }
}

/// A trainer after some steps.
fn trained(config: &TrainerConfig, dataset: &Dataset, steps: usize) -> Trainer {
    let mut run = Trainer::new(config).unwrap();
    train(&mut run, dataset, steps);
    run
}

fn saved(trainer: &Trainer) -> Vec<u8> {
    save(Format::Bottleneck, trainer).expect("the run has not diverged")
}

fn read(bytes: &[u8]) -> Result<Trainer, String> {
    load(Format::Bottleneck, bytes, &Preset::Karpathy.config()).map_err(|error| error.to_string())
}

/// Checks that the file holds the state of `run`, and that both go the same way from there.
fn assert_resumes(bytes: &[u8], mut run: Trainer, dataset: &Dataset, steps: usize) {
    let mut resumed = read(bytes).unwrap();
    assert_eq!(resumed.state(), run.state());
    assert_eq!(resumed.config(), run.config());
    for steps in [1, steps] {
        train(&mut run, dataset, steps);
        train(&mut resumed, dataset, steps);
        let bits = |trainer: &Trainer| trainer.parameters().iter().map(|p| p.to_bits()).collect::<Vec<_>>();
        assert!(bits(&resumed) == bits(&run), "after {steps} steps under {:?}", run.config());
    }
    assert!(resumed.state() == run.state());
    assert_eq!(saved(&resumed), saved(&run));
}

/// The file with a valid checksum.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 4;
    let checksum = crc32fast::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

fn header(bytes: &[u8]) -> &str {
    let length = u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes")) as usize;
    std::str::from_utf8(&bytes[12..12 + length]).expect("the header is text")
}

/// The file with another header.
fn with_header(bytes: &[u8], new: &str) -> Vec<u8> {
    let rest = &bytes[12 + header(bytes).len()..];
    signed([b"BTLNECK1".as_slice(), &(new.len() as u32).to_le_bytes(), new.as_bytes(), rest].concat())
}

/// The file with a text of its header replaced.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let header = header(bytes);
    assert!(header.contains(from), "{from}: {header}");
    with_header(bytes, &header.replacen(from, to, 1))
}

#[test]
fn a_run_resumes_bit_for_bit() {
    let dataset = digits(IMAGES);
    for method in Method::ALL {
        for (loss, batch_size) in [(Loss::MeanSquared, 50), (Loss::BinaryCrossEntropy, 37)] {
            let mut config = TrainerConfig { method, loss, batch_size, learning_rate: 3.3e-3, ..config() };
            config.spec.ensure_output_activation(loss);
            let mut run = trained(&config, &dataset, STEPS);
            run.reconfigure(|c| c.learning_rate = 1.7e-3).unwrap();
            assert_resumes(&saved(&run), run, &dataset, 49);
        }
    }
    let run = trained(&config(), &dataset, 0);
    assert_resumes(&saved(&run), run, &dataset, 2);
}

#[test]
fn a_run_with_noise_resumes_bit_for_bit() {
    let dataset = digits(IMAGES);
    for (corruption, beta) in Corruption::ALL.into_iter().zip([1.0, 0.25, 0.1]) {
        let spec = "784 20t 3~ 20t 784".parse().expect("the notation is right");
        let schedule = Schedule::Cosine { steps: 90 };
        let train_images = Some(30).filter(|_| corruption != Corruption::None);
        let config = TrainerConfig { spec, beta, corruption, schedule, train_images, ..config() };
        let run = trained(&config, &dataset, STEPS);
        assert_resumes(&saved(&run), run, &dataset, 20);
    }
}

#[test]
fn a_linear_last_layer_under_cross_entropy_in_an_older_file_is_a_sigmoid() {
    let dataset = digits(IMAGES);
    let spec = "784 20t 2 20t 784s".parse().unwrap();
    let run = trained(&TrainerConfig { spec, loss: Loss::BinaryCrossEntropy, ..config() }, &dataset, 3);
    assert_resumes(&replaced(&saved(&run), "20t 784s", "20t 784"), run, &dataset, 3);
}

#[test]
fn an_older_file_without_noise_and_schedule_resumes() {
    let dataset = digits(IMAGES);
    let run = trained(&config(), &dataset, 3);
    let mut bytes = saved(&run);
    let noise = serde_json::to_string(&run.state().noise).expect("the generator is serialisable");
    for added in [
        "\"beta\":1.0,",
        "\"corruption\":\"None\",",
        "\"schedule\":\"Constant\",",
        &format!("\"noise\":{noise},"),
    ] {
        bytes = replaced(&bytes, added, "");
    }
    assert_resumes(&bytes, run, &dataset, 3);
}

#[test]
fn a_resumed_run_has_its_own_settings() {
    let mut run = Trainer::new(&config()).unwrap();
    let method = Method::Nesterov { momentum: 0.85 };
    run.reconfigure(|c| (c.batch_size, c.method, c.learning_rate) = (13, method, 0.017)).unwrap();
    let expected = TrainerConfig {
        batch_size: 13,
        method: Method::Nesterov { momentum: 0.85 },
        learning_rate: 0.017,
        ..config()
    };
    assert_eq!(*read(&saved(&run)).unwrap().config(), expected);
}

#[test]
fn a_resumed_run_waits_for_its_images_and_accepts_others() {
    let bytes = saved(&trained(&config(), &digits(IMAGES), STEPS));
    let mut arriving = Dataset::with_expected_len(IMAGES);
    assert!(read(&bytes).unwrap().step(&arriving).is_none(), "no image is here");
    arriving.push_images(&vec![7; (WINDOW - 1) * PIXELS]);
    assert!(read(&bytes).unwrap().step(&arriving).is_none(), "one is missing");
    arriving.push_images(&[7; PIXELS]);
    assert!(read(&bytes).unwrap().step(&arriving).is_some(), "the window is here");
    let mut resumed = read(&bytes).unwrap();
    train(&mut resumed, &digits(60), 10);
    assert_eq!(resumed.steps(), STEPS as u64 + 10);
}

#[test]
fn a_step_of_a_resumed_run_does_not_allocate() {
    let dataset = digits(IMAGES);
    let mut resumed = read(&saved(&trained(&config(), &dataset, STEPS))).unwrap();
    assert_eq!(measure(|| train(&mut resumed, &dataset, 1)), AllocationInfo::default());
}

#[test]
fn a_diverged_run_is_not_saved() {
    let mut run = Trainer::new(&config()).unwrap();
    run.set_parameters(&vec![f32::INFINITY; run.parameters().len()]);
    for format in Format::ALL {
        let error = save(format, &run).unwrap_err().to_string();
        assert!(error.contains("the parameters contain NaN or infinity"), "{error}");
    }
}

#[test]
fn the_extension_tells_the_format() {
    let cases = [
        ("run.bottleneck", Format::Bottleneck),
        ("a.b/net.JSON", Format::ConvNetJs),
        ("x.safetensors", Format::SafeTensors),
    ];
    for (name, format) in cases {
        assert_eq!(Format::from_file_name(name), Ok(format));
    }
    for name in ["", "json", "net.txt", "net.json.gz"] {
        let error = Format::from_file_name(name).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(".safetensors"), "{error}");
    }
}

#[test]
fn any_damage_is_detected() {
    let mut run = Trainer::new(&TrainerConfig { spec: "4 2 4".parse().unwrap(), ..config() }).unwrap();
    let parameters: Vec<f32> = run.parameters().iter().map(|p| p + 1.0).collect();
    run.set_parameters(&parameters);
    let bytes = saved(&run);
    for length in 0..bytes.len() {
        assert!(read(&bytes[..length]).is_err(), "the first {length} bytes");
    }
    for index in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[index] ^= 0x10;
        let error = read(&damaged).err().unwrap_or_else(|| panic!("byte {index}"));
        assert!(!error.contains('\n') && error.len() < 300, "{error}");
    }
    let longer = [bytes.as_slice(), &[0; 3]].concat();
    assert!(read(&longer).unwrap_err().contains("3 extra bytes"));
}

#[test]
fn invalid_headers_are_refused_even_with_a_valid_checksum() {
    let run = trained(&config(), &digits(IMAGES), 3);
    let bytes = saved(&run);
    let cases = [
        ("784 20t 2 20t 784", "784 20t 3 20t 784", "contradicts itself: the network has"),
        ("784 20t 2 20t 784", "784 20t 2 20t 783", "turns 784 into 783"),
        ("784 20t 2 20t 784", "784 20t 2 20x 784", "the file cannot be read"),
        ("784 20t 2 20t 784", "784 20t 2 9999 99", "the file cannot be read"),
        ("\"batch_size\":50", "\"batch_size\":00", "the file cannot be read"),
        ("\"batch_size\":50,", "\"batch_size\":0,", "the batch size must be from 1 to 1000, got 0"),
        ("\"batch_size\":50,", "\"batch_size\":5e8,", "the file cannot be read"),
        ("\"drawn\":50", "\"drawn\":51", "bytes are missing"),
        ("\"parameters\":3", "\"parameters\":9", "bytes are missing"),
        ("\"steps\":3,\"examples\":150", "\"steps\":3,\"examples\":2e3", "the file cannot be read"),
        ("\"Adam\"", "\"Adan\"", "the file cannot be read"),
        ("\"handed_out\":50", "\"handed_out\":51", "the order of the examples contradicts itself"),
        ("\"learning_rate\":0.0001", "\"learning_rate\":-0.0001", "the learning rate must be a number of at"),
        ("\"learning_rate\":0.0001", "\"learning_rate\":1e39", "its learning_rate is missing or invalid"),
        ("\"beta1\":0.9", "\"beta1\":1.0", "the beta1 must be a number of at least 0 and below 1, got 1"),
        ("\"beta2\":0.999", "\"beta2\":-1", "the beta2 must be"),
        ("\"epsilon\":1e-8", "\"epsilon\":0", "the epsilon must be a number above 0, got 0"),
        ("\"sd\":0.1", "\"sd\":-0.1", "the standard deviation of the first weights must be"),
        ("\"bias\":0.1", "\"bias\":1e60", "its bias is missing or invalid"),
        ("\"l2\":0.0", "\"l2\":-1", "the L2 decay must be"),
        ("\"beta\":1.0", "\"beta\":-1.0", "the beta of the KL must be"),
        (
            "\"corruption\":\"None\"",
            "\"corruption\":{\"Masking\":{\"probability\":1.0}}",
            "the probability of masking",
        ),
        (
            "\"corruption\":\"None\"",
            "\"corruption\":{\"Gaussian\":{\"deviation\":1e60}}",
            "its deviation is missing or invalid",
        ),
        ("\"corruption\":\"None\"", "\"corruption\":\"Masking\"", "its corruption is missing or invalid"),
        ("\"corruption\":\"None\"", "\"corruption\":7", "its corruption is missing or invalid"),
        (
            "\"schedule\":\"Constant\"",
            "\"schedule\":{\"Cosine\":{\"steps\":0}}",
            "the step at which the rate is zero",
        ),
        ("\"schedule\":\"Constant\"", "\"schedule\":{\"Cosine\":{}}", "its steps is missing or invalid"),
        ("\"schedule\":\"Constant\"", "\"schedule\":null", "its steps is missing or invalid"),
        (
            "\"noise\":{",
            "\"noise\":{\"s\":[0,0,0,0]},\"no\":{",
            "the state of the noise generator is all zeros",
        ),
        ("\"noise\":{", "\"noise\":{\"s\":[0,0,0]},\"no\":{", "its noise is missing or invalid"),
        ("\"batch_size\":50,", "\"batch_size\":41000,", "the batch size must be from 1 to 1000, got 41000"),
        (
            "\"batch_size\":50,",
            "\"batch_size\":18446744073709551615,",
            "the batch size must be from 1 to 1000",
        ),
    ];
    for (from, to, expected) in cases {
        let error = read(&replaced(&bytes, from, to)).err().unwrap_or_else(|| panic!("{to}"));
        assert!(error.contains(expected), "{to}: {error}");
    }
    let second_moment = 12 + header(&bytes).len() + 4 * 2 * run.parameters().len();
    let negative = [&bytes[..second_moment], &(-1.0_f32).to_le_bytes(), &bytes[second_moment + 4..]].concat();
    assert!(read(&signed(negative)).unwrap_err().contains("mean squares contain a negative number"));
    let powers = run.state().optimizer.beta_powers;
    let power = format!("\"beta_powers\":[{}", powers[0].to_bits());
    let above = format!("\"beta_powers\":[{}", 1.5_f64.to_bits());
    assert!(read(&replaced(&bytes, &power, &above)).unwrap_err().contains("powers of beta"));
}

#[test]
fn a_state_is_saved_without_a_trainer() {
    let run = trained(&config(), &digits(IMAGES), 3);
    let bytes = saved(&run);
    assert_eq!(save_state(&run.into_state()).unwrap(), bytes);
}

#[test]
fn lengths_and_counters_are_checked_before_they_are_used() {
    let huge = [b"BTLNECK1".as_slice(), &u32::MAX.to_le_bytes(), b"{}"].concat();
    assert!(read(&huge).unwrap_err().contains("the file is incomplete"));
    let brackets = "[".repeat(10 << 20);
    let nested = [b"BTLNECK1".as_slice(), &(brackets.len() as u32).to_le_bytes(), brackets.as_bytes()];
    assert!(read(&nested.concat()).unwrap_err().contains("the file cannot be read"));
    assert!(read(brackets.as_bytes()).unwrap_err().contains("this is not a .bottleneck file"));
    let bytes = saved(&Trainer::new(&config()).unwrap());
    let steps = replaced(&bytes, "\"steps\":0,", "\"steps\":18446744073709551615,");
    assert!(read(&steps).unwrap_err().contains("the number of steps is too large"));
    for length in ["18446744073709551615", "4611686018427387904"] {
        let file = replaced(&bytes, "\"parameters\":", &format!("\"parameters\":{length},\"old\":"));
        assert!(read(&file).unwrap_err().contains("the file is incomplete"), "{length}");
    }
}

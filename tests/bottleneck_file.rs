//! `.bottleneck`: a run that was kept goes on as if it had never stopped, and any other file is refused.

#![cfg(not(target_arch = "wasm32"))]

use allocation_counter::{AllocationInfo, measure};
use bottleneck::data::{Dataset, PIXELS, synthetic};
use bottleneck::files::{Format, load, save, save_state};
use bottleneck::nn::{Loss, Method};
use bottleneck::train::Preset;
use bottleneck::train::{Corruption, Schedule, Trainer, TrainerConfig};

/// Images in all: more than the first pools, so that a run is kept in a later one.
const IMAGES: usize = 1_500;

/// Steps before a run is kept, and the pool that it is in then, in its second pass.
const STEPS: usize = 25;
const POOL: usize = 400;

fn digits(count: usize) -> Dataset {
    synthetic::dataset(3, 0..count)
}

fn config() -> TrainerConfig {
    TrainerConfig {
        spec: "784 20t 2 20t 784".parse().expect("the notation is right"),
        ..Preset::Blog.config()
    }
}

fn train(trainer: &mut Trainer, dataset: &Dataset, steps: usize) {
    for _ in 0..steps {
        trainer.step(dataset).expect("all images are here");
    }
}

fn kept(trainer: &Trainer) -> Vec<u8> {
    save(Format::Bottleneck, trainer).expect("the run has not diverged")
}

fn read(bytes: &[u8]) -> Result<Trainer, String> {
    load(Format::Bottleneck, bytes, &Preset::Karpathy.config()).map_err(|error| error.to_string())
}

fn bits(trainer: &Trainer) -> Vec<u32> {
    trainer.parameters().iter().map(|p| p.to_bits()).collect()
}

/// The file with its checksum made right again.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 4;
    let checksum = crc32fast::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[test]
fn a_run_resumes_bit_for_bit() {
    let dataset = digits(IMAGES);
    for method in Method::ALL {
        for (loss, batch_size) in [(Loss::MeanSquared, 50), (Loss::BinaryCrossEntropy, 37)] {
            let mut config = TrainerConfig { method, loss, batch_size, learning_rate: 3.3e-3, ..config() };
            config.spec.ensure_output_activation(loss);
            let mut run = Trainer::new(&config).unwrap();
            train(&mut run, &dataset, STEPS);
            run.set_learning_rate(1.7e-3).unwrap();
            let mut resumed = read(&kept(&run)).unwrap();
            assert_eq!(resumed.state(), run.state(), "{method:?}");
            for steps in [1, 49] {
                train(&mut run, &dataset, steps);
                train(&mut resumed, &dataset, steps);
                assert!(bits(&resumed) == bits(&run), "{method:?}, {loss:?}, {steps} steps");
            }
            assert_eq!(resumed.state(), run.state(), "{method:?}");
            assert_eq!(kept(&resumed), kept(&run), "{method:?}");
        }
    }
}

#[test]
fn a_run_under_cross_entropy_of_an_older_file_goes_on_with_its_sigmoid() {
    let dataset = digits(IMAGES);
    let spec = "784 20t 2 20t 784s".parse().unwrap();
    let mut run = Trainer::new(&TrainerConfig { spec, loss: Loss::BinaryCrossEntropy, ..config() }).unwrap();
    train(&mut run, &dataset, 3);
    let bytes = kept(&run);
    let (from, to) = (b"784 20t 2 20t 784s", b"784 20t 2 20t  784");
    let place = bytes.windows(from.len()).position(|window| window == from).unwrap();
    let mut old = read(&signed([&bytes[..place], to, &bytes[place + to.len()..]].concat())).unwrap();
    assert_eq!(old.state(), run.state());
    train(&mut run, &dataset, 3);
    train(&mut old, &dataset, 3);
    assert!(bits(&old) == bits(&run));
}

#[test]
fn a_noisy_run_resumes_bit_for_bit() {
    let dataset = digits(IMAGES);
    for (corruption, beta) in Corruption::ALL.into_iter().zip([1.0, 0.25, 0.1]) {
        let spec = "784 20t 3~ 20t 784".parse().expect("the notation is right");
        let schedule = Schedule::Cosine { steps: 90 };
        let train_images = Some(30).filter(|_| corruption != Corruption::None);
        let mut run =
            Trainer::new(&TrainerConfig { spec, beta, corruption, schedule, train_images, ..config() })
                .unwrap();
        train(&mut run, &dataset, STEPS);
        let mut resumed = read(&kept(&run)).unwrap();
        assert_eq!(resumed.state(), run.state());
        train(&mut run, &dataset, 20);
        train(&mut resumed, &dataset, 20);
        assert!(resumed.state() == run.state(), "{corruption:?}");
    }
}

#[test]
fn a_file_from_before_there_was_noise_goes_on_as_it_would_have() {
    let dataset = digits(IMAGES);
    let mut run = Trainer::new(&TrainerConfig { seed: 7, ..config() }).unwrap();
    train(&mut run, &dataset, 3);
    let mut bytes = kept(&run);
    let noise = serde_json::to_string(&run.state().noise).expect("it is written so");
    for added in [
        "\"beta\":1.0,".to_owned(),
        "\"corruption\":\"None\",".to_owned(),
        "\"schedule\":\"Constant\",".to_owned(),
        format!("\"noise\":{noise},"),
    ] {
        bytes = with_header(&bytes, &added, "");
    }
    let mut old = read(&bytes).unwrap();
    assert_eq!(old.state(), run.state());
    train(&mut run, &dataset, 3);
    train(&mut old, &dataset, 3);
    assert!(old.state() == run.state());
}

#[test]
fn a_run_that_has_not_begun_is_kept_too() {
    let dataset = digits(IMAGES);
    let mut run = Trainer::new(&config()).unwrap();
    let mut resumed = read(&kept(&run)).unwrap();
    train(&mut run, &dataset, 2);
    train(&mut resumed, &dataset, 2);
    assert!(bits(&resumed) == bits(&run));
}

#[test]
fn a_resumed_run_has_its_own_settings() {
    let mut run = Trainer::new(&config()).unwrap();
    run.set_batch_size(13).unwrap();
    run.set_method(Method::Nesterov { momentum: 0.85 }).unwrap();
    run.set_learning_rate(0.017).unwrap();
    let resumed = read(&kept(&run)).unwrap();
    assert_eq!(resumed.config(), run.config());
    let expected = TrainerConfig {
        batch_size: 13,
        method: Method::Nesterov { momentum: 0.85 },
        learning_rate: 0.017,
        ..config()
    };
    assert_eq!(*resumed.config(), expected);
}

#[test]
fn a_resumed_run_waits_for_its_images_and_takes_other_ones() {
    let dataset = digits(IMAGES);
    let mut run = Trainer::new(&config()).unwrap();
    train(&mut run, &dataset, STEPS);
    let bytes = kept(&run);
    let mut arriving = Dataset::with_expected_len(IMAGES);
    assert!(read(&bytes).unwrap().step(&arriving).is_none(), "no image is here");
    arriving.push_images(&vec![7; (POOL - 1) * PIXELS]);
    assert!(read(&bytes).unwrap().step(&arriving).is_none(), "one is missing");
    arriving.push_images(&[7; PIXELS]);
    assert!(read(&bytes).unwrap().step(&arriving).is_some(), "the pool is here");
    let mut resumed = read(&bytes).unwrap();
    train(&mut resumed, &digits(60), 10);
    assert_eq!(resumed.steps(), STEPS as u64 + 10);
}

#[test]
fn a_step_of_a_resumed_run_allocates_nothing() {
    let dataset = digits(IMAGES);
    let mut run = Trainer::new(&config()).unwrap();
    train(&mut run, &dataset, STEPS);
    let mut resumed = read(&kept(&run)).unwrap();
    let mut step = || train(&mut resumed, &dataset, 1);
    assert_eq!(measure(&mut step), AllocationInfo::default());
}

#[test]
fn a_run_that_diverged_is_not_kept() {
    let mut run = Trainer::new(&config()).unwrap();
    run.set_parameters(&vec![f32::INFINITY; run.parameters().len()]);
    for format in Format::ALL {
        let error = save(format, &run).unwrap_err().to_string();
        assert!(error.contains("the parameters contain NaN or infinity"), "{error}");
    }
}

#[test]
fn formats_are_told_by_the_ending() {
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
fn any_damage_is_noticed() {
    let mut run = Trainer::new(&TrainerConfig { spec: "4 2 4".parse().unwrap(), ..config() }).unwrap();
    let parameters: Vec<f32> = run.parameters().iter().map(|p| p + 1.0).collect();
    run.set_parameters(&parameters);
    let bytes = kept(&run);
    for length in 0..bytes.len() {
        assert!(read(&bytes[..length]).is_err(), "the first {length} bytes");
    }
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        let error = read(&damaged).err().unwrap_or_else(|| panic!("byte {place}"));
        assert!(!error.contains('\n') && error.len() < 300, "{error}");
    }
    let longer = [bytes.as_slice(), &[0; 3]].concat();
    assert!(read(&longer).unwrap_err().contains("3 extra bytes"));
}

#[test]
fn contradictions_are_refused_even_with_a_right_checksum() {
    let dataset = digits(IMAGES);
    let mut run = Trainer::new(&TrainerConfig { seed: 7, ..config() }).unwrap();
    train(&mut run, &dataset, 3);
    let bytes = kept(&run);
    let with = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len(), "{from} and {to}: the header's length stays");
        let place = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect(from);
        signed([&bytes[..place], to.as_bytes(), &bytes[place + from.len()..]].concat())
    };
    let cases = [
        ("784 20t 2 20t 784", "784 20t 3 20t 784", "contradicts itself: the network has"),
        ("784 20t 2 20t 784", "784 20t 2 20t 783", "turns 784 into 783"),
        ("784 20t 2 20t 784", "784 20t 2 20x 784", "the file cannot be read"),
        ("784 20t 2 20t 784", "784 20t 2 9999 99", "the file cannot be read"),
        ("\"batch_size\":50", "\"batch_size\":00", "the file cannot be read"),
        (
            "\"batch_size\":50,\"seed\":7",
            "\"batch_size\":0,\"seed\":71",
            "the batch size must be at least 1, got 0",
        ),
        ("\"batch_size\":50,\"seed\":7", "\"batch_size\":5e8,\"seed\":", "the file cannot be read"),
        ("\"drawn\":50", "\"drawn\":51", "bytes are missing"),
        ("\"parameters\":3", "\"parameters\":9", "bytes are missing"),
        ("\"steps\":3,\"examples\":150", "\"steps\":3,\"examples\":2e3", "the file cannot be read"),
        ("\"Adam\"", "\"Adan\"", "the file cannot be read"),
        ("\"handed_out\":50", "\"handed_out\":51", "the order of the examples contradicts itself"),
    ];
    for (from, to, expected) in cases {
        let error = read(&with(from, to)).err().unwrap_or_else(|| panic!("{to}"));
        assert!(error.contains(expected), "{to}: {error}");
    }
}

/// The file with a text of its header replaced by another, of any length.
fn with_header(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let (header, rest) = bytes[12..].split_at(header_length(bytes));
    let header = std::str::from_utf8(header).expect("the header is text");
    assert!(header.contains(from), "{from}: {header}");
    let header = header.replacen(from, to, 1);
    let length = (header.len() as u32).to_le_bytes();
    signed([b"BTLNECK1".as_slice(), &length, header.as_bytes(), rest].concat())
}

fn header_length(bytes: &[u8]) -> usize {
    u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes")) as usize
}

#[test]
fn settings_out_of_their_range_are_refused_by_name() {
    let dataset = digits(IMAGES);
    let mut run = Trainer::new(&config()).unwrap();
    train(&mut run, &dataset, 3);
    let bytes = kept(&run);
    let cases = [
        (
            "\"learning_rate\":0.0001",
            "\"learning_rate\":-0.0001",
            "the learning rate must be a finite number of at",
        ),
        (
            "\"learning_rate\":0.0001",
            "\"learning_rate\":1e39",
            "the learning rate must be a finite number of at",
        ),
        ("\"beta1\":0.9", "\"beta1\":1.0", "the beta1 must be at least 0 and below 1, got 1"),
        ("\"beta2\":0.999", "\"beta2\":-1", "the beta2 must be"),
        ("\"epsilon\":1e-8", "\"epsilon\":0", "the epsilon must be a finite number above 0, got 0"),
        ("\"sd\":0.1", "\"sd\":-0.1", "the standard deviation of the first weights must be"),
        ("\"bias\":0.1", "\"bias\":1e60", "the first bias must be"),
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
            "deviation of the noise",
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
        ("\"batch_size\":50,", "\"batch_size\":41000,", "a batch of 41000 would take"),
        ("\"batch_size\":50,", "\"batch_size\":18446744073709551615,", "a batch of 1844674407370955161"),
    ];
    for (from, to, expected) in cases {
        let error = read(&with_header(&bytes, from, to)).err().unwrap_or_else(|| panic!("{to}"));
        assert!(error.contains(expected), "{to}: {error}");
    }
    let place = 12 + header_length(&bytes) + 4 * 2 * run.parameters().len();
    let squares = [&bytes[..place], &(-1.0_f32).to_le_bytes(), &bytes[place + 4..]].concat();
    assert!(read(&signed(squares)).unwrap_err().contains("mean squares contain a negative number"));
    let powers = run.state().optimizer.beta_powers;
    let power = format!("\"beta_powers\":[{}", powers[0].to_bits());
    let above = format!("\"beta_powers\":[{}", 1.5_f64.to_bits());
    assert!(read(&with_header(&bytes, &power, &above)).unwrap_err().contains("powers of beta"));
}

#[test]
fn a_state_is_kept_without_a_trainer() {
    let dataset = digits(IMAGES);
    let mut run = Trainer::new(&config()).unwrap();
    train(&mut run, &dataset, 3);
    let bytes = kept(&run);
    assert_eq!(save_state(&run.into_state()).unwrap(), bytes);
}

#[test]
fn lengths_are_not_believed() {
    let huge = [b"BTLNECK1".as_slice(), &u32::MAX.to_le_bytes(), b"{}"].concat();
    assert!(read(&huge).unwrap_err().contains("the file is incomplete"));
    let brackets = "[".repeat(10 << 20);
    let nested = [b"BTLNECK1".as_slice(), &(brackets.len() as u32).to_le_bytes(), brackets.as_bytes()];
    assert!(read(&nested.concat()).unwrap_err().contains("the file cannot be read"));
    assert!(read(brackets.as_bytes()).unwrap_err().contains("this is not a .bottleneck file"));
    let bytes = kept(&Trainer::new(&config()).unwrap());
    let header_length = u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes"));
    let header = std::str::from_utf8(&bytes[12..12 + header_length as usize]).expect("the header is text");
    let start = header.find("\"steps\":0,").expect("the header has it");
    let steps = [&header[..start], "\"steps\":18446744073709551615,", &header[start + 10..]].concat();
    let rest = &bytes[12 + header.len()..];
    let file = [b"BTLNECK1".as_slice(), &(steps.len() as u32).to_le_bytes(), steps.as_bytes(), rest];
    assert!(read(&signed(file.concat())).unwrap_err().contains("the number of steps is too large"));
    for length in ["\"parameters\":18446744073709551615", "\"parameters\":4611686018427387904"] {
        let start = header.find("\"parameters\":").expect("the header has it");
        let end = start + header[start..].find(',').expect("more follows");
        let header = [&header[..start], length, &header[end..]].concat();
        let file = [b"BTLNECK1".as_slice(), &(header.len() as u32).to_le_bytes(), header.as_bytes()];
        assert!(read(&file.concat()).unwrap_err().contains("the file is incomplete"), "{length}");
    }
}

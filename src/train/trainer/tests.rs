//! Steps, invalid settings, noise and schedules.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::data::{Dataset, DatasetError, write_pixels};
use crate::nn::{Decay, DecayScale, Init, Loss, Method, OptimizerState, WeightInit};
use crate::train::Schedule;

fn trainer(batch_size: usize) -> Trainer {
    Trainer::new(&TrainerConfig {
        init: Init { weight: WeightInit::GlorotUniform, bias: 0.1 },
        loss: Loss::HalfSumSquared,
        decay: Decay { l1: 0.0, l2: 1e-3, scale: DecayScale::Sum },
        learning_rate: 1e-2,
        batch_size,
        seed: 3,
        ..TrainerConfig::new("784 9t 2 784".parse().unwrap())
    })
    .unwrap()
}

#[test]
fn invalid_settings_and_those_that_need_a_new_run_change_nothing() {
    let mut trainer = trainer(2);
    trainer.step_with_batch(2, |input| input.fill(0.5));
    let before = trainer.state();
    let mut refused = |change: fn(&mut TrainerConfig)| assert!(trainer.reconfigure(change).is_err());
    refused(|c| c.learning_rate = -1.0);
    refused(|c| c.method = Method::Momentum { momentum: 1.0 });
    refused(|c| (c.learning_rate, c.batch_size) = (0.5, 0));
    refused(|c| c.corruption = Corruption::Masking { probability: 1.0 });
    refused(|c| c.beta = -1.0);
    refused(|c| c.schedule = Schedule::Cosine { steps: 0 });
    refused(|c| c.batch_size = 1 << 30);
    trainer.reconfigure(|c| (c.seed, c.train_images) = (9, Some(1))).unwrap();
    assert_eq!(trainer.state(), before);
    assert_eq!(trainer.into_state(), before);
}

#[test]
fn an_inconsistent_state_is_refused() {
    let state = trainer(2).into_state();
    assert!(Trainer::from_state(state.clone()).is_ok());
    let refused = |change: &dyn Fn(&mut TrainerState)| {
        let mut state = state.clone();
        change(&mut state);
        Trainer::from_state(state).map(|_| ()).unwrap_err().to_string()
    };
    assert!(refused(&|s| s.config.learning_rate = -1.0).contains("learning rate"));
    assert!(refused(&|s| s.config.batch_size = 1 << 30).contains("the batch size must be"));
    assert!(refused(&|s| s.parameters.push(0.0)).contains("parameters, got"));
    assert!(refused(&|s| s.optimizer.moment2[3] = -1e-3).contains("negative"));
    assert!(refused(&|s| s.optimizer.moment1[3] = f32::NAN).contains("NaN or infinity"));
    assert!(refused(&|s| s.optimizer.beta_powers[1] = 2.0).contains("between 0 and 1"));
    let nothing = serde_json::from_str(r#"{"s":[0,0,0,0]}"#).unwrap();
    assert!(refused(&|s| s.noise = Clone::clone(&nothing)).contains("all zero"));
    assert!(refused(&|s| s.sampler.in_flight = 9).contains("order of the examples"));
}

/// Fills twelve examples of nine values, none of them zero.
fn fill(input: &mut [f32]) {
    input.iter_mut().enumerate().for_each(|(i, x)| *x = 0.2 + 0.05 * (i % 13) as f32);
}

fn noisy(corruption: Corruption, schedule: Schedule) -> TrainerConfig {
    let spec = "9 5t 2~ 5t 9".parse().unwrap();
    TrainerConfig { spec, corruption, schedule, batch_size: 12, ..trainer(1).config }
}

#[test]
fn a_noisy_run_is_reproducible_and_resumes_bit_for_bit() {
    let schedule = Schedule::Cosine { steps: 9 };
    for corruption in Corruption::ALL {
        let config = noisy(corruption, schedule);
        let mut whole = Trainer::new(&config).unwrap();
        let mut first = Trainer::new(&config).unwrap();
        for _ in 0..4 {
            assert_eq!(whole.step_with_batch(12, fill), first.step_with_batch(12, fill));
        }
        let mut second = Trainer::from_state(first.into_state()).unwrap();
        for _ in 0..4 {
            assert_eq!(whole.step_with_batch(12, fill), second.step_with_batch(12, fill));
        }
        assert_eq!(whole.state(), second.state());
    }
}

#[test]
fn the_input_is_corrupted_and_the_target_is_clean() {
    let config =
        TrainerConfig { spec: "9 2 9".parse().unwrap(), ..noisy(Corruption::ALL[1], Schedule::Constant) };
    let mut trainer = Trainer::new(&config).unwrap();
    trainer.step_with_batch(12, fill);
    let zeros = trainer.corrupted.iter().filter(|&&x| x == 0.0).count();
    assert!((10..60).contains(&zeros), "{zeros} of 108 values are masked");
    // With no weights the output is the bias and the error that of the clean target.
    trainer.set_parameters(&vec![0.0; config.spec.parameter_count()]);
    let (stats, mut clean) = (trainer.step_with_batch(12, fill), [0.0; 108]);
    fill(&mut clean);
    let expected = clean.iter().map(|x| x * x).sum::<f32>() / 108.0;
    assert!((stats.mse - expected).abs() < 1e-6, "{stats:?}, not {expected}");
    trainer.reconfigure(|c| c.corruption = Corruption::None).unwrap();
    assert!(trainer.corrupted.is_empty());
}

#[test]
fn a_learning_rate_of_zero_changes_nothing() {
    let mut trainer = Trainer::new(&noisy(Corruption::None, Schedule::Cosine { steps: 3 })).unwrap();
    let mut distance = || {
        let before = trainer.parameters().to_vec();
        trainer.step_with_batch(12, fill);
        before.iter().zip(trainer.parameters()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    let distances: Vec<_> = (0..4).map(|_| distance()).collect();
    assert!(distances.is_sorted_by(|a, b| a > b), "{distances:?}");
    assert_eq!(distances[3], 0.0);
    trainer.reconfigure(|c| c.schedule = Schedule::Constant).unwrap();
    let before = trainer.parameters().to_vec();
    trainer.step_with_batch(12, fill);
    assert_ne!(before, trainer.parameters());
}

#[test]
fn a_larger_beta_brings_codes_closer_to_the_prior() {
    let kl = |beta| {
        let config = TrainerConfig { learning_rate: 1e-2, ..noisy(Corruption::None, Schedule::Constant) };
        let mut trainer = Trainer::new(&config).unwrap();
        trainer.reconfigure(|c| c.beta = beta).unwrap();
        (0..400).map(|_| trainer.step_with_batch(12, fill).kl).last().unwrap()
    };
    let [without, with] = [0.0, 10.0].map(kl);
    assert!(with < 0.1 && without > 10.0 * with, "{without} and {with}");
}

#[test]
fn the_gradients_of_the_last_step_can_be_read() {
    let mut trainer = trainer(3);
    assert!(trainer.gradients().iter().all(|&d| d == 0.0));
    trainer.step_with_batch(2, |input| input.fill(0.5));
    assert!(trainer.gradients().iter().any(|&d| d != 0.0));
}

#[test]
fn a_batch_of_the_callers_has_the_same_effect() {
    // Six equal images: a batch is the same in any order.
    let image: Vec<u8> = (0..784).map(|i| (i % 256) as u8).collect();
    let dataset = Dataset::from_bytes(784, image.repeat(6), Vec::new());
    let (mut sampling, mut given) = (trainer(6), trainer(1));
    for size in [6, 6, 6] {
        let expected = sampling.step(&dataset);
        let found = given.step_with_batch(size, |input| {
            input.chunks_exact_mut(784).for_each(|row| write_pixels(&image, row));
        });
        assert_eq!(Some(found), expected);
    }
    assert_eq!(given.parameters(), sampling.parameters());
    assert_eq!((given.steps(), given.examples()), (3, 18));
}

#[test]
fn moments_never_become_subnormal() {
    for method in Method::ALL {
        let config = TrainerConfig { method, decay: Decay::NONE, ..trainer(2).config };
        let mut trainer = Trainer::new(&config).unwrap();
        // The pixels are lit once and then dark: their weights have no gradients.
        trainer.step_with_batch(2, |input| input.fill(1.0));
        for _ in 0..1_500 {
            trainer.step_with_batch(2, |input| input.fill(0.0));
            let OptimizerState { moment1, moment2, .. } = trainer.optimizer.state();
            let of_pixels = [moment1, moment2].into_iter().flat_map(|moment| moment.iter().take(784 * 9));
            let subnormal = of_pixels.copied().find(|moment| moment.is_subnormal());
            assert_eq!(subnormal, None, "{method:?}, step {}", trainer.steps());
        }
    }
}

#[test]
fn examples_may_be_chosen_in_place_of_the_order() {
    let dataset = dots();
    let (mut chosen, mut given) = (trainer(1), trainer(1));
    let order = given.state().sampler;
    for examples in [&[5, 5, 40][..], &[7], &[0, 1, 2, 3]] {
        let expected = given.step_with_batch(examples.len(), |input| {
            for (row, &index) in input.chunks_exact_mut(784).zip(examples) {
                write_pixels(dataset.image(index as usize), row);
            }
        });
        let found = loop {
            if let Progress::Done(stats) = chosen.advance_with(&dataset, examples) {
                break stats;
            }
        };
        assert_eq!(found, expected);
    }
    assert_eq!(chosen.state(), given.state());
    assert_eq!(chosen.state().sampler, order);
}

/// Waves of 16 values, whose phase differs from example to example.
fn waves() -> Array2<f32> {
    Array2::from_shape_fn((300, 16), |(i, j)| 0.5 + 0.4 * (0.1 * i as f32 + 0.4 * j as f32).sin())
}

#[test]
fn a_network_of_any_width_is_trained_and_used_without_workspaces() {
    let config =
        TrainerConfig { learning_rate: 1e-2, ..TrainerConfig::new("16 20t 2 20t 16".parse().unwrap()) };
    let mut trainer = Trainer::new(&config).unwrap();
    let (waves, mut losses) = (waves(), Vec::new());
    let data = Dataset::from_values(waves.view()).unwrap();
    let before = trainer.evaluate(&data).unwrap();
    trainer.fit(&data, 300, |stats| losses.push(stats.mse)).unwrap();
    let after = trainer.evaluate(&data).unwrap();
    assert!(losses.len() == 300 && after < 0.1 * before, "{before} became {after}");
    let (codes, whole) = (trainer.encode(waves.view()), trainer.reconstruct(waves.view()));
    assert_eq!((codes.dim(), &trainer.decode(codes.view())), ((300, 2), &whole));
    let mse = (&whole - &waves).mapv(|e| e * e).mean().unwrap();
    assert!((mse - after).abs() < 1e-6, "{mse}, not {after}");
    // A view of another layout has the same values.
    let transposed = waves.t().as_standard_layout().into_owned();
    assert_eq!(trainer.encode(transposed.t()), codes);
}

#[test]
fn a_dataset_without_an_expected_length_is_trained_on() {
    let config = TrainerConfig { batch_size: 2, ..TrainerConfig::new("784 2 784".parse().unwrap()) };
    let mut trainer = Trainer::new(&config).unwrap();
    let mut data = Dataset::default();
    assert_eq!(trainer.fit(&data, 1, |_| ()), Err(DatasetError::Empty));
    data.push(&[7; 784], 3);
    assert!(trainer.step(&data).is_some());
    let error = trainer.fit(&Dataset::from_bytes(16, vec![0; 32], Vec::new()), 1, |_| ()).unwrap_err();
    assert_eq!(error.to_string(), "the network takes 784 values, but an example has 16");
    let arriving = Dataset::with_expected_len(5);
    assert_eq!(trainer.evaluate(&arriving), Err(DatasetError::Incomplete { len: 0, expected_len: 5 }));
}

#[test]
#[should_panic = "one pixel for each byte"]
fn an_input_that_is_not_an_image_panics() {
    let config = TrainerConfig { spec: "9 2 9".parse().unwrap(), ..trainer(1).config };
    let _ = Trainer::new(&config).unwrap().step(&Dataset::from_bytes(784, vec![0; 784], Vec::new()));
}

#[test]
fn a_batch_that_cannot_be_filled_changes_nothing() {
    let mut trainer = trainer(2);
    trainer.step_with_batch(2, |input| input.fill(0.5));
    let before = trainer.state();
    let refused = trainer.try_step_with_batch(7, |input| {
        input.fill(f32::NAN);
        Err("not a number")
    });
    assert_eq!(refused, Err("not a number"));
    assert_eq!(trainer.state(), before);
}

#[test]
fn a_smaller_batch_ignores_the_rest_of_a_larger_one() {
    let fill = |input: &mut [f32]| input.fill(0.5);
    let (mut fresh, mut used) = (trainer(2), trainer(1));
    used.step_with_batch(7, |input| input.fill(1.0));
    used.set_parameters(fresh.parameters());
    assert_eq!(used.step_with_batch(2, fill).loss, fresh.step_with_batch(2, fill).loss);
    assert_eq!(used.parameters(), fresh.parameters());
}

#[test]
fn a_class_that_is_left_out_is_never_drawn_and_its_labels_are_awaited() {
    let config = TrainerConfig { leave_out: Some(3), ..trainer(7).config };
    let mut trainer = Trainer::new(&config).unwrap();
    let width = trainer.network().inputs();
    let bytes: Vec<u8> = (0..120 * width).map(|i| (i * 7 % 251) as u8).collect();
    let labels: Vec<u8> = (0..120).map(|i| i % 4).collect();
    let mut waiting = Dataset::from_bytes(width, bytes.clone(), Vec::new());
    waiting.set_awaits_labels(true);
    assert_eq!(trainer.step(&waiting), None, "the labels have not come");
    let data = Dataset::from_bytes(width, bytes.clone(), labels);
    // The same as training on the others alone, in the same order.
    for _ in 0..20 {
        trainer.step(&data).unwrap();
        let drawn = trainer.state().sampler.drawn;
        assert!(drawn.iter().all(|&index| data.label(index as usize) != Some(3)), "{drawn:?}");
    }
    let only_threes = Dataset::from_bytes(width, bytes, vec![3; 120]);
    assert_eq!(Trainer::new(&config).unwrap().step(&only_threes), None);
}

#[test]
fn a_limit_of_the_training_images_acts_like_a_smaller_dataset() {
    let digits = |count: usize| {
        Dataset::from_bytes(784, (0..count * 784).map(|i| (i * i % 251) as u8).collect(), Vec::new())
    };
    let (all, few) = (digits(60), digits(10));
    let config = TrainerConfig { train_images: Some(10), ..trainer(7).config };
    let mut limited = Trainer::new(&config).unwrap();
    let mut whole = trainer(7);
    for _ in 0..20 {
        assert_eq!(limited.step(&all), whole.step(&few));
    }
    assert_eq!(limited.parameters(), whole.parameters());
    let mut resumed = Trainer::from_state(limited.state()).unwrap();
    for _ in 0..20 {
        assert_eq!(resumed.step(&all), limited.step(&all));
    }
    assert_eq!(resumed.state(), limited.state());
    assert!(Trainer::new(&TrainerConfig { train_images: Some(0), ..config }).is_err());
}

/// Returns 48 images, whose pixels are mostly dark.
fn dots() -> Dataset {
    let pixel = |i: usize| if i * i % 7 == 1 { (i * i % 251) as u8 } else { 0 };
    Dataset::from_bytes(784, (0..48 * 784).map(pixel).collect(), Vec::new())
}

#[test]
fn a_step_in_pieces_does_not_depend_on_what_happens_between_them() {
    let dataset = dots();
    for (layers, corruption, loss) in [
        ("784 9t 2 784", Corruption::None, Loss::HalfSumSquared),
        ("784 9t 2~ 9t 784", Corruption::None, Loss::MeanSquared),
        ("784 9t 2~ 9t 784s", Corruption::ALL[1], Loss::BinaryCrossEntropy),
        ("784 2 784l", Corruption::ALL[2], Loss::MeanSquared),
        ("784 784", Corruption::None, Loss::MeanSquared),
    ] {
        let spec = layers.parse().unwrap();
        let config = TrainerConfig { spec, corruption, loss, ..trainer(7).config };
        let mut whole = Trainer::new(&config).unwrap();
        let mut pieces = Trainer::new(&config).unwrap();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(9);
        let (mut pieces_made, mut expected) = (0, whole.state());
        for step in 1..=150 {
            let rate = 1e-2 / step as f32;
            whole.reconfigure(|c| c.learning_rate = rate).unwrap();
            let stats = whole.step(&dataset).unwrap();
            let stats_of_pieces = loop {
                // The step is atomic.
                assert_eq!((pieces.parameters(), pieces.steps()), (&expected.parameters[..], step - 1));
                match rng.random_range(0..24) {
                    0 => pieces = Trainer::from_state(pieces.state()).unwrap(),
                    1 => pieces = Trainer::from_state(pieces.into_state()).unwrap(),
                    2 => pieces = pieces.clone(),
                    3 => pieces.cancel_step(),
                    4 => {
                        pieces
                            .reconfigure(|c| {
                                (c.batch_size, c.beta, c.corruption) = (6, 0.5, Corruption::ALL[2]);
                            })
                            .unwrap();
                        pieces.advance_by(0, &dataset);
                        pieces.reconfigure(|c| c.clone_from(&config)).unwrap();
                    }
                    5 => assert_eq!(pieces.try_step_with_batch(7, |_| Err(())), Err(())),
                    _ => {}
                }
                pieces.reconfigure(|c| c.learning_rate = rate).unwrap();
                let piece = rng.random_range(0..150_000);
                match pieces.advance_by(piece, &dataset) {
                    Progress::NeedsData => unreachable!("all images are here"),
                    Progress::InProgress => pieces_made += 1,
                    Progress::Done(stats) => break stats,
                }
            };
            assert_eq!(stats_of_pieces, stats, "{layers}");
            expected = whole.state();
        }
        assert!(pieces_made > 100, "{pieces_made} pieces");
        assert_eq!(pieces.state(), whole.state(), "{layers}");
        assert_eq!(pieces.gradients(), whole.gradients());
    }
}

#[test]
fn a_step_in_progress_is_finished_by_step() {
    let dataset = dots();
    let (mut partial, mut whole) = (trainer(7), trainer(7));
    assert_eq!(partial.advance_by(0, &dataset), Progress::InProgress);
    assert_eq!(partial.steps(), 0);
    assert_eq!(partial.step(&dataset), whole.step(&dataset));
    // A batch of the caller's does not replace a batch that was drawn.
    partial.advance_by(0, &dataset);
    for trainer in [&mut partial, &mut whole] {
        trainer.step_with_batch(3, |input| input.fill(0.5));
    }
    assert_eq!(partial.step(&dataset), whole.step(&dataset));
    assert_eq!(partial.state(), whole.state());
}

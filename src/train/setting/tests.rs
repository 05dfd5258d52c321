//! Valid and invalid values of settings, and settings that depend on each other.

use super::*;
use crate::data::Dataset;
use crate::train::Preset;

#[test]
fn rows_have_the_order_of_the_variants_and_unique_keys() {
    for (index, row) in ROWS.iter().enumerate() {
        assert_eq!(row.setting as usize, index);
        assert_eq!(ROWS.iter().filter(|other| other.key == row.key).count(), 1, "{}", row.key);
    }
}

#[test]
fn text_can_express_any_configuration() {
    for from in Preset::ALL {
        for (index, method) in Method::ALL.into_iter().enumerate() {
            let mut config = from.config();
            config.method = method;
            config.corruption = Corruption::ALL[index % Corruption::ALL.len()];
            config.schedule = Schedule::ALL[index % Schedule::ALL.len()];
            if index % 2 == 0 {
                Setting::Variational.set(&mut config, "yes").unwrap();
                Setting::Beta.set(&mut config, "0.25").unwrap();
            }
            for to in Preset::ALL {
                let mut copy = to.config();
                for setting in Setting::all() {
                    if let Some(text) = setting.get(&config) {
                        setting.set(&mut copy, &text).unwrap();
                    }
                }
                assert_eq!(copy, config);
            }
        }
    }
}

#[test]
fn an_error_names_the_setting_and_the_valid_values_and_changes_nothing() {
    let config = Preset::Blog.config();
    for (setting, text, sentence) in [
        (Setting::LearningRate, "0", "Learning rate must be a number above 0 and at most 1000000, got “0”."),
        (Setting::BatchSize, "2.5", "Batch size must be a whole number from 1 to 1000, got “2.5”."),
        (
            Setting::CorruptionAmount,
            "0.1",
            "Corruption amount must be left out while nothing is corrupted, got “0.1”.",
        ),
        (
            Setting::ScheduleSteps,
            "9",
            "Steps to zero must be left out while the learning rate is constant, got “9”.",
        ),
        (Setting::Beta, "1", "Beta must be left out while the code is not variational, got “1”."),
        (Setting::Variational, "maybe", "Variational must be one of no, yes, got “maybe”."),
        (Setting::Beta1, "1", "Beta 1 must be a number of at least 0 and below 1, got “1”."),
        (Setting::Momentum, "0.9", "Momentum is not a setting of Adam."),
        (Setting::L2, "-1", "L2 must be a number of at least 0, got “-1”."),
        (Setting::Bias, "", "Initial bias must be a finite number, got “”."),
        (Setting::Init, "he:2", "Initial weights must be glorot, he, fan-in, or truncated:0.1, got “he:2”."),
    ] {
        let mut copy = config.clone();
        assert_eq!(setting.set(&mut copy, text).unwrap_err().to_string(), sentence);
        assert_eq!(copy, config);
    }
}

#[test]
fn cross_entropy_sets_and_keeps_the_sigmoid() {
    let mut config = Preset::Blog.config();
    Setting::Loss.set(&mut config, "bce").unwrap();
    assert_eq!(Setting::OutputActivation.get(&config).as_deref(), Some("sigmoid"));
    let refused = Setting::OutputActivation.set(&mut config, "linear").unwrap_err().to_string();
    assert_eq!(refused, "Output layer must be sigmoid while the loss is cross-entropy, got “linear”.");
    Setting::Network.set(&mut config, "784 2 784").unwrap();
    assert_eq!(config.spec.to_string(), "784 2 784s");
    config.validate().unwrap();
}

#[test]
fn a_variational_network_has_a_mark_and_a_beta() {
    let mut config = Preset::Blog.config();
    Setting::Variational.set(&mut config, "yes").unwrap();
    assert_eq!(Setting::Network.get(&config).unwrap(), "784 50t 50t 2~ 50t 50t 784");
    Setting::Beta.set(&mut config, "0.5").unwrap();
    for text in ["-1", "nan", "1e99", ""] {
        assert!(Setting::Beta.set(&mut config, text).is_err(), "{text}");
    }
    Setting::Network.set(&mut config, "784 9t 3~ 784").unwrap();
    assert_eq!((Setting::Variational.get(&config).as_deref(), config.beta), (Some("yes"), 0.5));
    Setting::Network.set(&mut config, "784 9t 784").unwrap();
    assert_eq!((Setting::Variational.get(&config).as_deref(), config.beta), (Some("no"), 1.0));
    let refused = Setting::Variational.set(&mut config, "yes").unwrap_err().to_string();
    assert_eq!(
        refused,
        "Variational: Layer 1: a variational code must be linear, got tanh: leave out its letter."
    );
}

#[test]
fn amounts_outside_their_ranges_are_refused() {
    let mut config = Preset::Blog.config();
    Setting::Corruption.set(&mut config, "masking").unwrap();
    Setting::Schedule.set(&mut config, "cosine").unwrap();
    Setting::CorruptionAmount.set(&mut config, "0.25").unwrap();
    Setting::Corruption.set(&mut config, "masking").unwrap();
    Setting::ScheduleSteps.set(&mut config, "500").unwrap();
    Setting::Schedule.set(&mut config, "cosine").unwrap();
    assert_eq!(config.corruption, Corruption::Masking { probability: 0.25 });
    assert_eq!(config.schedule, Schedule::Cosine { steps: 500 });
    for text in ["1", "-0.1", "nan", ""] {
        assert!(Setting::CorruptionAmount.set(&mut config, text).is_err(), "{text}");
    }
    for text in ["0", "-1", "1.5", "1000000001", ""] {
        assert!(Setting::ScheduleSteps.set(&mut config, text).is_err(), "{text}");
    }
    Setting::Corruption.set(&mut config, "gaussian").unwrap();
    Setting::CorruptionAmount.set(&mut config, "1.5").unwrap();
    assert_eq!(config.corruption, Corruption::Gaussian { deviation: 1.5 });
    config.validate().unwrap();
}

#[test]
fn a_method_that_is_chosen_again_keeps_its_constants() {
    let mut config = Preset::Blog.config();
    Setting::Beta2.set(&mut config, "0.99").unwrap();
    Setting::Optimizer.set(&mut config, "adam").unwrap();
    assert_eq!(Setting::Beta2.get(&config).as_deref(), Some("0.99"));
    Setting::Optimizer.set(&mut config, "adamw").unwrap();
    assert_eq!(Setting::Beta2.get(&config).as_deref(), Some("0.999"));
}

#[test]
fn training_images_are_a_number_or_all() {
    let mut config = Preset::Modern.config();
    for (text, images, written) in
        [("10", Some(10), "10"), ("all", None, "all"), (" 7 ", Some(7), "7"), ("", None, "all")]
    {
        Setting::TrainImages.set(&mut config, text).unwrap();
        assert_eq!(
            (config.train_images, Setting::TrainImages.get(&config).as_deref()),
            (images, Some(written))
        );
    }
    for text in ["0", "-1", "ten", "1000001"] {
        let error = Setting::TrainImages.set(&mut config, text).unwrap_err().to_string();
        assert!(
            error.contains("Training images must be all, or a whole number from 1 to 1000000"),
            "{error}"
        );
    }
    assert_eq!((config.train_len(60), config.train_images), (60, None));
    config.train_images = Some(10);
    assert_eq!((config.train_len(60), config.train_len(4)), (10, 4));
}

#[test]
fn an_epoch_has_the_examples_that_are_trained_on() {
    let mut dataset = Dataset::new(1);
    for label in [3, 5, 3, 7, 3] {
        dataset.push(&[0], label);
    }
    let mut config = Preset::Blog.config();
    assert_eq!(config.epoch_len(&dataset), 5);
    config.leave_out = Some(3);
    assert_eq!(config.epoch_len(&dataset), 2);
    config.train_images = Some(3);
    assert_eq!(config.epoch_len(&dataset), 1);
}

#[test]
fn numbers_are_read_as_people_type_them_and_refused_as_they_were_typed() {
    let mut config = Preset::Blog.config();
    config.schedule = Schedule::Cosine { steps: 9 };
    config.corruption = "masking".parse().unwrap();
    let decimals = Setting::all().filter(|setting| {
        let text = setting.get(&config);
        setting.is_number() && text.is_some() && setting.set(&mut config.clone(), "0.25").is_ok()
    });
    let decimals: Vec<_> = decimals.collect();
    assert!(decimals.len() >= 7, "{decimals:?}");
    for setting in decimals {
        setting.set(&mut config, "0,25").unwrap();
        assert_eq!(setting.get(&config).as_deref(), Some("0.25"), "{setting:?}");
        let error = setting.set(&mut config, "1,000.5").unwrap_err().to_string();
        assert!(error.ends_with("got “1,000.5”."), "{error}");
    }
    for (setting, typed, text) in [
        (Setting::Seed, "1,234,567", "1234567"),
        (Setting::BatchSize, "1 000", "1000"),
        (Setting::ScheduleSteps, "10\u{a0}000", "10000"),
        (Setting::TrainImages, "60,000", "60000"),
    ] {
        setting.set(&mut config, typed).unwrap();
        assert_eq!(setting.get(&config).as_deref(), Some(text));
        let error = setting.set(&mut config, "1,5").unwrap_err().to_string();
        assert!(error.ends_with("got “1,5”."), "{error}");
    }
}

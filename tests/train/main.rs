//! The program `examples/train`: its output, files and errors.

#![cfg(not(target_arch = "wasm32"))]

mod events;
mod pictures;
mod program;

use std::fs;
use std::path::Path;

use bottleneck::data::{Dataset, Order, mean_digit_error};
use bottleneck::files::{self, Format};
use bottleneck::nn::{Activation, NetworkSpec};
use bottleneck::train::Preset;
use bottleneck::train::{Corruption, Schedule, Trainer, TrainerConfig};
use bottleneck::view::plot::group_digits;
use events::Event;
use program::{Digits, lines, names, refused, run, succeeded};

/// Returns the lines that a run of `config` prints.
fn expected(config: &TrainerConfig, digits: &Digits, steps: u64) -> Vec<String> {
    let mut trainer = Trainer::new(config).unwrap();
    let losses = (0..steps).map(|_| trainer.step(&digits.train).expect("all images are here"));
    losses
        .filter(|stats| (stats.step - 1) % 500 == 0)
        .map(|stats| format!("step {}, training loss: {:.6}", group_digits(stats.step - 1), stats.loss))
        .collect()
}

#[test]
fn it_prints_the_loss_every_500_steps_and_the_test_error() {
    let digits = Digits::new();
    let output = succeeded(run(&digits, &["--steps", "1001"]));
    let lines = lines(&output);
    let source = format!("Learning from 2,500 images in {}.", digits.folder().display());
    assert!(lines[0].starts_with(&source), "{}", lines[0]);
    assert_eq!(lines[1..4], expected(&Preset::Blog.config(), &digits, 1_001));
    let mse: f32 =
        lines[4].strip_prefix("test MSE after 1,001 steps: ").expect("an error").parse().expect("a number");
    assert!((0.03..0.07).contains(&mse), "{mse}");
    let summed =
        lines[5].strip_prefix("squared error of a test digit, summed over its pixels: ").expect("an error");
    assert!((summed.parse::<f32>().expect("a number") - 784.0 * mse).abs() < 1e-3, "{summed}");
    assert_eq!((lines.len(), output.stderr.len()), (6, 0), "no progress bar without a terminal");
}

#[test]
fn every_option_is_applied() {
    let digits = Digits::new();
    let mut config = TrainerConfig {
        learning_rate: 2e-3,
        batch_size: 20,
        seed: 7,
        order: Order::InOrder,
        ..Preset::Karpathy.config()
    };
    config.spec.layers.last_mut().expect("a layer").activation = Activation::Relu;
    config.corruption = Corruption::Masking { probability: 0.2 };
    config.schedule = Schedule::Cosine { steps: 600 };
    // The default of --steps is the end of the schedule.
    let arguments = "--preset karpathy --lr 2e-3 --batch 20 --seed 7 --in-order --relu --set corruption=masking \
        --set corruption-amount=0.2 --set schedule=cosine --set schedule-steps=600";
    let output = succeeded(run(&digits, &arguments.split(' ').collect::<Vec<_>>()));
    assert_eq!(lines(&output)[1..3], expected(&config, &digits, 600));
}

#[test]
fn without_mnist_it_uses_built_in_digits() {
    let folder = tempfile::tempdir().expect("a folder");
    for empty in [false, true] {
        let mut command = program::command();
        command.current_dir(&folder).args(["--steps", "1"]);
        if empty {
            command.env("MNIST_DIR", "");
        }
        let output = succeeded(command.output().expect("the program"));
        assert!(lines(&output)[0].contains("draws itself"), "{output:?}");
        assert!(lines(&output)[2].starts_with("test MSE after 1 step: "), "{output:?}");
    }
}

#[test]
fn a_resumed_run_is_the_uninterrupted_run() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    for order in [&[][..], &["--in-order"]] {
        let [whole, half, rest] = ["whole", "half", "rest"].map(|name| file(&format!("{name}.bottleneck")));
        succeeded(run(&digits, &[&["--steps", "150", "--save", &whole], order].concat()));
        succeeded(run(&digits, &[&["--steps", "70", "--save", &half], order].concat()));
        succeeded(run(&digits, &["--load", &half, "--steps", "150", "--save", &rest]));
        assert_eq!(fs::read(&whole).expect("a file"), fs::read(&rest).expect("a file"), "{order:?}");
    }
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn every_format_is_saved_and_loaded() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    for format in Format::ALL {
        let path = folder.path().join("net").with_extension(format.extension());
        let file = path.to_str().expect("text");
        let saved = succeeded(run(&digits, &["--steps", "40", "--save", file]));
        let loaded = succeeded(run(&digits, &["--load", file, "--steps", "0"]));
        let error = |output| {
            lines(output).iter().rev().nth(1).and_then(|line| Some(line.split_once(": ")?.1.to_owned()))
        };
        assert_eq!(error(&loaded), error(&saved), "{format:?}");
        assert!(error(&saved).is_some(), "{saved:?}");
    }
}

#[test]
fn errors_are_sentences() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let (file, missing, damaged) = (path("file"), path("no/net.json"), path("damaged.bottleneck"));
    fs::write(&file, "no folder").expect("a file");
    fs::write(&damaged, "no run").expect("a file");
    let narrow = path("narrow.json");
    let spec = "1 1 1".parse().expect("a network");
    let trainer = Trainer::new(&TrainerConfig { spec, ..Preset::Blog.config() }).unwrap();
    fs::write(&narrow, files::save(Format::ConvNetJs, &trainer).expect("a network")).expect("a file");
    let cases: [(&[&str], &str); 13] = [
        (&["--data", &missing], "no/net.json does not exist."),
        (&["--data", &file], "docs/data.md lists what can be"),
        (&["--load", &narrow], "The network takes 1 number, and"),
        (&["--set", "network=8-2-8"], "The network takes 8 numbers, and"),
        (&["--load", &missing], "cannot be read"),
        (&["--load", &damaged], "not a .bottleneck file"),
        (&["--save", &missing], "not there"),
        (&["--save", &file], ".safetensors"),
        (&["--out", &file], "cannot be made"),
        (&["--logdir", &file], "cannot be made"),
        (&["--batch", "0"], "from 1 to 1000"),
        (&["--lr", "-1"], "above 0"),
        (
            &["--set", "optimizer=sgd", "--lr", "1e6", "--save", &path("diverged.bottleneck")],
            "no longer a number",
        ),
    ];
    for (arguments, expected) in cases {
        let sentence = refused(run(&digits, arguments));
        assert!(sentence.contains(expected), "{arguments:?}: {sentence}");
    }
    assert_eq!(names(folder.path()), ["damaged.bottleneck", "file", "narrow.json"]);
}

#[test]
fn what_cannot_be_written_is_refused_before_the_first_step() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let net = folder.path().join("net.json").to_str().expect("text").to_owned();
    let mut cases =
        vec![(["--set", "variational=yes", "--save", &*net], "does not support a variational code")];
    // Not even the superuser can write there.
    if cfg!(target_os = "linux") {
        let unwritable = [("--save", "/proc/net.json"), ("--out", "/proc"), ("--logdir", "/proc")];
        cases.extend(
            unwritable.map(|(option, path)| (["--steps", "1", option, path], "/proc cannot be written to")),
        );
    }
    for (arguments, expected) in cases {
        let output = run(&digits, &arguments);
        assert_eq!(lines(&output), [""; 0], "{arguments:?}");
        let sentence = refused(output);
        assert!(sentence.contains(expected), "{arguments:?}: {sentence}");
    }
}

#[test]
fn a_network_is_spelled_as_in_an_address() {
    let digits = Digits::new();
    let spec: NetworkSpec = "784 10t 2 10t 784".parse().expect("a network");
    let config = TrainerConfig { spec: spec.clone(), ..Preset::Blog.config() };
    for network in ["784-10t-2-10t-784", "784+10t+2+10t+784", "784 10t 2 10t 784"] {
        let output = succeeded(run(&digits, &["--steps", "1", "--set", &format!("network={network}")]));
        assert_eq!(lines(&output)[1..2], expected(&config, &digits, 1), "{network}");
    }
}

#[test]
fn options_that_cannot_change_what_is_loaded_are_refused() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let [a_run, net] = ["run.bottleneck", "net.json"]
        .map(|name| folder.path().join(name).to_str().expect("text").to_owned());
    for file in [&a_run, &net] {
        succeeded(run(&digits, &["--steps", "1", "--save", file]));
    }
    let cases: [(&[&str], &[&str]); 7] = [
        (&["--seed", "3"], &[&a_run]),
        (&["--set", "seed=3"], &[&a_run]),
        (&["--preset", "karpathy"], &[&a_run]),
        (&["--relu"], &[&a_run, &net]),
        (&["--set", "init=he"], &[&a_run, &net]),
        (&["--set", "bias=1"], &[&a_run, &net]),
        (&["--set", "network=784-9-784"], &[&a_run, &net]),
    ];
    for (options, files) in cases {
        for file in [&a_run, &net] {
            let output = run(&digits, &[&["--load", file, "--steps", "1"], options].concat());
            if files.contains(&file.as_str()) {
                let sentence = refused(output);
                let option = options.join(" ").split('=').next().expect("a name").to_owned();
                let is_named =
                    sentence.starts_with(option.trim_end_matches(" 3").trim_end_matches(" karpathy"));
                assert!(is_named && sentence.contains("cannot change"), "{options:?}: {sentence}");
            } else {
                succeeded(output);
            }
        }
    }
    // What does have an effect is applied.
    succeeded(run(&digits, &["--load", &a_run, "--steps", "2", "--lr", "0.01", "--batch", "9"]));
}

#[test]
fn a_run_that_stays_worse_than_the_mean_digit_ends_with_an_error() {
    let digits = Digits::new();
    for steps in ["2000", "10000"] {
        let output = run(&digits, &["--batch", "5", "--steps", steps, "--lr", "10"]);
        let last = lines(&output).last().expect("a line").clone();
        assert!(last.starts_with("step 1,500, "), "{last}");
        let sentence = refused(output);
        assert!(sentence.contains("above the mean digit's, 0.0"), "{sentence}");
        assert!(sentence.contains("for the last 2,000 steps"), "{sentence}");
    }
}

#[test]
fn a_run_that_overfits_goes_on() {
    let digits = Digits::new();
    let options = ["--batch", "5", "--steps", "2501", "--lr", "3e-3", "--set", "train-images=5"];
    let output = succeeded(run(&digits, &options));
    let error = |line: &str| line.rsplit_once(": ").expect("an error").1.parse::<f32>().expect("a number");
    let mean_digit = mean_digit_error(&digits.train, &digits.test).expect("digits");
    let lines = lines(&output);
    assert!(error(&lines[6]) < mean_digit && mean_digit < error(&lines[7]), "{lines:?}");
}

#[test]
fn a_loaded_run_can_continue_in_order() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("run.bottleneck");
    let path = file.to_str().expect("text");
    succeeded(run(&digits, &["--steps", "500", "--save", path]));
    let output = succeeded(run(&digits, &["--load", path, "--steps", "501", "--in-order"]));
    let bytes = fs::read(&file).expect("a file");
    let trainer = files::load(Format::Bottleneck, &bytes, &Preset::Blog.config()).expect("a run");
    let mut first = Dataset::default();
    first.push_images(digits.train.images(50));
    let mse = trainer.evaluate(&first).expect("digits");
    assert_eq!(lines(&output)[1], format!("step 500, training loss: {mse:.6}"));
}

#[test]
fn an_error_in_the_data_names_the_file() {
    let digits = Digits::new();
    let images = digits.folder().join("t10k-images-idx3-ubyte");
    let whole = fs::read(&images).expect("a file");
    fs::write(&images, &whole[..whole.len() - 1]).expect("a file");
    assert!(refused(run(&digits, &[])).contains("t10k-images-idx3-ubyte"));
    fs::remove_file(&images).expect("a file");
    assert!(refused(run(&digits, &[])).contains("t10k-labels-idx1-ubyte: there are no images"));
}

/// The limit of the file size stands for a full disk.
#[cfg(unix)]
#[test]
fn no_incomplete_picture_is_left() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let mut command = program::limited(24 * 1024);
    command.args(["--steps", "2", "--data"]).arg(digits.folder()).arg("--out").arg(&out);
    assert!(refused(command.output().expect("a shell")).contains("input.png cannot be written"));
    assert!(names(&out).is_empty(), "{:?}", names(&out));
}

#[cfg(unix)]
#[test]
fn ctrl_c_saves_the_run() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let saved = folder.path().join("saved.bottleneck");
    let mut command = program::command();
    command.args(["--steps", "100000000", "--data"]).arg(digits.folder()).arg("--save").arg(&saved);
    let output = succeeded(program::interrupted(command));
    let steps = lines(&output)
        .iter()
        .find_map(|line| line.strip_prefix("Stopped after "))
        .expect("a sentence")
        .to_owned();
    assert!(lines(&output).iter().rev().nth(1).expect("a line").starts_with("test MSE after "), "{output:?}");
    let resumed = succeeded(run(&digits, &["--steps", "0", "--load", saved.to_str().expect("text")]));
    let count = steps.trim_end_matches('.');
    assert!(lines(&resumed)[1].starts_with(&format!("test MSE after {count}: ")), "{resumed:?}");
}

#[test]
fn the_pictures_are_complete() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("a/b");
    succeeded(run(&digits, &["--preset", "deep", "--steps", "620", "--out", out.to_str().expect("text")]));
    assert_eq!(
        names(&out),
        [
            "input.png",
            "latent.csv",
            "latent.png",
            "output_000000.png",
            "output_000500.png",
            "output_000620.png",
            "training.gif",
            "walk.gif"
        ]
    );
    let mut trainer = Trainer::new(&Preset::Deep.config()).unwrap();
    (0..620).for_each(|_| _ = trainer.step(&digits.train));
    pictures::assert_digits(&out.join("input.png"), &digits.test);
    pictures::assert_csv(&out.join("latent.csv"), &trainer, &digits.test);
    pictures::assert_scatter(&out.join("latent.png"));
    // Steps 0, 20, 40, 60, 80, 100, 200, ... 600 and the last.
    pictures::assert_animation(&out.join("training.gif"), 12);
    pictures::assert_animation(&out.join("walk.gif"), 72);
}

#[test]
fn a_second_run_replaces_the_pictures_of_the_first() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let (out, saved) = (folder.path().join("out"), folder.path().join("run.bottleneck"));
    let [path, saved] = [&out, &saved].map(|path| path.to_str().expect("text"));
    succeeded(run(&digits, &["--steps", "510", "--out", path, "--save", saved]));
    fs::write(out.join("output_1.png"), "not of the program").expect("a file");
    succeeded(run(&digits, &["--load", saved, "--steps", "511", "--out", path]));
    let steps =
        |names: Vec<String>| names.into_iter().filter(|name| name.starts_with("output")).collect::<Vec<_>>();
    let resumed =
        ["output_000000.png", "output_000500.png", "output_000510.png", "output_000511.png", "output_1.png"];
    assert_eq!(steps(names(&out)), resumed, "a run that continues keeps its pictures");
    succeeded(run(&digits, &["--steps", "1", "--set", "network=784-9t-3-784", "--out", path]));
    assert_eq!(
        names(&out),
        ["input.png", "latent.csv", "output_000000.png", "output_000001.png", "output_1.png", "training.gif"]
    );
}

#[test]
fn a_three_dimensional_code_has_no_scatter_plot() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let (net, out) = (folder.path().join("net.json"), folder.path().join("out"));
    let spec = "784 10t 3 10t 784".parse().expect("a network");
    let trainer = Trainer::new(&TrainerConfig { spec, ..Preset::Blog.config() }).unwrap();
    fs::write(&net, files::save(Format::ConvNetJs, &trainer).expect("a network")).expect("a file");
    let [net, folder] = [&net, &out].map(|path| path.to_str().expect("text"));
    let output = succeeded(run(&digits, &["--load", net, "--steps", "1", "--out", folder]));
    assert!(lines(&output).last().expect("a line").contains("no latent.png"), "{output:?}");
    let csv = fs::read_to_string(out.join("latent.csv")).expect("a file");
    assert!(csv.starts_with("digit,label,z1,z2,z3\n"));
    assert!(!out.join("latent.png").exists() && !out.join("walk.gif").exists());
}

#[test]
fn event_files_have_the_loss_and_the_image_grids() {
    let digits = Digits::new();
    let folder = tempfile::tempdir().expect("a folder");
    let output =
        succeeded(run(&digits, &["--steps", "510", "--logdir", folder.path().to_str().expect("text")]));
    let files = names(folder.path());
    assert!(matches!(files.as_slice(), [name] if name.starts_with("events.out.tfevents.")), "{files:?}");
    let events = events::read(&folder.path().join(Path::new(&files[0])));
    assert_eq!(events[0].version.as_deref(), Some("brain.Event:2"));
    let steps = |has: fn(&Event) -> bool| -> Vec<_> {
        events.iter().filter(|event| has(event)).map(|event| event.step).collect()
    };
    assert_eq!(steps(|event| event.loss.is_some()), [0, 100, 200, 300, 400, 500]);
    assert_eq!(steps(|event| event.test_loss.is_some()), [0, 100, 200, 300, 400, 500, 510]);
    assert_eq!(steps(|event| !event.images.is_empty()), [0, 500, 510]);
    let test_loss = events.iter().rev().find_map(|event| event.test_loss).expect("a loss");
    assert_eq!(lines(&output)[3], format!("test MSE after 510 steps: {test_loss:.6}"));
    for event in events.iter().filter(|event| !event.images.is_empty()) {
        let sizes: Vec<_> = event.images.iter().map(|image| (image.tag.as_str(), image.size)).collect();
        assert_eq!(sizes, [("Input", (280, 140)), ("Encoder", (158, 148)), ("Output", (280, 140))]);
        event.images.iter().for_each(|image| assert_eq!(pictures::size(&image.png), image.size));
    }
    let printed: Vec<_> = events[1..]
        .iter()
        .filter(|event| event.step.is_multiple_of(500))
        .filter_map(|event| Some(format!("step {}, training loss: {:.6}", event.step, event.loss?)))
        .collect();
    assert_eq!(printed, lines(&output)[1..3]);
}

//! Networks in files: saved, and read again.

use super::*;
use crate::files::{Format, save};
use crate::nn::LayerSpec;
use crate::train::{Trainer, TrainerConfig};

/// Opens a page that has trained for some steps.
fn trained(fragment: &str) -> Page {
    let mut page = Page::with_mnist(fragment);
    page.until(|app| app.run().trainer().steps() >= 30);
    page
}

fn saved(page: &mut Page, format: Format) -> (String, Vec<u8>) {
    page.send(Msg::Save(format));
    let file = page.saved.take().unwrap_or_else(|| panic!("{}", page.notice()));
    (file.name, file.bytes)
}

/// Waits until the dropped files are read.
fn finish_reading(page: &mut Page) {
    while page.app.dataset().is_reading() {
        page.app.load_piece();
        page.run_effects();
    }
}

/// Drops a file and waits until it is read.
fn drop_file(page: &mut Page, name: &str, bytes: &[u8]) {
    page.send(NoticeMsg::Dismiss);
    page.drop_named(1, &[(name, bytes.to_vec())]);
    finish_reading(page);
}

/// Returns a file of new parameters.
fn file_of(spec: &str, format: Format) -> Vec<u8> {
    let config = TrainerConfig { spec: spec.parse().unwrap(), ..crate::train::Preset::Blog.config() };
    save(format, &Trainer::new(&config).unwrap()).unwrap()
}

#[test]
fn a_deterministic_network_resets_beta() {
    let mut page = trained("variational=yes&beta=4");
    let (name, bytes) = (String::from("net.json"), file_of("784 5t 2 5t 784", Format::ConvNetJs));
    drop_file(&mut page, &name, &bytes);
    let settings = page.app.settings();
    assert_eq!(settings.config.beta, 1.0);
    assert_eq!(Settings::from_fragment(&settings.to_fragment()).0.config, settings.config);
}

#[test]
fn a_saved_run_continues_bit_for_bit_on_another_page() {
    for fragment in
        ["batch=10&seed=9&lr=0.004", "preset=karpathy&batch=7", "network=784-20l-2-20s-784&optimizer=adamw"]
    {
        let mut page = trained(fragment);
        let (name, bytes) = saved(&mut page, Format::Bottleneck);
        let step = page.step();
        assert_eq!(name, format!("bottleneck-step-{step}.bottleneck"));

        let mut other = trained("preset=blog&seed=1");
        drop_file(&mut other, &name, &bytes);
        assert_eq!((other.step(), other.parameters()), (step, page.parameters()), "{fragment}");
        assert!(other.notice().contains(&format!("continues from step {step}.")), "{}", other.notice());
        assert_eq!(other.app.settings().config, page.app.settings().config);
        assert_eq!(other.app.settings().preset, page.app.settings().preset);
        assert_eq!(other.url, Some(page.app.settings().to_fragment()));

        for page in [&mut page, &mut other] {
            page.budget = 0.0;
            page.until(|app| app.run().trainer().steps() == step + 200);
        }
        assert_eq!(other.parameters(), page.parameters(), "{fragment}");
        assert_eq!(other.app.run().trainer().state(), page.app.run().trainer().state(), "{fragment}");
    }
}

#[test]
fn a_network_without_a_run_uses_the_settings_of_the_page() {
    for format in [Format::ConvNetJs, Format::SafeTensors] {
        let mut page = trained("batch=10&network=784-20t-2-25t-784");
        let (name, bytes) = saved(&mut page, format);
        assert!(name.ends_with(format.extension()));
        let parameters = page.parameters();

        let mut other = trained("preset=blog&optimizer=rmsprop&lr=0.002&batch=12&seed=3");
        drop_file(&mut other, &name, &bytes);
        assert_eq!((other.step(), other.parameters()), (0, parameters), "{format:?}");
        let fragment = "preset=blog&network=784-20t-2-25t-784&lr=0.002&optimizer=rmsprop&batch=12&seed=3";
        assert_eq!(other.url.as_deref(), Some(fragment));
        assert_eq!(other.app.run().trainer().config(), &other.app.settings().config);
        assert_eq!(other.app.network_text(), "784 20t 2 25t 784");
        assert_eq!(other.app.figures().train_mse, None);
        other.until(|app| app.figures().test_mse.is_some() && app.run().trainer().steps() > 5);
        assert!(!other.notice().contains("link"), "{}", other.notice());
    }
}

#[test]
fn every_view_shows_the_new_network_even_on_a_paused_page() {
    let mut page = trained("batch=10");
    let (name, bytes) = saved(&mut page, Format::SafeTensors);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(300);
    let error = page.app.figures().test_mse;

    let mut other = Page::with_mnist("preset=karpathy");
    other.send(PlaybackMsg::TogglePlay);
    let before = other.versions();
    drop_file(&mut other, &name, &bytes);
    other.frames(300);
    assert!(other.versions().iter().zip(before).take(5).all(|(new, old)| *new != old));
    assert_eq!(other.step(), 0);
    let ratio = other.app.figures().test_mse.unwrap() / error.unwrap();
    assert!((ratio - 1.0).abs() < 1e-6, "the same but for the order of a sum: {ratio}");
    assert_eq!(other.app.outputs().reconstructions(), page.app.outputs().reconstructions());
    let points = |page: &Page| page.app.plane().cloud().points.to_vec();
    assert_eq!(points(&other), points(&page));
    for page in [&mut page, &mut other] {
        page.app.update(PlaneMsg::PinDigit(3));
    }
    assert_eq!(other.app.outputs().decoded(), page.app.outputs().decoded());
}

#[test]
fn a_large_file_is_read_in_pieces_during_training() {
    let mut page = trained("batch=1");
    let config =
        TrainerConfig { spec: "784 300t 2 300t 784".parse().unwrap(), ..crate::train::Preset::Blog.config() };
    let saved = Trainer::new(&config).unwrap();
    let file = save(Format::ConvNetJs, &saved).unwrap();
    page.budget = 0.0;
    page.drop_named(1, &[("large.json", file.clone())]);
    assert_eq!(page.app.dataset().backlog(), file.len());
    let (mut frames, first, mut step) = (0, page.step(), page.step());
    while page.app.dataset().is_reading() {
        let before = page.app.dataset().backlog();
        page.frame();
        frames += 1;
        assert!(before - page.app.dataset().backlog() <= 64 * 1024, "a frame reads a piece");
        step = step.max(page.step());
    }
    assert!(frames > file.len() / 65_536, "{frames} frames for {} bytes", file.len());
    assert!(step - first >= frames as u64 - 1, "{} steps in {frames} frames", step - first);
    assert_eq!(page.app.network_text(), "784 300t 2 300t 784");
    let loaded = crate::files::load(Format::ConvNetJs, &file, &config).unwrap();
    assert_eq!(loaded.parameters(), saved.parameters());
    assert!(page.notice().contains("large.json"), "{}", page.notice());
}

#[test]
fn bad_files_are_reported_and_change_nothing() {
    let mut page = trained("batch=10");
    let mut undisturbed = trained("batch=10");
    let (settings, spec) = (page.app.settings().clone(), "784 9t 2 9t 784");
    page.take_url();
    let json = String::from_utf8(file_of(spec, Format::ConvNetJs)).unwrap();
    let with = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        json.replacen(from, to, 1).into_bytes()
    };
    let run = file_of(spec, Format::Bottleneck);
    let mut flipped = run.clone();
    flipped[5_000] ^= 1;
    let tensors = file_of(spec, Format::SafeTensors);
    let cases = [
        ("empty.json", Vec::new(), "empty.json: the file is empty."),
        ("cut.bottleneck", run[..9_000].to_vec(), "bytes are missing"),
        ("flipped.bottleneck", flipped, "its checksum does not match"),
        ("digits.bottleneck", images(30), "not a .bottleneck file"),
        ("cut.safetensors", tensors[..tensors.len() - 1].to_vec(), "not a safetensors file"),
        ("cut.json", json.as_bytes()[..9_000].to_vec(), "cannot be read"),
        ("brackets.json", vec![b'['; 10 << 20], "cannot be read"),
        ("other.json", br#"{"mnist": true}"#.to_vec(), "the network has no layers"),
        ("null.json", with("\"w\":{\"0\":", "\"w\":{\"0\":null,\"1\":0.5,\"x\":"), "NaN or infinite"),
        (
            "conv.json",
            with("\"layer_type\":\"tanh\"", "\"layer_type\":\"conv\""),
            "layer 2 is of type “conv”",
        ),
        ("pool.json", with("\"layer_type\":\"tanh\"", "\"layer_type\":\"pool\""), "“pool”"),
        ("maxout.json", with("\"layer_type\":\"tanh\"", "\"layer_type\":\"maxout\""), "“maxout”"),
        ("softmax.json", with("\"layer_type\":\"regression\"", "\"layer_type\":\"softmax\""), "“softmax”"),
        ("small.json", file_of("100 2 100", Format::ConvNetJs), "turns 100 numbers into 100"),
        ("other.safetensors", file_of("100 2 100", Format::SafeTensors), "784"),
        ("wide.json", file_of("784 90t 65 90t 784", Format::ConvNetJs), "1 to 64 numbers, got 65"),
        ("large.json", vec![b' '; 100_000_001], "at most 100 MB"),
    ];
    for (name, bytes, part) in cases {
        drop_file(&mut page, name, &bytes);
        assert!(page.notice().starts_with(name) && page.notice().contains(part), "{}", page.notice());
        assert!(page.notice().ends_with(". Nothing was changed."), "{}", page.notice());
        assert_eq!(page.url, None);
        page.frame();
    }
    undisturbed.until(|app| app.run().trainer().steps() == page.step());
    assert_eq!(page.parameters(), undisturbed.parameters());
    assert_eq!(page.app.settings(), &settings);
}

#[test]
fn a_network_among_images_continues_with_them_and_two_networks_are_refused() {
    let mut page = trained("batch=10");
    let (name, bytes) = saved(&mut page, Format::Bottleneck);
    let (step, parameters) = (page.step(), page.parameters());
    page.drop_named(1, &[("digits", images(70)), (&name, bytes.clone())]);
    finish_reading(&mut page);
    assert_eq!((page.dataset(), page.app.figures().images), (DatasetChoice::Own, 60));
    assert_eq!((page.step(), page.parameters()), (step, parameters));
    assert!(
        page.notice().contains("60 images") && page.notice().contains("continues from step"),
        "{}",
        page.notice()
    );
    page.until(|app| app.run().trainer().steps() > step + 20);

    let before = page.parameters();
    page.drop_named(2, &[("a.bottleneck", bytes.clone()), ("b.bottleneck", bytes.clone())]);
    finish_reading(&mut page);
    assert!(page.notice().contains("two networks"), "{}", page.notice());
    page.drop_named(3, &[("c.bottleneck", bytes), ("digits", images(70)[..9_000].to_vec())]);
    finish_reading(&mut page);
    assert!(page.notice().contains("cut off"), "{}", page.notice());
    assert_eq!(page.parameters(), before);
}

#[test]
fn a_link_has_all_settings_of_a_file() {
    let mut page = trained("batch=10");
    let config = TrainerConfig {
        decay: crate::nn::Decay { l2: 0.5, ..crate::nn::Decay::NONE },
        method: crate::nn::Method::Momentum { momentum: 0.7 },
        ..crate::train::Preset::Blog.config()
    };
    drop_file(&mut page, "a.bottleneck", &save(Format::Bottleneck, &Trainer::new(&config).unwrap()).unwrap());
    page.frames(5);
    let step = page.step();
    let fragment = page.take_url();
    assert!(fragment.contains("l2=0.5") && fragment.contains("momentum=0.7"), "{fragment}");
    page.send(Msg::Open(fragment.replace("lr=0.0001", "lr=0.0002")));
    assert_eq!(page.step(), step);
    assert_eq!(page.app.run().trainer().config(), &TrainerConfig { learning_rate: 2e-4, ..config.clone() });
    page.send(Msg::Share);
    let copied = page.copied.take().unwrap();
    assert_eq!(Page::open(&copied, false).app.settings().config, page.app.settings().config);
    page.set(Field::Preset, "deep");
    assert_eq!(page.app.run().trainer().config(), &crate::train::Preset::Deep.config());
}

#[test]
fn a_diverged_run_is_saved_as_it_was_last_good() {
    let mut page = trained("batch=10&lr=0.002");
    page.until(|app| app.figures().test_mse.is_some());
    page.set(Setting::LearningRate, "1000");
    page.until_diverged();
    for format in Format::ALL {
        let (name, bytes) = saved(&mut page, format);
        assert!(page.notice().contains("last good parameters"), "{}", page.notice());
        let mut other = trained("batch=10");
        drop_file(&mut other, &name, &bytes);
        let parameters = other.parameters();
        assert!(parameters.iter().all(|&bits| f32::from_bits(bits).abs() < 10.0), "{format:?}");
        if format == Format::Bottleneck {
            assert_eq!(other.app.settings().config.learning_rate, 0.002);
        }
    }
    assert_eq!(page.app.state(), State::Diverged);
    // A network's file replaces a diverged run.
    drop_file(&mut page, "a.json", &file_of("784 9t 2 9t 784", Format::ConvNetJs));
    assert_eq!((page.app.state(), page.step()), (State::Training, 0));
}

#[test]
fn an_unsupported_network_is_not_saved_and_the_reason_is_given() {
    let mut page = trained("batch=10&network=784-9l-2-784");
    page.send(Msg::Save(Format::ConvNetJs));
    assert_eq!(page.saved, None);
    assert_eq!(
        page.notice(),
        "Nothing was saved: ConvNetJS does not support leaky ReLU: choose another format."
    );
}

#[test]
fn a_network_read_while_a_dataset_is_pending_continues_with_it() {
    let (name, bytes) = saved(&mut trained("batch=10&seed=9"), Format::Bottleneck);
    let mut page = Page::open("dataset=strokes&batch=10", true);
    page.until(|app| app.run().trainer().steps() > 3);
    page.set(Field::Dataset, "mnist");
    drop_file(&mut page, &name, &bytes);
    let step = page.step();
    assert!(step >= 30, "the run of the file continues");
    page.download(1_200, 60, 60);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Mnist);
    page.until(|app| app.run().trainer().steps() > step + 10);
    assert_eq!(page.app.settings().config.seed, 9, "it is still the same run");

    // A run that starts meanwhile belongs to the dataset before.
    page.set(Field::Dataset, "strokes");
    drop_file(&mut page, &name, &bytes);
    page.send(PlaybackMsg::Reset);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Synthetic);
    assert!(page.step() < 30, "another run has started");
}

/// Returns a file without metadata, which therefore does not state the activations.
fn without_metadata(bytes: &[u8]) -> Vec<u8> {
    let len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = str::from_utf8(&bytes[8..8 + len]).unwrap();
    let tensors = header.split_once("},").expect("metadata come first").1;
    let header = format!("{{{}", tensors.trim_end());
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &bytes[8 + len..]].concat()
}

#[test]
fn unstated_activations_are_said_and_changed_without_new_parameters() {
    let bytes = without_metadata(&file_of("784 20r 2 20r 784s", Format::SafeTensors));
    let mut page = Page::with_mnist("batch=10");
    page.drop_named(1, &[("theirs.safetensors", bytes)]);
    finish_reading(&mut page);
    assert!(page.notice().contains("does not state its activations: which are they?"), "{}", page.notice());
    let parameters = page.parameters();
    let notice = page.app.notices().shown().unwrap().clone();
    let taken = page.app.settings().config.spec.clone();
    let label = |button: &Option<(Action, String)>| button.as_ref().map(|(_, label)| label.clone());
    let labels = [&notice.action, &notice.alternative].map(|button| label(button).unwrap());
    assert_eq!(notice.action.unwrap().0, Action::KeepActivations);
    page.send(NoticeMsg::ActOtherwise);
    let other = page.app.settings().config.spec.clone();
    assert_ne!(other, taken);
    for (label, spec) in labels.iter().zip([&taken, &other]) {
        let titles: Vec<_> = spec.layers.iter().map(LayerSpec::title).collect();
        assert!(label.split(", ").all(|part| titles.iter().any(|title| title == part)), "{label}: {spec}");
    }
    assert_ne!(labels[0], labels[1]);
    assert_eq!((page.step(), page.parameters(), page.action()), (0, parameters.clone(), None));
    page.set(Setting::Network, "784 20t 2 20t 784s");
    assert_eq!(page.app.settings().config.spec.to_string(), "784 20t 2 20t 784s");
    assert_eq!((page.step(), page.parameters()), (0, parameters.clone()));
    // Other layers are a new start.
    page.set(Setting::Network, "784 21t 2 21t 784s");
    page.set(Setting::Network, "784 20t 2 20t 784s");
    assert_ne!(page.parameters(), parameters);

    page.drop_named(2, &[("net.pth", vec![0x80, 2])]);
    finish_reading(&mut page);
    assert!(page.notice().contains("net.pth is a PyTorch pickle. Write a .safetensors"), "{}", page.notice());
}

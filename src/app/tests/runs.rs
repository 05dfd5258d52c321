//! Runs and their settings.

use super::*;

#[test]
fn parameters_depend_neither_on_frames_nor_on_the_selection() {
    let mut one_a_frame = Page::open("batch=50&seed=3", false);
    one_a_frame.budget = 0.0;
    let mut expected = vec![one_a_frame.parameters()];
    while expected.len() <= 90 {
        one_a_frame.frame();
        if one_a_frame.step() == expected.len() as u64 {
            expected.push(one_a_frame.parameters());
        }
        assert_eq!(one_a_frame.step() + 1, expected.len() as u64, "one step a frame");
    }
    let slow = Speed::PerSecond(30);
    for (budget, tick, speed) in
        [(20.0, 1.0, Speed::Full), (3.0, 1.0, Speed::Full), (30.0, 0.3, Speed::Full), (8.0, 0.16, slow)]
    {
        let mut page = Page::open("seed=3&batch=50", false);
        (page.budget, page.tick) = (budget, tick);
        page.send(PlaybackMsg::Speed(speed));
        let (mut compared, mut number) = (0, 0_u16);
        while page.step() <= 90 {
            if let Some(expected) = expected.get(page.step() as usize) {
                assert!(page.parameters() == *expected, "at step {}", page.step());
                compared += u32::from(page.step() > 0);
            }
            page.frame();
            _ = page.app.outputs().decoded();
            page.send(PlaneMsg::PointAt(Some([0.1, f32::from(number % 10) / 10.0])));
            page.send(PlaneMsg::PinFocus);
            page.send(RunsMsg::Seek(page.step() * u64::from(number % 10) / 9));
            number += 1;
        }
        assert!(compared > 2);
    }
}

#[test]
fn the_learning_rate_takes_effect_on_the_next_step_and_resets_nothing() {
    let mut page = Page::with_mnist("optimizer=sgd&lr=0.01&batch=10");
    let mut other = Page::with_mnist("optimizer=sgd&lr=0.01&batch=10");
    page.frames(20);
    other.frames(20);
    page.set(Setting::LearningRate, "0.04");
    assert_eq!((page.step(), page.parameters()), (20, other.parameters()));
    let before = page.app.run().trainer().parameters().to_vec();
    page.frame();
    other.frame();
    assert_eq!(page.step(), 21);
    let (new, old) = (page.app.run().trainer().parameters(), other.app.run().trainer().parameters());
    for ((new, old), before) in new.iter().zip(old).zip(&before) {
        let (new, old) = (new - before, old - before);
        assert!((new - 4.0 * old).abs() <= 1e-6, "a step four times as long: {new}, {old}");
    }
    assert!(page.take_url().contains("lr=0.04"));
}

#[test]
fn optimizer_and_batch_size_keep_the_parameters() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(10);
    let (parameters, examples) = (page.parameters(), page.app.figures().examples);
    page.set(Setting::Optimizer, "rmsprop");
    page.set(Setting::BatchSize, "25");
    assert_eq!((page.step(), page.parameters()), (10, parameters));
    page.frame();
    assert_eq!((page.step(), page.app.figures().examples), (11, examples + 25));
}

#[test]
fn seed_preset_and_loss_restart_training() {
    for (field, value) in
        [(Setting::Seed.into(), "8"), (Field::Preset, "blog"), (Setting::Loss.into(), "bce")]
    {
        let mut page = Page::with_mnist("batch=10");
        let first = page.parameters();
        page.frames(10);
        page.set(field, value);
        assert_eq!((page.step(), page.app.figures().train_mse), (0, None), "{field:?}");
        assert!(page.app.run().curve().history().train.is_empty());
        assert_eq!(page.parameters() == first, field == Setting::Loss.into(), "{field:?}");
        page.until(|app| app.run().trainer().steps() > 3);
    }
}

#[test]
fn loss_and_output_activation_are_settings_like_others() {
    let mut page = Page::with_mnist("batch=10");
    page.set(Setting::Loss, "bce");
    assert!(page.take_url().contains("loss=bce"));
    assert_eq!(page.app.settings().get(Setting::OutputActivation).as_deref(), Some("sigmoid"));
    page.frames(30);
    assert!(page.app.figures().train_mse.unwrap().is_finite());
    page.set(Setting::OutputActivation, "relu");
    assert!(page.notice().contains("must be sigmoid"), "{}", page.notice());
    page.set(Setting::Loss, "mse");
    page.set(Setting::OutputActivation, "relu");
    assert!(page.app.network_text().ends_with("784r"));
    let fragment = page.take_url();
    assert_eq!(Settings::from_fragment(&fragment).0, *page.app.settings());
}

#[test]
fn invalid_values_are_refused_and_change_nothing() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(5);
    let settings = page.app.settings().clone();
    for (field, value) in [
        (Setting::LearningRate.into(), "-1"),
        (Setting::LearningRate.into(), "inf"),
        (Setting::BatchSize.into(), "0"),
        (Setting::Seed.into(), "x"),
        (Setting::Optimizer.into(), "magic"),
        (Field::Preset, ""),
        (Field::Dataset, "own"),
    ] {
        let parameters = page.parameters();
        page.send(NoticeMsg::Dismiss);
        page.set(field, value);
        assert!(!page.notice().is_empty(), "{field:?}");
        assert_eq!((page.app.settings(), page.parameters()), (&settings, parameters), "{field:?}");
        page.frame();
    }
    assert_eq!(page.step(), 12);
}

#[test]
fn the_same_settings_in_the_url_do_not_restart_the_run() {
    let mut page = Page::with_mnist("batch=10&seed=4&preset=blog");
    page.frames(5);
    page.set(Setting::LearningRate, "0.002");
    page.set(Field::Dataset, "mnist");
    let fragment = page.take_url();
    page.send(Msg::Open(format!("#{fragment}")));
    assert_eq!((page.step(), page.notice()), (5, ""));
    assert_eq!(page.take_url(), fragment);
    assert_eq!(page.app.settings().to_fragment(), fragment);
    page.send(Msg::Open("#preset=blog&batch=10&seed=5&lr=0.1".into()));
    assert_eq!((page.step(), page.app.settings().config.seed), (0, 5));
    page.send(Msg::Open("#lr=0".into()));
    assert!(page.notice().contains("Learning rate"));
}

#[test]
fn a_pasted_url_is_the_same_as_one_that_is_opened_and_then_tells_what_holds() {
    for fragment in [
        "",
        "#preset=blog&lr=0.02&seed=7",
        "preset=karpathy&dataset=strokes&speed=10&stop=5000%2Cplateau",
        "optimizer=sgd&batch=7&stop=never&speed=7",
        "lr=0&network=784-3t-2-3t-784&colour=blue",
        "dataset=mnist&corruption=masking&corruption-amount=0%2E25",
        "dataset=own&lr=0.5&stop=70",
    ] {
        let mut opened = Page::waiting(fragment);
        let mut pasted = Page::waiting("preset=deep&lr=0.7&dataset=strokes&speed=2&stop=9");
        pasted.send(NoticeMsg::Dismiss);
        pasted.send(Msg::Open(fragment.to_owned()));
        for page in [&mut opened, &mut pasted] {
            assert!(page.take_url().starts_with("preset="), "{fragment}");
            page.send(Msg::Open(fragment.to_owned()));
        }
        let url = opened.take_url();
        for page in [&mut opened, &mut pasted] {
            page.send(DatasetMsg::Served(true));
        }
        let held = |page: &Page| {
            let (app, parameters) = (&page.app, page.parameters());
            (app.settings().clone(), app.playback().settings(), page.notice().to_owned(), parameters)
        };
        assert_eq!(held(&pasted), held(&opened), "{fragment}");
        assert_eq!((pasted.dataset(), pasted.take_url()), (opened.dataset(), url.clone()), "{fragment}");
        assert_eq!(held(&Page::open(&url, true)).0, opened.app.settings().clone(), "{url}");
    }
}

#[test]
fn a_pasted_url_whose_dataset_is_not_there_applies_all_the_rest() {
    let mut page = Page::open("", false);
    page.set(Setting::Network, "784 2x");
    page.send(NoticeMsg::Dismiss);
    page.send(Msg::Open("#dataset=mnist&lr=0.5&speed=10".into()));
    assert!(page.notice().contains("MNIST"), "{}", page.notice());
    assert_eq!((page.app.settings().config.learning_rate, page.app.settings().dataset), (0.5, None));
    assert_eq!((page.app.playback().speed(), page.app.is_network_refused()), (Speed::PerSecond(10), false));
    let url = page.take_url();
    assert!(url.contains("lr=0.5") && url.ends_with("speed=10") && !url.contains("dataset"), "{url}");
}

#[test]
fn a_newer_url_wins_over_one_that_waits_to_be_written() {
    let mut page = Page::with_mnist("batch=10");
    page.set(Setting::LearningRate, "0.7");
    assert!(page.url.as_ref().unwrap().contains("lr=0.7"));
    page.send(Msg::Open("#batch=10&lr=0.02".into()));
    assert!(page.url.as_ref().unwrap().contains("lr=0.02"), "what waits is replaced: {:?}", page.url);
}

#[test]
fn a_step_while_playing_pauses() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(3);
    page.budget = 100.0;
    page.send(PlaybackMsg::Step);
    page.frames(5);
    assert_eq!((page.step(), page.app.state(), page.app.playback().is_playing()), (4, State::Paused, false));
    page.send(PlaybackMsg::Step);
    page.send(PlaybackMsg::Step);
    page.frames(5);
    assert_eq!(page.step(), 6);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(1);
    assert!(page.step() > 7 && page.app.state() == State::Training);
}

#[test]
fn a_step_while_loading_waits_for_images() {
    let mut page = Page::open("batch=10", false);
    page.budget = 0.0;
    page.send(PlaybackMsg::Step);
    page.frame();
    assert_eq!((page.app.state(), page.step()), (State::Loading, 0));
    page.until(|app| app.run().trainer().steps() > 0);
    page.frames(10);
    assert_eq!((page.app.state(), page.step()), (State::Paused, 1));
}

#[test]
fn a_reset_restores_the_first_parameters_and_keeps_the_images() {
    let mut page = Page::with_mnist("batch=10");
    let first = page.parameters();
    page.frames(10);
    let tenth = page.parameters();
    page.send(PlaybackMsg::Reset);
    assert_eq!((page.step(), page.parameters(), page.app.state()), (0, first, State::Training));
    assert_eq!(page.app.figures().images, 1_200);
    page.frames(10);
    assert_eq!(page.parameters(), tenth);
}

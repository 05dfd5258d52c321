//! The work of a frame, and the versions that it changes.

use super::*;

#[test]
fn a_frame_makes_at_least_one_step_and_keeps_to_its_budget() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(5);
    assert_eq!(page.step(), 5);
    (page.budget, page.tick) = (20.0, 0.5);
    let (time, step) = (page.time, page.step());
    page.frame();
    let spent = page.time - time - 16.0;
    assert!((20.0..23.0).contains(&spent), "{spent} ms");
    assert!((20..=40).contains(&(page.step() - step)), "{} steps", page.step() - step);
}

#[test]
fn loading_takes_a_share_of_training_frames_and_all_of_a_pause() {
    let mut page = Page::open("batch=1", false);
    page.until(|app| app.state() == State::Training);
    (page.budget, page.tick) = (100.0, 1.0);
    let images = |page: &Page| page.images().0 + page.images().1;
    let (before, step) = (images(&page), page.step());
    page.frame();
    let training = images(&page) - before;
    assert!(page.step() - step > 50, "{} steps", page.step() - step);
    page.send(PlaybackMsg::TogglePlay);
    page.frame();
    let paused = images(&page) - before - training;
    assert!(training > 0 && paused > 2 * training, "{training} images while training, {paused} in a pause");
}

#[test]
fn nothing_changes_at_rest() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(20);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(900);
    let before = page.versions();
    page.frames(20);
    assert_eq!(page.versions(), before);

    page.send(PlaneMsg::PointAt(Some([0.1, 0.1])));
    page.frame();
    let after = page.versions();
    let changed: Vec<_> = before.iter().zip(&after).map(|(a, b)| a != b).collect();
    assert_eq!(changed, [false, false, false, true, false, false, false, false], "the plane alone");
    page.send(PlaneMsg::PointAt(Some([0.1, 0.1])));
    page.frames(3);
    assert_eq!(page.versions(), after, "nothing has moved");
}

#[test]
fn the_app_is_idle_once_a_pause_leaves_nothing_to_do() {
    let mut page = Page::with_mnist("batch=10");
    page.tick = 0.01;
    let idles_within = |page: &mut Page, frames: usize| {
        (0..frames).any(|_| {
            page.frame();
            page.app.is_idle()
        })
    };
    assert!(!idles_within(&mut page, 300), "while it trains");
    page.send(PlaybackMsg::TogglePlay);
    assert!(idles_within(&mut page, 400), "after a pause");
    page.frames(50);
    assert!(page.app.is_idle(), "and stays so");
    let versions = page.versions();

    page.send(PlaneMsg::PointAt(Some([0.1, 0.1])));
    assert!(!page.app.is_idle(), "the pointer moves");
    assert!(idles_within(&mut page, 10));
    assert_ne!(page.versions(), versions);
    page.send(PlaybackMsg::Step);
    assert!(!page.app.is_idle(), "a step is requested");
    assert!(idles_within(&mut page, 400), "after a step");

    page.send(PlaneMsg::ToggleCircle);
    assert!(!idles_within(&mut page, 300), "while the point moves on the circle");
    page.send(PlaneMsg::ToggleCircle);
    assert!(idles_within(&mut page, 400), "once it stops");
    page.send(RunsMsg::Seek(0));
    assert!(!page.app.is_idle(), "another step is shown");
    assert!(idles_within(&mut page, 400), "once it is computed");
    page.set(Setting::LearningRate, "100000");
    page.send(PlaybackMsg::TogglePlay);
    page.until_diverged();
    assert!(idles_within(&mut page, 400), "after the run has diverged");
}

#[test]
fn the_app_is_not_idle_while_images_are_expected() {
    let mut page = Page::waiting("");
    page.send(PlaybackMsg::TogglePlay);
    page.frames(20);
    assert!(!page.app.is_idle(), "it is not known whether MNIST is served");
    page.send(DatasetMsg::Served(true));
    page.frames(20);
    assert!(!page.app.is_idle(), "its files have not arrived");
    page.download(1_200, 60, 60);
    page.until(App::is_idle);
    assert_eq!(page.images(), (1_200, 60));
}

#[test]
fn a_single_step_is_shown_in_the_next_frame() {
    let mut page = Page::with_mnist("batch=10");
    page.send(PlaybackMsg::TogglePlay);
    page.tick = 0.01;
    page.frames(300);
    for _ in 0..10 {
        let before = page.versions();
        page.send(PlaybackMsg::Step);
        // The tasks of the next frame use the new parameters.
        page.frames(2);
        let after = page.versions();
        assert!([0, 2, 3].iter().all(|&view| before[view] != after[view]), "run, reconstructions and plane");
    }
}

#[test]
fn outdated_chunks_change_nothing() {
    let mut page = Page::with_mnist("batch=10");
    page.send(PlaybackMsg::TogglePlay);
    page.frames(900);
    let before = page.versions();
    page.send(DatasetMsg::MnistChunk(99, MnistFile::TestLabels, vec![0; 100]));
    page.send(DatasetMsg::FileChunk(99, 0, vec![0; 100]));
    page.frame();
    assert_eq!(page.versions(), before);
}

#[test]
fn a_hidden_tab_pauses_and_says_so_on_return() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(60);
    let rate = page.app.figures().steps_per_second.expect("a second is enough to measure it");
    assert!((20.0..70.0).contains(&rate), "one step in 16 ms or a little more, and {rate} in a second");
    page.send(PlaybackMsg::Hidden);
    assert_eq!((page.app.state(), page.app.figures().steps_per_second), (State::Paused, None));
    page.frames(3);
    assert_eq!(page.step(), 60);
    page.time += 600_000.0;
    page.send(PlaybackMsg::Shown(600_000.0));
    assert!(page.notice().contains("10 min 0 s"), "{}", page.notice());
    page.frames(60);
    let after = page.app.figures().steps_per_second.unwrap();
    assert!((0.9..1.1).contains(&(after / rate)), "{after} after {rate}");
}

#[test]
fn showing_a_paused_page_gives_no_notice() {
    let mut page = Page::with_mnist("batch=10");
    page.send(PlaybackMsg::TogglePlay);
    page.send(PlaybackMsg::Hidden);
    page.send(PlaybackMsg::Shown(5_000.0));
    assert_eq!((page.notice(), page.app.state()), ("", State::Paused));
}

#[test]
fn the_test_error_is_measured_during_training() {
    let mut page = Page::with_mnist("batch=10");
    page.until(|app| app.figures().test_mse.is_some());
    page.frames(300);
    let first = page.app.run().curve().history().test.iter().next().unwrap();
    let last = page.app.figures().test_mse.unwrap();
    assert!(last < first.1, "{last} after {}", first.1);
}

#[test]
fn an_old_test_error_is_urgent() {
    let mut page = Page::with_mnist("batch=10");
    assert!(page.app.run().needs_test_error());
    page.until(|app| app.figures().test_mse.is_some());
    let measured = page.app.run().curve().history().test.iter().count();
    page.app.runs.run_mut().record_frame(19_000.0, 1, 10);
    assert!(!page.app.run().needs_test_error());
    page.app.runs.run_mut().record_frame(1_001.0, 1, 10);
    assert!(page.app.run().needs_test_error());
    page.until(|app| !app.run().needs_test_error());
    assert!(page.app.run().curve().history().test.iter().count() > measured);
}

#[test]
fn every_task_gets_time_with_a_slow_clock() {
    // Each reading of the clock takes 2 ms, as if a unit of each task were slow.
    let mut page = Page::with_mnist("batch=10");
    page.tick = 2.0;
    page.until(|app| app.figures().test_mse.is_some());
    page.until(|app| app.plane().cloud().points.len() == 60);
    let before = page.app.plane().manifold_version();
    page.until(|app| app.plane().manifold_version() != before);
    page.until(|app| app.outputs().reconstructions().1.len() == RECONSTRUCTION_COUNT * PIXELS);
}

#[test]
fn a_long_step_takes_several_frames_and_is_atomic() {
    let fragment = "network=784-400t-2-400t-784&batch=300";
    let (mut page, mut whole) = (Page::with_mnist(fragment), Page::with_mnist(fragment));
    whole.send(PlaybackMsg::TogglePlay);
    for step in 1..=4 {
        let (before, mut frames) = (page.parameters(), 0);
        while page.step() < step {
            assert_eq!(page.parameters(), before);
            page.frame();
            frames += 1;
            match (step, frames) {
                (2, 3) => page.set(Setting::LearningRate, "0.002"),
                // A file that is saved now holds the step before.
                (3, 3) => {
                    page.send(Msg::Save(Format::Bottleneck));
                    let saved = page.saved.take().expect("a file is saved");
                    let trainer =
                        crate::files::load(Format::Bottleneck, &saved.bytes, &page.app.settings().config)
                            .unwrap();
                    assert_eq!(
                        (trainer.steps(), trainer.parameters()),
                        (2, page.app.run().trainer().parameters())
                    );
                }
                (4, 3) => {
                    page.send(PlaybackMsg::TogglePlay);
                    page.frames(3);
                    page.send(PlaybackMsg::TogglePlay);
                }
                _ => {}
            }
        }
        assert!(frames > 4, "{frames} frames");
        if step == 2 {
            whole.set(Setting::LearningRate, "0.002");
        }
        whole.send(PlaybackMsg::Step);
        // The clock stands still.
        whole.tick = 0.0;
        whole.budget = 1.0;
        whole.frame();
        assert_eq!(whole.step(), step);
        assert_eq!(page.parameters(), whole.parameters());
    }
}

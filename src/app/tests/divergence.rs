//! Diverging runs, and how they are rolled back.

use super::*;

/// Opens a page that has trained for some steps and has good parameters.
fn trained() -> Page {
    let mut page = Page::with_mnist("batch=10&lr=0.003");
    page.until(|app| app.run().trainer().steps() >= 300 && app.figures().test_mse.is_some());
    page
}

fn diverged() -> Page {
    let mut page = trained();
    page.set(Setting::LearningRate, "1000");
    page.until(|app| app.state() == State::Diverged);
    page.frame();
    page
}

fn rate(page: &Page) -> f32 {
    page.app.settings().config.learning_rate
}

#[test]
fn an_absurd_learning_rate_is_caught() {
    let mut page = diverged();
    assert!(page.notice().contains(&format!("step {}", page.step())), "{}", page.notice());
    assert!(page.notice().contains("1000") && page.action() == Some(Action::Recover));
    let (step, parameters) = (page.step(), page.parameters());
    page.send(PlaybackMsg::Step);
    page.frames(3);
    assert_eq!((page.step(), page.parameters(), page.app.state()), (step, parameters, State::Diverged));
}

#[test]
fn one_click_brings_back_the_parameters_and_the_rate_that_were_good() {
    let mut page = diverged();
    let (step, error) = (page.step(), page.app.figures().test_mse.unwrap());
    page.send(NoticeMsg::Act);
    assert_eq!((page.app.state(), rate(&page), page.notice()), (State::Training, 0.003, ""));
    assert!(page.take_url().contains("lr=0.003&"));
    page.frames(200);
    assert!(page.step() >= step + 200);
    assert!(page.app.figures().test_mse.unwrap() < 1.1 * error);
}

#[test]
fn play_and_a_lower_rate_go_on_from_the_good_parameters_too() {
    let good: Vec<_> = trained().app.run().trainer().parameters().to_vec();
    for lower in [None, Some("0.01")] {
        let mut page = diverged();
        match lower {
            None => page.send(PlaybackMsg::TogglePlay),
            Some(lower) => page.set(Setting::LearningRate, lower),
        }
        assert_eq!(page.app.state(), State::Training);
        assert_eq!(rate(&page), lower.map_or(0.003, |lower| lower.parse().unwrap()));
        let mut distance =
            page.app.run().trainer().parameters().iter().zip(&good).map(|(a, b)| (a - b).abs());
        assert!(distance.all(|distance| distance < 0.1), "near the good parameters");
        page.frames(50);
        assert_eq!(page.app.state(), State::Training);
    }
}

#[test]
fn views_show_what_the_way_back_leads_to() {
    let mut page = diverged();
    assert!(page.app.decoded().iter().all(|pixel| pixel.abs() < 5.0), "a broken network draws no digit");
}

#[test]
fn a_higher_rate_is_no_way_back() {
    let mut page = diverged();
    page.set(Setting::LearningRate, "2000");
    page.frames(3);
    assert_eq!((page.app.state(), rate(&page)), (State::Diverged, 2000.0));
    page.send(NoticeMsg::Act);
    assert_eq!(rate(&page), 0.003);
}

#[test]
fn close_closes_and_play_is_still_the_way_back() {
    let mut page = diverged();
    page.send(NoticeMsg::Dismiss);
    page.frames(10);
    assert_eq!((page.notice(), page.app.state()), ("", State::Diverged));
    page.send(PlaybackMsg::TogglePlay);
    assert_eq!(page.app.state(), State::Training);
}

#[test]
fn the_way_back_outlasts_other_sentences() {
    let mut page = diverged();
    page.set(Setting::BatchSize, "0");
    assert!(page.notice().contains("Batch size"));
    page.send(NoticeMsg::Dismiss);
    assert_eq!(page.action(), Some(Action::Recover));
}

#[test]
fn repeated_ways_back_end_in_training() {
    let mut page = Page::with_mnist("batch=10&lr=1000");
    page.until(|app| app.state() == State::Diverged);
    let mut ways_back = 0;
    while page.app.state() == State::Diverged {
        page.frame();
        page.send(NoticeMsg::Act);
        ways_back += 1;
        page.frames(100);
    }
    assert!((1..=6).contains(&ways_back), "{ways_back}");
    assert!(page.app.figures().train_mse.unwrap().is_finite());
}

#[test]
fn a_run_that_is_long_worse_than_the_mean_digit_is_told_and_comes_back() {
    let mut page = trained();
    page.until(|app| {
        let mean_digit = app.dataset().mean_digit_error().expect("all images are here");
        app.figures().test_mse.is_some_and(|mse| mse < mean_digit)
    });
    let good = page.app.figures().test_mse.unwrap();
    // With Adam this rate saturates the network, but the loss stays finite.
    page.set(Setting::LearningRate, "0.3");
    page.until(|app| matches!(app.run().problem(), Some(RunProblem::Degraded { .. })));
    page.frame();
    assert!(page.notice().contains("mean digit"), "{}", page.notice());
    assert_eq!((page.app.state(), page.action()), (State::Training, Some(Action::Recover)));
    page.send(NoticeMsg::Act);
    assert_eq!((page.app.run().problem(), rate(&page)), (None, 0.003));
    page.frames(200);
    assert!(page.app.figures().test_mse.unwrap() < 1.3 * good);
    // The run before the rollback can be restored.
    assert!(page.app.undo_label().is_some());
}

#[test]
fn a_reset_leaves_divergence_behind_and_undo_brings_the_good_run_back() {
    let mut page = diverged();
    let step = page.step();
    page.send(PlaybackMsg::Reset);
    page.frame();
    assert_eq!((page.app.state(), page.notice()), (State::Training, ""));
    page.send(RunsMsg::Undo);
    assert_eq!((page.app.state(), page.step(), rate(&page)), (State::Training, step, 0.003));
    page.frames(30);
    assert_eq!(page.app.state(), State::Training);
}

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
    page.until_diverged();
    page.frame();
    page
}

fn rate(page: &Page) -> f32 {
    page.app.settings().config.learning_rate
}

#[test]
fn too_high_a_learning_rate_is_reported() {
    let mut page = diverged();
    assert!(page.notice().contains(&format!("step {}", page.step())), "{}", page.notice());
    assert!(page.notice().contains("1000") && page.action() == Some(Action::Recover));
    let (step, parameters) = (page.step(), page.parameters());
    page.send(PlaybackMsg::Step);
    page.frames(3);
    assert_eq!((page.step(), page.parameters(), page.app.state()), (step, parameters, State::Diverged));
    assert!(
        page.app.outputs().decoded().iter().all(|pixel| pixel.abs() < 5.0),
        "views show the good parameters"
    );
}

#[test]
fn one_click_restores_the_good_parameters_and_rate() {
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
fn play_and_a_lower_rate_continue_from_the_good_parameters() {
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
fn repeated_rollbacks_end_in_training() {
    let mut page = Page::with_mnist("batch=10&lr=1000");
    page.until_diverged();
    let mut rollbacks = 0;
    while page.app.state() == State::Diverged {
        page.frame();
        page.send(NoticeMsg::Act);
        rollbacks += 1;
        page.frames(100);
    }
    assert!((1..=6).contains(&rollbacks), "{rollbacks}");
    assert!(page.app.figures().train_mse.unwrap().is_finite());
}

#[test]
fn a_degraded_run_is_reported_and_can_be_rolled_back() {
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
    assert_eq!(page.labels().len(), 2, "the run before the rollback is in the list");
}

#[test]
fn a_reset_ends_divergence_and_the_run_before_is_kept_at_its_good_parameters() {
    let mut page = diverged();
    let step = page.step();
    page.send(PlaybackMsg::Reset);
    page.frame();
    assert_eq!((page.app.state(), page.notice()), (State::Training, ""));
    let label = &page.labels()[1];
    assert!(label.contains(&format!("diverged at step {step}")), "{label}");
    page.send(RunsMsg::Back);
    assert_eq!((page.app.state(), page.step(), rate(&page)), (State::Training, step, 0.003));
    page.frames(30);
    assert_eq!(page.app.state(), State::Training);
}

#[test]
fn the_rollback_stays_available_after_other_notices_and_higher_rates() {
    let mut page = diverged();
    page.set(Setting::BatchSize, "0");
    assert!(page.notice().contains("Batch size"));
    page.send(NoticeMsg::Dismiss);
    assert_eq!(page.action(), Some(Action::Recover));
    page.set(Setting::LearningRate, "2000");
    page.send(NoticeMsg::Dismiss);
    page.frames(10);
    assert_eq!((page.notice(), page.app.state(), rate(&page)), ("", State::Diverged, 2000.0));
    page.send(PlaybackMsg::TogglePlay);
    assert_eq!((page.app.state(), rate(&page)), (State::Training, 0.003));
}

//! A learning rate that is too much, and the way back.

use super::*;

/// A page that has learned a little, with good parameters at hand.
fn learned() -> Page {
    let mut page = Page::with_mnist("batch=10");
    page.until(|app| app.trainer().steps() >= 60 && app.figures().test_mse.is_some());
    page
}

fn diverged() -> Page {
    let mut page = learned();
    page.set(Field::LearningRate, "1000");
    page.until(|app| app.state() == State::Diverged);
    page
}

#[test]
fn an_absurd_learning_rate_is_caught() {
    let mut page = diverged();
    assert!(page.notice().contains(&format!("step {}", page.step())), "{}", page.notice());
    assert!(page.notice().contains("1000"));
    assert_eq!(page.app.notice().unwrap().action, Some(Action::Recover));
    let (step, parameters) = (page.step(), page.parameters());
    for msg in [Msg::Step, Msg::TogglePlay, Msg::TogglePlay] {
        page.send(msg);
        page.frames(3);
    }
    assert_eq!((page.step(), page.parameters(), page.app.state()), (step, parameters, State::Diverged));
}

#[test]
fn the_way_back_leads_to_the_last_good_parameters() {
    let mut page = diverged();
    let (step, error) = (page.step(), page.app.figures().test_mse.unwrap());
    page.send(Msg::Act);
    assert_eq!((page.app.state(), page.app.settings().config.learning_rate), (State::Training, 100.0));
    assert!(page.app.take_address().unwrap().contains("lr=100&"));
    page.set(Field::LearningRate, "0.001");
    page.frame();
    assert_eq!((page.step(), page.notice()), (step + 1, ""));
    let mse = page.app.figures().train_mse.unwrap();
    assert!(mse < 2.0 * error, "{mse} after {error}");
}

#[test]
fn repeated_recoveries_end_in_training() {
    let mut page = diverged();
    let mut recoveries = 0;
    while page.app.state() == State::Diverged {
        page.send(Msg::Act);
        recoveries += 1;
        page.frames(100);
    }
    assert!((1..=6).contains(&recoveries), "{recoveries}");
    assert_eq!(page.app.state(), State::Training);
    assert!(page.app.figures().train_mse.unwrap().is_finite());
}

#[test]
fn parameters_worse_than_a_blank_page_are_not_good() {
    for rate in ["1", "3", "10"] {
        // The test digits come when the run has already gone far up, but not beyond all bounds.
        let mut page = Page::open(&format!("batch=10&lr={rate}&optimizer=adam"), true);
        page.budget = 0.0;
        let ticket = page.app.take_download().unwrap();
        page.send(Msg::MnistChunk(ticket, MnistFile::TrainImages, images(1_200)));
        page.until(|app| app.trainer().steps() > 0);
        let fresh = page.app.good.clone();
        page.send(Msg::MnistChunk(ticket, MnistFile::TestImages, images(60)));
        page.until(|app| app.figures().test_mse.is_some() || app.state() == State::Diverged);
        if page.app.figures().test_mse.is_some_and(|mse| mse > 1.25) {
            assert!(page.app.good == fresh, "{rate}: {:?}", page.app.figures().test_mse);
            return;
        }
    }
    panic!("no rate was bad enough to show it");
}

#[test]
fn the_way_back_outlasts_other_sentences() {
    let mut page = diverged();
    page.set(Field::BatchSize, "0");
    assert!(page.notice().contains("Batch size"));
    page.send(Msg::Dismiss);
    page.send(Msg::Dismiss);
    assert_eq!(page.app.notice().and_then(|notice| notice.action), Some(Action::Recover));
    page.send(Msg::Act);
    assert_eq!(page.app.state(), State::Training);
}

#[test]
fn a_reset_leaves_divergence_behind() {
    let mut page = diverged();
    page.send(Msg::Reset);
    assert_eq!((page.app.state(), page.step(), page.notice()), (State::Training, 0, ""));
    page.until(|app| app.state() == State::Diverged);
    page.set(Field::Seed, "3");
    assert_eq!((page.app.state(), page.notice()), (State::Training, ""));
}

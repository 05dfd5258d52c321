//! What a frame does with its time, and what it says has changed.

use super::*;

#[test]
fn a_frame_makes_one_step_at_least_and_then_keeps_to_its_budget() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(5);
    assert_eq!(page.step(), 5);
    (page.budget, page.tick) = (10.0, 1.0);
    let (time, step) = (page.time, page.step());
    page.frame();
    let spent = page.time - time - 16.0;
    assert!((10.0..13.0).contains(&spent), "{spent} ms");
    assert!((7..=10).contains(&(page.step() - step)), "{} steps", page.step() - step);
}

#[test]
fn arrival_takes_its_share_of_training_and_all_of_a_pause() {
    let mut page = Page::open("batch=1", false);
    page.until(|app| app.state() == State::Training);
    (page.budget, page.tick) = (100.0, 1.0);
    let images = |page: &Page| page.app.train.len() + page.app.test.len();
    let (before, step) = (images(&page), page.step());
    page.frame();
    let training = images(&page) - before;
    assert!(page.step() - step > 60, "{} steps", page.step() - step);
    page.send(Msg::TogglePlay);
    page.frame();
    let paused = images(&page) - before - training;
    assert!(training > 0 && paused > 3 * training, "{training} images while training, {paused} in a pause");
}

#[test]
fn at_rest_nothing_is_drawn() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(20);
    page.send(Msg::TogglePlay);
    page.frames(600);
    let drawn: Vec<_> = (0..20).map(|_| page.frame()).filter(|dirty| *dirty != Dirty::default()).collect();
    assert_eq!(drawn, []);

    page.send(Msg::PointAt(Some([0.1, 0.1])));
    assert_eq!(page.frame(), Dirty { plane: true, decoded: true, ..Dirty::default() });
    assert_eq!(page.frame(), Dirty::default());
    page.set(Field::LearningRate, "0.5");
    assert!(page.frame().controls);
}

#[test]
fn a_single_step_is_seen_at_once() {
    let mut page = Page::with_mnist("batch=10");
    page.send(Msg::TogglePlay);
    for _ in 0..10 {
        page.frames(3);
        page.send(Msg::Step);
        let dirty = page.frame();
        assert!(dirty.figures && dirty.reconstructions && dirty.loss && dirty.decoded && dirty.plane);
    }
}

#[test]
fn chunks_alone_change_nothing_to_be_seen() {
    let mut page = Page::with_mnist("batch=10");
    page.send(Msg::TogglePlay);
    page.frames(600);
    page.send(Msg::MnistChunk(99, MnistFile::TestLabels, vec![0; 100]));
    page.send(Msg::OwnChunk(99, 0, vec![0; 100]));
    assert_eq!(page.frame(), Dirty::default());
}

#[test]
fn a_hidden_tab_pauses_and_says_so_on_return() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(60);
    let rate = page.app.figures().steps_per_second.expect("a second is enough to measure it");
    assert!((30.0..70.0).contains(&rate), "one step in 16 ms or a little more, and {rate} in a second");
    page.send(Msg::Hidden);
    assert_eq!((page.app.state(), page.app.figures().steps_per_second), (State::Paused, None));
    page.frames(3);
    assert_eq!(page.step(), 60);
    page.time += 600_000.0;
    page.send(Msg::Shown(600_000.0));
    assert!(page.notice().contains("10 min 0 s"), "{}", page.notice());
    page.frames(60);
    let after = page.app.figures().steps_per_second.unwrap();
    assert!((0.9..1.1).contains(&(after / rate)), "{after} after {rate}");
}

#[test]
fn the_return_to_a_paused_page_says_nothing() {
    let mut page = Page::with_mnist("batch=10");
    page.send(Msg::TogglePlay);
    page.send(Msg::Hidden);
    page.send(Msg::Shown(5_000.0));
    assert_eq!((page.notice(), page.app.state()), ("", State::Paused));
}

#[test]
fn the_test_error_is_measured_while_training_goes_on() {
    let mut page = Page::with_mnist("batch=10");
    page.frame();
    assert!(page.app.figures().test_mse.is_some());
    page.frames(100);
    let (first, last) =
        (page.app.history().test.iter().next().unwrap(), page.app.figures().test_mse.unwrap());
    assert!(last < first.1, "{last} after {}", first.1);
}

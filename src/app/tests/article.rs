//! The sentences of *How it works*, and the experiments of its buttons.

use super::*;
use crate::nn::Method;
use crate::train::setting::Setting;

fn set_up(page: &mut Page, fragment: &str) {
    page.send(Msg::StartExperiment("An experiment".to_owned(), fragment.to_owned()));
}

#[test]
fn sentences_show_the_values_of_the_run() {
    let mut page = Page::with_mnist("batch=10&seed=3");
    let text = |page: &mut Page, name| article_text(&page.app, name).unwrap_or_default();
    assert_eq!(article_text(&page.app, "train"), None, "nothing is known yet");
    page.budget = 8.0;
    page.until(|app| app.figures().step > 60 && app.figures().test_mse.is_some());
    page.send(PlaybackMsg::TogglePlay);
    page.frames(60);
    let figures = page.app.figures();
    assert_eq!(text(&mut page, "step"), figures.step.to_string());
    assert_eq!(text(&mut page, "test"), format!("{:.4}", figures.test_mse.unwrap()));
    for (name, expected) in [("bits", "64"), ("part", "98"), ("code", "just two numbers"), ("batch", "10")] {
        assert_eq!(text(&mut page, name), expected);
    }
    assert_eq!(
        (text(&mut page, "parameters"), text(&mut page, "decoder")),
        ("84,586".to_owned(), "42,684".to_owned())
    );
    let mean: f32 = text(&mut page, "mean").parse().unwrap();
    assert!(mean > 0.01 && mean < 0.2);
    page.send(PlaneMsg::PointAt(Some([0.5, 0.5])));
    let sentence = selection_sentence(&page.app);
    assert!(
        sentence.contains("the decoder drew its picture from (") && sentence.contains("nearest"),
        "{sentence}"
    );
    page.send(PlaneMsg::PointAt(None));
    page.send(PlaneMsg::Pick { at: [0.5, 0.5], reach: 2.0 });
    let sentence = selection_sentence(&page.app);
    let (_, label, output) = page.app.outputs().selected().unwrap();
    assert_eq!(output.len(), 784);
    assert!(
        sentence.starts_with(&format!("This {} became (", label.unwrap()))
            && sentence.contains("the only two numbers the decoder gets, and came back with an error of 0."),
        "{sentence}"
    );
    page.send(RunsMsg::Seek(20));
    let sentence = selection_sentence(&page.app);
    let step = page.app.shown_step();
    assert!(sentence.starts_with(&format!("At step {step}, this {} became (", label.unwrap())), "{sentence}");
    page.set(Setting::Network, "784 20t 5 20t 784");
    assert_eq!(
        (text(&mut page, "bits"), text(&mut page, "code")),
        ("160".to_owned(), "5 numbers".to_owned())
    );
    assert_eq!(article_text(&page.app, "nonsense"), None);
}

#[test]
fn an_experiment_starts_a_new_run_and_undo_restores_the_old_one() {
    let mut page = Page::with_mnist("preset=blog&seed=5&batch=10");
    page.frames(30);
    page.send(PlaybackMsg::TogglePlay);
    let before = (page.app.settings().clone(), page.app.figures().step);
    set_up(&mut page, "preset=modern&train-images=10");
    let settings = page.app.settings();
    assert_eq!((settings.config.train_images, settings.config.seed), (Some(10), 5), "the seed stays");
    assert_eq!(page.app.state(), State::Training, "and it runs");
    assert!(page.notice().contains("a new run has begun"), "{}", page.notice());
    assert!(page.url.as_ref().unwrap().contains("train-images=10"));
    page.frames(10);
    let epoch = page.app.figures().epoch;
    assert!((epoch - page.app.figures().examples as f64 / 10.0).abs() < 1e-9, "{epoch} epochs of ten digits");
    page.send(RunsMsg::Back);
    assert_eq!((page.app.settings().clone(), page.app.figures().step), before);
}

#[test]
fn too_high_a_rate_diverges_with_every_method_and_the_run_before_is_in_the_list() {
    for method in Method::ALL {
        let mut page = Page::with_mnist("batch=10");
        page.set(Setting::Optimizer, method.name());
        page.frames(30);
        let step = page.app.figures().step;
        let rate = page.app.settings().config.learning_rate;
        set_up(&mut page, "lr=1000");
        assert_eq!(page.app.settings().config.learning_rate, 1000.0);
        assert!(page.app.figures().step >= step, "it continues from this run");
        page.until_diverged();
        page.send(RunsMsg::Back);
        assert_eq!(page.app.settings().config.learning_rate, rate, "{method:?}");
        assert!(page.app.figures().step >= step && page.app.state() != State::Diverged);
    }
}

#[test]
fn ten_digits_are_overfitted_without_a_warning() {
    let mut page = Page::with_mnist("");
    set_up(&mut page, "preset=modern&train-images=10&lr=0.01");
    page.budget = 8.0;
    page.until(|app| app.figures().step > 3_000);
    let figures = page.app.figures();
    let (train, test) = (figures.train_mse.unwrap(), figures.test_mse.unwrap());
    assert!(train < 0.35 * test, "{train} on ten digits, {test} on others");
    assert!(page.app.run().problem().is_none());
}

#[test]
fn what_an_experiment_says_of_the_rate_goes_with_the_rate() {
    let mut page = Page::with_mnist("batch=10");
    page.until(|app| app.run().trainer().steps() > 100 && app.figures().test_mse.is_some());
    set_up(&mut page, "lr=1000");
    assert_eq!(page.notice(), "An experiment: the learning rate is 1000 now.");
    page.until_diverged();
    assert_eq!(page.action(), Some(Action::Recover));
    page.send(NoticeMsg::Act);
    assert_eq!(page.notice(), "", "the rate is another one now");
}

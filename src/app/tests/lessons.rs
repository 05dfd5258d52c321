//! Lessons and the tour.

use super::*;
use crate::nn::Method;
use crate::train::setting::Setting;
use crate::view::plot::group_digits;

fn open(page: &mut Page, lesson: Lesson) {
    page.send(LessonMsg::Open(lesson));
}

/// Returns the lesson's text: the question, what to look at, or the answer.
fn text(page: &Page) -> String {
    page.app.lessons().text().unwrap_or_default().1
}

#[test]
fn a_lesson_asks_and_the_run_answers_after_the_user() {
    let mut page = Page::with_mnist("batch=10");
    page.budget = 8.0;
    page.frames(30);
    open(&mut page, Lesson::BreakIt);
    assert!(page.url.as_ref().unwrap().starts_with("lesson=break&"), "{:?}", page.url);
    assert!(text(&page).contains("How many steps"), "{}", text(&page));
    page.until_diverged();
    page.frames(20);
    assert!(text(&page).contains("How many steps"), "the answer waits for the user: {}", text(&page));
    page.send(LessonMsg::Choose(1));
    let diverged = page.app.run().diverged_at().unwrap();
    let answer = text(&page);
    assert!(
        answer.starts_with("Not quite. It survived ")
            && answer.contains(&format!("at step {} ", group_digits(diverged))),
        "{answer}"
    );
    page.send(LessonMsg::Choose(0));
    assert_eq!(text(&page), answer, "the first choice counts");

    page.send(NoticeMsg::Act);
    assert_eq!(page.app.lessons().text(), None, "a changed setting leaves the lesson");
    assert!(!page.url.as_ref().unwrap().contains("lesson="));
}

#[test]
fn the_answer_has_the_numbers_of_the_run() {
    let mut page = Page::with_mnist("lesson=overfit&lr=0.01");
    page.budget = 8.0;
    assert_eq!(page.app.settings().config.train_images, Some(10));
    page.send(LessonMsg::Choose(1));
    assert!(text(&page).starts_with("Look at the two curves"));
    page.until(|app| app.lessons().open.as_ref().unwrap().answer.is_some());
    let tests: Vec<_> = page.app.run().curve().history().test.iter().collect();
    let &(step, least) = tests.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let answer = text(&page);
    assert!(
        answer.starts_with("Right. The test error fell to ")
            && answer.contains(&format!("{least:.3} by step {}", group_digits(step))),
        "{answer}"
    );
    assert_eq!(page.app.inspect().reconstructions.training(), 10, "the ten digits stand beside the others");
    assert_eq!(page.app.lessons().highlighted_ids(), ["loss", "reconstructions"]);
}

#[test]
fn an_address_opens_a_lesson_and_an_unknown_one_is_refused() {
    for lesson in Lesson::ALL {
        let key = lesson.script().key;
        let page = Page::with_mnist(&format!("lesson={key}"));
        assert_eq!(page.app.lessons().open.as_ref().map(|open| open.lesson), Some(lesson), "{key}");
        let again = page.app.settings().clone().with_fragment(lesson.script().setup);
        assert_eq!(again, (page.app.settings().clone(), vec![]), "{key}");
        assert!(lesson.script().choices.len() >= 2 && !lesson.script().highlighted_ids.is_empty());
    }
    let page = Page::with_mnist("lesson=flying&seed=4");
    assert!(
        page.notice().starts_with("There is no lesson “flying”: the lessons are break, overfit"),
        "{}",
        page.notice()
    );
    assert_eq!((page.app.settings().config.seed, page.app.lessons().text()), (4, None));
}

#[test]
fn the_tour_goes_on_when_the_user_has_done_what_it_asks() {
    let mut page = Page::with_mnist("batch=10");
    page.until(|app| app.plane().cloud().points.len() == 60 && app.run().trainer().steps() > 40);
    page.send(LessonMsg::TakeTour);
    let stop = |page: &Page| page.app.lessons().tour.and_then(|tour| tour.stop);
    let mut stops = vec![stop(&page)];
    let code = page.app.settings().config.spec.code;
    for deed in [
        &(|page: &mut Page| page.send(PlaneMsg::PinDigit(3))) as &dyn Fn(&mut Page),
        &|page| page.send(InspectMsg::Toggle(code)),
        &|page| page.send(InspectMsg::Toggle(page.app.settings().config.spec.layers.len() - 1)),
        &|page| {
            for place in 0..20_i16 {
                page.send(PlaneMsg::PointAt(Some([0.04 * f32::from(place), 0.5])));
                page.frame();
            }
        },
        &|page| {
            page.set(Setting::LearningRate, "1000");
            page.until_diverged();
            assert!(page.app.lessons().text().unwrap().1.contains("press Restore"));
            page.send(NoticeMsg::Act);
        },
        &|page| page.send(RunsMsg::Seek(1)),
    ] {
        page.frames(3);
        assert_eq!(stop(&page), *stops.last().unwrap(), "it waits");
        deed(&mut page);
        page.frames(3);
        stops.push(stop(&page));
    }
    let expected: Vec<_> = Stop::ALL.into_iter().map(Some).chain([None]).collect();
    assert_eq!(stops, expected);
    assert!(page.app.lessons().tour.is_some(), "it says that this is all");
    page.send(LessonMsg::Close);
    assert_eq!(page.app.lessons().text(), None);
}

#[test]
fn a_lesson_starts_a_new_run_and_the_one_before_is_in_the_list() {
    let mut page = Page::with_mnist("preset=blog&seed=5&batch=10");
    page.frames(30);
    page.send(PlaybackMsg::TogglePlay);
    let before = (page.app.settings().clone(), page.app.figures().step);
    open(&mut page, Lesson::Overfit);
    let settings = page.app.settings();
    assert_eq!((settings.config.train_images, settings.config.seed), (Some(10), 5), "the seed stays");
    assert_eq!(page.app.state(), State::Training, "and it runs");
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
        open(&mut page, Lesson::BreakIt);
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
    let mut page = Page::with_mnist("preset=modern&train-images=10&lr=0.01");
    page.budget = 8.0;
    page.until(|app| app.figures().step > 3_000);
    let figures = page.app.figures();
    let (train, test) = (figures.train_mse.unwrap(), figures.test_mse.unwrap());
    assert!(train < 0.35 * test, "{train} on ten digits, {test} on others");
    assert!(page.app.run().problem().is_none());
}

#[test]
fn a_class_that_is_left_out_is_not_trained_on_and_is_detected_by_its_errors() {
    let mut page = Page::with_mnist("lesson=leave-one-out&batch=10");
    assert_eq!(page.app.settings().config.leave_out, Some(0));
    page.budget = 8.0;
    page.until(|app| app.run().trainer().steps() > 300);
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| Anomaly::of(app).is_some() && app.is_idle());
    let found = Anomaly::of(&page.app).unwrap();
    let labels = page.app.plane().cloud().classes.to_vec();
    let zeros = labels.iter().filter(|label| **label == Some(0)).count();
    assert_eq!((found.class, found.left_out.len(), found.others.len()), (0, zeros, labels.len() - zeros));
    let first = found.detected();
    page.send(InspectMsg::Threshold(0.0));
    assert_eq!(Anomaly::of(&page.app).unwrap().detected(), (1.0, 1.0), "above no error are all");
    assert!(first.1 <= 0.06, "the first threshold lets nearly all others pass: {first:?}");
    page.set(Setting::LeaveOut, "none");
    assert!(Anomaly::of(&page.app).is_none() && page.app.lessons().text().is_none());
    page.set(Setting::LeaveOut, "seven");
    assert_eq!(page.notice(), "Leave out must be none, or a class such as 7, got “seven”.");
}

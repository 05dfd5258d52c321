//! Kept curves, and references to compare a run with.

use super::*;

#[test]
fn a_kept_curve_outlasts_its_run_and_is_named_by_what_differs() {
    let mut page = Page::with_mnist("batch=10&seed=5");
    page.until(|app| app.run().trainer().steps() >= 200 && app.figures().test_mse.is_some());
    page.send(RunsMsg::KeepCurve);
    let names = |page: &Page| {
        page.app.runs().ghosts().iter().map(|ghost| page.app.ghost_name(ghost)).collect::<Vec<_>>()
    };
    assert_eq!(names(&page), ["same settings"]);
    page.set(Setting::Seed, "6");
    assert_eq!(names(&page), ["seed 5"]);
    page.set(Setting::LearningRate, "0.01");
    assert_eq!(names(&page), ["lr 0.003, seed 5"]);
    page.send(RunsMsg::KeepCurve);
    assert_eq!(names(&page).len(), 1, "a run without a curve has none to keep");
    page.set(Field::Preset, "blog");
    page.frames(60);
    page.send(RunsMsg::KeepCurve);
    assert_eq!(names(&page).len(), 2);
    page.send(RunsMsg::Undo);
    assert_eq!(names(&page).len(), 2, "kept curves belong to no run");
    let number = page.app.runs().ghosts().iter().next().unwrap().number;
    page.send(RunsMsg::DropCurve(number));
    assert_eq!(names(&page).len(), 1);
}

#[test]
fn the_linear_code_is_computed_once_all_images_are_here_and_has_the_width_of_the_code() {
    let mut page = Page::with_mnist("batch=10");
    let names = |page: &Page| page.app.references().map(|(name, _)| name).collect::<Vec<_>>();
    page.frames(50);
    assert_eq!(names(&page), ["mean digit"], "it does not hold up the first steps");
    page.send(PlaybackMsg::TogglePlay);
    page.tick = 0.01;
    page.until(|app| app.references().count() == 2);
    let error = |page: &Page| page.app.references().last().unwrap().1;
    let two = error(&page);
    assert!(two < page.app.references().next().unwrap().1);
    page.set(Setting::Network, "784 9t 8 9t 784");
    assert_eq!(names(&page), ["mean digit"]);
    page.until(|app| app.references().count() == 2);
    assert!(error(&page) < two);
    let before = page.app.references_version();
    page.frames(50);
    assert_eq!(page.app.references_version(), before);
    page.set(Field::Dataset, "strokes");
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Synthetic);
    assert_eq!(names(&page), [""; 0], "other images, other references");
}

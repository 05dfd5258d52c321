//! References to compare a run with.

use super::*;

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

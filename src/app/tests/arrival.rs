//! Images that arrive: drawn, or downloaded.

use super::*;

#[test]
fn without_mnist_digits_are_drawn_and_training_begins_by_itself() {
    let mut page = Page::open("batch=50", false);
    assert_eq!((page.app.state(), page.app.take_download()), (State::Loading, None));
    assert_eq!(page.app.progress(), Some(0.0));
    page.until(|app| app.trainer().steps() > 0);
    assert_eq!((page.app.state(), page.app.using()), (State::Training, DatasetChoice::Strokes));
    let images = page.app.figures().images;
    assert!((1_000..1_100).contains(&images), "the first thousand suffice, and {images} are here");
    assert!((0.01..0.1).contains(&page.app.progress().unwrap()));
}

#[test]
fn everything_is_drawn_in_the_end() {
    let mut page = Page::open("", false);
    page.send(Msg::TogglePlay);
    (page.tick, page.budget) = (0.01, 8.0);
    page.until(|app| app.progress().is_none());
    assert_eq!((page.app.figures().images, page.app.test.len()), (strokes::TRAIN, strokes::TEST));
    assert_eq!((page.app.state(), page.step()), (State::Paused, 0));
}

#[test]
fn training_waits_for_its_images_and_goes_on() {
    let mut page = Page::open("batch=50", true);
    let ticket = page.app.take_download().unwrap();
    let bytes = images(1_500);
    let (first, rest) = bytes.split_at(16 + 1_000 * PIXELS);
    page.send(Msg::MnistChunk(ticket, MnistFile::TrainImages, first.to_vec()));
    page.frames(300);
    assert_eq!((page.app.state(), page.step()), (State::Training, 40), "two passes of the first thousand");
    let rate = page.app.figures().steps_per_second;
    assert!(rate.is_none_or(|rate| rate > 0.0), "waiting counted as training: {rate:?} steps/s");
    page.send(Msg::MnistChunk(ticket, MnistFile::TrainImages, rest.to_vec()));
    page.until(|app| app.trainer().steps() > 60);
}

#[test]
fn nothing_stalls_without_a_budget() {
    let mut page = Page::open("batch=10", false);
    page.budget = 0.0;
    page.until(|app| app.trainer().steps() >= 210);
    assert!(page.app.figures().images >= 2_000, "the second pool was needed");
}

#[test]
fn mnist_is_asked_for_once_and_trained_on() {
    let mut page = Page::open("batch=20", true);
    assert_eq!(page.app.state(), State::Loading);
    page.download(1_200, 60, 60);
    assert_eq!(page.app.take_download(), None);
    page.until(|app| app.trainer().steps() > 0 && app.progress().is_none());
    assert_eq!((page.app.using(), page.app.figures().images), (DatasetChoice::Mnist, 1_200));
    page.until(|app| app.figures().test_mse.is_some());
    assert_eq!(page.app.plane().classes()[13], Some(3));
    assert_eq!(page.notice(), "");
}

#[test]
fn a_bad_download_falls_back_on_strokes_and_says_so() {
    let mut truncated = images(1_200);
    truncated.truncate(700_000);
    for (bytes, sentence) in [
        (truncated, "cut off"),
        (b"<html>not found</html>".to_vec(), "web page"),
        (Vec::new(), "empty"),
        (labels_of(100), "labels"),
    ] {
        let mut page = Page::open("dataset=mnist", true);
        let ticket = page.app.take_download().unwrap();
        page.send(Msg::MnistChunk(ticket, MnistFile::TrainImages, bytes));
        page.send(Msg::MnistEnd(ticket, MnistFile::TrainImages));
        page.until(|app| app.using() == DatasetChoice::Strokes);
        assert!(page.notice().contains(sentence), "{}", page.notice());
        assert!(page.notice().ends_with("The built-in digits are used instead."), "{}", page.notice());
        assert_eq!((page.app.take_download(), page.app.settings().dataset), (None, None));
        assert!(!page.app.offers(DatasetChoice::Mnist));
        // What still arrives of the download that was given up is passed over.
        page.send(Msg::MnistChunk(ticket, MnistFile::TestImages, b"nonsense".to_vec()));
        page.send(Msg::MnistFailed(ticket, MnistFile::TestImages, "offline".into()));
        page.until(|app| app.trainer().steps() > 0);
        assert_eq!(page.app.using(), DatasetChoice::Strokes);
    }
}

#[test]
fn a_failed_download_and_labels_that_disagree_fall_back_too() {
    let mut page = Page::open("", true);
    let ticket = page.app.take_download().unwrap();
    page.send(Msg::MnistFailed(ticket + 1, MnistFile::TestLabels, "not mine".into()));
    assert_eq!(page.app.using(), DatasetChoice::Mnist);
    page.send(Msg::MnistFailed(ticket, MnistFile::TestLabels, "HTTP 404".into()));
    assert_eq!(page.app.using(), DatasetChoice::Strokes);
    assert!(page.notice().contains("t10k-labels") && page.notice().contains("HTTP 404"));

    let mut page = Page::open("batch=10", true);
    page.download(1_200, 60, 59);
    page.until(|app| app.using() == DatasetChoice::Strokes);
    assert!(page.notice().contains("do not belong together"), "{}", page.notice());
}

#[test]
fn a_download_that_is_no_longer_wanted_is_not_begun() {
    let mut page = Page::open("", true);
    page.set(Field::Dataset, "strokes");
    assert_eq!((page.app.take_download(), page.app.using()), (None, DatasetChoice::Strokes));
    page.set(Field::Dataset, "mnist");
    assert!(page.app.take_download().is_some());
}

#[test]
fn a_dataset_that_is_not_there_is_refused_at_opening() {
    for (fragment, part) in
        [("dataset=mnist", "MNIST is not served"), ("dataset=own", "no files of your own")]
    {
        let page = Page::open(fragment, false);
        assert_eq!((page.app.using(), page.app.settings().dataset), (DatasetChoice::Strokes, None));
        assert!(page.notice().contains(part), "{}", page.notice());
    }
}

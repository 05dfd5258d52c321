//! Images that are drawn or downloaded.

use super::*;

#[test]
fn without_mnist_training_starts_on_synthetic_digits() {
    let mut page = Page::open("batch=50", false);
    assert_eq!((page.app.state(), page.downloads.len()), (State::Loading, 0));
    assert_eq!(page.app.dataset().progress(), Some(0.0));
    page.until(|app| app.run().trainer().steps() > 0);
    assert_eq!((page.app.state(), page.dataset()), (State::Training, DatasetChoice::Synthetic));
    let images = page.app.figures().images;
    assert!((100..500).contains(&images), "the first hundred suffice, and {images} are here");
    assert!((0.001..0.01).contains(&page.app.dataset().progress().unwrap()));
}

#[test]
fn all_synthetic_digits_are_drawn() {
    let mut page = Page::open("", false);
    page.send(PlaybackMsg::TogglePlay);
    (page.tick, page.budget) = (0.01, 8.0);
    page.until(|app| app.dataset().progress().is_none());
    assert_eq!((page.app.figures().images, page.images().1), (synthetic::TRAIN_LEN, synthetic::TEST_LEN));
    assert_eq!((page.app.state(), page.step()), (State::Paused, 0));
}

#[test]
fn training_waits_for_its_images_and_continues() {
    let mut page = Page::open("batch=50", true);
    let ticket = page.downloads.pop().unwrap();
    let bytes = images(1_500);
    let (first, rest) = bytes.split_at(16 + 100 * PIXELS);
    page.send(DatasetMsg::MnistChunk(ticket, MnistFile::TrainImages, first.to_vec()));
    page.frames(300);
    assert_eq!((page.app.state(), page.step()), (State::Training, 4), "two passes of the first hundred");
    let rate = page.app.figures().steps_per_second;
    assert!(rate.is_none_or(|rate| rate > 0.0), "waiting counted as training: {rate:?} steps/s");
    page.send(DatasetMsg::MnistChunk(ticket, MnistFile::TrainImages, rest.to_vec()));
    page.until(|app| app.run().trainer().steps() > 60);
}

#[test]
fn on_a_slow_line_training_pauses_shortly_and_the_page_says_what_for() {
    let mut page = Page::open("batch=50&network=784-2-784", true);
    let ticket = page.downloads.pop().unwrap();
    let (mut longest, mut frames_since, mut waits) = (0, 0, 0);
    // 1.6 Mbit/s bring twenty images a frame.
    let bytes = images(7_000);
    for chunk in bytes.chunks(20 * PIXELS) {
        page.send(DatasetMsg::MnistChunk(ticket, MnistFile::TrainImages, chunk.to_vec()));
        let before = page.step();
        page.frames(1);
        frames_since = if page.step() > before { 0 } else { frames_since + 1 };
        longest = longest.max(frames_since);
        if page.app.is_waiting() {
            waits += 1;
            assert_eq!((page.app.state(), page.app.figures().steps_per_second), (State::Training, None));
        }
    }
    assert!(longest <= 45, "no step in {longest} frames");
    assert!(waits > 200, "the page says so in {waits} of 350 frames");
    page.send(DatasetMsg::MnistEnd(ticket, MnistFile::TrainImages));
    page.frames(60);
    assert!(!page.app.is_waiting() && page.app.figures().steps_per_second.is_some());
}

#[test]
fn a_run_gets_the_rest_of_its_images_while_another_dataset_is_pending() {
    let mut page = Page::open("dataset=strokes&batch=50", true);
    page.until(|app| app.run().trainer().steps() > 0);
    page.set(Field::Dataset, "mnist");
    page.until(|app| app.run().trainer().steps() > 150);
    assert_eq!(page.dataset(), DatasetChoice::Synthetic, "nothing of MNIST is here yet");
    assert!(page.app.figures().images >= 2_000, "later windows were needed");
}

#[test]
fn nothing_stalls_without_a_budget() {
    let mut page = Page::open("batch=10", false);
    page.budget = 0.0;
    page.until(|app| app.run().trainer().steps() >= 210);
    assert!(page.app.figures().images >= 800, "later windows were needed");
}

#[test]
fn mnist_is_downloaded_once_and_trained_on() {
    let mut page = Page::open("batch=20", true);
    assert_eq!(page.app.state(), State::Loading);
    page.download(1_200, 60, 60);
    assert!(page.downloads.is_empty());
    page.until(|app| app.run().trainer().steps() > 0 && app.dataset().progress().is_none());
    assert_eq!((page.dataset(), page.app.figures().images), (DatasetChoice::Mnist, 1_200));
    page.until(|app| app.figures().test_mse.is_some());
    assert_eq!(page.app.plane().cloud().classes[13], Some(3));
    assert_eq!(page.notice(), "");
}

/// Downloads a damaged file of training images on a page without any.
fn with_damaged_mnist(bytes: Vec<u8>) -> (Page, Ticket) {
    let mut page = Page::open("dataset=mnist&batch=10", true);
    let ticket = page.downloads.pop().unwrap();
    page.send(DatasetMsg::MnistChunk(ticket, MnistFile::TrainImages, bytes));
    page.send(DatasetMsg::MnistEnd(ticket, MnistFile::TrainImages));
    page.until(|app| app.dataset().failure().is_some());
    (page, ticket)
}

#[test]
fn a_download_that_fails_early_falls_back_to_synthetic_digits_and_can_be_retried() {
    let mut truncated = images(1_200);
    truncated.truncate(700_000);
    for (bytes, sentence) in [
        (truncated, "cut"),
        (b"<html>not found</html>".to_vec(), "header is damaged"),
        (Vec::new(), "header is damaged or cut off"),
        (labels_of(100), "its shape is [100]"),
    ] {
        let (mut page, ticket) = with_damaged_mnist(bytes);
        assert!(page.notice().contains(sentence), "{}", page.notice());
        assert_eq!(page.action(), Some(Action::Retry));
        assert!(page.app.dataset().is_available(DatasetChoice::Mnist), "it can be chosen again");
        // Late chunks of the dropped download are ignored.
        page.send(DatasetMsg::MnistChunk(ticket, MnistFile::TestImages, b"nonsense".to_vec()));
        page.send(DatasetMsg::MnistFailed(ticket, MnistFile::TestImages, "offline".into()));
        assert!(page.notice().contains("built-in digits"), "{}", page.notice());
        page.until(|app| {
            app.dataset().current_choice() == DatasetChoice::Synthetic && app.run().trainer().steps() > 3
        });

        page.send(NoticeMsg::Act);
        assert_eq!((page.notice(), page.app.dataset().failure()), ("", None));
        page.download(1_200, 60, 60);
        page.until(|app| app.dataset().current_choice() == DatasetChoice::Mnist);
        assert!(page.app.runs().rows().any(|row| !row.is_running()), "the run on drawn digits is not lost");
    }
}

#[test]
fn a_download_that_fails_during_a_run_keeps_the_run_and_the_images() {
    let mut page = Page::open("batch=50", true);
    let ticket = page.downloads.pop().unwrap();
    let bytes = images(3_000);
    page.send(DatasetMsg::MnistChunk(ticket, MnistFile::TrainImages, bytes[..16 + 1_500 * PIXELS].to_vec()));
    page.frames(300);
    assert_eq!(
        (page.step(), page.dataset()),
        (60, DatasetChoice::Mnist),
        "two passes of 100, 200, 400 and 800"
    );
    let parameters = page.parameters();
    page.send(DatasetMsg::MnistFailed(ticket, MnistFile::TrainImages, "connection lost".into()));
    assert!(
        page.notice().contains("connection lost") && page.notice().contains("1,500"),
        "{}",
        page.notice()
    );
    assert_eq!((page.step(), page.parameters(), page.action()), (60, parameters, Some(Action::Retry)));
    page.until(|app| app.run().trainer().steps() > 200);
    assert_eq!(page.images().0, 1_500);

    // The complete dataset replaces the part, and the run continues.
    page.send(NoticeMsg::Act);
    let step = page.step();
    page.download(3_000, 60, 60);
    page.until(|app| app.dataset().pair().train.len() == 3_000);
    assert!(page.step() > step);
    page.until(|app| app.figures().test_mse.is_some());
    assert_eq!(page.labels().len(), 1, "it is the same run");
}

#[test]
fn a_wrong_number_of_labels_is_reported_and_the_digits_stay() {
    let mut page = Page::open("batch=10", true);
    page.download(1_200, 60, 59);
    page.until(|app| app.dataset().failure().is_some());
    assert!(page.notice().contains("59") && page.notice().contains("60"), "{}", page.notice());
    page.until(|app| app.run().trainer().steps() > 3);
    assert_eq!(
        (page.dataset(), page.images(), page.app.dataset().pair().test.label(3)),
        (DatasetChoice::Mnist, (1_200, 60), None)
    );
}

#[test]
fn failures_of_outdated_downloads_are_ignored() {
    let mut page = Page::open("", true);
    let ticket = page.downloads.pop().unwrap();
    page.send(DatasetMsg::MnistFailed(ticket + 1, MnistFile::TestLabels, "not mine".into()));
    assert_eq!((page.app.dataset().chosen(), page.notice()), (DatasetChoice::Mnist, ""));
    page.send(DatasetMsg::MnistFailed(ticket, MnistFile::TestLabels, "HTTP 404".into()));
    assert_eq!(page.app.dataset().chosen(), DatasetChoice::Synthetic);
    assert!(page.notice().contains("t10k-labels") && page.notice().contains("HTTP 404"));
}

#[test]
fn another_dataset_loads_in_the_background_while_the_run_continues() {
    let mut page = Page::open("batch=10", true);
    page.set(Field::Dataset, "strokes");
    page.until(|app| app.run().trainer().steps() > 20);
    page.set(Field::Dataset, "mnist");
    page.budget = 0.0;
    let step = page.step();
    page.frames(20);
    assert!(page.step() > step && page.dataset() == DatasetChoice::Synthetic);
    assert_eq!(page.app.dataset().chosen(), DatasetChoice::Mnist);
    page.download(1_200, 60, 60);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Mnist);
    assert!(page.step() < 20);
    page.send(RunsMsg::Back);
    assert!(page.step() > step);
    page.until(|app| app.state() == State::Training);
    assert_eq!(page.dataset(), DatasetChoice::Synthetic);
}

#[test]
fn an_unavailable_dataset_is_refused_on_opening() {
    for (fragment, part) in
        [("dataset=mnist", "MNIST is not served"), ("dataset=own", "no files of your own")]
    {
        let mut page = Page::open(fragment, false);
        assert!(page.notice().contains(part), "{}", page.notice());
        page.until(|app| app.run().trainer().steps() > 0);
        assert_eq!((page.dataset(), page.app.settings().dataset), (DatasetChoice::Synthetic, None));
    }
}

#[test]
fn a_dataset_chosen_before_mnist_is_known_to_be_served_stays() {
    let mut page = Page::waiting("batch=10");
    page.frames(5);
    assert_eq!(page.app.state(), State::Loading);
    page.drop_files(1, &[images(70)]);
    page.until(|app| app.run().trainer().steps() > 3);
    page.send(DatasetMsg::Served(true));
    page.frames(5);
    assert_eq!((page.dataset(), page.downloads.len()), (DatasetChoice::Own, 0));

    let mut page = Page::waiting("dataset=strokes&batch=10");
    page.until(|app| app.run().trainer().steps() > 3);
    page.send(DatasetMsg::Served(true));
    page.frames(5);
    assert_eq!((page.dataset(), page.downloads.len()), (DatasetChoice::Synthetic, 0));
}

#[test]
fn another_dataset_is_chosen_by_the_url_where_it_is_served_and_its_classes_have_names() {
    let mut page = Page::waiting("batch=10&dataset=fashion-mnist");
    page.send(DatasetMsg::ServedBeside(DatasetChoice::FashionMnist));
    page.send(DatasetMsg::Served(true));
    assert_eq!(page.notice(), "");
    let ticket = page.downloads[0];
    assert_eq!(page.app.dataset().folder(ticket), "fashion-mnist");
    assert_eq!(MnistFile::TestImages.path("kmnist"), "data/kmnist/t10k-images-idx3-ubyte.gz");
    page.download(1_200, 60, 60);
    page.load_all();
    assert_eq!(page.dataset(), DatasetChoice::FashionMnist);
    assert_eq!(page.app.dataset().classes()[9], (9, "boot".to_owned()));
    page.frames(5);
    assert!(page.take_url().contains("dataset=fashion-mnist"), "{:?}", page.url);
    assert!(page.app.dataset().is_available(DatasetChoice::FashionMnist));

    page.set(Field::Dataset, "kmnist");
    assert_eq!(page.notice(), "KMNIST is not served with this page, so the dataset stays as it was.");
    assert_eq!(page.dataset(), DatasetChoice::FashionMnist);
    // A download that fails is tried again from its own folder.
    let mut page = Page::waiting("dataset=kmnist");
    page.send(DatasetMsg::ServedBeside(DatasetChoice::Kmnist));
    page.send(DatasetMsg::Served(true));
    let ticket = page.downloads.pop().unwrap();
    page.send(DatasetMsg::MnistFailed(ticket, MnistFile::TestImages, "404".into()));
    assert!(
        page.notice().starts_with("data/kmnist/t10k-images-idx3-ubyte.gz could not"),
        "{}",
        page.notice()
    );
    page.send(NoticeMsg::Act);
    let ticket = page.downloads.pop().unwrap();
    assert_eq!(page.app.dataset().folder(ticket), "kmnist");
}

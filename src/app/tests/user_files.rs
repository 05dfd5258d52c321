//! The user's files.

use super::*;

#[test]
fn valid_files_start_a_run() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(5);
    page.budget = 8.0;
    page.drop_files(1, &[labels_of(70), images(70)]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    assert!(page.notice().contains("60 images to train on and 10 to test"), "{}", page.notice());
    assert_eq!((page.app.figures().images, page.app.outputs().reconstruction_count()), (60, 10));
    page.until(|app| app.figures().test_mse.is_some());
    assert!(page.app.dataset().is_available(DatasetChoice::Own));

    // They stay available while another dataset is in use.
    page.set(Field::Dataset, "mnist");
    assert_eq!(page.downloads.len(), 1);
    page.download(1_200, 60, 60);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Mnist);
    page.set(Field::Dataset, "own");
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    assert_eq!((page.app.figures().images, page.app.state()), (60, State::Training));
}

#[test]
fn a_seventh_is_held_out_with_its_labels_in_any_order_of_files() {
    let mut pixels = [0; PIXELS];
    synthetic::draw(5, 63, &mut pixels);
    for files in [[images(70), labels_of(70)], [labels_of(70), images(70)]] {
        let mut page = Page::with_mnist("batch=10");
        page.drop_files(1, &files);
        page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
        assert_eq!(page.images(), (60, 10));
        assert_eq!(
            (page.app.dataset().pair().test.image(3), page.app.dataset().pair().test.label(3)),
            (pixels.as_slice(), Some(3))
        );
    }
    let mut page = Page::with_mnist("batch=10");
    page.drop_files(1, &[images(20)]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    assert_eq!((page.images(), page.app.dataset().pair().test.label(0)), ((18, 2), None));
}

#[test]
fn bad_files_are_reported_and_change_nothing() {
    let mut page = Page::with_mnist("batch=10");
    let mut undisturbed = Page::with_mnist("batch=10");
    let truncated = images(70)[..30_000].to_vec();
    for (ticket, (files, part)) in [
        (vec![truncated], "cut off"),
        (vec![b"\x89PNG and so on".to_vec()], "not an IDX file"),
        (vec![Vec::new()], "empty"),
        (vec![labels_of(70)], "without images"),
        (vec![images(70), labels_of(69)], "do not belong together"),
        (vec![images(19)], "got 19"),
        (vec![images(30), images(30)], "two files of images"),
    ]
    .into_iter()
    .enumerate()
    {
        page.send(NoticeMsg::Dismiss);
        page.drop_files(ticket as Ticket, &files);
        while page.app.dataset().is_reading() {
            page.frame();
        }
        assert!(page.notice().contains(part), "{}", page.notice());
        assert!(page.notice().ends_with("Nothing was changed."), "{}", page.notice());
    }
    undisturbed.until(|app| app.run().trainer().steps() == page.step());
    assert!(page.step() > 7);
    assert_eq!(page.parameters(), undisturbed.parameters());
    assert_eq!(page.app.settings(), undisturbed.app.settings());
}

#[test]
fn an_unreadable_file_is_reported_and_outdated_tickets_are_ignored() {
    let mut page = Page::with_mnist("batch=10");
    page.send(DatasetMsg::FilesChosen(7, vec!["a".into()]));
    page.send(DatasetMsg::FileFailed(6, "a".into(), "gone".into()));
    page.send(DatasetMsg::FileChunk(6, 0, b"nonsense".to_vec()));
    page.send(DatasetMsg::FileChunk(7, 3, b"a number that no file has".to_vec()));
    page.frame();
    assert_eq!(page.notice(), "");
    page.send(DatasetMsg::FileFailed(7, "a".into(), "gone".into()));
    assert!(page.notice().contains("gone"));
    page.send(DatasetMsg::FileEnd(7, 0));
    page.frames(3);
    assert_eq!(page.dataset(), DatasetChoice::Mnist);
}

#[test]
fn a_second_drop_replaces_the_first() {
    let mut page = Page::with_mnist("batch=10");
    page.drop_files(1, &[images(70)]);
    page.frame();
    page.drop_files(2, &[images(28)]);
    page.send(DatasetMsg::FileChunk(1, 0, b"of the first".to_vec()));
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    assert_eq!((page.app.figures().images, page.app.dataset().pair().test.len()), (24, 4));
}

#[test]
fn files_are_read_while_training_waits_for_images() {
    let mut page = Page::open("batch=50", true);
    let ticket = page.downloads.pop().unwrap();
    page.send(DatasetMsg::MnistChunk(
        ticket,
        MnistFile::TrainImages,
        images(1_500)[..1_100 * PIXELS].to_vec(),
    ));
    page.frames(200);
    assert_eq!(page.step(), 60);
    (page.budget, page.tick) = (20.0, 1.0);
    page.drop_files(1, &[images(150)]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    page.frame();
    assert!((1..30).contains(&page.step()));
}

#[test]
fn files_dropped_on_a_diverged_run_start_another() {
    let mut page = Page::with_mnist("batch=10&lr=1000");
    page.until_diverged();
    page.drop_files(1, &[images(70)]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    assert!(page.notice().contains("Your own files"), "{}", page.notice());
}

#[test]
fn pictures_are_trained_on_together() {
    let mut page = Page::with_mnist("batch=10");
    let names: Vec<_> = (0..28).map(|i| format!("digits/{i}.PNG")).collect();
    page.send(DatasetMsg::FilesChosen(3, names));
    let mut pixels = [0; PIXELS];
    for number in 0..28 {
        assert!(page.app.dataset().is_reading());
        synthetic::draw(5, number as u32, &mut pixels);
        page.send(DatasetMsg::FilePicture(3, number, Box::new(pixels)));
        page.frame();
    }
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    assert_eq!(page.images(), (24, 4));
    assert_eq!(page.app.dataset().pair().test.image(3), pixels);

    page.send(DatasetMsg::FilesChosen(4, vec!["a.png".into(), "digits".into()]));
    page.send(DatasetMsg::FilePicture(4, 0, Box::new(pixels)));
    page.send(DatasetMsg::FileChunk(4, 1, images(30)));
    page.send(DatasetMsg::FileEnd(4, 1));
    while page.app.dataset().is_reading() {
        page.frame();
    }
    assert!(page.notice().contains("pictures and a file of images"), "{}", page.notice());
}

#[test]
fn labels_can_be_letters() {
    let mut page = Page::with_mnist("batch=10");
    let mut labels = encode_header(Kind::Labels, 70);
    labels.extend((0..70).map(|i| b'A' + i % 26));
    page.drop_files(1, &[images(70), labels]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    assert_eq!(page.app.dataset().pair().test.label(0), Some(b'A' + 60 % 26));
    page.send(PlaneMsg::ToggleClass(b'A'));
    assert!(page.app.plane().hidden.contains(b'A'));
}

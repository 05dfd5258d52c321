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
    assert_eq!(page.app.figures().images, 60);
    page.until(|app| app.outputs().reconstructions().1.len() == 10 * PIXELS);
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
    let mut held_out = Vec::new();
    for files in [[images(70), labels_of(70)], [labels_of(70), images(70)]] {
        let mut page = Page::with_mnist("batch=10");
        page.drop_files(1, &files);
        page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
        assert_eq!(page.images(), (60, 10));
        let test = page.app.dataset().pair().test.clone();
        let mut pixels = [0; PIXELS];
        let is_labeled = |index: usize| {
            let digit = (0..70).find(|&digit| {
                synthetic::draw(5, digit, &mut pixels);
                pixels == test.image(index)
            });
            test.label(index).map(u32::from) == digit.map(|digit| digit % 10)
        };
        assert!((0..10).all(is_labeled));
        held_out.push(test);
    }
    assert_eq!(held_out[0], held_out[1]);
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
        (vec![b"some text and so on".to_vec()], "file-0 holds no images that can be read"),
        (vec![Vec::new()], "empty"),
        (vec![labels_of(70)], "without images"),
        (vec![images(70), labels_of(69)], "do not belong together"),
        (vec![images(30), images(31)], "two files of images"),
        // An empty folder.
        (vec![], "There are no files here"),
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

/// Answers the requests to decode pictures, whose files hold the index of a digit.
fn decode(page: &mut Page) {
    let mut pixels = [0; PIXELS];
    for (ticket, picture) in std::mem::take(&mut page.pictures) {
        let bytes = match &picture.file {
            PictureFile::Chosen(number) => &page.files[*number],
            PictureFile::Bytes(bytes) => bytes,
        };
        let images = bytes.first().filter(|byte| **byte < 200).map(|&byte| {
            synthetic::draw(5, u32::from(byte), &mut pixels);
            DecodedPicture { images: pixels.to_vec(), pixels: PIXELS }
        });
        page.send(DatasetMsg::PictureDecoded(ticket, picture.index, images));
    }
}

#[test]
fn pictures_are_decoded_several_at_a_time_and_trained_on_together() {
    let mut page = Page::with_mnist("batch=10");
    let names: Vec<_> = (0..142).map(|i| format!("digits/{}/{i}.PNG", i % 10)).collect();
    let mut files: Vec<_> = names.iter().map(String::as_str).zip((0..142).map(|i| vec![i])).collect();
    files[141].1 = vec![255];
    page.drop_named(3, &files);
    page.frames(400);
    assert_eq!(page.pictures.len(), 12, "they may be photographs");
    assert!(page.app.dataset().is_reading());
    decode(&mut page);
    assert_eq!(page.pictures.len(), 32, "they are small");
    while page.app.dataset().is_reading() {
        decode(&mut page);
        page.frame();
    }
    assert_eq!(page.images(), (121, 20));
    assert!(
        page.notice()
            .starts_with("141 pictures in 10 classes. 1 damaged, skipped: 1/141.PNG. Your own files: 121"),
        "{}",
        page.notice()
    );

    let pictures = [("a.png", vec![7]), ("digits", images(30))];
    page.drop_named(4, &pictures);
    while page.app.dataset().is_reading() {
        page.frame();
        decode(&mut page);
    }
    assert!(page.notice().contains("pictures and a file of images"), "{}", page.notice());
}

#[test]
fn reading_is_reported_and_can_be_cancelled() {
    let mut page = Page::with_mnist("batch=10");
    let mut undisturbed = Page::with_mnist("batch=10");
    let names: Vec<_> = (0..30).map(|i| format!("{i}.png")).collect();
    let files: Vec<_> = names.iter().map(String::as_str).zip((0..30).map(|i| vec![i])).collect();
    page.drop_named(1, &files);
    page.until(|app| app.notices().shown().is_some_and(|notice| notice.text.contains("12 of 30")));
    assert_eq!(
        (page.action(), page.notice()),
        (Some(Action::CancelFiles), "Reading your files: 12 of 30, 0 images so far.")
    );
    page.send(NoticeMsg::Act);
    assert!(!page.app.dataset().is_reading());
    decode(&mut page);
    page.frames(3);
    assert_eq!(page.dataset(), DatasetChoice::Mnist);
    assert!(page.notice().contains("cancelled"), "{}", page.notice());
    undisturbed.until(|app| app.run().trainer().steps() == page.step());
    assert_eq!(page.parameters(), undisturbed.parameters());
}

#[test]
fn a_few_images_are_looked_at_and_training_on_them_is_offered() {
    let mut page = Page::with_mnist("batch=10");
    page.drop_files(1, &[images(3)]);
    while page.app.dataset().is_reading() {
        page.frame();
    }
    assert_eq!((page.dataset(), page.action()), (DatasetChoice::Mnist, Some(Action::TrainOnFew)));
    let mut pixels = [0; PIXELS];
    synthetic::draw(5, 0, &mut pixels);
    page.until(|app| app.inspect().pad.result.is_some());
    assert_eq!(page.app.inspect().pad.digit.as_ref().unwrap().image(0), pixels);
    for number in [1, 2, 0] {
        page.send(NoticeMsg::ActOtherwise);
        let text = format!("Number {} of 3 is on the pad and the plane", number + 1);
        assert!(page.notice().contains(&text), "{}", page.notice());
        page.until(|app| app.inspect().pad.result.is_some() && app.plane().drawn_place().is_some());
        synthetic::draw(5, number, &mut pixels);
        assert_eq!(page.app.inspect().pad.digit.as_ref().unwrap().image(0), pixels);
        assert_eq!(page.app.plane().selection(), Selection::Drawn);
    }
    page.send(NoticeMsg::Act);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    assert_eq!(page.images(), (3, 3));
    assert!(page.notice().contains("the test error is that of the training images"), "{}", page.notice());
    page.until(|app| app.figures().test_mse.is_some());
}

#[test]
fn images_are_inverted_and_transposed_without_loading_them_again() {
    let mut page = Page::with_mnist("batch=10");
    page.drop_files(1, &[images(70)]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own && app.run().trainer().steps() > 5);
    let before = page.app.dataset().pair().clone();
    let inverted = Adjustment { invert: true, transpose: false };
    page.send(DatasetMsg::Adjust(inverted));
    let pair = page.app.dataset().pair();
    assert!(pair.train.image(3).iter().zip(before.train.image(3)).all(|(now, then)| *now == 255 - then));
    assert_ne!(pair.digest, before.digest);
    assert_eq!(page.step(), 0, "another run has begun");
    page.send(DatasetMsg::Adjust(Adjustment { transpose: true, ..inverted }));
    let image = page.app.dataset().pair().train.image(3);
    assert!((0..PIXELS).all(|at| image[at] == 255 - before.train.image(3)[at % 28 * 28 + at / 28]));
    page.send(DatasetMsg::Adjust(Adjustment::default()));
    assert_eq!(page.app.dataset().pair().train, before.train);
    assert_eq!(page.app.dataset().pair().digest, before.digest);
}

#[test]
fn labels_can_be_letters() {
    let mut page = Page::with_mnist("batch=10");
    let mut labels = encode_header(Kind::Labels, 70);
    labels.extend((0..70).map(|i| b'A' + i % 26));
    page.drop_files(1, &[images(70), labels]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own);
    let letters: Vec<_> = (b'A'..=b'Z').map(|letter| (letter, letter.to_string())).collect();
    assert_eq!(page.app.dataset().classes(), letters);
    page.send(PlaneMsg::ToggleClass(b'A'));
    assert!(page.app.plane().hidden.contains(b'A'));
}

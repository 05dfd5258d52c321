//! The runs that the browser stores.

use super::*;
use crate::files::{Format, RunHeader};

/// Opens a page that has trained for some steps, and has stored its run.
fn stored() -> Page {
    let mut page = Page::with_mnist("batch=10&seed=5");
    page.until(|app| app.run().trainer().steps() >= 60 && app.figures().test_mse.is_some());
    page.send(PlaybackMsg::TogglePlay);
    page.frames(100);
    page
}

fn headers(page: &Page) -> Vec<RunHeader> {
    page.storage.borrow().headers.values().map(|json| RunHeader::parse(json).unwrap()).collect()
}

#[test]
fn a_run_is_written_every_second_and_when_the_tab_is_hidden() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(6);
    assert_eq!(page.storage.borrow().writes, 1, "the first time as soon as it has a step");
    page.frames(40);
    assert_eq!(page.storage.borrow().writes, 1);
    page.frames(300);
    assert!(
        (5..=7).contains(&page.storage.borrow().writes),
        "{} in six seconds",
        page.storage.borrow().writes
    );
    page.send(PlaybackMsg::TogglePlay);
    page.frames(100);
    let writes = page.storage.borrow().writes;
    page.frames(500);
    assert_eq!(page.storage.borrow().writes, writes, "a paused run is written once");
    page.send(PlaybackMsg::Step);
    page.frame();
    page.send(PlaybackMsg::Hidden);
    assert_eq!(headers(&page)[0].steps, page.step(), "a hidden tab may be closed");
    assert!(!headers(&page)[0].slot.is_open);
    page.send(PlaybackMsg::Shown(1.0));
    page.send(PlaybackMsg::Step);
    page.frame();
    page.send(PlaybackMsg::Hidden);
    assert_eq!(headers(&page)[0].steps, page.step(), "and a second time");
}

#[test]
fn each_checkpoint_is_written_once_and_those_that_the_timeline_drops_are_deleted() {
    let mut page = Page::with_mnist("batch=10&network=784-3t-2-3t-784");
    page.until(|app| app.run().trainer().steps() == 4_500);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(200);
    let steps: Vec<_> =
        page.app.runs().timeline().checkpoints().iter().map(|checkpoint| checkpoint.step).collect();
    let storage = page.storage.borrow();
    assert!(storage.checkpoints.keys().map(|(_, step)| *step).eq(steps.iter().copied()));
    assert!(storage.checkpoint_writes < 600, "{} of {}", storage.checkpoint_writes, steps.len());
    assert_eq!(headers(&page)[0].slot.checkpoints, steps);
}

#[test]
fn a_run_continues_after_a_reload_bit_for_bit() {
    let mut page = stored();
    page.send(PlaneMsg::PinDigit(4));
    page.set(Setting::LearningRate, "0.01");
    page.send(PlaybackMsg::Hidden);
    let mut reloaded = page.reload("preset=blog", true);
    reloaded.budget = 0.0;
    reloaded.download(1_200, 60, 60);
    reloaded.load_all();
    reloaded.frames(30);
    assert_eq!(reloaded.labels().len(), 2);
    assert!(reloaded.labels()[1].starts_with(&format!("batch 10, seed 5, step {}", page.step())));
    let row = reloaded.app.runs().rows().nth(1).unwrap();
    assert_eq!(reloaded.app.runs().earlier_visit(row), Some(headers(&page)[0].slot.written));

    reloaded.open_row(1);
    assert_eq!((reloaded.step(), reloaded.parameters()), (page.step(), page.parameters()));
    assert_eq!(reloaded.app.settings(), page.app.settings());
    assert_eq!(reloaded.app.run().marks(), page.app.run().marks());
    assert_eq!(reloaded.app.run().marks()[0].to_string(), "rate 0.003 → 0.01");
    assert_eq!(reloaded.app.plane().selected(), Some(4));
    assert_eq!(reloaded.app.figures().test_mse, page.app.figures().test_mse);
    let curve = |page: &Page| page.app.run().curve().to_points();
    assert_eq!(curve(&reloaded), curve(&page));
    let timeline = |page: &Page| page.app.runs().timeline().checkpoints().to_vec();
    assert_eq!(timeline(&reloaded), timeline(&page));
    assert_eq!(reloaded.labels().len(), 2, "the run that began meanwhile is not lost");
    page.send(PlaybackMsg::Shown(1.0));
    page.send(PlaybackMsg::TogglePlay);
    let step = page.step();
    for page in [&mut page, &mut reloaded] {
        page.until(|app| app.run().trainer().steps() == step + 100);
    }
    assert_eq!(reloaded.parameters(), page.parameters());
}

#[test]
fn a_stored_run_can_continue_before_its_images_arrive() {
    let page = stored();
    let mut reloaded = Page::visit("", 2, Rc::clone(&page.storage));
    reloaded.frames(2);
    reloaded.open_row(0);
    assert_eq!((reloaded.step(), reloaded.app.state()), (page.step(), State::Loading));
    reloaded.send(DatasetMsg::Served(true));
    reloaded.download(1_200, 60, 60);
    reloaded.until(|app| app.run().trainer().steps() > page.step());
    assert_eq!(reloaded.dataset(), DatasetChoice::Mnist);
}

#[test]
fn a_run_waits_for_images_that_the_page_cannot_get() {
    let mut page = stored();
    page.drop_files(1, &[images(70)]);
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own && app.run().trainer().steps() > 5);
    page.send(PlaybackMsg::Hidden);
    let mut reloaded = page.reload("", false);
    reloaded.budget = 0.0;
    reloaded.frames(10);
    let step = page.step();
    let own = reloaded.labels().iter().position(|label| label.contains(&format!("step {step},"))).unwrap();
    reloaded.open_row(own);
    reloaded.frames(100);
    assert_eq!((reloaded.step(), reloaded.app.state()), (step, State::Loading));
    assert!(reloaded.notice().contains("60 images of your own"), "{}", reloaded.notice());
    assert_eq!(reloaded.action(), Some(Action::TrainOnThese));

    // Other images are another run.
    reloaded.drop_files(1, &[images(140)]);
    reloaded.until(|app| app.run().trainer().steps() > 0 && app.state() == State::Training);
    assert_eq!(reloaded.notice(), "140 images. Your own files: 120 images to train on and 20 to test with.");
    let own = reloaded.labels().iter().position(|label| label.contains(&format!("step {step}"))).unwrap();
    reloaded.open_row(own);
    assert_eq!(reloaded.app.state(), State::Loading);
    reloaded.drop_files(2, &[images(70)]);
    reloaded.until(|app| app.run().trainer().steps() == step + 20);
    assert_eq!(reloaded.images(), (60, 10));
    page.send(PlaybackMsg::Shown(1.0));
    page.until(|app| app.run().trainer().steps() == step + 20);
    assert_eq!(reloaded.parameters(), page.parameters(), "it continues bit for bit");
}

/// Opens a page that trains on the user's own images.
fn on_own_images() -> Page {
    let mut page = Page::with_mnist("batch=10&seed=5&network=784-3t-2-3t-784");
    page.drop_files(1, &[labels_of(70), images(70)]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own && app.run().trainer().steps() > 5);
    page.send(NoticeMsg::Dismiss);
    page
}

/// Returns the bytes of each file of images in the storage.
fn stored_images(page: &Page) -> Vec<usize> {
    let storage = page.storage.borrow();
    storage.files.iter().filter(|(key, _)| key.starts_with(IMAGES_KEY)).map(|(_, file)| file.len()).collect()
}

/// Opens the page again in another visit, without MNIST, and there the run of a step.
fn reopen(page: &Page, step: u64) -> Page {
    let mut reloaded = page.reload("", false);
    reloaded.budget = 0.0;
    reloaded.frames(10);
    let is_run = |label: &String| label.contains(&format!("step {step},"));
    let index = reloaded.labels().iter().position(is_run).expect("the run is listed");
    reloaded.open_row(index);
    reloaded
}

#[test]
fn own_images_that_are_kept_open_with_their_runs_in_a_later_visit() {
    let mut page = on_own_images();
    page.until(|app| app.figures().test_mse.is_some());
    page.send(RunsMsg::KeepImages(true));
    page.frames(100);
    assert!(matches!(stored_images(&page)[..], [54_000..60_000]), "{:?}", stored_images(&page));
    let (first, parameters) = (page.step(), page.parameters());
    page.set(Setting::Seed, "6");
    page.frames(100);
    page.send(RunsMsg::KeepImages(true));
    page.send(PlaybackMsg::Hidden);
    assert_eq!(stored_images(&page).len(), 1, "two runs share them");

    let mut reloaded = reopen(&page, first);
    assert_eq!((reloaded.notice(), reloaded.images()), ("", (60, 10)));
    assert_eq!((reloaded.parameters(), reloaded.app.state()), (parameters, State::Training));
    assert_eq!(reloaded.app.dataset().pair().test, page.app.dataset().pair().test);
    let key = page.key(1);
    page.send(PlaybackMsg::Shown(1.0));
    page.send(RunsMsg::Open(key));
    for page in [&mut page, &mut reloaded] {
        page.until(|app| app.run().trainer().steps() == first + 20);
    }
    assert_eq!(reloaded.parameters(), page.parameters(), "it continues bit for bit");

    // They are removed alone: the runs stay, and ask for them again.
    reloaded.send(RunsMsg::KeepImages(false));
    reloaded.send(PlaybackMsg::Hidden);
    assert!(stored_images(&reloaded).is_empty());
    assert_eq!(reloaded.storage.borrow().headers.len(), 4);
    let step = reloaded.step();
    let again = reopen(&reloaded, step);
    assert!(again.notice().contains("60 images of your own"), "{}", again.notice());
    assert_eq!((again.step(), again.app.state()), (step, State::Loading));
}

#[test]
fn kept_images_go_with_the_last_run_on_them_and_damaged_ones_are_asked_for() {
    let mut page = on_own_images();
    page.send(RunsMsg::KeepImages(true));
    page.frames(100);
    page.set(Setting::Seed, "6");
    page.frames(100);
    page.set(Field::Dataset, "mnist");
    page.download(1_200, 60, 60);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Mnist);
    page.frames(100);
    for is_left in [true, false] {
        let key = page.key(1);
        page.send(RunsMsg::Remove(key));
        page.frames(100);
        assert_eq!(stored_images(&page).len(), 1, "a removed run can be brought back");
        page.send(NoticeMsg::Dismiss);
        page.frames(100);
        assert_eq!(stored_images(&page).len(), usize::from(is_left));
    }

    let mut page = on_own_images();
    page.send(RunsMsg::KeepImages(true));
    page.frames(100);
    page.send(PlaybackMsg::Hidden);
    for (key, file) in &mut page.storage.borrow_mut().files {
        if key.starts_with(IMAGES_KEY) {
            file[300] ^= 1;
        }
    }
    let reloaded = reopen(&page, page.step());
    assert!(reloaded.notice().contains("60 images of your own"), "{}", reloaded.notice());
    assert!(stored_images(&reloaded).is_empty());
}

#[test]
fn images_that_cannot_be_kept_are_reported_and_nothing_is_lost() {
    let keep = |page: &mut Page| {
        page.send(RunsMsg::KeepImages(true));
        page.frames(100);
        let text = page.notice().to_owned();
        page.send(NoticeMsg::Dismiss);
        assert!(stored_images(page).is_empty() && page.images() == (60, 10), "{text}");
        assert!(!page.app.runs().keeps_images(page.app.dataset().pair().digest), "{text}");
        text
    };
    let mut page = on_own_images();
    page.send(PlaybackMsg::TogglePlay);
    page.frames(200);
    let room = page.storage.borrow().bytes() + 40_000;
    page.storage.borrow_mut().room = Some(room);
    assert!(keep(&mut page).contains("not kept in the browser: it has no more room for this page"));
    page.storage.borrow_mut().room = None;
    page.storage.borrow_mut().refusal = Some("the disk is asleep");
    assert!(keep(&mut page).contains("not kept in the browser: the disk is asleep"));
    page.send(PlaybackMsg::TogglePlay);
    page.frames(100);
    page.send(NoticeMsg::Dismiss);
    assert!(!page.app.runs().are_kept());
    page.send(RunsMsg::KeepImages(true));
    assert!(page.notice().contains("this page stores nothing now"), "{}", page.notice());
    page.storage.borrow_mut().refusal = None;
    page.until(|app| app.runs().are_kept());
    page.send(RunsMsg::KeepImages(true));
    page.frames(200);
    assert_eq!(stored_images(&page).len(), 1);

    // They count towards what the browser grants.
    let mut page = on_own_images();
    page.storage.borrow_mut().quota = Some(80_000.0);
    page.send(PlaybackMsg::Hidden);
    page.send(PlaybackMsg::Shown(1.0));
    assert!(keep(&mut page).contains("they take 1 MB, but there is room for 0 MB"));

    // Nothing is written before the list was read.
    let mut page = Page::waiting("batch=10");
    page.is_storage_slow = true;
    page.send(DatasetMsg::Served(false));
    page.drop_files(1, &[images(70)]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own && app.run().trainer().steps() > 5);
    page.send(RunsMsg::KeepImages(true));
    page.frames(100);
    assert_eq!(page.requests, [StorageRequest::List]);
    page.is_storage_slow = false;
    page.answer();
    page.frames(100);
    assert_eq!(stored_images(&page).len(), 1);
}

#[test]
fn a_run_can_continue_on_other_images_as_a_copy() {
    let page = stored();
    let mut reloaded = page.reload("", false);
    reloaded.until(|app| app.run().trainer().steps() > 2);
    let step = page.step();
    let index = reloaded.labels().iter().position(|label| label.contains(&format!("step {step}"))).unwrap();
    reloaded.open_row(index);
    assert!(reloaded.notice().contains("MNIST"), "{}", reloaded.notice());
    assert_eq!(reloaded.app.state(), State::Loading);
    reloaded.send(NoticeMsg::Act);
    reloaded.until(|app| app.run().trainer().steps() > step + 5);
    assert_eq!((reloaded.dataset(), reloaded.notice()), (DatasetChoice::Synthetic, ""));
    assert!(
        reloaded.labels().iter().any(|label| label.contains(&format!("step {step},"))),
        "{:?}",
        reloaded.labels()
    );
}

#[test]
fn damaged_and_vanished_runs_are_rows_that_can_be_removed() {
    let page = stored();
    {
        let mut storage = page.storage.borrow_mut();
        let file = storage.files.values_mut().next().unwrap();
        let middle = file.len() / 2;
        file[middle] ^= 1;
        storage.headers.insert("b".to_owned(), "nonsense".to_owned());
        let mut vanished = RunHeader::parse(storage.headers.values().next().unwrap()).unwrap();
        (vanished.slot.key, vanished.name, vanished.is_reproducible) =
            ("c".to_owned(), "vanished".to_owned(), false);
        storage.headers.insert("c".to_owned(), vanished.to_json());
    }
    let mut reloaded = page.reload("", true);
    reloaded.download(1_200, 60, 60);
    reloaded.load_all();
    reloaded.frames(5);
    let labels = reloaded.labels();
    assert_eq!(labels.len(), 4, "{labels:?}");
    assert!(labels.contains(&"Damaged run: it cannot be read".to_owned()), "{labels:?}");
    for (part, reason) in [("seed 5", "checksum"), ("vanished", "no longer"), ("Damaged", "")] {
        let index = reloaded.labels().iter().position(|label| label.contains(part)).unwrap();
        let key = reloaded.key(index);
        reloaded.open_row(index);
        assert!(reloaded.notice().contains(reason) && reloaded.notice().contains("cannot be continued"));
        assert_eq!(reloaded.app.settings().config.seed, 0);
        reloaded.send(NoticeMsg::Dismiss);
        reloaded.send(RunsMsg::Remove(key.clone()));
        assert!(!reloaded.storage.borrow().headers.contains_key(&key), "{part}");
    }
    assert_eq!(reloaded.labels().len(), 1);
}

#[test]
fn the_run_that_an_earlier_version_of_the_page_stored_becomes_a_row_once() {
    let page = stored();
    let file = page.app.run().save(Format::Bottleneck, RunHeader::default()).unwrap();
    let fragment = page.app.settings().to_fragment();
    let mut bytes = b"BTLNKEPT".to_vec();
    bytes.extend(page.step().to_le_bytes());
    bytes.extend((fragment.len() as u32).to_le_bytes());
    bytes.extend_from_slice(fragment.as_bytes());
    bytes.extend([0; 8]);
    bytes.extend(file);
    let storage: Rc<RefCell<BrowserStorage>> = Rc::default();
    storage.borrow_mut().last_visit = Some(bytes);
    for visit in 2..4 {
        let mut reloaded = Page::visit("", visit, Rc::clone(&storage));
        reloaded.send(DatasetMsg::Served(true));
        reloaded.download(1_200, 60, 60);
        reloaded.load_all();
        reloaded.budget = 0.0;
        reloaded.frames(20);
        let rows = reloaded.labels().iter().filter(|label| label.contains("seed 5")).count();
        assert_eq!((rows, storage.borrow().last_visit.is_none()), (1, true));
        let index = reloaded.labels().iter().position(|label| label.contains("seed 5")).unwrap();
        reloaded.open_row(index);
        assert_eq!(reloaded.parameters(), page.parameters());
    }
}

#[test]
fn a_second_tab_adds_runs_and_writes_over_none() {
    let mut first = stored();
    let (step, parameters) = (first.step(), first.parameters());
    // The other tab opens the run while the first one trains it.
    first.send(PlaybackMsg::TogglePlay);
    first.frames(100);
    let mut second = Page::visit("seed=8", 1_000, Rc::clone(&first.storage));
    second.send(RunsMsg::Visit(Visit { id: 1_000, ..first.app.runs().visit() }));
    second.send(DatasetMsg::Served(true));
    second.download(1_200, 60, 60);
    second.load_all();
    second.budget = 0.0;
    second.time = first.time;
    second.frames(50);
    let index = second.labels().iter().position(|label| label.contains("seed 5")).unwrap();
    let key = second.key(index);
    second.send(RunsMsg::Open(key.clone()));
    assert!(second.step() > step);
    second.frames(100);
    first.frames(100);
    for page in [&mut first, &mut second] {
        page.send(PlaybackMsg::Hidden);
    }
    let names: Vec<_> = headers(&first).into_iter().map(|header| header.name).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.iter().any(|name| name.ends_with("· 2")), "a copy of its own: {names:?}");
    let running = |page: &Page| page.app.runs().rows().find(|row| row.is_running()).unwrap().key().to_owned();
    assert!(running(&first) == key && running(&second) != key);
    assert_ne!(first.parameters(), parameters);

    // A tab that wakes up after another has taken its run continues under a key of its own.
    let mut third = Page::visit("seed=9", 2_000, Rc::clone(&first.storage));
    third.send(DatasetMsg::Served(true));
    third.download(1_200, 60, 60);
    third.load_all();
    third.budget = 0.0;
    third.frames(5);
    third.send(RunsMsg::Open(key.clone()));
    third.frames(100);
    assert_eq!(running(&third), key);
    first.send(PlaybackMsg::Shown(1.0));
    first.frames(200);
    third.frames(100);
    assert_ne!(running(&first), key);
    let steps = |key: &str| {
        headers(&first).into_iter().find(|header| header.slot.key == key).map(|header| header.steps)
    };
    assert!(
        steps(&running(&first)).unwrap() >= first.step() - 70 && steps(&key).unwrap() >= third.step() - 70
    );
}

#[test]
fn an_embedded_page_stores_nothing() {
    let mut page = Page::with_mnist("embed=plane&batch=10");
    page.frames(200);
    page.send(PlaybackMsg::Hidden);
    assert_eq!(page.storage.borrow().headers.len(), 0);
    assert!(!page.app.runs().are_kept());
    page.send(PlaybackMsg::Shown(1.0));
    page.set(Setting::Seed, "9");
    page.frames(5);
    assert_eq!(page.labels().len(), 2, "in memory they are kept");
    page.drop_files(1, &[images(70)]);
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Own && app.run().trainer().steps() > 5);
    page.send(RunsMsg::KeepImages(true));
    page.frames(100);
    assert!(page.notice().contains("this page stores nothing now"), "{}", page.notice());
    assert!(page.storage.borrow().files.is_empty());
    // Where the browser refuses, too, it does not ask to save a run: it has no button for that.
    let storage = BrowserStorage { refusal: Some("it is forbidden"), ..BrowserStorage::default() };
    let mut page = Page::visit("embed=plane&batch=10", 1, Rc::new(storage.into()));
    page.frames(30);
    assert_eq!(page.notice(), "");
}

#[test]
fn a_storage_that_refuses_is_reported_once_and_tried_again() {
    let mut page = Page::waiting("batch=10");
    page.storage.borrow_mut().refusal = Some("storage is full of bees");
    page.send(DatasetMsg::Served(true));
    page.download(1_200, 60, 60);
    page.load_all();
    page.budget = 0.0;
    page.frames(10);
    assert!(page.notice().contains("full of bees"), "{}", page.notice());
    page.send(NoticeMsg::Dismiss);
    assert!(!page.app.runs().are_kept());
    page.set(Setting::Seed, "3");
    page.frames(1_500);
    assert_eq!((page.notice(), page.app.state()), ("", State::Training));
    page.open_row(1);
    assert_eq!(page.labels().len(), 2, "the runs are in memory");
    page.storage.borrow_mut().refusal = None;
    page.frames(1_000);
    assert_eq!(page.storage.borrow().headers.len(), 2);
    assert!(page.app.runs().are_kept());
}

#[test]
fn a_storage_that_refuses_for_a_while_keeps_runs_again() {
    let mut page = stored();
    page.storage.borrow_mut().refusal = Some("the disk is asleep");
    page.send(PlaybackMsg::TogglePlay);
    page.frames(100);
    assert!(!page.app.runs().are_kept());
    page.storage.borrow_mut().refusal = None;
    page.frames(1_000);
    assert!(page.app.runs().are_kept());
}

#[test]
fn a_full_storage_makes_room_by_the_rule() {
    let mut page = Page::with_mnist("batch=10&network=784-3t-2-3t-784");
    page.frames(40);
    let one = page.storage.borrow().bytes() * 3;
    page.storage.borrow_mut().room = Some(4 * one);
    for seed in ["1", "2", "3", "4", "5", "6", "7", "8", "9"] {
        page.frames(if seed == "3" { 20 } else { 120 });
        let key = page.key(0);
        page.send(RunsMsg::Rename(key.clone(), format!("before {seed}")));
        page.send(RunsMsg::Tick(key, seed == "2"));
        page.set(Setting::Seed, seed);
    }
    page.frames(400);
    let labels = page.labels();
    assert!(labels.len() < 10, "{labels:?}");
    assert!(labels.iter().any(|label| label.contains("before 2,")), "it has a tick: {labels:?}");
    assert!(!labels.iter().any(|label| label.contains("before 3,")), "it was trained least: {labels:?}");
}

#[test]
fn the_list_holds_24_runs_and_the_least_trained_goes_first() {
    let mut page = Page::with_mnist("batch=10&network=784-3t-2-3t-784");
    let steps = |seed: usize| if seed == 5 { 2 } else { 6 };
    for seed in 1..=30 {
        page.frames(steps(seed));
        let key = page.key(0);
        page.send(RunsMsg::Rename(key, format!("before {seed}")));
        page.set(Setting::Seed, &seed.to_string());
    }
    page.frames(3);
    let labels = page.labels();
    assert_eq!(labels.len(), 24, "{labels:?}");
    assert!(!labels.iter().any(|label| label.contains("before 5,")), "{labels:?}");
    assert!(page.notice().contains("There was no room for"), "{}", page.notice());
    assert_eq!(page.app.runs().rows().count(), page.storage.borrow().headers.len());
}

#[test]
fn a_diverged_run_is_stored_at_its_last_good_parameters() {
    let mut page = Page::with_mnist("network=784-3t-2-3t-784&batch=5&variational=yes&lr=30");
    page.until_diverged();
    page.frames(3);
    page.send(PlaybackMsg::Hidden);
    let header = &headers(&page)[0];
    assert_eq!((header.steps, header.diverged_at), (page.step(), Some(page.step())));
    let mut reloaded = page.reload("", true);
    reloaded.frames(2);
    reloaded.open_row(0);
    assert_eq!(reloaded.step(), page.step());
    assert_ne!(reloaded.app.state(), State::Diverged);
    assert!(reloaded.app.settings().config.learning_rate < 30.0);
}

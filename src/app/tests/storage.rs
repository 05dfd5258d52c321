//! Undo, and the stored run.

use super::*;
use crate::files::{Format, save};
use crate::train::Trainer;

/// Opens a page that has trained for some steps.
fn trained() -> Page {
    let mut page = Page::with_mnist("batch=10&seed=5");
    page.until(|app| app.run().trainer().steps() >= 60);
    page
}

/// A message that ends a run.
type End<'a> = &'a dyn Fn(&mut Page);

#[test]
fn undo_restores_the_run_that_each_control_ended() {
    let other =
        save(Format::SafeTensors, &Trainer::new(&crate::train::Preset::Blog.config()).unwrap()).unwrap();
    let ends: [(&str, End<'_>); 8] = [
        ("reset", &|page| page.send(PlaybackMsg::Reset)),
        ("seed", &|page| page.set(Setting::Seed, "9")),
        ("preset", &|page| page.set(Field::Preset, "karpathy")),
        ("network", &|page| page.set(Setting::Network, "784 9t 5 9t 784")),
        ("loss", &|page| page.set(Setting::Loss, "bce")),
        ("url", &|page| page.send(Msg::Open("#preset=blog&seed=3".into()))),
        ("dataset", &|page| {
            page.set(Field::Dataset, "strokes");
            page.until(|app| app.dataset().current_choice() == DatasetChoice::Synthetic);
        }),
        ("file", &|page| {
            page.drop_named(1, &[("a.safetensors", other.clone())]);
            page.until(|app| !app.dataset().is_reading());
        }),
    ];
    for (what, end) in ends {
        let mut page = trained();
        page.until(|app| app.plane().cloud().points.len() == 60 && app.figures().test_mse.is_some());
        page.app.update(PlaneMsg::PinDigit(4));
        page.send(PlaybackMsg::TogglePlay);
        page.frames(200);
        let state = page.app.run().trainer().state();
        let settings = page.app.settings().clone();
        let error = page.app.figures().test_mse;
        let points = page.app.run().curve().history().train.len();
        end(&mut page);
        page.send(PlaybackMsg::TogglePlay);
        page.frames(10);
        assert_ne!(page.step(), state.steps, "{what}");
        page.send(PlaybackMsg::TogglePlay);

        assert!(page.app.runs().undo_label().unwrap().contains(&state.steps.to_string()));
        page.send(RunsMsg::Undo);
        assert_eq!(page.app.run().trainer().state(), state, "{what}");
        assert_eq!(page.app.settings(), &settings, "{what}");
        assert_eq!(page.app.figures().test_mse, error, "{what}");
        assert_eq!(page.app.run().curve().history().train.len(), points, "{what}");
        assert_eq!(page.app.plane().selected(), Some(4), "{what}");
        assert_eq!(page.take_url(), settings.to_fragment(), "{what}");
        if page.app.dataset().progress().is_some() {
            page.download(1_200, 60, 60);
            page.load_all();
        }
        assert_eq!((page.dataset(), page.images()), (DatasetChoice::Mnist, (1_200, 60)), "{what}");

        // Redo works as well.
        page.send(RunsMsg::Redo);
        assert_ne!(page.step(), state.steps, "{what}");
        page.send(RunsMsg::Undo);
        assert_eq!(page.step(), state.steps, "{what}");
    }
}

#[test]
fn a_restored_run_continues_bit_for_bit() {
    let (mut page, mut undisturbed) = (trained(), trained());
    page.set(Setting::Seed, "9");
    page.frames(40);
    page.send(RunsMsg::Undo);
    let step = page.step();
    for page in [&mut page, &mut undisturbed] {
        page.until(|app| app.run().trainer().steps() == step + 150);
    }
    assert_eq!(page.parameters(), undisturbed.parameters());
}

#[test]
fn own_images_are_restored_with_their_run() {
    let mut page = trained();
    page.drop_files(1, &[images(70)]);
    page.until(|app| app.run().trainer().steps() > 5 && app.dataset().current_choice() == DatasetChoice::Own);
    let step = page.step();
    page.drop_files(2, &[images(140)]);
    page.until(|app| app.figures().images == 120);
    page.frames(3);
    page.send(RunsMsg::Undo);
    assert_eq!((page.images(), page.app.state()), ((60, 10), State::Training));
    assert!(page.step() >= step);
    page.send(RunsMsg::Undo);
    assert_eq!(page.app.settings().dataset, None);
    page.download(1_200, 60, 60);
    page.until(|app| app.state() == State::Training);
    assert_eq!(page.dataset(), DatasetChoice::Mnist);
}

#[test]
fn undo_without_an_earlier_run_does_nothing() {
    let mut page = Page::with_mnist("batch=10");
    assert_eq!(page.app.runs().undo_label(), None);
    page.frames(5);
    for msg in [RunsMsg::Undo, RunsMsg::Redo, RunsMsg::GoOn, RunsMsg::Decline] {
        page.send(msg);
    }
    assert_eq!((page.step(), page.notice()), (5, ""));
}

/// Returns a page and its stored run.
fn stored_run() -> (Page, Vec<u8>) {
    let mut page = trained();
    page.until(|app| app.figures().test_mse.is_some());
    page.send(PlaybackMsg::Hidden);
    let bytes = page.stored.take().expect("a hidden page stores its run");
    (page, bytes)
}

#[test]
fn a_run_is_stored_every_few_seconds_and_when_the_tab_is_hidden() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(3);
    assert!(page.stored.take().is_some(), "the first is stored immediately");
    page.frames(100);
    assert!(page.stored.is_none());
    page.frames(300);
    assert!(page.stored.take().is_some(), "seven seconds later there is another");
    page.send(PlaybackMsg::TogglePlay);
    page.frames(20);
    page.stored = None;
    page.send(PlaybackMsg::Hidden);
    page.send(PlaybackMsg::Shown(1.0));
    page.stored = None;
    page.frames(2_000);
    assert!(page.stored.is_none(), "a paused run is stored once");
}

#[test]
fn a_stored_run_continues_after_a_reload_bit_for_bit() {
    let (mut page, bytes) = stored_run();
    let mut reloaded = Page::open("preset=blog", true);
    reloaded.send(RunsMsg::Found(bytes));
    assert!(reloaded.app.runs().offer_text().unwrap().contains(&format!("step {}", page.step())));
    reloaded.budget = 0.0;
    reloaded.download(1_200, 60, 60);
    reloaded.load_all();
    reloaded.frames(30);
    assert!(reloaded.stored.is_none(), "the longer run stays stored until the user decides");

    reloaded.send(RunsMsg::GoOn);
    assert_eq!((reloaded.step(), reloaded.parameters()), (page.step(), page.parameters()));
    assert_eq!(reloaded.app.settings(), page.app.settings());
    assert_eq!(reloaded.app.runs().offer_text(), None);
    let points = |page: &Page| page.app.run().curve().history().train.iter().collect::<Vec<_>>();
    assert_eq!(points(&reloaded), points(&page));
    assert!(reloaded.app.runs().undo_label().is_some(), "the run that started meanwhile is not lost");
    page.send(PlaybackMsg::Shown(1.0));
    let step = page.step();
    for page in [&mut page, &mut reloaded] {
        page.until(|app| app.run().trainer().steps() == step + 100);
    }
    assert_eq!(reloaded.parameters(), page.parameters());
}

#[test]
fn a_stored_run_can_continue_before_its_images_arrive() {
    let (page, bytes) = stored_run();
    let mut reloaded = Page::waiting("");
    reloaded.send(RunsMsg::Found(bytes));
    reloaded.send(RunsMsg::GoOn);
    reloaded.send(DatasetMsg::Served(true));
    reloaded.download(1_200, 60, 60);
    reloaded.until(|app| app.run().trainer().steps() > page.step());
    assert_eq!(reloaded.dataset(), DatasetChoice::Mnist);
}

#[test]
fn a_stored_run_on_own_images_reports_that_these_are_gone() {
    let mut page = trained();
    page.drop_files(1, &[images(70)]);
    page.until(|app| app.run().trainer().steps() > 5 && app.dataset().current_choice() == DatasetChoice::Own);
    page.send(PlaybackMsg::Hidden);
    let bytes = page.stored.take().unwrap();
    let mut reloaded = Page::open("", false);
    reloaded.send(RunsMsg::Found(bytes));
    reloaded.send(RunsMsg::GoOn);
    assert!(reloaded.notice().contains("not your own images"), "{}", reloaded.notice());
    reloaded.until(|app| app.run().trainer().steps() > page.step());
    assert_eq!(reloaded.dataset(), DatasetChoice::Synthetic);
}

#[test]
fn a_declined_run_is_deleted_and_invalid_ones_are_ignored() {
    let (_, bytes) = stored_run();
    let mut page = Page::with_mnist("batch=10");
    page.send(RunsMsg::Found(bytes.clone()));
    page.send(RunsMsg::Decline);
    assert!(page.stored_run_deleted && page.app.runs().offer_text().is_none());
    page.send(RunsMsg::Found(b"nonsense".to_vec()));
    assert_eq!(page.app.runs().offer_text(), None);
    let mut damaged = bytes;
    let middle = damaged.len() - 5_000;
    damaged[middle] ^= 1;
    page.send(RunsMsg::Found(damaged));
    page.frames(3);
    page.send(RunsMsg::GoOn);
    assert!(page.notice().contains("cannot be continued"), "{}", page.notice());
    assert_eq!(page.step(), 3);
}

#[test]
fn a_browser_that_stores_nothing_is_reported() {
    let mut page = Page::with_mnist("batch=10");
    page.send(RunsMsg::Refused("storage is full".into()));
    assert!(page.notice().contains("storage is full"), "{}", page.notice());
    page.frames(10);
    assert_eq!(page.app.state(), State::Training);
}

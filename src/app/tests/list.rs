//! The list of runs: nothing is lost, and a click continues with a run as it was.

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
fn a_click_continues_with_the_run_that_each_control_ended() {
    let other =
        save(Format::SafeTensors, &Trainer::new(&crate::train::Preset::Blog.config()).unwrap()).unwrap();
    let ends: [(&str, End<'_>); 9] = [
        ("reset", &|page| page.send(PlaybackMsg::Reset)),
        ("seed", &|page| page.set(Setting::Seed, "9")),
        ("preset", &|page| page.set(Field::Preset, "karpathy")),
        ("network", &|page| page.set(Setting::Network, "784 9t 5 9t 784")),
        ("loss", &|page| page.set(Setting::Loss, "bce")),
        ("url", &|page| page.send(Msg::Open("#preset=blog&seed=3".into()))),
        ("lesson", &|page| page.send(LessonMsg::Open(Lesson::Overfit))),
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
        let curve = page.app.run().curve().to_points();
        let timeline = page.app.runs().timeline().checkpoints().to_vec();
        end(&mut page);
        if page.app.state() != State::Training {
            page.send(PlaybackMsg::TogglePlay);
        }
        page.frames(10);
        assert_ne!(page.step(), state.steps, "{what}");
        page.send(PlaybackMsg::TogglePlay);
        let other_step = page.step();

        let index = page.labels().iter().position(|label| label.contains(&format!("step {},", state.steps)));
        page.open_row(index.unwrap_or_else(|| panic!("{what}: {:?}", page.labels())));
        assert_eq!(page.app.run().trainer().state(), state, "{what}");
        assert_eq!(page.app.settings(), &settings, "{what}");
        assert_eq!(page.app.figures().test_mse, error, "{what}");
        assert_eq!(page.app.run().curve().to_points(), curve, "{what}");
        assert_eq!(page.app.runs().timeline().checkpoints(), timeline, "{what}");
        assert_eq!(page.app.plane().selected(), Some(4), "{what}");
        assert_eq!(page.take_url(), settings.to_fragment(), "{what}");
        assert_ne!(page.app.state(), State::Training, "{what}: the page was paused");
        if page.app.dataset().progress().is_some() {
            page.download(1_200, 60, 60);
            page.load_all();
        }
        assert_eq!((page.dataset(), page.images()), (DatasetChoice::Mnist, (1_200, 60)), "{what}");

        // Back leads to the other run, and forward to this one.
        page.send(RunsMsg::Back);
        if what != "reset" {
            assert_eq!(page.step(), other_step, "{what}");
            assert!(page.notice().starts_with("Back to "), "{}", page.notice());
        }
        page.send(RunsMsg::Forward);
        assert_eq!(page.step(), state.steps, "{what}");
    }
}

#[test]
fn a_run_of_the_list_continues_bit_for_bit() {
    let (mut page, mut undisturbed) = (trained(), trained());
    page.set(Setting::Seed, "9");
    page.frames(40);
    page.open_row(1);
    let step = page.step();
    for page in [&mut page, &mut undisturbed] {
        page.until(|app| app.run().trainer().steps() == step + 150);
    }
    assert_eq!(page.parameters(), undisturbed.parameters());
}

#[test]
fn breaking_a_run_and_going_back_and_forth_loses_neither() {
    let mut page = trained();
    let first = page.step();
    page.set(Setting::Seed, "9");
    page.until(|app| app.run().trainer().steps() == 40 && app.figures().test_mse.is_some());
    page.set(Setting::LearningRate, "100000");
    page.until_diverged();
    let broken = page.step();
    page.send(RunsMsg::Back);
    assert_eq!(page.step(), first);
    page.send(RunsMsg::Forward);
    assert_eq!((page.step(), page.app.settings().config.seed), (broken, 9));
    assert_ne!(page.app.state(), State::Diverged, "it continues from its last good parameters");
    assert_eq!(page.labels().len(), 2);
}

#[test]
fn a_run_that_starts_while_another_is_read_belongs_to_the_history() {
    let mut page = trained();
    for seed in ["6", "7"] {
        page.set(Setting::Seed, seed);
        page.frames(100);
    }
    let seed = |page: &Page| page.app.settings().config.seed;
    page.is_storage_slow = true;
    page.send(RunsMsg::Back);
    assert_eq!(seed(&page), 7, "it is being read");
    let opening =
        |page: &Page| page.app.runs().rows().map(|row| page.app.runs().is_opening(row)).collect::<Vec<_>>();
    assert_eq!(opening(&page), [false, true, false], "and its row says so");
    page.set(Setting::Seed, "8");
    assert!(!opening(&page).contains(&true));
    page.answer();
    page.frames(5);
    page.is_storage_slow = false;
    page.answer();
    assert_eq!(seed(&page), 8, "what was read is no longer wanted");
    for before in [7, 6, 5] {
        page.send(RunsMsg::Back);
        assert_eq!(seed(&page), before);
    }
    page.send(RunsMsg::Forward);
    assert_eq!(seed(&page), 6);
}

#[test]
fn own_images_come_back_with_their_run() {
    let mut page = trained();
    page.drop_files(1, &[images(70)]);
    page.until(|app| app.run().trainer().steps() > 5 && app.dataset().current_choice() == DatasetChoice::Own);
    let step = page.step();
    page.drop_files(2, &[images(140)]);
    page.until(|app| app.figures().images == 120);
    page.frames(3);
    page.send(RunsMsg::Back);
    assert_eq!((page.images(), page.app.state()), ((60, 10), State::Training));
    assert!(page.step() >= step);
    page.send(RunsMsg::Back);
    assert_eq!(page.app.settings().dataset, None);
    page.download(1_200, 60, 60);
    page.until(|app| app.state() == State::Training);
    assert_eq!(page.dataset(), DatasetChoice::Mnist);
}

#[test]
fn a_run_without_a_step_is_not_listed_and_there_is_nothing_to_go_back_to() {
    let mut page = Page::with_mnist("batch=10");
    assert_eq!(page.labels().len(), 0);
    page.set(Setting::Seed, "9");
    assert_eq!(page.labels().len(), 0);
    page.frames(5);
    assert_eq!(page.labels().len(), 1);
    for msg in
        [RunsMsg::Back, RunsMsg::Forward, RunsMsg::Open("unknown".into()), RunsMsg::Remove("unknown".into())]
    {
        page.send(msg);
    }
    let running = page.key(0);
    page.send(RunsMsg::Open(running.clone()));
    page.send(RunsMsg::Remove(running));
    assert_eq!((page.step(), page.notice(), page.labels().len()), (5, "", 1));
}

#[test]
fn rows_are_named_by_what_differs_and_keep_their_names_and_their_order() {
    let mut page = Page::with_mnist("batch=10&network=784-3t-2-3t-784&seed=5");
    page.frames(5);
    page.set(Setting::LearningRate, "0.01");
    page.frames(5);
    page.set(Field::Preset, "blog");
    page.set(Setting::Seed, "0");
    page.frames(5);
    page.set(Setting::BatchSize, "7");
    page.send(PlaybackMsg::Reset);
    page.frames(9);
    let names = |page: &Page| page.app.runs().rows().map(|row| row.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&page), ["batch 7", "Van den Burg 2017", "network 784 3t 2 3t 784, batch 10 + 1"]);
    assert!(page.labels()[1].starts_with("Van den Burg 2017, step 5, test error 0."), "{:?}", page.labels());
    page.open_row(2);
    page.frames(5);
    page.set(Setting::Seed, "6");
    page.frames(5);
    page.open_row(1);
    assert_eq!(
        names(&page),
        [
            "network 784 3t 2 3t 784, rate 0.01 + 2",
            "batch 7",
            "Van den Burg 2017",
            "network 784 3t 2 3t 784, batch 10 + 1"
        ]
    );
}

#[test]
fn equal_names_are_numbered_and_a_run_can_be_renamed() {
    let mut page = Page::with_mnist("batch=10");
    for rate in ["0.01", "0.02", "0.003"] {
        page.frames(4);
        page.set(Setting::LearningRate, rate);
        page.frames(4);
        page.set(Setting::LearningRate, "0.003");
        page.send(PlaybackMsg::Reset);
    }
    page.send(PlaybackMsg::TogglePlay);
    let names = |page: &Page| page.app.runs().rows().map(|row| row.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&page), ["batch 10 · 3", "batch 10 · 2", "batch 10"]);
    let key = page.key(1);
    page.send(RunsMsg::Rename(key.clone(), "  my best run ".into()));
    page.send(RunsMsg::Rename(page.key(0), "my best run".into()));
    page.send(RunsMsg::Rename(key, " ".into()));
    assert_eq!(names(&page), ["my best run · 2", "my best run", "batch 10"]);
    page.frames(100);
    assert!(page.storage.borrow().headers.values().any(|json| json.contains("my best run · 2")));
}

#[test]
fn up_to_six_curves_are_ticked_and_ticks_survive() {
    let mut page = Page::with_mnist("batch=10&network=784-3t-2-3t-784");
    for seed in 1..=8 {
        page.frames(40);
        page.set(Setting::Seed, &seed.to_string());
    }
    page.frames(3);
    for index in 1..8 {
        let key = page.key(index);
        page.send(RunsMsg::Tick(key, true));
    }
    assert!(page.notice().contains("up to 6 curves"), "{}", page.notice());
    let ticked = |page: &Page| {
        page.app.runs().ticked().map(|(color, row)| (color, row.name().to_owned())).collect::<Vec<_>>()
    };
    let mut colors: Vec<_> = ticked(&page).into_iter().map(|(color, _)| color).collect();
    colors.sort_unstable();
    assert_eq!(colors, [0, 1, 2, 3, 4, 5]);
    assert!(page.app.runs().ticked().all(|(_, row)| row.line().len() > 1));
    let key = page.key(2);
    page.send(RunsMsg::Tick(key, false));
    assert_eq!(ticked(&page).len(), 5);
    page.frames(600);
    let before = ticked(&page);
    page.send(PlaybackMsg::Hidden);
    let mut reloaded = page.reload("", true);
    reloaded.frames(2);
    assert_eq!(ticked(&reloaded), before);
}

#[test]
fn a_removed_run_can_be_brought_back() {
    let mut page = trained();
    for seed in ["6", "7"] {
        page.set(Setting::Seed, seed);
        page.frames(20);
    }
    page.frames(200);
    let names = |page: &Page| page.app.runs().rows().map(|row| row.name().to_owned()).collect::<Vec<_>>();
    let before = names(&page);
    for index in [2, 1] {
        let key = page.key(index);
        page.send(RunsMsg::Remove(key));
    }
    assert_eq!(names(&page).len(), 1);
    page.frames(100);
    assert_eq!(page.reload("", true).labels().len(), 0, "nothing is listed before the storage has answered");
    let mut reloaded = page.reload("", true);
    reloaded.frames(2);
    assert_eq!(reloaded.labels().len(), 1, "they stay removed in other visits");
    assert_eq!(page.action(), Some(Action::RestoreRun));
    page.send(NoticeMsg::Act);
    page.send(NoticeMsg::Act);
    assert_eq!((names(&page), page.notice()), (before, ""));
    page.frames(100);
    let mut reloaded = page.reload("", true);
    reloaded.frames(2);
    assert_eq!(reloaded.labels().len(), 3);

    let key = page.key(2);
    page.send(RunsMsg::Remove(key));
    page.frames(50);
    page.send(NoticeMsg::Dismiss);
    assert_eq!(page.storage.borrow().headers.len(), 2, "it is deleted with its notice");
}

#[test]
fn of_two_rows_of_the_same_run_the_longer_stays() {
    let mut page = Page::with_mnist("batch=10&network=784-3t-2-3t-784");
    page.frames(30);
    page.send(PlaybackMsg::Reset);
    page.frames(10);
    assert_eq!(page.labels().len(), 2, "the shorter one is running");
    page.frames(100);
    assert_eq!(page.labels().len(), 1, "{:?}", page.labels());
    page.set(Setting::LearningRate, "0.01");
    page.frames(10);
    page.send(PlaybackMsg::Reset);
    page.frames(400);
    assert_eq!(page.labels().len(), 2, "a run with other changes is another run: {:?}", page.labels());
    page.set(Setting::Seed, "4");
    page.frames(5);
    page.open_row(1);
    page.frames(5);
    assert_eq!(page.labels().len(), 3);
}

#[test]
fn changes_during_training_are_marks_that_can_be_set_back() {
    let mut page = Page::with_mnist("batch=10");
    page.set(Setting::LearningRate, "0.004");
    page.frames(20);
    assert_eq!(page.app.run().marks(), [], "the run began with this rate");
    for rate in ["0.005", "0.006", "0.01"] {
        page.set(Setting::LearningRate, rate);
        page.frames(3);
    }
    page.set(Setting::Optimizer, "sgd");
    page.frames(100);
    page.set(Setting::BatchSize, "20");
    page.set(Setting::LearningRate, "0.02");
    page.set(Setting::LearningRate, "0.01");
    page.frames(3);
    let marks: Vec<_> = page.app.run().marks().iter().map(|mark| (mark.step, mark.to_string())).collect();
    let expected = [(26, "rate 0.004 → 0.01"), (29, "optimizer adam → sgd"), (129, "batch 10 → 20")];
    assert_eq!(marks, expected.map(|(step, text)| (step, text.to_owned())));
    page.send(RunsMsg::Revert(0));
    assert_eq!(page.app.settings().config.learning_rate, 0.004);
    page.send(RunsMsg::Revert(99));
    page.frame();
    assert_eq!(page.app.run().marks().len(), 4);
}

#[test]
fn a_saved_run_brings_its_name_curve_marks_and_pins() {
    let mut page = trained();
    page.set(Setting::LearningRate, "0.01");
    page.send(PlaneMsg::PinDigit(4));
    page.until(|app| app.figures().test_mse.is_some() && app.run().trainer().steps() > 100);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(100);
    page.send(Msg::Save(Format::Bottleneck));
    let file = page.saved.take().unwrap().bytes;
    let mut other = Page::with_mnist("batch=10");
    other.frames(3);
    other.drop_named(1, &[("a.bottleneck", file)]);
    other.load_all();
    assert_eq!((other.step(), other.parameters()), (page.step(), page.parameters()));
    assert_eq!(other.app.run().curve().to_points(), page.app.run().curve().to_points());
    assert_eq!(other.app.run().marks(), page.app.run().marks());
    assert_eq!(other.app.plane().selected(), Some(4));
    assert!(other.labels()[0].starts_with("batch 10, seed 5, step"), "{:?}", other.labels());
}

#[test]
fn all_runs_are_saved_in_one_archive_that_brings_them_back() {
    let mut page = Page::with_mnist("batch=10&network=784-3t-2-3t-784&seed=1");
    for seed in ["2", "3"] {
        page.frames(60);
        page.set(Setting::Seed, seed);
    }
    page.frames(30);
    // The first run is in the storage alone.
    page.frames(600);
    let key = page.key(2);
    page.send(RunsMsg::Rename(key.clone(), "a/b · \"first\", the best".into()));
    page.send(RunsMsg::Tick(key, true));
    page.send(PlaybackMsg::TogglePlay);
    page.frames(600);
    let labels = page.labels();

    page.send(Msg::SaveCurves);
    let curves = page.saved.take().unwrap();
    let curves = String::from_utf8(curves.bytes).unwrap();
    assert!(curves.starts_with("run,step,training error,test error\n\""), "{curves}");
    assert!(curves.contains("\n\"a/b · \"\"first\"\", the best\",60,"), "{curves}");
    let running = page.app.runs().rows().next().unwrap().name().to_owned();
    assert!(curves.contains(&format!("\n\"{running}\",30,")), "{curves}");

    page.is_storage_slow = true;
    page.send(Msg::SaveRuns);
    assert!(page.saved.is_none(), "two runs are still to be read");
    page.answer();
    let archive = page.saved.take().expect("an archive");
    assert_eq!(archive.name, "bottleneck-runs.zip");
    page.is_storage_slow = false;

    // They are all here.
    page.drop_named(1, &[(&archive.name, archive.bytes.clone())]);
    page.frames(600);
    assert_eq!(page.labels(), labels);

    let mut other = Page::with_mnist("preset=blog");
    other.drop_named(1, &[(&archive.name, archive.bytes)]);
    other.until(|app| !app.dataset().is_reading());
    assert_eq!(other.notice(), "3 runs are added to the list of runs.");
    let expected: Vec<_> =
        labels.iter().map(|label| label.replace("a/b · \"first\"", "a-b · -first-")).collect();
    assert!(expected.iter().all(|label| other.labels().contains(label)), "{:?}", other.labels());
    other.frames(600);
    assert_eq!(other.storage.borrow().files.len(), 4);
    let index = other.labels().iter().position(|label| label.contains("first")).unwrap();
    other.open_row(index);
    assert_eq!((other.step(), other.app.settings().config.seed), (60, 1));

    let torn = crate::files::write_zip(&[("torn.bottleneck".into(), b"BTLN".to_vec())]);
    other.drop_named(2, &[("runs.zip", torn)]);
    other.until(|app| !app.dataset().is_reading());
    assert!(other.notice().starts_with("0 runs are added to the list of runs. torn.bottleneck: "));
}

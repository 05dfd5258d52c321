//! The speed, the button *Step*, and automatic stops.

use super::*;

fn size(page: &mut Page, size: StepSize) {
    page.send(PlaybackMsg::StepSize(size));
}

#[test]
fn a_slow_page_shows_every_step() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(3);
    page.send(PlaybackMsg::Speed(Speed::PerSecond(2)));
    page.budget = 8.0;
    page.tick = 0.01;
    page.frames(200);
    let (start, step) = (page.time, page.step());
    let mut seen = page.app.inspect().reconstructions.version();
    let mut shown = 0;
    while page.time < start + 10_000.0 {
        page.frame();
        shown += u32::from(page.app.inspect().reconstructions.version() != seen);
        seen = page.app.inspect().reconstructions.version();
    }
    let steps = page.step() - step;
    assert!((19..=21).contains(&steps), "{steps} steps in ten seconds");
    assert!((19..=21).contains(&shown), "{shown} of {steps} were seen");
    assert_eq!((page.app.state(), page.app.is_at_rest()), (State::Training, true));
    let rate = page.app.figures().steps_per_second.unwrap();
    assert!((1.9..2.1).contains(&rate), "{rate}");
    page.send(PlaybackMsg::Speed(Speed::Full));
    let before = page.step();
    page.frames(10);
    assert!(page.step() > before + 100 && !page.app.is_at_rest());
}

#[test]
fn slow_motion_shows_the_parts_of_each_step_in_turn() {
    use StepPart::{Backward, Batch, Error, Forward, Update};
    let mut page = Page::with_mnist("batch=10");
    page.send(PlaybackMsg::Speed(Speed::PerSecond(2)));
    page.frames(100);
    let mut seen = Vec::new();
    for _ in 0..200 {
        page.frame();
        seen.push((page.app.step_part().expect("slow motion").0, page.step()));
    }
    seen.dedup();
    let start = seen.iter().position(|(part, _)| *part == Batch).unwrap();
    for parts in seen[start..].chunks_exact(5) {
        let step = parts[0].1;
        assert_eq!(parts, [Batch, Forward, Error, Backward, Update].map(|part| (part, step)));
    }
    assert!(seen.len() > 25, "{seen:?}");
    page.until(|app| app.step_part().is_some_and(|(part, _)| part == Batch));
    let sentence = pipeline_sentence(&page.app);
    assert_eq!(sentence, "A step begins: it takes a batch of 10 training digits.");

    page.send(RunsMsg::Seek(0));
    assert_eq!(page.app.step_part(), None, "the past stands still");
    page.send(RunsMsg::Now);
    page.send(PlaybackMsg::TogglePlay);
    assert_eq!(page.app.step_part(), None);
    page.send(PlaybackMsg::TogglePlay);
    assert!(page.app.step_part().is_some());
    page.send(PlaybackMsg::Speed(Speed::PerSecond(3)));
    assert_eq!(page.app.step_part(), None, "too fast to follow");
    page.send(PlaybackMsg::Speed(Speed::PerSecond(1)));
    page.send(PlaneMsg::ReduceMotion(true));
    assert_eq!(page.app.step_part(), None);
}

#[test]
fn step_makes_ten_or_a_hundred_steps_or_an_epoch_and_pauses() {
    let mut page = Page::with_mnist("batch=10");
    page.send(PlaybackMsg::Speed(Speed::PerSecond(1)));
    for (of, steps) in [(StepSize::Ten, 10), (StepSize::Hundred, 110), (StepSize::Epoch, 230)] {
        size(&mut page, of);
        page.send(PlaybackMsg::Step);
        page.budget = 1.0;
        page.frame();
        assert_eq!((page.app.state(), page.app.playback().is_playing()), (State::Training, true), "{of:?}");
        let (made, asked) = page.app.playback().step_progress().expect("there is more to do");
        assert!(made > 0 && made < asked && asked == steps - (page.step() - made));
        page.frames(200);
        assert_eq!((page.step(), page.app.state()), (steps, State::Paused), "{of:?}");
        assert_eq!(page.app.playback().step_progress(), None);
    }
}

#[test]
fn an_epoch_that_is_requested_before_the_images_waits_until_their_number_is_known() {
    for presses in [1, 2] {
        let mut page = Page::open("batch=10", true);
        size(&mut page, StepSize::Epoch);
        (0..presses).for_each(|_| page.send(PlaybackMsg::Step));
        page.frames(3);
        assert_eq!((page.step(), page.app.state()), (0, State::Loading));
        page.download(1_200, 60, 60);
        page.until(|app| app.state() == State::Paused);
        assert_eq!(page.step(), 120 * presses);
    }
    let mut page = Page::open("batch=10", true);
    size(&mut page, StepSize::Epoch);
    page.send(PlaybackMsg::Step);
    page.send(PlaybackMsg::TogglePlay);
    page.download(1_200, 60, 60);
    page.load_all();
    page.frames(3);
    assert_eq!((page.step(), page.app.state()), (0, State::Paused), "Pause cancels it");
}

#[test]
fn pause_and_reset_end_a_long_step() {
    for end in [PlaybackMsg::TogglePlay, PlaybackMsg::Reset] {
        let mut page = Page::with_mnist("batch=10");
        size(&mut page, StepSize::Epoch);
        page.send(PlaybackMsg::Step);
        page.frames(5);
        page.send(end);
        let step = page.step();
        page.frames(20);
        assert_eq!((page.step(), page.app.state()), (step, State::Paused), "{end:?}");
        page.send(PlaybackMsg::TogglePlay);
        page.frames(3);
        assert_eq!((page.step(), page.app.state()), (step + 3, State::Training), "{end:?}");
    }
}

#[test]
fn training_stops_at_its_step_and_says_so() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(5);
    page.send(PlaybackMsg::StopAt(Some(300)));
    page.budget = 30.0;
    page.until(|app| app.state() == State::Paused);
    assert_eq!(page.step(), 300);
    assert_eq!(page.notice(), "Training stopped at step 300.");
    page.send(PlaybackMsg::TogglePlay);
    assert_eq!(page.notice(), "", "it trains again");
    page.frames(5);
    assert!(page.step() > 310, "it does not stop there again");
    page.send(PlaybackMsg::StopAt(Some(200)));
    assert!(page.notice().contains("past step 200"), "{}", page.notice());
    page.send(PlaybackMsg::Reset);
    assert_eq!(page.notice(), "", "the new run is not past it");
    page.until(|app| app.state() == State::Paused);
    assert_eq!(page.step(), 200);
    page.send(PlaybackMsg::StopAt(None));
    page.send(PlaybackMsg::Reset);
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.run().trainer().steps() > 250);
}

#[test]
fn notices_go_when_they_no_longer_hold_or_after_eight_seconds() {
    let mut page = Page::with_mnist("batch=10");
    page.send(PlaybackMsg::TogglePlay);
    let seconds = |page: &mut Page, seconds: f64| {
        let end = page.time + 1e3 * seconds;
        while page.time < end {
            page.frame();
        }
    };
    for change in [Msg::from(PlaybackMsg::Step), PlaybackMsg::Reset.into()] {
        let step = page.step() + 5;
        page.send(PlaybackMsg::StopAt(Some(step)));
        page.send(PlaybackMsg::TogglePlay);
        page.until(|app| app.state() == State::Paused);
        assert!(page.notice().contains(&format!("stopped at step {step}")), "{}", page.notice());
        page.send(change.clone());
        page.frame();
        assert_eq!(page.notice(), "", "{change:?}");
    }
    page.set(Setting::BatchSize, "many");
    seconds(&mut page, 7.5);
    assert!(page.notice().contains("“many”"));
    seconds(&mut page, 1.0);
    assert_eq!(page.notice(), "");
    page.set(Setting::BatchSize, "many");
    page.send(NoticeMsg::Hold(true));
    seconds(&mut page, 20.0);
    page.send(NoticeMsg::Hold(false));
    assert!(page.notice().contains("“many”"), "it has the pointer or the focus");
    seconds(&mut page, 8.5);
    page.send(NoticeMsg::Keep("a file".to_owned()));
    seconds(&mut page, 20.0);
    assert_eq!(page.notice(), "a file");
}

#[test]
fn a_typed_stop_is_one_that_the_url_takes_or_is_refused_with_what_was_typed() {
    let mut page = Page::with_mnist("batch=10");
    page.send(Msg::SetStop("5,000".to_owned()));
    assert_eq!(page.app.playback().stop_at(), Some(5_000));
    for text in ["1e300", "9007199254740992", "0", "2.5"] {
        page.send(Msg::SetStop(text.to_owned()));
        assert!(page.notice().contains(&format!("got “{text}”")), "{}", page.notice());
        assert_eq!(page.app.playback().stop_at(), Some(5_000), "the stop in force stays");
    }
    page.send(Msg::SetStop(String::new()));
    assert_eq!(page.app.playback().stop_at(), None);
}

#[test]
fn training_stops_at_a_plateau_if_that_is_set() {
    // A network that hardly learns is at its plateau from the start.
    let mut page = Page::with_mnist("batch=10&lr=0.0000001");
    page.until(|app| app.run().curve().history().test.len() > 60);
    assert_eq!(page.app.state(), State::Training);
    page.send(PlaybackMsg::StopAtPlateau(true));
    page.until(|app| app.state() == State::Paused);
    assert!(page.notice().contains("less than 1 %"), "{}", page.notice());
    let stopped = format!("Training stopped at step {}:", group_digits(page.step()));
    assert!(page.notice().starts_with(&stopped), "the step that the page shows: {}", page.notice());
    page.send(PlaybackMsg::TogglePlay);
    page.frames(20);
    assert_eq!(page.app.state(), State::Training);
}

#[test]
fn a_page_without_input_pauses_after_15_minutes() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(3);
    let minutes = |page: &mut Page, minutes: u32| {
        for _ in 0..minutes {
            page.time += 59_000.0;
            page.frames(3);
        }
    };
    minutes(&mut page, 14);
    page.send(PlaybackMsg::UserActive);
    minutes(&mut page, 14);
    assert_eq!((page.app.state(), page.notice()), (State::Training, ""));
    minutes(&mut page, 3);
    assert_eq!(page.app.state(), State::Paused);
    assert!(page.notice().contains("15 minutes"), "{}", page.notice());
    page.send(PlaybackMsg::TogglePlay);
    minutes(&mut page, 14);
    assert_eq!(page.app.state(), State::Training, "Play is input");
    page.send(PlaybackMsg::StopAt(Some(1_000_000)));
    minutes(&mut page, 40);
    assert_eq!(page.app.state(), State::Training, "a run with a stop is not idle");
}

#[test]
fn the_url_has_the_speed_and_the_stops() {
    let mut page = Page::with_mnist("batch=10&speed=10&stop=5000,plateau");
    let bar = page.app.playback();
    assert_eq!(
        (bar.speed(), bar.stop_at(), bar.stops_at_plateau()),
        (Speed::PerSecond(10), Some(5_000), true)
    );
    page.send(PlaybackMsg::StopAt(None));
    assert!(page.url.as_ref().unwrap().ends_with("&speed=10&stop=plateau"), "{:?}", page.url);
    page.send(PlaybackMsg::StopAtPlateau(false));
    page.send(PlaybackMsg::Speed(Speed::Full));
    let url = page.url.clone().unwrap();
    assert!(!url.contains("speed") && !url.contains("stop"), "{url}");
    page.send(PlaybackMsg::StopAt(Some(70)));
    page.send(Msg::Share);
    assert!(page.copied.as_ref().unwrap().ends_with("&stop=70"), "{:?}", page.copied);

    // Another speed in the URL does not restart the run.
    page.until(|app| app.run().trainer().steps() == 70);
    page.send(Msg::Open(format!("{url}&speed=2")));
    assert_eq!((page.step(), page.app.playback().speed()), (70, Speed::PerSecond(2)));
    page.send(Msg::Open(format!("{url}&speed=3000")));
    assert_eq!(page.app.playback().speed(), Speed::Full);
    assert!(page.notice().contains("got “3000”"), "{}", page.notice());
}

#[test]
fn the_end_of_a_schedule_is_told_once_and_as_long_as_it_holds() {
    let mut page = Page::with_mnist("batch=10&schedule=cosine&schedule-steps=20");
    page.until(|app| app.run().trainer().steps() == 19);
    assert_eq!((page.notice(), page.app.has_schedule_ended()), ("", false));
    page.frame();
    assert!(page.notice().starts_with("The schedule has ended: from step 20 on the learning rate is 0"));
    assert!(page.app.has_schedule_ended());
    let parameters = page.parameters();
    page.send(NoticeMsg::Dismiss);
    page.frames(10);
    assert_eq!((page.notice(), page.parameters()), ("", parameters), "it learns nothing, and says so once");
    page.set(Setting::ScheduleSteps, "10");
    assert_eq!(page.notice(), "", "it has ended as before");
    page.set(Setting::ScheduleSteps, "40");
    page.set(Setting::ScheduleSteps, "25");
    assert!(page.notice().contains("The schedule has ended"), "it has ended again: {}", page.notice());
    page.set(Setting::Schedule, "constant");
    assert_eq!(page.notice(), "", "the rate is constant now");
}

//! The timeline, and runs that continue from an earlier step.

use super::*;

/// Opens a page that has trained for some steps and is paused.
fn trained(steps: u64) -> Page {
    let mut page = Page::with_mnist("batch=10&seed=5");
    page.until(|app| app.run().trainer().steps() == steps);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(400);
    page
}

/// Returns what views show once they are up to date.
fn views(page: &mut Page) -> (Vec<f32>, Vec<f32>, Vec<[f32; 2]>) {
    let reconstructions = page.app.outputs().reconstructions().1.to_vec();
    let decoded = page.app.outputs().decoded().to_vec();
    (reconstructions, decoded, page.app.plane().cloud().points.to_vec())
}

fn seek(page: &mut Page, step: u64) -> u64 {
    page.send(RunsMsg::Seek(step));
    page.frames(400);
    page.app.shown_step()
}

#[test]
fn every_view_shows_an_earlier_step_as_it_was() {
    let mut page = trained(100);
    let then = views(&mut page);
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.run().trainer().steps() == 400);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(400);
    let now = views(&mut page);
    assert!(now.0 != then.0 && now.1 != then.1 && now.2 != then.2);
    // Steps are recorded at squares of multiples of a quarter; 100 is one of them.
    assert_eq!(seek(&mut page, 100), 100);
    let (reconstructions, _, points) = views(&mut page);
    assert_eq!((reconstructions, points), (then.0, then.2));
    assert_eq!(page.step(), 400, "the run itself is where it was");
    assert_eq!(seek(&mut page, 400), 400);
    let back = views(&mut page);
    assert_eq!((back.0, back.2), (now.0, now.2));
}

#[test]
fn an_earlier_step_is_drawn_once_during_training() {
    let mut page = trained(200);
    page.send(PlaybackMsg::TogglePlay);
    assert!(seek(&mut page, 20) < 200);
    // Pointing ends the showcase.
    page.send(PlaneMsg::PointAt(Some([0.5, 0.5])));
    page.tick = 0.01;
    page.frames(600);
    let versions = |page: &Page| {
        let (app, plane) = (&page.app, page.app.plane());
        [
            app.model_version(),
            app.inspect().reconstructions.version(),
            plane.version(),
            plane.manifold_version(),
        ]
    };
    let (before, run, step) = (versions(&page), page.app.run().version(), page.step());
    page.frames(60);
    assert_eq!(versions(&page), before);
    assert!(page.step() > step && page.app.run().version() != run, "figures stay live");
    page.send(RunsMsg::Now);
    page.frames(30);
    assert!(versions(&page).iter().zip(&before).all(|(now, then)| now != then));
}

#[test]
fn a_replay_takes_six_seconds_and_ends_at_the_present() {
    let mut page = trained(300);
    page.send(RunsMsg::Replay);
    assert_eq!(page.app.shown_step(), 0);
    let start = page.time;
    page.until(|app| app.runs().timeline().shown().is_none());
    assert!((5_000.0..7_000.0).contains(&(page.time - start)), "{} ms", page.time - start);
    assert_eq!(page.app.shown_step(), 300);
}

#[test]
fn a_branch_continues_from_the_shown_step_and_the_run_before_is_in_the_list() {
    let mut page = trained(400);
    let (state, len) = (page.app.run().trainer().state(), page.app.runs().timeline().len());
    let step = seek(&mut page, 100);
    let then = page.app.runs().timeline().shown().unwrap().parameters.clone();
    page.send(RunsMsg::Branch);
    let trainer = page.app.run().trainer();
    assert_eq!((trainer.steps(), trainer.parameters()), (step, &then[..]));
    assert_eq!(trainer.examples(), 10 * step);
    assert_eq!((page.app.shown_step(), page.app.state()), (step, State::Training));
    let last = page.app.run().curve().history().last_step();
    assert!(last.is_some_and(|last| last <= step && last + 20 > step), "{last:?} of {step}");
    page.frames(50);
    assert_eq!(page.step(), step + 50);
    assert_eq!(seek(&mut page, 0), 0, "the past before the branch is still there");

    page.send(RunsMsg::Back);
    assert_eq!(page.app.run().trainer().state(), state);
    assert_eq!((page.app.runs().timeline().len(), page.app.shown_step()), (len, 400));
    assert!(page.app.runs().timeline().shown().is_none());
    page.send(RunsMsg::Forward);
    assert!(page.step() > step + 50);
}

#[test]
fn a_reset_starts_another_timeline_and_the_old_one_belongs_to_the_run_before() {
    let mut page = trained(300);
    let len = page.app.runs().timeline().len();
    seek(&mut page, 100);
    page.send(PlaybackMsg::Reset);
    assert_eq!((page.app.runs().timeline().len(), page.app.shown_step()), (1, 0));
    assert!(page.app.runs().timeline().shown().is_none());
    page.send(RunsMsg::Branch);
    assert_eq!(page.app.runs().timeline().len(), 1, "there is nothing to continue from");
    page.send(RunsMsg::Back);
    assert_eq!((page.app.runs().timeline().len(), page.app.shown_step()), (len, 300));
}

#[test]
fn a_diverged_run_still_shows_its_past() {
    let mut page = trained(300);
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.figures().test_mse.is_some());
    page.set(Setting::LearningRate, "1000");
    page.until_diverged();
    let then = seek(&mut page, 100);
    let before = page.app.outputs().reconstructions().1.to_vec();
    assert!(then < 300 && seek(&mut page, 5) < then);
    assert_ne!(page.app.outputs().reconstructions().1, before);
    page.send(NoticeMsg::Act);
    assert_eq!((page.app.state(), page.app.shown_step()), (State::Training, page.step()));
}

#[test]
fn with_reduced_motion_replay_goes_by_hand_except_in_a_video() {
    let mut page = trained(300);
    let shown = |page: &mut Page, frames| {
        page.frames(frames);
        page.app.shown_step()
    };
    page.send(PlaneMsg::ReduceMotion(true));
    page.send(RunsMsg::Replay);
    assert_eq!(page.app.shown_step(), 0, "it shows the beginning");
    assert_eq!((shown(&mut page, 100), page.app.runs().timeline().is_replaying()), (0, false), "and no more");
    assert!(seek(&mut page, 100) > 0, "the timeline moves it");

    page.send(PlaneMsg::Recording(true));
    page.send(RunsMsg::Replay);
    let first = shown(&mut page, 60);
    assert!(first > 0 && shown(&mut page, 60) > first, "a video moves");
    page.send(PlaneMsg::Recording(false));
    let last = page.app.shown_step();
    assert_eq!((shown(&mut page, 60), page.app.runs().timeline().is_replaying()), (last, false));
    page.send(PlaneMsg::ReduceMotion(false));
    page.send(RunsMsg::Replay);
    page.frames(20);
    page.send(PlaneMsg::ReduceMotion(true));
    let step = shown(&mut page, 1);
    assert_eq!(shown(&mut page, 60), step, "a replay that runs stops");
}

//! Pause, step, reset, and the promise that the same seed gives the same run.

use crate::support::page::{Data, Opening, Page};

#[test]
fn pauses_steps_resets_and_repeats_a_run() {
    let page = Page::training(Opening::on(Data::best()).fragment("#seed=5"));
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");
    let step = page.number("step");
    page.settled_pixels("#reconstructions");
    assert_eq!(page.number("step"), step, "a paused page trains on");

    page.press("Step");
    page.wait(&format!("step === {}", step + 1.0), 2.0, "Step takes one step");
    assert_eq!(page.data("state"), "paused");

    let first = five_steps_from_reset(&page);
    let second = five_steps_from_reset(&page);
    assert_eq!(first, second, "the same seed, another run");
    page.set("Seed", "6");
    let other = five_steps_from_reset(&page);
    assert_ne!(first, other, "another seed, the same run");

    page.press("Play");
    page.wait("state === 'training' && step > 50", 5.0, "Play goes on");
    page.assert_quiet();
}

/// The training loss after five steps, to all its digits.
fn five_steps_from_reset(page: &Page) -> String {
    page.press("Reset");
    page.wait("step === 0 && state === 'paused'", 2.0, "Reset goes back to step 0 and stays paused");
    for step in 1..=5 {
        page.press("Step");
        page.wait(&format!("step === {step}"), 2.0, "Step takes one step");
    }
    page.data("train-loss")
}

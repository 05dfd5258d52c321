//! The transport: play, pause, step, reset, speed and stops, and a tab that is hidden.

use fantoccini::key::Key;

use crate::support::page::{Data, Opening, Page};

#[test]
fn play_pause_step_and_reset_repeat_a_run_with_the_same_seed() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#seed=5"), 20);
    page.press("Step");
    page.wait("step === 21 && state === 'paused'", 2.0, "Step makes one step");
    let first = two_steps_from_reset(&page);
    assert_eq!(two_steps_from_reset(&page), first, "the same seed, another run");
    page.set("Seed", "6");
    assert_ne!(two_steps_from_reset(&page), first, "another seed, the same run");
    page.press("Play");
    page.wait("state === 'paused' && step === 20", 5.0, "Play trains up to the stop");
    page.assert_quiet();
}

/// Returns the training loss of the second step, with all its digits.
fn two_steps_from_reset(page: &Page) -> String {
    page.press("Reset");
    page.wait("step === 0 && state === 'paused'", 2.0, "Reset goes back to step 0");
    for step in 1..=2 {
        page.press("Step");
        page.wait(&format!("step === {step}"), 2.0, "Step makes one step");
    }
    page.data("train-loss")
}

fn set_speed(page: &Page, index: usize) {
    let script = "const speed = document.querySelector('#speed');
        speed.value = arguments[0];
        speed.dispatchEvent(new Event('input', { bubbles: true }));
        return document.querySelector('label[for=speed]').textContent";
    assert_eq!(page.browser.js_with(script, vec![index.into()]), "Speed");
}

#[test]
fn speed_step_size_and_stops_are_set_by_their_controls() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#batch=1"), 1);
    set_speed(&page, 1);
    page.wait_for_text("#speed-text", "2 steps/s", "the speed in words");
    page.press("Play");
    page.wait("state === 'training' && step > 1", 10.0, "a slow page trains");
    page.pause();
    page.browser.js("window.progress = [];
         const label = document.querySelector('#progress-label');
         new MutationObserver(() => window.progress.push(label.textContent))
             .observe(label, { childList: true, characterData: true, subtree: true })");
    for (size, steps) in [("10", 10.0), ("epoch", 1_000.0)] {
        page.set("Step size", size);
        let end = page.number("step") + steps;
        page.press("Step");
        page.wait(&format!("step === {end} && state === 'paused'"), 20.0, "many steps end in a pause");
    }
    let progress = "window.progress.some((text) => text.endsWith('of 1,000 steps'))";
    page.browser.wait_until(progress, 5.0, "the progress of an epoch is shown");

    set_speed(&page, 13);
    let stop = page.number("step") + 50.0;
    page.set("Stop at step", &stop.to_string());
    page.press("Play");
    page.wait(&format!("step === {stop} && state === 'paused'"), 20.0, "it stops at its step");
    assert!(page.wait_for_notice("it has stopped").contains("stopped at step"));
    page.browser.click(&page.field("Stop at a plateau"));
    page.press("Play");
    page.wait(&format!("step > {stop}"), 5.0, "Play continues past the stop");
    page.assert_quiet();
}

#[test]
fn a_stop_that_is_typed_while_an_epoch_runs_stays_and_is_quoted_where_it_is_refused() {
    // Wide layers, one digit at a time: an epoch lasts.
    let page = Page::rested(Opening::on(Data::Few).fragment("#preset=hinton&batch=1"), 1);
    page.set("Step size", "epoch");
    page.press("Step");
    page.wait("state === 'training' && step > 1", 10.0, "an epoch runs");
    page.focus("#stop-at");
    page.browser.js("document.querySelector('#stop-at').select()");
    for typed in ["9", "90", "900", "9000"] {
        page.browser.type_text(&typed[typed.len() - 1..]);
        let step = page.number("step");
        page.wait(&format!("state === 'training' && step > {step} + 2"), 10.0, "steps, and frames");
        assert_eq!(page.value("Stop at step"), typed);
    }
    page.browser.press(&[Key::Enter]);
    page.browser.wait_until("location.hash.includes('stop=9000')", 3.0, "the address has it");
    page.set("Stop at step", "9007199254740992");
    assert!(page.wait_for_notice("it is refused").ends_with("or empty; got “9007199254740992”."));
    page.wait_until_of("#stop-at", "$.value === '9000'", "the stop in force is shown again");
    page.assert_quiet();
}

#[test]
fn a_hidden_tab_pauses_and_says_so_when_it_is_shown_again() {
    let page = Page::training(Opening::on(Data::Few).speed(100));
    page.browser.hide_and_return();
    let notice = page.wait_for_notice("it was paused");
    assert!(notice.contains("paused"), "{notice}");
    let step = page.number("step");
    page.wait(&format!("state === 'training' && step > {step}"), 5.0, "it trains again");
    page.assert_quiet();
}

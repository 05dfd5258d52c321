//! A hidden tab rests, and says so when one comes back.

use std::time::Duration;

use crate::support::page::{Data, Opening, Page};

#[test]
fn a_hidden_tab_pauses_and_counts_no_time() {
    let page = Page::training(Opening::on(Data::best()).alone());
    page.wait("images === 60000 && examples > 50000", 30.0, "a steady rate");
    let rate = page.number("examples-per-second");
    page.browser.js("window.hidden = [];
         document.addEventListener('visibilitychange', () =>
             window.hidden.push([document.visibilityState, document.querySelector('#app').dataset.step]))");
    page.browser.hide_for(Duration::from_secs(3));
    let seen = page.browser.js("return window.hidden");
    assert_eq!((&seen[0][0], &seen[1][0]), (&"hidden".into(), &"visible".into()), "the tab was never hidden");
    let step =
        |index: usize| seen[index][1].as_str().and_then(|step| step.parse::<f64>().ok()).expect("a step");
    let missed = step(1) - step(0);
    assert!(missed < rate / 100.0, "{missed} steps while hidden");

    let sentence = page.wait_for_notice("that it rested");
    assert!(sentence.to_lowercase().contains("pause"), "{sentence:?}");
    page.wait(&format!("state === 'training' && step > {}", step(1)), 5.0, "it goes on");
    let after = page.number("examples-per-second");
    assert!(after > rate / 3.0, "{after} examples/s after {rate}: the time away was counted");
    page.assert_quiet();
}

//! How fast, how far, and when to stop.

use std::thread;
use std::time::Duration;

use crate::support::page::{Data, Opening, Page};

fn set_speed(page: &Page, place: usize) {
    let script = "const speed = document.querySelector('#speed');
        speed.value = arguments[0];
        speed.dispatchEvent(new Event('input', { bubbles: true }));
        return document.querySelector('label[for=speed]').textContent";
    assert_eq!(page.browser.js_with(script, vec![place.into()]), "Speed");
}

#[test]
fn a_page_goes_slowly_in_steps_of_any_size_and_stops_where_it_is_told_to() {
    let page = Page::training(Opening::on(Data::best()).fragment("#seed=5"));
    page.wait("images === 60000", 30.0, "all images are there");

    set_speed(&page, 1);
    page.browser.wait_until("document.querySelector('#speed-text').textContent === '2 steps/s'", 2.0, "slow");
    let step = page.number("step");
    let pixels = page.pixels("#reconstructions");
    thread::sleep(Duration::from_millis(3_000));
    let made = page.number("step") - step;
    assert!((4.0..=8.0).contains(&made), "{made} steps in three seconds");
    assert_eq!(page.data("state"), "training");
    assert!(page.pixels("#reconstructions") != pixels, "they are seen");

    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");
    for (size, steps) in [("10", 10.0), ("100", 100.0), ("epoch", 1_200.0)] {
        page.set("Step size", size);
        let step = page.number("step");
        page.press("Step");
        if size == "epoch" {
            let bar = "document.querySelector('#progress-label').checkVisibility()
                && document.querySelector('#progress-label').textContent.endsWith('of 1,200 steps')";
            page.browser.wait_until(bar, 5.0, "how far it has come is seen");
        }
        let end = step + steps;
        page.wait(&format!("step >= {end} && state === 'paused'"), 60.0, "a step ends in a pause");
        assert_eq!(page.number("step"), end, "{size}");
    }
    page.press("Step");
    page.wait("state === 'training'", 5.0, "an epoch takes a while");
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause ends it");

    set_speed(&page, 13);
    let stop = page.number("step") + 150.0;
    page.set("Stop at step", &stop.to_string());
    page.press("Play");
    page.wait(&format!("step === {stop} && state === 'paused'"), 20.0, "it stops where it was told to");
    assert!(page.wait_for_notice("that it has stopped").contains("stopped at step"));
    let plateau = page.field("Stop at a plateau");
    page.browser.click(&plateau);
    page.press("Play");
    page.wait(&format!("step > {stop}"), 5.0, "who plays on is not stopped again");
    page.assert_quiet();
}

#[test]
fn a_page_that_nobody_touches_pauses() {
    let page = Page::blank(Opening::on(Data::Strokes));
    // A clock that goes a thousand times as fast, for the program alone.
    page.browser.devtools(
        "Page.addScriptToEvaluateOnNewDocument",
        serde_json::json!({ "source": "const now = performance.now.bind(performance);
            window.ahead = 0; performance.now = () => now() + window.ahead;" }),
    );
    page.load();
    page.wait("state === 'training' && step > 20", 15.0, "it trains");
    page.browser.js("window.ahead = 14 * 60e3");
    thread::sleep(Duration::from_millis(500));
    assert_eq!(page.data("state"), "training");
    page.browser.js("window.ahead = 15.5 * 60e3");
    page.wait("state === 'paused'", 3.0, "a quarter of an hour is enough");
    assert!(page.wait_for_notice("why").contains("15 minutes"));
    page.press("Play");
    page.wait("state === 'training'", 2.0, "Play goes on");
    page.assert_quiet();
}

//! Turning the learning rate until the run breaks, and one click back.

use crate::support::page::{Data, Opening, Page};

#[test]
fn one_click_brings_a_broken_run_back_and_it_learns_on() {
    let data = Data::best();
    let page = Page::training(Opening::on(data));
    page.wait("testLoss < 0.05", 60.0, "it has learned something");
    let rate = page.value("Learning rate");
    page.set("Learning rate", "1000");
    page.wait("state === 'diverged'", 10.0, "an absurd rate breaks the run");
    let sentence = page.wait_for_notice("that it is broken");
    assert!(sentence.contains("1000") && sentence.to_lowercase().contains("learning rate"), "{sentence}");
    assert_eq!(page.value("Learning rate"), "1000");

    let action = page.browser.find("#notice-action");
    let label = page.browser.js("return document.querySelector('#notice-action').textContent");
    assert!(
        label.as_str().is_some_and(|label| label.contains("last good") && label.contains(&rate)),
        "{label}"
    );
    page.browser.click(&action);
    page.wait(
        "state === 'training' && testLoss < 0.045",
        // Three times what it takes at most where nothing else runs.
        30.0,
        "the test error falls again",
    );
    assert_eq!(page.value("Learning rate"), rate, "the rate is the one that was good");
    assert_eq!(page.notice(), "");

    // The spike of the broken run does not flatten the curve: what is learned now uses the chart's height.
    let lowest_label = "/0\\.0[0-9]/";
    page.browser.hover(page.point("#loss", 0.95, 0.5));
    let readout = "document.querySelector('#loss-readout').textContent";
    page.browser.wait_until(&format!("{lowest_label}.test({readout})"), 2.0, "the chart is read");
    let heights = page.browser.js(CURVE_HEIGHTS);
    let heights: Vec<f64> = serde_json::from_value(heights).expect("heights of the curve");
    let last = heights.last().copied().unwrap_or(1.0);
    assert!((0.1..0.85).contains(&last), "the curve lies at {last} of the chart's height, {heights:?}");
    page.assert_quiet();
}

/// Where the test curve lies in each tenth of the chart, from 0 at its top to 1 at its bottom.
const CURVE_HEIGHTS: &str = "
    const canvas = document.querySelector('#loss');
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const heights = [];
    for (let tenth = 2; tenth < 10; tenth++) {
        const ys = [];
        for (let x = Math.floor(width * tenth / 10); x < width * (tenth + 0.5) / 10; x++)
            for (let y = 0; y < height; y++) {
                const [r, g, b] = data.slice(4 * (y * width + x));
                if (b - r > 90) ys.push(y / height);
            }
        ys.sort((a, b) => a - b);
        if (ys.length) heights.push(ys[ys.length >> 1]);
    }
    return heights";

#[test]
fn play_and_a_lower_rate_are_ways_back_too_and_close_closes() {
    let page = Page::training(Opening::on(Data::best()).fragment("#optimizer=sgd&lr=0.5"));
    page.wait("step > 600 && testLoss > 0", 30.0, "some training");
    for way in ["Play", "lower"] {
        page.set("Learning rate", "100000");
        page.wait("state === 'diverged'", 10.0, "an absurd rate breaks the run");
        page.wait_for_notice("that it is broken");
        page.press("Close");
        page.browser.wait_until("document.querySelector('#notice').hidden", 2.0, "Close closes");
        assert_eq!(page.data("state"), "diverged");
        let step = page.number("step");
        match way {
            "Play" => page.press("Play"),
            _ => page.set("Learning rate", "0.25"),
        }
        page.wait(&format!("state === 'training' && step > {step} + 50"), 10.0, way);
        let expected = if way == "Play" { "0.5" } else { "0.25" };
        assert_eq!(page.value("Learning rate"), expected, "{way}");
        page.wait(&format!("step > {step} + 400"), 10.0, "it trains on");
    }
    page.assert_quiet();
}

#[test]
fn arrow_keys_in_the_rate_go_to_the_next_round_number() {
    use fantoccini::key::Key;
    let page = Page::training(Opening::on(Data::best()));
    page.set("Learning rate", "0.003");
    page.browser.js("document.querySelector('#learning-rate').focus()");
    for (key, expected) in [(Key::Up, "0.005"), (Key::Up, "0.01"), (Key::Down, "0.005"), (Key::Down, "0.002")]
    {
        page.browser.press(&[key]);
        let shown = format!("document.querySelector('#learning-rate').value === '{expected}'");
        page.browser.wait_until(&shown, 2.0, expected);
    }
    assert_eq!(page.data("state"), "training");
    page.assert_quiet();
}

//! The loss chart: read under the pointer, with the curves of other runs, on either axis and in either theme.

use serde_json::Value;

use crate::support::page::{Data, Opening, Page};

#[test]
fn a_tick_draws_the_curve_of_a_run_and_a_mark_sets_a_setting_back() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#seed=5&batch=20").still(), 100);
    page.press("Reset");
    page.press("Step");
    page.wait("step === 1", 5.0, "another run");
    page.idle();
    let without = page.pixels("#loss");
    page.browser.click(&page.field("Curve of batch 20, seed 5"));
    let with = page.wait_for_other_pixels("#loss", &without, "the chart with its curve");
    page.browser.click(&page.field("Curve of batch 20, seed 5"));
    page.wait_for_other_pixels("#loss", &with, "the chart without it");
    page.set("Batch size", "100");
    page.press("Step");
    page.wait("step === 2", 5.0, "a step with it");
    page.press("Step 1: batch 20 → 100. Set it back to 20");
    page.browser.wait_until("document.querySelector('#batch-size').value === '20'", 3.0, "it is set back");
    page.assert_quiet();
}

#[test]
fn the_chart_is_read_and_redrawn_for_another_axis_and_theme() {
    let page = Page::rested(Opening::on(Data::Few).still(), 200);
    page.browser.hover(page.point("#timeline", 0.6, 0.5));
    page.wait_until_of("#loss-readout", "/step [0-9,]+.*0\\.[0-9]+/.test($.textContent)", "values are read");
    page.browser.hover((2.0, 2.0));
    page.wait_until_of("#loss-readout", "$.textContent === ''", "nothing is read");

    let linear = page.pixels("#loss");
    page.browser.click(&page.browser.find("#loss-log"));
    let logarithmic = page.wait_for_other_pixels("#loss", &linear, "a logarithmic axis");
    let theme = || page.browser.js("return document.documentElement.dataset.theme ?? null");
    page.press("Theme: system");
    assert_eq!(theme(), "light");
    page.press("Theme: light");
    page.wait_for_other_pixels("#loss", &logarithmic, "the colours of another theme");
    assert_eq!(theme(), "dark");
    page.load();
    page.wait("step > 0", 15.0, "the page opens again");
    assert_eq!(theme(), "dark", "the choice is stored");
    page.press("Theme: dark");
    page.button("Theme: system");
    assert_eq!(theme(), Value::Null, "the system's theme can be chosen again");
    page.assert_quiet();
}

//! The loss chart: read under the pointer, with kept curves, on either axis and in either theme.

use serde_json::{Value, json};

use crate::support::page::{Data, Opening, Page};

#[test]
fn curves_are_kept_named_by_what_differs_and_removed() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#seed=5&batch=20").still(), 100);
    let names = || {
        page.browser
            .js("return [...document.querySelectorAll('#ghosts li')].map((li) => li.firstChild.textContent)")
    };
    page.press("Keep curve");
    page.browser.wait_until("document.querySelectorAll('#ghosts li').length === 1", 2.0, "it is listed");
    assert_eq!(names(), json!(["same settings"]));
    page.set("Batch size", "100");
    page.wait_for_text("#ghosts li", "batch 20", "it is named by what differs");
    page.press("Reset");
    page.wait("step === 0", 5.0, "another run");
    page.idle();
    assert_eq!(names(), json!(["batch 20"]), "it outlasts the run");
    let with = page.pixels("#loss");
    page.press("Remove the curve “batch 20”");
    page.browser.wait_until("document.querySelectorAll('#ghosts li').length === 0", 2.0, "it is gone");
    page.wait_for_other_pixels("#loss", &with, "the chart without it");
    page.assert_quiet();
}

#[test]
fn the_chart_is_read_and_redrawn_for_another_axis_and_theme() {
    let page = Page::rested(Opening::on(Data::Few).still(), 200);
    page.browser.hover(page.point("#loss", 0.6, 0.5));
    page.wait_until_of("#loss-readout", "/step [0-9,]+.*0\\.[0-9]+/.test($.textContent)", "values are read");
    page.browser.hover((2.0, 2.0));
    page.wait_for_text("#loss-readout", "mean squared error per pixel", "its unit again");

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

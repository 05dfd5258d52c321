//! The loss chart with kept curves and reference lines.

use crate::support::page::{Data, Opening, Page};

#[test]
fn curves_are_kept_named_and_removed_and_a_linear_code_is_drawn() {
    let page = Page::training(Opening::on(Data::best()).fragment("#seed=5&batch=20").speed(300));
    page.wait("testLoss > 0 && step > 200", 40.0, "there is a curve");
    page.press("Keep curve");
    let names = || {
        page.browser
            .js("return [...document.querySelectorAll('#ghosts li')].map((li) => li.firstChild.textContent)")
    };
    page.browser.wait_until("document.querySelectorAll('#ghosts li').length === 1", 2.0, "it is listed");
    assert_eq!(names(), serde_json::json!(["same settings"]));
    page.set("Batch size", "100");
    page.browser.wait_until(
        "document.querySelector('#ghosts li').firstChild.textContent === 'batch 20'",
        2.0,
        "named",
    );
    page.press("Reset");
    page.wait("step > 20 && step < 5000", 20.0, "another run");
    page.press("Pause");
    assert_eq!(names(), serde_json::json!(["batch 20"]), "it outlasts the run");

    // Reading the chart goes on working.
    page.browser.hover(page.point("#loss", 0.3, 0.5));
    page.browser.wait_until(
        "document.querySelector('#loss-readout').textContent.startsWith('step ')",
        2.0,
        "read",
    );
    page.browser.hover((5.0, 5.0));
    let with = page.pixels("#loss");
    page.press("Remove the curve “batch 20”");
    page.browser.wait_until("document.querySelectorAll('#ghosts li').length === 0", 2.0, "it is gone");
    let is_other = |before: &str| format!("document.querySelector('#loss').toDataURL() !== '{before}'");
    page.browser.wait_until(&is_other(&with), 2.0, "the chart without it");

    // At rest the linear code is found, and drawn once it is.
    page.browser.wait_until(&is_other(&page.pixels("#loss")), 60.0, "the line of the linear code");
    page.assert_quiet();
}

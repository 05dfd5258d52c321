//! On a phone: one column, and the plane under a finger.

use crate::support::page::{Data, Opening, Page};

#[test]
fn one_column_that_a_finger_can_use() {
    // Chromium's window is never narrower than 500 px, so that the view is narrowed and not the window.
    let page = Page::training(Opening::on(Data::best()).size(500, 900));
    page.browser.devtools(
        "Emulation.setDeviceMetricsOverride",
        serde_json::json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true }),
    );
    page.wait("testLoss > 0", 15.0, "the first evaluation");
    page.browser.wait_until(
        "document.documentElement.scrollWidth <= 390 && innerWidth === 390",
        2.0,
        "the page fits a phone's width",
    );
    let tops =
        page.browser.js("return ['#latent', '#decoded', '#reconstructions', '#loss', '#learning-rate']
             .map((id) => document.querySelector(id).getBoundingClientRect().top)");
    let tops: Vec<f64> = serde_json::from_value(tops).expect("five heights");
    assert!(tops.is_sorted(), "plane, digit, reconstructions, loss, controls stand at {tops:?}");

    let from = page.point("#latent", 0.3, 0.3);
    let to = page.point("#latent", 0.7, 0.6);
    let scrolled = page.browser.js("return scrollY");
    let (z1, digit) = (page.attribute("#decoded", "data-z1"), page.pixels("#decoded"));
    page.browser.swipe(from, from);
    let decoded = format!("document.querySelector('#decoded').dataset.z1 !== '{z1}'");
    page.browser.wait_until(&decoded, 2.0, "a touch decodes");
    let touched = page.z();
    page.browser.swipe(from, to);
    page.browser.wait_until(
        &format!("Number(document.querySelector('#decoded').dataset.z1) > {}", touched.0),
        2.0,
        "a finger drawn to the right moves the point",
    );
    assert_ne!(page.pixels("#decoded"), digit, "another point, the same digit");
    assert_eq!(page.browser.js("return scrollY"), scrolled, "the page scrolls under the finger");
    assert_eq!(page.data("state"), "training");
    page.assert_quiet();
}

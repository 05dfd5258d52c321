//! On a phone: one column, the plane and the timeline under a finger.

use serde_json::json;

use crate::support::page::{Data, Opening, Page};

#[test]
fn on_a_phone_the_page_is_one_column_that_a_finger_can_use() {
    let page = Page::rested(Opening::on(Data::Few).mobile(390, 844).still(), 100);
    let width = "document.documentElement.scrollWidth <= 390 && innerWidth === 390";
    page.browser.wait_until(width, 2.0, "the page fits a phone's width");
    let tops = page.browser.js(
        "return ['#pipeline', '#sentence', '#latent', '#decoded', '#loss', '#reconstructions', '#group-runs']
             .map((id) => document.querySelector(id).getBoundingClientRect().top)",
    );
    let tops: Vec<f64> = serde_json::from_value(tops).expect("seven heights");
    assert!(tops.is_sorted(), "pipeline, plane, digit, loss, reconstructions, runs stand at {tops:?}");

    let thumb = "return ['#play', '#learning-rate-slider'].map((id) =>
        innerHeight - document.querySelector(id).getBoundingClientRect().bottom)";
    let thumb: Vec<f64> = serde_json::from_value(page.browser.js(thumb)).expect("two heights");
    assert!(
        thumb.iter().all(|above| (0.0..120.0).contains(above)),
        "Play and the rate are under the thumb: {thumb:?}"
    );

    let [from, to] = [(0.3, 0.3), (0.7, 0.6)].map(|(x, y)| page.point("#latent", x, y));
    let scrolled = page.browser.js("return scrollY");
    let (z1, digit) = (page.attribute("#decoded", "data-z1"), page.pixels("#decoded"));
    page.browser.swipe(from, from);
    page.wait_until_of("#decoded", &format!("$.dataset.z1 !== '{z1}'"), "a touch decodes");
    let touched = page.z();
    page.browser.swipe(from, to);
    page.wait_until_of("#decoded", &format!("Number($.dataset.z1) > {}", touched.0), "so does a swipe");
    page.wait_for_other_pixels("#decoded", &digit, "another digit");
    assert_eq!(page.browser.js("return scrollY"), scrolled, "the page scrolls under the finger");

    page.browser.swipe(page.point("#timeline", 0.97, 0.5), page.point("#timeline", 0.4, 0.5));
    page.wait_until_visible("#now", "a finger moves the timeline");
    let place = page.browser.js("const s = document.querySelector('#timeline'); return s.value / s.max");
    assert!((0.25..0.55).contains(&place.as_f64().expect("a number")), "{place}");
    page.press("Now");
    page.wait_until_hidden("#now", "and back");
    page.assert_quiet();
}

#[test]
fn a_thumb_that_scrolls_moves_no_slider() {
    let page = Page::rested(Opening::on(Data::Few).mobile(390, 844).still(), 100);
    for css in ["#learning-rate-slider", "#speed", "#timeline"] {
        page.browser.js_with(
            "document.querySelector(arguments[0]).scrollIntoView({ block: 'center', behavior: 'instant' })",
            vec![css.into()],
        );
        let value = "return document.querySelector(arguments[0]).value";
        let before = page.browser.js_with(value, vec![css.into()]);
        let (x, y) = page.point(css, 0.3, 0.5);
        let scrolled = page.browser.js("return scrollY");
        let touch = |kind: &str, points: serde_json::Value| {
            let event = json!({ "type": kind, "touchPoints": points });
            page.browser.devtools("Input.dispatchTouchEvent", event);
        };
        touch("touchStart", json!([{ "x": x, "y": y }]));
        for step in 1..=12 {
            touch("touchMove", json!([{ "x": x, "y": y - 12.0 * f64::from(step) }]));
        }
        touch("touchEnd", json!([]));
        page.idle();
        if css != "#learning-rate-slider" {
            assert_ne!(page.browser.js("return scrollY"), scrolled, "{css} catches the page");
        }
        assert_eq!(page.browser.js_with(value, vec![css.into()]), before, "{css} has moved");
    }
    page.assert_quiet();
}

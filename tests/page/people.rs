//! The page for those who hear it, for those who have keys alone, and for a thumb.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::page::{Data, Opening, Page};

/// What the live region says.
const ALOUD: &str = "document.querySelector('#aloud').textContent";

/// What has the focus: its id, or the digit of a legend's button.
const FOCUS: &str = "return document.activeElement.id || document.activeElement.dataset.digit || ''";

fn text(page: &Page, script: &str) -> String {
    page.browser.js(script).as_str().unwrap_or_default().to_owned()
}

fn focus(page: &Page, css: &str) {
    page.browser.js_with("document.querySelector(arguments[0]).focus()", vec![json!(css)]);
}

#[test]
fn keys_and_ears_are_told_where_they_are() {
    let page = Page::training(Opening::on(Data::best()).speed(200));
    page.wait("testLoss > 0 && step > 200", 15.0, "something to hear");
    page.pause();
    the_plane_is_said_once_the_keys_rest(&page);
    the_legend_is_one_stop(&page);
    the_chart_reads_by_keys(&page);
    sliders_say_their_numbers(&page);
    a_notice_is_said_once_and_gives_the_focus_back(&page);
    all_stands_in_landmarks(&page);
    page.assert_quiet();
}

fn the_plane_is_said_once_the_keys_rest(page: &Page) {
    focus(page, "#latent");
    page.browser.js("window.said = []; new MutationObserver(() => window.said.push(
        document.querySelector('#aloud').textContent)).observe(document.querySelector('#aloud'),
        { childList: true, characterData: true, subtree: true })");
    page.browser.press(&[Key::Right; 12]);
    page.browser.wait_until(
        &format!("/^z −?\\d+\\.\\d\\d, −?\\d+\\.\\d\\d; nearest: \\w+ /.test({ALOUD})"),
        3.0,
        "the place",
    );
    assert_eq!(page.browser.js("return window.said.length"), 1, "twelve keys are told once they rest");
    page.browser.press(&[Key::Enter]);
    page.browser.wait_until(&format!("{ALOUD}.startsWith('Pinned: z ')"), 3.0, "the pin");
    let pins = page.attribute("#pins", "aria-label");
    assert!(pins.starts_with("Decoded at the pins: 1: z ") && pins.contains("nearest"), "{pins}");
    page.browser.press(&[Key::Delete]);
    page.browser.wait_until(&format!("{ALOUD}.startsWith('No pins. ')"), 3.0, "the pin is gone");
    let digits = page.attribute("#reconstructions", "aria-label");
    assert!(digits.contains("reconstruction") && digits.matches(", 0.").count() == 16, "{digits}");
}

fn the_legend_is_one_stop(page: &Page) {
    let stops = "return [...document.querySelectorAll('#legend [tabindex=\"0\"]')].map((stop) => stop.dataset.digit).join()";
    assert_eq!(text(page, stops), "0");
    focus(page, "#legend [tabindex='0']");
    page.browser.press(&[Key::Right, Key::Right, Key::Left, Key::Left, Key::Left]);
    assert_eq!((text(page, FOCUS), text(page, stops)), ("9".to_owned(), "9".to_owned()), "around the end");
    page.browser.press(&[Key::Home, Key::Right, Key::Enter]);
    page.browser.wait_until("!document.querySelector('#legend-all').hidden", 2.0, "a digit is hidden");
    page.browser.press(&[Key::Tab]);
    assert_eq!(text(page, FOCUS), "legend-all", "Tab leaves the legend");
    page.browser.press(&[Key::Enter]);
    page.browser.wait_until("document.querySelector('#legend-all').hidden", 2.0, "all are shown");
    assert_eq!(text(page, FOCUS), "1", "the focus goes where it was");
}

fn the_chart_reads_by_keys(page: &Page) {
    let value = || page.attribute("#loss", "aria-valuetext");
    let now = || page.attribute("#loss", "aria-valuenow").parse::<u64>().expect("a step");
    focus(page, "#loss");
    page.browser.wait_until("Number(document.querySelector('#loss').ariaValueNow) > 0", 2.0, "the last step");
    let (last, said) = (now(), value());
    assert!(said.starts_with("step ") && said.contains("train 0.") && said.contains("test 0."), "{said}");
    page.browser.press(&[Key::Left, Key::Left]);
    page.browser.wait_until(
        &format!("Number(document.querySelector('#loss').ariaValueNow) < {last}"),
        2.0,
        "back",
    );
    page.browser.wait_until(
        "document.querySelector('#loss-readout').textContent === document.querySelector('#loss').ariaValueText",
        2.0,
        "it is seen, too",
    );
    page.browser.press(&[Key::Home]);
    page.browser.wait_until(
        "Number(document.querySelector('#loss').ariaValueNow) < 10",
        2.0,
        "the first step",
    );
    page.browser.press(&[Key::End]);
    page.browser.wait_until(
        &format!("Number(document.querySelector('#loss').ariaValueNow) === {last}"),
        2.0,
        "the last",
    );
    let rows = "return [...document.querySelectorAll('#loss-table tr')].map((row) => [...row.cells].map((cell) => cell.textContent))";
    let rows: Vec<[String; 3]> = serde_json::from_value(page.browser.js(rows)).expect("rows of three");
    assert!(rows.len() > 6 && rows.iter().flatten().all(|cell| !cell.is_empty()), "{rows:?}");
}

fn sliders_say_their_numbers(page: &Page) {
    let rate = page.value("Learning rate");
    assert_eq!(page.attribute("#learning-rate-slider", "aria-valuetext"), rate);
    focus(page, "#learning-rate-slider");
    page.browser.press(&[Key::Right]);
    page.browser.wait_until(
        "document.querySelector('#learning-rate-slider').ariaValueText === document.querySelector('#learning-rate').value",
        2.0,
        "the rate, not its logarithm",
    );
    assert_ne!(page.value("Learning rate"), rate);
}

fn a_notice_is_said_once_and_gives_the_focus_back(page: &Page) {
    let sentence = |page: &Page| page.wait_for_notice("what was refused");
    page.set("Learning rate", "-1");
    let said = sentence(page);
    page.browser.wait_until(
        &format!("{ALOUD}.trim() === document.querySelector('#notice-text').textContent"),
        2.0,
        "it is said",
    );
    let live = "return [...document.querySelectorAll('[role=status], [role=alert], [aria-live=polite]')]
        .filter((region) => region.textContent.includes(arguments[0])).length";
    assert_eq!(page.browser.js_with(live, vec![json!(said)]), 1, "in one live region");
    assert_eq!(text(page, FOCUS), "learning-rate", "it takes no focus");
    focus(page, "#notice-close");
    page.browser.press(&[Key::Enter]);
    page.browser.wait_until("document.querySelector('#notice').hidden", 2.0, "it is closed");
    assert_eq!(text(page, FOCUS), "learning-rate", "the focus is where it was");
}

/// Axe's rule `region`, in a line: each text of the page has a landmark around it.
fn all_stands_in_landmarks(page: &Page) {
    let outside = "return [...document.body.children].filter((child) => child.checkVisibility()
        && !child.matches('header, main, footer, section[aria-label], section[aria-labelledby], [role=status]'))
        .map((child) => child.outerHTML.slice(0, 80))";
    assert_eq!(page.browser.js(outside), json!([]));
}

#[test]
fn magnified_the_page_needs_no_sideways_scrolling_and_can_still_be_used() {
    let page = Page::training(Opening::on(Data::best()).speed(200));
    // A window of 1280 by 1024 px at 200 % and at 400 %: for the page, that is a smaller one with more pixels.
    for magnification in [2, 4] {
        let (width, height) = (1280 / magnification, 1024 / magnification);
        let window =
            json!({ "width": width, "height": height, "deviceScaleFactor": magnification, "mobile": false });
        page.browser.devtools("Emulation.setDeviceMetricsOverride", window);
        page.browser.wait_until(&format!("innerWidth === {width}"), 5.0, "the window is magnified");
        let wide = text(
            &page,
            "const wide = [...document.querySelectorAll('body *')].filter((element) =>
                 element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1);
             return JSON.stringify(wide.map((element) => element.outerHTML.slice(0, 80)))",
        );
        assert_eq!(wide, "[]", "at {magnification}00 %");
        page.pause();
        page.press("Step");
        let (z1, _) = page.z();
        page.browser.hover(page.point("#latent", 0.3, 0.4));
        let is_another = format!("Number(document.querySelector('#decoded').dataset.z1) !== {z1}");
        page.browser.wait_until(&is_another, 5.0, "what is below the pointer is decoded");
        page.press("Play");
        page.wait("state === 'training'", 5.0, "it goes on");
    }
    page.assert_quiet();
}

#[test]
fn a_thumb_reaches_and_sees_and_nothing_moves_that_should_rest() {
    let page = Page::blank(Opening::on(Data::best()).size(500, 900).speed(200));
    page.browser.devtools(
        "Emulation.setDeviceMetricsOverride",
        json!({ "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true }),
    );
    let still = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" },
        { "name": "forced-colors", "value": "active" }] });
    page.browser.devtools("Emulation.setEmulatedMedia", still);
    page.load();
    page.wait("testLoss > 0", 20.0, "the first evaluation");
    let width = "document.documentElement.scrollWidth <= 360 && innerWidth === 360";
    page.browser.wait_until(width, 2.0, "the page fits a small phone, as it fits a wide one at 400 %");

    // Whatever is touched has 24 px either way, or a label that has.
    let small = "return [...document.querySelectorAll('button, select, input, textarea, summary, [tabindex=\"0\"]')]
        .filter((target) => target.checkVisibility({ visibilityProperty: true }) && !target.closest('.folder'))
        .map((target) => (target.type === 'checkbox' && target.closest('label')) || target)
        .map((target) => [target.id || target.textContent, target.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && Math.min(box.width, box.height) < 24)
        .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)";
    assert_eq!(page.browser.js(small), json!([]));
    // Forced colours leave the legend its own.
    let colours = "return new Set([...document.querySelectorAll('.swatch')].map((swatch) =>
        getComputedStyle(swatch).backgroundColor)).size";
    assert_eq!(page.browser.js(colours), 10, "digits are told apart");

    a_loupe_follows_a_finger_in_the_other_corner(&page);

    // The transport is at hand wherever the page is scrolled to.
    page.browser.js("scrollTo({ top: 2000, behavior: 'instant' })");
    let foot = "return document.querySelector('#play').getBoundingClientRect().bottom";
    let foot = page.browser.js(foot).as_f64().expect("a height");
    assert!((660.0..=740.0).contains(&foot), "Pause is at {foot}");
    page.pause();
    // What the last step has moved comes to rest.
    page.browser.js("return new Promise((rest) => setTimeout(rest, 600))");
    let (place, picture) = (page.z(), page.pixels("#latent"));
    page.browser.js("return new Promise((rest) => setTimeout(rest, 900))");
    assert!(page.z() == place && page.pixels("#latent") == picture, "something moves by itself");
    page.assert_quiet();
}

fn a_loupe_follows_a_finger_in_the_other_corner(page: &Page) {
    let touch = |kind: &str, at: Option<(f64, f64)>| {
        let points: Vec<Value> = at.into_iter().map(|(x, y)| json!({ "x": x, "y": y })).collect();
        page.browser.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points }));
    };
    let side = |side: &str| {
        format!(
            "!document.querySelector('#loupe').hidden && document.querySelector('#loupe').dataset.side === '{side}'"
        )
    };
    assert_eq!(
        page.browser.js("return document.querySelector('#loupe').hidden"),
        true,
        "no finger, no loupe"
    );
    let [left, right] = [0.2, 0.8].map(|x| page.point("#latent", x, 0.5));
    touch("touchStart", Some(left));
    page.browser.wait_until(&side("right"), 2.0, "the loupe");
    let before = page.pixels("#loupe");
    touch("touchMove", Some(((left.0 + right.0) / 2.0, left.1)));
    touch("touchMove", Some(right));
    page.browser.wait_until(&side("left"), 2.0, "away from the finger");
    page.browser.wait_until(
        "document.querySelector('#loupe').toDataURL() === document.querySelector('#decoded').toDataURL()",
        2.0,
        "it shows what is decoded",
    );
    assert_ne!(page.pixels("#loupe"), before, "another place, the same digit");
    touch("touchEnd", None);
    page.browser.wait_until("document.querySelector('#loupe').hidden", 2.0, "it goes with the finger");

    // A finger that goes down the plane scrolls the page.
    let before = page.browser.js("return scrollY").as_f64().expect("a height");
    let middle = page.point("#latent", 0.5, 0.5);
    touch("touchStart", Some(middle));
    for step in 1..=12 {
        touch("touchMove", Some((middle.0, middle.1 - 12.0 * f64::from(step))));
    }
    assert_eq!(
        page.browser.js("return document.querySelector('#loupe').hidden"),
        true,
        "no loupe to scroll by"
    );
    touch("touchEnd", None);
    let after = page.browser.js("return scrollY").as_f64().expect("a height");
    assert!(after - before > 80.0, "the plane catches the page: {before} to {after}");
}

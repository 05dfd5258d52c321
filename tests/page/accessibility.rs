//! The page for screen readers, for the keyboard alone, magnified, and for a thumb.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::page::{Data, Opening, Page};

/// The text of the live region.
const LIVE: &str = "document.querySelector('#aloud').textContent";

/// Returns the id of the element with the focus, or the digit of a legend's button.
const FOCUS: &str = "return document.activeElement.id || document.activeElement.dataset.digit || ''";

fn text(page: &Page, script: &str) -> String {
    page.browser.js(script).as_str().unwrap_or_default().to_owned()
}

#[test]
fn keys_and_screen_readers_know_where_they_are() {
    let page = Page::rested(Opening::on(Data::Few).still(), 200);
    the_plane_is_announced_once_the_keys_rest(&page);
    the_legend_is_one_stop(&page);
    the_timeline_goes_and_reads_by_keys(&page);
    sliders_announce_their_values(&page);
    a_notice_is_announced_once_and_returns_the_focus(&page);
    the_focus_goes_to_a_neighbour_of_what_disappears(&page);
    everything_is_in_a_landmark(&page);
    page.assert_quiet();
}

fn the_plane_is_announced_once_the_keys_rest(page: &Page) {
    page.focus("#latent");
    page.browser.js("window.announced = []; new MutationObserver(() => window.announced.push(
        document.querySelector('#aloud').textContent)).observe(document.querySelector('#aloud'),
        { childList: true, characterData: true, subtree: true })");
    page.browser.press(&[Key::Right; 12]);
    page.browser.wait_until(
        &format!("/^z −?\\d+\\.\\d\\d, −?\\d+\\.\\d\\d; nearest: \\w+ /.test({LIVE})"),
        3.0,
        "the place",
    );
    assert_eq!(page.browser.js("return window.announced.length"), 1, "twelve keys are announced once");
    page.browser.press(&[Key::Enter]);
    page.browser.wait_until(&format!("{LIVE}.startsWith('Pinned: z ')"), 3.0, "the pin");
    let pins = page.attribute("#pins", "aria-label");
    assert!(pins.starts_with("Decoded at the pins: 1: z ") && pins.contains("nearest"), "{pins}");
    page.browser.press(&[Key::Delete]);
    page.browser.wait_until(&format!("{LIVE}.startsWith('No pins. ')"), 3.0, "the pin is gone");
    let digits = page.attribute("#reconstructions", "aria-label");
    assert!(digits.contains("reconstruction") && digits.matches(", 0.").count() == 16, "{digits}");
}

fn the_legend_is_one_stop(page: &Page) {
    let stops = "return [...document.querySelectorAll('#legend [tabindex=\"0\"]')].map((stop) => stop.dataset.digit).join()";
    assert_eq!(text(page, stops), "0");
    page.focus("#legend [tabindex='0']");
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

fn the_timeline_goes_and_reads_by_keys(page: &Page) {
    let now = || page.attribute("#timeline", "value");
    let shown = |condition: &str, what: &str| page.wait(&format!("shownStep {condition}"), 2.0, what);
    page.focus("#timeline");
    assert_eq!(page.attribute("#timeline", "aria-valuetext"), "now");
    page.browser.press(&[Key::Left, Key::Left]);
    shown("< 200", "back");
    let text = page.attribute("#timeline", "aria-valuetext");
    assert!(text.starts_with("step ") && text.contains(" of 200; step "), "{text}");
    assert!(text.contains("train 0.") && text.contains("test 0."), "{text}");
    assert!(page.text("#loss-readout").contains("train 0."), "it is shown, too");
    page.browser.press(&[Key::Home]);
    shown("=== 0", "the first step");
    page.browser.press(&[Key::PageUp]);
    shown("> 1", "ten recorded steps on");
    page.browser.press(&[Key::End]);
    shown("=== 200", "now");
    let value = "document.querySelector('#timeline').value === '200'";
    page.browser.wait_until(value, 2.0, &now());
    let rows = "return [...document.querySelectorAll('#loss-table tr')].map((row) => [...row.cells].map((cell) => cell.textContent))";
    let rows: Vec<[String; 3]> = serde_json::from_value(page.browser.js(rows)).expect("rows of three");
    assert!(rows.len() > 6 && rows.iter().flatten().all(|cell| !cell.is_empty()), "{rows:?}");
}

fn sliders_announce_their_values(page: &Page) {
    let rate = page.value("Learning rate");
    assert_eq!(page.attribute("#learning-rate-slider", "aria-valuetext"), rate);
    page.focus("#learning-rate-slider");
    page.browser.press(&[Key::Right]);
    page.browser.wait_until(
        "document.querySelector('#learning-rate-slider').ariaValueText === document.querySelector('#learning-rate').value",
        2.0,
        "the rate, not its logarithm",
    );
    assert_ne!(page.value("Learning rate"), rate);
}

fn a_notice_is_announced_once_and_returns_the_focus(page: &Page) {
    page.set("Learning rate", "-1");
    let notice = page.wait_for_notice("a value is refused");
    page.browser.wait_until(
        &format!("{LIVE}.trim() === document.querySelector('#notice-text').textContent"),
        2.0,
        "it is announced",
    );
    let live = "return [...document.querySelectorAll('[role=status], [role=alert], [role=log], output, [aria-live]')]
        .filter((region) => region.getAttribute('aria-live') !== 'off' || region.textContent.includes(arguments[0])).length";
    assert_eq!(page.browser.js_with(live, vec![json!(notice)]), 1, "in the only live region");
    assert_eq!(text(page, FOCUS), "learning-rate", "it takes no focus");
    page.focus("#notice-close");
    page.browser.press(&[Key::Enter]);
    page.browser.wait_until("document.querySelector('#notice').hidden", 2.0, "it is closed");
    assert_eq!(text(page, FOCUS), "learning-rate", "the focus is where it was");
}

fn the_focus_goes_to_a_neighbour_of_what_disappears(page: &Page) {
    // Presses a control, which disappears, and returns what has the focus then.
    let press = |css: &str| {
        page.focus(css);
        page.browser.press(&[Key::Enter]);
        let gone = "((control) => (!control || !control.checkVisibility({ visibilityProperty: true }) || control.disabled)
            && document.activeElement !== control)(document.querySelector(arguments[0]))";
        page.browser.wait_until_with(gone, vec![json!(css)], 3.0, css);
        page.idle();
        let reachable = "document.activeElement !== document.body && document.activeElement.checkVisibility({
            visibilityProperty: true })";
        page.browser.wait_until(reachable, 1.0, css);
        text(
            page,
            "const active = document.activeElement;
            return active.id || active.dataset.pin || active.dataset.layer || active.outerHTML.slice(0, 80)",
        )
    };
    let layer = || {
        page.focus("#pipeline-layers [data-do=open][data-layer='1']");
        page.browser.press(&[Key::Enter]);
        page.wait_until_visible("#layer", "the layer is open");
    };
    layer();
    assert_eq!(press("#layer-close"), "1", "the button that has opened the layer");
    page.focus("#latent");
    page.browser.press(&[Key::Enter, Key::Right, Key::Enter, Key::Right, Key::Enter]);
    page.wait_until_visible("#pin-names [data-pin=\"2\"]", "three pins");
    assert_eq!(press("#pin-names [data-pin='1']"), "0", "the pin before");
    assert_eq!(press("#pins-clear"), "pad-open", "the control before the pins");
    page.slide("#timeline", 0.3);
    page.wait_until_visible("#now", "the past");
    assert_eq!(press("#now"), "timeline");
    page.focus("#stop-at");
    layer();
    press("#layer-remove");
    page.chord("z", "KeyZ", false);
    page.wait("step > 0", 5.0, "the run before");
}

/// Axe's rule `region`: all content is in landmarks.
fn everything_is_in_a_landmark(page: &Page) {
    let outside = "return [...document.body.children].filter((child) => child.checkVisibility()
        && !child.matches('header, main, footer, section[aria-label], section[aria-labelledby], [role=status]'))
        .map((child) => child.outerHTML.slice(0, 80))";
    assert_eq!(page.browser.js(outside), json!([]));
}

#[test]
fn a_magnified_page_does_not_scroll_sideways_and_can_be_used() {
    let page = Page::rested(Opening::on(Data::Few).still(), 20);
    // A window of 1280 by 1024 px at 200 % and at 400 %: for the page, a smaller one with more pixels.
    for scale in [2, 4] {
        page.emulate_screen((1280 / scale, 1024 / scale), scale, false);
        let wide = text(
            &page,
            "const wide = [...document.querySelectorAll('body *')].filter((element) =>
                 element.checkVisibility() && !element.closest('.setups')
                 && element.getBoundingClientRect().right > innerWidth + 1);
             return JSON.stringify(wide.map((element) => element.outerHTML.slice(0, 80)))",
        );
        assert_eq!(wide, "[]", "at {scale}00 %");
        page.press("Step");
        page.idle();
        let z1 = page.attribute("#decoded", "data-z1");
        page.browser.hover(page.point("#latent", 0.3, 0.2 * f64::from(scale)));
        page.wait_until_of("#decoded", &format!("$.dataset.z1 !== '{z1}'"), "the point under the pointer");
    }
    page.assert_quiet();
}

#[test]
fn a_thumb_reaches_everything_and_nothing_moves_by_itself() {
    let opening = Opening::on(Data::Few).mobile(360, 740).still().media("forced-colors", "active");
    let page = Page::rested(opening, 20);
    let width = "document.documentElement.scrollWidth <= 360 && innerWidth === 360";
    page.browser.wait_until(width, 2.0, "the page fits a small phone");

    // Every target, or its label, is at least 24 px wide and high.
    let small = "return [...document.querySelectorAll('button, select, input, textarea, summary, [tabindex=\"0\"]')]
        .filter((target) => target.checkVisibility({ visibilityProperty: true }) && !target.closest('.folder'))
        .map((target) => (target.type === 'checkbox' && target.closest('label')) || target)
        .map((target) => [target.id || target.textContent, target.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && Math.min(box.width, box.height) < 24)
        .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)";
    assert_eq!(page.browser.js(small), json!([]));
    // Forced colours do not change the legend.
    let colours = "return new Set([...document.querySelectorAll('.swatch')].map((swatch) =>
        getComputedStyle(swatch).backgroundColor)).size";
    assert_eq!(page.browser.js(colours), 10, "digits are told apart");

    a_loupe_shows_what_is_under_a_finger(&page);

    // The transport stays at the bottom of the screen.
    page.browser.js("scrollTo({ top: 2000, behavior: 'instant' })");
    let foot = "return document.querySelector('#play').getBoundingClientRect().bottom";
    let foot = page.browser.js(foot).as_f64().expect("a height");
    assert!((660.0..=740.0).contains(&foot), "Play is at {foot}");
    page.idle();
    page.assert_quiet();
}

fn a_loupe_shows_what_is_under_a_finger(page: &Page) {
    let touch = |kind: &str, at: Option<(f64, f64)>| {
        let points: Vec<Value> = at.into_iter().map(|(x, y)| json!({ "x": x, "y": y })).collect();
        page.browser.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points }));
    };
    let side = |side: &str| {
        format!(
            "!document.querySelector('#loupe').hidden && document.querySelector('#loupe').dataset.side === '{side}'"
        )
    };
    assert!(!page.is_visible("#loupe"), "no finger, no loupe");
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
    page.browser.wait_until("document.querySelector('#loupe').hidden", 2.0, "it disappears with the finger");

    // A finger that moves up the plane scrolls the page.
    let before = page.browser.js("return scrollY").as_f64().expect("a height");
    let middle = page.point("#latent", 0.5, 0.5);
    touch("touchStart", Some(middle));
    for step in 1..=12 {
        touch("touchMove", Some((middle.0, middle.1 - 12.0 * f64::from(step))));
    }
    assert!(!page.is_visible("#loupe"), "no loupe while scrolling");
    touch("touchEnd", None);
    let after = page.browser.js("return scrollY").as_f64().expect("a height");
    assert!(after - before > 80.0, "the plane catches the page: {before} to {after}");
}

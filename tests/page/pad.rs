//! The drawing pad: a digit drawn by mouse, finger and keys goes through the network as it is drawn.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

/// How many pixels of the plane have the colour of the drawn digit's mark, which nothing else on it has.
const MARK: &str = "
    const plane = document.querySelector('#latent');
    const copy = new OffscreenCanvas(plane.width, plane.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(plane, 0, 0);
    const { data } = copy.getImageData(0, 0, plane.width, plane.height);
    let marked = 0;
    for (let i = 0; i < data.length; i += 4)
        if (data[i] === 0x2b && data[i + 1] === 0x62 && data[i + 2] === 0xd9) marked += 1;
    return marked";

fn mark(page: &Page) -> u64 {
    page.browser.js(MARK).as_u64().expect("a count")
}

fn mark_is(page: &Page, condition: &str, what: &str) {
    page.browser.wait_until(&format!("(() => {{ {MARK} }})() {condition}"), 5.0, what);
}

fn says(page: &Page, css: &str, text: &str, what: &str) {
    page.browser.wait_until(
        &format!("document.querySelector('{css}').innerText.includes('{text}')"),
        5.0,
        what,
    );
}

fn is_shown(page: &Page, css: &str) -> bool {
    let script = format!("return document.querySelector('{css}').getClientRects().length > 0");
    page.browser.js(&script).as_bool().expect("shown or not")
}

/// Draws an upright line with the mouse.
fn draw_one(page: &Page) {
    let (from, to) = (page.point("#pad", 0.5, 0.15), page.point("#pad", 0.55, 0.85));
    page.browser.drag(from, to);
}

#[test]
fn a_drawn_digit_goes_through_the_network_as_it_is_drawn() {
    let page = Page::training(Opening::on(Data::best()).size(1440, 1000).speed(200));
    page.wait("step > 200", 20.0, "some training");
    assert!(!is_shown(&page, "#pad"), "the pad is shut, and takes no room");
    assert_eq!(mark(&page), 0);
    page.press("Draw a digit");
    page.browser.wait_until(
        "document.querySelector('#pad').getClientRects().length > 0",
        5.0,
        "the pad is open",
    );
    assert!(is_shown(&page, "#pad-hint") && page.text("#pad-hint") == "Draw a digit here");
    assert_eq!(page.attribute("#pad-open", "aria-pressed"), "true");
    let blank = page.pixels("#pad");

    draw_one(&page);
    says(&page, "#pipeline-layers", "your digit", "the pipeline follows the drawing");
    says(&page, "#pad-text", "Error 0.", "its error is told");
    mark_is(&page, "> 40", "its code is marked on the plane");
    assert!(!is_shown(&page, "#pad-hint") && page.pixels("#pad") != blank);
    assert!(page.text("#pad-text").starts_with("Looks like a"), "{}", page.text("#pad-text"));
    let labels =
        page.browser.js("return [...document.querySelectorAll('#pad-classes li')].map((li) => li.innerText)");
    assert!(
        labels.as_array().is_some_and(|labels| labels.len() == 6 && labels.iter().all(|of| of != "")),
        "{labels}"
    );
    page.browser.js("window.before = document.querySelector('#pad-output').toDataURL()");
    page.browser.wait_until(
        "document.querySelector('#pad-output').toDataURL() !== window.before",
        5.0,
        "what comes back changes as the network learns",
    );
    let inked =
        "(() => { const copy = new OffscreenCanvas(57, 28).getContext('2d', { willReadFrequently: true });
        copy.drawImage(document.querySelector('#pad-output'), 0, 0);
        const at = (x, y) => copy.getImageData(x, y, 1, 1).data[0];
        return at(14, 14) < 80 && at(2, 14) > 240; })()";
    page.browser.wait_until(inked, 5.0, "the digit is in the middle of its picture, ink on paper");

    // A finger draws, too, and does not scroll the page.
    page.press("Clear");
    mark_is(&page, "=== 0", "nothing is drawn, nothing is marked");
    assert!(is_shown(&page, "#pad-hint"));
    let (from, to) = (page.point("#pad", 0.3, 0.8), page.point("#pad", 0.7, 0.2));
    let scrolled = page.browser.js("return scrollY");
    page.browser.swipe(from, to);
    says(&page, "#pad-text", "Error 0.", "a finger draws");
    assert_eq!(page.browser.js("return scrollY"), scrolled);
    page.press("Undo stroke");
    page.browser.wait_until("document.querySelector('#pad-undo').disabled", 5.0, "the only stroke is gone");

    // Keys: with the pen down, arrows draw.
    page.browser.js("document.querySelector('#pad').focus()");
    page.browser.press(&[Key::Up; 8]);
    assert!(
        page.browser.js("return document.querySelector('#pad-undo').disabled") == json!(true),
        "the pen is up"
    );
    page.browser.press(&[Key::Space]);
    page.browser.press(&[Key::Down; 16]);
    page.browser.press(&[Key::Space]);
    says(&page, "#pad-text", "Error 0.", "keys draw");

    // At rest, and at a moment of the past.
    page.pause();
    let now = page.settled("document.querySelector('#pad-text').innerText");
    page.browser.js("const line = document.querySelector('#timeline'); line.value = 0;
         line.dispatchEvent(new Event('input', { bubbles: true }))");
    page.browser.wait_until(
        &format!("document.querySelector('#pad-text').innerText !== '{now}'"),
        5.0,
        "the network as it was makes something else of it",
    );
    // Who points at the plane looks there; who leaves it looks at the drawing again.
    page.browser.hover(page.point("#latent", 0.3, 0.4));
    says(&page, "#pipeline-layers", "decoded", "the place under the pointer is decoded");
    page.browser.hover(page.point("#pipeline", 0.5, 0.5));
    says(&page, "#pipeline-layers", "your digit", "the drawing is looked at again");
    page.press("Draw a digit");
    page.browser.wait_until(
        "document.querySelector('#decoded').getClientRects().length > 0",
        5.0,
        "the pad is shut",
    );
    page.assert_quiet();
}

#[test]
fn on_a_phone_the_pad_is_below_the_decoded_digit_and_in_a_wide_window_costs_no_scrolling() {
    let page = Page::training(Opening::on(Data::best()).size(1440, 900).speed(200));
    let screen = |width: u32, height: u32| {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        page.browser.devtools("Emulation.setDeviceMetricsOverride", screen);
    };
    screen(1440, 900);
    let foot = "return document.querySelector('#reconstructions').getBoundingClientRect().bottom";
    let before = page.browser.js(foot).as_f64().expect("px");
    page.press("Draw a digit");
    draw_one(&page);
    says(&page, "#pad-text", "Error 0.", "something is drawn");
    let after = page.browser.js(foot).as_f64().expect("px");
    assert!(after < before + 24.0 && after < 900.0, "reconstructions end at {after} px, {before} before");
    page.press("Draw a digit");

    screen(390, 844);
    page.browser.wait_until(
        "(() => { const box = (css) => document.querySelector(css).getBoundingClientRect();
            return box('#pad').top > box('#decoded').bottom && box('#pad').width > 200
                && box('#pad-open').width === 0 && document.documentElement.scrollWidth <= 390; })()",
        5.0,
        "both are there, one below the other",
    );
    draw_one(&page);
    page.browser.wait_until(
        "document.querySelectorAll('#pad-classes li').length === 6 && document.querySelector('#pad-found').offsetHeight > 0",
        5.0,
        "the nearest are shown",
    );
    page.assert_quiet();
}

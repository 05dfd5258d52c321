//! The drawing pad: a digit drawn by mouse, finger or keys goes through the network.

use fantoccini::key::Key;

use crate::support::page::{Data, Opening, Page};

/// Counts the pixels of the plane in the colour of the drawn digit's mark, which nothing else has.
const MARK: &str = "(() => {
    const plane = document.querySelector('#latent');
    const copy = new OffscreenCanvas(plane.width, plane.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(plane, 0, 0);
    const { data } = copy.getImageData(0, 0, plane.width, plane.height);
    let marked = 0;
    for (let i = 0; i < data.length; i += 4)
        if (data[i] === 0x2b && data[i + 1] === 0x62 && data[i + 2] === 0xd9) marked += 1;
    return marked;
})()";

fn wait_for_mark(page: &Page, condition: &str, what: &str) {
    page.browser.wait_until(&format!("{MARK} {condition}"), 5.0, what);
}

fn is_enabled(page: &Page, css: &str) -> bool {
    page.browser.js(&format!("return !document.querySelector('{css}').disabled")) == true
}

/// Draws an upright line with the mouse.
fn draw_one(page: &Page) {
    page.browser.drag(page.point("#pad", 0.5, 0.15), page.point("#pad", 0.55, 0.85));
}

#[test]
fn a_drawn_digit_goes_through_the_network_as_it_is_drawn() {
    let page = Page::rested(Opening::on(Data::Few).still(), 200);
    assert!(!page.is_visible("#pad"));
    wait_for_mark(&page, "=== 0", "nothing is marked");
    page.press("Draw a digit");
    page.wait_until_visible("#pad", "the pad is open");
    assert!(page.is_visible("#pad-hint") && page.text("#pad-hint") == "Draw a digit here");
    assert_eq!(page.attribute("#pad-open", "aria-pressed"), "true");
    let blank = page.pixels("#pad");

    draw_one(&page);
    page.wait_for_text("#pipeline-layers", "your digit", "the pipeline follows the drawing");
    page.wait_for_text("#pad-text", "Error 0.", "its error");
    wait_for_mark(&page, "> 40", "its code on the plane");
    assert!(!page.is_visible("#pad-hint") && page.pixels("#pad") != blank);
    assert!(page.text("#pad-text").starts_with("Looks like a"), "{}", page.text("#pad-text"));
    let classes = "document.querySelectorAll('#pad-classes li').length === 6
        && [...document.querySelectorAll('#pad-classes li')].every((li) => li.innerText !== '')";
    page.browser.wait_until(classes, 5.0, "the six nearest classes");
    let centred = "(() => {
        const copy = new OffscreenCanvas(57, 28).getContext('2d', { willReadFrequently: true });
        copy.drawImage(document.querySelector('#pad-output'), 0, 0);
        const at = (x, y) => copy.getImageData(x, y, 1, 1).data[0];
        return at(14, 14) < 80 && at(2, 14) > 240; })()";
    page.browser.wait_until(centred, 5.0, "the digit is in the middle of its image");
    let output = page.pixels("#pad-output");
    page.press("Step");
    page.wait_for_other_pixels("#pad-output", &output, "a step changes the reconstruction");

    page.press("Clear");
    wait_for_mark(&page, "=== 0", "nothing is marked any more");
    assert!(page.is_visible("#pad-hint"));
    let (from, to) = (page.point("#pad", 0.3, 0.8), page.point("#pad", 0.7, 0.2));
    let scrolled = page.browser.js("return scrollY");
    page.browser.swipe(from, to);
    page.wait_for_text("#pad-text", "Error 0.", "a finger draws");
    assert_eq!(page.browser.js("return scrollY"), scrolled, "and does not scroll");
    page.press("Undo stroke");
    page.wait_until_of("#pad-undo", "$.disabled", "the only stroke is gone");

    page.focus("#pad");
    page.browser.press(&[Key::Up; 8]);
    assert!(!is_enabled(&page, "#pad-undo"), "the pen is up");
    page.browser.press(&[Key::Space]);
    page.browser.press(&[Key::Down; 16]);
    page.browser.press(&[Key::Space]);
    page.wait_for_text("#pad-text", "Error 0.", "keys draw");

    page.idle();
    let now = page.text("#pad-text");
    page.slide("#timeline", 0.0);
    page.wait_until_of("#pad-text", &format!("$.innerText !== '{now}'"), "the network of the first step");
    page.browser.hover(page.point("#latent", 0.3, 0.4));
    page.wait_for_text("#pipeline-layers", "decoded", "the point under the pointer is decoded");
    page.browser.hover(page.point("#pipeline", 0.5, 0.5));
    page.wait_for_text("#pipeline-layers", "your digit", "the drawing is selected again");
    page.press("Draw a digit");
    page.wait_until_visible("#decoded", "the pad is closed");
    page.assert_quiet();
}

#[test]
fn the_pad_fits_a_wide_window_and_a_phone() {
    let page = Page::rested(Opening::on(Data::Few).size(1440, 900).still(), 100);
    page.emulate_screen((1440, 900), 1, false);
    let foot = "return document.querySelector('#reconstructions').getBoundingClientRect().bottom";
    let before = page.browser.js(foot).as_f64().expect("px");
    page.press("Draw a digit");
    draw_one(&page);
    page.wait_for_text("#pad-text", "Error 0.", "something is drawn");
    let after = page.browser.js(foot).as_f64().expect("px");
    assert!(after < before + 24.0 && after < 900.0, "reconstructions end at {after} px, {before} before");
    page.press("Draw a digit");

    page.emulate_screen((390, 844), 1, false);
    page.browser.js("document.querySelector('#pad-open').click()");
    let below = "(() => { const box = (css) => document.querySelector(css).getBoundingClientRect();
        return box('#pad').top > box('#decoded').bottom && box('#pad').width > 200
            && document.documentElement.scrollWidth <= 390; })()";
    page.browser.wait_until(below, 5.0, "the pad is below the decoded digit");
    draw_one(&page);
    let found = "document.querySelectorAll('#pad-classes li').length === 6
        && document.querySelector('#pad-found').offsetHeight > 0";
    page.browser.wait_until(found, 5.0, "the nearest classes");
    page.assert_quiet();
}

//! The latent plane under mouse and keys: it decodes where one points, and keeps what one pins.

use fantoccini::key::Key;

use crate::support::page::{Data, Opening, Page};

#[test]
fn hover_decodes_while_it_trains() {
    let page = Page::training(Opening::on(Data::best()).alone());
    page.wait("testLoss > 0", 10.0, "the first evaluation");
    hover(&page, 0.3, 0.3);
    let (z, digit) = (page.z(), page.pixels("#decoded"));
    hover(&page, 0.7, 0.6);
    assert!(page.z().0 > z.0 && page.z().1 < z.1, "right and down is from {z:?} to {:?}", page.z());
    assert_ne!(page.pixels("#decoded"), digit, "another point, the same digit");
    let frames = page.frames_until_decoded();
    assert!(frames <= 2, "hover decodes after {frames} frames");
    assert_eq!(page.data("state"), "training");
    page.assert_quiet();
}

#[test]
fn a_paused_plane_decodes_pins_and_obeys_keys() {
    let page = Page::training(Opening::on(Data::best()).speed(300));
    page.wait("testLoss > 0 && step > 200", 10.0, "something to see");
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");

    // Click pins; elsewhere the pointer decodes; leaving gives back what is pinned.
    page.browser.click_at(page.point("#latent", 0.35, 0.4));
    leave(&page);
    let (pinned, digit) = (page.z(), page.pixels("#decoded"));
    settle(&page);
    assert_eq!(page.pixels("#decoded"), digit, "what is pinned changes by itself");
    hover(&page, 0.75, 0.7);
    assert_ne!(page.z(), pinned, "hover does not decode while paused");
    assert_ne!(page.pixels("#decoded"), digit, "hover does not draw while paused");
    leave(&page);
    assert_eq!(page.z(), pinned, "leaving does not give back the pinned point");
    assert_eq!(page.pixels("#decoded"), digit, "leaving does not give back the pinned digit");

    // Arrow keys move the point, Enter pins it.
    page.browser.js("document.querySelector('#latent').focus()");
    page.browser.press(&[Key::Right, Key::Right, Key::Right, Key::Up, Key::Up]);
    settle(&page);
    let moved = page.z();
    assert!(moved.0 > pinned.0 && moved.1 > pinned.1, "from {pinned:?} to {moved:?}");
    assert_ne!(page.pixels("#decoded"), digit, "keys move the point, yet the digit stays");
    page.browser.press(&[Key::Enter]);
    hover(&page, 0.75, 0.7);
    leave(&page);
    assert_eq!(page.z(), moved, "Enter does not pin");

    legend_hides_and_shows(&page);
    assert_eq!(page.data("state"), "paused");
    page.assert_quiet();
}

fn legend_hides_and_shows(page: &Page) {
    let item = ".legend-item[data-digit=\"1\"]";
    assert_eq!(page.browser.js("return document.querySelectorAll('.legend-item[data-digit]').length"), 10);
    assert_eq!(page.attribute(item, "aria-pressed"), "true");
    let all = at_rest(page);
    page.browser.click(&page.browser.find(item));
    leave(page);
    assert_eq!(page.attribute(item, "aria-pressed"), "false");
    assert!(page.pixels("#latent") != all, "a hidden class is still drawn");
    page.browser.click(&page.browser.find(item));
    leave(page);
    assert_eq!(page.attribute(item, "aria-pressed"), "true");
    assert!(at_rest(page) == all, "a class shown again is drawn otherwise than before");
}

/// The plane's pixels once its points, its bounds and what is drawn behind them have come to rest.
fn at_rest(page: &Page) -> String {
    let mut before = page.pixels("#latent");
    for _ in 0..10 {
        // What lies behind the points is drawn over some thirty frames, and shown with the last of them.
        page.pass(70);
        let after = page.pixels("#latent");
        if after == before {
            return after;
        }
        before = after;
    }
    panic!("a paused plane does not come to rest");
}

/// Points at the plane, at fractions of its width and height.
fn hover(page: &Page, x: f64, y: f64) {
    page.browser.hover(page.point("#latent", x, y));
    settle(page);
}

/// Takes the pointer away from the plane.
fn leave(page: &Page) {
    page.browser.hover((2.0, 2.0));
    settle(page);
}

/// Lets the page draw: a handful of frames.
fn settle(page: &Page) {
    page.pass(6);
}

#[test]
fn a_click_is_told_by_the_pointer_alone_and_a_second_finger_or_a_held_key_does_nothing() {
    let page = Page::training(Opening::on(Data::best()).speed(300));
    page.wait("testLoss > 0 && step > 100", 15.0, "something to see");
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");
    // As browsers did before a click was a pointer's event: no click at all.
    let script = "const [x, y, id, primary] = arguments;
        const plane = document.querySelector('#latent'), box = plane.getBoundingClientRect();
        for (const type of ['pointerdown', 'pointerup'])
            plane.dispatchEvent(new PointerEvent(type, { clientX: box.left + x * box.width,
                clientY: box.top + y * box.height, pointerId: id, isPrimary: primary, pointerType: 'touch',
                button: 0, bubbles: true }))";
    let touch = |x: f64, y: f64, id: u32, primary: bool| {
        page.browser.js_with(script, vec![x.into(), y.into(), id.into(), primary.into()]);
        settle(&page);
    };
    let pins = "return !document.querySelector('#pins-figure').hidden";
    assert_eq!(page.browser.js(pins), false, "an empty strip is hidden");
    touch(0.02, 0.02, 1, true);
    assert_eq!(page.browser.js(pins), true, "a tap pins");
    let pinned = page.z();
    touch(0.98, 0.98, 2, false);
    assert_eq!(page.z(), pinned, "a second finger moves the point");

    let strip = page.pixels("#pins");
    page.browser.js("document.querySelector('#latent').focus()");
    let held =
        "for (let i = 0; i < 20; i++) document.querySelector('#latent').dispatchEvent(new KeyboardEvent(
        'keydown', { key: 'Enter', repeat: i > 0, bubbles: true, cancelable: true }))";
    page.browser.js(held);
    settle(&page);
    let after = page.pixels("#pins");
    assert_ne!(after, strip, "Enter pins");
    page.browser.js(&held.replace("i > 0", "true"));
    settle(&page);
    assert_eq!(page.pixels("#pins"), after, "a held key pins again and again");
    page.assert_quiet();
}

//! The latent plane under mouse and keys: it decodes where one points, and keeps what one pins.

use fantoccini::key::Key;

use crate::support::page::{Data, Opening, Page};

#[test]
fn hover_decodes_while_it_trains() {
    let page = Page::training(Opening::on(Data::best()));
    page.wait("testLoss > 0", 10.0, "the first evaluation");
    let (x, y) = page.point("#latent", 0.3, 0.3);
    page.browser.hover(x, y);
    settle(&page);
    let (z, digit) = (page.z(), page.pixels("#decoded"));
    let (x, y) = page.point("#latent", 0.7, 0.6);
    page.browser.hover(x, y);
    settle(&page);
    assert!(page.z().0 > z.0 && page.z().1 < z.1, "right and down is from {z:?} to {:?}", page.z());
    assert_ne!(page.pixels("#decoded"), digit, "another point, the same digit");
    assert!(frames_until_decoded(&page) <= 2.0, "hover decodes after {} frames", frames_until_decoded(&page));
    assert_eq!(page.data("state"), "training");
    page.assert_quiet();
}

/// Frames from a movement of the pointer to another z.
fn frames_until_decoded(page: &Page) -> f64 {
    let frames = page.browser.js(
        "return new Promise((resolve) => {
            const plane = document.querySelector('#latent'), decoded = document.querySelector('#decoded');
            const box = plane.getBoundingClientRect();
            const before = decoded.dataset.z1;
            let frames = 0;
            const look = () => {
                if (decoded.dataset.z1 !== before || frames > 60) resolve(frames);
                else { frames += 1; requestAnimationFrame(look); }
            };
            plane.dispatchEvent(new PointerEvent('pointermove', {
                clientX: box.left + box.width * (0.2 + 0.6 * Math.random()), clientY: box.top + box.height / 2,
                pointerId: 1, pointerType: 'mouse', isPrimary: true, bubbles: true }));
            requestAnimationFrame(look);
        })",
    );
    frames.as_f64().expect("a count")
}

#[test]
fn a_paused_plane_decodes_pins_and_obeys_keys() {
    let page = Page::training(Opening::on(Data::best()));
    page.wait("testLoss > 0 && step > 200", 10.0, "something to see");
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");

    // Click pins; elsewhere the pointer decodes; leaving gives back what is pinned.
    let (x, y) = page.point("#latent", 0.35, 0.4);
    page.browser.click_at(x, y);
    leave(&page);
    let (pinned, digit) = (page.z(), page.pixels("#decoded"));
    settle(&page);
    assert_eq!(page.pixels("#decoded"), digit, "what is pinned changes by itself");
    let (x, y) = page.point("#latent", 0.75, 0.7);
    page.browser.hover(x, y);
    settle(&page);
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
    page.browser.hover(x, y);
    settle(&page);
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
    let all = page.pixels("#latent");
    page.browser.click(&page.browser.find(item));
    leave(page);
    assert_eq!(page.attribute(item, "aria-pressed"), "false");
    assert_ne!(page.pixels("#latent"), all, "a hidden class is still drawn");
    page.browser.click(&page.browser.find(item));
    leave(page);
    assert_eq!(page.attribute(item, "aria-pressed"), "true");
    assert_eq!(page.pixels("#latent"), all, "a class shown again is drawn otherwise than before");
}

/// Takes the pointer away from the plane.
fn leave(page: &Page) {
    page.browser.hover(2.0, 2.0);
    settle(page);
}

/// Lets the page draw: a handful of frames.
fn settle(page: &Page) {
    page.browser.js(
        "return new Promise((resolve) => {
            const after = (frames) => frames === 0 ? resolve() : requestAnimationFrame(() => after(frames - 1));
            after(6);
        })",
    );
}

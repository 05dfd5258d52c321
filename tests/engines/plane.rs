//! The latent plane under mouse and finger.

use crate::support::driver::Engine;
use crate::support::page::{Data, Opening, Page};

in_each_engine! { a_mouse_decodes_and_pins, a_finger_decodes_and_pins }

fn wait_for_another_point(page: &Page, before: (f64, f64), what: &str) {
    page.wait_until_of("#decoded", &format!("Number($.dataset.z1) !== {}", before.0), what);
}

fn a_mouse_decodes_and_pins(engine: Engine) {
    let page = Page::training(Opening::on(Data::Few).engine(engine));
    page.browser.hover(page.point("#latent", 0.3, 0.3));
    let before = page.z();
    page.browser.hover(page.point("#latent", 0.7, 0.6));
    wait_for_another_point(&page, before, "hovering decodes while it trains");

    page.pause();
    page.idle();
    let (before, digit) = (page.z(), page.pixels("#decoded"));
    page.browser.hover(page.point("#latent", 0.2, 0.75));
    wait_for_another_point(&page, before, "hovering decodes while it is paused");
    page.wait_for_other_pixels("#decoded", &digit, "and draws");

    assert!(!page.is_visible("#pins-figure"));
    page.browser.click_at(page.point("#latent", 0.35, 0.4));
    page.wait_until_visible("#pins-figure", "a click pins");
    page.idle();
    let pinned = page.z();
    page.browser.hover(page.point("#latent", 0.7, 0.7));
    wait_for_another_point(&page, pinned, "another point");
    page.browser.hover((2.0, 2.0));
    page.wait_until_of("#decoded", &format!("Number($.dataset.z1) === {}", pinned.0), "the pin again");
    page.assert_quiet();
}

fn a_finger_decodes_and_pins(engine: Engine) {
    let page = Page::rested(Opening::on(Data::Few).engine(engine).size(600, 900), 100);
    assert!(!page.is_visible("#pins-figure"));
    touch(&page, &[(0.3, 0.4)]);
    page.wait_until_visible("#pins-figure", "a tap pins");
    page.idle();
    let pinned = page.z();
    touch(&page, &[(0.3, 0.5), (0.5, 0.5), (0.8, 0.5)]);
    wait_for_another_point(&page, pinned, "a finger that moves decodes");
    page.assert_quiet();
}

/// Moves a finger over the plane, at fractions of its size. Not every driver has fingers, so events are dispatched.
fn touch(page: &Page, places: &[(f64, f64)]) {
    let script = "const plane = document.querySelector('#latent');
        plane.scrollIntoView({ block: 'center', behavior: 'instant' });
        const box = plane.getBoundingClientRect(), places = arguments[0];
        const send = (type, [x, y]) => plane.dispatchEvent(new PointerEvent(type, {
            clientX: box.left + x * box.width, clientY: box.top + y * box.height, pointerId: 7,
            pointerType: 'touch', isPrimary: true, button: 0, buttons: type === 'pointerup' ? 0 : 1,
            bubbles: true, cancelable: true }));
        send('pointerdown', places[0]);
        for (const place of places.slice(1)) send('pointermove', place);
        send('pointerup', places.at(-1));";
    page.browser.js_with(script, vec![serde_json::json!(places)]);
}

//! The latent plane under mouse and finger, while the page trains and while it is paused.

use crate::support::driver::Engine;
use crate::support::page::{Data, Opening, Page};

in_each_engine! { a_mouse_decodes_and_pins, a_finger_decodes_and_pins }

const PINNED: &str = "!document.querySelector('#pins-figure').hidden";

fn z_is_other_than(page: &Page, z: (f64, f64), what: &str) {
    let other = format!("Number(document.querySelector('#decoded').dataset.z1) !== {}", z.0);
    page.browser.wait_until(&other, 5.0, what);
}

fn a_mouse_decodes_and_pins(engine: Engine) {
    let page = Page::training(Opening::on(Data::Strokes).engine(engine));
    page.wait("step > 100", 60.0, "something to see");
    page.browser.hover(page.point("#latent", 0.3, 0.3));
    let held = "document.querySelector('#decoded').dataset.z1";
    page.browser.js(&format!("window.z1 = {held}"));
    page.browser.hover(page.point("#latent", 0.7, 0.6));
    page.browser.wait_until(&format!("{held} !== window.z1"), 5.0, "hover decodes while it trains");

    page.pause();
    let (before, digit) = (page.z(), page.pixels("#decoded"));
    page.browser.hover(page.point("#latent", 0.2, 0.75));
    z_is_other_than(&page, before, "hover decodes while it is paused");
    let other = "document.querySelector('#decoded').toDataURL() !== window.digit";
    page.browser.js_with("window.digit = arguments[0]", vec![digit.into()]);
    page.browser.wait_until(other, 5.0, "and draws");

    assert_eq!(page.browser.js(&format!("return {PINNED}")), false);
    page.browser.click_at(page.point("#latent", 0.35, 0.4));
    page.browser.wait_until(PINNED, 5.0, "a click pins");
    let pinned = page.settled_z();
    page.browser.hover(page.point("#latent", 0.7, 0.7));
    z_is_other_than(&page, pinned, "another place");
    page.browser.hover((2.0, 2.0));
    // A digit's own code still changes a little: points glide to where the last steps have left them.
    let back = format!("Math.abs(document.querySelector('#decoded').dataset.z1 - {}) < 0.1", pinned.0);
    page.browser.wait_until(&back, 5.0, "leaving gives back what is pinned");
    page.assert_quiet();
}

fn a_finger_decodes_and_pins(engine: Engine) {
    let page = Page::training(Opening::on(Data::Strokes).engine(engine).size(600, 900));
    page.wait("step > 100", 60.0, "something to see");
    page.pause();
    assert_eq!(page.browser.js(&format!("return {PINNED}")), false);
    touch(&page, &[(0.3, 0.4)]);
    page.browser.wait_until(PINNED, 5.0, "a tap pins");
    let pinned = page.z();
    touch(&page, &[(0.3, 0.5), (0.5, 0.5), (0.8, 0.5)]);
    z_is_other_than(&page, pinned, "a finger drawn over the plane decodes");
    page.assert_quiet();
}

/// Draws a finger over the plane, at fractions of its size. Not every driver has fingers, so these are the page's own events.
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

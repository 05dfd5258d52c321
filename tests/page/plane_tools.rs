//! The plane as an instrument: its camera, what it shows and of which layer, path and circle, pins and legend.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

/// The colour of the class 0.
const BLUE: &str = "21,109,223";

/// A page that has learned a little and rests.
fn paused() -> Page {
    let page = Page::training(Opening::on(Data::best()).speed(300));
    page.wait("testLoss > 0 && step > 150", 30.0, "something to see");
    page.keep_still(true);
    page.pause();
    hover(&page, 0.5, 0.5);
    leave(&page);
    page.pass(30);
    page
}

fn hover(page: &Page, x: f64, y: f64) {
    page.browser.hover(page.point("#latent", x, y));
    page.pass(6);
}

fn leave(page: &Page) {
    page.browser.hover((2.0, 2.0));
    page.pass(6);
}

/// How much of the plane one sees, in its own units.
fn width(page: &Page) -> f64 {
    hover(page, 0.25, 0.5);
    let left = page.z().0;
    hover(page, 0.75, 0.5);
    2.0 * (page.z().0 - left)
}

fn assert_near(found: f64, wanted: f64, share: f64, what: &str) {
    assert!((found / wanted - 1.0).abs() < share, "{what}: {found}, not {wanted}");
}

/// The share of the plane that is not ground, and how many of its pixels have a colour (`r,g,b`).
fn painted(page: &Page, color: &str) -> (f64, f64) {
    let script = "const plane = document.querySelector('#latent'), copy = document.createElement('canvas');
        copy.width = plane.width; copy.height = plane.height;
        const context = copy.getContext('2d', { willReadFrequently: true });
        context.drawImage(plane, 0, 0);
        const data = context.getImageData(0, 0, copy.width, copy.height).data, counts = new Map();
        for (let i = 0; i < data.length; i += 4) {
            const key = data[i] + ',' + data[i + 1] + ',' + data[i + 2];
            counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        return [1 - Math.max(...counts.values()) / (data.length / 4), counts.get(arguments[0]) ?? 0]";
    let found = page.browser.js_with(script, vec![json!(color)]);
    (found[0].as_f64().expect("a share"), found[1].as_f64().expect("a count"))
}

fn is_seen(page: &Page, css: &str) -> bool {
    let script = "return document.querySelector(arguments[0]).checkVisibility({ visibilityProperty: true })";
    page.browser.js_with(script, vec![json!(css)]) == json!(true)
}

fn focus(page: &Page, css: &str) {
    page.browser.js_with("document.querySelector(arguments[0]).focus()", vec![json!(css)]);
}

#[test]
fn the_camera_zooms_and_pans_and_is_held_until_fit() {
    let page = paused();
    let whole = width(&page);
    page.press("Zoom in");
    page.pass(15);
    assert_near(width(&page), whole / 1.5, 0.02, "a step of the zoom");
    page.press("Zoom out");
    page.pass(15);
    assert_near(width(&page), whole, 0.02, "a step back");

    // Who scrolls by is not held up; Ctrl, or a plane that has the focus, zooms.
    page.browser.js("document.activeElement.blur()");
    let at = page.point("#latent", 0.5, 0.5);
    let before = page.browser.js("return scrollY").as_f64();
    page.browser.wheel(at, 120.0, false);
    page.browser.wait_until(&format!("scrollY > {}", before.unwrap_or_default()), 2.0, "the page scrolls");
    assert_near(width(&page), whole, 0.02, "a wheel that scrolls by");
    let at = page.point("#latent", 0.5, 0.5);
    let before = page.browser.js("return scrollY");
    page.browser.wheel(at, -30.0, true);
    page.pass(6);
    let closer = width(&page);
    assert!(closer < 0.85 * whole, "Ctrl and the wheel: from {whole} to {closer}");
    focus(&page, "#latent");
    page.browser.wheel(page.point("#latent", 0.5, 0.5), -120.0, false);
    page.pass(6);
    assert!(width(&page) < 0.95 * closer, "the wheel over a plane that has the focus");
    assert_eq!(page.browser.js("return scrollY"), before, "what zooms does not scroll");

    hover(&page, 0.4, 0.5);
    let grasped = page.z();
    page.browser.drag(page.point("#latent", 0.4, 0.5), page.point("#latent", 0.6, 0.4));
    page.pass(6);
    hover(&page, 0.6, 0.4);
    let scale = 0.02 * closer;
    let there = page.z();
    assert!(
        (there.0 - grasped.0).abs() < scale && (there.1 - grasped.1).abs() < scale,
        "{grasped:?} {there:?}"
    );
    assert!(!is_seen(&page, "#pins-figure"), "a drag pins");

    // A held camera stays put while the network learns.
    let held = width(&page);
    page.press("Play");
    let step = page.number("step");
    page.wait(&format!("step > {}", step + 50.0), 15.0, "it trains");
    assert_near(width(&page), held, 1e-3, "a held camera");
    page.press("Pause");
    focus(&page, "#latent");
    page.browser.type_text("0");
    page.pass(30);
    let whole = width(&page);
    assert!(whole > 1.3 * held, "Fit shows all again: {whole}");

    page.browser.double_click_at(page.point("#latent", 0.5, 0.5));
    page.pass(15);
    assert_near(width(&page), 0.5 * whole, 0.02, "a double click");
    assert!(!is_seen(&page, "#pins-figure"), "a double click leaves a pin behind");
    let [from, to] = [0.1, 0.2].map(|d| [0.5 - d, 0.5 + d].map(|x| page.point("#latent", x, 0.5)));
    page.browser.pinch(from, to);
    page.pass(6);
    assert_near(width(&page), 0.25 * whole, 0.05, "two fingers drawn apart");
    assert!(!is_seen(&page, "#pins-figure"), "a pinch pins");
    page.assert_quiet();
}

#[test]
fn points_pictures_and_manifold_of_any_layer_by_class_or_error() {
    let page = paused();
    leave(&page);
    let (all, _) = painted(&page, BLUE);
    page.press("Points");
    page.press("Manifold");
    leave(&page);
    let (nothing, _) = painted(&page, BLUE);
    assert!(nothing < 0.05 && all > 0.1, "hidden: {nothing}, shown: {all}");
    assert_eq!(page.attribute("#show-points", "aria-pressed"), "false");
    page.press("Thumbnails");
    leave(&page);
    let (pictures, blue) = painted(&page, BLUE);
    assert!(
        pictures > nothing + 0.02 && blue > 50.0,
        "pictures, framed in their colours: {pictures}, {blue}"
    );
    page.press("Thumbnails");
    page.press("Points");
    leave(&page);
    let (_, blue) = painted(&page, BLUE);
    assert!(blue > 100.0, "zeros are blue: {blue}");

    page.set("Colour", "error");
    leave(&page);
    page.browser.wait_until("Number(document.querySelector('#error-high').textContent) > 0", 10.0, "a key");
    page.pass(30);
    assert!(is_seen(&page, "#error-key") && painted(&page, BLUE).1 < 20.0, "errors are not blue");
    page.set("Colour", "class");
    page.press("Manifold");

    // Two neurons of another layer; there the nearest digit is decoded.
    page.set("Layer", "1");
    page.pass(30);
    assert!(
        is_seen(&page, "#axes")
            && page.browser.js("return document.querySelector('#show-manifold').disabled") == true
    );
    hover(&page, 0.3, 0.3);
    let digit = page.pixels("#decoded");
    hover(&page, 0.8, 0.7);
    assert!(page.pixels("#decoded") != digit, "hover decodes the nearest digit");
    leave(&page);
    let before = page.pixels("#latent");
    page.set("Across", "7");
    leave(&page);
    page.pass(15);
    assert!(page.pixels("#latent") != before, "another neuron, the same plane");
    page.set("Layer", "code");
    page.pass(30);
    assert!(!is_seen(&page, "#axes"));

    // A longer code: two of its numbers, or its principal components.
    page.set("Network", "784 20t 6 20t 784");
    page.browser.wait_until(
        "document.querySelector('#plane-layer [value=principal]')",
        5.0,
        "components on offer",
    );
    page.set("Layer", "principal");
    page.pass(30);
    hover(&page, 0.3, 0.3);
    let told = page.browser.js("return document.querySelector('#decoded-z').textContent").to_string();
    assert!(told.contains("pc1 = ") && told.contains("pc2 = "), "{told}");
    let digit = page.pixels("#decoded");
    hover(&page, 0.8, 0.7);
    assert!(page.pixels("#decoded") != digit, "a place beside components is decoded");
    page.assert_quiet();
}

/// Drags a handle to a point of the plane.
fn drag_handle(page: &Page, name: &str, x: f64, y: f64) {
    let to = page.point("#latent", x, y);
    // Where it is now: to scroll to it would move the plane.
    let script = "const box = [...document.querySelectorAll('.handle')].find((handle) =>
            handle.getAttribute('aria-label').startsWith(arguments[0])).getBoundingClientRect();
        return [box.left + box.width / 2, box.top + box.height / 2]";
    let from = page.browser.js_with(script, vec![json!(name)]);
    let middle = |at: usize| from[at].as_f64().expect("a number").round();
    page.browser.drag((middle(0), middle(1)), to);
    leave(page);
}

#[test]
fn path_circle_and_gradients_are_driven_by_mouse_and_keys() {
    let page = paused();
    page.keep_still(false);
    assert!(!is_seen(&page, "#filmstrip"));
    for (x, y) in [(0.3, 0.35), (0.7, 0.6)] {
        page.browser.click_at(page.point("#latent", x, y));
        page.pass(20);
    }
    page.press("Path");
    leave(&page);
    assert!(is_seen(&page, "#filmstrip") && page.attribute("#path", "aria-pressed") == "true");
    assert!(page.attribute("#filmstrip", "aria-label").starts_with("12 digits"));
    let film = page.pixels("#filmstrip");
    // A moment of the past has a film of its own.
    page.browser.js("const timeline = document.querySelector('#timeline'); timeline.value = timeline.min;
         timeline.dispatchEvent(new Event('input', { bubbles: true }))");
    page.pass(30);
    assert!(page.pixels("#filmstrip") != film, "the film of now, in the past");
    page.press("Now");
    leave(&page);
    page.pass(30);
    assert!(page.pixels("#filmstrip") == film, "another film, back in the present");
    drag_handle(&page, "A,", 0.5, 0.15);
    let dragged = page.pixels("#filmstrip");
    assert!(dragged != film, "another A, the same film");
    focus(&page, ".handle[aria-label^=\"B,\"]");
    page.browser.press(&[Key::Left, Key::Left, Key::Left, Key::Left, Key::Up, Key::Up]);
    page.pass(6);
    assert!(page.pixels("#filmstrip") != dragged, "keys do not move B");
    page.press("Path");
    leave(&page);
    assert!(!is_seen(&page, "#filmstrip"));

    // Pins go one by one, and keep their numbers.
    let names = "return [...document.querySelectorAll('#pin-names button:not([data-empty])')].map((b) => b.textContent)";
    assert_eq!(page.browser.js(names), json!(["1 ×", "2 ×"]));
    page.press("Remove pin 1");
    leave(&page);
    assert_eq!(page.browser.js(names), json!(["2 ×"]));
    focus(&page, "#latent");
    page.browser.press(&[Key::Delete]);
    leave(&page);
    assert_eq!(page.browser.js(names), json!([]));

    page.press("Circle");
    leave(&page);
    let before = page.z();
    page.pass(30);
    assert_ne!(page.z(), before, "the decoder follows the walker");
    page.browser.js(
        "const speed = document.querySelector('#walk-speed'); speed.value = 0; speed.dispatchEvent(new Event('input'))",
    );
    page.press("The post’s circle");
    leave(&page);
    let (x, y) = page.z();
    focus(&page, ".handle[aria-label=\"Point on the circle\"]");
    page.browser.press(&[Key::Right, Key::Right, Key::Right]);
    page.pass(6);
    let (u, v) = page.z();
    assert!((x - u).hypot(y - v) > 1e-3, "a key moves the walker");
    assert_near(u.hypot(v), x.hypot(y), 1e-2, "a circle around zero");
    // Any one place may happen to lie on the circle as it was.
    let [near, far] = [0.75, 0.97].map(|place| {
        drag_handle(&page, "Radius", place, 0.5);
        let (x, y) = page.z();
        x.hypot(y)
    });
    assert!((near / far - 1.0).abs() > 0.02, "the radius is dragged: {near}, {far}");
    // For those who want no motion the walker stands, whatever its speed.
    page.keep_still(true);
    page.browser.js(
        "const speed = document.querySelector('#walk-speed'); speed.value = 0.3; speed.dispatchEvent(new Event('input'))",
    );
    page.pass(10);
    let before = page.z();
    page.pass(20);
    assert_eq!(page.z(), before, "the walker moves by itself");
    page.press("Circle");
    leave(&page);

    page.pass(15);
    let before = page.pixels("#latent");
    page.press("Gradients");
    leave(&page);
    page.pass(30);
    assert!(page.pixels("#latent") != before, "gradient arrows are not drawn");
    page.assert_quiet();
}

#[test]
fn the_legend_highlights_and_isolates() {
    let page = paused();
    let item = |digit: u8| format!(".legend-item[data-digit=\"{digit}\"]");
    let shown = || {
        page.browser.js("return [...document.querySelectorAll('.legend-item')].filter((item) =>
                item.getAttribute('aria-pressed') === 'true').map((item) => item.dataset.digit).join('')")
    };
    let (_, blue) = painted(&page, BLUE);
    page.browser.hover(page.point(&item(1), 0.5, 0.5));
    page.pass(6);
    let (_, dimmed) = painted(&page, BLUE);
    assert!(blue > 100.0 && dimmed < 0.1 * blue, "all but the ones stand back: {blue}, {dimmed}");
    leave(&page);
    assert_near(painted(&page, BLUE).1, blue, 0.01, "nothing stands back any more");

    page.browser.double_click_at(page.point(&item(3), 0.5, 0.5));
    leave(&page);
    assert_eq!(shown(), "3");
    page.browser.double_click_at(page.point(&item(3), 0.5, 0.5));
    leave(&page);
    assert_eq!(shown(), "0123456789");
    focus(&page, &item(4));
    page.browser.js("document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
            { key: 'Enter', shiftKey: true, bubbles: true, cancelable: true }))");
    page.pass(6);
    assert_eq!(shown(), "4", "Shift and Enter isolate");
    page.press("All");
    page.pass(6);
    assert_eq!(shown(), "0123456789");
    page.assert_quiet();
}

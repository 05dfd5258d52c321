//! The plane as an instrument: its camera, what it shows and of which layer, path and circle, pins and legend.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

/// The colour of the class 0.
const BLUE: &str = "21,109,223";

fn rested() -> Page {
    Page::rested(Opening::on(Data::Few).still(), 150)
}

fn hover(page: &Page, x: f64, y: f64) {
    page.browser.hover(page.point("#latent", x, y));
    page.idle();
}

fn leave(page: &Page) {
    page.browser.hover((2.0, 2.0));
    page.idle();
}

/// Returns the visible width of the plane, in latent units.
fn width(page: &Page) -> f64 {
    hover(page, 0.25, 0.5);
    let left = page.z().0;
    hover(page, 0.75, 0.5);
    2.0 * (page.z().0 - left)
}

fn assert_near(found: f64, wanted: f64, share: f64, what: &str) {
    assert!((found / wanted - 1.0).abs() < share, "{what}: {found}, not {wanted}");
}

/// Returns the share of the plane that is not background, and the number of its pixels with a colour (`r,g,b`).
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

#[test]
fn the_camera_zooms_and_pans_and_is_held_until_fit() {
    let page = rested();
    let whole = width(&page);
    page.press("Zoom in");
    page.idle();
    assert_near(width(&page), whole / 1.5, 0.02, "a step of the zoom");
    page.press("Zoom out");
    page.idle();
    assert_near(width(&page), whole, 0.02, "a step back");

    // The wheel scrolls the page; with Ctrl, or over a plane with the focus, it zooms.
    page.browser.js("document.activeElement.blur()");
    let at = page.point("#latent", 0.5, 0.5);
    let before = page.browser.js("return scrollY").as_f64();
    page.browser.wheel(at, 120.0, false);
    page.browser.wait_until(&format!("scrollY > {}", before.unwrap_or_default()), 2.0, "the page scrolls");
    assert_near(width(&page), whole, 0.02, "a wheel that scrolls by");
    let at = page.point("#latent", 0.5, 0.5);
    let before = page.browser.js("return scrollY");
    page.browser.wheel(at, -30.0, true);
    page.idle();
    let closer = width(&page);
    assert!(closer < 0.85 * whole, "Ctrl and the wheel: from {whole} to {closer}");
    page.focus("#latent");
    page.browser.wheel(page.point("#latent", 0.5, 0.5), -120.0, false);
    page.idle();
    assert!(width(&page) < 0.95 * closer, "the wheel over a plane that has the focus");
    assert_eq!(page.browser.js("return scrollY"), before, "zooming does not scroll");

    hover(&page, 0.4, 0.5);
    let grasped = page.z();
    page.browser.drag(page.point("#latent", 0.4, 0.5), page.point("#latent", 0.6, 0.4));
    page.idle();
    hover(&page, 0.6, 0.4);
    let scale = 0.02 * closer;
    let there = page.z();
    assert!(
        (there.0 - grasped.0).abs() < scale && (there.1 - grasped.1).abs() < scale,
        "{grasped:?} {there:?}"
    );
    assert!(!page.is_visible("#pins-figure"), "a drag pins");

    // A held camera stays put while the network learns.
    let held = width(&page);
    page.press("Play");
    let step = page.number("step");
    page.wait(&format!("step > {}", step + 50.0), 15.0, "it trains");
    page.pause();
    assert_near(width(&page), held, 1e-3, "a held camera");
    page.focus("#latent");
    page.browser.type_text("0");
    page.idle();
    let whole = width(&page);
    assert!(whole > 1.3 * held, "Fit shows all again: {whole}");

    page.browser.double_click_at(page.point("#latent", 0.5, 0.5));
    page.idle();
    assert_near(width(&page), 0.5 * whole, 0.02, "a double click");
    assert!(!page.is_visible("#pins-figure"), "a double click leaves a pin behind");
    let [from, to] = [0.1, 0.2].map(|d| [0.5 - d, 0.5 + d].map(|x| page.point("#latent", x, 0.5)));
    page.browser.pinch(from, to);
    page.idle();
    assert_near(width(&page), 0.25 * whole, 0.05, "two fingers drawn apart");
    assert!(!page.is_visible("#pins-figure"), "a pinch pins");
    page.assert_quiet();
}

#[test]
fn points_thumbnails_and_manifold_are_shown_for_any_layer_by_class_or_error() {
    let page = rested();
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
    page.idle();
    assert!(page.is_visible("#error-key") && painted(&page, BLUE).1 < 20.0, "errors are not blue");
    page.set("Colour", "class");
    page.press("Manifold");

    // Two neurons of another layer; there the nearest digit is decoded.
    page.set("Layer", "1");
    page.idle();
    assert!(
        page.is_visible("#axes")
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
    assert!(page.pixels("#latent") != before, "another neuron, the same plane");
    page.set("Layer", "code");
    page.idle();
    assert!(!page.is_visible("#axes"));

    // A longer code: two of its numbers, or its principal components.
    page.set("Network", "784 20t 6 20t 784");
    page.browser.wait_until(
        "document.querySelector('#plane-layer [value=principal]')",
        5.0,
        "components on offer",
    );
    page.set("Layer", "principal");
    page.idle();
    hover(&page, 0.3, 0.3);
    let text = page.browser.js("return document.querySelector('#decoded-z').textContent").to_string();
    assert!(text.contains("pc1 = ") && text.contains("pc2 = "), "{text}");
    let digit = page.pixels("#decoded");
    hover(&page, 0.8, 0.7);
    assert!(page.pixels("#decoded") != digit, "a place beside components is decoded");
    page.assert_quiet();
}

/// Drags a handle to a point of the plane.
fn drag_handle(page: &Page, name: &str, x: f64, y: f64) {
    let to = page.point("#latent", x, y);
    // Scrolling to it would move the plane.
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
    let page = rested();
    let set_circle_speed = |speed: f64| {
        let script = "const speed = document.querySelector('#walk-speed');
            speed.value = arguments[0];
            speed.dispatchEvent(new Event('input'))";
        page.browser.js_with(script, vec![json!(speed)]);
    };
    assert!(!page.is_visible("#filmstrip"));
    for (x, y) in [(0.3, 0.35), (0.7, 0.6)] {
        page.browser.click_at(page.point("#latent", x, y));
        page.idle();
    }
    page.press("Path");
    leave(&page);
    assert!(page.is_visible("#filmstrip") && page.attribute("#path", "aria-pressed") == "true");
    assert!(page.attribute("#filmstrip", "aria-label").starts_with("12 digits"));
    let film = page.pixels("#filmstrip");
    page.slide("#timeline", 0.0);
    page.idle();
    assert!(page.pixels("#filmstrip") != film, "the past has another film");
    page.press("Now");
    leave(&page);
    assert!(page.pixels("#filmstrip") == film, "now has the same film again");
    drag_handle(&page, "A,", 0.5, 0.15);
    let dragged = page.pixels("#filmstrip");
    assert!(dragged != film, "another A, the same film");
    page.focus(".handle[aria-label^=\"B,\"]");
    page.browser.press(&[Key::Left, Key::Left, Key::Left, Key::Left, Key::Up, Key::Up]);
    page.idle();
    assert!(page.pixels("#filmstrip") != dragged, "keys do not move B");
    page.press("Path");
    leave(&page);
    assert!(!page.is_visible("#filmstrip"));

    // Pins go one by one, and keep their numbers.
    let names = "return [...document.querySelectorAll('#pin-names button:not([data-empty])')].map((b) => b.textContent)";
    assert_eq!(page.browser.js(names), json!(["1 ×", "2 ×"]));
    page.press("Remove pin 1");
    leave(&page);
    assert_eq!(page.browser.js(names), json!(["2 ×"]));
    page.focus("#latent");
    page.browser.press(&[Key::Delete]);
    leave(&page);
    assert_eq!(page.browser.js(names), json!([]));

    page.emulate_media(&[["prefers-reduced-motion", "no-preference"]]);
    page.press("Circle");
    page.browser.hover((2.0, 2.0));
    for _ in 0..2 {
        let is_other = format!("$.dataset.z1 !== '{}'", page.attribute("#decoded", "data-z1"));
        page.wait_until_of("#decoded", &is_other, "the point moves round its circle");
    }
    set_circle_speed(0.0);
    page.press("Circle from the post");
    leave(&page);
    let (x, y) = page.z();
    page.focus(".handle[aria-label=\"Point on the circle\"]");
    page.browser.press(&[Key::Right, Key::Right, Key::Right]);
    page.idle();
    let (u, v) = page.z();
    assert!((x - u).hypot(y - v) > 1e-3, "a key moves the point");
    assert_near(u.hypot(v), x.hypot(y), 1e-2, "a circle around zero");
    // Any one place may happen to lie on the circle as it was.
    let [near, far] = [0.75, 0.97].map(|place| {
        drag_handle(&page, "Radius", place, 0.5);
        let (x, y) = page.z();
        x.hypot(y)
    });
    assert!((near / far - 1.0).abs() > 0.02, "the radius is dragged: {near}, {far}");
    // With reduced motion the point stands still, whatever its speed: else the page would never be idle.
    page.emulate_media(&[["prefers-reduced-motion", "reduce"]]);
    set_circle_speed(0.3);
    page.idle();
    let (x, y) = page.z();
    page.reveal("#walk-angle");
    page.wait_until_visible("#walk-angle", "a slider moves it by hand");
    page.slide("#walk-angle", 0.9);
    page.idle();
    assert_eq!(page.attribute("#walk-angle", "aria-valuetext"), "324°");
    assert_ne!(page.z(), (x, y));
    page.press("Circle");
    leave(&page);

    page.idle();
    let before = page.pixels("#latent");
    page.press("Gradients");
    leave(&page);
    assert!(page.pixels("#latent") != before, "gradient arrows are not drawn");
    page.assert_quiet();
}

#[test]
fn the_legend_highlights_and_isolates() {
    let page = rested();
    let item = |digit: u8| format!(".legend-item[data-digit=\"{digit}\"]");
    let shown = || {
        page.browser.js("return [...document.querySelectorAll('.legend-item')].filter((item) =>
                item.getAttribute('aria-pressed') === 'true').map((item) => item.dataset.digit).join('')")
    };
    let (_, blue) = painted(&page, BLUE);
    page.browser.hover(page.point(&item(1), 0.5, 0.5));
    page.idle();
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
    page.focus(&item(4));
    page.browser.js("document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
            { key: 'Enter', shiftKey: true, bubbles: true, cancelable: true }))");
    page.idle();
    assert_eq!(shown(), "4", "Shift and Enter isolate");
    page.press("All");
    page.idle();
    assert_eq!(shown(), "0123456789");
    page.assert_quiet();
}

//! The latent plane under mouse and keys: it decodes the point under the pointer, and pins.

use fantoccini::key::Key;

use crate::support::page::{Data, Opening, Page};

#[test]
fn hovering_decodes_within_two_frames_while_it_trains() {
    let page = Page::training(Opening::on(Data::Few).alone());
    page.wait("testLoss > 0", 10.0, "the first evaluation");
    page.browser.hover(page.point("#latent", 0.5, 0.5));
    page.frames_until_decoded();
    let frames = page.frames_until_decoded();
    assert!(frames <= 2, "hovering decodes after {frames} frames");
    let z1 = page.attribute("#decoded", "data-z1");
    page.browser.hover(page.point("#latent", 0.1, 0.3));
    page.wait_until_of("#decoded", &format!("$.dataset.z1 !== '{z1}'"), "the left side");
    let (z, digit) = (page.z(), page.pixels("#decoded"));
    page.browser.hover(page.point("#latent", 0.9, 0.7));
    let moved = format!("$.dataset.z1 > {} && $.dataset.z2 < {}", z.0, z.1);
    page.wait_until_of("#decoded", &moved, "right and down");
    page.wait_for_other_pixels("#decoded", &digit, "another digit");
    assert_eq!(page.data("state"), "training");
    page.assert_quiet();
}

/// Points at the plane, at fractions of its width and height.
fn hover(page: &Page, x: f64, y: f64) {
    page.browser.hover(page.point("#latent", x, y));
    page.idle();
}

/// Moves the pointer away from the plane.
fn leave(page: &Page) {
    page.browser.hover((2.0, 2.0));
    page.idle();
}

#[test]
fn a_paused_plane_obeys_mouse_keys_and_legend() {
    let page = Page::rested(Opening::on(Data::Few).still(), 200);
    a_click_on_a_point_shows_its_digit(&page);
    clicks_pin_and_leaving_returns_to_the_pin(&page);
    the_legend_hides_and_shows_a_class(&page);
    a_second_finger_and_a_held_key_do_nothing(&page);
    assert_eq!(page.data("state"), "paused");
    page.assert_quiet();
}

/// Finds the centre of a coloured disc on the plane, in CSS px of the window.
const FIND_POINT: &str = "
    const canvas = document.querySelector('#latent');
    canvas.scrollIntoView({ block: 'center', behavior: 'instant' });
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const coloured = (x, y) => {
        const at = 4 * (y * width + x);
        return Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 60;
    };
    const box = canvas.getBoundingClientRect();
    for (let y = 40; y < height - 40; y++)
        for (let x = 40; x < width - 40; x++)
            if ([[0, 0], [2, 0], [-2, 0], [0, 2], [0, -2]].every(([dx, dy]) => coloured(x + dx, y + dy)))
                return [box.left + x * box.width / width, box.top + y * box.height / height];
    return null";

fn a_click_on_a_point_shows_its_digit(page: &Page) {
    page.wait_for_text("#original-caption", "nearest test digit", "no digit is chosen yet");
    let at = serde_json::from_value(page.browser.js(FIND_POINT)).expect("a coloured point on the plane");
    page.browser.click_at(at);
    page.wait_for_text("#original-caption", "a test digit", "the digit of the point");
    page.wait_for_text("#original-caption", "error 0.", "and how well it is reconstructed");
    page.wait_for_text("#sentence", "the only two numbers the decoder gets", "the sentence tells of it");
    let ink = "return ['#original', '#decoded'].map((css) => {
            const { data } = document.querySelector(css).getContext('2d').getImageData(0, 0, 28, 28);
            return data.reduce((sum, value, at) => at % 4 ? sum : sum + 255 - value, 0) / 255; })";
    let ink: (f64, f64) = serde_json::from_value(page.browser.js(ink)).expect("the ink of two digits");
    assert!(ink.0 > 20.0 && ink.1 > 20.0, "ink of input and output: {ink:?}");
    page.press("Clear");
    page.wait_for_text("#original-caption", "nearest test digit", "no digit is chosen any longer");
}

fn clicks_pin_and_leaving_returns_to_the_pin(page: &Page) {
    page.browser.click_at(page.point("#latent", 0.35, 0.4));
    leave(page);
    let (pinned, digit) = (page.z(), page.pixels("#decoded"));
    hover(page, 0.75, 0.7);
    assert!(page.z() != pinned && page.pixels("#decoded") != digit, "hovering decodes");
    leave(page);
    assert!(page.z() == pinned && page.pixels("#decoded") == digit, "leaving returns to the pin");

    page.focus("#latent");
    page.browser.press(&[Key::Right, Key::Right, Key::Right, Key::Up, Key::Up]);
    page.idle();
    let moved = page.z();
    assert!(moved.0 > pinned.0 && moved.1 > pinned.1, "from {pinned:?} to {moved:?}");
    assert_ne!(page.pixels("#decoded"), digit);
    page.browser.press(&[Key::Enter]);
    hover(page, 0.75, 0.7);
    leave(page);
    assert_eq!(page.z(), moved, "Enter pins");
}

fn the_legend_hides_and_shows_a_class(page: &Page) {
    let item = ".legend-item[data-digit=\"1\"]";
    assert_eq!(page.browser.js("return document.querySelectorAll('.legend-item[data-digit]').length"), 10);
    let all = page.pixels("#latent");
    for is_shown in ["false", "true"] {
        page.browser.click(&page.browser.find(item));
        leave(page);
        assert_eq!(page.attribute(item, "aria-pressed"), is_shown);
        assert_eq!(page.pixels("#latent") == all, is_shown == "true");
    }
}

fn a_second_finger_and_a_held_key_do_nothing(page: &Page) {
    // Without a click event, as older browsers send them.
    let script = "const [x, y, id, primary] = arguments;
        const plane = document.querySelector('#latent'), box = plane.getBoundingClientRect();
        for (const type of ['pointerdown', 'pointerup'])
            plane.dispatchEvent(new PointerEvent(type, { clientX: box.left + x * box.width,
                clientY: box.top + y * box.height, pointerId: id, isPrimary: primary, pointerType: 'touch',
                button: 0, bubbles: true }))";
    let touch = |x: f64, y: f64, id: u32, primary: bool| {
        page.browser.js_with(script, vec![x.into(), y.into(), id.into(), primary.into()]);
        page.idle();
    };
    let before = page.z();
    touch(0.02, 0.02, 1, true);
    let pinned = page.z();
    assert_ne!(pinned, before, "a tap pins");
    touch(0.98, 0.98, 2, false);
    assert_eq!(page.z(), pinned, "a second finger moves the point");

    let strip = page.pixels("#pins");
    page.focus("#latent");
    page.browser.press(&[Key::Right, Key::Right]);
    page.idle();
    let hold = |first: bool| {
        let script =
            "for (let i = 0; i < 20; i++) document.querySelector('#latent').dispatchEvent(new KeyboardEvent(
            'keydown', { key: 'Enter', repeat: i > 0 || !arguments[0], bubbles: true, cancelable: true }))";
        page.browser.js_with(script, vec![first.into()]);
        page.idle();
        page.pixels("#pins")
    };
    let after = hold(true);
    assert_ne!(after, strip, "Enter pins");
    assert_eq!(hold(false), after, "a held key pins again and again");
}

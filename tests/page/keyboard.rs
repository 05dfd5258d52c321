//! The page by keyboard alone, from end to end; names and roles; pages that a translator or an extension has changed.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

/// Keeps everything that gets the focus in `reached`, and begins with the first control.
const RECORD: &str = "window.reached = [];
    document.activeElement.blur();
    document.addEventListener('focusin', (event) => reached.push(event.target));
    document.querySelector('#preset').focus()";

/// Returns what Tab has to reach and has not, what stands out of order, and what has neither a role nor a name.
const FINDINGS: &str = "
    const name = (element) => element.outerHTML.slice(0, 80);
    const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
        .filter((stop) => stop.tabIndex >= 0 && !stop.matches(':disabled')
            && stop.checkVisibility({ visibilityProperty: true }));
    const places = stops.map((stop) => reached.indexOf(stop));
    const missed = stops.filter((_, index) => places[index] < 0).map((stop) => `missed: ${name(stop)}`);
    const early = stops.filter((_, index) => index > 0 && places[index] < places[index - 1])
        .map((stop) => `out of order: ${name(stop)}`);
    const idle = stops.filter((stop) => stop.matches('div, span, p, canvas, section') && !stop.role)
        .map((stop) => `no role: ${name(stop)}`);
    return [...missed, ...early, ...idle]";

#[test]
fn tab_reaches_everything_in_order_at_every_width() {
    let page = Page::rested(Opening::on(Data::Few).still(), 20);
    for (width, is_mobile) in [(1440, false), (1000, false), (700, false), (390, true)] {
        page.emulate_screen((width, 900), 1, is_mobile);
        for opens in [false, true] {
            page.browser.js_with(
                "for (const group of document.querySelectorAll('details:not(.menu)')) group.open = arguments[0]",
                vec![json!(opens)],
            );
            page.idle();
            page.browser.js(RECORD);
            let ends = "return document.activeElement.closest('footer') !== null
                && document.activeElement.closest('li')?.nextElementSibling === null";
            for _ in 0..30 {
                page.browser.press(&[Key::Tab; 5]);
                if page.browser.js(ends) == json!(true) {
                    break;
                }
            }
            assert_eq!(page.browser.js(FINDINGS), json!([]), "at {width} px, groups open: {opens}");
        }
    }
    page.assert_quiet();
}

#[test]
fn the_way_back_of_a_broken_run_is_near_its_rate() {
    let page = Page::rested(Opening::on(Data::Few).still(), 50);
    page.set("Learning rate", "-1");
    page.wait_for_notice("a rate is refused");
    page.focus("#learning-rate");
    let back = json!({ "type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9, "modifiers": 8 });
    let is_there = "return document.activeElement.closest('#notice') !== null";
    let tabs = (1..=60).find(|_| {
        page.browser.devtools("Input.dispatchKeyEvent", back.clone());
        page.browser.js(is_there) == json!(true)
    });
    assert!(tabs.is_some_and(|tabs| tabs <= 6), "{tabs:?} Tabs");
}

#[test]
fn keys_choose_a_digit_and_a_preset() {
    let page = Page::rested(Opening::on(Data::Few).still(), 100);
    page.focus("#latent");
    page.browser.press(&[Key::Right, Key::Up]);
    page.wait_for_text("#original-caption", "nearest test digit", "a place is chosen, not a digit");
    page.browser.devtools(
        "Input.dispatchKeyEvent",
        json!({ "type": "keyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "modifiers": 8 }),
    );
    page.wait_for_text("#original-caption", "a test digit", "the nearest digit is chosen");

    let preset = page.value("Preset");
    page.focus("#preset");
    page.browser.press(&[Key::Down, Key::Down]);
    page.idle();
    assert_ne!(page.value("Preset"), preset, "keys select");
    assert_eq!(page.number("step"), 100.0, "a run begins at a press");
    page.browser.press(&[Key::Tab]);
    page.wait("step === 0", 5.0, "a run begins when the field is left");
    assert_ne!(page.value("Preset"), preset);
    page.assert_quiet();
}

#[test]
fn what_is_read_keeps_up_and_has_names() {
    let page = Page::training(Opening::on(Data::Few).speed(100).still());
    let unnamed = "return [...document.querySelectorAll('.figures > div')].filter((figure) => {
        const [name, value] = figure.getAttribute('aria-labelledby').split(' ').map((id) => document.getElementById(id));
        return !(figure.role === 'group' && name.textContent && figure.contains(value) && value.matches('output'));
    }).length";
    assert_eq!(page.browser.js(unnamed), json!(0), "each figure is named with its value");
    let last_row =
        "Number(document.querySelector('#loss-table tr:last-child th').textContent.replaceAll(/\\D/g, ''))";
    page.browser.wait_until(&format!("{last_row} > 150"), 15.0, "the table keeps up while it trains");
    page.press("Circle");
    page.wait_until_of(
        "#walk-speed",
        "$.ariaValueText === $.value + ' turns per second'",
        "the speed is read",
    );

    // A translator replaces texts; those that do not change are left to it, and numbers are not translated.
    page.browser.js("const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walk.nextNode()) texts.push(walk.currentNode);
        for (const text of texts.filter((text) => text.data.trim() && !text.parentElement.closest('[translate=no], script'))) {
            const font = document.createElement('font');
            text.replaceWith(font);
            font.textContent = `«${text.data}»`;
        }
        window.translated = [...document.querySelectorAll('#play font, #speed-text font, #timeline-text font, .pipeline-open font')]");
    let step = page.number("step");
    page.wait(&format!("step > {}", step + 100.0), 10.0, "training continues");
    let overwritten =
        "return translated.filter((font) => !font.isConnected && !font.textContent.includes('z ')).length";
    assert_eq!(page.browser.js(overwritten), json!(0), "the page writes over a translator's words");
    assert_eq!(page.browser.js("return document.querySelectorAll('.figures output font').length"), json!(0));
}

#[test]
fn css_zoom_does_not_move_the_pointer() {
    let page = Page::rested(Opening::on(Data::Few).still(), 100);
    for zoom in ["1", "1.4", "0.7"] {
        page.browser.js_with("document.body.style.zoom = arguments[0]", vec![json!(zoom)]);
        let z_at = |css: &str, x: f64| {
            page.browser.hover(page.point(css, x, 0.5));
            page.idle();
            page.z()
        };
        let left = z_at("#latent", 0.25);
        // Without a pointer and pins, the centre is decoded.
        let centre = z_at("#play", 0.5);
        let middle = z_at("#latent", 0.5);
        let off = (centre.0 - middle.0).abs() / (middle.0 - left.0);
        assert!(off < 0.03, "at a zoom of {zoom}, the middle decodes {middle:?}, the centre is {centre:?}");
    }
    page.assert_quiet();
}

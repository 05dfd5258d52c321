//! The page on paper, in forced colours, and with more contrast.

use serde_json::json;

use crate::support::page::{Data, Opening, Page};

/// Returns the colour of each canvas's first pixel, by its id, unless it is hidden.
const GROUNDS: &str = "Object.fromEntries([...document.querySelectorAll('canvas')]
    .filter((canvas) => canvas.width && canvas.checkVisibility())
    .map((canvas) => [canvas.id, [...canvas.getContext('2d').getImageData(0, 0, 1, 1).data].slice(0, 3)]))";

#[test]
fn paper_is_light_and_has_every_picture_and_no_control() {
    let page = Page::rested(
        Opening::on(Data::Few).size(1440, 500).still().media("prefers-color-scheme", "dark"),
        50,
    );
    let dark = "return Object.entries(GROUNDS).filter(([, color]) => Math.max(...color) > 60 || Math.max(...color) === 0)"
        .replace("GROUNDS", GROUNDS);
    assert_eq!(page.browser.js(&dark), json!([]), "a canvas is black, or light, before it is in sight");
    page.browser.js(&format!("addEventListener('beforeprint', () => {{ window.printed = {GROUNDS}; }})"));
    page.browser.devtools("Page.printToPDF", json!({}));
    let pale = "return Object.entries(printed).filter(([id, color]) => Math.min(...color) < 200 && !['layer-numbers'].includes(id))";
    assert_eq!(page.browser.js(pale), json!([]), "a picture is dark on paper");
    page.idle();
    assert_eq!(page.browser.js(&dark), json!([]), "the page is dark again");

    page.browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    let shown = "return [...document.querySelectorAll('button, input, select, summary')]
        .filter((control) => control.checkVisibility() && !control.closest('.panel-errors')).map((control) => control.outerHTML.slice(0, 80))";
    assert_eq!(page.browser.js(shown), json!([]), "controls are printed");
    let light =
        "return getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color";
    assert_eq!(page.browser.js(light), json!("rgb(255, 255, 255)rgb(0, 0, 0)"));
    page.browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "" }));
    page.assert_quiet();
}

#[test]
fn forced_colours_show_what_is_pressed_and_which_curve_is_which() {
    let page = Page::rested(Opening::on(Data::Few).still().media("forced-colors", "active"), 50);
    page.press("Errors");
    page.browser.js("document.querySelector('.pipeline-open').click()");
    page.press("Draw a digit");
    page.idle();
    let unseen = "const look = (button) => getComputedStyle(button).backgroundColor;
        const plain = look(document.querySelector('#reset'));
        return [...document.querySelectorAll('button:is([aria-pressed=true], [aria-expanded=true]):not(.legend-item)')]
            .filter((button) => button.checkVisibility() && look(button) === plain).map((button) => button.outerHTML.slice(0, 80))";
    assert_eq!(page.browser.js(unseen), json!([]), "a pressed button looks like any other");
    let keys = "return new Set([...document.querySelectorAll('.key li')].map((key) =>
        getComputedStyle(key, '::before').borderTopColor)).size";
    assert_eq!(page.browser.js(keys), json!(2), "the curves have the colours of their key");
    page.assert_quiet();
}

#[test]
fn more_contrast_strengthens_texts_and_lines_in_both_themes() {
    for scheme in ["light", "dark"] {
        let opening = Opening::on(Data::Few).still().media("prefers-color-scheme", scheme);
        let page = Page::rested(opening.media("prefers-contrast", "more"), 50);
        let weak = "const of = (css, name) => getComputedStyle(document.querySelector(css))[name];
            const text = of('body', 'color');
            return ['.tagline', '.figures span', '.group > summary .caption', '.key li'].filter((css) => of(css, 'color') !== text)";
        assert_eq!(page.browser.js(weak), json!([]), "{scheme}");
        // So do those of the chart: its ticks are as dark, or light, as any text.
        let strongest =
            "const { data } = document.querySelector('#loss').getContext('2d').getImageData(0, 0, 60, 200);
            const light = [...data].filter((_, index) => index % 4 === 1);
            return [Math.min(...light), Math.max(...light)]";
        let strongest: [f64; 2] = serde_json::from_value(page.browser.js(strongest)).expect("two values");
        let is_strong = if scheme == "light" { strongest[0] < 60.0 } else { strongest[1] > 200.0 };
        assert!(is_strong, "the chart's labels in {scheme}: {strongest:?}");
    }
}

#[test]
fn a_window_of_4k_is_used() {
    let page = Page::rested(Opening::on(Data::Few).still(), 20);
    page.emulate_screen((3840, 2160), 1, false);
    page.idle();
    let used = "const boxes = [...document.querySelectorAll('#app > *')].map((part) => part.getBoundingClientRect());
        return (Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left))) / innerWidth";
    let used = page.browser.js(used).as_f64().expect("a share");
    assert!(used > 0.45, "the page uses {used} of the width");
    page.assert_quiet();
}

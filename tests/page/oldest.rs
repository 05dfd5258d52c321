//! The oldest browsers that are promised the page, as near as a new one comes to them: what they do not know is taken away.

use std::fs;

use serde_json::json;

use crate::support::page::{Data, Opening, Page};
use crate::support::server::{Fault, built, dist};

/// What browsers of early 2023 do not know; where the style sheet has one of these, it has to do without.
const NEWER: [&str; 14] = [
    "light-dark(",
    "color-mix(",
    "oklch(",
    ":has(",
    ":user-invalid",
    "text-wrap",
    "field-sizing",
    "reading-flow",
    "scrollbar-",
    "interpolate-size",
    "@container",
    "@layer",
    "@scope",
    "& ",
];

/// The name of the built page's style sheet, and the sheet with every newer word in it spoilt.
fn spoilt_style() -> (&'static str, Vec<u8>) {
    let name = built(".css").pop().expect("the style sheet in dist/");
    let mut style = fs::read_to_string(dist().join(&name)).expect("the style sheet");
    for word in NEWER {
        let (first, rest) = word.split_at(1);
        // A mark that begins a name stays, so that the name and not the sheet is what nobody knows.
        let spoilt =
            if first == ":" || first == "@" { format!("{first}x-{rest}") } else { format!("x-{word}") };
        style = style.replace(word, &spoilt);
    }
    (name.leak(), style.into_bytes())
}

/// Of each kind of text that is seen, the least contrast with what lies behind it.
const CONTRASTS: &str = "
    const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
    const ground = (of) => {
        for (; of; of = of.parentElement) {
            const [r, g, b, a = 1] = rgb(getComputedStyle(of).backgroundColor);
            if (a > 0.5) return [r, g, b];
        }
        return [255, 255, 255];
    };
    const light = (color) => {
        const [r, g, b] = color.map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const of = (css) => {
        const found = document.querySelector(css);
        const [a, b] = [rgb(getComputedStyle(found).color), ground(found)].map(light);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    };
    return ['body', '.tagline', '#play', '#step', '#learning-rate', '#preset', '.figure-main dd', '#learning-rate-hint']
        .map((css) => [css, of(css)])";

fn assert_readable(page: &Page, ground: &str) {
    let paper = format!("getComputedStyle(document.body).backgroundColor === '{ground}'");
    page.browser.wait_until(&paper, 5.0, "the page has its ground");
    let contrasts: Vec<(String, f64)> =
        serde_json::from_value(page.browser.js(CONTRASTS)).expect("contrasts");
    let faint: Vec<_> = contrasts.iter().filter(|(_, contrast)| *contrast < 4.5).collect();
    assert!(faint.is_empty(), "on {ground}: {faint:?}");
}

#[test]
fn without_newer_words_in_its_style_the_page_stands_and_is_readable() {
    let (name, style) = spoilt_style();
    let page = Page::training(Opening::on(Data::Strokes).fault(name, Fault::Instead(style)).speed(100));
    let (light, dark) = ("rgb(251, 250, 247)", "rgb(19, 20, 23)");
    assert_readable(&page, light);
    page.press("Theme: system");
    page.press("Theme: light");
    assert_readable(&page, dark);
    page.press("Theme: dark");
    let system = |scheme: &str| {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        page.browser.devtools("Emulation.setEmulatedMedia", features);
    };
    system("dark");
    assert_readable(&page, dark);
    system("light");
    assert_readable(&page, light);

    let row = "return ['#learning-rate', '#latent', '#decoded'].map((css) => document.querySelector(css).getBoundingClientRect().left)";
    let row: Vec<f64> = serde_json::from_value(page.browser.js(row)).expect("three places");
    assert!(row.is_sorted(), "controls, plane and decoder stand side by side: {row:?}");
    page.press("Present");
    let big = "getComputedStyle(document.querySelector('.panel-controls')).display === 'none'
        && document.querySelector('#latent').getClientRects().length > 0";
    page.browser.wait_until(big, 5.0, "presented, the page shows what it should");
    page.press("Leave");

    let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
    page.browser.devtools("Emulation.setDeviceMetricsOverride", phone);
    page.browser.wait_until("document.documentElement.scrollWidth <= 390", 5.0, "the page fits a phone");
    let foot =
        "Math.round(document.querySelector('.buttons').getBoundingClientRect().bottom) === innerHeight";
    page.browser.wait_until(foot, 5.0, "the transport is at hand");
    page.assert_quiet();
}

#[test]
fn without_simd_the_page_says_what_it_needs() {
    let none = "WebAssembly.validate = () => false;
        for (const way of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'])
            WebAssembly[way] = () => Promise.reject(new WebAssembly.CompileError('unknown opcode'));";
    let page = Page::open(Opening::on(Data::Strokes).script(none));
    let sentence = page.wait_for_notice("the program cannot run");
    assert!(sentence.contains("WebAssembly with SIMD") && sentence.contains("2023"), "{sentence}");
    assert_eq!(page.data("state"), "failed");
}

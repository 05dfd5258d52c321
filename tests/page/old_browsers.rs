//! The oldest supported browsers, imitated by a new one without the features that they lack.

use std::fs;

use crate::support::page::{Data, Opening, Page};
use crate::support::server::{Fault, built, dist};

/// What browsers of early 2023 do not know.
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

/// Returns the name of the built page's style sheet, and the sheet with every newer feature misspelt.
fn style_of_2023() -> (&'static str, Vec<u8>) {
    let name = built(".css").pop().expect("the style sheet in dist/");
    let mut style = fs::read_to_string(dist().join(&name)).expect("the style sheet");
    for word in NEWER {
        let (first, rest) = word.split_at(1);
        // A leading `:` or `@` stays, so that the sheet can still be parsed.
        let unknown =
            if first == ":" || first == "@" { format!("{first}x-{rest}") } else { format!("x-{word}") };
        style = style.replace(word, &unknown);
    }
    (name.leak(), style.into_bytes())
}

/// Returns the contrast of each kind of text with its background.
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
    return ['body', '.tagline', '#play', '#step', '#learning-rate', '#preset', '.figure-main output', '#learning-rate-hint']
        .map((css) => [css, of(css)])";

fn assert_readable(page: &Page, ground: &str) {
    let is_ground = format!("getComputedStyle(document.body).backgroundColor === '{ground}'");
    page.browser.wait_until(&is_ground, 5.0, "the page has its background");
    let contrasts: Vec<(String, f64)> =
        serde_json::from_value(page.browser.js(CONTRASTS)).expect("contrasts");
    let faint: Vec<_> = contrasts.iter().filter(|(_, contrast)| *contrast < 4.5).collect();
    assert!(faint.is_empty(), "on {ground}: {faint:?}");
}

#[test]
fn without_newer_css_the_page_is_laid_out_and_readable() {
    let (name, style) = style_of_2023();
    let page = Page::rested(Opening::on(Data::Few).fault(name, Fault::Instead(style)), 1);
    let (light, dark) = ("rgb(251, 250, 247)", "rgb(19, 20, 23)");
    assert_readable(&page, light);
    page.press("Theme: system");
    page.press("Theme: light");
    assert_readable(&page, dark);
    page.press("Theme: dark");
    page.emulate_media(&[["prefers-color-scheme", "dark"]]);
    assert_readable(&page, dark);
    page.emulate_media(&[["prefers-color-scheme", "light"]]);
    assert_readable(&page, light);

    let row = "return ['#runs-note', '#latent', '#decoded'].map((css) => document.querySelector(css).getBoundingClientRect().left)";
    let row: Vec<f64> = serde_json::from_value(page.browser.js(row)).expect("three places");
    assert!(row.is_sorted(), "controls, plane and decoder stand side by side: {row:?}");
    page.press("Present");
    let big = "getComputedStyle(document.querySelector('.panel-controls')).display === 'none'
        && document.querySelector('#latent').getClientRects().length > 0";
    page.browser.wait_until(big, 5.0, "presented, the page shows the plane and no controls");
    page.press("Leave");

    page.emulate_screen((390, 844), 1, true);
    page.browser.wait_until("document.documentElement.scrollWidth <= 390", 5.0, "the page fits a phone");
    let foot = "Math.round(document.querySelector('.thumb').getBoundingClientRect().bottom) === innerHeight";
    page.browser.wait_until(foot, 5.0, "the transport is at the bottom");
    page.assert_quiet();
}

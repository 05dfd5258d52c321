//! The page at the widths of phones, tablets and screens: one screen where there is room, nothing cut, nothing over another.

use serde_json::{Value, json};

use crate::support::page::{Data, Opening, Page};

/// Returns the pairs of controls and figures that overlap, those that leave the page, and texts that are cut. What lies over
/// the plane and the chart on purpose is left out.
const FAULTS: &str = "
    const isOver = (element) => element.closest('.handles, .marks, .setups, .folder, .notice, .visually-hidden')
        || element.matches('#timeline, #loupe, #loss-readout, #original-figure');
    const shown = [...document.querySelectorAll(
        'button, input, select, textarea, summary, canvas, output, dt, dd, h1, h2, h3, .sentence, .caption')]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !isOver(element)
            && getComputedStyle(element).clipPath === 'none')
        .map((element) => ({ element, box: element.getBoundingClientRect(),
            name: element.id || element.textContent.trim().slice(0, 30) }))
        .filter(({ box }) => box.width > 0 && box.height > 0);
    const isFixed = (element) => document.querySelector('.thumb').contains(element)
        && getComputedStyle(document.querySelector('.thumb')).position === 'fixed'
        || element.closest('.masthead');
    const faults = [];
    for (const [index, a] of shown.entries()) {
        if (a.box.left < -0.5 || a.box.right > innerWidth + 0.5) faults.push(`${a.name} leaves the page`);
        if (a.element.matches('button, summary, dd, dt, label') && a.element.scrollWidth > a.element.clientWidth + 1
            && a.element.clientWidth > 0 && getComputedStyle(a.element).display !== 'inline')
            faults.push(`${a.name} is cut`);
        for (const b of shown.slice(index + 1)) {
            if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
            if (a.element.id === 'latent' && b.element.closest('.corner')) continue;
            if (Boolean(isFixed(a.element)) !== Boolean(isFixed(b.element))) continue;
            const over = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1
                && Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 1;
            if (over) faults.push(`${a.name} and ${b.name} overlap`);
        }
    }
    return faults";

/// Returns the bottom edge of an element, in CSS px of the window.
fn bottom(page: &Page, css: &str) -> f64 {
    let script = "return document.querySelector(arguments[0]).getBoundingClientRect().bottom";
    page.browser.js_with(script, vec![json!(css)]).as_f64().expect("a height")
}

#[test]
fn nothing_overlaps_or_is_cut_at_any_width() {
    let page = Page::rested(Opening::on(Data::Few).still(), 50);
    for (width, height) in
        [(360, 740), (390, 844), (768, 1024), (1100, 800), (1280, 720), (1440, 900), (1920, 1080)]
    {
        page.emulate_screen((width, height), 1, width < 700);
        for theme in ["light", "dark"] {
            page.emulate_media(&[["prefers-color-scheme", theme]]);
            page.idle();
            assert_eq!(page.browser.js(FAULTS), json!([]), "{width} x {height}, {theme}");
        }
        let near = page.browser.js("const [play, rate] = ['#play', '#learning-rate'].map((css) =>
                 document.querySelector(css).getBoundingClientRect());
             return Math.abs(play.top - rate.top) < 70");
        assert_eq!(near, Value::Bool(true), "the learning rate is beside Play at {width}");
        let sideways = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(page.browser.js(sideways), Value::Bool(true), "{width} px do not scroll sideways");
    }
    page.assert_quiet();
}

#[test]
fn one_screen_shows_all_that_is_needed() {
    let page = Page::rested(Opening::on(Data::Few).size(1440, 900).still(), 50);
    page.emulate_screen((1440, 900), 1, false);
    page.idle();
    for css in ["#sentence", "#latent", "#loss", ".timeline-tools", "#decoded", "#reconstructions"] {
        assert!(bottom(&page, css) <= 900.0, "{css} ends at {}", bottom(&page, css));
    }
    let fields = page.browser.js(
        "return [...document.querySelectorAll('input, select, textarea')].filter((field) =>
             field.checkVisibility() && !field.matches('.run-tick') && field.getBoundingClientRect().top < innerHeight)
             .map((field) => field.id)",
    );
    assert!(fields.as_array().is_some_and(|fields| fields.len() <= 9), "{fields}");

    // A group that was opened is open in the next visit.
    page.reveal("#optimizer");
    page.browser.wait_until(
        "localStorage.getItem('bottleneck-open-groups') === 'group-training'",
        2.0,
        "it is remembered",
    );
    page.load();
    page.wait("step > 0", 15.0, "the page opens again");
    page.wait_until_visible("#optimizer", "the group is open");
    page.reveal("#format");
    page.wait_until_visible("#format", "the menu is open");
    page.browser.click(&page.browser.find("#latent-title ~ .plane"));
    page.wait_until_hidden("#format", "a click elsewhere closes it");

    page.emulate_screen((1280, 720), 1, false);
    page.idle();
    for css in ["#latent", "#loss"] {
        assert!(bottom(&page, css) <= 720.0, "{css} ends at {}", bottom(&page, css));
    }
    page.emulate_screen((1920, 1080), 1, false);
    page.idle();
    let gutters = page.browser.js(
        "const boxes = ['.panel-controls', '.column-plane .plane', '.column-digit'].map((css) =>
             document.querySelector(css).getBoundingClientRect());
         return [boxes[0].left, boxes[1].left - boxes[0].right, boxes[2].left - boxes[1].right,
             document.documentElement.clientWidth - boxes[2].right]",
    );
    let gutters: Vec<f64> = serde_json::from_value(gutters).expect("four gutters");
    assert!(gutters.iter().all(|&gutter| (0.0..=48.0).contains(&gutter)), "{gutters:?}");
    page.assert_quiet();
}

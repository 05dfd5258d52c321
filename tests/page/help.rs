//! The help bubble of every figure and control.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

/// Returns the text of the bubble, empty while it is hidden, and whether it covers `css`.
fn help(page: &Page, css: &str) -> (String, bool) {
    let script = "const bubble = document.querySelector('#help').getBoundingClientRect();
        const of = document.querySelector(arguments[0]).getBoundingClientRect();
        const covers = bubble.left < of.right && of.left < bubble.right && bubble.top < of.bottom && of.top < bubble.bottom;
        return [bubble.width > 0 ? document.querySelector('#help').innerText : '', covers]";
    let found = page.browser.js_with(script, vec![json!(css)]);
    (found[0].as_str().unwrap_or_default().to_owned(), found[1] == json!(true))
}

fn wait_for_help(page: &Page, shown: bool, what: &str) {
    let condition = format!("document.querySelector('#help').getClientRects().length > 0 === {shown}");
    page.browser.wait_until(&condition, 3.0, what);
}

#[test]
fn every_figure_and_control_is_explained_to_mouse_keys_and_fingers() {
    let page = Page::rested(Opening::on(Data::Few).still(), 20);
    // A layer, the circle and the path have controls of their own.
    page.browser
        .js("for (const css of ['.pipeline-open', '#walk', '#path']) document.querySelector(css).click()");
    page.browser.wait_until(
        "document.querySelector('.pipeline-open[aria-expanded=true]')",
        5.0,
        "a layer is open",
    );
    let unexplained = page.browser.js(
        "const all = document.querySelectorAll(
             'button:not([data-lesson]), input, select, textarea, canvas, summary, .figures > div, [title]');
         return [...all].filter((element) => {
             const words = element.closest('[data-help]')
                 ?? (element.matches('canvas') ? element.closest('section, details').querySelector('[data-help]') : null);
             return !/^[A-Z].{15,}[.]$/.test(words?.dataset.help ?? '') || words.dataset.help.length > 170 || element.title;
         }).map((element) => element.outerHTML.slice(0, 90))",
    );
    assert_eq!(unexplained, json!([]));
    let twice = page.browser.js("const seen = new Set(), twice = [];
         for (const { id, dataset } of document.querySelectorAll('[data-help][id]'))
             if (seen.has(dataset.help)) twice.push(id); else seen.add(dataset.help);
         return twice");
    assert_eq!(twice, json!([]));

    page.browser.js("scrollTo({ top: 0, behavior: 'instant' })");
    page.idle();
    let figure = ".figures > div:nth-child(3)";
    page.browser.hover(page.point(figure, 0.3, 0.5));
    wait_for_help(&page, true, "the pointer rests on a figure");
    let (words, covers) = help(&page, figure);
    assert!(words == page.attribute(figure, "data-help") && !covers, "{words}");
    assert_eq!(page.attribute(figure, "aria-describedby"), "help");
    page.browser.hover(page.point("#learning-rate", 0.5, 0.5));
    page.browser.wait_until(
        "document.querySelector('#help').innerText.startsWith(
             document.querySelector('#learning-rate').closest('[data-help]').dataset.help)",
        3.0,
        "the pointer moves to a field",
    );
    assert!(!help(&page, ".rate").1, "it does not lie on what it explains");
    page.browser.hover(page.point("#latent", 0.5, 0.5));
    wait_for_help(&page, false, "the plane has none");

    // The focus shows it at once, until Escape. Other descriptions of the field stay.
    page.focus("#play");
    page.browser.press(&[Key::Tab]);
    wait_for_help(&page, true, "the focus is explained");
    assert!(help(&page, "#step").0.len() > 10);
    page.browser.press(&[Key::Escape]);
    wait_for_help(&page, false, "Escape hides it");
    let described = |css: &str| {
        page.browser.js_with(
            "return document.querySelector(arguments[0]).getAttribute('aria-describedby')",
            vec![json!(css)],
        )
    };
    page.focus("#network");
    page.browser.wait_until(
        "document.querySelector('#help').innerText.startsWith(
             document.querySelector('#network').closest('[data-help]').dataset.help)",
        3.0,
        "a field",
    );
    assert_eq!(described("#network"), "network-note network-hint help");
    page.browser.js("document.querySelector('#network').blur()");
    wait_for_help(&page, false, "it goes with the focus");
    assert_eq!(described("#network"), "network-note network-hint");

    // A tap explains a figure; on a control, only a finger that rests does.
    let touch = |kind: &str, points: serde_json::Value| {
        page.browser.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points }));
    };
    let put_down = |css: &str| {
        let (x, y) = page.point(css, 0.5, 0.5);
        touch("touchStart", json!([{ "x": x, "y": y }]));
    };
    // The page has scrolled to the field, and scrolling back hides help.
    page.browser.js("return new Promise((ended) => {
             if (scrollY === 0) return ended();
             addEventListener('scrollend', () => ended(), { once: true });
             scrollTo({ top: 0, behavior: 'instant' });
         })");
    put_down(figure);
    touch("touchEnd", json!([]));
    wait_for_help(&page, true, "a tap on a figure");
    put_down("#show-points");
    touch("touchEnd", json!([]));
    page.wait_until_of("#show-points", "$.ariaPressed === 'false'", "a tap presses a button");
    wait_for_help(&page, false, "without explaining it");
    put_down("#show-points");
    wait_for_help(&page, true, "a finger rests on a button");
    touch("touchEnd", json!([]));
    page.assert_quiet();
}

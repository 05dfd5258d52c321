//! What the page tells: sentences with the run's own numbers, experiments behind buttons, and a word on every control.

use std::time::Duration;

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

fn told(page: &Page, name: &str) -> String {
    let script = "return document.querySelector(`[data-live=${arguments[0]}]`).innerText";
    page.browser.js_with(script, vec![json!(name)]).as_str().expect("a text").to_owned()
}

#[test]
fn sentences_tell_of_this_run_and_buttons_set_another_up() {
    let page = Page::training(Opening::on(Data::best()).speed(500));
    page.wait("step > 300 && testLoss > 0", 30.0, "some training");
    page.pause();
    let step = page.number("step");
    let grouped = "Number(document.querySelector('#app').dataset.step).toLocaleString('en')";
    page.browser.wait_until(
        &format!("document.querySelector('[data-live=step]').innerText === {grouped}"),
        5.0,
        "the step is told",
    );
    page.browser.wait_until(
        "Math.abs(document.querySelector('[data-live=test]').innerText
             - document.querySelector('#app').dataset.testLoss) < 1e-4",
        10.0,
        "the test error is told",
    );
    assert_eq!([told(&page, "bits"), told(&page, "part"), told(&page, "batch")], ["64", "98", "50"]);
    assert!(told(&page, "look").contains('('), "{}", told(&page, "look"));

    // Each button begins what it says, with the page in sight and the seed as it was, and Undo leads back.
    page.press("Overfit ten digits");
    page.wait(&format!("state === 'training' && step < {step}"), 5.0, "a new run has begun");
    assert!(page.wait_for_notice("what has been set up").starts_with("Overfit ten digits"));
    assert_eq!(page.value("Training images"), "10");
    page.browser.wait_until(
        "document.querySelector('#app').getBoundingClientRect().top > -50",
        5.0,
        "it is in sight",
    );
    page.wait("trainLoss < 0.02 && testLoss > 2 * trainLoss", 30.0, "ten digits are learnt by heart");
    page.press("Undo");
    page.wait(&format!("step >= {step}"), 5.0, "the run is back");
    assert_eq!(page.value("Training images"), "all");
    let rate = page.value("Learning rate");
    page.press("A learning rate that diverges");
    page.wait("state === 'diverged'", 10.0, "it breaks");
    page.press("Undo");
    page.wait("state !== 'diverged'", 5.0, "and is whole again");
    assert_eq!(page.value("Learning rate"), rate);
    for (button, fragment) in [
        ("One number instead of two", "network=784-50t-50t-1-50t-50t-784"),
        ("Linear layers only", "network=784-50-50-2-50-50-784"),
        ("Denoise", "corruption=masking&corruption-amount=0.5"),
        ("Variational", "network=784-50t-50t-2~-50t-50t-784"),
        ("The post’s run", "preset=blog"),
        ("Karpathy’s run", "preset=karpathy"),
    ] {
        // The page scrolls up to what a button has set up: the next is pressed once it rests.
        page.browser.wait_until(
            "(window.rests = scrollY === window.lastY ? (window.rests ?? 0) + 1 : 0,
              window.lastY = scrollY, window.rests > 15)",
            10.0,
            "the page rests",
        );
        page.press(button);
        page.browser.wait_until(
            &format!("document.querySelector('#notice-text').innerText.startsWith('{button}')"),
            5.0,
            button,
        );
        page.wait("state === 'training' && step > 0", 10.0, button);
        for part in fragment.split('&') {
            page.browser.wait_until(&format!("location.hash.includes('{part}')"), 5.0, button);
        }
    }
    page.assert_quiet();
}

/// What the bubble says, empty while there is none; and whether it lies on `css`.
fn help(page: &Page, css: &str) -> (String, bool) {
    let script = "const bubble = document.querySelector('#help').getBoundingClientRect();
        const of = document.querySelector(arguments[0]).getBoundingClientRect();
        const lies = bubble.left < of.right && of.left < bubble.right && bubble.top < of.bottom && of.top < bubble.bottom;
        return [bubble.width > 0 ? document.querySelector('#help').innerText : '', lies]";
    let found = page.browser.js_with(script, vec![json!(css)]);
    (found[0].as_str().unwrap_or_default().to_owned(), found[1] == json!(true))
}

fn help_is(page: &Page, shown: bool, what: &str) {
    let condition = format!("document.querySelector('#help').getClientRects().length > 0 === {shown}");
    page.browser.wait_until(&condition, 3.0, what);
}

#[test]
fn every_figure_and_control_has_a_word_for_mouse_keys_and_fingers() {
    let page = Page::training(Opening::on(Data::best()).speed(100));
    // A layer, the walk and the path bring controls of their own.
    page.browser
        .js("for (const css of ['.pipeline-open', '#walk', '#path']) document.querySelector(css).click()");
    page.browser.wait_until(
        "document.querySelector('.pipeline-open[aria-expanded=true]')",
        5.0,
        "a layer is open",
    );
    let wordless = page.browser.js(
        "const all = document.querySelectorAll(
             'button:not([data-setup]), input, select, textarea, canvas, summary, .figures > div, [title]');
         return [...all].filter((element) => {
             const words = element.closest('[data-help]')
                 ?? (element.matches('canvas') ? element.closest('section, details').querySelector('[data-help]') : null);
             return !/^[A-Z].{15,}[.]$/.test(words?.dataset.help ?? '') || words.dataset.help.length > 170 || element.title;
         }).map((element) => element.outerHTML.slice(0, 90))",
    );
    assert_eq!(wordless, json!([]));
    let twice = page.browser.js("const seen = new Set(), twice = [];
         for (const { id, dataset } of document.querySelectorAll('[data-help][id]'))
             if (seen.has(dataset.help)) twice.push(id); else seen.add(dataset.help);
         return twice");
    assert_eq!(twice, json!([]));

    // The mouse: after a moment, beside the figure; at once on the next one; away with it. The open layer is still being
    // scrolled to, and a page that moves under the pointer explains nothing.
    page.browser.wait_until(
        "(window.tops = scrollY === 0 ? (window.tops ?? 0) + 1 : 0,
          scrollTo({ top: 0, behavior: 'instant' }), window.tops > 20)",
        10.0,
        "the page rests at its top",
    );
    let figure = ".figures > div:nth-child(3)";
    page.browser.hover(page.point(figure, 0.3, 0.5));
    assert_eq!(help(&page, figure).0, "", "who only passes is not stopped");
    help_is(&page, true, "who rests is told");
    let (words, covers) = help(&page, figure);
    assert!(words.starts_with("Number of batches") && !covers, "{words}");
    assert_eq!(page.attribute(figure, "aria-describedby"), "help");
    page.browser.hover(page.point("#help", 0.5, 0.5));
    std::thread::sleep(Duration::from_millis(400));
    help_is(&page, true, "the bubble itself can be pointed at");
    page.browser.hover(page.point("#learning-rate", 0.5, 0.5));
    page.browser.wait_until(
        "document.querySelector('#help').innerText.startsWith('The size of each step')",
        3.0,
        "the next",
    );
    assert!(!help(&page, ".field-rate").1, "it does not lie on what it explains");
    page.browser.hover(page.point("#latent", 0.5, 0.5));
    help_is(&page, false, "the plane is not covered");

    // Keys: at once on what has the focus, until Escape; what described it before still does.
    page.browser.js("document.querySelector('#reset').focus()");
    page.browser.press(&[Key::Tab]);
    help_is(&page, true, "the focus is told of");
    assert!(help(&page, "#undo").0.len() > 10);
    page.browser.press(&[Key::Escape]);
    help_is(&page, false, "Escape hides it");
    let described = |css: &str| {
        page.browser.js_with(
            "return document.querySelector(arguments[0]).getAttribute('aria-describedby')",
            vec![json!(css)],
        )
    };
    page.browser.js("document.querySelector('#network').focus()");
    page.browser.wait_until(
        "document.querySelector('#help').innerText.startsWith('The layers')",
        3.0,
        "a field",
    );
    assert_eq!(described("#network"), "network-note network-hint help");
    page.browser.js("document.querySelector('#network').blur()");
    help_is(&page, false, "it goes with the focus");
    assert_eq!(described("#network"), "network-note network-hint");

    // A finger: a tap on a figure; on a control only a finger that rests.
    let tap = |css: &str, rest: u64| {
        let (x, y) = page.point(css, 0.5, 0.5);
        let touch = |kind: &str, points: serde_json::Value| {
            page.browser.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points }));
        };
        touch("touchStart", json!([{ "x": x, "y": y }]));
        std::thread::sleep(Duration::from_millis(rest));
        touch("touchEnd", json!([]));
    };
    tap(figure, 100);
    help_is(&page, true, "a tap on a figure");
    tap("#show-points", 50);
    std::thread::sleep(Duration::from_millis(700));
    help_is(&page, false, "a tap on a button presses it");
    tap("#show-points", 700);
    help_is(&page, true, "a finger that rests on it asks");
    page.assert_quiet();
}

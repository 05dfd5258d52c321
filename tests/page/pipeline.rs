//! The pipeline: it shows the selected digit, and opens and edits layers; the showcase; the page presented.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

fn press(page: &Page, layer: usize, action: &str) {
    page.browser.js(&format!(
        "document.querySelector('#pipeline-layers [data-layer=\"{layer}\"][data-do={action}]').click()"
    ));
}

fn layers_are(page: &Page, layers: &str) {
    page.browser.wait_until(&format!("document.querySelector('#network').value === '{layers}'"), 5.0, layers);
}

/// Presses a key with a character.
fn type_key(page: &Page, key: &str) {
    for kind in ["keyDown", "keyUp"] {
        page.browser.devtools("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "text": key }));
    }
}

#[test]
fn the_pipeline_shows_the_running_network_and_edits_it() {
    let page = Page::training(Opening::on(Data::Few).speed(100));
    page.browser.wait_until(
        "document.querySelectorAll('#pipeline-layers li').length === 7",
        5.0,
        "an image and six layers",
    );
    page.browser.js("window.first = document.querySelector('#pipeline').toDataURL()");
    page.browser.wait_until(
        "document.querySelector('#pipeline-layers').innerText.includes('a test digit')",
        10.0,
        "the showcase shows a test digit",
    );
    page.browser.wait_until(
        "document.querySelector('#pipeline').toDataURL() !== window.first",
        5.0,
        "it is redrawn as the network learns",
    );

    // The showcase moves until the user points at something.
    let (z1, z2) = page.z();
    page.browser.wait_until(
        &format!(
            "Math.hypot(document.querySelector('#decoded').dataset.z1 - {z1},
                        document.querySelector('#decoded').dataset.z2 - {z2}) > 0.1"
        ),
        10.0,
        "the decoded point moves",
    );
    page.browser.hover(page.point("#latent", 0.3, 0.4));
    page.browser.wait_until(
        "document.querySelector('#pipeline-layers').innerText.includes('decoded')",
        5.0,
        "a place has no image: only the right half is drawn",
    );

    // Each edit begins a new run, and the one before is in the list.
    press(&page, 1, "open");
    page.browser.wait_until("!document.querySelector('#layer').hidden", 5.0, "the layer is open");
    assert!(page.text("#layer-title").contains("Layer 2 of 6: 50 tanh"), "{}", page.text("#layer-title"));
    let step = page.number("step");
    assert!(step > 10.0);
    press(&page, 1, "wider");
    layers_are(&page, "784 50t 60t 2 50t 50t 784");
    assert!(page.wait_for_notice("A new run has begun").contains("60t"));
    page.chord("z", "KeyZ", false);
    page.wait(&format!("step >= {step}"), 5.0, "Ctrl-Z goes back to the run");
    assert_eq!(page.value("Network"), "784 50t 50t 2 50t 50t 784");

    page.set("Units", "7");
    layers_are(&page, "784 50t 7t 2 50t 50t 784");
    page.set("Activation", "relu");
    layers_are(&page, "784 50t 7r 2 50t 50t 784");
    page.press("Remove this layer");
    layers_are(&page, "784 50t 2 50t 50t 784");
    page.browser.wait_until(
        "document.querySelectorAll('#pipeline-layers li').length === 6",
        5.0,
        "the strip follows",
    );
    page.browser.wait_until("document.querySelector('#layer').hidden", 5.0, "and its panel with it");
    press(&page, 0, "open");
    page.browser.wait_until("!document.querySelector('#layer').hidden", 5.0, "another layer is open");
    let before = page.notice();
    page.set("Units", "99999");
    let notice = page.wait_for_another_notice(&before, "must be");
    assert!(notice.contains("99999") || notice.contains("99,999"), "{notice}");
    assert_eq!(page.value("Network"), "784 50t 2 50t 50t 784");
    page.browser.click(&page.browser.find("#layer-close"));
    page.browser.wait_until("document.querySelector('#layer').hidden", 5.0, "Close closes");
    page.assert_quiet();
}

#[test]
fn presented_the_page_shows_its_main_views_and_obeys_keys() {
    let page = Page::training(Opening::on(Data::Few).size(1440, 900).speed(100));
    // A headless browser's screen is smaller than a projector's.
    page.emulate_screen((1440, 900), 1, false);
    page.press("Present");
    page.browser.wait_until(
        "document.documentElement.hasAttribute('data-present')",
        5.0,
        "the page is presented",
    );
    let seen = page.browser.js(
        "const bottom = (s) => { const b = document.querySelector(s).getBoundingClientRect();
             return b.height > 0 && b.bottom <= innerHeight; };
         return ['#pipeline', '#latent', '#reconstructions', '#loss', '#learning-rate'].filter((s) => !bottom(s))
             .concat(['.panel-controls', '.prose'].filter((s) => document.querySelector(s).offsetHeight > 0))",
    );
    assert_eq!(seen, json!([]), "what is out of sight, or should be");
    page.browser.press(&[Key::Space]);
    page.wait("state === 'paused'", 5.0, "Space pauses");
    let step = page.number("step");
    type_key(&page, ".");
    page.wait(&format!("step === {step} + 1"), 5.0, "a full stop makes a step");
    page.browser.press(&[Key::Left]);
    page.wait("shownStep < step", 5.0, "an arrow key goes back");
    page.browser.press(&[Key::Right]);
    page.wait("shownStep === step", 5.0, "and forth");
    page.browser.press(&[Key::Space]);
    page.wait("state === 'training'", 5.0, "Space plays");
    page.browser.press(&[Key::Escape]);
    page.browser.wait_until("!document.documentElement.hasAttribute('data-present')", 5.0, "Escape leaves");
    page.assert_quiet();
}

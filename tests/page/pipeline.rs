//! The pipeline: it follows what is looked at, opens layers and edits them; the tour; the page presented.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

fn names(page: &Page) -> Vec<String> {
    let script =
        "return [...document.querySelectorAll('#pipeline-layers li')].map((li) => li.innerText.trim())";
    serde_json::from_value(page.browser.js(script)).expect("texts")
}

fn press(page: &Page, layer: usize, action: &str) {
    page.browser.js(&format!(
        "document.querySelector('#pipeline-layers [data-layer=\"{layer}\"][data-do={action}]').click()"
    ));
}

fn layers_are(page: &Page, layers: &str) {
    page.browser.wait_until(&format!("document.querySelector('#network').value === '{layers}'"), 5.0, layers);
}

/// Presses a key that has a character.
fn type_key(page: &Page, key: &str) {
    for kind in ["keyDown", "keyUp"] {
        page.browser.devtools("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "text": key }));
    }
}

#[test]
fn the_pipeline_shows_the_running_network_and_edits_it() {
    let page = Page::training(Opening::on(Data::best()).speed(100));
    page.browser.wait_until(
        "document.querySelectorAll('#pipeline-layers li').length === 7",
        5.0,
        "the originals' own network: an image and six layers",
    );
    page.browser.js("window.first = document.querySelector('#pipeline').toDataURL()");
    page.browser.wait_until(
        "document.querySelector('#pipeline-layers').innerText.includes('a test digit')",
        10.0,
        "the tour shows a test digit",
    );
    page.browser.wait_until(
        "document.querySelector('#pipeline').toDataURL() !== window.first",
        5.0,
        "it is drawn anew as the network learns",
    );

    // The tour goes on by itself, until somebody points.
    let (z1, z2) = page.z();
    page.browser.wait_until(
        &format!(
            "Math.hypot(document.querySelector('#decoded').dataset.z1 - {z1},
                        document.querySelector('#decoded').dataset.z2 - {z2}) > 0.1"
        ),
        10.0,
        "the decoder tours the plane",
    );
    page.browser.hover(page.point("#latent", 0.3, 0.4));
    page.browser.wait_until(
        "document.querySelector('#pipeline-layers').innerText.includes('decoded')",
        5.0,
        "a place has no image: only the right half is drawn",
    );

    // A layer opens below, and is edited there and on the strip. Each edit begins a new run, and Undo brings the old back.
    press(&page, 1, "open");
    page.browser.wait_until("!document.querySelector('#layer').hidden", 5.0, "the layer is open");
    assert!(page.text("#layer-title").contains("Layer 2 of 6: 50 tanh"), "{}", page.text("#layer-title"));
    let step = page.number("step");
    assert!(step > 10.0);
    press(&page, 1, "wider");
    layers_are(&page, "784 50t 60t 2 50t 50t 784");
    assert!(page.wait_for_notice("A new run has begun").contains("60t"));
    page.press("Undo");
    page.wait(&format!("step >= {step}"), 5.0, "Undo brings back the run");
    assert_eq!(page.value("Network"), "784 50t 50t 2 50t 50t 784");

    page.set("Units", "7");
    layers_are(&page, "784 50t 7t 2 50t 50t 784");
    page.set("Activation", "relu");
    layers_are(&page, "784 50t 7r 2 50t 50t 784");
    page.press("Remove it");
    layers_are(&page, "784 50t 2 50t 50t 784");
    page.browser.wait_until(
        "document.querySelectorAll('#pipeline-layers li').length === 6",
        5.0,
        "the strip follows",
    );
    assert_eq!(names(&page).len(), 6);
    page.browser.wait_until("document.querySelector('#layer').hidden", 5.0, "and its panel with it");
    press(&page, 0, "open");
    page.browser.wait_until("!document.querySelector('#layer').hidden", 5.0, "another layer is open");
    let before = page.notice();
    page.set("Units", "99999");
    let told = page.wait_for_another_notice(&before, "must be");
    assert!(told.contains("99999") || told.contains("99,999"), "{told}");
    assert_eq!(page.value("Network"), "784 50t 2 50t 50t 784");
    page.browser.click(&page.browser.find("#layer-close"));
    page.browser.wait_until("document.querySelector('#layer').hidden", 5.0, "Close closes");
    page.assert_quiet();
}

#[test]
fn presented_the_page_has_plane_decoder_pipeline_and_loss_and_obeys_keys() {
    let page = Page::training(Opening::on(Data::best()).size(1440, 900).speed(100));
    // A headless browser's whole screen is small; what is measured here is a projector's.
    let screen = json!({ "width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    page.browser.devtools("Emulation.setDeviceMetricsOverride", screen);
    page.press("Present");
    page.browser.wait_until(
        "document.documentElement.hasAttribute('data-present')",
        5.0,
        "the page is presented",
    );
    let seen = page.browser.js(
        "const bottom = (s) => { const b = document.querySelector(s).getBoundingClientRect();
             return b.height > 0 && b.bottom <= innerHeight; };
         return ['#pipeline', '#latent', '#decoded', '#loss'].filter((s) => !bottom(s))
             .concat(['#learning-rate', '.prose'].filter((s) => document.querySelector(s).offsetHeight > 0))",
    );
    assert_eq!(seen, json!([]), "what is out of sight, or should be");
    page.browser.press(&[Key::Space]);
    page.wait("state === 'paused'", 5.0, "Space pauses");
    let step = page.number("step");
    type_key(&page, ".");
    page.wait(&format!("step === {step} + 1"), 5.0, "a full stop makes a step");
    page.browser.press(&[Key::Space]);
    page.wait("state === 'training'", 5.0, "Space plays");
    page.browser.press(&[Key::Escape]);
    page.browser.wait_until("!document.documentElement.hasAttribute('data-present')", 5.0, "Escape leaves");
    page.assert_quiet();
}

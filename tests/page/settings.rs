//! Settings changed while the page trains, and their controls.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

#[test]
fn the_learning_rate_is_set_by_box_slider_and_keys_and_a_diverged_run_recovers() {
    // Gradient descent: Adam's steps are bounded, so that it diverges late.
    let opening = Opening::on(Data::Few).fragment("#preset=blog&optimizer=sgd&lr=0.1").speed(300);
    let page = Page::training(opening);
    page.wait("step > 100 && testLoss > 0", 10.0, "some training");
    let (slider, number) = ("#learning-rate-slider", "#learning-rate");
    let at = page.browser.value(&page.browser.find(slider));
    page.set("Learning rate", "0.2");
    page.wait_until_of(slider, &format!("Number($.value) > {at}"), "the slider follows the box");
    page.focus(slider);
    page.browser.press(&[Key::Left, Key::Left, Key::Left]);
    page.wait_until_of(number, "$.value > 0 && $.value < 0.2", "the box follows the slider");
    page.set("Learning rate", "0.003");
    for (key, expected) in [(Key::Up, "0.005"), (Key::Up, "0.01"), (Key::Down, "0.005"), (Key::Down, "0.002")]
    {
        page.focus(number);
        page.browser.press(&[key]);
        page.wait_until_of(
            number,
            &format!("$.value === '{expected}'"),
            "arrow keys go in steps of 1, 2 and 5",
        );
    }
    page.set("Learning rate", "0,004");
    page.wait_until_of(number, "$.value === '0.004'", "a comma is the point");
    page.set("Learning rate", "1,000.5");
    let notice = page.wait_for_notice("it is refused");
    assert!(notice.ends_with("got “1,000.5”."), "{notice}");
    page.wait_until_of(number, "$.value === '0.004'", "the rate in force is shown again");
    page.set("Batch size", "1 0");
    let notice = page.wait_for_notice("it is refused, too");
    assert!(notice.ends_with("got “1 0”."), "{notice}");
    let batch: u32 = page.value("Batch size").parse().expect("the batch size in force");
    page.focus("#batch-size");
    page.browser.press(&[Key::Up]);
    page.wait_until_of("#batch-size", &format!("$.value === '{}'", batch + 1), "whole numbers go by one");
    assert!(page.data("state") == "training" && page.number("step") > 100.0, "the run was not restarted");

    page.set("Learning rate", "1000");
    page.wait("state === 'diverged'", 10.0, "an absurd rate");
    let step = page.number("step");
    let notice = page.wait_for_another_notice(&notice, "it has diverged");
    assert!(notice.contains("1000") && notice.to_lowercase().contains("learning rate"), "{notice}");
    let label = page.text("#notice-action");
    assert!(label.contains("last good"), "{label}");
    page.browser.click(&page.browser.find("#notice-action"));
    page.wait(
        &format!("state === 'training' && step > {step} + 50 && trainLoss < 1"),
        10.0,
        "one click recovers",
    );
    let rate = page.value("Learning rate");
    assert!(rate != "1000" && label.contains(&rate) && page.notice().is_empty(), "{rate}: {label}");
    page.assert_quiet();
}

/// Sums the ink of the upper half of the first pair of digits: of the network's input.
const INK: &str = "(() => {
    const copy = new OffscreenCanvas(28, 28).getContext('2d', { willReadFrequently: true });
    copy.drawImage(document.querySelector('#reconstructions'), 0, 0);
    const { data } = copy.getImageData(0, 0, 28, 28);
    let ink = 0;
    for (let i = 0; i < data.length; i += 4) ink += Math.abs(data[i] - data[0]);
    return ink / 255;
})()";

#[test]
fn fields_follow_each_other_and_refuse_what_is_out_of_range() {
    let page = Page::rested(Opening::on(Data::Few).still(), 20);
    let shown = "return document.querySelector('#preset').selectedOptions[0].textContent";
    let preset = || page.browser.js(shown).as_str().expect("a text").to_owned();
    assert_eq!(preset(), "Default");
    let layers = page.value("Network");

    let ink = || page.browser.js(&format!("return {INK}")).as_f64().expect("a number");
    let clean = ink();
    assert!(!page.is_visible("#corruption-amount"));
    page.set("Corruption", "masking");
    page.set("Corruption amount", "0.75");
    page.browser.wait_until(
        &format!("{INK} < {}", 0.6 * clean),
        5.0,
        "three quarters of the pixels are masked",
    );
    assert!(ink() > 0.05 * clean && page.number("step") == 20.0, "some ink is left, in the same run");
    page.set("Corruption amount", "2");
    let notice = page.wait_for_notice("the range");
    assert!(notice.contains("Corruption amount must be a number of at least 0 and below 1"), "{notice}");
    assert_eq!(page.value("Corruption amount"), "0.75");
    let written = "location.hash.includes('corruption=masking&corruption-amount=0.75')";
    page.browser.wait_until(written, 2.0, "the URL holds both");

    assert!(!page.is_visible("#schedule-steps"));
    page.set("Schedule", "cosine");
    page.wait_until_visible("#schedule-steps", "a schedule has a length");
    page.set("Network", "784 30r 2 30r 784");
    page.browser.wait_until(
        &shown.replace("return ", "").replace("textContent", "textContent === 'custom'"),
        5.0,
        "custom",
    );
    assert_eq!(page.value("Preset"), "modern");
    page.set("Preset", "modern");
    page.wait_until_of("#network", &format!("$.value === '{layers}'"), "the preset can be chosen again");
    assert_eq!(preset(), "Default");
    page.wait_until_hidden("#schedule-steps", "it has no schedule");

    let options = page.browser.js("return document.querySelector('#optimizer').options.length");
    assert!(options.as_u64() >= Some(8), "{options} optimizers");
    page.set("Dataset", "strokes");
    page.wait("dataset === 'strokes' && images >= 1000", 20.0, "another dataset");
    page.assert_quiet();
}

#[test]
fn controls_have_names_for_screen_readers() {
    let page = Page::rested(Opening::on(Data::Few), 1);
    for group in ["#optimizer", "#network", "#loss-function", "#dataset", "#format"] {
        page.reveal(group);
    }
    let tree = page.browser.devtools("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().expect("nodes");
    let is_named = |roles: &[&str], name: &str| {
        nodes.iter().any(|node| {
            node["name"]["value"] == name && roles.iter().any(|role| node["role"]["value"] == *role)
        })
    };
    for field in
        ["Learning rate", "Optimizer", "Batch size", "Dataset", "Seed", "Preset", "Network", "Format"]
    {
        assert!(is_named(&["combobox", "spinbutton", "textbox"], field), "no field {field}");
    }
    for button in ["Play", "Step", "Reset", "Save"] {
        assert!(is_named(&["button"], button), "no button {button}");
    }
    for canvas in ["#latent", "#decoded", "#reconstructions", "#loss"] {
        let text = format!(
            "const canvas = document.querySelector('{canvas}');
             return (canvas.getAttribute('aria-label') || canvas.textContent).trim()"
        );
        assert_ne!(page.browser.js(&text), "", "{canvas} has no text alternative");
    }
    page.assert_quiet();
}

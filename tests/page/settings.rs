//! Settings turned while the page trains.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page};

#[test]
fn a_learning_rate_takes_effect_at_once_and_a_diverged_run_comes_back() {
    // Gradient descent: with Adam, steps are bounded and even an absurd rate stays finite for long.
    let page = Page::training(Opening::on(Data::best()).fragment("#preset=blog&optimizer=sgd&lr=0.1"));
    page.wait("step > 100", 10.0, "some training");

    let before = page.number("step");
    let at = slider(&page);
    page.set("Learning rate", "0.2");
    page.browser.wait_until(&format!("({SLIDER}) > {at}"), 2.0, "the slider follows the box");
    page.browser.js("document.querySelector('#learning-rate-slider').focus()");
    page.browser.press(&[Key::Left, Key::Left, Key::Left]);
    let box_value = "Number(document.querySelector('#learning-rate').value)";
    page.browser.wait_until(
        &format!("{box_value} < 0.2 && {box_value} > 0"),
        2.0,
        "the box follows the slider",
    );
    assert_eq!(page.data("state"), "training");
    assert!(page.number("step") > before, "the learning rate has reset the run");

    let before = page.number("step");
    page.set("Learning rate", "1000");
    page.wait("state === 'diverged'", 5.0, "an absurd learning rate diverges, so it took effect");
    let at = page.number("step");
    assert!(at > before, "diverged at step {at}, yet {before} were done");
    let sentence = page.wait_for_notice("when it diverged and what to try");
    assert!(sentence.to_lowercase().contains("learning rate"), "no advice in {sentence:?}");

    page.browser.click(&page.browser.find("#notice-action"));
    page.wait(&format!("state === 'training' && step > {at} + 200"), 10.0, "the way back trains again");
    let rate: f64 = page.value("Learning rate").parse().expect("a number");
    assert!(rate < 0.2, "{rate} is not the rate that was good");
    assert!(page.number("train-loss") < 1.0, "no good parameters: {}", page.data("train-loss"));
    page.assert_quiet();
}

const SLIDER: &str = "Number(document.querySelector('#learning-rate-slider').value)";

fn slider(page: &Page) -> f64 {
    page.browser.js(&format!("return {SLIDER}")).as_f64().expect("a slider")
}

#[test]
fn trains_with_every_optimizer_and_data_set_and_batch_size() {
    let data = Data::best();
    let page = Page::training(Opening::on(data));
    let options =
        page.browser.js("return [...document.querySelector('select#optimizer').options].map((o) => o.value)");
    assert_eq!(preset_shown(&page), "modern");
    let layers = page.value("Network");
    let optimizers: Vec<String> = serde_json::from_value(options).expect("names");
    assert!(optimizers.len() >= 8, "only {optimizers:?}");
    for optimizer in &optimizers {
        page.set("Optimizer", optimizer);
        goes_on(&page);
    }
    page.set("Optimizer", "adam");
    page.set("Batch size", "32");
    goes_on(&page);
    assert_eq!(page.value("Batch size"), "32");

    // A choice that is made already could not be made again, but for what stands there instead.
    page.set("Network", "784 30r 2 30r 784");
    goes_on(&page);
    assert_eq!((preset_shown(&page), page.value("Preset")), ("custom".to_owned(), "modern".to_owned()));
    page.set("Preset", "modern");
    goes_on(&page);
    assert_eq!((page.value("Network"), page.value("Batch size")), (layers, "50".to_owned()));
    assert_eq!(preset_shown(&page), "modern");

    for dataset in ["strokes", data.name()] {
        page.set("Dataset", dataset);
        page.wait(&format!("dataset === '{dataset}' && images >= 1000"), 10.0, "the data set is switched");
        goes_on(&page);
    }
    page.assert_quiet();
}

/// What the choice of the preset says.
fn preset_shown(page: &Page) -> String {
    let shown = page.browser.js("return document.querySelector('#preset').selectedOptions[0].textContent");
    shown.as_str().expect("a text").to_owned()
}

/// Some more steps, or fewer: another data set may start anew.
fn goes_on(page: &Page) {
    let step = page.number("step");
    let trains = format!("state === 'training' && step !== {step} && trainLoss > 0");
    page.wait(&trains, 5.0, "training goes on with another setting");
}

#[test]
fn controls_have_the_names_that_a_screen_reader_says() {
    let page = Page::training(Opening::on(Data::best()));
    let tree = page.browser.devtools("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().expect("nodes");
    let named = |roles: &[&str], name: &str| {
        nodes.iter().any(|node| {
            node["name"]["value"] == name && roles.iter().any(|role| node["role"]["value"] == *role)
        })
    };
    for field in
        ["Learning rate", "Optimizer", "Batch size", "Dataset", "Seed", "Preset", "Network", "Format"]
    {
        assert!(named(&["combobox", "spinbutton", "textbox"], field), "no field {field}");
    }
    for button in ["Pause", "Step", "Reset", "Save"] {
        assert!(named(&["button"], button), "no button {button}");
    }
    for canvas in ["#latent", "#decoded", "#reconstructions", "#loss"] {
        let text = format!(
            "return (document.querySelector('{canvas}').getAttribute('aria-label') \
             || document.querySelector('{canvas}').textContent).trim()"
        );
        assert_ne!(page.browser.js(&text), "", "{canvas} has no text alternative");
    }
    page.assert_quiet();
}

//! Layers opened, errors by class, and samples from the prior.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::page::{Data, Opening, Page, colors};

fn size(page: &Page, css: &str) -> (u64, u64) {
    let script =
        format!("const {{ width, height }} = document.querySelector('{css}'); return [width, height]");
    serde_json::from_value(page.browser.js(&script)).expect("a width and a height")
}

fn open(page: &Page, layer: usize) {
    page.browser.js(&format!(
        "document.querySelector('#pipeline-layers [data-layer=\"{layer}\"][data-do=open]').click()"
    ));
}

#[test]
fn an_open_layer_shows_its_weights_gradients_and_statistics() {
    let page = Page::training(Opening::on(Data::Few).speed(200));
    open(&page, 0);
    page.wait_for_text("#layer-figures", "saturated", "statistics of a sample");
    page.wait_for_text("#layer-figures", "test digits: mean", "of test digits");
    assert!(page.colors("#layer-numbers") > 100, "weights as pictures");
    let many = format!("{} > 10", colors("#layer-activations"));
    page.browser.wait_until(&many, 10.0, "activations, when the tour comes to a digit");
    page.browser.hover(page.point("#layer-numbers", 0.02, 0.1));
    page.wait_for_text("#layer-note", "Unit 1, row", "the tile under the pointer");
    page.wait_for_text("#layer-note", "activation", "and its activation");
    page.browser.hover((5.0, 5.0));
    page.wait_for_text("#layer-note", "The input weights of each unit", "what the picture is");
    page.focus("#layer-gradients");
    page.browser.press(&[Key::Tab]);
    page.wait_for_text("#layer-note", "Unit 1 ·", "the focus names a unit");
    page.browser.press(&[Key::Right, Key::Right]);
    page.wait_for_text("#layer-note", "Unit 3 ·", "arrow keys go from unit to unit");

    page.browser.js("scrollTo({ top: 0, behavior: 'instant' })");
    page.pause();
    page.idle();
    let weights = page.pixels("#layer-numbers");
    page.press("Gradients of the weights");
    let gradients = page.wait_for_other_pixels("#layer-numbers", &weights, "gradients are other pictures");
    assert_eq!(page.attribute("#layer-gradients", "aria-pressed"), "true");
    page.slide("#timeline", 0.0);
    page.wait_for_text("#layer-note", "at the latest step only", "the past has no gradients");
    page.press("Weights");
    page.wait_for_other_pixels("#layer-numbers", &gradients, "but weights");
    assert!(size(&page, "#layer-numbers").1 > 28);
    page.press("Now");

    open(&page, 2);
    page.wait_for_text("#layer-note", "A row for each unit", "the code's layer is a matrix");
    assert_eq!(size(&page, "#layer-numbers").1, 28, "two rows");
    open(&page, 5);
    page.wait_for_text("#layer-note", "of the layer before adds", "the output layer");
    assert_eq!(size(&page, "#layer-activations"), (28, 28), "its activations are the digit");

    page.set("Network", "784 130t 2 50t 784");
    page.wait("step === 0", 10.0, "another run");
    open(&page, 0);
    page.wait_for_text("#layer-page", "units 1–64 of 130", "a wide layer has pages");
    page.press("Next units");
    page.press("Next units");
    page.wait_for_text("#layer-page", "units 129–130 of 130", "the last page");
    page.assert_quiet();
}

#[test]
fn errors_are_shown_by_class_and_the_worst_digits_can_be_pinned() {
    let page = Page::rested(Opening::on(Data::Few).still(), 100);
    assert_eq!(page.browser.js("return document.querySelectorAll('#class-errors li').length"), 0);
    page.browser.click(&page.browser.find("#errors summary"));
    let all = "document.querySelectorAll('#class-errors li').length === 10
        && document.querySelectorAll('#worst-names button:not([hidden])').length === 12";
    page.browser.wait_until(all, 10.0, "ten classes and the worst digits");
    page.wait_for_text("#errors-note", "test digits", "how many there are");
    page.wait_for_text("#difference-note", "No digit is selected", "nothing is pinned");
    page.idle();
    let errors = "return [...document.querySelectorAll('#worst-names button')].map((b) => Number(b.innerText.split('· ')[1]))";
    let errors: Vec<f64> = serde_json::from_value(page.browser.js(errors)).expect("errors");
    assert!(errors.is_sorted_by(|a, b| a >= b) && errors[11] > 0.0, "{errors:?}");

    let before = page.pixels("#difference");
    page.browser.click(&page.browser.find("#worst-names button:nth-child(2)"));
    page.wait_for_text("#original-caption", "a test digit", "it is pinned");
    page.wait_for_text("#difference-note", "its reconstruction, and their difference", "it is compared");
    page.idle();
    let note = page.text("#difference-note");
    let class = note.strip_prefix("A ").and_then(|rest| rest.split_once(',')).expect("a class").0;
    let error = note.split_once("error ").expect("an error").1;
    assert!(error[..6].parse::<f64>().is_ok_and(|error| error > 0.03), "one of the worst: {note}");
    assert_ne!(page.pixels("#difference"), before);
    page.wait_for_text("#original-caption", &format!("a test digit, {class}"), "the same digit");

    let (_, height) = size(&page, "#reconstructions");
    page.press("Errors");
    page.wait_until_visible("#reconstruction-errors", "the error of each reconstruction");
    let own = "return [...document.querySelectorAll('#reconstruction-errors li:not([hidden])')].map((li) => Number(li.innerText))";
    let own: Vec<f64> = serde_json::from_value(page.browser.js(own)).expect("errors");
    assert!(own.len() == 16 && own.iter().all(|&error| error > 0.0), "{own:?}");
    assert!(size(&page, "#reconstructions").1 > height, "there is room for them");
    page.press("Errors");
    page.wait_until_hidden("#reconstruction-errors", "they are hidden again");
    page.assert_quiet();
}

#[test]
fn a_variational_run_has_a_kl_a_beta_and_samples_from_its_prior() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#network=784-50t-2~-50t-784").still(), 100);
    page.browser.hover(page.point("#timeline", 0.7, 0.5));
    page.wait_for_text("#loss-readout", "KL", "the chart tells the KL");
    assert!(!page.is_visible("#samples"));
    page.press("Sample from the prior");
    page.wait_until_visible("#samples", "samples");
    page.idle();
    let before = page.pixels("#samples");
    assert!(size(&page, "#samples") == (448, 28) && page.colors("#samples") > 50);
    page.press("Sample from the prior");
    page.wait_for_other_pixels("#samples", &before, "other samples");

    assert_eq!(page.value("Beta"), "1");
    page.set("Beta", "0.1");
    page.wait_until_of("#beta-slider", "Math.abs(Number($.value) + 1) < 0.02", "the slider follows");
    page.browser.js_with(
        "const slider = document.querySelector('#beta-slider');
         slider.value = arguments[0];
         slider.dispatchEvent(new Event('input', { bubbles: true }))",
        vec![json!(0.5)],
    );
    page.wait_until_of("#beta", "$.value === '3.16'", "the box follows");
    assert_eq!(page.number("step"), 100.0, "it is the same run");
    page.set("Variational", "no");
    page.wait_until_hidden("#prior", "a deterministic code has no prior");
    page.wait_until_hidden("#beta", "and no beta");
    page.assert_quiet();
}

//! Networks as text and as saved runs.

use bottleneck::files::{Format, Loaded, read};
use bottleneck::train::{Preset, TrainerState};
use fantoccini::key::Key;
use serde_json::json;

use super::saving::Downloads;
use crate::support::page::{Data, Opening, Page};

/// The network of both originals, as `layer_defs` of the ConvNetJS demo.
const LAYER_DEFS: &str = "layer_defs = [];
layer_defs.push({type:'input', out_sx:28, out_sy:28, out_depth:1});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'fc', num_neurons:2});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'regression', num_neurons:28*28*1});";

#[test]
fn a_saved_run_continues_bit_for_bit_on_another_page() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#preset=karpathy&seed=5&batch=20"), 60);
    let downloads = Downloads::new(&page, "run");
    let (run, loss) = (downloads.save("bottleneck", 60), page.data("test-loss"));
    three_steps(&page);
    let expected = downloads.save("bottleneck", 63);

    page.browser.goto("about:blank");
    page.browser.goto(&page.server.url("#preset=fast&stop=1"));
    page.wait("state === 'paused' && step === 1", 15.0, "another run");
    page.drop_files(&[("run.bottleneck", run)]);
    page.wait_for_text("#notice-text", "continues from step 60", "the run is loaded");
    page.wait("step === 60 && state === 'paused'", 5.0, "at its step");
    let labels = ["Preset", "Seed", "Batch size", "Optimizer", "Network"];
    let values = ["karpathy", "5", "20", "adadelta", "784 50t 50t 2 50t 50t 784"];
    assert_eq!(labels.map(|label| page.value(label)), values.map(str::to_owned));
    for setting in ["preset=karpathy", "seed=5", "batch=20", "optimizer=adadelta"] {
        page.browser.wait_until(&format!("location.hash.includes('{setting}')"), 2.0, setting);
    }
    page.idle();
    assert_eq!(page.data("test-loss"), loss);
    three_steps(&page);
    assert!(
        state(&downloads.save("bottleneck", 63)) == state(&expected),
        "three steps later it is another run"
    );
    page.assert_quiet();
}

/// Returns the state in a file; names and curves differ between pages.
fn state(file: &[u8]) -> TrainerState {
    match read(Format::Bottleneck, file, &Preset::Modern.config()) {
        Ok(Loaded::Run(state, _)) => *state,
        loaded => panic!("{loaded:?}"),
    }
}

fn three_steps(page: &Page) {
    for _ in 0..3 {
        let next = page.number("step") + 1.0;
        page.press("Step");
        page.wait(&format!("step === {next}"), 2.0, "Step makes one step");
    }
}

#[test]
fn layers_are_written_pasted_and_corrected_as_text() {
    let opening = Opening::on(Data::Few).fragment("#preset=blog&network=784-30r-2-30r-784&seed=3");
    let page = Page::rested(opening, 1);
    let reads = |layers: &str, what: &str| {
        page.wait_until_of("#network", &format!("$.value === '{layers}'"), what);
    };
    reads("784 30r 2 30r 784", "the layers of the URL");
    page.set("Network", "784 20t 2 20t 784");
    let written = "location.hash.includes('network=784-20t-2-20t-784') && location.hash.includes('seed=3')";
    page.browser.wait_until(written, 2.0, "the URL holds the layers");
    assert_eq!((page.notice(), page.value("Seed")), (String::new(), "3".to_owned()));
    page.press("Step");
    page.wait("step === 1", 5.0, "the new network is trained");

    page.set("Network", "784 20t 2 20x 784");
    let notice = page.wait_for_notice("the wrong layer is named");
    assert!(notice.contains("Layer 3: expected"), "{notice}");
    reads("784 20t 2 20x 784", "it stays to be corrected");
    assert_eq!(page.attribute("#network", "aria-invalid"), "true");
    page.browser.press(&[Key::Escape]);
    reads("784 20t 2 20t 784", "Escape restores the layers");
    assert_eq!(page.attribute("#network", "aria-invalid"), "false");

    page.browser.js("document.querySelector('#network').select()");
    page.browser.devtools("Input.insertText", json!({ "text": LAYER_DEFS }));
    assert_eq!(page.value("Network"), LAYER_DEFS, "a paste keeps its lines");
    page.browser.press(&[Key::Enter]);
    reads("784 50t 50t 2 50t 50t 784", "the lines are understood");
    page.assert_quiet();
}

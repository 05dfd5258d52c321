//! Networks in and out of files, and written as text.

use std::fs;

use fantoccini::key::Key;
use serde_json::{Value, json};

use super::saved::Downloads;
use crate::support::idx::images;
use crate::support::page::{Data, Opening, Page, arrived};

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
fn a_saved_run_goes_on_after_a_reload_as_if_it_had_never_stopped() {
    let page = paused(Opening::on(Data::best()).fragment("#preset=karpathy&seed=5&batch=20"), 60.0);
    let downloads = Downloads::of(&page, "run");
    let (step, loss) = (page.number("step"), settled_loss(&page));
    let run = downloads.save("bottleneck", step);
    step_three_times(&page);
    let expected = downloads.save("bottleneck", step + 3.0);

    // Another address, so that nothing of the settings comes from there.
    page.browser.goto("about:blank");
    page.browser.goto(&page.server.url("#preset=fast"));
    pause(&page, 0.0);
    page.drop_files(&[("run.bottleneck", run)]);
    let sentence = page.wait_for_notice("the run is taken over");
    assert!(sentence.contains(&format!("goes on from step {step}")), "{sentence}");
    assert_eq!((page.number("step"), page.data("state")), (step, "paused".to_owned()));
    for (label, value) in
        [("Preset", "karpathy"), ("Seed", "5"), ("Batch size", "20"), ("Optimizer", "adadelta")]
    {
        assert_eq!(page.value(label), value, "{label}");
    }
    assert_eq!(page.value("Network"), "784 50t 50t 2 50t 50t 784");
    for setting in ["preset=karpathy", "seed=5", "batch=20", "optimizer=adadelta"] {
        page.browser.wait_until(&format!("location.hash.includes('{setting}')"), 2.0, setting);
    }
    assert_eq!(settled_loss(&page), loss, "the network is not the one that was saved");
    step_three_times(&page);
    assert!(downloads.save("bottleneck", step + 3.0) == expected, "three steps later it is another run");
    page.press("Play");
    page.wait(&format!("state === 'training' && step > {step} + 100"), 10.0, "and training goes on");
    page.assert_quiet();
}

#[test]
fn networks_alone_go_on_under_the_settings_of_the_page() {
    let page =
        paused(Opening::on(Data::best()).fragment("#preset=blog&lr=0.003&network=784-20r-2-24t-784"), 150.0);
    let downloads = Downloads::of(&page, "networks");
    two_files_at_once(&downloads, page.number("step"));
    let loss = settled_loss(&page);
    for (format, preset) in [("json", "karpathy"), ("safetensors", "deep")] {
        let network = downloads.save(format, page.number("step"));
        if format == "json" {
            let net: Value = serde_json::from_slice(&network).expect("JSON");
            let kinds: Vec<_> =
                net["layers"].as_array().expect("layers").iter().map(|l| &l["layer_type"]).collect();
            assert_eq!(json!(kinds), json!(["input", "fc", "relu", "fc", "fc", "tanh", "fc", "regression"]));
        }
        page.set("Preset", preset);
        page.set("Learning rate", "0.002");
        page.wait("step === 0", 2.0, "another network");
        page.drop_files(&[(&format!("net.{format}"), network)]);
        let written = "document.querySelector('#network').value === '784 20r 2 24t 784'";
        page.browser.wait_until(written, 5.0, "the layers are those of the file");
        assert_eq!((page.number("step"), page.value("Learning rate").as_str()), (0.0, "0.002"), "{format}");
        let there =
            "location.hash.includes('network=784-20r-2-24t-784') && location.hash.includes('lr=0.002')";
        page.browser.wait_until(there, 2.0, "the address tells them");
        let again = settled_loss(&page);
        assert!((again / loss - 1.0).abs() < 1e-5, "{format}: {again}, not {loss}");
    }
    page.press("Play");
    page.wait("state === 'training' && step > 50", 10.0, "it is trained");
    let best = page.number("test-loss");
    assert!(best < 1.2 * loss, "{best} after {loss}: the trainer has another network");

    // What ConvNetJS writes of the original's network: numbers of double precision.
    page.drop_files(&[("convnetjs.json", convnetjs_file())]);
    let written = "document.querySelector('#network').value === '784 50t 50t 2 50t 50t 784'";
    page.browser.wait_until(written, 5.0, "a network of ConvNetJS");
    page.wait("state === 'training' && step > 50 && testLoss > 0", 10.0, "it is trained, too");
    page.assert_quiet();
}

#[test]
fn bad_networks_are_told_and_leave_training_untouched() {
    let page = Page::training(Opening::on(Data::best()).speed(100));
    let convnetjs = String::from_utf8(convnetjs_file()).expect("text");
    let with = |from: &str, to: &str| {
        assert!(convnetjs.contains(from), "{from}");
        convnetjs.replacen(from, to, 1)
    };
    let tanh = "\"layer_type\":\"tanh\"";
    let bytes = |text: &str| json!(text);
    let cases = [
        ("empty.json", bytes(""), "empty"),
        ("cut.json", bytes(&convnetjs[..convnetjs.len() / 2]), "the file cannot be read"),
        ("conv.json", bytes(&with(tanh, "\"layer_type\":\"conv\"")), "“conv”"),
        (
            "softmax.json",
            bytes(&with("\"layer_type\":\"regression\"", "\"layer_type\":\"softmax\"")),
            "“softmax”",
        ),
        ("nan.json", bytes(&with("\"w\":{\"0\":", "\"w\":{\"0\":null,\"x\":")), "NaN or infinite"),
        ("small.json", bytes(&small_file(100, 2)), "784, the pixels"),
        ("wide.json", bytes(&small_file(784, 65)), "1 to 64 numbers, got 65"),
        ("nonsense.bottleneck", bytes("This is no run."), "not a .bottleneck file"),
        ("nonsense.safetensors", bytes("These are no tensors."), "not a safetensors file"),
    ];
    let step = page.number("step");
    for (name, text, part) in cases {
        drop_made(&page, name, "arguments[1]", text);
        is_refused(&page, name, part);
    }
    drop_made(&page, "brackets.json", "'['.repeat(10 << 20)", Value::Null);
    is_refused(&page, "brackets.json", "the file cannot be read");
    drop_made(&page, "large.safetensors", "new Uint8Array(101e6)", Value::Null);
    is_refused(&page, "large.safetensors", "at most 100 MB");
    page.wait(&format!("state === 'training' && step > {step} && trainLoss < 0.2"), 2.0, "it trains on");
    assert_eq!(page.value("Network"), "784 50t 50t 2 50t 50t 784");

    // A network among images is trained on these.
    let network = small_file(784, 2).into_bytes();
    page.drop_files(&[("own-images-idx3-ubyte", images(300)), ("net.json", network)]);
    page.wait("dataset === 'own' && images < 300 && step > 20", 10.0, "both are taken");
    assert_eq!(page.value("Network"), "784 2 784");
    page.assert_quiet();
}

#[test]
fn layers_are_text() {
    let page = Page::training(
        Opening::on(Data::best()).fragment("#preset=blog&network=784-30r-2-30r-784&seed=3").speed(100),
    );
    assert_eq!(page.value("Network"), "784 30r 2 30r 784");
    page.set("Network", "784 20t 2 20t 784");
    let written = "location.hash.includes('network=784-20t-2-20t-784') && location.hash.includes('seed=3')";
    page.browser.wait_until(written, 2.0, "the address tells the layers");
    assert_eq!((page.notice(), page.value("Seed")), (String::new(), "3".to_owned()));
    page.wait("state === 'training' && step > 10", 5.0, "the new network is trained");

    // What is refused stays to be corrected, while the old network is trained on.
    let before = page.number("step");
    page.set("Network", "784 20t 2 20x 784");
    let sentence = page.wait_for_notice("which of the layers is wrong");
    assert!(sentence.contains("Layer 3: expected"), "{sentence}");
    page.wait(&format!("state === 'training' && step > {before}"), 2.0, "the old network is kept");
    assert_eq!(page.value("Network"), "784 20t 2 20x 784");
    assert_eq!(page.attribute("#network", "aria-invalid"), "true");
    page.browser.press(&[Key::Escape]);
    let back = "document.querySelector('#network').value === '784 20t 2 20t 784'";
    page.browser.wait_until(back, 2.0, "Escape brings back what is trained");
    assert_eq!(page.attribute("#network", "aria-invalid"), "false");

    // Lines pasted from the original, then Enter.
    page.browser.js("document.querySelector('#network').select()");
    page.browser.devtools("Input.insertText", json!({ "text": LAYER_DEFS }));
    assert_eq!(page.value("Network"), LAYER_DEFS, "lines do not survive a paste");
    page.browser.press(&[Key::Enter]);
    let read = "document.querySelector('#network').value === '784 50t 50t 2 50t 50t 784'";
    page.browser.wait_until(read, 2.0, "the lines are understood");
    page.wait("state === 'training' && step > 10", 5.0, "and trained");

    for (refused, part) in
        [("784-65-784", "got 65"), ("784-9q-2-784", "“9q”"), ("100-2-100", "784, the pixels")]
    {
        let shown = page.notice();
        page.browser.js(&format!("location.hash = '#preset=blog&network={refused}'"));
        let sentence = page.wait_for_another_notice(&shown, refused);
        assert!(sentence.contains(part), "{refused}: {sentence}");
    }
    page.assert_quiet();
}

/// A page that was paused after some steps.
fn paused(opening: Opening, steps: f64) -> Page {
    let page = Page::training(opening);
    pause(&page, steps);
    page
}

fn pause(page: &Page, steps: f64) {
    page.wait(&format!("state === 'training' && step > {steps}"), 15.0, "some training");
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");
}

fn step_three_times(page: &Page) {
    for _ in 0..3 {
        let next = page.number("step") + 1.0;
        page.press("Step");
        page.wait(&format!("step === {next}"), 2.0, "Step takes one step");
    }
}

/// The test loss of a paused page once it is that of the last step.
fn settled_loss(page: &Page) -> f64 {
    // Forty frames for a measurement, and as many for one that was under way.
    page.pass(120);
    page.number("test-loss")
}

/// Drops a file whose content an expression makes.
fn drop_made(page: &Page, name: &str, content: &str, argument: Value) {
    let script = format!(
        "const transfer = new DataTransfer();
         transfer.items.add(new File([{content}], arguments[0]));
         document.querySelector('#app').dispatchEvent(new DragEvent('drop',
             {{ dataTransfer: transfer, bubbles: true, cancelable: true }}))"
    );
    page.browser.js_with(&script, vec![json!(name), argument]);
}

fn is_refused(page: &Page, name: &str, part: &str) {
    let said = format!("document.querySelector('#notice-text').textContent.startsWith('{name}')");
    page.browser.wait_until(&said, 10.0, "a sentence");
    let sentence = page.notice();
    assert!(sentence.contains(part) && sentence.ends_with("Nothing was changed."), "{sentence}");
    let step = page.number("step");
    page.wait(&format!("state === 'training' && step > {step}"), 2.0, "training goes on");
}

/// The second of two files that are saved at once does not take the first away.
fn two_files_at_once(downloads: &Downloads<'_>, step: f64) {
    downloads.page.browser.js("for (const format of ['json', 'safetensors']) {
             document.querySelector('#format').value = format;
             document.querySelector('#save').click();
         }");
    for format in ["json", "safetensors"] {
        let path = downloads.folder.join(format!("bottleneck-step-{step}.{format}"));
        assert!(arrived(&path, 40.0).len() > 10_000, "{format}");
        fs::remove_file(path).expect("the file is ours");
    }
}

/// `net.toJSON()` of ConvNetJS for layers of these widths, each with what follows it.
fn file_of(widths: &[(u64, Option<&str>)]) -> String {
    let shape =
        |kind: &str, width: u64| json!({ "out_depth": width, "out_sx": 1, "out_sy": 1, "layer_type": kind });
    let mut seed = 1_u32;
    let mut vol = |numbers: u64, scale: f64| {
        let numbers = (0..numbers).map(|index| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (index.to_string(), json!((f64::from(seed) / f64::from(u32::MAX) - 0.5) * scale))
        });
        let numbers: serde_json::Map<_, _> = numbers.collect();
        json!({ "sx": 1, "sy": 1, "depth": numbers.len(), "w": numbers })
    };
    let mut layers = vec![shape("input", widths[0].0)];
    for (&(inputs, _), &(outputs, activation)) in widths.iter().zip(&widths[1..]) {
        let mut layer = shape("fc", outputs);
        layer["num_inputs"] = json!(inputs);
        layer["filters"] = (0..outputs).map(|_| vol(inputs, 3.0 / (inputs as f64).sqrt())).collect();
        layer["biases"] = vol(outputs, 0.0);
        layers.push(layer);
        layers.extend(activation.map(|kind| shape(kind, outputs)));
    }
    let outputs = widths.last().map_or(0, |&(width, _)| width);
    let mut loss = shape("regression", outputs);
    loss["num_inputs"] = json!(outputs);
    layers.push(loss);
    json!({ "layers": layers }).to_string()
}

fn convnetjs_file() -> Vec<u8> {
    let tanh = Some("tanh");
    file_of(&[(784, None), (50, tanh), (50, tanh), (2, None), (50, tanh), (50, tanh), (784, None)])
        .into_bytes()
}

fn small_file(pixels: u64, waist: u64) -> String {
    file_of(&[(pixels, None), (waist, None), (pixels, None)])
}

//! Layers opened, errors, and samples from the prior, as a person sees and touches them.

use fantoccini::key::Key;

use crate::support::page::{Data, Opening, Page};

fn text(page: &Page, css: &str) -> String {
    let script = format!("return document.querySelector('{css}').textContent");
    page.browser.js(&script).as_str().unwrap_or_default().to_owned()
}

/// Waits until the text of an element has a part.
fn wait_for_text(page: &Page, css: &str, part: &str, what: &str) {
    let script = format!("document.querySelector('{css}').textContent.includes('{part}')");
    page.browser.wait_until(&script, 10.0, what);
}

/// A script that tells how many different colours there are on a canvas.
fn colours_of(css: &str) -> String {
    format!(
        "const canvas = document.querySelector('{css}');
         const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
         copy.drawImage(canvas, 0, 0);
         const {{ data }} = copy.getImageData(0, 0, canvas.width, canvas.height);
         return new Set(new Uint32Array(data.buffer)).size"
    )
}

fn colours(page: &Page, css: &str) -> u64 {
    page.browser.js(&colours_of(css)).as_u64().expect("a count")
}

fn size(page: &Page, css: &str) -> (u64, u64) {
    let script =
        format!("const {{ width, height }} = document.querySelector('{css}'); return [width, height]");
    let size = page.browser.js(&script);
    (size[0].as_u64().expect("a width"), size[1].as_u64().expect("a height"))
}

fn open(page: &Page, layer: usize) {
    page.browser.js(&format!(
        "document.querySelector('#pipeline-layers [data-layer=\"{layer}\"][data-do=open]').click()"
    ));
}

#[test]
fn an_open_layer_shows_its_weights_gradients_and_figures() {
    let page = Page::training(Opening::on(Data::best()).speed(200));
    page.wait("step > 50", 20.0, "some training");
    open(&page, 0);
    wait_for_text(&page, "#layer-figures", "saturated", "figures of a sample");
    assert!(text(&page, "#layer-figures").contains("test digits: mean"), "{}", text(&page, "#layer-figures"));
    assert!(colours(&page, "#layer-numbers") > 100, "weights as pictures");
    let many = format!("(() => {{ {} }})() > 10", colours_of("#layer-activations"));
    page.browser.wait_until(&many, 10.0, "activations, when the tour comes to a digit");

    // A tile under the pointer tells its unit; keys go on from there.
    page.browser.hover(page.point("#layer-numbers", 0.02, 0.1));
    wait_for_text(&page, "#layer-note", "Unit 1, row", "the pointed tile and its pixel");
    wait_for_text(&page, "#layer-note", "activation", "and what it makes of the digit");
    page.browser.hover((5.0, 5.0));
    wait_for_text(&page, "#layer-note", "The input weights of each unit", "what the picture is");
    page.browser.js("document.querySelector('#layer-gradients').focus()");
    page.browser.press(&[Key::Tab]);
    wait_for_text(&page, "#layer-note", "Unit 1 ·", "the focus names a unit");
    page.browser.press(&[Key::Right, Key::Right]);
    wait_for_text(&page, "#layer-note", "Unit 3 ·", "arrow keys go from unit to unit");

    // In a paused page the pictures stand still, until others are asked for.
    page.pause();
    let weights = page.settled_pixels("#layer-numbers");
    page.press("Gradients of the weights");
    let is_other = format!("document.querySelector('#layer-numbers').toDataURL() !== '{weights}'");
    page.browser.wait_until(&is_other, 5.0, "gradients are other pictures");
    assert_eq!(page.attribute("#layer-gradients", "aria-pressed"), "true");
    page.browser.js("const line = document.querySelector('#timeline'); line.value = 0;
         line.dispatchEvent(new Event('input', { bubbles: true }))");
    wait_for_text(&page, "#layer-note", "at the latest step only", "the past has no gradients");
    page.press("Weights");
    page.browser.wait_until(&is_other, 5.0, "but weights");
    assert!(size(&page, "#layer-numbers").1 > 28);
    page.press("Now");

    // The code's layer is a matrix; the output layer's units are those of the layer before.
    open(&page, 2);
    wait_for_text(&page, "#layer-note", "A row for each unit", "a matrix");
    assert_eq!(size(&page, "#layer-numbers").1, 28, "two rows");
    open(&page, 5);
    wait_for_text(&page, "#layer-note", "of the layer before adds", "the output layer");
    assert_eq!(size(&page, "#layer-activations"), (28, 28), "its activations are the digit");

    // A wide layer is leafed through.
    page.set("Network", "784 130t 2 50t 784");
    page.browser.press(&[Key::Enter]);
    page.wait("step < 50", 10.0, "another run");
    open(&page, 0);
    wait_for_text(&page, "#layer-page", "units 1–64 of 130", "the first page");
    page.press("Next units");
    page.press("Next units");
    wait_for_text(&page, "#layer-page", "units 129–130 of 130", "the last page");
    page.assert_quiet();
}

#[test]
fn errors_by_class_and_the_worst_digits_which_can_be_pinned() {
    let page = Page::training(Opening::on(Data::best()).speed(200));
    page.wait("step > 100", 20.0, "some training");
    assert_eq!(page.browser.js("return document.querySelectorAll('#class-errors li').length"), 0);
    page.browser.click(&page.browser.find("#errors summary"));
    page.browser.wait_until(
        "document.querySelectorAll('#class-errors li').length === 10",
        10.0,
        "ten classes",
    );
    page.browser.wait_until(
        "document.querySelectorAll('#worst-names button:not([hidden])').length === 12",
        10.0,
        "the worst digits",
    );
    wait_for_text(&page, "#errors-note", "test digits, mean squared", "how many there are");
    wait_for_text(&page, "#difference-note", "No digit is chosen", "nothing is pinned");
    page.pause();
    page.browser.wait_until(
        "(() => { const text = document.querySelector('#worst-names').innerText, now = performance.now();
             if (text !== window.lastText) [window.lastText, window.lastChange] = [text, now];
             return now - window.lastChange > 1500 })()",
        20.0,
        "the worst digits of the paused run",
    );

    let errors = "[...document.querySelectorAll('#worst-names button')].map((b) => Number(b.innerText.split('· ')[1]))";
    let descend = format!(
        "(() => {{ const e = {errors}; return e.every((x, i) => x > 0 && (!i || x <= e[i - 1])) }})()"
    );
    assert_eq!(page.browser.js(&format!("return {descend}")), true);
    let before = page.pixels("#difference");
    page.browser.click(&page.browser.find("#worst-names button:nth-child(2)"));
    page.browser.wait_until("!document.querySelector('#original-figure').hidden", 5.0, "it is pinned");
    wait_for_text(
        &page,
        "#difference-note",
        "its reconstruction, and their difference",
        "its copy is compared",
    );
    let note = text(&page, "#difference-note");
    let class = note.strip_prefix("A ").and_then(|rest| rest.split_once(',')).expect("a class").0;
    let error = note.split_once("error ").expect("an error").1;
    assert!(error[..6].parse::<f64>().is_ok_and(|error| error > 0.03), "one of the worst: {note}");
    assert_ne!(page.pixels("#difference"), before);
    assert!(text(&page, "#original-caption").contains(&format!("a test digit, {class}")));

    // Each digit's own error, beside the reconstructions.
    let (_, height) = size(&page, "#reconstructions");
    page.press("Errors");
    page.browser.wait_until("!document.querySelector('#reconstruction-errors').hidden", 5.0, "errors");
    let own = page.browser.js(
        "return [...document.querySelectorAll('#reconstruction-errors li')].map((li) => Number(li.innerText))",
    );
    let own = own.as_array().expect("numbers");
    assert!(
        own.len() == 16 && own.iter().all(|error| error.as_f64().is_some_and(|error| error > 0.0)),
        "{own:?}"
    );
    assert!(size(&page, "#reconstructions").1 > height, "there is room for them");
    page.press("Errors");
    page.browser.wait_until("document.querySelector('#reconstruction-errors').hidden", 5.0, "none");
    page.assert_quiet();
}

#[test]
fn a_variational_run_shows_its_kl_and_samples_from_its_prior() {
    let page = Page::training(Opening::on(Data::best()).fragment("#network=784-50t-2~-50t-784").speed(200));
    page.wait("step > 100", 20.0, "some training");
    let hovered = page.point("#loss", 0.7, 0.5);
    page.browser.hover(hovered);
    wait_for_text(&page, "#loss-readout", "KL", "the KL is read off the chart");
    assert!(page.browser.js("return document.querySelector('#samples').hidden") == true);
    page.press("Sample from the prior");
    page.browser.wait_until("!document.querySelector('#samples').hidden", 5.0, "samples");
    page.pause();
    let before = page.settled_pixels("#samples");
    assert!(size(&page, "#samples") == (224, 56) && colours(&page, "#samples") > 50);
    page.press("Sample from the prior");
    let is_other = format!("document.querySelector('#samples').toDataURL() !== '{before}'");
    page.browser.wait_until(&is_other, 5.0, "other samples");
    page.set("Variational", "no");
    page.browser.wait_until(
        "document.querySelector('#prior').hidden",
        5.0,
        "a code that is a point has no prior",
    );
    page.assert_quiet();
}

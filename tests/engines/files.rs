//! Files of one's own are dropped, and what was trained is saved.

use crate::support::driver::Engine;
use crate::support::idx::{images, labels};
use crate::support::page::{Data, Opening, Page, arrived};

in_each_engine! { dropped_files_are_trained_on_and_undone, what_is_saved_arrives }

fn dropped_files_are_trained_on_and_undone(engine: Engine) {
    let page = Page::training(Opening::on(Data::Strokes).engine(engine));
    page.drop_files(&[("own-images-idx3-ubyte", images(300)), ("own-labels-idx1-ubyte", labels(300))]);
    page.wait("dataset === 'own' && images > 0 && images <= 300 && step > 5", 20.0, "one's own files");
    page.press("Undo");
    page.wait("dataset === 'strokes'", 10.0, "Undo brings the run before back");

    page.drop_files(&[("digits.txt", b"These are digits: 0 1 2 3.".to_vec())]);
    page.wait_for_notice("what is no image is told");
    page.wait("dataset === 'strokes' && state === 'training'", 5.0, "and changes nothing");
    page.assert_quiet();
}

/// Keeps what the page hands over to be saved.
const CATCH: &str = "const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { window.handedOver = blob; return make.call(URL, blob); };";

fn what_is_saved_arrives(engine: Engine) {
    let page = Page::training(Opening::on(Data::Strokes).engine(engine).script(CATCH));
    page.wait("step > 50", 60.0, "something to save");
    page.pause();
    page.set("Format", "bottleneck");
    page.press("Save");
    let step = page.number("step");
    let saved = if engine == Engine::Firefox {
        let path = page.browser.downloads().join(format!("bottleneck-step-{step}.bottleneck"));
        arrived(&path, 20.0)
    } else {
        // WebKit's browser for tests saves nothing.
        page.browser.wait_until("window.handedOver", 5.0, "the file is handed over");
        let bytes = "return handedOver.arrayBuffer().then((bytes) => [...new Uint8Array(bytes)])";
        serde_json::from_value(page.browser.js(bytes)).expect("bytes")
    };

    // What was saved is what is opened.
    page.press("Reset");
    page.wait("step === 0", 5.0, "another run");
    page.drop_files(&[("saved.bottleneck", saved)]);
    page.wait(&format!("step >= {step}"), 10.0, "the saved run is back");
    page.assert_quiet();
}

//! Dropped files, and a run that is saved.

use bottleneck::files::write_png;

use crate::support::driver::Engine;
use crate::support::idx::{images, labels};
use crate::support::page::{Data, Opening, Page, wait_for_file};

in_each_engine! { dropped_files_are_trained_on, a_run_is_saved_and_opened }

fn dropped_files_are_trained_on(engine: Engine) {
    let page = Page::training(Opening::on(Data::Few).engine(engine));
    page.drop_files(&[("own-images-idx3-ubyte", images(300)), ("own-labels-idx1-ubyte", labels(300))]);
    page.wait("dataset === 'own' && images > 0 && images <= 300 && step > 5", 20.0, "the user's files");
    page.open_run("Default");
    page.wait("dataset === 'mnist'", 10.0, "the run before");

    page.drop_files(&[("digits.txt", b"These are digits: 0 1 2 3.".to_vec())]);
    page.wait_for_notice("a text is refused");
    page.wait("dataset === 'mnist'", 5.0, "and changes nothing");
    page.assert_quiet();
}

/// Keeps the blob that the page saves.
const CATCH: &str = "const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { window.saved = blob; return make.call(URL, blob); };";

fn a_run_is_saved_and_opened(engine: Engine) {
    let page = Page::rested(Opening::on(Data::Few).engine(engine).script(CATCH), 50);
    page.set("Format", "bottleneck");
    page.press("Save");
    let saved = if engine == Engine::Firefox {
        let path = page.browser.downloads().join("bottleneck-step-50.bottleneck");
        wait_for_file(&path, 20.0)
    } else {
        // WebKit's test browser has no downloads.
        page.browser.wait_until("window.saved", 5.0, "the file is saved");
        let bytes = "return saved.arrayBuffer().then((bytes) => [...new Uint8Array(bytes)])";
        serde_json::from_value(page.browser.js(bytes)).expect("bytes")
    };

    page.press("Reset");
    page.wait("step === 0", 5.0, "another run");
    page.drop_files(&[("saved.bottleneck", saved)]);
    page.wait("step === 50", 10.0, "the saved run");
    page.assert_quiet();
}

#[test]
fn pictures_are_refused_by_a_firefox_that_resists_fingerprinting() {
    crate::run(Engine::ResistantFirefox, |engine| {
        let page = Page::training(Opening::on(Data::Few).engine(engine));
        let pictures: Vec<_> = (0..25_u8)
            .map(|index| {
                let level = |pixel: usize| if pixel % 28 / 7 == usize::from(index % 4) { 255 } else { 0 };
                let rgba: Vec<u8> = (0..784).flat_map(|pixel| [level(pixel), 0, 0, 255]).collect();
                (format!("{index}.png"), write_png(&rgba, 28, 1))
            })
            .collect();
        let pictures: Vec<_> = pictures.iter().map(|(name, png)| (name.as_str(), png.clone())).collect();
        page.drop_files(&pictures);
        page.wait_for_text("#notice-text", "noise in place of the pixels of a canvas", "they are refused");
        page.drop_files(&[("own-images-idx3-ubyte", images(300))]);
        page.wait(
            "dataset === 'own' && images > 0 && images <= 300 && step > 5",
            20.0,
            "arrays need no canvas",
        );
        page.assert_quiet();
    });
}

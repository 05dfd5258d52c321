//! The page opens, takes its data and learns by itself.

use std::time::Duration;

use crate::support::idx::{cut_after, gzip, images, labels};
use crate::support::page::{Data, Opening, Page};
use crate::support::server::{Fault, built};

/// Test MSE per pixel that is reached within [`PATIENCE`]; the mean digit alone has 0.067 on MNIST.
const LEARNED: f64 = 0.05;

/// Seconds: a full minute belongs to a machine that does other things as well.
const PATIENCE: f64 = 60.0;

#[test]
fn learns_mnist_while_it_streams_in() {
    let data = Data::best();
    // Three seconds or so for all of it, so that the beginning can be seen.
    let slow = Fault::Throttled(Duration::from_millis(5));
    let page = Page::training(Opening::on(data).fault("data/mnist/train-images-idx3-ubyte.gz", slow));
    assert!(page.number("images") < 60_000.0, "training waited for all images");
    let bar =
        "[...document.querySelectorAll('progress, [role=progressbar]')].some((bar) => bar.checkVisibility())";
    page.browser.wait_until(bar, 1.0, "a progress bar while images stream in");
    learns(&page, data);
    page.browser.wait_until(&format!("!{bar}"), 1.0, "the progress bar is gone with the last image");
}

#[test]
fn learns_its_own_strokes_without_mnist_and_asks_for_nothing_in_vain() {
    let page = Page::training(Opening::on(Data::Strokes));
    learns(&page, Data::Strokes);
    let answers = page.server.answers();
    assert!(answers.iter().all(|answer| !answer.path.contains("mnist/")), "{answers:?}");
}

/// From the first steps to a figure that only a trained network has.
fn learns(page: &Page, data: Data) {
    assert_eq!(page.data("dataset"), data.name());
    page.wait("trainLoss > 0", 10.0, "the first steps");
    let before = page.number("train-loss");
    page.wait("testLoss > 0", 10.0, "the first evaluation");
    let unseen = page.pixels("#reconstructions");
    page.wait("images === 60000", 30.0, "all images are there");
    page.wait(&format!("testLoss < {LEARNED}"), PATIENCE, "the test loss falls");
    assert!(page.number("test-loss") < before, "from {before} to {}", page.number("test-loss"));
    let (train, test) = (page.number("train-loss"), page.number("test-loss"));
    assert!((train / test - 1.0).abs() < 0.25, "train {train} and test {test} are not in the same unit");
    assert!(page.number("examples-per-second") > 1000.0, "{} examples/s", page.data("examples-per-second"));
    assert_ne!(page.pixels("#reconstructions"), unseen, "the reconstructions are drawn anew");
    let answers = page.server.answers();
    assert!(answers.iter().all(|answer| answer.status == 200), "asked for in vain: {answers:?}");
    page.assert_quiet();
}

#[test]
fn a_truncated_download_is_told_and_what_is_whole_is_kept() {
    let instead = |bytes: &[u8]| Fault::Instead(bytes.to_vec());
    let opening = Opening::on(Data::Mnist)
        .fault("data/manifest.json", instead(br#"{"mnist": true}"#))
        .fault("data/mnist/train-images-idx3-ubyte.gz", instead(&gzip(&cut_after(3000, images(60_000)))))
        .fault("data/mnist/train-labels-idx1-ubyte.gz", instead(&gzip(&labels(60_000))))
        .fault("data/mnist/t10k-images-idx3-ubyte.gz", instead(&gzip(&images(1000))))
        .fault("data/mnist/t10k-labels-idx1-ubyte.gz", instead(&gzip(&labels(1000))));
    let page = Page::open(opening);
    let sentence = page.wait_for_notice("the file of images is cut short");
    assert!(sentence.contains("Training goes on"), "{sentence}");
    page.wait("state === 'training' && step > 0", 15.0, "it trains on what is whole");
    assert_eq!(page.data("dataset"), "mnist");
    // What was unpacked but not yet taken out of the broken file is not trusted.
    let images = page.number("images");
    assert!((2_500.0..=3_000.0).contains(&images), "{images} images");
}

#[test]
fn a_program_that_does_not_arrive_is_told() {
    let wasm = built(".wasm").pop().expect("the program in dist/");
    let page = Page::open(Opening::on(Data::Strokes).fault(wasm.leak(), Fault::Truncated(1000)));
    page.wait_for_notice("the program is cut short");
    assert_eq!(page.data("state"), "failed");

    // What was chosen on an earlier visit is there before the program, so that no page flashes up in the other theme.
    page.browser.js("localStorage.setItem('bottleneck-theme', 'dark')");
    page.load();
    page.wait_for_notice("the program is cut short");
    assert_eq!(page.browser.js("return document.documentElement.dataset.theme"), "dark");
}

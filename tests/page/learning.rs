//! The page opens, loads its data and learns.

use std::time::Duration;

use crate::support::page::{Data, Opening, Page};
use crate::support::server::{Fault, built};

#[test]
fn it_learns_mnist_while_it_streams_in() {
    let data = Data::best();
    // Some seconds for all of it, so that the beginning can be seen.
    let slow = Fault::Throttled(Duration::from_millis(5));
    let page = Page::training(Opening::on(data).fault("data/mnist/train-images-idx3-ubyte.gz", slow));
    assert!(page.number("images") < 60_000.0, "training waited for all images");
    let bar =
        "[...document.querySelectorAll('progress, [role=progressbar]')].some((bar) => bar.checkVisibility())";
    page.browser.wait_until(bar, 1.0, "a progress bar while images stream in");
    assert_eq!(page.data("dataset"), data.name());
    page.wait("trainLoss > 0 && testLoss > 0", 10.0, "the first evaluation");
    let reconstructions = page.pixels("#reconstructions");
    page.wait("images === 60000", 30.0, "all images are there");
    page.browser.wait_until(&format!("!{bar}"), 1.0, "the progress bar is gone");
    // The mean digit has 0.067.
    page.wait("testLoss < 0.055", 60.0, "the test loss falls");
    let (train, test) = (page.number("train-loss"), page.number("test-loss"));
    assert!((train / test - 1.0).abs() < 0.25, "train {train}, test {test}");
    assert!(page.number("examples-per-second") > 1000.0, "{} examples/s", page.data("examples-per-second"));
    page.wait_for_other_pixels("#reconstructions", &reconstructions, "the reconstructions are redrawn");
    let answers = page.server.answers();
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    page.assert_quiet();
}

#[test]
fn without_mnist_it_learns_its_built_in_digits_and_asks_for_no_others() {
    let page = Page::training(Opening::on(Data::Synthetic));
    page.wait("testLoss > 0 && dataset === 'strokes'", 20.0, "the first evaluation");
    let first = page.number("test-loss");
    page.wait(&format!("testLoss < {}", 0.95 * first), 30.0, "it learns");
    let answers = page.server.answers();
    assert!(
        answers.iter().all(|answer| answer.status == 200 && !answer.path.contains("mnist/")),
        "{answers:?}"
    );
    page.assert_quiet();
}

#[test]
fn a_program_that_is_cut_short_is_reported() {
    let wasm = built(".wasm").pop().expect("the program in dist/");
    let page = Page::open(Opening::on(Data::Synthetic).fault(wasm.leak(), Fault::Truncated(1000)));
    page.wait_for_notice("the program is cut short");
    assert_eq!(page.data("state"), "failed");

    // The stored theme is set before the program runs, so that the page never flashes in the other one.
    page.browser.js("localStorage.setItem('bottleneck-theme', 'dark')");
    page.load();
    page.wait_for_notice("the program is cut short");
    assert_eq!(page.browser.js("return document.documentElement.dataset.theme"), "dark");
}

//! What is kept: a run after a reload, and the one before the last change.

use crate::support::driver::Engine;
use crate::support::page::{Data, Opening, Page};

in_each_engine! { a_reload_goes_on_where_the_run_was, undo_brings_back_what_a_reset_has_ended }

fn a_reload_goes_on_where_the_run_was(engine: Engine) {
    let page = Page::training(Opening::on(Data::Strokes).fragment("#seed=11&batch=20").engine(engine));
    page.wait("step > 50", 60.0, "a run worth keeping");
    page.pause();
    let step = page.number("step");
    page.browser.js("location.reload()");
    let offered = "document.querySelector('#kept')?.checkVisibility()";
    page.browser.wait_until(offered, 30.0, "the run is offered");
    page.press("Continue");
    page.wait(&format!("step >= {step}"), 20.0, "it goes on where it was");
    assert_eq!((page.value("Seed"), page.value("Batch size")), ("11".to_owned(), "20".to_owned()));
    page.wait(&format!("state === 'training' && step > {step} + 5"), 30.0, "and trains");
    page.assert_quiet();
}

fn undo_brings_back_what_a_reset_has_ended(engine: Engine) {
    let page = Page::training(Opening::on(Data::Strokes).fragment("#seed=5").engine(engine));
    page.wait("step > 30 && testLoss > 0", 60.0, "a run worth keeping");
    page.pause();
    let step = page.number("step");
    page.press("Reset");
    page.wait("step === 0", 5.0, "another run");
    page.press("Undo");
    page.wait(&format!("step === {step}"), 5.0, "the run is back");

    // The timeline shows what was; the way back to now is a button.
    page.browser.js("const line = document.querySelector('#timeline'); line.value = 0;
         line.dispatchEvent(new Event('input', { bubbles: true }))");
    page.browser.wait_until(
        &format!("Number(document.querySelector('#app').dataset.shownStep) < {step}"),
        5.0,
        "a moment of the past",
    );
    page.press("Now");
    page.browser.wait_until(
        &format!("Number(document.querySelector('#app').dataset.shownStep) === {step}"),
        5.0,
        "now again",
    );
    page.assert_quiet();
}

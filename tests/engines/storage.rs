//! Runs that the browser stores, and the list of runs.

use crate::support::driver::Engine;
use crate::support::page::{Data, Opening, Page};

in_each_engine! { a_run_continues_after_a_reload, a_run_of_the_list_continues_as_it_was }

fn a_run_continues_after_a_reload(engine: Engine) {
    let page = Page::training(Opening::on(Data::Few).fragment("#seed=11&batch=20").engine(engine));
    page.wait("step > 50", 60.0, "a run worth storing");
    page.pause();
    page.idle();
    let step = page.number("step");
    // Another run begins, and plays on when it gives way to the stored one.
    page.browser.js("history.replaceState(null, '', '#seed=12&batch=25'); location.reload()");
    page.wait_until_of("#seed", "$.value === '12'", "the page is open again");
    page.wait("step > 0", 30.0, "and trains");
    page.open_run("batch 20, seed 11");
    page.wait_until_of("#seed", "$.value === '11'", "it is read");
    page.wait(&format!("state === 'training' && step > {step} + 5"), 30.0, "the stored run continues");
    assert_eq!((page.value("Seed"), page.value("Batch size")), ("11".to_owned(), "20".to_owned()));
    page.assert_quiet();
}

fn a_run_of_the_list_continues_as_it_was(engine: Engine) {
    let page = Page::rested(Opening::on(Data::Few).fragment("#seed=5").engine(engine), 30);
    page.set("Seed", "6");
    page.press("Step");
    page.wait("step === 1 && runs === 2", 5.0, "another run");
    page.open_run("seed 5, step 30");
    page.wait("step === 30", 10.0, "the run before");
    page.slide("#timeline", 0.0);
    page.wait_until_of("#app", "$.dataset.shownStep === '0'", "the first step");
    page.press("Now");
    page.wait_until_of("#app", "$.dataset.shownStep === '30'", "now again");
    page.assert_quiet();
}

//! A run after a reload, and Undo.

use crate::support::driver::Engine;
use crate::support::page::{Data, Opening, Page};

in_each_engine! { a_run_continues_after_a_reload, undo_restores_the_run_before_a_reset }

fn a_run_continues_after_a_reload(engine: Engine) {
    let page = Page::rested(Opening::on(Data::Few).fragment("#seed=11&batch=20").engine(engine), 50);
    // Another run stops at the same step, before or after the stored one is continued.
    page.browser.js("history.replaceState(null, '', '#seed=12&batch=25&stop=50'); location.reload()");
    page.wait_until_visible("#kept", "the run is offered");
    page.press("Continue");
    page.wait_until_of("#seed", "$.value === '11'", "the stored run");
    page.browser
        .js("document.querySelector('#app[data-state=paused]') && document.querySelector('#play').click()");
    page.wait("step > 55", 20.0, "it continues past its stop");
    assert_eq!(page.value("Batch size"), "20");
    page.assert_quiet();
}

fn undo_restores_the_run_before_a_reset(engine: Engine) {
    let page = Page::rested(Opening::on(Data::Few).fragment("#seed=5").engine(engine), 30);
    page.press("Reset");
    page.wait("step === 0", 5.0, "another run");
    page.press("Undo");
    page.wait("step === 30", 10.0, "the run before");
    page.slide("#timeline", 0.0);
    page.wait_until_of("#app", "$.dataset.shownStep === '0'", "the first step");
    page.press("Now");
    page.wait_until_of("#app", "$.dataset.shownStep === '30'", "now again");
    page.assert_quiet();
}

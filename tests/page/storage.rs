//! Undo by keys, and a run that continues after a reload.

use crate::support::page::{Data, Opening, Page};

#[test]
fn keys_undo_and_redo_outside_of_fields() {
    let page = Page::rested(Opening::on(Data::Few), 100);
    page.press("Reset");
    page.wait("step === 0", 5.0, "another run");
    page.press("Step");
    page.wait("step === 1", 5.0, "with a step");
    let chord = |key: &str, shift: bool| {
        let script = "document.querySelector('#latent').focus();
            document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
                { key: arguments[0], ctrlKey: true, shiftKey: arguments[1], bubbles: true, cancelable: true }))";
        page.browser.js_with(script, vec![key.into(), shift.into()]);
    };
    chord("z", false);
    page.wait("step === 100", 5.0, "Ctrl-Z");
    chord("Z", true);
    page.wait("step === 1", 5.0, "Ctrl-Shift-Z");
    page.focus("#seed");
    let prevented = page.browser.js(
        "const event = new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true, cancelable: true });
         document.querySelector('#seed').dispatchEvent(event);
         return event.defaultPrevented",
    );
    assert_eq!(prevented, false, "the key belongs to the field");
    assert_eq!(page.number("step"), 1.0);
    page.assert_quiet();
}

#[test]
fn after_a_reload_the_stored_run_is_offered_and_continues() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#preset=blog&seed=11&batch=20"), 300);
    // A hidden tab stores its run at once.
    page.browser.hide_and_return();
    page.idle();
    page.browser.goto("about:blank");
    page.browser.goto(&page.server.url("#preset=fast"));
    page.wait_until_visible("#kept", "the run is offered");
    page.wait_for_text("#kept-text", "step 300", "what it is");
    page.press("Continue");
    page.wait("step >= 300", 10.0, "the run continues at its step");
    let values = ["Preset", "Seed", "Batch size"].map(|label| page.value(label));
    assert_eq!(values, ["blog", "11", "20"].map(str::to_owned));
    page.wait_until_hidden("#kept", "the offer is gone");
    page.wait("step > 305", 30.0, "and training continues");
    page.assert_quiet();
}

#[test]
fn a_browser_that_stores_nothing_is_reported_once_and_trains() {
    let page = Page::blank(Opening::on(Data::Few));
    page.browser.devtools(
        "Page.addScriptToEvaluateOnNewDocument",
        serde_json::json!({ "source": "Object.defineProperty(window, 'indexedDB', { value: undefined });
            Object.defineProperty(IDBFactory.prototype, 'open',
                { value() { throw new DOMException('refused', 'SecurityError'); } });" }),
    );
    page.load();
    page.wait("state === 'training' && step > 100", 20.0, "it trains");
    let notice = page.wait_for_notice("nothing is stored");
    assert!(notice.contains("does not keep"), "{notice}");
    page.browser.click(&page.browser.find("#notice-close"));
    let step = page.number("step");
    page.wait(&format!("step > {step} + 500"), 30.0, "it trains");
    assert_eq!(page.notice(), "", "it is reported once");
}

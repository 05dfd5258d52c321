//! Nothing is lost: every destructive control can be undone, and a run goes on after a reload.

use crate::support::page::{Data, Opening, Page};

/// A page that has trained on strokes and is paused: its step and its test error.
fn trained() -> (Page, f64) {
    let page = Page::training(Opening::on(Data::Strokes).fragment("#seed=5").speed(300));
    page.wait("step > 300 && testLoss > 0", 30.0, "a run worth keeping");
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");
    let step = page.number("step");
    (page, step)
}

#[test]
fn undo_brings_back_the_run_that_each_destructive_control_has_ended() {
    let (page, step) = trained();
    let pixels = page.pixels("#reconstructions");
    let ends: [(&str, &dyn Fn()); 6] = [
        ("Reset", &|| page.press("Reset")),
        ("New seed", &|| page.press("New seed")),
        ("Preset", &|| page.set("Preset", "karpathy")),
        ("Network", &|| page.set("Network", "784 20t 2 20t 784")),
        ("Loss", &|| page.set("Loss", "bce")),
        ("address", &|| drop(page.browser.js("location.hash = '#preset=blog&seed=9&dataset=strokes'"))),
    ];
    for (what, end) in ends {
        end();
        page.wait("step === 0", 5.0, &format!("{what} begins another run"));
        page.press("Undo");
        page.wait(&format!("step === {step}"), 5.0, &format!("Undo brings the run back after {what}"));
        assert_eq!(page.value("Seed"), "5", "{what}");
        page.browser.wait_until(
            "location.hash.startsWith('#preset=modern&lr') && location.hash.includes('seed=5')",
            2.0,
            what,
        );
    }
    let same = format!("document.querySelector('#reconstructions').toDataURL() === '{pixels}'");
    page.browser.wait_until(&same, 5.0, "the reconstructions are those of that run");
    page.assert_quiet();
}

#[test]
fn keys_undo_and_redo_outside_of_fields() {
    let (page, step) = trained();
    page.press("Reset");
    page.wait("step === 0", 5.0, "another run");
    page.press("Step");
    page.wait("step === 1", 5.0, "which is worth something");
    let chord = |key: &str, shift: bool| {
        let script = "document.querySelector('#latent').focus();
            document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
                { key: arguments[0], ctrlKey: true, shiftKey: arguments[1], bubbles: true, cancelable: true }))";
        page.browser.js_with(script, vec![key.into(), shift.into()]);
    };
    chord("z", false);
    page.wait(&format!("step === {step}"), 5.0, "Ctrl-Z");
    chord("Z", true);
    page.wait("step === 1", 5.0, "Ctrl-Shift-Z");
    // In a field the browser undoes what was typed.
    page.browser.js("document.querySelector('#seed').focus()");
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
fn a_reload_offers_to_go_on_where_the_run_was() {
    let page =
        Page::training(Opening::on(Data::Strokes).fragment("#preset=blog&seed=11&batch=20").speed(300));
    page.wait("step > 500 && testLoss > 0", 30.0, "a run worth keeping");
    // A hidden tab keeps its run at once; one that crashes has the run of some seconds before.
    page.press("Pause");
    page.browser.hide_for(std::time::Duration::from_millis(500));
    let step = page.number("step");
    page.browser.goto("about:blank");
    page.browser.goto(&page.server.url("#preset=fast"));
    let offered = "document.querySelector('#kept')?.checkVisibility()";
    page.browser.wait_until(offered, 15.0, "the run is offered");
    let text = page.browser.js("return document.querySelector('#kept-text').textContent");
    assert!(text.as_str().is_some_and(|text| text.contains("step")), "{text}");
    page.press("Continue");
    page.wait(
        &format!("step >= {step} && dataset === 'strokes'"),
        10.0,
        "the run goes on at its step or later",
    );
    for (label, value) in [("Preset", "blog"), ("Seed", "11"), ("Batch size", "20")] {
        assert_eq!(page.value(label), value, "{label}");
    }
    page.browser.wait_until(&format!("!({offered})"), 2.0, "the offer is gone");
    page.wait("state === 'training' || state === 'loading'", 5.0, "it is the page that plays");
    page.wait(&format!("step > {step} + 20"), 30.0, "and training goes on");
    page.assert_quiet();
}

#[test]
fn a_browser_that_keeps_nothing_is_told_of_once_and_trains_on() {
    let page = Page::blank(Opening::on(Data::Strokes));
    page.browser.devtools(
        "Page.addScriptToEvaluateOnNewDocument",
        serde_json::json!({ "source": "Object.defineProperty(window, 'indexedDB', { value: undefined });
            Object.defineProperty(IDBFactory.prototype, 'open',
                { value() { throw new DOMException('refused', 'SecurityError'); } });" }),
    );
    page.load();
    page.wait("state === 'training' && step > 100", 20.0, "it trains all the same");
    let sentence = page.wait_for_notice("that nothing is kept");
    assert!(sentence.contains("does not keep"), "{sentence}");
    page.browser.click(&page.browser.find("#notice-close"));
    page.wait("step > 2000", 30.0, "it trains on");
    assert_eq!(page.notice(), "", "it is told once");
}

//! The list of runs, and what the browser stores of it.

use fantoccini::key::Key;

use crate::support::idx::{images, labels};
use crate::support::page::{Data, Opening, Page};

#[test]
fn keys_go_back_and_forth_between_runs_outside_of_fields() {
    let page = Page::rested(Opening::on(Data::Few), 100);
    page.set("Seed", "4");
    page.press("Step");
    page.wait("step === 1", 5.0, "another run with a step");
    page.chord("z", "KeyZ", false);
    page.wait("step === 100", 5.0, "Ctrl-Z");
    assert!(page.wait_for_notice("it says so").starts_with("Back to Default, step 100"));
    // The letter of this place on a Russian keyboard.
    page.chord("Я", "KeyZ", true);
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
fn a_run_is_renamed_removed_and_brought_back_by_keyboard() {
    let page = Page::rested(Opening::on(Data::Few), 20);
    page.set("Seed", "4");
    page.press("Step");
    page.wait("step === 1 && runs === 2", 5.0, "another run with a step");
    page.browser.js("document.querySelectorAll('#runs .run-open')[1].focus()");
    page.browser.js(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'F2', bubbles: true, cancelable: true }))",
    );
    page.browser.wait_until("document.activeElement.className === 'run-rename'", 3.0, "a field for the name");
    page.browser.type_text("my run");
    page.browser.press(&[Key::Enter]);
    page.browser.wait_until(
        "document.activeElement.ariaLabel?.startsWith('my run, step 20')",
        3.0,
        "the new name",
    );
    page.press("Remove my run");
    page.wait("runs === 1", 3.0, "it is removed");
    let focus = "document.activeElement.closest('#runs') !== null";
    page.browser.wait_until(focus, 3.0, "the focus is on the next row");
    page.press("Bring it back");
    page.wait("runs === 2", 3.0, "it is back");
    assert!(page.runs()[1].starts_with("my run, step 20, test error 0."), "{:?}", page.runs());
    page.assert_quiet();
}

#[test]
fn an_earlier_visit_is_never_overwritten_and_continues_with_a_click() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#preset=blog&seed=11&batch=20"), 300);
    page.browser.goto("about:blank");
    page.browser.goto(&page.server.url("#preset=fast"));
    page.wait("step > 400 && runs === 2", 30.0, "nobody has decided anything, and a longer run is stored");
    page.browser.goto("about:blank");
    page.browser.goto(&page.server.url("#seed=3"));
    page.wait("runs === 3", 15.0, "both are listed");
    let stored = "[...document.querySelectorAll('#runs .run-open')].some(row =>
        row.ariaLabel.startsWith('batch 20, seed 11, step 300, test error 0.'))";
    page.browser.wait_until(stored, 5.0, "it is stored as it was");
    page.open_run("batch 20, seed 11");
    page.wait_until_of("#seed", "$.value === '11'", "it is read");
    page.wait("step >= 300", 10.0, "the run continues at its step");
    let values = ["Preset", "Seed", "Batch size"].map(|label| page.value(label));
    assert_eq!(values, ["blog", "11", "20"].map(str::to_owned));
    page.wait("step > 305 && state === 'training'", 30.0, "and training continues");
    page.assert_quiet();
}

#[test]
fn a_reload_in_the_middle_of_a_large_network_loses_seconds() {
    let page = Page::training(Opening::on(Data::Few).fragment("#preset=hinton"));
    page.wait("step > 60", 120.0, "it trains");
    let step = page.number("step");
    page.browser.goto("about:blank");
    page.browser.goto(&page.server.url("#seed=3"));
    page.wait("step > 0 && runs > 1", 30.0, "both runs are listed");
    page.open_run("Hinton 2006");
    page.wait_until_of("#seed", "$.value === '0'", "it is read");
    page.wait(&format!("step > {step} * 0.4"), 60.0, "from a step not long ago");
    page.assert_quiet();
}

#[test]
fn own_images_that_are_kept_are_trained_on_again_after_a_reload_until_they_are_removed() {
    let page = Page::training(Opening::on(Data::Few).speed(100));
    page.drop_files(&[("own-images-idx3-ubyte", images(300)), ("own-labels-idx1-ubyte", labels(300))]);
    page.wait("dataset === 'own' && state === 'training' && step > 10", 10.0, "it trains on them");
    let keep = "#keep-images";
    page.reveal(keep);
    page.browser.click(&page.browser.find(keep));
    page.set("Dataset", "mnist");
    page.wait("dataset === 'mnist' && runs > 1 && step > 5", 10.0, "another run");
    page.pause();
    page.idle();
    let own = "your own files";
    let reload = |seed: &str| {
        page.browser.goto("about:blank");
        page.browser.goto(&page.server.url(&format!("#speed=100&seed={seed}")));
        page.wait("runs > 2 && step > 0", 20.0, "the runs of the earlier visit");
        page.open_run(own);
    };
    reload("8");
    page.wait("dataset === 'own' && images > 200 && images < 300 && step > 15", 10.0, "it trains on them");
    page.wait_until_of(keep, "$.checked", "they are kept");
    assert!(!page.notice().contains("drop"), "{}", page.notice());
    page.pause();
    page.browser.js("document.querySelector('#keep-images').click()");
    page.idle();
    page.wait_until_of(keep, "!$.checked", "they are removed");
    reload("9");
    page.wait_for_text("#notice-text", "images of your own", "it asks for them");
    page.wait("state === 'loading' && step > 15", 5.0, "and waits");
    page.assert_quiet();
}

#[test]
fn two_tabs_store_their_runs_beside_each_other_and_an_embed_stores_none() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#seed=5"), 40);
    page.browser.js("for (const fragment of ['#seed=6&speed=100', '#embed=plane&seed=7&speed=100']) {
             const frame = document.createElement('iframe');
             frame.src = location.pathname + '?' + fragment;
             frame.style = 'position: fixed; inset: 0 auto auto 0; width: 900px; height: 700px';
             document.body.append(frame);
         }");
    let step = "[...document.querySelectorAll('iframe')].every(frame =>
        frame.contentDocument?.querySelector('#app')?.dataset.step > 50)";
    page.browser.wait_until(step, 60.0, "the other two train");
    page.browser.js("document.querySelectorAll('iframe').forEach(frame => frame.remove())");
    page.browser.goto("about:blank");
    page.browser.goto(&page.server.url("#seed=8"));
    page.wait("runs === 3 && step > 5", 20.0, "the runs of both tabs and this one");
    let names: Vec<String> =
        page.runs().iter().map(|label| label.split(',').next().unwrap_or("").to_owned()).collect();
    assert_eq!(names, ["seed 8", "seed 6", "seed 5"]);
    page.assert_quiet();
}

#[test]
fn a_browser_that_stores_nothing_is_reported_once_and_keeps_the_list_in_memory() {
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
    page.wait_for_text("#runs-note", "Not kept after this visit", "the list says so");
    page.set("Seed", "4");
    page.wait("step > 500", 30.0, "it trains");
    assert_eq!(page.notice(), "", "it is reported once");
    page.open_run("Default");
    page.wait("step > 100", 5.0, "the run before is in memory");
    assert_eq!(page.value("Seed"), "0");
    page.assert_quiet();
}

//! The settings in the URL's fragment: read, followed, written and refused.

use crate::support::page::{Data, Opening, Page};

fn values(page: &Page) -> [String; 4] {
    ["Preset", "Learning rate", "Optimizer", "Batch size"].map(|label| page.value(label))
}

#[test]
fn the_fragment_is_read_followed_and_written_without_a_reload_or_an_entry_in_the_history() {
    let fragment = "#preset=blog&lr=0.002&optimizer=rmsprop&batch=64&seed=7&dataset=strokes";
    let page = Page::training(Opening::on(Data::Few).fragment(fragment).speed(100));
    assert_eq!(
        (values(&page), page.data("dataset").as_str()),
        (["blog", "0.002", "rmsprop", "64"].map(str::to_owned), "strokes")
    );
    page.pause();
    page.browser.js("window.stayed = true");
    let entries = page.browser.js("return history.length");
    page.set("Learning rate", "0.003");
    page.set("Seed", "11");
    for setting in ["lr=0.003", "seed=11", "batch=64", "optimizer=rmsprop", "dataset=strokes", "speed=100"] {
        page.browser.wait_until(&format!("location.hash.includes('{setting}')"), 2.0, setting);
    }
    assert_eq!(page.browser.js("return history.length"), entries);

    page.browser.js("location.hash = '#preset=karpathy&dataset=strokes'");
    page.wait_until_of("#optimizer", "$.value === 'adadelta'", "another fragment is followed");
    let karpathy = values(&page);
    assert_eq!((karpathy[0].as_str(), karpathy[3].as_str(), page.notice().as_str()), ("karpathy", "50", ""));
    page.browser.js("location.hash = '#preset=karpathy&dataset=strokes&lr=-1'");
    let notice = page.wait_for_notice("a value out of range is refused");
    assert!(notice.contains("-1"), "{notice}");
    assert_eq!((values(&page), page.browser.js("return window.stayed")), (karpathy, true.into()));

    page.browser.js("location.hash = '#preset=karpathy&stop=5000%2Cplateau&embed=plane%2Cdecoded'");
    page.browser.wait_until(
        "location.hash.endsWith('&stop=5000,plateau')",
        3.0,
        "the address tells what holds",
    );
    let held = "return [document.querySelector('#stop-at').value, document.documentElement.dataset.embed]";
    assert_eq!(page.browser.js(held), serde_json::json!(["5000", "plane decoded"]));
    // An address that waits to be written does not replace a newer one.
    page.browser.js("const rate = document.querySelector('#learning-rate');
         for (const value of ['0.5', '0.6']) { rate.value = value; rate.dispatchEvent(new Event('change')); }
         location.hash = '#preset=karpathy&lr=0.7'");
    page.wait_until_of("#learning-rate", "$.value === '0.7'", "the newer address is followed");
    page.idle();
    let lr = page.browser.js("return new URLSearchParams(location.hash.slice(1)).get('lr')");
    assert_eq!(lr, "0.7");
    page.assert_quiet();
}

//! The URL's fragment holds the settings: read, followed, written, and refused where it is out of range.

use crate::support::page::{Data, Opening, Page};

#[test]
fn restores_follows_writes_and_refuses_settings() {
    let fragment = "#preset=blog&lr=0.002&optimizer=rmsprop&batch=64&seed=7&dataset=strokes";
    let page = Page::training(Opening::on(Data::best()).fragment(fragment));
    assert_eq!(page.data("dataset"), "strokes");
    expect(&page, "rmsprop", "64", "7");
    assert_eq!(rate(&page), 0.002);

    let entries = page.browser.js("return history.length");
    page.set("Learning rate", "0.003");
    page.set("Seed", "11");
    for setting in ["lr=0.003", "seed=11", "batch=64", "optimizer=rmsprop", "dataset=strokes"] {
        let there = format!("location.hash.includes('{setting}')");
        page.browser.wait_until(&there, 2.0, "a setting is written to the fragment");
    }
    assert_eq!(page.browser.js("return history.length"), entries, "a setting is no step of the history");
    page.browser.js("window.stayed = true");

    page.browser.js("location.hash = '#preset=karpathy&dataset=strokes'");
    let karpathy = "document.querySelector('select#optimizer').value === 'adadelta'";
    page.browser.wait_until(karpathy, 2.0, "a preset in the fragment is followed");
    assert_eq!((page.value("Preset"), page.value("Batch size")), ("karpathy".to_owned(), "50".to_owned()));
    assert_eq!(page.notice(), "", "settings in range are refused");

    let before = rate(&page);
    let mut sentence = String::new();
    for refused in ["lr=-1", "lr=1e99", "batch=0", "batch=many", "optimizer=magic", "seed=-3", "preset=none"]
    {
        page.browser.js(&format!("location.hash = '#preset=karpathy&dataset=strokes&{refused}'"));
        sentence = page.wait_for_another_notice(&sentence, refused);
        let value = refused.split_once('=').map_or(refused, |(_, value)| value);
        assert!(sentence.contains(value), "{refused} is refused by {sentence:?}, which does not name it");
    }
    assert_eq!(rate(&page), before, "a refused learning rate was taken");
    expect(&page, "adadelta", "50", &page.value("Seed"));
    assert_eq!(page.browser.js("return window.stayed"), true, "the page was loaded again");
    page.wait("state === 'training'", 2.0, "it trains on");
    page.assert_quiet();
}

fn expect(page: &Page, optimizer: &str, batch: &str, seed: &str) {
    assert_eq!(page.value("Optimizer"), optimizer);
    assert_eq!(page.value("Batch size"), batch);
    assert_eq!(page.value("Seed"), seed);
}

fn rate(page: &Page) -> f64 {
    page.value("Learning rate").parse().expect("a number")
}

//! The article: sentences with values of the run.

use crate::support::page::{Data, Opening, Page};

fn live(page: &Page, name: &str) -> String {
    page.text(&format!("[data-live={name}]"))
}

#[test]
fn sentences_hold_values_of_the_run() {
    let page = Page::rested(Opening::on(Data::Few).still(), 300);
    let test = "Math.abs($.innerText - document.querySelector('#app').dataset.testLoss) < 1e-4";
    page.wait_until_of("[data-live=test]", test, "the test error");
    assert_eq!(
        ["step", "bits", "part", "batch"].map(|name| live(&page, name)),
        ["300", "64", "98", "50"].map(str::to_owned)
    );
    let sentence = page.text("#sentence");
    assert!(sentence.contains('(') && sentence.contains("the decoder"), "{sentence}");

    page.assert_quiet();
}

//! The article: sentences with values of the run, and buttons that set up experiments.

use serde_json::json;

use crate::support::page::{Data, Opening, Page};

fn live(page: &Page, name: &str) -> String {
    page.text(&format!("[data-live={name}]"))
}

#[test]
fn sentences_hold_values_of_the_run_and_buttons_set_up_experiments() {
    let page = Page::rested(Opening::on(Data::Few).still(), 300);
    let test = "Math.abs($.innerText - document.querySelector('#app').dataset.testLoss) < 1e-4";
    page.wait_until_of("[data-live=test]", test, "the test error");
    assert_eq!(
        ["step", "bits", "part", "batch"].map(|name| live(&page, name)),
        ["300", "64", "98", "50"].map(str::to_owned)
    );
    let sentence = page.text("#sentence");
    assert!(sentence.contains('(') && sentence.contains("the decoder"), "{sentence}");

    for (button, fragment) in [
        ("Overfit ten digits", "train-images=10"),
        ("One number", "network=784-50t-50t-1-50t-50t-784"),
        ("PCA", "network=784-50-50-2-50-50-784"),
        ("Denoise", "corruption=masking&corruption-amount=0.5"),
        ("Variational", "network=784-50t-50t-2~-50t-50t-784"),
        ("Van den Burg 2017", "preset=blog"),
        ("Karpathy 2014", "preset=karpathy"),
    ] {
        page.press(button);
        let says = "$.innerText.startsWith(arguments[1])";
        let arguments = vec![json!("#notice-text"), json!(button)];
        let says = says.replace('$', "document.querySelector(arguments[0])");
        page.browser.wait_until_with(&says, arguments, 5.0, button);
        page.wait("step > 0", 10.0, button);
        for part in fragment.split('&') {
            page.browser.wait_until(&format!("location.hash.includes('{part}')"), 5.0, button);
        }
    }
    page.assert_quiet();
}

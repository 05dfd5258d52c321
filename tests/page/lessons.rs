//! The lessons, from the question to the answer, and the tour.

use fantoccini::key::Key;

use crate::support::page::{Data, Opening, Page};

/// Chooses an answer, and waits until the run has given its own.
fn answer(page: &Page, choice: &str, seconds: f64) -> String {
    page.press(choice);
    let given = "/^(Right|Not quite)/.test(document.querySelector('#lesson-text').textContent)";
    page.browser.wait_until(given, seconds, choice);
    page.text("#lesson-text")
}

fn open(page: &Page, title: &str, fragment: &str) {
    page.press(title);
    page.wait_for_text("#lesson-title", title, "the lesson");
    page.wait("step > 0", 10.0, title);
    for part in fragment.split('&') {
        page.browser.wait_until(&format!("location.hash.includes('{part}')"), 5.0, title);
    }
}

/// Returns the first number in a text after `words`.
fn number_after(text: &str, words: &str) -> f64 {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("{words} in {text}"));
    let digits: String = rest
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || ".,".contains(*c))
        .collect();
    digits
        .trim_end_matches(['.', ','])
        .replace(',', "")
        .parse()
        .unwrap_or_else(|_| panic!("a number after {words} in {text}"))
}

#[test]
fn lessons_ask_and_the_run_answers_with_its_numbers() {
    let page = Page::training(Opening::on(Data::best()));
    page.wait("testLoss !== ''", 60.0, "the test images are here");
    open(&page, "Overfit ten digits", "lesson=overfit&train-images=10");
    assert_eq!(page.attribute("#loss", "data-lit"), "", "what to look at is lit");
    page.wait_for_text("#reconstructions-caption", "the 10 training digits", "they stand beside the others");
    let text = answer(&page, "Fall, then rise again", 120.0);
    assert!(text.starts_with("Right.") && text.contains("has memorized"), "{text}");
    assert!(
        number_after(&text, "risen to") > number_after(&text, "fell to"),
        "the test error has risen: {text}"
    );

    open(&page, "Denoise", "corruption=masking&corruption-amount=0.5");
    let text = answer(&page, "Always the same blur", 120.0);
    assert!(text.starts_with("Not quite."), "{text}");
    assert!(number_after(&text, "draws by") < number_after(&text, "off by"), "it restores: {text}");

    open(&page, "One number", "network=784-50t-50t-1-50t-50t-784");
    let text = answer(&page, "Some of them", 120.0);
    let (share, chance) = (number_after(&text, "For"), number_after(&text, "by chance"));
    assert!(text.starts_with("Right.") && share > 2.0 * chance && share < 90.0, "{text}");
    page.wait_for_text("#agreement", "by chance", "it stands on the plane, live");

    open(&page, "Leave one out", "leave-out=0");
    let text = answer(&page, "Another digit, with a larger error", 180.0);
    assert!(number_after(&text, "mean error of") > number_after(&text, "the others"), "{text}");
    let area = number_after(&page.text("#anomaly-text"), "ROC curve");
    assert!(area > 0.6, "the class it has not seen is detected: {area}");
    page.slide("#threshold", 0.0);
    page.wait_for_text("#anomaly-text", "100 % of the others", "a threshold of zero takes all");

    page.set("Seed", "8");
    page.browser.wait_until(
        "document.querySelector('#lesson').hidden && !location.hash.includes('lesson=')",
        5.0,
        "left",
    );
    assert_eq!(page.browser.js("return document.querySelectorAll('[data-lit]').length"), 0);
    page.assert_quiet();
}

#[test]
fn an_address_opens_a_lesson_in_front_of_a_class_and_what_breaks_is_told() {
    let page = Page::open(Opening::on(Data::Few).fragment("#lesson=pca&present"));
    page.browser.wait_until(
        "document.documentElement.hasAttribute('data-present')",
        10.0,
        "the page is presented",
    );
    page.wait_for_text("#lesson-text", "six layers are one matrix", "the question");
    page.browser.press(&[Key::Escape]);

    open(&page, "Break it", "lesson=break&lr=1000");
    page.wait("state === 'diverged'", 30.0, "it breaks");
    let text = answer(&page, "Fewer than 20", 10.0);
    assert!(number_after(&text, "survived") < 1_000.0 && text.contains("no longer finite"), "{text}");

    open(&page, "Variational", "network=784-50t-50t-2~-50t-50t-784");
    page.press("Close");
    page.wait_until_of("#lesson", "$.hidden", "it is closed");
    assert_eq!(page.browser.js("return document.activeElement.id"), "tour", "the focus stays near");
    for (title, fragment) in [("Karpathy 2014", "preset=karpathy"), ("Van den Burg 2017", "preset=blog")] {
        open(&page, title, fragment);
    }
    open(&page, "Draw your own", "lesson=draw");
    page.wait_until_of("#pad-open", "$.getAttribute('aria-pressed') === 'true'", "the pad is open");
    page.wait("testLoss !== ''", 20.0, "there is something to compare with");
    page.browser.click(&page.browser.find("#pad"));
    let text = answer(&page, "Not at all", 20.0);
    assert!(text.contains("a test digit has"), "{text}");
    page.assert_quiet();
}

#[test]
fn the_tour_waits_for_each_deed_and_escape_skips_it() {
    let page = Page::training(Opening::on(Data::Few).speed(200));
    page.wait("step > 30", 20.0, "there is a past");
    assert_eq!(page.attribute("#tour", "class"), "new", "it is offered at first");
    page.press("Take the tour");
    let stop =
        |number: usize| page.wait_for_text("#lesson-title", &format!("Tour, {number} of 6"), "the next stop");
    stop(1);
    page.browser.js("document.querySelector('#latent').focus()");
    page.browser.press(&[Key::Escape]);
    page.wait_until_of("#lesson", "$.hidden", "Escape skips it");
    assert_eq!(page.attribute("#tour", "class"), "", "it is not offered again");

    page.press("Take the tour");
    stop(1);
    page.browser.js(
        "const latent = document.querySelector('#latent');
         latent.focus();
         latent.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', shiftKey: true, bubbles: true }))",
    );
    stop(2);
    let layer = |index: usize| {
        page.browser.js(&format!(
            "document.querySelector('#pipeline-layers [data-layer=\"{index}\"][data-do=open]').click()"
        ));
    };
    layer(2);
    stop(3);
    layer(5);
    stop(4);
    page.wait_until_hidden("#layer", "the layer makes room for the plane");
    for x in 0..16_i16 {
        page.browser.hover(page.point("#latent", 0.2 + 0.03 * f64::from(x), 0.5));
    }
    stop(5);
    page.set("Learning rate", "1000");
    page.wait("state === 'diverged'", 30.0, "it breaks");
    page.wait_for_text("#lesson-text", "press Restore", "the way back");
    page.wait_until_visible("#notice-action", "the way back");
    page.browser.click(&page.browser.find("#notice-action"));
    stop(6);
    page.slide("#timeline", 0.0);
    page.wait_for_text("#lesson-text", "That is all", "the end");
    page.assert_quiet();
}

#[test]
fn linear_and_variational_networks_and_the_papers_are_answered_too() {
    let page = Page::training(Opening::on(Data::Few));
    page.wait("testLoss !== ''", 20.0, "the test images are here");
    let claims = |title: &str, fragment: &str, choice: &str, words: &str| {
        open(&page, title, fragment);
        let text = answer(&page, choice, 60.0);
        assert!(text.contains(words), "{text}");
        text
    };
    let text = claims("PCA", "lesson=pca", "On that line", "Right. On the line");
    let (test, linear) = (number_after(&text, "test error is"), number_after(&text, "analysis"));
    assert!(test < 1.02 * linear && test > 0.9 * linear, "{text}");

    let text = claims("Variational", "network=784-50t-50t-2~-50t-50t-784", "They close", "Right. They close");
    let inside = number_after(&text, "They close:");
    assert!((60.0..=100.0).contains(&inside), "{text}");

    let text = claims("Karpathy 2014", "preset=karpathy", "About 700", "the training error is below 0.06");
    // That is later, and batches differ.
    assert!(number_after(&text, "It is") < 0.062, "{text}");

    let text = claims("Van den Burg 2017", "preset=blog", "At about step 5,000", "is below PCA");
    assert!(number_after(&text, "It is") <= number_after(&text, "PCA’s"), "{text}");
    page.assert_quiet();
}

#[test]
fn hintons_network_beats_pca_within_five_epochs() {
    let page = Page::training(Opening::on(Data::best()));
    open(&page, "Hinton 2006", "preset=hinton");
    let text = answer(&page, "Within five epochs", 200.0);
    assert!(text.contains("the test error is below PCA’s"), "{text}");
    // Both are rounded.
    assert!(number_after(&text, "It is") <= number_after(&text, "PCA’s"), "{text}");
    page.assert_quiet();
}

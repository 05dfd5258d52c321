//! The past of a run: shown, replayed, and continued from.

use fantoccini::key::Key;

use crate::support::page::{Data, Opening, Page};

/// Returns the pixels of the views of the network, once they are drawn.
fn views(page: &Page) -> [String; 3] {
    page.idle();
    ["#latent", "#reconstructions", "#decoded"].map(|css| page.pixels(css))
}

#[test]
fn any_step_of_a_run_is_shown_again_and_continued_from() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#seed=5").still(), 300);
    page.press("Step");
    page.wait("step === 301", 5.0, "one more step");
    let now = views(&page);
    page.slide("#timeline", 0.3);
    page.wait_until_of("#timeline-text", "/^step .* of /.test($.textContent)", "the past");
    page.press("Now");
    page.wait_until_of("#timeline-text", "$.textContent === 'now'", "now");
    assert_eq!(page.browser.js("return document.activeElement.id"), "timeline");

    page.slide("#timeline", 0.0);
    page.wait_until_of("#app", "$.dataset.shownStep === '0'", "the first step");
    let first = views(&page);
    assert!(now.iter().zip(&first).all(|(now, first)| now != first), "every view shows the first step");
    page.browser.hover(page.point("#latent", 0.8, 0.3));
    page.idle();
    let hovered = page.pixels("#decoded");
    page.focus("#timeline");
    page.browser.press(&[Key::End]);
    page.wait_until_of("#timeline-text", "$.textContent === 'now'", "End is now");
    page.wait_for_other_pixels("#decoded", &hovered, "a hover decodes with the parameters that are shown");
    page.browser.press(&[Key::Left]);
    page.wait_until_of("#timeline-text", "$.textContent.startsWith('step ')", "an arrow key goes back");
    page.browser.hover((5.0, 5.0));

    // With reduced motion a replay goes by hand.
    page.press("Replay");
    page.wait_until_of("#app", "$.dataset.shownStep === '0'", "its beginning");
    page.idle();
    assert_eq!(
        (page.number("shown-step"), page.attribute("#unfold", "aria-pressed").as_str()),
        (0.0, "false")
    );
    page.slide("#timeline", 1.0);
    page.wait_until_of("#timeline-text", "$.textContent === 'now'", "its end");
    assert!(views(&page)[1] == now[1], "the reconstructions of now");

    page.slide("#timeline", 0.5);
    page.wait_until_visible("#branch", "a way to continue");
    let middle = page.number("shown-step");
    page.press("Continue from here");
    page.wait(&format!("step > {middle} && step <= 300"), 5.0, "another run from there");
    page.wait("step === 300 && state === 'paused'", 10.0, "it stops where the URL says");
    page.open_run("step 301");
    page.wait("step >= 301", 5.0, "the run before is in the list");
    page.press("Reset");
    page.wait_until_of("#unfold", "$.disabled", "a new run has no past yet");
    page.assert_quiet();
}

#[test]
fn a_replay_goes_from_the_first_step_to_now() {
    let page = Page::rested(Opening::on(Data::Few).fragment("#seed=5"), 300);
    let now = page.pixels("#reconstructions");
    page.press("Replay");
    page.wait_until_of("#app", "$.dataset.shownStep > 0 && $.dataset.shownStep < 300", "it is replayed");
    page.wait_until_of("#timeline-text", "$.textContent === 'now'", "it ends at now");
    page.idle();
    assert!(page.pixels("#reconstructions") == now, "the reconstructions of now");
    page.assert_quiet();
}

//! The past of a run: looked at, unfolded, gone on from.

use fantoccini::key::Key;

use crate::support::page::{Data, Opening, Page};

/// Moves the slider to a part of its way, as a drag does.
fn slide(page: &Page, place: f64) {
    let script = "const slider = document.querySelector('#timeline');
        slider.value = Math.round(arguments[0] * slider.max);
        slider.dispatchEvent(new Event('input', { bubbles: true }))";
    page.browser.js_with(script, vec![place.into()]);
}

/// The pictures of the network, once none of them changes any more.
fn views(page: &Page) -> [String; 3] {
    let all = "JSON.stringify(['#latent', '#reconstructions', '#decoded'].map((css) => document.querySelector(css).toDataURL()))";
    serde_json::from_str(&page.settled(all)).expect("three pictures")
}

fn shown(page: &Page) -> f64 {
    page.number("shown-step")
}

#[test]
fn any_moment_of_a_run_is_seen_again_and_can_be_gone_on_from() {
    let page = Page::training(Opening::on(Data::best()).fragment("#seed=5").speed(300));
    page.wait(
        "step > 600 && testLoss > 0 && images === 60000",
        40.0,
        "there is a past, and all images are here",
    );

    page.keep_still(true);

    // While it trains: views stand still in the past, figures go on.
    slide(&page, 0.3);
    let is_past = "document.querySelector('#timeline-text').textContent.startsWith('step ')";
    page.browser.wait_until(is_past, 2.0, "the past");
    let (then, before) = (shown(&page), views(&page));
    let text = page.browser.js("return document.querySelector('#timeline-text').textContent");
    assert!(text.as_str().is_some_and(|text| text.starts_with("step ") && text.contains(" of ")), "{text}");
    let step = page.number("step");
    page.wait(&format!("step > {step} + 50"), 10.0, "training goes on meanwhile");
    assert_eq!(shown(&page), then);
    assert!(views(&page) == before, "the past does not change");
    page.press("Now");
    page.browser.wait_until("document.querySelector('#timeline-text').textContent === 'now'", 2.0, "now");
    assert_eq!(page.browser.js("return document.activeElement.id"), "timeline");

    // Paused, the beginning and now are two different pictures, and both come back.
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");
    let now = views(&page);
    slide(&page, 0.0);
    page.browser.wait_until("document.querySelector('#app').dataset.shownStep === '0'", 2.0, "the beginning");
    let beginning = views(&page);
    assert!(now.iter().zip(&beginning).all(|(now, then)| now != then), "every view shows the beginning");
    // A hover decodes with the parameters of then.
    page.browser.hover(page.point("#latent", 0.5, 0.5));
    page.browser.hover(page.point("#latent", 0.8, 0.3));
    let hovered = page.pixels("#decoded");
    page.browser.js("document.querySelector('#timeline').focus()");
    page.browser.press(&[Key::End]);
    page.browser.wait_until(
        "document.querySelector('#timeline-text').textContent === 'now'",
        2.0,
        "End is now",
    );
    let other = format!("document.querySelector('#decoded').toDataURL() !== '{hovered}'");
    page.browser.wait_until(&other, 2.0, "now has another digit there");
    page.browser.press(&[Key::Left]);
    let last = page.number("step");
    // The last moment that is kept may be of the very step that is the last.
    page.browser.wait_until(is_past, 2.0, "an arrow key goes one moment back");
    page.browser.hover((5.0, 5.0));

    // It unfolds from the beginning to now.
    page.press("Replay");
    page.browser.wait_until(
        "Number(document.querySelector('#app').dataset.shownStep) < 100",
        2.0,
        "it begins",
    );
    let first = shown(&page);
    page.browser.wait_until(
        &format!("Number(document.querySelector('#app').dataset.shownStep) > {first}"),
        3.0,
        "it unfolds",
    );
    page.browser.wait_until(
        "document.querySelector('#timeline-text').textContent === 'now'",
        12.0,
        "it ends",
    );
    assert!(views(&page)[1] == now[1], "the reconstructions are those of now again");

    // A branch, and the way back.
    slide(&page, 0.5);
    page.browser.wait_until(
        "document.querySelector('#branch').checkVisibility()",
        2.0,
        "the way on is offered",
    );
    let middle = shown(&page);
    page.press("Continue from here");
    page.wait(&format!("step > {middle} && state === 'training'"), 5.0, "it goes on from then");
    page.press("Pause");
    assert!(page.number("step") < last + middle, "{} from {middle}", page.number("step"));
    page.press("Undo");
    page.wait(&format!("step === {last}"), 5.0, "Undo brings the run back");
    page.press("Reset");
    page.browser.wait_until("document.querySelector('#unfold').disabled", 5.0, "a new run has no past yet");
    page.assert_quiet();
}

#[test]
fn on_a_phone_a_finger_draws_the_timeline() {
    let page = Page::training(Opening::on(Data::best()).size(390, 844).speed(300));
    page.wait("step > 300", 30.0, "there is a past");
    let wide = page.browser.js("return document.documentElement.scrollWidth <= innerWidth");
    assert_eq!(wide, true, "nothing sticks out");
    let (from, to) = (page.point("#timeline", 0.97, 0.5), page.point("#timeline", 0.4, 0.5));
    page.browser.swipe(from, to);
    page.browser.wait_until("document.querySelector('#now').checkVisibility()", 3.0, "the past is shown");
    let middle = page.browser.js("const s = document.querySelector('#timeline'); return s.value / s.max");
    assert!((0.25..0.55).contains(&middle.as_f64().unwrap()), "{middle}");
    page.press("Now");
    page.browser.wait_until("!document.querySelector('#now').checkVisibility()", 3.0, "and now again");
    page.assert_quiet();
}

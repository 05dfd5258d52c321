//! What is learnt for, turned on the page: corruption, a falling rate, a variational code.

use crate::support::page::{Data, Opening, Page};

fn is_shown(page: &Page, css: &str) -> bool {
    let script = format!("return document.querySelector('{css}').getClientRects().length > 0");
    page.browser.js(&script).as_bool().expect("shown or not")
}

/// The ink of the upper half of the first pair of digits: of what the network was given.
const INK: &str = "
    const copy = new OffscreenCanvas(28, 28).getContext('2d', { willReadFrequently: true });
    copy.drawImage(document.querySelector('#reconstructions'), 0, 0);
    const { data } = copy.getImageData(0, 0, 28, 28);
    let ink = 0;
    for (let i = 0; i < data.length; i += 4) ink += Math.abs(data[i] - data[0]);
    return ink / 255";

fn ink(page: &Page) -> f64 {
    page.browser.js(INK).as_f64().expect("a number")
}

#[test]
fn digits_are_spoilt_and_put_right_while_the_run_goes_on() {
    let page = Page::training(Opening::on(Data::best()));
    page.wait("step > 100", 20.0, "some training");
    assert!(!is_shown(&page, "#corruption-amount"), "nothing to corrupt, no amount");
    page.pause();
    page.settled_pixels("#reconstructions");
    let (before, clean) = (page.number("step"), ink(&page));
    page.set("Corruption", "masking");
    page.set("Corruption amount", "0.75");
    assert!(is_shown(&page, "#corruption-amount"));
    let masked = format!("(() => {{ {INK} }})() < {}", 0.6 * clean);
    page.browser.wait_until(&masked, 5.0, "three quarters of the ink are gone, in a paused page, too");
    assert!(ink(&page) > 0.05 * clean, "some ink is left");
    assert_eq!(page.number("step"), before, "the run is the same");
    page.press("Play");
    page.wait(&format!("state === 'training' && step > {before} + 100"), 20.0, "and goes on");

    page.set("Corruption amount", "2");
    assert!(
        page.wait_for_notice("the range")
            .contains("Corruption amount must be a number of at least 0 and below 1")
    );
    assert_eq!(page.value("Corruption amount"), "0.75");
    let address = page.browser.js("return location.hash");
    assert!(address.as_str().is_some_and(|hash| hash.contains("corruption=masking&corruption-amount=0.75")));
    page.assert_quiet();
}

#[test]
fn a_rate_falls_to_zero_and_can_be_held_again() {
    let page = Page::training(Opening::on(Data::best()));
    page.wait("step > 100", 20.0, "some training");
    page.set("Schedule", "cosine");
    page.set("Steps to zero", "150");
    page.wait("step > 400", 20.0, "the end of the schedule");
    // Nothing moves any more, so that decoding a place gives the same picture in every frame.
    page.browser.hover(page.point("#latent", 0.5, 0.5));
    let (step, decoded) = (page.number("step"), page.settled_pixels("#decoded"));
    page.wait(&format!("step > {step} + 50"), 10.0, "steps of no length");
    assert_eq!(page.pixels("#decoded"), decoded);
    page.set("Schedule", "constant");
    assert!(!is_shown(&page, "#schedule-steps"));
    let step = page.number("step");
    page.wait(&format!("step > {step} + 200"), 20.0, "steps of some length");
    assert_ne!(page.pixels("#decoded"), decoded);
    page.assert_quiet();
}

#[test]
fn a_variational_run_begins_anew_and_its_beta_turns_at_once() {
    let page = Page::training(Opening::on(Data::best()));
    page.wait("step > 300", 30.0, "some training");
    let before = page.number("step");
    page.set("Variational", "yes");
    page.wait(&format!("step < {before} && step > 20"), 20.0, "a new run");
    assert!(page.value("Network").contains("2~"), "{}", page.value("Network"));
    assert_eq!(page.value("Beta"), "1");
    let step = page.number("step");
    page.set("Beta", "0.1");
    page.wait(&format!("step > {step} + 100"), 20.0, "the run goes on");
    let slider = "Number(document.querySelector('#beta-slider').value)";
    page.browser.wait_until(&format!("Math.abs({slider} + 1) < 0.02"), 2.0, "the slider follows");
    page.browser.js("const slider = document.querySelector('#beta-slider');
         slider.value = 0.5;
         slider.dispatchEvent(new Event('input', { bubbles: true }))");
    page.browser.wait_until("document.querySelector('#beta').value === '3.16'", 2.0, "the box follows");
    page.press("Undo");
    page.browser.wait_until("!document.querySelector('#network').value.includes('~')", 5.0, "the old run");
    assert!(!is_shown(&page, "#beta"));
    page.assert_quiet();
}

#[test]
fn the_papers_network_trains_on_the_page() {
    let page = Page::training(Opening::on(Data::best()).fragment("#preset=hinton"));
    page.wait("step > 20", 120.0, "steps of 2.8 million parameters");
    page.wait("trainLoss > 0 && trainLoss < 0.2", 30.0, "an error");
    assert!(page.value("Network").contains("30"));
    assert_eq!(page.value("Layer"), "principal", "of thirty numbers the plane shows two components");
    page.assert_quiet();
}

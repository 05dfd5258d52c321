//! Training, the learning rate, other sizes and themes, and keys.

use fantoccini::key::Key;

use crate::support::driver::Engine;
use crate::support::page::{Data, Opening, Page};

in_each_engine! { it_learns_and_obeys_the_learning_rate, it_fits_any_size_and_theme, it_can_be_used_by_keys_alone }

fn it_learns_and_obeys_the_learning_rate(engine: Engine) {
    let page = Page::training(Opening::on(Data::Few).engine(engine));
    page.wait("testLoss > 0", 30.0, "the first evaluation");
    let (before, pixels) = (page.number("test-loss"), page.pixels("#reconstructions"));
    page.wait(&format!("testLoss < {}", 0.9 * before), 90.0, "the test error falls");
    page.wait_for_other_pixels("#reconstructions", &pixels, "the reconstructions are redrawn");

    let step = page.number("step");
    page.set("Learning rate", "0.004");
    let slider = "Number(document.querySelector('#learning-rate-slider').value)";
    page.browser.wait_until(
        &format!("Math.abs({slider} - Math.log10(0.004)) < 0.06"),
        5.0,
        "the slider follows the box",
    );
    let at = page.browser.js(&format!("return {slider}"));
    page.focus("#learning-rate-slider");
    page.browser.press(&[Key::Left, Key::Left]);
    page.browser.wait_until(&format!("{slider} < {at}"), 5.0, "the slider obeys keys");
    let lower = "Number(document.querySelector('#learning-rate').value) < 0.004";
    page.browser.wait_until(lower, 5.0, "the box follows the slider");
    page.wait(&format!("state === 'training' && step > {step} + 10"), 10.0, "the run continues");

    page.set("Learning rate", "1000");
    page.wait("state === 'diverged'", 30.0, "an absurd rate");
    page.wait_until_visible("#notice-action", "a way back");
    page.browser.click(&page.browser.find("#notice-action"));
    page.wait(&format!("state === 'training' && step > {step}"), 10.0, "one click recovers");
    page.assert_quiet();
}

fn it_fits_any_size_and_theme(engine: Engine) {
    let page = Page::rested(Opening::on(Data::Few).engine(engine), 50);
    let wide = page.browser.js("return document.querySelector('#latent').width");
    page.browser.resize(700, 900);
    let fits = "document.documentElement.scrollWidth <= innerWidth && innerWidth < 800";
    page.browser.wait_until(fits, 5.0, "the page fits a narrow window");
    let redrawn = format!("document.querySelector('#latent').width !== {wide}");
    page.browser.wait_until(&redrawn, 5.0, "the plane is redrawn in its new size");
    page.browser.resize(1440, 1000);
    page.browser.wait_until(&format!("!({redrawn})"), 5.0, "and in its old one");

    let corner = "(() => { const plane = document.querySelector('#latent');
        return [...plane.getContext('2d').getImageData(3, 3, 1, 1).data.slice(0, 3)].join(' ') })()";
    let background = "getComputedStyle(document.body).backgroundColor";
    for (press, ground, plane) in [
        ("Theme: system", "rgb(251, 250, 247)", "255 255 255"),
        ("Theme: light", "rgb(19, 20, 23)", "25 27 31"),
    ] {
        page.press(press);
        page.browser.wait_until(&format!("{background} === '{ground}'"), 5.0, "the page's background");
        page.browser.wait_until(
            &format!("{corner} === '{plane}'"),
            5.0,
            "the plane's background, which is painted",
        );
    }
    page.assert_quiet();
}

fn it_can_be_used_by_keys_alone(engine: Engine) {
    let page = Page::training(Opening::on(Data::Few).engine(engine));
    let press = |css: &str, key: Key| {
        page.focus(css);
        page.browser.press(&[key]);
    };
    page.wait("step > 50", 60.0, "some training");
    press("#play", Key::Space);
    page.wait("state === 'paused'", 5.0, "Space on Pause pauses");
    let step = page.number("step");
    press("#step", Key::Enter);
    page.wait(&format!("step === {} && state === 'paused'", step + 1.0), 5.0, "Enter on Step steps");

    // The first key ends the showcase.
    press("#latent", Key::Right);
    page.idle();
    let before = page.z();
    page.browser.press(&[Key::Right, Key::Right, Key::Up]);
    let moved = format!("$.dataset.z1 > {} && $.dataset.z2 > {}", before.0, before.1);
    page.wait_until_of("#decoded", &moved, "arrow keys move the point");
    page.browser.press(&[Key::Enter]);
    page.wait_until_visible("#pins-figure", "Enter pins it");

    press("#play", Key::Enter);
    page.wait(&format!("state === 'training' && step > {step} + 5"), 10.0, "Enter on Play plays");
    page.assert_quiet();
}

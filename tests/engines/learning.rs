//! The page learns, its rate is turned meanwhile, and it takes another size and another theme.

use fantoccini::key::Key;

use crate::support::driver::Engine;
use crate::support::page::{Data, Opening, Page};

in_each_engine! { learns_and_obeys_the_rate, looks_right_in_any_size_and_theme, is_used_by_keys_alone }

fn learns_and_obeys_the_rate(engine: Engine) {
    let data = Data::best();
    let page = Page::training(Opening::on(data).engine(engine));
    assert_eq!(page.data("dataset"), data.name());
    page.wait("testLoss > 0", 30.0, "the first evaluation");
    let (before, unseen) = (page.number("test-loss"), page.pixels("#reconstructions"));
    page.wait(&format!("testLoss < {}", (0.9 * before).min(0.06)), 90.0, "the test error falls");
    assert_ne!(page.pixels("#reconstructions"), unseen, "the reconstructions are drawn anew");

    let step = page.number("step");
    page.set("Learning rate", "0.004");
    let slider = "Number(document.querySelector('#learning-rate-slider').value)";
    page.browser.wait_until(
        &format!("Math.abs({slider} - Math.log10(0.004)) < 0.06"),
        5.0,
        "the slider follows the box",
    );
    let at = page.browser.js(&format!("return {slider}"));
    page.browser.js("document.querySelector('#learning-rate-slider').focus()");
    page.browser.press(&[Key::Left, Key::Left]);
    page.browser.wait_until(&format!("{slider} < {at}"), 5.0, "the slider obeys keys");
    let lower = "Number(document.querySelector('#learning-rate').value) < 0.004";
    page.browser.wait_until(lower, 5.0, "the box follows the slider");
    page.wait(&format!("state === 'training' && step > {step} + 10"), 10.0, "the run goes on");

    page.set("Learning rate", "1000");
    page.wait("state === 'diverged'", 30.0, "an absurd rate breaks the run");
    page.browser.click(&page.browser.find("#notice-action"));
    page.wait(&format!("state === 'training' && step > {step}"), 10.0, "one click brings it back");
    page.assert_quiet();
}

fn looks_right_in_any_size_and_theme(engine: Engine) {
    let page = Page::training(Opening::on(Data::Strokes).engine(engine));
    page.wait("testLoss > 0", 30.0, "the first evaluation");
    page.pause();
    let wide = page.browser.js("return document.querySelector('#latent').width");
    page.browser.resize(700, 900);
    let fits = "document.documentElement.scrollWidth <= innerWidth && innerWidth < 800";
    page.browser.wait_until(fits, 5.0, "the page fits a narrow window");
    let redrawn = format!("document.querySelector('#latent').width !== {wide}");
    page.browser.wait_until(&redrawn, 5.0, "the plane takes the size that it has");
    page.browser.resize(1440, 1000);
    page.browser.wait_until(&format!("!({redrawn})"), 5.0, "and the one that it had");

    let corner = "(() => { const plane = document.querySelector('#latent');
        return [...plane.getContext('2d').getImageData(3, 3, 1, 1).data.slice(0, 3)].join(' ') })()";
    let paper = "getComputedStyle(document.body).backgroundColor";
    for (press, ground, plane) in [
        ("Theme: system", "rgb(251, 250, 247)", "255 255 255"),
        ("Theme: light", "rgb(19, 20, 23)", "25 27 31"),
    ] {
        page.press(press);
        page.browser.wait_until(&format!("{paper} === '{ground}'"), 5.0, "the page's ground");
        page.browser.wait_until(&format!("{corner} === '{plane}'"), 5.0, "the plane's, which is painted");
    }
    page.assert_quiet();
}

fn is_used_by_keys_alone(engine: Engine) {
    let page = Page::training(Opening::on(Data::Strokes).engine(engine));
    let press = |css: &str, key: Key| {
        page.browser.js_with("document.querySelector(arguments[0]).focus()", vec![css.into()]);
        page.browser.press(&[key]);
    };
    page.wait("step > 50", 60.0, "something to see");
    press("#play", Key::Space);
    page.wait("state === 'paused'", 5.0, "Space on Pause pauses");
    let step = page.number("step");
    press("#step", Key::Enter);
    page.wait(&format!("step === {} && state === 'paused'", step + 1.0), 5.0, "Enter on Step steps");

    page.browser.js("document.querySelector('#latent').focus()");
    // The first key ends the tour.
    page.browser.press(&[Key::Right]);
    let before = page.settled_z();
    page.browser.press(&[Key::Right, Key::Right, Key::Up]);
    let moved = format!(
        "Number(document.querySelector('#decoded').dataset.z1) > {} && Number(document.querySelector('#decoded').dataset.z2) > {}",
        before.0, before.1
    );
    page.browser.wait_until(&moved, 5.0, "arrows move the point");
    page.browser.press(&[Key::Enter]);
    page.browser.wait_until("!document.querySelector('#pins-figure').hidden", 5.0, "Enter pins it");

    press("#play", Key::Enter);
    page.wait(&format!("state === 'training' && step > {step} + 5"), 10.0, "Enter on Play plays");
    page.assert_quiet();
}

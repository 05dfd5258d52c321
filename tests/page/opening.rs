//! How the page opens: its size, controls before the program runs, and a server that does not answer.

use std::time::Duration;

use crate::support::page::{Data, Opening, Page};
use crate::support::server::{Fault, program_bytes};

/// The maximum size of the gzipped program: a little more than it has. Raise it only for a reason.
const MAX_BYTES: usize = 545_000;

#[test]
fn the_program_has_not_grown() {
    let bytes = program_bytes();
    assert!(bytes <= MAX_BYTES, "the program must be at most {MAX_BYTES} bytes gzipped, got {bytes}");
}

#[test]
fn a_manifest_that_never_comes_does_not_keep_the_page_waiting() {
    let silence = Fault::Throttled(Duration::from_secs(60));
    let page = Page::training(Opening::on(Data::Mnist).fault("data/manifest.json", silence));
    assert_eq!(page.data("dataset"), Data::Synthetic.name());

    let dead = page.browser.js(
        "return fetch(location.href).then((answer) => answer.text()).then((text) =>
             new DOMParser().parseFromString(text, 'text/html')
                 .querySelectorAll('#play:disabled, #preset:disabled, #learning-rate:disabled, #save:disabled').length)",
    );
    assert_eq!(dead, 4, "controls look alive before the program runs");
    let alive = page.browser.js("return document.querySelectorAll('fieldset:disabled').length");
    assert_eq!(alive, 0, "the program has not enabled its controls");
    page.assert_quiet();
}

#[test]
fn an_error_of_another_script_does_not_stop_the_page_and_one_of_its_own_does() {
    let page = Page::training(Opening::on(Data::Few).speed(100));
    page.browser.js("setTimeout(() => { throw new Error('of an extension') });
         Promise.reject(new Error('of an extension'));
         Promise.reject('of an extension');
         const script = document.createElement('script');
         script.src = 'https://extension.invalid/content.js';
         window.failed = new Promise((failed) => script.addEventListener('error', () => setTimeout(failed)));
         document.head.append(script)");
    page.browser.js("return window.failed.then(() => 'it was not loaded')");
    let step = page.number("step");
    page.wait(&format!("state === 'training' && step > {step}"), 5.0, "training continues");
    assert_eq!(page.notice(), "");

    page.browser.js("const { wasm } = document.querySelector('script[data-program]').dataset;
         dispatchEvent(new ErrorEvent('error', { error: new Error('of its own'), filename: wasm }))");
    assert_eq!(page.data("state"), "failed");
    let notice = page.notice();
    assert!(notice.contains("has stopped because of a bug") && notice.ends_with("of its own"), "{notice}");
}

#[test]
fn a_clock_of_100_ms_costs_no_frames_and_the_rate_is_the_rate_made() {
    // Protection against fingerprinting, imitated: every time is a multiple of 100 ms.
    let coarse = "const fine = performance.now.bind(performance);
        window.fine = fine;
        performance.now = () => Math.floor(fine() / 100) * 100;
        const request = requestAnimationFrame.bind(window);
        window.requestAnimationFrame = (run) => request((time) => run(Math.floor(time / 100) * 100));";
    let page = Page::training(Opening::on(Data::Few).alone().script(coarse));
    let step = page.number("step");
    page.wait(&format!("step > {step} + 2000"), 60.0, "the number of steps in a frame is found");
    let measured = page.browser.js("const app = document.getElementById('app');
         const [step, start] = [Number(app.dataset.step), fine()];
         let [frames, shown] = [0, 0];
         return new Promise((done) => requestAnimationFrame(function count() {
             frames += 1;
             shown += Number(app.dataset.stepsPerSecond);
             const seconds = (fine() - start) / 1000;
             if (seconds < 5) return requestAnimationFrame(count);
             done([frames / seconds, (Number(app.dataset.step) - step) / seconds, shown / frames]);
         }))");
    let [frames, made, shown]: [f64; 3] = serde_json::from_value(measured).expect("three rates");
    assert!(frames > 15.0, "{frames} frames a second");
    assert!((shown / made - 1.0).abs() < 0.25, "{shown} steps a second are shown, {made} are made");
    page.assert_quiet();
}

#[test]
fn on_a_slow_line_the_page_says_what_it_waits_for() {
    let images = "data/mnist/train-images-idx3-ubyte.gz";
    let line = Fault::Throttled(Duration::from_millis(1_500));
    let page = Page::open(Opening::on(Data::Few).fault(images, line));
    let waits = "/^waits for more digits \\([\\d,]+ of 1,000\\)$/.test(document.querySelector('#progress-label').textContent)";
    page.browser.wait_until(waits, 20.0, "the run waits");
    assert_eq!(
        (page.text("#figure-examples-rate").as_str(), page.data("steps-per-second").as_str()),
        ("–", "")
    );
    for width in [1440, 1000, 390] {
        page.emulate_screen((width, 900), 1, width == 390);
        let covered = "const label = document.querySelector('#progress-label').getBoundingClientRect();
            const strip = document.querySelector('.setups').getBoundingClientRect();
            return [...document.querySelectorAll('.setups button')].map((button) => button.getBoundingClientRect())
                .filter((box) => box.top < label.bottom && box.bottom > label.top
                    && Math.min(box.right, strip.right) > label.left && box.left < label.right).length";
        assert_eq!(page.browser.js(covered), 0, "the label is covered at {width} px");
    }
    page.server.mend(images);
    page.wait("images === 1000", 60.0, "all have come");
    page.browser.wait_until("document.querySelector('#progress-label').hidden", 5.0, "it waits no longer");
}

//! What the views show when they are asked: the digit behind a point, the loss at a step, the page in the dark.

use crate::support::page::{Data, Opening, Page};

/// Finds the middle of a coloured disc on the plane, in CSS px of the window.
const A_POINT: &str = "
    const canvas = document.querySelector('#latent');
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const coloured = (x, y) => {
        const at = 4 * (y * width + x);
        return Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 60;
    };
    const box = canvas.getBoundingClientRect();
    for (let y = 40; y < height - 40; y++)
        for (let x = 40; x < width - 40; x++)
            if ([[0, 0], [2, 0], [-2, 0], [0, 2], [0, -2]].every(([dx, dy]) => coloured(x + dx, y + dy)))
                return [box.left + x * box.width / width, box.top + y * box.height / height];
    return null";

#[test]
fn a_point_shows_the_digit_that_it_stands_for() {
    let page = Page::training(Opening::on(Data::best()).speed(300));
    page.wait("testLoss > 0 && step > 300", 15.0, "something to see");
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");
    let shown = "!document.querySelector('#original-figure').hidden";
    assert_eq!(page.browser.js(&format!("return {shown}")), false, "no digit is chosen yet");
    // Points glide on for a moment after the last step.
    page.settled_pixels("#latent");
    let at = serde_json::from_value(page.browser.js(A_POINT)).expect("a coloured point on the plane");
    page.browser.click_at(at);
    page.browser.wait_until(shown, 2.0, "the digit behind the point");
    let caption = page.browser.js("return document.querySelector('#original-caption').textContent");
    assert!(caption.as_str().is_some_and(|text| text.contains("test digit")), "{caption}");
    let inked =
        "const { data } = document.querySelector('#original').getContext('2d').getImageData(0, 0, 57, 28);
        const half = (from, to) => { let sum = 0;
            for (let y = 0; y < 28; y++) for (let x = from; x < to; x++) sum += 255 - data[4 * (57 * y + x)];
            return sum / 255; };
        return [half(0, 28), half(29, 57)]";
    let inked: (f64, f64) = serde_json::from_value(page.browser.js(inked)).expect("the ink of two digits");
    assert!(inked.0 > 20.0 && inked.1 > 20.0, "ink of input and output: {inked:?}");

    page.press("Clear");
    page.browser.wait_until(&format!("!({shown})"), 2.0, "no digit is chosen any longer");
    page.assert_quiet();
}

#[test]
fn the_chart_is_read_and_the_theme_is_turned() {
    let page = Page::training(Opening::on(Data::best()).speed(300));
    page.wait("testLoss > 0 && step > 300", 15.0, "a curve to read");
    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");

    let readout = "document.querySelector('#loss-readout').textContent";
    page.browser.hover(page.point("#loss", 0.6, 0.5));
    page.browser.wait_until(&format!("/step [0-9,]+.*0\\.0[0-9]+/.test({readout})"), 2.0, "values are read");
    page.browser.hover((2.0, 2.0));
    page.browser.wait_until(&format!("{readout} === 'mean squared error per pixel'"), 2.0, "its unit again");

    let linear = page.pixels("#loss");
    page.browser.click(&page.browser.find("#loss-log"));
    let wait_for_other = |before: &str, what: &str| {
        let other = format!("document.querySelector('#loss').toDataURL() !== '{before}'");
        page.browser.wait_until(&other, 2.0, what);
    };
    wait_for_other(&linear, "a logarithmic axis looks otherwise");
    let logarithmic = page.pixels("#loss");
    let theme = || page.browser.js("return document.documentElement.dataset.theme ?? null");
    page.press("Theme: system");
    assert_eq!(theme(), "light");
    page.press("Theme: light");
    wait_for_other(&logarithmic, "another theme has other colours");
    assert_eq!(theme(), "dark");
    page.load();
    page.browser.wait_until("document.querySelector('#app')?.dataset.step > 0", 15.0, "the page opens again");
    assert_eq!(theme(), "dark", "the choice is stored");
    page.press("Theme: dark");
    page.button("Theme: system");
    assert_eq!(theme(), serde_json::Value::Null, "there is a way back to the system's theme");
    page.assert_quiet();
}

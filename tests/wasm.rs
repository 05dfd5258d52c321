//! What must hold in a browser: run by `make test` in headless Chromium.
#![cfg(target_arch = "wasm32")]

use bottleneck::data::{PIXELS, synthetic};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The most that drawing a digit may take, in milliseconds.
const MOST: f64 = 0.040;

#[wasm_bindgen_test]
fn strokes_have_the_ink_of_handwriting_in_a_browser_too() {
    let mut pixels = [0; PIXELS];
    let (mut sum, mut squares) = (0.0, 0.0);
    for index in 0..2_000 {
        assert_eq!(u32::from(synthetic::draw(1, index, &mut pixels)), index % 10);
        for level in pixels.map(|pixel| f64::from(pixel) / 255.0) {
            sum += level;
            squares += level * level;
        }
    }
    let count = 2_000.0 * PIXELS as f64;
    let mean = sum / count;
    let sd = (squares / count - mean * mean).sqrt();
    assert!((0.125..0.140).contains(&mean), "mean {mean}");
    assert!((0.295..0.320).contains(&sd), "standard deviation {sd}");
}

#[wasm_bindgen_test]
fn a_digit_is_drawn_in_time() {
    let clock = web_sys::window().and_then(|window| window.performance()).expect("a clock");
    let mut pixels = [0; PIXELS];
    // The best of many rounds: other programs may have the processor in some of them.
    let round = |first: u32| {
        let start = clock.now();
        (first..first + 200).for_each(|index| {
            synthetic::draw(1, index, &mut pixels);
        });
        (clock.now() - start) / 200.0
    };
    let best = (0..20).map(|i| i * 200).map(round).fold(f64::INFINITY, f64::min);
    assert!(best <= MOST, "{best} ms for a digit");
}

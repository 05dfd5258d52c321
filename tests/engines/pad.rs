//! A digit drawn by hand.

use crate::support::driver::Engine;
use crate::support::page::{Data, Opening, Page};

in_each_engine! { a_drawn_digit_goes_through_the_network }

fn a_drawn_digit_goes_through_the_network(engine: Engine) {
    let page = Page::training(Opening::on(Data::Strokes).engine(engine));
    page.press("Draw a digit");
    let is_open = "document.querySelector('#pad').getClientRects().length > 0";
    page.browser.wait_until(is_open, 5.0, "the pad is open");
    let blank = page.pixels("#pad");
    page.browser.drag(page.point("#pad", 0.5, 0.15), page.point("#pad", 0.55, 0.85));
    let told = "document.querySelector('#pad-text').innerText.includes('Error 0.')";
    page.browser.wait_until(told, 5.0, "the error of what was drawn");
    assert_ne!(page.pixels("#pad"), blank);
    page.press("Clear");
    page.browser.wait_until(&format!("!({told})"), 5.0, "nothing is drawn");
    page.assert_quiet();
}

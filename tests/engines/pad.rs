//! A digit drawn by hand.

use crate::support::driver::Engine;
use crate::support::page::{Data, Opening, Page};

in_each_engine! { a_drawn_digit_goes_through_the_network }

fn a_drawn_digit_goes_through_the_network(engine: Engine) {
    let page = Page::rested(Opening::on(Data::Few).engine(engine), 50);
    page.press("Draw a digit");
    page.wait_until_visible("#pad", "the pad is open");
    let blank = page.pixels("#pad");
    page.browser.drag(page.point("#pad", 0.5, 0.15), page.point("#pad", 0.55, 0.85));
    page.wait_for_text("#pad-text", "Error 0.", "its error");
    assert_ne!(page.pixels("#pad"), blank);
    page.press("Clear");
    page.wait_until_of("#pad-text", "!$.innerText.includes('Error 0.')", "nothing is drawn");
    page.assert_quiet();
}

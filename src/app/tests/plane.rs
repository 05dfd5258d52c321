//! The plane, and what is drawn of what is pointed at.

use super::*;

fn encoded() -> Page {
    let mut page = Page::with_mnist("batch=10");
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.plane().cloud().points.len() == 60);
    page
}

/// The numbers of the code that is pointed at.
fn focus(page: &Page) -> Vec<f32> {
    page.app.plane().focus().to_vec()
}

#[test]
fn pointing_comes_before_pins_and_leaving_gives_the_pin_back() {
    let mut page = encoded();
    page.send(PlaneMsg::PointAt(Some([0.6, 0.55])));
    let (there, at) = (page.app.decoded().to_vec(), focus(&page));
    page.send(PlaneMsg::PinFocus);
    page.send(PlaneMsg::PointAt(Some([0.3, 0.3])));
    assert_ne!(focus(&page), at);
    assert_ne!(page.app.decoded(), there);
    page.send(PlaneMsg::PointAt(None));
    assert_eq!((focus(&page), page.app.decoded()), (at.clone(), there.as_slice()));
    page.send(PlaneMsg::Nudge(0.5, 0.0));
    assert!(focus(&page)[0] > at[0]);
    page.send(PlaneMsg::PointAt(Some([f32::NAN, 0.0])));
    assert_eq!(focus(&page), at);
}

#[test]
fn a_click_pins_the_digit_that_is_near_and_else_the_place() {
    let mut page = encoded();
    let plane = page.app.plane();
    let (x, y) = plane.bounds().to_px(plane.cloud().points[7].into(), 1.0);
    let nearest = plane.cloud().nearest(plane.bounds(), 1.0, (x, y), 0.01).unwrap();
    page.send(PlaneMsg::Pick { at: [x, y], reach: 0.01 });
    assert_eq!(page.app.plane().selected(), Some(nearest));
    page.send(PlaneMsg::Pick { at: [0.001, 0.001], reach: 0.0 });
    assert_eq!((page.app.plane().selected(), page.app.plane().pins().len()), (None, 2));
    let place = page.app.plane().focus_place();
    assert!(place[0] < page.app.plane().bounds().centre().0);
}

#[test]
fn shapes_are_those_of_what_there_is() {
    let mut page = Page::with_mnist("batch=10");
    assert_eq!((page.app.decoded().len(), page.app.pinned().len()), (PIXELS, 0));
    assert!(page.app.selected().is_none());
    page.until(|app| app.reconstructions().1.len() == SHOWN * PIXELS);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(30);
    let (inputs, outputs) = page.app.reconstructions();
    assert_eq!((inputs.len(), outputs.len()), (SHOWN * PIXELS, SHOWN * PIXELS));

    page.frame();
    page.until(|app| app.plane().cloud().points.len() == 60);
    (0..9).for_each(|i| page.app.plane.pin(Pin::Digit(i)));
    assert_eq!((page.app.plane().pins().len(), page.app.pinned().len()), (MAX_PINS, MAX_PINS * PIXELS));
    let reconstruction = page.app.reconstructions().1[8 * PIXELS..9 * PIXELS].to_vec();
    let image = page.app.dataset().pair().test.image(8).to_vec();
    assert_eq!(page.app.selected(), Some((image.as_slice(), Some(8), reconstruction.as_slice())));
    page.app.plane.pin(Pin::Digit(1_000_000));
    assert_eq!(page.app.plane().selected(), Some(8), "a digit that is not there is not pinned");
    page.send(PlaneMsg::ClearPins);
    assert!(page.app.selected().is_none());

    // Before anything has arrived, and with fewer digits than places for them.
    let mut page = Page::open("", true);
    assert_eq!(page.app.decoded().len(), PIXELS);
    assert_eq!(page.app.reconstructions(), (&[][..], &[][..]));
    page.download(1_200, 7, 7);
    page.until(|app| app.dataset().progress().is_none() && !app.reconstructions().1.is_empty());
    assert_eq!((page.app.shown(), page.app.reconstructions().1.len()), (7, 7 * PIXELS));
}

#[test]
fn classes_are_hidden_and_shown() {
    let mut page = encoded();
    page.send(PlaneMsg::ToggleClass(3));
    page.send(PlaneMsg::ToggleClass(200));
    page.send(PlaneMsg::ToggleClass(4));
    page.send(PlaneMsg::ToggleClass(3));
    let hidden = page.app.plane().hidden();
    assert!(hidden.contains(4) && hidden.contains(200) && !hidden.contains(3));
    page.send(PlaneMsg::ShowAllClasses);
    assert!(page.app.plane().hidden().is_empty());
}

#[test]
fn a_pinned_digit_follows_the_network_and_other_images_unpin_it() {
    let mut page = Page::with_mnist("batch=10");
    page.until(|app| app.plane().cloud().points.len() == 60);
    page.app.plane.pin(Pin::Digit(5));
    let before = page.app.plane().focus();
    page.frames(10);
    assert_ne!(page.app.plane().focus(), before);
    page.send(PlaybackMsg::Reset);
    assert_eq!(page.app.plane().selected(), Some(5));
    page.set(Field::Dataset, "strokes");
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Synthetic);
    assert!(page.app.plane().pins().is_empty());
    assert_eq!(page.app.selected(), None);
}

#[test]
fn a_single_number_is_a_line_with_a_strip_for_each_class() {
    let mut page = Page::with_mnist("batch=10&network=784-20t-1-20t-784");
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.plane().cloud().points.len() == 60);
    page.frames(300);
    let plane = page.app.plane();
    let heights: Vec<_> = (0..10).map(|digit| plane.cloud().points[digit][1]).collect();
    assert!(heights.is_sorted_by(|above, below| above > below), "zeros on top: {heights:?}");
    page.send(PlaneMsg::PointAt(Some([0.8, 0.1])));
    let (right, digit) = (focus(&page), page.app.decoded().to_vec());
    page.send(PlaneMsg::PointAt(Some([0.8, 0.9])));
    assert_eq!(
        (focus(&page), page.app.decoded()),
        (right.clone(), digit.as_slice()),
        "up and down is not a number"
    );
    page.send(PlaneMsg::PointAt(Some([0.2, 0.1])));
    assert!(focus(&page)[0] < right[0]);
    page.frames(50);
}

#[test]
fn of_a_longer_code_two_numbers_are_shown_and_the_others_are_the_pinned_digits() {
    let mut page = Page::with_mnist("batch=10&network=784-20t-6-20t-784");
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.plane().cloud().points.len() == 60);
    page.send(PlaneMsg::PointAt(Some([0.7, 0.7])));
    assert!(focus(&page)[2..].iter().all(|&z| z == 0.0), "{:?}", focus(&page));
    page.app.plane.pin(Pin::Digit(5));
    let code = focus(&page);
    assert!(code.len() == 6 && code.iter().all(|&z| z != 0.0), "{code:?}");
    let reconstruction = page.app.selected().unwrap().2.to_vec();
    assert_eq!(page.app.decoded(), reconstruction);

    page.send(PlaneMsg::Axis(0, 3));
    page.send(PlaneMsg::Axis(1, 5));
    page.send(PlaneMsg::Axis(1, 6));
    page.send(PlaneMsg::Axis(9, 0));
    assert_eq!(page.app.plane().axes(), [3, 5]);
    page.send(PlaneMsg::Nudge(0.5, -0.5));
    let moved = focus(&page);
    assert!(moved[3] > code[3] && moved[5] < code[5]);
    assert_eq!([moved[0], moved[1], moved[2], moved[4]], [code[0], code[1], code[2], code[4]]);
    page.send(PlaneMsg::PinFocus);
    page.set(Setting::Network, "784 20t 2 20t 784");
    page.until(|app| app.plane().cloud().points.len() == 60);
    assert_eq!((page.app.plane().axes(), focus(&page).len()), ([0, 1], 2));
    page.send(RunsMsg::Undo);
    page.frames(50);
    assert_eq!(focus(&page).len(), 2, "a run without a step is not kept");
}

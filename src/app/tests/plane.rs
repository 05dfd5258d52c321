//! The plane, and what is drawn of what is pointed at.

use super::*;

fn encoded() -> Page {
    let mut page = Page::with_mnist("batch=10");
    page.send(Msg::TogglePlay);
    page.frames(3);
    assert_eq!(page.app.plane().points().len(), 60);
    page
}

#[test]
fn pointing_comes_before_pins_and_leaving_gives_the_pin_back() {
    let mut page = encoded();
    page.send(Msg::PointAt(Some([0.2, -0.1])));
    let there = page.app.decoded().to_vec();
    page.send(Msg::PinFocus);
    page.send(Msg::PointAt(Some([-0.4, 0.4])));
    assert_eq!(page.app.plane().focus(), [-0.4, 0.4]);
    assert_ne!(page.app.decoded(), there);
    page.send(Msg::PointAt(None));
    assert_eq!((page.app.plane().focus(), page.app.decoded()), ([0.2, -0.1], there.as_slice()));
    page.send(Msg::Nudge(0.5, 0.0));
    assert!(page.app.plane().focus()[0] > 0.2);
    page.send(Msg::PointAt(Some([f32::NAN, 0.0])));
    assert_eq!(page.app.plane().focus(), [0.2, -0.1]);
}

#[test]
fn shapes_are_those_of_what_there_is() {
    let mut page = Page::with_mnist("batch=10");
    assert_eq!((page.app.decoded().len(), page.app.pinned().len()), (PIXELS, 0));
    assert!(page.app.selected().is_none());
    let (inputs, outputs) = page.app.reconstructions();
    assert_eq!((inputs.len(), outputs.len()), (50 * PIXELS, 50 * PIXELS));

    page.frame();
    (0..9).for_each(|i| page.send(Msg::Pin(Pin::Digit(i))));
    assert_eq!((page.app.plane().pins().len(), page.app.pinned().len()), (MOST_PINS, MOST_PINS * PIXELS));
    let reconstruction = page.app.reconstructions().1[8 * PIXELS..9 * PIXELS].to_vec();
    let image = page.app.test.image(8).to_vec();
    assert_eq!(page.app.selected(), Some((image.as_slice(), Some(8), reconstruction.as_slice())));
    page.send(Msg::Pin(Pin::Digit(1_000_000)));
    assert_eq!(page.app.plane().selected(), Some(8), "a digit that is not there is not pinned");
    page.send(Msg::ClearPins);
    assert!(page.app.selected().is_none());

    // Before anything has arrived, and with fewer digits than places for them.
    let mut page = Page::open("", true);
    assert_eq!(page.app.decoded().len(), PIXELS);
    assert_eq!(page.app.reconstructions(), (&[][..], &[][..]));
    page.download(1_200, 7, 7);
    page.until(|app| app.progress().is_none());
    assert_eq!((page.app.shown(), page.app.reconstructions().1.len()), (7, 7 * PIXELS));
}

#[test]
fn classes_are_hidden_and_shown() {
    let mut page = encoded();
    page.send(Msg::ToggleClass(3));
    page.send(Msg::ToggleClass(200));
    assert!(page.app.plane().hidden().contains(3) && page.app.plane().hidden().contains(200));
    page.send(Msg::ToggleClass(4));
    page.send(Msg::ToggleClass(3));
    assert!(page.app.plane().hidden().contains(4) && !page.app.plane().hidden().contains(3));
    page.send(Msg::ShowAllClasses);
    assert!(page.app.plane().hidden().is_empty());
}

#[test]
fn a_pinned_digit_follows_the_network_and_other_images_unpin_it() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(2);
    page.send(Msg::Pin(Pin::Digit(5)));
    let before = page.app.plane().focus();
    page.frames(10);
    assert_ne!(page.app.plane().focus(), before);
    page.send(Msg::Reset);
    assert_eq!(page.app.plane().selected(), Some(5));
    page.set(Field::Dataset, "strokes");
    assert_eq!(page.app.plane().pins(), []);
    assert_eq!(page.app.selected(), None);
}

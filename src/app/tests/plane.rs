//! The plane, the selection and the pins.

use super::*;

fn encoded() -> Page {
    let mut page = Page::with_mnist("batch=10");
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.plane().cloud().points.len() == 60);
    page
}

/// The code of the selection.
fn focus(page: &Page) -> Vec<f32> {
    page.app.plane().focus().to_vec()
}

#[test]
fn the_pointer_takes_precedence_over_pins_until_it_leaves() {
    let mut page = encoded();
    page.send(PlaneMsg::PointAt(Some([0.6, 0.55])));
    let (there, at) = (page.app.outputs().decoded().to_vec(), focus(&page));
    page.send(PlaneMsg::PinFocus);
    page.send(PlaneMsg::PointAt(Some([0.3, 0.3])));
    assert_ne!(focus(&page), at);
    assert_ne!(page.app.outputs().decoded(), there);
    page.send(PlaneMsg::PointAt(None));
    assert_eq!((focus(&page), page.app.outputs().decoded()), (at.clone(), there.as_slice()));
    page.send(PlaneMsg::Nudge(0.5, 0.0));
    assert!(focus(&page)[0] > at[0]);
    page.send(PlaneMsg::PointAt(Some([f32::NAN, 0.0])));
    assert_eq!(focus(&page), at);
}

#[test]
fn a_click_pins_the_digit_within_reach_or_else_the_place() {
    let mut page = encoded();
    let plane = page.app.plane();
    let (x, y) = plane.bounds().to_px(plane.cloud().points[7].into(), 1.0);
    let nearest = plane.cloud().nearest(plane.bounds(), 1.0, (x, y), 0.01).unwrap();
    page.send(PlaneMsg::Pick { at: [x, y], reach: 0.01 });
    assert_eq!(page.app.plane().selected(), Some(nearest));
    page.send(PlaneMsg::Pick { at: [0.001, 0.001], reach: 0.0 });
    assert_eq!((page.app.plane().selected(), page.app.plane().pins.len()), (None, 2));
    let place = page.app.plane().focus_place();
    assert!(place[0] < page.app.plane().bounds().centre().0);
}

#[test]
fn outputs_have_the_shapes_of_what_there_is() {
    let mut page = Page::with_mnist("batch=10");
    assert_eq!((page.app.outputs().decoded().len(), page.app.outputs().pinned().len()), (PIXELS, 0));
    assert!(page.app.outputs().selected().is_none());
    page.until(|app| app.outputs().reconstructions().1.len() == RECONSTRUCTION_COUNT * PIXELS);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(30);
    let (inputs, outputs) = page.app.outputs().reconstructions();
    assert_eq!((inputs.len(), outputs.len()), (RECONSTRUCTION_COUNT * PIXELS, RECONSTRUCTION_COUNT * PIXELS));

    page.frame();
    page.until(|app| app.plane().cloud().points.len() == 60);
    (0..9).for_each(|i| page.app.update(PlaneMsg::PinDigit(i)));
    assert_eq!(
        (page.app.plane().pins.len(), page.app.outputs().pinned().len()),
        (MAX_PINS, MAX_PINS * PIXELS)
    );
    let reconstruction = page.app.outputs().reconstructions().1[8 * PIXELS..9 * PIXELS].to_vec();
    let image = page.app.dataset().pair().test.image(8).to_vec();
    assert_eq!(page.app.outputs().selected(), Some((image.as_slice(), Some(8), reconstruction.as_slice())));
    page.app.update(PlaneMsg::PinDigit(1_000_000));
    assert_eq!(page.app.plane().selected(), Some(8), "a digit that does not exist is not pinned");
    page.send(PlaneMsg::ClearPins);
    assert!(page.app.outputs().selected().is_none());

    // Before any image has loaded, and with fewer digits than are shown.
    let mut page = Page::open("", true);
    assert_eq!(page.app.outputs().decoded().len(), PIXELS);
    assert_eq!(page.app.outputs().reconstructions(), (&[][..], &[][..]));
    page.download(1_200, 7, 7);
    page.until(|app| app.dataset().progress().is_none() && !app.outputs().reconstructions().1.is_empty());
    assert_eq!(page.app.outputs().reconstructions().1.len(), 7 * PIXELS);
}

#[test]
fn classes_are_hidden_and_shown() {
    let mut page = encoded();
    page.send(PlaneMsg::ToggleClass(3));
    page.send(PlaneMsg::ToggleClass(200));
    page.send(PlaneMsg::ToggleClass(4));
    page.send(PlaneMsg::ToggleClass(3));
    let hidden = page.app.plane().hidden;
    assert!(hidden.contains(4) && hidden.contains(200) && !hidden.contains(3));
    page.send(PlaneMsg::ShowAllClasses);
    assert!(page.app.plane().hidden.is_empty());
}

#[test]
fn a_pinned_digit_follows_the_network_until_the_dataset_changes() {
    let mut page = Page::with_mnist("batch=10");
    page.until(|app| app.plane().cloud().points.len() == 60);
    page.app.update(PlaneMsg::PinDigit(5));
    let before = page.app.plane().focus();
    page.frames(10);
    assert_ne!(page.app.plane().focus(), before);
    page.send(PlaybackMsg::Reset);
    assert_eq!(page.app.plane().selected(), Some(5));
    page.set(Field::Dataset, "strokes");
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Synthetic);
    assert!(page.app.plane().pins.is_empty());
    assert_eq!(page.app.outputs().selected(), None);
}

#[test]
fn a_code_of_one_dimension_is_a_line_with_a_strip_for_each_class() {
    let mut page = Page::with_mnist("batch=10&network=784-20t-1-20t-784");
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.plane().cloud().points.len() == 60);
    page.frames(300);
    let plane = page.app.plane();
    let heights: Vec<_> = (0..10).map(|digit| plane.cloud().points[digit][1]).collect();
    assert!(heights.is_sorted_by(|above, below| above > below), "zeros on top: {heights:?}");
    page.send(PlaneMsg::PointAt(Some([0.8, 0.1])));
    let (right, digit) = (focus(&page), page.app.outputs().decoded().to_vec());
    page.send(PlaneMsg::PointAt(Some([0.8, 0.9])));
    assert_eq!(
        (focus(&page), page.app.outputs().decoded()),
        (right.clone(), digit.as_slice()),
        "the y axis has no meaning"
    );
    page.send(PlaneMsg::PointAt(Some([0.2, 0.1])));
    assert!(focus(&page)[0] < right[0]);
    page.frames(50);
}

#[test]
fn of_a_longer_code_two_dimensions_are_shown_and_the_others_are_those_of_the_pin() {
    let mut page = Page::with_mnist("batch=10&network=784-20t-6-20t-784");
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.plane().cloud().points.len() == 60);
    page.send(PlaneMsg::PointAt(Some([0.7, 0.7])));
    assert!(focus(&page)[2..].iter().all(|&z| z == 0.0), "{:?}", focus(&page));
    page.app.update(PlaneMsg::PinDigit(5));
    let code = focus(&page);
    assert!(code.len() == 6 && code.iter().all(|&z| z != 0.0), "{code:?}");
    let reconstruction = page.app.outputs().selected().unwrap().2.to_vec();
    assert_eq!(page.app.outputs().decoded(), reconstruction);

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
    page.send(RunsMsg::Back);
    page.frames(50);
    assert_eq!(focus(&page).len(), 2, "a run without a step is not kept");
}

#[test]
fn a_page_that_opens_with_the_default_settings_knows_its_layers() {
    let mut page = Page::waiting("");
    page.send(PlaneMsg::View(View::Layer(1)));
    assert_eq!(page.app.plane().view(), View::Layer(1));
    page.send(InspectMsg::Toggle(5));
    assert_eq!(page.app.inspect().layer.layer, Some(5));
}

//! The tools of the plane: camera, layers, path, circle, overlays and colouring.

use super::*;

fn encoded(fragment: &str) -> Page {
    let mut page = Page::with_mnist(fragment);
    page.send(PlaybackMsg::TogglePlay);
    page.until(|app| app.plane().cloud().points.len() == 60);
    page.frames(200);
    page
}

fn plane(page: &Page) -> &Plane {
    page.app.plane()
}

#[test]
fn a_held_camera_does_not_move_while_the_network_learns_and_the_manifold_is_decoded_for_it() {
    let mut page = encoded("batch=10");
    let whole = *plane(&page).bounds();
    page.send(PlaneMsg::Zoom { at: Some([0.25, 0.25]), factor: 4.0, smoothly: false });
    let held = *plane(&page).bounds();
    assert!(plane(&page).is_held() && held.half_width() < 0.3 * whole.half_width());
    page.frames(400);
    let first = plane(&page).manifold().unwrap().points().next().unwrap();
    assert!(held.contains(first.into()), "{first:?} is not within {held:?}");
    page.send(PlaybackMsg::TogglePlay);
    page.frames(40);
    assert_eq!(*plane(&page).bounds(), held);
    page.send(PlaneMsg::Pan(0.5, 0.0));
    assert!((plane(&page).bounds().x0 - (held.x0 - held.half_width())).abs() < 1e-4);
    page.send(PlaneMsg::Fit);
    page.frames(300);
    assert!(!plane(&page).is_held() && plane(&page).bounds().half_width() > 2.0 * held.half_width());
}

#[test]
fn a_double_click_zooms_and_leaves_no_pin_behind() {
    let mut page = encoded("batch=10");
    page.send(PlaneMsg::Pick { at: [0.5, 0.5], reach: 0.0 });
    page.send(PlaneMsg::Pick { at: [0.2, 0.8], reach: 0.0 });
    page.send(PlaneMsg::DoublePick([0.2, 0.8]));
    assert!(plane(&page).pins.iter().map(|(number, _)| number).eq([0]));
    let half = plane(&page).bounds().half_width();
    page.frames(60);
    assert!((plane(&page).bounds().half_width() * 2.0 / half - 1.0).abs() < 0.01);
    page.send(PlaneMsg::DoublePick([0.2, 0.8]));
    assert_eq!(plane(&page).pins.len(), 1, "a double click whose first half was elsewhere unpins nothing");
}

#[test]
fn pins_keep_their_numbers_when_others_are_removed() {
    let mut page = encoded("batch=10");
    for at in [[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]] {
        page.send(PlaneMsg::Pick { at, reach: 0.0 });
    }
    let numbers = |page: &Page| plane(page).pins.iter().map(|(number, _)| number).collect::<Vec<_>>();
    page.send(PlaneMsg::RemovePin(1));
    assert_eq!(numbers(&page), [0, 2]);
    page.send(PlaneMsg::PointAt(Some([0.11, 0.1])));
    page.send(PlaneMsg::RemovePinHere(0.03));
    assert_eq!(numbers(&page), [2], "the one under the pointer");
    page.send(PlaneMsg::PointAt(Some([0.5, 0.1])));
    page.send(PlaneMsg::RemovePinHere(0.03));
    assert_eq!(numbers(&page), [2], "none is near");
    page.send(PlaneMsg::RemovePin(77));
    page.send(PlaneMsg::PointAt(None));
    page.send(PlaneMsg::RemovePinHere(0.03));
    assert!(plane(&page).pins.is_empty(), "the newest, without a pointer");
}

#[test]
fn digits_are_placed_by_two_units_of_another_layer_and_the_nearest_is_selected() {
    let mut page = encoded("batch=10&network=784-20t-2-15s-784");
    page.send(PlaneMsg::View(View::Layer(2)));
    page.send(PlaneMsg::Axis(0, 7));
    page.send(PlaneMsg::Axis(1, 14));
    page.send(PlaneMsg::Axis(1, 15));
    assert_eq!((plane(&page).axes(), plane(&page).is_decodable()), ([7, 14], false));
    page.frames(200);
    let points = plane(&page).cloud().points.to_vec();
    assert!(points.iter().flatten().all(|x| (0.0..=1.0).contains(x)), "a sigmoid's: {points:?}");
    assert!(plane(&page).manifold().is_none() && plane(&page).gradient_arrows().is_none());

    let (x, y) = plane(&page).bounds().to_px(points[7].into(), 1.0);
    page.send(PlaneMsg::PointAt(Some([x, y])));
    let nearest = plane(&page).cloud().nearest(plane(&page).bounds(), 1.0, (x, y), 1.0).unwrap();
    let reconstruction =
        page.app.outputs().reconstructions().1[nearest * PIXELS..(nearest + 1) * PIXELS].to_vec();
    assert_eq!(page.app.outputs().decoded(), reconstruction);
    assert_eq!(page.app.plane().focus_place(), points[nearest]);
    page.send(PlaneMsg::Pick { at: [0.01, 0.01], reach: 0.0 });
    assert!(plane(&page).selected().is_some(), "a place is no code: the nearest digit is pinned");
    page.send(PlaneMsg::PinFocus);
    assert!(plane(&page).pins.iter().all(|(_, pin)| matches!(pin, Pin::Digit(_))));

    for invalid in [View::Layer(9), View::Principal] {
        page.send(PlaneMsg::View(invalid));
        assert_eq!(plane(&page).view(), View::Units(2));
    }
    page.send(PlaneMsg::View(View::Layer(0)));
    page.frames(100);
    page.set(Setting::Network, "784 20t 3 784");
    assert_eq!(plane(&page).view(), View::Code, "another network has other layers");
    page.frames(100);
}

#[test]
fn principal_components_of_a_longer_code_are_shown_and_decoded() {
    let mut page = encoded("batch=10&network=784-20t-6-20t-784");
    page.send(PlaneMsg::View(View::Principal));
    page.frames(300);
    let points = plane(&page).cloud().points.to_vec();
    let mean = |axis: usize| points.iter().map(|p| p[axis]).sum::<f32>() / points.len() as f32;
    let spread = |axis: usize| points.iter().map(|p| p[axis] * p[axis]).sum::<f32>();
    let product = points.iter().map(|p| p[0] * p[1]).sum::<f32>();
    assert!(mean(0).abs() < 1e-3 && mean(1).abs() < 1e-3, "components are centred");
    assert!(spread(0) >= spread(1) && product.abs() < 1e-2 * spread(0), "{product} {}", spread(0));
    page.send(PlaneMsg::PointAt(Some([0.3, 0.6])));
    let place = plane(&page).focus_place();
    let code = plane(&page).focus();
    page.send(PlaneMsg::PinFocus);
    let (_, pin) = plane(&page).pins.iter().next().unwrap();
    let back = plane(&page).place(pin);
    assert!(code.len() == 6 && (back[0] - place[0]).abs() + (back[1] - place[1]).abs() < 1e-3);
    assert!(plane(&page).manifold().is_some());
}

#[test]
fn another_layer_is_first_shown_by_its_principal_components() {
    let mut page = encoded("batch=10&network=784-20t-2-30s-2t-784");
    page.send(PlaneMsg::View(View::Layer(2)));
    page.until(App::is_idle);
    let points = plane(&page).cloud().points.to_vec();
    let mean = |axis: usize| points.iter().map(|p| p[axis]).sum::<f32>() / points.len() as f32;
    let spread = |axis: usize| points.iter().map(|p| p[axis] * p[axis]).sum::<f32>();
    let product = points.iter().map(|p| p[0] * p[1]).sum::<f32>();
    assert!(mean(0).abs() < 1e-3 && mean(1).abs() < 1e-3, "components are centred");
    assert!(spread(0) > spread(1) && spread(1) > 0.0, "{} {}", spread(0), spread(1));
    assert!(product.abs() < 1e-2 * spread(0), "components are uncorrelated: {product}");
    assert_eq!((plane(&page).view(), plane(&page).is_decodable()), (View::Layer(2), false));

    page.send(PlaneMsg::Axis(1, 7));
    assert_eq!((plane(&page).view(), plane(&page).axes()), (View::Units(2), [0, 7]));
    page.send(PlaneMsg::View(View::Layer(2)));
    assert_eq!(plane(&page).view(), View::Layer(2), "back to the components");
    page.send(PlaneMsg::View(View::Layer(3)));
    assert_eq!(plane(&page).view(), View::Units(3), "two units need no components");
}

#[test]
fn a_path_between_the_newest_pins_is_decoded() {
    let mut page = encoded("batch=10");
    assert!(page.app.outputs().path().is_empty());
    for at in [[0.1, 0.1], [0.2, 0.2], [0.8, 0.6]] {
        page.send(PlaneMsg::Pick { at, reach: 0.0 });
    }
    let ends: Vec<_> = plane(&page).pins.iter().map(|(_, pin)| plane(&page).place(pin)).collect();
    page.send(PlaneMsg::TogglePath);
    assert_eq!(plane(&page).path(), Some([ends[1], ends[2]]));
    assert_eq!(page.app.outputs().path().len(), PATH_POINTS * PIXELS);
    let (pinned, film) = (page.app.outputs().pinned().to_vec(), page.app.outputs().path().to_vec());
    assert_eq!((&film[..PIXELS], &film[11 * PIXELS..]), (&pinned[PIXELS..2 * PIXELS], &pinned[2 * PIXELS..]));
    page.send(PlaneMsg::DragHandle(Handle::A, [0.5, 0.9]));
    assert_ne!(page.app.outputs().path()[..PIXELS], film[..PIXELS]);
    page.send(PlaneMsg::TogglePath);
    page.send(PlaneMsg::ClearPins);
    page.send(PlaneMsg::TogglePath);
    let [a, b] = plane(&page).path().unwrap();
    assert!((a[0] - b[0]).hypot(a[1] - b[1]) > 0.0, "between two classes");
    page.set(Field::Dataset, "strokes");
    page.until(|app| app.dataset().current_choice() == DatasetChoice::Synthetic);
    assert!(page.app.outputs().path().is_empty(), "another dataset has other classes");
}

#[test]
fn the_circles_marker_is_selected_until_the_user_points() {
    let mut page = encoded("batch=10");
    page.send(PlaneMsg::ToggleCircle);
    let before = plane(&page).focus();
    page.frames(10);
    assert_ne!(plane(&page).focus(), before, "it moves while the page is paused");
    page.send(PlaneMsg::CircleAroundOrigin);
    let circle = plane(&page).circle().unwrap();
    let nearer = plane(&page).cloud().points.iter().filter(|p| p[0].hypot(p[1]) < circle.radius).count();
    assert!(circle.centre == [0.0, 0.0] && (25..=35).contains(&nearer), "half of the digits: {nearer}");
    page.send(PlaneMsg::PointAt(Some([0.5, 0.5])));
    let pointed = plane(&page).focus();
    page.frames(5);
    assert_eq!(plane(&page).focus(), pointed);
    page.send(PlaneMsg::PointAt(None));
    page.send(PlaneMsg::CircleSpeed(0.0));
    page.send(PlaneMsg::CircleSpeed(-4.0));
    let before = plane(&page).focus();
    page.frames(5);
    assert_eq!(plane(&page).focus(), before);
}

#[test]
fn errors_and_gradients_are_computed_while_visible_and_not_again_without_a_change() {
    let mut page = encoded("batch=10");
    assert!(plane(&page).cloud().errors.is_none() && plane(&page).gradient_arrows().is_none());
    page.send(PlaneMsg::Color(Coloring::Error));
    page.send(PlaneMsg::Toggle(Overlay::Gradients));
    page.frames(400);
    let (errors, (low, high)) = plane(&page).cloud().errors.unwrap();
    assert!(errors.len() == 60 && low < high && low > 0.0);
    let (inputs, outputs) = page.app.outputs().reconstructions();
    let squared = |index: usize| {
        let range = index * PIXELS..(index + 1) * PIXELS;
        let pairs = inputs[range.clone()].iter().zip(&outputs[range]);
        pairs.map(|(&x, y)| (f32::from(x) / 255.0 - y).powi(2)).sum::<f32>() / PIXELS as f32
    };
    assert!((errors[3] - squared(3)).abs() < 1e-5, "{} {}", errors[3], squared(3));
    let arrows: Vec<_> = plane(&page).gradient_arrows().unwrap().collect();
    assert!(arrows.len() == 60 && arrows.iter().all(|[x, y]| x.hypot(*y) <= 1.0));

    // A small step along an arrow lowers the digit's error.
    let code = plane(&page).code(Pin::Digit(3));
    let image = page.app.dataset().pair().test.image(3).to_vec();
    let error_at = |t: f32| {
        let moved = Code::new(&[code[0] + t * arrows[3][0], code[1] + t * arrows[3][1]]);
        let model = page.app.runs.run().model_view();
        let mut inference = page.app.inference.borrow_mut();
        let output = inference.decode(model, std::iter::once(moved));
        image.iter().zip(output).map(|(&x, y)| (f32::from(x) / 255.0 - y).powi(2)).sum::<f32>()
    };
    assert!(error_at(0.02) < error_at(0.0) && error_at(-0.02) > error_at(0.0));

    let before = page.versions();
    page.frames(20);
    assert_eq!(page.versions(), before, "at rest nothing is drawn again");
}

#[test]
fn a_class_is_isolated_and_all_are_shown_again() {
    let mut page = encoded("batch=10");
    page.send(PlaneMsg::Isolate(4));
    assert!(plane(&page).cloud().shown().all(|(.., class)| class == Some(4)));
    // The two clicks of a double click, and then the double click.
    for msg in [PlaneMsg::ToggleClass(4), PlaneMsg::ToggleClass(4), PlaneMsg::Isolate(4)] {
        page.send(msg);
    }
    assert!(plane(&page).hidden.is_empty());
    page.send(PlaneMsg::Highlight(Some(2)));
    assert_eq!(plane(&page).cloud().highlighted, Some(2));
    page.send(PlaneMsg::Highlight(None));
    assert_eq!(plane(&page).cloud().highlighted, None);
}

//! The tour, what goes through the network, and layers that are edited.

use super::*;
use crate::app::{InspectMsg, LayerEdit, Selection};
use crate::nn::Activation;

/// A page on which the points of the plane are known.
fn with_points() -> Page {
    let mut page = Page::with_mnist("batch=10");
    page.until(|app| app.plane().cloud().points.len() == 60);
    page
}

#[test]
fn the_tour_goes_from_class_to_class_until_somebody_points() {
    let mut page = with_points();
    let mut classes = Vec::new();
    let mut places = 0;
    for _ in 0..2_000 {
        page.frame();
        match page.app.plane().selection() {
            Selection::Digit(index) => classes.push(page.app.dataset().pair().test.label(index).unwrap()),
            Selection::Place(code) => places += usize::from(code == page.app.plane().focus()),
            Selection::Drawn => panic!("nobody draws"),
        }
    }
    classes.dedup();
    assert!(classes.len() > 4 && classes.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 10), "{classes:?}");
    assert!(places > 100, "it goes there on its way");

    page.send(PlaneMsg::PointAt(Some([0.3, 0.3])));
    let pointed = page.app.plane().selection();
    assert_eq!(pointed, Selection::Place(page.app.plane().focus()));
    page.send(PlaneMsg::PointAt(None));
    let rests = |page: &Page| matches!(page.app.plane().selection(), Selection::Place(_));
    page.frames(200);
    assert!(rests(&page), "the tour is over");
    page.send(PlaneMsg::Tour);
    page.frames(20);
    assert!(!rests(&page), "and begins again when it is asked for");
}

#[test]
fn nothing_moves_by_itself_for_those_who_want_it_so() {
    let mut page = with_points();
    page.send(PlaneMsg::ReduceMotion(true));
    page.frames(10);
    let look = page.app.plane().selection();
    page.frames(600);
    assert_eq!(std::mem::discriminant(&look), std::mem::discriminant(&page.app.plane().selection()));
    page.send(PlaybackMsg::TogglePlay);
    page.frames(20);
    let points = page.app.plane().cloud().points.to_vec();
    page.frame();
    assert_eq!(page.app.plane().cloud().points, points, "points are where they belong");
}

#[test]
fn a_digit_goes_through_all_layers_and_a_place_through_the_decoder() {
    let mut page = with_points();
    page.app.plane.pin(Pin::Digit(3));
    let image = page.app.dataset().pair().test.image(3).to_vec();
    let output = page.app.selected().unwrap().2.to_vec();
    let flow = page.app.flow();
    assert_eq!((flow.input, flow.label, flow.code.len()), (Some(&image[..]), Some(3), 2));
    let widths: Vec<_> = flow.layers.iter().map(|layer| layer.map_or(0, <[f32]>::len)).collect();
    assert_eq!(widths, [50, 50, 2, 50, 50, 784]);
    assert_eq!(flow.layers[5], Some(&output[..]));

    page.send(PlaneMsg::PointAt(Some([0.4, 0.6])));
    let decoded = page.app.decoded().to_vec();
    let flow = page.app.flow();
    assert_eq!((flow.input, flow.layers[..3].iter().flatten().count()), (None, 0));
    assert_eq!(flow.layers[5], Some(&decoded[..]));
}

#[test]
fn an_edited_layer_begins_a_run_that_can_be_undone() {
    let mut page = with_points();
    page.until(|app| app.run().trainer().steps() > 20);
    page.send(InspectMsg::Toggle(5));
    page.send(InspectMsg::Edit(LayerEdit::Activation(0, Activation::Relu)));
    assert_eq!((page.app.network_text().as_str(), page.step()), ("784 50r 50t 2 50t 50t 784", 0));
    assert_eq!((page.action(), page.app.opened_layer()), (Some(Action::Undo), Some(5)));
    page.send(NoticeMsg::Act);
    assert_eq!(page.app.network_text(), "784 50t 50t 2 50t 50t 784");
    assert!(page.step() > 20);

    page.send(InspectMsg::Edit(LayerEdit::Width(0, 0)));
    assert!(page.notice().contains("must be between 1 and"), "{}", page.notice());
    assert!(!page.app.is_network_refused() && page.step() > 20, "nothing was changed");
    page.send(InspectMsg::Edit(LayerEdit::Remove(4)));
    assert_eq!((page.app.network_text().as_str(), page.app.opened_layer()), ("784 50t 50t 2 50t 784", None));
    page.send(InspectMsg::Edit(LayerEdit::Remove(2)));
    assert_eq!(page.app.network_text(), "784 50t 50t 2 50t 784", "the code stays");
}

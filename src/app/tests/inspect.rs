//! The showcase, the selection in each layer, and edits of layers.

use super::*;
use crate::app::{InspectMsg, LayerEdit, Selection};
use crate::nn::Activation;

/// A page with digits on the plane.
fn with_points() -> Page {
    let mut page = Page::with_mnist("batch=10");
    page.until(|app| app.plane().cloud().points.len() == 60);
    page
}

#[test]
fn the_showcase_moves_from_class_to_class_until_the_user_points() {
    let mut page = with_points();
    let mut classes = Vec::new();
    let mut places = 0;
    for _ in 0..2_000 {
        page.frame();
        match page.app.plane().selection() {
            Selection::Digit(index) => classes.push(page.app.dataset().pair().test.label(index).unwrap()),
            Selection::Place(code) => places += usize::from(code == page.app.plane().focus()),
            Selection::Drawn => panic!("nothing is drawn"),
        }
    }
    classes.dedup();
    assert!(classes.len() > 4 && classes.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 10), "{classes:?}");
    assert!(places > 100, "it moves between them");

    page.send(PlaneMsg::PointAt(Some([0.3, 0.3])));
    let pointed = page.app.plane().selection();
    assert_eq!(pointed, Selection::Place(page.app.plane().focus()));
    page.send(PlaneMsg::PointAt(None));
    let rests = |page: &Page| matches!(page.app.plane().selection(), Selection::Place(_));
    page.frames(200);
    assert!(rests(&page), "the showcase waits");
    page.frames(450);
    assert!(!rests(&page), "and resumes ten seconds after the last touch");
    page.send(PlaneMsg::PointAt(Some([0.3, 0.3])));
    page.send(PlaneMsg::PointAt(None));
    page.send(InspectMsg::Toggle(1));
    page.frames(1_200);
    assert!(rests(&page), "but not while a layer is open");
    page.send(InspectMsg::Close);
    page.send(PlaneMsg::Tour);
    page.frames(20);
    assert!(!rests(&page), "and starts again on request");
}

#[test]
fn with_reduced_motion_nothing_moves_by_itself() {
    let mut page = with_points();
    page.send(PlaneMsg::ReduceMotion(true));
    page.frames(10);
    let selection = page.app.plane().selection();
    page.frames(600);
    assert_eq!(std::mem::discriminant(&selection), std::mem::discriminant(&page.app.plane().selection()));
    page.send(PlaybackMsg::TogglePlay);
    page.frames(20);
    let points = page.app.plane().cloud().points.to_vec();
    page.frame();
    assert_eq!(page.app.plane().cloud().points, points, "points do not glide");
}

#[test]
fn the_flow_of_a_place_is_the_nearest_digits_up_to_the_code_and_its_own_from_there() {
    let mut page = with_points();
    page.app.update(PlaneMsg::PinDigit(3));
    let image = page.app.dataset().pair().test.image(3).to_vec();
    let output = page.app.outputs().selected().unwrap().2.to_vec();
    let flow = page.app.outputs().flow();
    assert_eq!((flow.input.as_deref(), flow.label, flow.code.len()), (Some(&image[..]), Some(3), 2));
    let widths: Vec<_> = (0..6).map(|layer| flow.layer(layer).map_or(0, <[f32]>::len)).collect();
    assert_eq!(widths, [50, 50, 2, 50, 50, 784]);
    assert_eq!(flow.layer(5), Some(&output[..]));

    page.send(PlaneMsg::PointAt(Some([0.4, 0.6])));
    let decoded = page.app.outputs().decoded().to_vec();
    let flow = page.app.outputs().flow();
    assert_eq!((flow.layer(5), flow.error()), (Some(&decoded[..]), None));
    let flow = flow.clone();
    let nearest = flow.nearest.unwrap();
    assert_eq!(nearest, page.app.plane().nearest_codes(&flow.code, 1)[0].0);
    page.app.update(PlaneMsg::PointAt(None));
    page.app.update(PlaneMsg::PinDigit(nearest));
    let digit = page.app.outputs().flow();
    assert_eq!((&flow.input, flow.label, &flow.layers[..3]), (&digit.input, digit.label, &digit.layers[..3]));
    assert_ne!(flow.layers[3..], digit.layers[3..]);
}

#[test]
fn editing_a_layer_starts_a_run_and_the_one_before_is_in_the_list() {
    let mut page = with_points();
    page.until(|app| app.run().trainer().steps() > 20);
    page.send(InspectMsg::Toggle(5));
    page.send(InspectMsg::Edit(LayerEdit::Activation(0, Activation::Relu)));
    assert_eq!((page.app.network_text().as_str(), page.step()), ("784 50r 50t 2 50t 50t 784", 0));
    assert!(page.notice().contains("A new run has begun"), "{}", page.notice());
    assert_eq!(page.app.inspect().layer.layer, Some(5));
    page.open_row(0);
    assert_eq!(page.app.network_text(), "784 50t 50t 2 50t 50t 784");
    assert!(page.step() > 20);

    page.send(InspectMsg::Edit(LayerEdit::Width(0, 0)));
    assert!(page.notice().contains("must be between 1 and"), "{}", page.notice());
    assert!(!page.app.is_network_refused() && page.step() > 20, "nothing was changed");
    page.send(InspectMsg::Edit(LayerEdit::Remove(4)));
    assert_eq!(
        (page.app.network_text().as_str(), page.app.inspect().layer.layer),
        ("784 50t 50t 2 50t 784", None)
    );
    page.send(InspectMsg::Edit(LayerEdit::Remove(2)));
    assert_eq!(page.app.network_text(), "784 50t 50t 2 50t 784", "the code stays");
}

#[test]
fn a_width_that_is_typed_again_changes_nothing_and_a_refused_one_is_quoted() {
    let mut page = Page::with_mnist("batch=10");
    page.frames(5);
    for text in ["50", "050", " 50 "] {
        page.send(Msg::SetWidth(0, text.to_owned()));
        assert_eq!((page.step(), page.notice()), (5, ""), "{text}");
    }
    for text in ["", "5.5", "many", "-3", "1,0"] {
        page.send(Msg::SetWidth(0, text.to_owned()));
        let sentence = format!("Units must be a whole number of at least 1, got “{text}”.");
        assert_eq!((page.step(), page.notice()), (5, sentence.as_str()));
    }
    page.send(Msg::SetWidth(0, "60".to_owned()));
    assert_eq!((page.step(), page.notice().contains("784 60t")), (0, true), "{}", page.notice());
}

//! The drawn digit: it is selected as it is drawn, and follows the network.

use super::*;
use crate::app::{PadMsg, Selection};
use crate::data::synthetic::PenSample;

fn sample(x: f32, y: f32) -> PenSample {
    PenSample { at: [x, y], pressure: 0.5 }
}

/// Draws an upright line at `x`.
fn draw_one(page: &mut Page, x: f32) {
    page.send(Msg::Pad(PadMsg::Down(sample(x, 0.2))));
    (1..=6).for_each(|i| page.send(Msg::Pad(PadMsg::Move(sample(x, 0.2 + 0.1 * i as f32)))));
    page.send(Msg::Pad(PadMsg::Up));
}

fn selection(page: &Page) -> Selection {
    page.app.plane().selection()
}

#[test]
fn a_drawn_digit_is_selected_and_marked_and_follows_the_network() {
    let mut page = Page::with_mnist("batch=10");
    page.until(|app| app.plane().cloud().points.len() == 60);
    assert_eq!(page.app.plane().drawn_place(), None);
    page.send(PlaybackMsg::TogglePlay);
    draw_one(&mut page, 0.5);
    page.frames(60);
    assert_eq!(selection(&page), Selection::Drawn);
    let result = page.app.inspect().pad.result.as_ref().unwrap().clone();
    assert_eq!((result.output.len(), result.nearest.len()), (784, 6));
    assert!(result.error > 0.0 && result.error < 1.0);
    let flow = page.app.outputs().flow();
    assert!(flow.is_drawn && flow.input.is_some() && flow.layers.iter().all(Option::is_some));
    assert_eq!(flow.layers.last().unwrap().as_ref(), Some(&result.output), "the same that the pad shows");
    let place = page.app.plane().drawn_place().unwrap();
    assert_eq!(page.app.plane().focus_place(), place);
    assert_eq!(page.app.plane().focus()[..], place);

    // The nearest test digits are nearest on the plane, too.
    let cloud = page.app.plane().cloud();
    let distance = |[x, y]: [f32; 2]| (x - place[0]).hypot(y - place[1]);
    let nearest = result.nearest[0].0;
    let least = cloud.points.iter().map(|&point| distance(point)).fold(f32::INFINITY, f32::min);
    assert!(distance(cloud.points[nearest]) <= 1.5 * least + 0.05, "{nearest}");

    page.send(PlaybackMsg::TogglePlay);
    page.budget = 8.0;
    let before = (place, result.error);
    page.frames(60);
    let after = page.app.inspect().pad.result.as_ref().unwrap().error;
    assert!(page.app.plane().drawn_place() != Some(before.0) && after != before.1, "it follows");

    // The pointer takes precedence while it is on the plane; a pin takes precedence for good.
    page.send(PlaneMsg::PointAt(Some([0.2, 0.2])));
    assert!(matches!(selection(&page), Selection::Place(_)));
    page.send(PlaneMsg::PointAt(None));
    assert_eq!(selection(&page), Selection::Drawn);
    page.send(PlaneMsg::ToggleCircle);
    assert!(matches!(selection(&page), Selection::Place(_)), "the marker is selected");
    page.send(PlaneMsg::ToggleCircle);
    draw_one(&mut page, 0.3);
    assert_eq!(selection(&page), Selection::Drawn);
    page.send(PlaneMsg::Pick { at: [0.5, 0.5], reach: 2.0 });
    assert!(matches!(selection(&page), Selection::Digit(_)));
    assert!(page.app.plane().drawn_place().is_some(), "the mark stays");

    page.send(Msg::Pad(PadMsg::Clear));
    page.frames(4);
    assert_eq!(page.app.plane().drawn_place(), None);
    assert!(page.app.inspect().pad.result.as_ref().is_none() && !page.app.outputs().flow().is_drawn);
}

#[test]
fn it_is_encoded_by_every_network_at_rest_and_in_the_past() {
    let mut page = Page::with_mnist("batch=10");
    page.budget = 8.0;
    page.until(|app| app.figures().step > 40);
    page.send(PlaybackMsg::TogglePlay);
    draw_one(&mut page, 0.5);
    page.frames(30);
    let error = |page: &Page| page.app.inspect().pad.result.as_ref().unwrap().error;
    let now = error(&page);
    page.frames(30);
    let version = page.app.inspect().pad.result.version();
    page.frames(30);
    assert_eq!(page.app.inspect().pad.result.version(), version, "at rest nothing is computed again");
    page.send(RunsMsg::Seek(0));
    page.frames(8);
    assert_ne!(error(&page), now, "at the beginning");
    page.send(RunsMsg::Now);
    page.frames(8);
    assert_eq!(error(&page), now);
    for layers in ["784 20t 1 20t 784", "784 20t 5 20t 784"] {
        page.set(Setting::Network, layers);
        page.frames(40);
        assert_eq!(selection(&page), Selection::Drawn, "{layers}");
        assert_eq!(page.app.inspect().pad.result.as_ref().unwrap().nearest.len(), 6, "{layers}");
        assert!(page.app.plane().drawn_place().is_some());
    }
    page.set(Setting::Variational, "yes");
    page.send(PlaneMsg::View(View::Layer(0)));
    page.frames(40);
    let [x, y] = page.app.plane().drawn_place().unwrap();
    assert!(x.abs() <= 1.0 && y.abs() <= 1.0 && x != 0.0, "two outputs of a layer of tanh: {x}, {y}");
}

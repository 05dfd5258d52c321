//! Weights, gradients and statistics of a layer, the worst digits, and samples from the prior.

use super::*;
use crate::app::{Inactive, InspectMsg, Quantity, WeightLayout, pixel_mse};

/// A page with digits on the plane and an open layer.
fn with_layer(fragment: &str, layer: usize) -> Page {
    let mut page = Page::with_mnist(fragment);
    page.until(|app| app.plane().cloud().points.len() == 60 && app.run().trainer().steps() > 20);
    page.send(InspectMsg::Toggle(layer));
    page
}

#[test]
fn an_open_layer_shows_weights_and_the_gradients_of_the_last_step() {
    let mut page = with_layer("preset=blog&batch=10", 0);
    let weights = page.app.outputs().weights().unwrap();
    assert_eq!((weights.layout, weights.units, weights.unit_len), (WeightLayout::FromPixels, 50, 784));
    assert_eq!(weights.get(7, 406), page.app.run().trainer().parameters()[406 * 50 + 7]);
    page.send(InspectMsg::Show(Quantity::Gradients));
    let gradients = page.app.run().trainer().gradients().to_vec();
    let shown = page.app.outputs().weights().unwrap();
    assert!((0..784).all(|place| shown.get(7, place) == gradients[place * 50 + 7]));
    assert!(shown.full_scale(0..50) > 0.0);

    // A past step has weights, but no gradients.
    page.send(RunsMsg::Seek(0));
    assert!(page.app.outputs().weights().is_none());
    page.send(InspectMsg::Show(Quantity::Weights));
    let first = page.app.outputs().weights().unwrap().get(7, 406);
    assert_ne!(first, page.app.run().trainer().parameters()[406 * 50 + 7]);
    page.send(RunsMsg::Now);
    assert_ne!(page.app.outputs().weights().unwrap().get(7, 406), first);
    page.send(InspectMsg::Close);
    assert!(page.app.outputs().weights().is_none());
}

#[test]
fn a_wide_layer_has_pages() {
    let mut page = with_layer("batch=10&network=784-130t-2-20t-784", 0);
    for (forward, first) in [(true, 64), (true, 128), (true, 128), (false, 64)] {
        page.send(InspectMsg::Turn(forward));
        assert_eq!(page.app.inspect().layer.first_unit, first);
    }
    page.send(InspectMsg::Toggle(3));
    assert_eq!((page.app.inspect().layer.first_unit, page.app.outputs().weights().unwrap().units), (0, 20));
}

#[test]
fn statistics_of_the_open_layer_follow_the_network_and_the_timeline() {
    let mut page = with_layer("preset=blog&batch=10", 1);
    page.until(|app| app.inspect().layer_stats.digits() == 60);
    assert_eq!(page.app.inspect().layer_stats.inactive, Some(Inactive::Saturated));
    let version = page.app.inspect().layer_stats.version();
    page.until(|app| app.inspect().layer_stats.version() != version);
    page.send(PlaybackMsg::TogglePlay);
    page.frames(60);
    let (now, version) =
        (page.app.inspect().layer_stats.layer().unwrap(), page.app.inspect().layer_stats.version());
    page.frames(60);
    assert_eq!(page.app.inspect().layer_stats.version(), version, "nothing is computed again");
    page.send(RunsMsg::Seek(0));
    page.frames(60);
    assert_ne!(page.app.inspect().layer_stats.layer().unwrap(), now);
    page.send(InspectMsg::Toggle(4));
    page.frames(60);
    assert!(
        page.app.inspect().layer_stats.unit(49).is_some()
            && page.app.inspect().layer_stats.unit(50).is_none()
    );
}

#[test]
fn digits_are_ranked_while_visible_and_the_worst_can_be_pinned() {
    let mut page = with_layer("preset=blog&batch=10", 0);
    page.frames(50);
    assert!(page.app.plane().errors().0.is_empty(), "the ranking is closed");
    page.send(InspectMsg::Errors(true));
    page.until(|app| app.inspect().worst_digits.worst.len() == 12);
    assert_eq!(
        (page.app.inspect().worst_digits.digits, page.app.inspect().worst_digits.classes.len()),
        (60, 10)
    );
    page.send(PlaybackMsg::TogglePlay);
    page.frames(60);
    let worst = page.app.inspect().worst_digits.worst.to_vec();
    assert!(worst.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{worst:?}");
    let (inputs, outputs) = page.app.outputs().worst();
    let outputs = outputs.to_vec();
    for ((input, output), (index, error)) in
        inputs.chunks_exact(PIXELS).zip(outputs.chunks_exact(PIXELS)).zip(&worst)
    {
        assert_eq!(input, page.app.dataset().pair().test.image(*index));
        assert!((pixel_mse(input, output) - error).abs() < 1e-6);
    }
    let (errors, _) = page.app.plane().errors();
    assert_eq!(errors.iter().copied().fold(0.0, f32::max), worst[0].1);
    let shown: Vec<_> = page.app.outputs().reconstruction_errors().collect();
    assert!(shown.iter().zip(errors).all(|(a, b)| (a - b).abs() < 1e-6) && shown.len() == 16);

    for (index, _) in [worst[3], worst[4], worst[3]] {
        page.send(PlaneMsg::PinDigit(index));
        assert_eq!(page.app.plane().selected(), Some(index));
    }
    assert_eq!(page.app.plane().pins.len(), 2, "no digit is pinned twice");
    page.send(PlaneMsg::PinDigit(999));
    assert_eq!(page.app.plane().pins.len(), 2);

    page.send(RunsMsg::Seek(0));
    page.frames(60);
    assert_ne!(page.app.inspect().worst_digits.worst, worst, "a past step has others");
    page.send(InspectMsg::Errors(false));
    let version = page.app.inspect().worst_digits.version();
    page.send(RunsMsg::Now);
    page.frames(60);
    assert_eq!(page.app.inspect().worst_digits.version(), version);
}

#[test]
fn only_a_gaussian_code_has_samples_and_sampling_does_not_change_the_run() {
    let mut page = Page::with_mnist("batch=10");
    page.send(InspectMsg::Sample);
    assert!(page.app.prior_dim().is_none() && page.app.outputs().samples().is_empty());
    let fragment = "batch=10&network=784-20t-3~-20t-784";
    let (mut page, mut other) = (Page::with_mnist(fragment), Page::with_mnist(fragment));
    assert!(page.app.prior_dim().is_some());
    page.send(InspectMsg::Sample);
    let first = page.app.outputs().samples().to_vec();
    assert_eq!(first.len(), 16 * PIXELS);
    for page in [&mut page, &mut other] {
        page.until(|app| app.run().trainer().steps() >= 30);
        page.send(PlaybackMsg::TogglePlay);
    }
    assert_eq!(page.parameters(), other.parameters());
    let later = page.app.outputs().samples().to_vec();
    assert_ne!(later, first, "the same codes through another decoder");
    page.send(InspectMsg::Sample);
    assert_ne!(page.app.outputs().samples(), later, "other codes");
    let curve = page.app.run().curve();
    assert!(curve.kl().len() >= 30 && curve.kl().iter().all(|(_, nats)| nats >= 0.0));
    page.set(Setting::Network, "784 20t 2~ 20t 784");
    assert!(page.app.outputs().samples().is_empty());
}

#[test]
fn a_long_code_is_first_shown_by_its_principal_components() {
    let page = Page::with_mnist("batch=10&network=784-40t-30-40t-784");
    assert_eq!(page.app.plane().view(), View::Principal);
    let page = Page::with_mnist("batch=10&network=784-40t-8*-40t-784");
    assert_eq!(page.app.plane().view(), View::Code);
}

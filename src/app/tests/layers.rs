//! The layers as text.

use super::*;

const PASTED: &str = "layer_defs = [];
layer_defs.push({type:'input', out_sx:28, out_sy:28, out_depth:1});
layer_defs.push({type:'fc', num_neurons:40, activation:'relu'});
layer_defs.push({type:'fc', num_neurons:2});
layer_defs.push({type:'fc', num_neurons:40, activation:'relu'});
layer_defs.push({type:'regression', num_neurons:28*28*1});
net = new convnetjs.Net();";

#[test]
fn other_layers_start_a_run_with_the_same_seed_and_settings() {
    let mut page = Page::with_mnist("preset=blog&batch=10&seed=4&lr=0.01");
    page.frames(5);
    page.set(Setting::Network, " 784 30r  2 30r 784 ");
    assert_eq!((page.step(), page.app.network_text().as_str()), (0, "784 30r 2 30r 784"));
    assert_eq!(page.app.run().trainer().parameters().len(), 784 * 30 + 30 + 62 + 90 + 31 * 784);
    let fragment = page.take_url();
    assert!(fragment.contains("preset=blog&network=784-30r-2-30r-784&lr=0.01&"), "{fragment}");
    let first = page.parameters();
    page.until(|app| app.run().trainer().steps() > 3 && app.figures().test_mse.is_some());
    _ = page.app.outputs().decoded();

    // The same layers in another notation start no run.
    page.set(Setting::Network, "784-30r-2-30r-784");
    page.send(Msg::Open(fragment.clone()));
    assert!(page.step() > 3);
    let mut other = Page::with_mnist(&fragment);
    assert_eq!(other.parameters(), first);
    other.set(Field::Preset, "blog");
    assert_eq!(other.app.network_text(), "784 50t 50t 2 50t 50t 784");
}

#[test]
fn layers_are_parsed_from_convnetjs_code() {
    let mut page = Page::with_mnist("batch=10");
    page.set(Setting::Network, PASTED);
    assert_eq!((page.notice(), page.app.network_text().as_str()), ("", "784 40r 2 40r 784"));
    page.frames(3);
    assert!(page.step() > 0);
}

#[test]
fn invalid_layers_give_an_error_and_stay_in_their_field() {
    let mut page = Page::with_mnist("batch=10");
    let mut undisturbed = Page::with_mnist("batch=10");
    let settings = page.app.settings().clone();
    page.take_url();
    let below = format!("\n\n{PASTED}").replace("relu", "gelu");
    let pooling = PASTED.replace("type:'fc', num_neurons:2", "type:'pool', sx:2");
    for (text, part) in [
        ("784 50t 2x 50t 784", "“2x”"),
        ("784", "at least one layer"),
        ("", "at least one layer"),
        ("784 65 784", "1 to 64 numbers, got 65"),
        ("784 3 784*", "got 784"),
        ("100 2 100", "turns 100 numbers into 100"),
        ("784 4000t 2 4000t 784", "got 6296786"),
        ("784 5000 2 784", "got 5000"),
        (below.as_str(), "line 5, column "),
        (pooling.as_str(), "line 4, column 23: layers of type “pool”"),
    ] {
        page.set(Setting::Network, text);
        assert!(page.notice().starts_with("Network: ") && page.notice().contains(part), "{}", page.notice());
        assert_eq!((page.app.network_text().as_str(), page.app.is_network_refused()), (text, true));
        assert_eq!(page.url, None);
        assert_eq!(page.app.settings(), &settings);
        page.frame();
    }
    undisturbed.until(|app| app.run().trainer().steps() == page.step());
    assert_eq!(page.parameters(), undisturbed.parameters());

    // Another setting leaves the draft in place, the trained layers replace it.
    page.set(Setting::LearningRate, "0.002");
    assert!(page.app.is_network_refused());
    let trained = page.app.settings().get(Setting::Network).unwrap();
    page.set(Setting::Network, &trained);
    assert_eq!((page.app.network_text(), page.app.is_network_refused()), (trained, false));
    page.set(Setting::Network, "784 2x");
    page.set(Field::Preset, "blog");
    assert!(!page.app.is_network_refused());
}

#[test]
fn choosing_the_current_preset_again_restores_its_layers() {
    let mut page = Page::with_mnist("preset=blog");
    let layers = page.app.network_text();
    for other in ["784 30r 2 30r 784", "784 2x"] {
        assert!(!page.app.is_preset_changed());
        page.set(Setting::Network, other);
        assert_eq!((page.app.network_text().as_str(), page.app.is_preset_changed()), (other, true));
        assert!(page.app.settings().to_fragment().starts_with("preset=blog&"));
        page.set(Field::Preset, "blog");
        assert_eq!((&page.app.network_text(), page.app.is_network_refused()), (&layers, false));
    }
}

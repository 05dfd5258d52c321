//! The JavaScript API, in a browser; `make test` runs it.
#![cfg(all(target_arch = "wasm32", feature = "js"))]

use bottleneck::js::Autoencoder;
use bottleneck::nn::{Loss, Method};
use bottleneck::train::Preset;
use bottleneck::train::{Corruption, Schedule};
use js_sys::{Array, ArrayBuffer, Float32Array, Function, JSON, Object, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SMALL: &str = r#"{ "layers": "6 5t 2 5t 6", "learningRate": 0.01, "seed": 7 }"#;

fn json(text: &str) -> JsValue {
    JSON::parse(text).expect("valid JSON")
}

fn small() -> Autoencoder {
    Autoencoder::new(&json(SMALL)).expect("a valid config")
}

/// Returns examples of six values each.
fn bytes(examples: u32) -> Uint8Array {
    let array = Uint8Array::new_with_length(6 * examples);
    (0..array.length()).for_each(|i| array.set_index(i, (i * 37 % 256) as u8));
    array
}

fn floats(bytes: &Uint8Array) -> Float32Array {
    let scaled: Vec<f32> = bytes.to_vec().into_iter().map(|byte| f32::from(byte) * (1.0 / 255.0)).collect();
    Float32Array::from(scaled.as_slice())
}

/// Returns the message of the `Error`.
fn sentence<T>(result: Result<T, JsValue>) -> String {
    let thrown = result.err().expect("this should be refused");
    String::from(thrown.dyn_into::<js_sys::Error>().expect("an Error is thrown").message())
}

#[wasm_bindgen_test]
fn bytes_and_floats_train_alike_and_the_loss_falls() {
    let (mut one, mut other) = (small(), small());
    let batch = bytes(9);
    let first = one.train(&batch).unwrap();
    assert_eq!(other.train(&floats(&batch)).unwrap(), first);
    for _ in 0..200 {
        assert_eq!(one.train(&batch).unwrap(), other.train(&floats(&batch)).unwrap());
    }
    assert_eq!(one.parameters().unwrap().to_vec(), other.parameters().unwrap().to_vec());
    assert!(one.train(&batch).unwrap() < 0.7 * first, "{first}");
}

#[wasm_bindgen_test]
fn batches_may_differ_in_size() {
    let mut autoencoder = small();
    for size in [1, 50, 3, 300, 50] {
        let loss = autoencoder.train(&bytes(size)).unwrap();
        assert!(loss.is_finite() && loss > 0.0, "{size}: {loss}");
    }
}

#[wasm_bindgen_test]
fn batches_of_known_sizes_do_not_allocate() {
    let mut autoencoder = small();
    // Half a megabyte of values per epoch, so that a leak would soon exceed a page of 64 kB.
    let batches = [bytes(20_000), bytes(4_000)];
    let mut epoch = || {
        for batch in &batches {
            autoencoder.train(batch).unwrap();
            autoencoder.encode(batch).unwrap();
        }
        wasm_bindgen::memory()
            .unchecked_into::<WebAssembly::Memory>()
            .buffer()
            .unchecked_into::<ArrayBuffer>()
            .byte_length()
    };
    let first = epoch();
    for _ in 0..20 {
        assert_eq!(epoch(), first);
    }
}

#[wasm_bindgen_test]
fn reconstructing_is_encoding_and_decoding() {
    let mut autoencoder = small();
    // The last is more than two chunks, and not a multiple of a chunk.
    for examples in [1, 64, 150] {
        let batch = bytes(examples);
        let latent = autoencoder.encode(&batch).unwrap();
        assert_eq!(latent.length(), 2 * examples);
        let decoded = autoencoder.decode(&latent).unwrap();
        let whole = autoencoder.reconstruct(&floats(&batch)).unwrap();
        assert_eq!((whole.length(), whole.to_vec()), (6 * examples, decoded.to_vec()));
        // An example alone gives the same.
        let last = batch.subarray(6 * (examples - 1), 6 * examples);
        let tail = whole.subarray(6 * (examples - 1), 6 * examples);
        assert_eq!(autoencoder.reconstruct(&last).unwrap().to_vec(), tail.to_vec());
    }
}

const TRAINED_ON: &str = r#"{ "loss": "half-sum-squared", "optimizer": "sgd", "learningRate": 0.25 }"#;

#[wasm_bindgen_test]
fn json_has_the_network_but_no_training_settings() {
    let mut saved = Autoencoder::new(&json(r#"{ "layers": "6 5r 4t 2 5 6s", "seed": 9 }"#)).unwrap();
    saved.train(&bytes(20)).unwrap();
    let text = JSON::stringify(&saved.to_json().unwrap()).unwrap();
    let kinds: Vec<_> = String::from(&text)
        .split("\"layer_type\":\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    let expected = ["input", "fc", "relu", "fc", "tanh", "fc", "fc", "fc", "sigmoid", "regression"];
    assert_eq!(kinds, expected);
    // An object, its text, and an object with toJSON, such as a net of ConvNetJS.
    let with_to_json = Object::new();
    let to_json = Function::new_no_args("return this.net");
    Reflect::set(&with_to_json, &"toJSON".into(), &to_json).unwrap();
    Reflect::set(&with_to_json, &"net".into(), &saved.to_json().unwrap()).unwrap();
    let forms: [JsValue; 3] = [saved.to_json().unwrap(), text.into(), with_to_json.into()];
    for form in &forms {
        let mut read = Autoencoder::from_json(form, &json(TRAINED_ON)).unwrap();
        assert_eq!(read.parameters().unwrap().to_vec(), saved.parameters().unwrap().to_vec());
        let (ours, theirs) = (read.reconstruct(&bytes(3)).unwrap(), saved.reconstruct(&bytes(3)).unwrap());
        assert_eq!(ours.to_vec(), theirs.to_vec());
        assert_eq!(read.learning_rate(), 0.25);
        let first = read.train(&bytes(20)).unwrap();
        (0..50).for_each(|_| _ = read.train(&bytes(20)).unwrap());
        assert!(read.train(&bytes(20)).unwrap() < first);
    }
    let plain = Autoencoder::from_json(&forms[1], &JsValue::UNDEFINED).unwrap();
    assert_eq!(plain.learning_rate() as f32, Method::ADAM.default_learning_rate());
}

#[wasm_bindgen_test]
fn a_network_of_convnetjs_is_loaded() {
    let net = include_str!("convnetjs/initial.json");
    let mut read = Autoencoder::from_json(&net.into(), &JsValue::UNDEFINED).unwrap();
    assert_eq!((read.inputs(), read.latent()), (6, 2));
    assert!(read.train(&bytes(4)).unwrap() > 0.0);
}

#[wasm_bindgen_test]
fn unsupported_networks_are_refused() {
    let leaky = Autoencoder::new(&json(r#"{ "layers": "6 5l 2 6" }"#)).unwrap();
    assert!(sentence(leaky.to_json()).contains("ConvNetJS does not support leaky ReLU"));
    let net = include_str!("convnetjs/initial.json");
    let cases = [
        ("6", "{}", "the network must be ConvNetJS's JSON, got 6"),
        ("{}", "{}", "the network has no layers"),
        (&net.replacen("tanh", "maxout", 1), "{}", "of type “maxout”"),
        (
            r#"{ "layers": [{ "layer_type": "input", "out_sx": 1, "out_sy": 1, "out_depth": 6 }] }"#,
            "{}",
            "end",
        ),
        (net, "[]", "the config must be an object"),
        (net, r#"{ "seed": 1 }"#, "unknown setting “seed”: expected preset, loss, corruption"),
        (net, r#"{ "layers": "6 2 6" }"#, "unknown setting “layers”"),
        (net, r#"{ "loss": "bce" }"#, "“bce” needs logits"),
        (net, r#"{ "optimizer": "lion" }"#, "got “lion”"),
    ];
    for (net, config, expected) in cases {
        let found = sentence(Autoencoder::from_json(&json(net), &json(config)));
        assert!(found.contains(expected), "{config}: {found}");
    }
}

#[wasm_bindgen_test]
fn a_saved_network_resumes_bit_for_bit() {
    let config = r#"{ "preset": "karpathy", "layers": "6 5r 2 5l 6", "loss": "bce", "optimizer": "adam" }"#;
    let mut saved = Autoencoder::new(&json(config)).unwrap();
    saved.train(&bytes(20)).unwrap();
    saved.set_learning_rate(&0.25.into()).unwrap();
    let file = saved.save().unwrap();
    let mut read = Autoencoder::load(&file).unwrap();
    assert_eq!(read.learning_rate(), 0.25);
    for _ in 0..3 {
        assert_eq!(read.train(&bytes(20)).unwrap(), saved.train(&bytes(20)).unwrap());
        assert_eq!(read.parameters().unwrap().to_vec(), saved.parameters().unwrap().to_vec());
    }
    for length in 0..file.length() {
        assert!(Autoencoder::load(&file.subarray(0, length)).is_err(), "the first {length} bytes");
    }
    assert!(sentence(Autoencoder::load(&json("{}"))).contains("a Uint8Array"));
}

#[wasm_bindgen_test]
fn the_seed_determines_the_parameters() {
    let of = |text: &str| Autoencoder::new(&json(text)).unwrap().parameters().unwrap().to_vec();
    let seven = of(SMALL);
    assert_eq!(seven, of(SMALL));
    assert_ne!(seven, of(&SMALL.replace('7', "8")));
}

#[wasm_bindgen_test]
fn presets_and_defaults_are_applied() {
    for preset in Preset::ALL {
        let config = preset.config();
        let made = Autoencoder::new(&json(&format!(r#"{{ "preset": "{}" }}"#, preset.name()))).unwrap();
        assert_eq!((made.inputs(), made.latent()), (784, config.spec.latent_dim()));
        assert_eq!(made.learning_rate() as f32, config.learning_rate);
    }
    let plain = Autoencoder::new(&json(r#"{ "layers": "6 2 6", "optimizer": "sgd" }"#)).unwrap();
    assert_eq!((plain.inputs(), plain.latent()), (6, 2));
    assert_eq!(plain.learning_rate() as f32, Method::Sgd.default_learning_rate());
    let mut autoencoder = small();
    for rate in [0.0, 0.01, 1e-3, 3e-5, 12.5, 0.1234567] {
        autoencoder.set_learning_rate(&rate.into()).unwrap();
        assert_eq!(autoencoder.learning_rate(), rate);
    }
}

#[wasm_bindgen_test]
fn noise_and_a_variational_code_are_saved() {
    let config = r#"{ "layers": "6 4t 2 4t 6", "variational": true, "beta": 0.5, "corruption": "gaussian",
        "corruptionAmount": 0.1, "schedule": "cosine", "scheduleSteps": 9 }"#;
    let mut autoencoder = Autoencoder::new(&json(config)).unwrap();
    autoencoder.train(&bytes(4)).unwrap();
    assert_eq!(autoencoder.encode(&bytes(3)).unwrap().length(), 6);
    assert_eq!(autoencoder.decode(&Float32Array::new_with_length(4)).unwrap().length(), 12);
    let mut again = Autoencoder::load(&autoencoder.save().unwrap()).unwrap();
    for _ in 0..9 {
        assert_eq!(autoencoder.train(&bytes(4)).unwrap(), again.train(&bytes(4)).unwrap());
    }
    assert_eq!(autoencoder.parameters().unwrap().to_vec(), again.parameters().unwrap().to_vec());
    assert!(sentence(autoencoder.to_json()).contains("ConvNetJS does not support a variational code"));
}

#[wasm_bindgen_test]
fn beta_can_be_set_between_steps() {
    let config = json(r#"{ "layers": "6 4t 2~ 4t 6", "seed": 3 }"#);
    let (mut one, mut other) = (Autoencoder::new(&config).unwrap(), Autoencoder::new(&config).unwrap());
    assert_eq!((one.beta(), one.kl()), (1.0, 0.0));
    for autoencoder in [&mut one, &mut other] {
        autoencoder.train(&bytes(9)).unwrap();
    }
    assert!(one.kl() > 0.0 && one.kl() == other.kl());
    other.set_beta(&25.0.into()).unwrap();
    assert_eq!(other.beta(), 25.0);
    for _ in 0..300 {
        one.train(&bytes(9)).unwrap();
        other.train(&bytes(9)).unwrap();
    }
    assert!(other.kl() < one.kl(), "{} {}", other.kl(), one.kl());
    let refused = [json("-1"), json("\"1\""), JsValue::UNDEFINED].map(|bad| sentence(other.set_beta(&bad)));
    assert!(refused.iter().all(|text| text.starts_with("beta must be a finite number of at least 0, got")));
    assert_eq!(other.beta(), 25.0);
    assert_eq!(
        sentence(small().set_beta(&1.0.into())),
        "beta cannot be set while the code is not variational"
    );
}

#[wasm_bindgen_test]
fn an_invalid_config_is_refused_in_a_sentence() {
    // One of each kind; every setting's own message has a native test.
    let cases = [
        ("{}", "the config needs layers"),
        (r#""784 2 784""#, "got “784 2 784”"),
        ("null", "got null"),
        ("[]", "got an array"),
        (r#"{ "layers": "6 5x 6" }"#, "layers: Layer 1: expected a number of outputs"),
        (r#"{ "layers": "6 2 6", "momentum": 0.5 }"#, "momentum is not a setting of Adam."),
        (r#"{ "layers": "6 2 6", "l2": -1 }"#, "l2 must be a number of at least 0, got “-1”."),
        (r#"{ "layers": "6 2 6", "beta1": "0.5" }"#, "beta1 must be a finite number, got “0.5”"),
        (r#"{ "layers": 6 }"#, "layers must be a string, got 6"),
        (r#"{ "layers": "6 2 7" }"#, "turns 6 into 7"),
        (r#"{ "layers": "6 8 6" }"#, "the code has to come before the last layer"),
        (
            r#"{ "layers": "6 2 6", "learningrate": 1 }"#,
            "unknown setting “learningrate”: expected preset, layers",
        ),
        (r#"{ "layers": "6 2 6", "parameters": [] }"#, "unknown setting “parameters”"),
        (r#"{ "layers": "6 2 6", "optimizer": "lion" }"#, "optimizer must be one of sgd"),
        (r#"{ "layers": "6 2 6", "loss": "mae" }"#, "loss must be one of mse"),
        (r#"{ "layers": "6 2 6", "variational": "yes" }"#, "variational must be true or false, got “yes”"),
        (r#"{ "layers": "6 2 6", "corruptionAmount": 0.5 }"#, "must be left out while nothing is corrupted"),
        (r#"{ "preset": "slow" }"#, "preset: expected one of modern"),
        (r#"{ "preset": "deep", "learningRate": -1 }"#, "got -1"),
        (r#"{ "preset": "deep", "learningRate": 1e39 }"#, "learningRate must be a finite number"),
        (r#"{ "preset": "deep", "learningRate": "1" }"#, "got “1”"),
        (
            r#"{ "preset": "deep", "seed": 1.5 }"#,
            "seed must be a whole number from 0 to 9007199254740991, got “1.5”",
        ),
        (r#"{ "preset": "deep", "seed": 9007199254740993 }"#, "seed must be"),
    ];
    for (config, expected) in cases {
        let found = sentence(Autoencoder::new(&json(config)));
        assert!(found.contains(expected), "{config}: {found}");
    }
    // The widest layers would take eight gigabytes.
    let widest = format!(r#"{{ "layers": "4096{}" }}"#, " 4096".repeat(32));
    assert!(sentence(Autoencoder::new(&json(&widest))).contains("at most 134217728 parameters"));
}

#[wasm_bindgen_test]
fn undefined_is_a_missing_key() {
    let config: Object = json(SMALL).unchecked_into();
    Reflect::set(&config, &"loss".into(), &JsValue::UNDEFINED).unwrap();
    assert!(Autoencoder::new(&config).is_ok());
}

#[wasm_bindgen_test]
fn invalid_examples_are_refused_and_change_nothing() {
    let mut autoencoder = small();
    autoencoder.train(&bytes(20)).unwrap();
    let before = autoencoder.save().unwrap().to_vec();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let batch = floats(&bytes(40));
        batch.set_index(7, bad);
        let found = sentence(autoencoder.train(&batch));
        assert!(found.contains("examples must be finite numbers, but number 7"), "{found}");
    }
    let forged: Object = Object::create(Reflect::get_prototype_of(&bytes(1)).unwrap().unchecked_ref());
    let others: [JsValue; 5] = [
        JsValue::UNDEFINED,
        6.into(),
        Array::of1(&1.into()).into(),
        js_sys::Float64Array::new_with_length(6).into(),
        forged.into(),
    ];
    for other in &others {
        assert!(sentence(autoencoder.train(other)).contains("a Uint8Array or a Float32Array"));
        assert!(sentence(autoencoder.encode(other)).contains("a Uint8Array or a Float32Array"));
    }
    for length in [0, 5, 7] {
        let array = Uint8Array::new_with_length(length);
        assert!(sentence(autoencoder.train(&array)).contains("a positive multiple of 6, got"));
        assert!(sentence(autoencoder.reconstruct(&array)).contains("a positive multiple of 6, got"));
    }
    let short = Float32Array::new_with_length(3);
    assert!(sentence(autoencoder.decode(&short)).contains("a positive multiple of 2, got 3"));
    assert!(sentence(autoencoder.decode(&bytes(1))).contains("a Float32Array"));
    assert_eq!(autoencoder.save().unwrap().to_vec(), before);
}

#[wasm_bindgen_test]
fn a_diverged_network_returns_nan() {
    let mut autoencoder = small();
    autoencoder.set_learning_rate(&1e30.into()).unwrap();
    let is_lost = (0..20).any(|_| autoencoder.train(&bytes(4)).unwrap().is_nan());
    assert!(is_lost, "the rate is too high for any network");
    assert!(autoencoder.reconstruct(&bytes(1)).unwrap().get_index(0).is_nan());
    assert!(sentence(autoencoder.to_json()).contains("NaN or infinity"));
    assert!(sentence(autoencoder.save()).contains("NaN or infinity"));
}

#[wasm_bindgen_test]
fn javascript_can_call_every_method() {
    let run = Function::new_with_args(
        "autoencoder, batch",
        "const [first] = [autoencoder.train(batch), autoencoder.learningRate = 0.5];
         let refused;
         try { autoencoder.learningRate = 'fast' } catch (error) { refused = error instanceof Error }
         const Autoencoder = autoencoder.constructor;
         const again = Autoencoder.fromJSON(JSON.parse(JSON.stringify(autoencoder)), { learningRate: 0.5 });
         const resumed = Autoencoder.load(autoencoder.save()).train(batch) === autoencoder.train(batch);
         const same = again.learningRate === 0.5 && again.parameters.length === autoencoder.parameters.length;
         const fresh = new Autoencoder({ layers: '6 2t 6' }).encode(batch).length;
         autoencoder.free();
         let freed;
         try { autoencoder.train(batch) } catch (error) { freed = error instanceof Error }
         return [first > 0, refused, same, resumed, fresh === 2 * batch.length / 6, freed].join();",
    );
    let result = run.call2(&JsValue::UNDEFINED, &small().into(), &bytes(4)).unwrap();
    assert_eq!(result.as_string().as_deref(), Some("true,true,true,true,true,true"));
}

#[wasm_bindgen_test]
fn every_name_is_in_the_typescript_declarations() {
    let declared = include_str!("../src/js/config.d.ts");
    let names = Preset::ALL.map(Preset::name).into_iter();
    let names = names.chain(Loss::ALL.map(Loss::name)).chain(Method::ALL.map(Method::name));
    let names = names.chain(Corruption::ALL.map(Corruption::name)).chain(Schedule::ALL.map(Schedule::name));
    for name in names {
        assert!(declared.contains(&format!("\"{name}\"")), "{name}");
    }
}

//! The JavaScript API, in a browser; `make test` runs it.
#![cfg(all(target_arch = "wasm32", feature = "js"))]

use bottleneck::js::{Autoencoder, to_mnist_image};
use bottleneck::nn::{Loss, Method, Network};
use bottleneck::train::{Corruption, Preset, Schedule, batch_bytes};
use js_sys::{
    Array, ArrayBuffer, Float32Array, Function, JSON, Object, Promise, Reflect, Uint8Array, WebAssembly,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
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
    let (one, other) = (small(), small());
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
    let autoencoder = small();
    for size in [1, 50, 3, 300, 50] {
        let loss = autoencoder.train(&bytes(size)).unwrap();
        assert!(loss.is_finite() && loss > 0.0, "{size}: {loss}");
    }
}

#[wasm_bindgen_test]
fn batches_of_known_sizes_do_not_allocate() {
    let autoencoder = small();
    // Half a megabyte of values per epoch, so that a leak would soon exceed a page of 64 kB.
    let batches = [bytes(20_000), bytes(4_000)];
    let epoch = || {
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
    let autoencoder = small();
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
    let saved = Autoencoder::new(&json(r#"{ "layers": "6 5r 4t 2 5 6s", "seed": 9 }"#)).unwrap();
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
        let read = Autoencoder::from_json(form, &json(TRAINED_ON)).unwrap();
        assert_eq!(read.parameters().unwrap().to_vec(), saved.parameters().unwrap().to_vec());
        let (ours, theirs) = (read.reconstruct(&bytes(3)).unwrap(), saved.reconstruct(&bytes(3)).unwrap());
        assert_eq!(ours.to_vec(), theirs.to_vec());
        assert_eq!(read.learning_rate().unwrap(), 0.25);
        let first = read.train(&bytes(20)).unwrap();
        (0..50).for_each(|_| _ = read.train(&bytes(20)).unwrap());
        assert!(read.train(&bytes(20)).unwrap() < first);
    }
    let plain = Autoencoder::from_json(&forms[1], &JsValue::UNDEFINED).unwrap();
    assert_eq!(plain.learning_rate().unwrap() as f32, Method::ADAM.default_learning_rate());
}

#[wasm_bindgen_test]
fn a_network_of_convnetjs_is_loaded() {
    let net = include_str!("convnetjs/initial.json");
    let read = Autoencoder::from_json(&net.into(), &JsValue::UNDEFINED).unwrap();
    assert_eq!((read.inputs().unwrap(), read.latent().unwrap()), (6, 2));
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
        (net, r#"{ "loss": "bce" }"#, "leave out “bce”, since the file says"),
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
    let saved = Autoencoder::new(&json(config)).unwrap();
    saved.train(&bytes(20)).unwrap();
    saved.set_learning_rate(&0.25.into()).unwrap();
    let file = saved.save().unwrap();
    let read = Autoencoder::load(&file).unwrap();
    assert_eq!(read.learning_rate().unwrap(), 0.25);
    for _ in 0..3 {
        assert_eq!(read.train(&bytes(20)).unwrap(), saved.train(&bytes(20)).unwrap());
        assert_eq!(read.parameters().unwrap().to_vec(), saved.parameters().unwrap().to_vec());
    }
    for length in 0..file.length() {
        assert!(Autoencoder::load(&file.subarray(0, length)).is_err(), "the first {length} bytes");
    }
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
        assert_eq!((made.inputs().unwrap(), made.latent().unwrap()), (784, config.spec.latent_dim()));
        assert_eq!(made.learning_rate().unwrap() as f32, config.learning_rate);
    }
    let plain = Autoencoder::new(&json(r#"{ "layers": "6 2 6", "optimizer": "sgd" }"#)).unwrap();
    assert_eq!((plain.inputs().unwrap(), plain.latent().unwrap()), (6, 2));
    assert_eq!(plain.learning_rate().unwrap() as f32, Method::Sgd.default_learning_rate());
    let autoencoder = small();
    for rate in [0.0, 0.01, 1e-3, 3e-5, 12.5, 0.1234567] {
        autoencoder.set_learning_rate(&rate.into()).unwrap();
        assert_eq!(autoencoder.learning_rate().unwrap(), rate);
    }
}

#[wasm_bindgen_test]
fn noise_and_a_variational_code_are_saved() {
    let config = r#"{ "layers": "6 4t 2 4t 6", "variational": true, "beta": 0.5, "corruption": "gaussian",
        "corruptionAmount": 0.1, "schedule": "cosine", "scheduleSteps": 9 }"#;
    let autoencoder = Autoencoder::new(&json(config)).unwrap();
    autoencoder.train(&bytes(4)).unwrap();
    assert_eq!(autoencoder.encode(&bytes(3)).unwrap().length(), 6);
    assert_eq!(autoencoder.decode(&Float32Array::new_with_length(4)).unwrap().length(), 12);
    let again = Autoencoder::load(&autoencoder.save().unwrap()).unwrap();
    for _ in 0..9 {
        assert_eq!(autoencoder.train(&bytes(4)).unwrap(), again.train(&bytes(4)).unwrap());
    }
    assert_eq!(autoencoder.parameters().unwrap().to_vec(), again.parameters().unwrap().to_vec());
    assert!(sentence(autoencoder.to_json()).contains("ConvNetJS does not support a variational code"));
}

#[wasm_bindgen_test]
fn beta_can_be_set_between_steps() {
    let config = json(r#"{ "layers": "6 4t 2~ 4t 6", "seed": 3 }"#);
    let (one, other) = (Autoencoder::new(&config).unwrap(), Autoencoder::new(&config).unwrap());
    assert_eq!((one.beta().unwrap(), one.kl().unwrap()), (1.0, 0.0));
    for autoencoder in [&one, &other] {
        autoencoder.train(&bytes(9)).unwrap();
    }
    assert!(one.kl().unwrap() > 0.0 && one.kl() == other.kl());
    other.set_beta(&25.0.into()).unwrap();
    assert_eq!(other.beta().unwrap(), 25.0);
    for _ in 0..300 {
        one.train(&bytes(9)).unwrap();
        other.train(&bytes(9)).unwrap();
    }
    assert!(other.kl().unwrap() < one.kl().unwrap(), "{:?} {:?}", other.kl(), one.kl());
    let refused = [json("-1"), json("\"1\""), JsValue::UNDEFINED].map(|bad| sentence(other.set_beta(&bad)));
    assert!(refused.iter().all(|text| text.starts_with("beta must be a finite number of at least 0, got")));
    assert_eq!(other.beta().unwrap(), 25.0);
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

/// Returns the value of a JavaScript expression of an autoencoder `ae`, its class `A` and `bytes` of twenty examples.
fn evaluate(expression: &str, ae: &JsValue) -> Result<JsValue, JsValue> {
    let body = format!("const A = ae.constructor; return ({expression});");
    Function::new_with_args("ae, bytes, mine", &body).call3(
        &JsValue::UNDEFINED,
        ae,
        &bytes(20),
        &Function::new_no_args("throw new Error('mine')"),
    )
}

/// Returns the value that a JavaScript expression leads to.
async fn settled(expression: &str, ae: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&evaluate(expression, ae)?)).await
}

/// What JavaScript can do wrong, and what the sentence says. `mine` throws `Error("mine")`.
const MISUSE: &[(&str, &str)] = &[
    // No array.
    (
        "ae.train()",
        "examples must be a Uint8Array, Uint8ClampedArray, Float32Array, Float64Array, ArrayBuffer or array of numbers, got undefined",
    ),
    ("ae.train(null)", "got null"),
    ("ae.train(6)", "got 6"),
    ("ae.train(1n)", "got a BigInt"),
    ("ae.train('pixels')", "got “pixels”"),
    ("ae.train(true)", "got true"),
    ("ae.train(Symbol())", "got a symbol"),
    ("ae.train({})", "got an object"),
    ("ae.train(mine)", "got a function"),
    ("ae.train(new Map())", "got a Map"),
    ("ae.train(Promise.resolve(bytes))", "got a Promise"),
    ("ae.train(new Int16Array(6))", "got an Int16Array"),
    ("ae.train(new DataView(bytes.buffer))", "got a DataView"),
    ("ae.train(Object.create(Uint8Array.prototype))", "got an object"),
    ("ae.train(new Proxy(bytes, { get: mine }))", "got an object"),
    ("ae.train(((p) => (p.revoke(), p.proxy))(Proxy.revocable([], {})))", "got an object"),
    ("ae.train({ get [Symbol.toStringTag]() { mine() } })", "got an object"),
    // The wrong number of values.
    ("ae.train(new Uint8Array(0))", "a positive multiple of 6, got 0"),
    ("ae.train(bytes.subarray(0, 7))", "a positive multiple of 6, got 7"),
    ("ae.train([0, 1])", "a positive multiple of 6, got 2"),
    (
        "ae.train((structuredClone(bytes, { transfer: [bytes.buffer] }), bytes))",
        "a positive multiple of 6, got 0",
    ),
    (
        "ae.train((structuredClone(bytes, { transfer: [bytes.buffer] }), bytes.buffer))",
        "a positive multiple of 6, got 0",
    ),
    (
        "ae.train(new Proxy([], { get: (_, key) => key === 'length' ? 1e12 : 0 }))",
        "this takes more than the 4 GB of WebAssembly",
    ),
    ("ae.train(new Proxy([], { get: () => 'long' }))", "the length of an array must be a number, got “long”"),
    ("ae.train(new Proxy([], { get: mine }))", "mine"),
    ("ae.train(new Uint8Array(6 * 60e6))", "this takes more than the 4 GB of WebAssembly"),
    // Invalid values.
    ("ae.train(['0', 0, 0, 0, 0, 0])", "value 0 must be a number, got “0”"),
    ("ae.train([0, , 0, 0, 0, 0])", "value 1 must be a number, got undefined"),
    ("ae.train([[0, 0, 0, 0, 0, 0]])", "value 0 must be a number, got an array"),
    ("ae.train([0, { valueOf: mine }, 0, 0, 0, 0])", "value 1 must be a number, got an object"),
    ("ae.train(new Float32Array(bytes))", "must be from 0 to 1, got 37: divide bytes by 255"),
    ("ae.train([...bytes])", "must be from 0 to 1, got 37: divide bytes by 255"),
    ("ae.train(new Float32Array(12).fill(-1, 9))", "value 3 of example 1 must be from 0 to 1, got -1"),
    ("ae.train(new Float64Array(12).fill(NaN, 9))", "value 3 of example 1 must be from 0 to 1, got NaN"),
    ("ae.train(new Float64Array(6).fill(1e300))", "got inf"),
    ("ae.loss(new Float32Array(bytes))", "divide bytes by 255"),
    ("ae.encode(new Float32Array(bytes))", "divide bytes by 255"),
    ("ae.reconstruct(new Float32Array(6).fill(NaN))", "got NaN"),
    ("ae.encode({})", "examples must be"),
    ("ae.reconstruct(new Uint8Array(5))", "a positive multiple of 6, got 5"),
    ("ae.loss('')", "got “”"),
    // Codes.
    ("ae.decode()", "codes must be a Float32Array, Float64Array or array of numbers, got undefined"),
    ("ae.decode(bytes)", "codes must be a Float32Array, Float64Array or array of numbers, got a Uint8Array"),
    ("ae.decode(NaN)", "got NaN"),
    ("ae.decode([0, 1, NaN, 1])", "value 0 of code 1 must be a finite number, got NaN"),
    ("ae.decode(new Float64Array([0, 1e39]))", "value 1 of code 0 must be a finite number, got inf"),
    ("ae.decode([1, 2, 3])", "a positive multiple of 2, got 3"),
    // Settings.
    ("ae.learningRate = 'fast'", "learningRate must be a finite number of at least 0, got “fast”"),
    ("ae.learningRate = { valueOf: mine }", "got an object"),
    ("ae.learningRate = -1", "got -1"),
    ("ae.beta = 1", "beta cannot be set while the code is not variational"),
    ("new A()", "the config must be an object such as"),
    ("new A('6 2 6')", "got “6 2 6”"),
    ("new A({ get layers() { mine() } })", "mine"),
    ("new A(new Proxy({}, { ownKeys: mine }))", "mine"),
    ("new A(((p) => (p.revoke(), p.proxy))(Proxy.revocable({}, {})))", "got an object"),
    ("new A({ layers: '6 2 6', seed: new Number(1) })", "seed must be a finite number"),
    ("new A({ layers: '6 2 6', seed: { toString: mine } })", "seed must be a finite number"),
    // Files.
    ("A.load()", "the file must be a Uint8Array or an ArrayBuffer, got undefined"),
    ("A.load(new Float32Array(2))", "got a Float32Array"),
    ("A.load(new ArrayBuffer(0))", "this is not a .bottleneck file"),
    ("A.fromSafetensors([1, 2])", "the file must be a Uint8Array or an ArrayBuffer, got an array"),
    ("A.fromSafetensors(bytes)", "safetensors"),
    ("A.fromSafetensors(ae.toSafetensors(), { seed: 1 })", "unknown setting “seed”"),
    ("A.fromJSON()", "the network must be ConvNetJS's JSON, got undefined"),
    ("A.fromJSON({ toJSON() {} })", "the network must be ConvNetJS's JSON, got an object"),
    ("A.fromJSON({ toJSON: mine })", "mine"),
    ("A.fromJSON(((a) => a.a = a)({}))", "circular"),
    ("A.fromJSON(mine)", "got a function"),
    // Fit.
    ("ae.fit()", "examples must be"),
    ("ae.fit(new Float32Array(bytes))", "divide bytes by 255"),
    ("ae.fit(bytes, null)", "the options must be an object such as { epochs: 5 }, got null"),
    (
        "ae.fit(bytes, { batchSize: 1 })",
        "unknown setting “batchSize”: expected batch, epochs, shuffle, onProgress, signal",
    ),
    ("ae.fit(bytes, { batch: 0 })", "batch must be a whole number of at least 1, got 0"),
    ("ae.fit(bytes, { batch: 1.5 })", "got 1.5"),
    ("ae.fit(bytes, { epochs: '2' })", "epochs must be a whole number of at least 1, got “2”"),
    ("ae.fit(bytes, { epochs: Infinity })", "got Infinity"),
    ("ae.fit(bytes, { shuffle: 1 })", "shuffle must be true or false, got 1"),
    ("ae.fit(bytes, { onProgress: true })", "onProgress must be a function, got true"),
    ("ae.fit(bytes, { signal: new AbortController() })", "signal must be an AbortSignal"),
    ("ae.fit(bytes, { signal: { get aborted() { mine() } } })", "mine"),
    ("ae.fit(bytes, { get epochs() { mine() } })", "mine"),
    ("ae.fit(bytes, { signal: AbortSignal.abort(new Error('stop')) })", "stop"),
];

#[wasm_bindgen_test]
async fn misuse_is_refused_in_a_sentence_and_changes_nothing() {
    let ae = JsValue::from(small());
    evaluate("ae.train(bytes)", &ae).unwrap();
    let state = || evaluate("ae.save().join()", &ae).unwrap();
    let before = state();
    for (expression, expected) in MISUSE {
        let found = sentence(settled(expression, &ae).await);
        assert!(found.contains(expected), "{expression}: {found}");
        assert_eq!(state(), before, "{expression}");
    }
}

#[wasm_bindgen_test]
async fn arrays_of_every_kind_and_realm_are_examples() {
    let frame = "const frame = document.body.appendChild(document.createElement('iframe')).contentWindow;";
    let foreign = Function::new_no_args(&format!("{frame} return frame")).call0(&JsValue::UNDEFINED).unwrap();
    Reflect::set(&js_sys::global(), &"foreign".into(), &foreign).unwrap();
    let ae = JsValue::from(small());
    let expected = evaluate("ae.encode(bytes).join()", &ae).unwrap();
    for examples in [
        "new Uint8ClampedArray(bytes)",
        "bytes.buffer",
        "new Uint8Array([0, 0, 0, 0, ...bytes]).subarray(4)",
        "Float32Array.from(bytes, (byte) => byte * Math.fround(1 / 255))",
        "Float64Array.from(bytes, (byte) => byte * Math.fround(1 / 255))",
        "Array.from(bytes, (byte) => byte * Math.fround(1 / 255))",
        "new foreign.Uint8Array(bytes)",
        "new foreign.Uint8Array(bytes).buffer",
        "foreign.Float64Array.from(bytes, (byte) => byte * Math.fround(1 / 255))",
        "foreign.Array.from(bytes, (byte) => byte * Math.fround(1 / 255))",
        // What such an array says of itself does not matter.
        "Object.defineProperties(bytes, { subarray: { get: mine }, length: { get: mine }, buffer: { value: 7 } })",
        "Object.setPrototypeOf(bytes, null)",
        "new (class Mine extends Uint8Array { static get [Symbol.species]() { mine() } })(bytes)",
    ] {
        assert_eq!(evaluate(&format!("ae.encode({examples}).join()"), &ae).unwrap(), expected, "{examples}");
        let history = settled(&format!("ae.fit({examples})"), &JsValue::from(small())).await.unwrap();
        assert_eq!(Array::from(&history).length(), 1, "{examples}");
    }
}

#[wasm_bindgen_test]
fn code_of_the_callers_may_use_the_autoencoder() {
    let ae = JsValue::from(small());
    for expression in [
        "ae.train(new Proxy([0, 0, 0, 0, 0, 0], { get: (array, key) => (ae.train(bytes), array[key]) }))",
        "new A({ get layers() { ae.train(bytes); return '6 2 6' } }).train(bytes)",
    ] {
        assert!(evaluate(expression, &ae).unwrap().as_f64().is_some(), "{expression}");
    }
    assert!(evaluate("ae.steps", &ae).unwrap().as_f64() > Some(7.0));
}

#[wasm_bindgen_test]
fn after_free_an_error_says_so() {
    let ae = JsValue::from(small());
    evaluate("ae.free()", &ae).unwrap();
    evaluate("ae.free()", &ae).unwrap();
    for expression in [
        "ae.train(bytes)",
        "ae.encode(bytes)",
        "ae.decode([0, 0])",
        "ae.loss(bytes)",
        "ae.save()",
        "JSON.stringify(ae)",
        "ae.steps",
        "ae.settings",
        "ae.parameters",
        "ae.learningRate = 1",
    ] {
        let found = sentence(evaluate(expression, &ae));
        assert_eq!(found, "this autoencoder was freed: create or load another one", "{expression}");
    }
    assert_eq!(evaluate("`${ae}`", &ae).unwrap(), "Autoencoder(freed)");
}

#[wasm_bindgen_test]
fn a_batch_without_room_is_refused_with_its_size() {
    let network = Network::new(&"6 5t 2 5t 6".parse().unwrap(), Loss::MeanSquared).unwrap();
    // Almost the four gigabytes that a program can address.
    let size = 9_000_000;
    let found = sentence(small().train(&Uint8Array::new_with_length(6 * size)));
    let bytes = batch_bytes(&network, size as usize) + 6 * size as usize;
    assert_eq!(found, format!("there is not enough memory: this takes {} MB", bytes.div_ceil(1 << 20)));
}

#[wasm_bindgen_test]
fn a_diverged_network_returns_nan() {
    let autoencoder = small();
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
async fn fit_takes_the_steps_of_train_in_epochs() {
    let (fitted, trained) = (JsValue::from(small()), small());
    let history = settled("ae.fit(bytes, { batch: 8, epochs: 3, shuffle: false })", &fitted).await.unwrap();
    for epoch in Array::from(&history).iter() {
        let mut sum = 0.0;
        for (from, to) in [(0, 8), (8, 16), (16, 20)] {
            let loss = trained.train(&bytes(20).subarray(6 * from, 6 * to)).unwrap();
            sum += f64::from(loss) * f64::from(to - from);
        }
        assert_eq!(Reflect::get(&epoch, &"loss".into()).unwrap(), sum / 20.0);
    }
    assert_eq!(
        evaluate("ae.parameters.join()", &fitted).unwrap(),
        evaluate("ae.parameters.join()", &trained.into()).unwrap()
    );
    let steps = evaluate("[ae.steps]", &fitted).unwrap();
    assert_eq!(Array::from(&steps).get(0), 9.0);
    let summary = "(h) => h.map(({ epoch, step, steps }) => [epoch, step, steps].join()).join(' ')";
    let summary = evaluate(summary, &fitted).unwrap().unchecked_into::<Function>();
    assert_eq!(summary.call1(&JsValue::UNDEFINED, &history).unwrap(), "1,3,9 2,6,9 3,9,9");
}

#[wasm_bindgen_test]
async fn a_shuffled_fit_sees_every_example_once_an_epoch_and_resumes_from_a_file() {
    let (whole, part) = (JsValue::from(small()), JsValue::from(small()));
    let in_order = JsValue::from(small());
    settled("ae.fit(bytes, { batch: 3, epochs: 4 })", &whole).await.unwrap();
    settled("ae.fit(bytes, { batch: 3, epochs: 4, shuffle: false })", &in_order).await.unwrap();
    settled("ae.fit(bytes, { batch: 3, epochs: 2 })", &part).await.unwrap();
    let resumed = evaluate("A.load(ae.save())", &part).unwrap();
    settled("ae.fit(bytes, { batch: 3, epochs: 2 })", &resumed).await.unwrap();
    let parameters = |ae| evaluate("ae.parameters.join()", ae).unwrap();
    assert_eq!(parameters(&whole), parameters(&resumed));
    assert_ne!(parameters(&whole), parameters(&in_order));
    // With a rate of zero the loss of an epoch is that of all examples, in whatever order.
    let losses = "(ae.learningRate = 0, ae.fit(bytes, { batch: 3, epochs: 2 })
        .then((h) => h.every(({ loss }) => Math.abs(loss - ae.loss(bytes)) < 1e-7)))";
    assert_eq!(settled(losses, &whole).await.unwrap(), true);
}

#[wasm_bindgen_test]
async fn everything_but_a_second_fit_works_during_fit() {
    let ae = JsValue::from(small());
    let script = "(async () => {
        let ticks = 0, seen = [], refused;
        const timer = setInterval(() => ticks++, 1);
        const examples = new Uint8Array(6 * 50000).map((_, i) => i * 37);
        const fit = ae.fit(examples, { epochs: 2, onProgress: async ({ step }) => {
            seen.push(ae.steps === step, ae.loss(bytes) > 0, ae.encode(bytes).length === 40, ae.save().length > 0);
            refused ??= await ae.fit(bytes).catch((error) => error.message);
            await new Promise((resolve) => setTimeout(resolve));
        } });
        // The examples have been copied.
        structuredClone(examples, { transfer: [examples.buffer] });
        await fit;
        clearInterval(timer);
        await ae.fit(bytes);
        return [ticks > 3, seen.length > 8 && seen.every(Boolean), refused].join();
    })()";
    let expected = "true,true,fit is running: wait for its promise before the next one";
    assert_eq!(settled(script, &ae).await.unwrap(), expected);
}

#[wasm_bindgen_test]
async fn fit_yields_within_a_step_and_settings_may_start_it_anew() {
    // A step of this network takes several turns.
    let wide = r#"{ "layers": "784 1000t 1000t 2~ 1000t 784" }"#;
    let made = || JsValue::from(Autoencoder::new(&json(wide)).unwrap());
    let (calm, disturbed) = (made(), made());
    let fit = "ae.fit(new Uint8Array(784 * 200).map((_, i) => i % 251), { batch: 200, shuffle: false })";
    let turns = format!(
        "(async () => {{
            let turns = 0, done = false;
            const {{ port1, port2 }} = new MessageChannel();
            port1.onmessage = () => {{ turns++; if (!done) port2.postMessage(0) }};
            port2.postMessage(0);
            await {fit};
            done = true;
            return turns > 3;
        }})()"
    );
    assert_eq!(settled(&turns, &calm).await.unwrap(), true);
    // A change of beta starts the step anew, with the same batch and noise.
    let disturb = format!(
        "(async () => {{
            let fit = {fit};
            for (let i = 0; i < 3; i++) {{
                await new Promise((resolve) => setTimeout(resolve, 1));
                if (ae.steps !== 0) throw new Error('the step is done already');
                ae.beta = 9;
                ae.beta = 1;
            }}
            await fit;
        }})()"
    );
    settled(&disturb, &disturbed).await.unwrap();
    let losses = [&calm, &disturbed].map(|ae| evaluate("ae.loss(new Uint8Array(784).fill(9))", ae).unwrap());
    assert_eq!(losses[0], losses[1]);
}

#[wasm_bindgen_test]
async fn fit_ends_early_in_an_orderly_way() {
    let long = "epochs: 1e9, batch: 5";
    for (script, expected) in [
        (format!("ae.fit(bytes, {{ {long}, signal: AbortSignal.timeout(30) }})"), "TimeoutError"),
        (format!("ae.fit(bytes, {{ {long}, onProgress() {{ mine() }} }})"), "mine"),
        (format!("ae.fit(bytes, {{ {long}, onProgress: async () => mine() }})"), "mine"),
        (format!("ae.fit(bytes, {{ {long}, onProgress: () => ({{ get then() {{ mine() }} }}) }})"), "mine"),
        (
            format!(
                "ae.fit(bytes, {{ {long}, onProgress: (p) => p.epoch === 3 && (ae.learningRate = 1e38) }})"
            ),
            "training diverged at step",
        ),
        (
            format!("ae.fit(bytes, {{ {long}, onProgress: (p) => p.epoch === 3 && ae.free() }})"),
            "this autoencoder was freed",
        ),
    ] {
        let ae = JsValue::from(small());
        let caught = settled(&format!("{script}.catch((error) => `${{error}}`)"), &ae).await.unwrap();
        let caught = caught.as_string().expect("fit fails");
        assert!(caught.contains(expected), "{script}: {caught}");
        if !caught.contains("freed") {
            let again = "(ae.learningRate = 0, ae.fit(bytes))";
            let again = settled(again, &ae).await.map_err(|reason| format!("{reason:?}"));
            assert!(again.is_ok() || caught.contains("diverged"), "{script}: {again:?}");
        }
    }
}

#[wasm_bindgen_test]
fn the_loss_is_that_of_a_step_without_the_step() {
    for config in [
        SMALL,
        r#"{ "layers": "6 5t 2 6", "loss": "bce" }"#,
        r#"{ "preset": "karpathy", "layers": "6 4r 2 6" }"#,
    ] {
        let ae = Autoencoder::new(&json(config)).unwrap();
        // More than a chunk, and not a multiple of it.
        let loss = ae.loss(&bytes(150)).unwrap();
        assert_eq!(ae.steps().unwrap(), 0.0);
        let trained = f64::from(ae.train(&bytes(150)).unwrap());
        assert!((loss - trained).abs() < 1e-6 * trained, "{config}: {loss}, not {trained}");
    }
}

#[wasm_bindgen_test]
fn settings_make_the_same_network() {
    let others = [
        r#"{ "layers": "6 5t 2~ 5r 6", "beta": 0.5, "corruption": "masking", "schedule": "cosine", "scheduleSteps": 9 }"#,
        r#"{ "layers": "6 5t 2 5l 6", "readOut": "tanh", "optimizer": "adamw", "init": "truncated:0.2", "seed": 9 }"#,
        r#"{ "layers": "6 5t 3* 2 6", "loss": "bce", "optimizer": "nesterov", "momentum": 0.5, "learningRate": 0.003 }"#,
    ];
    let presets = Preset::ALL.map(|preset| format!(r#"{{ "preset": "{}" }}"#, preset.name()));
    for config in presets.iter().map(String::as_str).chain(others) {
        let made = JsValue::from(Autoencoder::new(&json(config)).unwrap());
        let same = "((other) => JSON.stringify(other.settings) === JSON.stringify(ae.settings)
            && other.parameters.every((value, i) => value === ae.parameters[i])
            && other.layers === ae.settings.layers && other.parameterCount === ae.parameters.length
        )(new A({ ...ae.settings }))";
        // Reading all parameters for each would take long.
        let same = same.replace("ae.parameters[i]", "parameters[i]");
        let same = format!("((parameters) => {same})(ae.parameters)");
        assert_eq!(evaluate(&same, &made).unwrap(), true, "{config}");
    }
}

#[wasm_bindgen_test]
fn safetensors_have_the_network_but_no_training_settings() {
    let saved = Autoencoder::new(&json(r#"{ "layers": "6 5r 4t 2~ 5l 6", "seed": 9 }"#)).unwrap();
    saved.train(&bytes(20)).unwrap();
    let file = saved.to_safetensors().unwrap();
    for form in [JsValue::from(&file), file.buffer().into()] {
        let read = Autoencoder::from_safetensors(&form, &json(TRAINED_ON)).unwrap();
        assert_eq!((read.layers(), read.steps()), (saved.layers(), Ok(0.0)));
        assert_eq!(read.parameters().unwrap().to_vec(), saved.parameters().unwrap().to_vec());
        assert_eq!(read.learning_rate().unwrap(), 0.25);
    }
}

#[wasm_bindgen_test]
fn pictures_become_examples() {
    let draw = |size: &str, result: &str| {
        let script = format!(
            "const canvas = new OffscreenCanvas({size}), context = canvas.getContext('2d');
             const {{ width, height }} = canvas;
             context.fillStyle = 'white'; context.fillRect(0, 0, width, height);
             context.fillStyle = 'black'; context.fillRect(width * 3 / 7, 0, width / 7, height);
             return {result};"
        );
        Function::new_no_args(&script).call0(&JsValue::UNDEFINED).unwrap()
    };
    for size in ["28, 28", "56, 56", "300, 300", "1000, 800", "9, 9"] {
        for result in
            ["canvas", "context.getImageData(0, 0, width, height)", "canvas.transferToImageBitmap()"]
        {
            let image = to_mnist_image(&draw(size, result)).unwrap();
            let (ink, background) = (image.get_index(14 * 28 + 14), image.get_index(14 * 28 + 2));
            assert!(
                image.length() == 784 && ink > 200 && background < 35,
                "{size} {result}: {ink}, {background}"
            );
        }
    }
    let ae = JsValue::from(small());
    for (picture, expected) in [
        ("{ width: 28, height: 28, data: new Uint8Array(3136).fill(255) }", Ok(784)),
        ("{ width: 28, height: 28, data: new Uint8Array(7) }", Err("must have 3136 bytes, got 7")),
        ("{ width: 28, height: 28, data: 'white' }", Err("the data of the image must be a Uint8Array")),
        ("{ width: 28, height: 28 }", Err("drawImage")),
        (
            "{ width: 28, height: 0.5 }",
            Err("must be an ImageData, a canvas or an ImageBitmap, got an object"),
        ),
        ("{ get width() { mine() } }", Err("mine")),
        ("null", Err("got null")),
    ] {
        let result = to_mnist_image(&evaluate(picture, &ae).unwrap());
        match expected {
            Ok(length) => assert_eq!(result.unwrap().length(), length),
            Err(expected) => {
                let found = sentence(result);
                assert!(found.contains(expected), "{picture}: {found}");
            }
        }
    }
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

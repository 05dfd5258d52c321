//! Addresses that others may have typed: all of them still open.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use bottleneck::app::{App, Msg};

/// Addresses of the first version, with every key and most of the names. They do not change with the documentation.
const FIRST_VERSION: [&str; 19] = [
    "preset=blog&lr=0.001&optimizer=adam&batch=128&seed=7",
    "preset=karpathy&network=784-30r-8*-4-30r-784&dataset=strokes",
    "preset=modern&train-images=10&order=shuffled",
    "preset=deep&loss=bce&read-out=sigmoid",
    "preset=hinton&loss=half-sum-squared",
    "network=784-50t-50t-2~-50t-50t-784&beta=0.1",
    "variational=yes&loss=mse&dataset=mnist",
    "corruption=masking&corruption-amount=0.5",
    "corruption=gaussian&schedule=cosine&schedule-steps=150",
    "optimizer=momentum&momentum=0.9&l1=0.001&l2=0.001",
    "optimizer=adadelta&rho=0.95&epsilon=1e-8",
    "optimizer=adamw&beta1=0.9&beta2=0.999&weight-decay=0.01",
    "preset=modern&train-images=10",
    "preset=modern&network=784-50t-50t-1-50t-50t-784",
    "preset=modern&corruption=masking&corruption-amount=0.5",
    "preset=modern&variational=yes",
    "lr=1000",
    "preset=fast&init=truncated:0.1&bias=0.1&decay=sum",
    "embed=transport,pipeline,plane,decoded,reconstructions,loss,settings&speed=10&stop=5000,plateau",
];

/// Returns the fragments in a text: those with a `#`.
fn fragments(text: &str) -> Vec<String> {
    let text = text.replace("&amp;", "&");
    let is_part = |char: char| char.is_ascii_alphanumeric() || "=&,.-~*_+%:".contains(char);
    let marked = text.split('#').skip(1).map(|rest| rest.split(|char| !is_part(char)).next().unwrap_or(""));
    let is_fragment = |fragment: &&str| fragment.contains('=') || *fragment == "embed";
    marked.map(|found| found.trim_end_matches(['.', ','])).filter(is_fragment).map(str::to_owned).collect()
}

#[test]
fn every_address_of_the_first_version_and_of_the_documentation_opens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).expect("the documentation");
    let docs = docs.map(|entry| entry.expect("the documentation").path());
    let files = docs.chain(["README.md", "ARCHITECTURE.md", "www/index.html"].map(|file| root.join(file)));
    let texts = files
        .filter(|path| path.extension().is_some_and(|end| end == "md" || end == "html"))
        .map(|path| fs::read_to_string(path).expect("a text"));
    let found: BTreeSet<String> = texts.flat_map(|text| fragments(&text)).collect();
    assert!(
        found.contains("preset=blog&lr=0.001&optimizer=adam&batch=128&seed=7") && found.len() > 8,
        "{found:?}"
    );
    for address in found.iter().map(String::as_str).chain(FIRST_VERSION) {
        let mut app = App::default();
        app.update(Msg::Open(format!("#{address}")));
        assert_eq!(app.notices().shown().map(|notice| &notice.text), None, "#{address}");
    }
}

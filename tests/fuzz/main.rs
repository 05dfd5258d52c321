//! Every parser under mutated inputs: no panic, no hang, no memory beyond what the input is worth, a sentence for every
//! refusal, and whatever is accepted can be saved and read back.
//!
//! Good files of our own making are changed in ways that know their structure, with lengths and checksums put right again
//! most of the time, so that changes reach what lies behind them. An input that is answered by a sentence not heard before
//! joins the good files. The same seed gives the same inputs; guidance by coverage would need a nightly compiler.
//!
//! A few thousand inputs a parser are part of the tests; `make fuzz` runs ten million. `FUZZ` sets how many, `FUZZ_SEED` the
//! seed; `cargo test --test fuzz -- --nocapture idx` runs one parser.
#![cfg(not(target_arch = "wasm32"))]

mod corpus;
mod engine;
mod mutation;
mod networks;
mod parsers;

use engine::run;

#[test]
fn idx() {
    run("idx", &corpus::idx(), &[], parsers::idx);
}

#[test]
fn idx_gzip() {
    run("idx-gzip", &corpus::gzip(), &[], parsers::idx);
}

#[test]
fn bottleneck() {
    run("bottleneck", &corpus::bottleneck(), networks::WORDS, networks::bottleneck);
}

#[test]
fn convnetjs() {
    run("convnetjs", &corpus::convnetjs(), networks::WORDS, networks::convnetjs);
}

#[test]
fn safetensors() {
    run("safetensors", &corpus::safetensors(), networks::WORDS, networks::safetensors);
}

#[test]
fn notation() {
    run("notation", &corpus::notation(), &["*", "~", "t", "784", " ", "layer_defs"], parsers::layers);
}

#[test]
fn layer_defs() {
    run("layer_defs", &corpus::layer_defs(), parsers::PROGRAM, parsers::layers);
}

#[test]
fn fragment() {
    run("fragment", &corpus::fragments(), &parsers::keys(), parsers::fragment);
}

#[test]
fn sitting() {
    run("sitting", &corpus::sittings(), &[], parsers::sitting);
}

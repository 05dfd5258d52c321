//! Fuzz tests of every parser: no panic, no hang, memory in proportion to the input, a sentence for every error, and every
//! accepted input can be saved and read back.
//!
//! Valid files are mutated with knowledge of their structure. Lengths and checksums are mostly corrected afterwards, so that
//! mutations reach the code behind those checks. An input with a new error joins the corpus. The same seed gives the same
//! inputs; guidance by coverage would need a nightly compiler.
//!
//! The tests run 20,000 inputs per parser; `make fuzz` runs ten million. `FUZZ` sets the number and `FUZZ_SEED` the seed;
//! `cargo test --test fuzz -- --nocapture idx` runs one parser.
#![cfg(not(target_arch = "wasm32"))]

mod corpus;
mod engine;
mod mutation;
mod networks;
mod parsers;

use engine::run;

fn words(list: &str) -> Vec<&str> {
    list.split('|').collect()
}

#[test]
fn idx() {
    run("idx", &corpus::idx(), &[], parsers::idx);
}

#[test]
fn idx_gzip() {
    run("idx-gzip", &corpus::gzip(), &[], parsers::idx);
}

#[test]
fn import() {
    run("import", &corpus::imports(), &words(parsers::TABLE), parsers::import);
}

#[test]
fn bottleneck() {
    run("bottleneck", &corpus::bottleneck(), &words(networks::WORDS), networks::bottleneck);
}

#[test]
fn convnetjs() {
    run("convnetjs", &corpus::convnetjs(), &words(networks::WORDS), networks::convnetjs);
}

#[test]
fn safetensors() {
    run("safetensors", &corpus::safetensors(), &words(networks::WORDS), networks::safetensors);
}

#[test]
fn notation() {
    run("notation", &corpus::notation(), &["*", "~", "t", "784", " ", "layer_defs"], parsers::layers);
}

#[test]
fn layer_defs() {
    run("layer_defs", &corpus::layer_defs(), &words(parsers::PROGRAM), parsers::layers);
}

#[test]
fn fragment() {
    run("fragment", &corpus::fragments(), &parsers::keys(), parsers::fragment);
}

#[test]
fn run_header() {
    run("run_header", &corpus::run_headers(), &[], parsers::run_header);
}

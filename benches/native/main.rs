//! The cost of the parts of a training step natively: `cargo bench`, or `cargo bench -- step` for some of them.
//!
//! Every benchmark uses the public interface, so it survives changes of the kernels. Divan prints a table of medians with throughput
//! and builds in seconds; to compare implementations, use the benchmark in the browser, which alternates them.
//!
//! An "item" is a floating-point operation in `peak` and in `layers` `forward` and `forward_and_backward`, a parameter in
//! `optimizers`, and an example elsewhere.

mod digits;
mod layers;
mod optimizers;
mod peak;
mod steps;

fn main() {
    // What is compared with others, and with other machines, is one thread.
    bottleneck::nn::set_threads(1).expect("no thread was used yet");
    divan::main();
}

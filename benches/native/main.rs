//! What the parts of a training step cost natively: `cargo bench`, or `cargo bench -- step` for some of them.
//!
//! All of it goes through the public interface, so that the figures follow whatever the kernels become. It is divan and not
//! Criterion because a table of medians with throughput is what is wanted here, from a dependency that builds in seconds;
//! where runs are to be compared, the bench in the browser has rounds.
//!
//! "Item" stands for a floating-point operation in `peak` and in `layers` `forward` and `forward_and_backward`, for a parameter in
//! `optimizers`, otherwise for an example.

mod digits;
mod layers;
mod optimizers;
mod peak;
mod steps;

fn main() {
    divan::main();
}

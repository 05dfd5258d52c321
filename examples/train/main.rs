//! Gertjan van den Burg's blog post "Simple MNIST autoencoder in TensorFlow" as a program.
//!
//! ```sh
//! cargo run --release --example train -- --out pictures --logdir logs
//! cargo run --release --example train -- --help
//! ```
//!
//! It trains the post's network on MNIST, prints the loss every 500 steps as the post does, and ends with the mean
//! squared error over all held-out digits. `--logdir` leaves what TensorBoard shows, `--out` the post's pictures.
//! Reading order: `args` what can be asked for, `run` what is done, then what each part of it leaves.

#[cfg(not(target_arch = "wasm32"))]
mod program;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    program::main()
}

/// There are no files in a browser.
#[cfg(target_arch = "wasm32")]
fn main() {}

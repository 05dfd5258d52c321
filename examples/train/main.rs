//! Gertjan van den Burg's blog post "Simple MNIST autoencoder in TensorFlow" as a program.
//!
//! ```sh
//! cargo run --release --example train -- --out pictures --logdir logs
//! cargo run --release --example train -- --help
//! ```
//!
//! It trains the post's network on MNIST, prints the loss every 500 steps as the post does, and ends with the mean
//! squared error on the test digits. `--logdir` writes TensorBoard's event files, `--out` the post's pictures.
//! Reading order: `args`, `run`, then the modules for each kind of output.

#[cfg(not(target_arch = "wasm32"))]
mod program;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    program::main()
}

/// A browser has no file system.
#[cfg(target_arch = "wasm32")]
fn main() {}

//! An autoencoder that learns in front of you: 784 pixels are squeezed through two numbers and drawn again.
//!
//! An autoencoder is a network that learns to reproduce its input through a narrow layer, the code. Here the layers are dense,
//! the inputs are images of digits, and the code has two dimensions, so that everything the network has learned is visible on a
//! plane. The crate contains the web page that shows this, the library below it, and native programs.
//!
//! # Modules, in reading order
//!
//! - [`nn`]: layers, losses, initialisers and optimizers, over flat slices;
//! - [`data`]: datasets, file formats of images, built-in digits, and the order of the examples;
//! - [`train`]: the trainer, presets, and settings as text;
//! - [`files`]: files of networks and runs;
//! - [`view`]: raster images, plots and colours, without a browser;
//! - `app`: the page without a browser, and `web`: its browser side;
//! - `js`: the JavaScript API, behind the feature `js`.
//!
//! A module uses only those above it; `view` uses none.
//!
//! # Invariants
//!
//! - The same seed, settings and data give the same parameters, bit for bit: on every processor, in every build and browser,
//!   whatever the timing of the frames.
//! - A training step does not allocate.
//! - Errors are mean squared errors per pixel, whatever the loss, so that runs can be compared.
//! - No user input and no file causes a panic; mismatched shapes within [`nn`] do, as documented.
//!
//! # Example
//!
//! Train on your own array, encode, decode, save and load:
//!
//! ```
//! use bottleneck::data::Dataset;
//! use bottleneck::files::{self, Format};
//! use bottleneck::ndarray::{Array2, array};
//! use bottleneck::train::{Trainer, TrainerConfig};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // 500 examples of 16 values from 0 to 1, each a wave of another phase.
//! let waves = Array2::from_shape_fn((500, 16), |(i, j)| 0.5 + 0.4 * (0.1 * i as f32 + 0.4 * j as f32).sin());
//! let data = Dataset::from_values(waves.view())?;
//!
//! // Two latent dimensions between layers of 20 tanh units, and Adam at 0.01.
//! let mut config = TrainerConfig::new("16 20t 2 20t 16".parse()?);
//! config.learning_rate = 0.01;
//! let mut trainer = Trainer::new(&config)?;
//! trainer.fit(&data, 500, |stats| {
//!     if stats.step % 100 == 0 {
//!         println!("step {}, error {:.5} per value", stats.step, stats.mse);
//!     }
//! })?;
//! assert!(trainer.evaluate(&data)? < 0.01);
//!
//! let codes = trainer.encode(waves.view()); // [500, 2]
//! let wave = trainer.decode(array![[0.5, -1.0]].view()); // [1, 16]
//!
//! let bytes = files::save(Format::Bottleneck, &trainer)?;
//! let resumed = files::load(Format::Bottleneck, &bytes, &config)?;
//! assert_eq!(resumed.encode(waves.view()), codes);
//! # assert_eq!(wave.dim(), (1, 16));
//! # Ok(())
//! # }
//! ```

#[doc(hidden)]
pub mod app;
pub mod data;
pub mod files;
#[cfg(all(target_arch = "wasm32", feature = "js"))]
pub mod js;
/// The arrays of this library's interface.
pub use ndarray;
pub mod nn;
pub mod train;
pub mod view;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod web;

/// The examples of `docs/`, to be compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
pub struct Examples;

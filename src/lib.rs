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
//! - The same seed and settings give the same parameters, bit for bit, whatever the timing of the frames.
//! - A training step does not allocate.
//! - Errors are mean squared errors per pixel, whatever the loss, so that runs can be compared.
//! - No user input and no file causes a panic; mismatched shapes within [`nn`] do, as documented.
//!
//! # Example
//!
//! ```
//! use bottleneck::data::synthetic;
//! use bottleneck::train::{Preset, Trainer};
//!
//! let digits = synthetic::dataset(1, 0..1_000);
//! let mut trainer = Trainer::new(&Preset::Modern.config()).expect("the preset is valid");
//! let first = trainer.step(&digits).expect("all images are here");
//! let last = (0..200).filter_map(|_| trainer.step(&digits)).last().expect("two hundred steps");
//! assert!(last.mse < 0.8 * first.mse);
//! ```

#[doc(hidden)]
pub mod app;
pub mod data;
pub mod files;
#[cfg(all(target_arch = "wasm32", feature = "js"))]
pub mod js;
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

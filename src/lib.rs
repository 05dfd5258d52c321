//! An autoencoder that learns in front of you: 784 pixels are squeezed through two numbers and drawn again.
//!
//! An autoencoder is a network that is asked to give back what it was shown, through a waist too narrow to let it
//! pass as it is. Here that is a row of dense layers, the images are digits, and the waist is two numbers wide, so that
//! all that the network has understood can be seen on a plane. The crate is the page on which this happens, the
//! library below it, and native programs beside it.
//!
//! # The map, in reading order
//!
//! - [`nn`], the mathematics: layers, losses, initialisers, optimizers, over flat slices;
//! - [`data`]: images, as they arrive or as they are drawn, and the order in which they are seen;
//! - [`train`]: one step after another, presets, and each setting as text;
//! - [`files`]: networks and runs as files;
//! - [`view`]: what there is to see, as numbers and pixels;
//! - [`app`]: the page without a browser, and `web`: the browser;
//! - `js`: a class for the pages of others, with the feature `js`.
//!
//! An arrow never runs back: a module knows only those above it.
//!
//! # What holds throughout
//!
//! - The same seed and settings give the same parameters, bit for bit, whatever the frames' timing.
//! - A training step allocates nothing.
//! - Whatever the loss, errors are told as mean squared error per pixel, so that runs can be compared.
//! - Nothing that is typed, dropped or downloaded panics; shapes that disagree inside [`nn`] do, as documented.
//!
//! # A first run
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

pub mod app;
pub mod data;
pub mod files;
#[cfg(all(target_arch = "wasm32", feature = "js"))]
pub mod js;
pub mod nn;
pub mod train;
pub mod view;
#[cfg(target_arch = "wasm32")]
pub mod web;

/// The examples of the documentation, so that they are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
pub struct Examples;

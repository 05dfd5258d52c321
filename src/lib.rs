//! An autoencoder that learns in front of you: 784 pixels are squeezed through two numbers and drawn again.
//!
//! Modules in reading order, each knowing only those before it:
//! [`nn`] the mathematics, [`data`] what it learns from, [`trainer`] one step after another, [`snapshot`] runs kept in
//! files, [`history`], [`raster`] and [`plot`] what is to be seen, [`budget`] how long a frame may train, [`app`] the page without a
//! browser, `web` the browser.

pub mod app;
pub mod budget;
pub mod data;
pub mod history;
pub mod nn;
pub mod plot;
pub mod preset;
pub mod raster;
pub mod snapshot;
pub mod trainer;
#[cfg(target_arch = "wasm32")]
pub mod web;

//! The built page in headless Chromium: what a person would see and do, checked.
//!
//! `make test` builds the page first. Every test opens one page, in a browser that others have used before, and does several
//! things on it; the last of them is always to see that the console stayed quiet.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the measuring program uses what these tests do not")]
mod support;

mod curves;
mod downloads;
mod files;
mod fragment;
mod latent;
mod layers;
mod learning;
mod networks;
mod objectives;
mod oldest;
mod opening;
mod pad;
mod people;
mod phone;
mod pipeline;
mod plane_tools;
mod record;
mod saved;
mod settings;
mod speed;
mod tab;
mod timeline;
mod told;
mod transport;
mod views;
mod way_back;

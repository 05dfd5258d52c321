//! The built page in headless Chromium. `make test` builds it first.
//!
//! Every test opens a page, in a browser that others have used before, and asserts last that the console is quiet. Waiting is for
//! a condition, mostly for [`Page::idle`](support::page::Page::idle).
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the measuring program uses what these tests do not")]
mod support;

mod accessibility;
mod article;
mod chart;
mod downloads;
mod failing;
mod files;
mod help;
mod keyboard;
mod latent;
mod layers;
mod layout;
mod learning;
mod lessons;
mod media;
mod networks;
mod old_browsers;
mod opening;
mod pad;
mod phone;
mod pipeline;
mod plane_tools;
mod saving;
mod settings;
mod single;
mod storage;
mod timeline;
mod transport;
mod url;

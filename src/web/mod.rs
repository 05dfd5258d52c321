//! The browser.

pub(crate) mod canvas;
pub(crate) mod dom;
pub(crate) mod event;
pub(crate) mod fetch;
pub(crate) mod frame;
pub(crate) mod task;
pub(crate) mod theme;
pub(crate) mod view;

/// Starts the page.
pub fn start() {}

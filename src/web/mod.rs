//! The browser.

/// Starts the page.
pub fn start() {}

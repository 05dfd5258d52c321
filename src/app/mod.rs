//! The page without a browser.

mod evaluation;
mod settings;
mod source;

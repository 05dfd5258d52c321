//! What it takes to drive the built page: a file server, a browser, and the page's contract with its tests.

pub(crate) mod browser;
pub(crate) mod driver;
pub(crate) mod idx;
pub(crate) mod page;
pub(crate) mod pool;
pub(crate) mod server;
pub(crate) mod wait;

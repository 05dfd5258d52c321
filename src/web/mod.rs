//! The browser: the only folder that knows there is one.
//!
//! Input becomes a [`Msg`](crate::app::Msg) and reaches the [`App`](crate::app::App) through a `PageHandle`. In each animation
//! frame the app works, and the panels draw what has changed. Listeners, futures and the animation loop end when they are dropped;
//! `RunningPage` owns them all.

mod animation;
mod bind;
mod canvas;
mod disclosure;
mod dom;
mod effects;
mod fetch;
mod folder;
mod future;
mod help;
mod listener;
mod loading;
mod page;
mod page_handle;
mod panel;
mod picture;
mod run_storage;
mod saving;
mod sliders;
mod startup;
mod store;
mod theme;
mod url;
mod video_recorder;

use std::cell::OnceCell;

use startup::RunningPage;

thread_local! {
    /// Keeps the page alive after [`start`] has returned.
    static RUNNING_PAGE: OnceCell<RunningPage> = const { OnceCell::new() };
}

/// Starts the page. On failure throws a sentence, which the boot script shows.
pub fn start() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        match RunningPage::start().await {
            // A second start changes nothing.
            Ok(page) => RUNNING_PAGE.with(|cell| drop(cell.set(page))),
            Err(error) => wasm_bindgen::throw_str(&error.to_string()),
        }
    });
}

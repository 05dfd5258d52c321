//! The browser: the only folder that knows there is one.
//!
//! Whatever happens on the page becomes a [`Msg`](crate::app::Msg) and goes through one handle to the [`App`](crate::app::App); once a frame
//! the app does its work, and the panels whose versions have changed are drawn. A panel finds its elements, binds its
//! listeners, and draws. Listeners, tasks and the animation loop end when they are dropped, and the startup owns them all.

mod animation;
mod bind;
mod canvas;
mod clipboard;
mod dom;
mod effects;
mod fetch;
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
mod startup;
mod store;
mod theme;
mod url;
mod video_recorder;

use std::cell::OnceCell;

use startup::RunningPage;

thread_local! {
    /// What keeps the page alive after [`start`] has returned.
    static RUNNING_PAGE: OnceCell<RunningPage> = const { OnceCell::new() };
}

/// Starts the page. If that cannot be done, throws a sentence, which the page's boot script shows.
pub fn start() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        match RunningPage::new().await {
            Ok(startup) => RUNNING_PAGE.with(|cell| {
                // A second start finds the page running, and changes nothing.
                let _ = cell.set(startup);
            }),
            Err(error) => wasm_bindgen::throw_str(&error.to_string()),
        }
    });
}

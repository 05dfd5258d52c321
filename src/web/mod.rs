//! The browser: the only folder that knows there is one.
//!
//! Whatever happens on the page becomes a [`Msg`](crate::app::Msg) and goes through one gate to the [`App`](crate::app::App); once a frame
//! the app does its work, and the panels whose versions have changed are drawn. A panel finds its elements, binds its
//! listeners, and draws. Listeners, tasks and the animation loop end when they are dropped, and the wiring owns them all.

mod address;
mod canvas;
mod clipboard;
mod dom;
mod event;
mod fetch;
mod film;
mod frame;
mod gate;
mod help;
mod jobs;
mod keeper;
mod loading;
mod page;
mod panel;
mod picture;
mod saving;
mod store;
mod task;
mod theme;
mod wiring;

use std::cell::OnceCell;

use wiring::Wiring;

thread_local! {
    /// What keeps the page alive after [`start`] has returned.
    static WIRING: OnceCell<Wiring> = const { OnceCell::new() };
}

/// Starts the page. If that cannot be done, throws a sentence, which the page's boot script shows.
pub fn start() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        match Wiring::new().await {
            Ok(wiring) => WIRING.with(|cell| {
                // A second start finds the page running, and changes nothing.
                let _ = cell.set(wiring);
            }),
            Err(error) => wasm_bindgen::throw_str(&error.to_string()),
        }
    });
}

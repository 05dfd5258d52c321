//! The browser: the only folder that knows there is one.
//!
//! Whatever happens on the page becomes a [`Msg`] and goes through one gate to the
//! [`App`](crate::app::App); once a frame the app does its work and says what has changed, and the views of that are drawn.
//! Listeners, tasks and the animation loop end when they are dropped, and all are owned by the wiring.

mod canvas;
mod controls;
mod dom;
mod event;
mod fetch;
mod frame;
mod legend;
mod loading;
mod page;
#[allow(dead_code, reason = "the panel that takes pictures comes next")]
mod picture;
mod pointer;
mod saving;
mod status;
#[allow(dead_code, reason = "the panel that offers the kept run comes next")]
mod store;
mod task;
mod theme;
mod view;
mod wiring;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use page::Page;
use wiring::Wiring;

use crate::app::Msg;

thread_local! {
    /// What keeps the page alive after [`start`] has returned.
    static WIRING: OnceCell<Wiring> = const { OnceCell::new() };
}

/// Starts the page. If that cannot be done, throws a sentence, which the page's boot script shows.
pub fn start() {
    console_error_panic_hook::set_once();
    match Wiring::new() {
        Ok(wiring) => WIRING.with(|cell| {
            // A second start finds the page running, and changes nothing.
            let _ = cell.set(wiring);
        }),
        Err(error) => wasm_bindgen::throw_str(&error.to_string()),
    }
}

/// The one way to the page's state, for listeners, tasks and frames.
#[derive(Clone)]
pub(crate) struct Gate(Rc<RefCell<Page>>);

impl Gate {
    /// Tells the app that something has happened.
    pub(crate) fn send(&self, msg: Msg) {
        self.with(|page| page.update(msg));
    }

    /// Does something with the page, and then what the app has asked of the browser.
    ///
    /// An event that the page itself causes while it is being changed finds the gate closed, and is passed over.
    pub(crate) fn with(&self, f: impl FnOnce(&mut Page)) {
        if let Ok(mut page) = self.0.try_borrow_mut() {
            f(&mut page);
            page.follow_requests(self);
        }
    }
}

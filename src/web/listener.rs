//! Listeners that end with their owner.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{AddEventListenerOptions, Event, EventTarget};

/// What a listener may do to what the browser would do by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It only watches: the browser need not wait for it before it scrolls.
    Passive,
    /// It may call `prevent_default`.
    Active,
}

/// A listener; it unsubscribes when it is dropped, its own handler's call included.
#[must_use = "a listener that is dropped hears nothing"]
#[derive(Debug)]
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Calls `handler` for each event of this name. Events of another type than `E` (a script may dispatch
    /// anything under any name) are passed over.
    ///
    /// The handler must not cause an event that it hears itself: it would be called while it runs.
    pub(crate) fn new<E: JsCast>(
        target: &EventTarget,
        name: &'static str,
        mode: Mode,
        mut handler: impl FnMut(E) + 'static,
    ) -> Self {
        let callback = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Ok(event) = event.dyn_into() {
                handler(event);
            }
        });
        Self::listen(target, name, mode, callback)
    }

    /// What is the same for every handler, and so is compiled once.
    #[inline(never)]
    fn listen(
        target: &EventTarget,
        name: &'static str,
        mode: Mode,
        callback: Closure<dyn FnMut(Event)>,
    ) -> Self {
        let options = AddEventListenerOptions::new();
        options.set_passive(mode == Mode::Passive);
        target
            .add_event_listener_with_callback_and_add_event_listener_options(
                name,
                callback.as_ref().unchecked_ref(),
                &options,
            )
            .expect("any target takes a listener");
        Self { target: target.clone(), name, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        // It cannot fail, and if it did, the callback would be gone all the same.
        let _ = self.target.remove_event_listener_with_callback(self.name, callback);
    }
}

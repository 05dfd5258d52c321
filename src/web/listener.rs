//! Event listeners that end with their owner.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{AddEventListenerOptions, Event, EventTarget};

/// Whether a listener may prevent the default action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It may not: the browser scrolls without waiting for it.
    Passive,
    /// It may call `prevent_default`.
    Active,
}

/// A listener, removed when it is dropped, even by its own handler.
#[must_use = "a listener that is dropped is removed"]
#[derive(Debug)]
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Calls `handler` for each event of a name. Events of another type than `E`, which a script may dispatch, are ignored.
    ///
    /// The handler must not cause an event that it listens to: it would be called while it runs.
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

    /// Does what does not depend on the handler: compiled once.
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
        // It fails for no listener that was added.
        let _ = self.target.remove_event_listener_with_callback(self.name, callback);
    }
}

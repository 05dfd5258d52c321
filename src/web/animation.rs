//! The animation loop.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::dom::window;

/// A function that is called before each repaint of the page, until this is dropped. A hidden page is not repainted.
#[must_use = "a loop that is dropped has ended"]
#[derive(Debug)]
pub(crate) struct AnimationLoop(Rc<Loop>);

type Callback = Closure<dyn FnMut(f64)>;

#[derive(Debug)]
struct Loop {
    request: Cell<i32>,
    callback: RefCell<Option<Callback>>,
}

impl AnimationLoop {
    /// Calls `on_frame` with the time of each frame, in milliseconds.
    pub(crate) fn start(mut on_frame: impl FnMut(f64) + 'static) -> Self {
        let shared = Rc::new(Loop { request: Cell::new(0), callback: RefCell::new(None) });
        let weak = Rc::downgrade(&shared);
        let callback = Callback::new(move |timestamp| {
            let Some(shared) = weak.upgrade() else { return };
            // Requested first, so that `on_frame` may end the loop.
            shared.request_next();
            drop(shared);
            on_frame(timestamp);
        });
        shared.callback.replace(Some(callback));
        shared.request_next();
        Self(shared)
    }
}

impl Loop {
    fn request_next(&self) {
        if let Some(callback) = &*self.callback.borrow() {
            let request = window().request_animation_frame(callback.as_ref().unchecked_ref());
            self.request.set(request.expect("a window has animation frames"));
        }
    }
}

impl Drop for AnimationLoop {
    fn drop(&mut self) {
        // Unknown requests are ignored.
        let _ = window().cancel_animation_frame(self.0.request.get());
    }
}

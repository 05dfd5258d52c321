//! Work that waits for the browser, and that ends with its owner.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

type Work = Pin<Box<dyn Future<Output = ()>>>;

/// A future that runs by itself; when this is dropped, so is the future with all that it holds.
#[must_use = "a task that is dropped has ended"]
pub(crate) struct Task {
    /// Held, so that the runner can tell by its weak reference whether it is still wanted.
    _future: Rc<RefCell<Work>>,
}

impl Task {
    /// Begins to run a future as soon as the browser is free.
    pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) -> Self {
        let future: Rc<RefCell<Work>> = Rc::new(RefCell::new(Box::pin(future)));
        let weak = Rc::downgrade(&future);
        wasm_bindgen_futures::spawn_local(poll_fn(move |context| match weak.upgrade() {
            // Held while it runs: a task may end itself.
            Some(future) => future.borrow_mut().as_mut().poll(context),
            None => Poll::Ready(()),
        }));
        Self { _future: future }
    }
}

//! Futures that end with their owner, and time.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use js_sys::{Array, Object, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::dom::window;

type Work = Pin<Box<dyn Future<Output = ()>>>;

/// A future that the browser runs until this is dropped.
#[must_use = "a future that is dropped has ended"]
pub(crate) struct SpawnedFuture {
    /// The runner holds a weak reference to it.
    _future: Rc<RefCell<Work>>,
}

impl SpawnedFuture {
    /// Starts to run a future as soon as the browser is free.
    pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) -> Self {
        let future: Rc<RefCell<Work>> = Rc::new(RefCell::new(Box::pin(future)));
        let weak = Rc::downgrade(&future);
        wasm_bindgen_futures::spawn_local(poll_fn(move |context| match weak.upgrade() {
            // Held while it runs: a future may drop itself.
            Some(future) => future.borrow_mut().as_mut().poll(context),
            None => Poll::Ready(()),
        }));
        Self { _future: future }
    }
}

/// A timer, cleared when it is dropped.
struct Timer {
    passed: Promise,
    id: Option<i32>,
}

impl Timer {
    /// Starts a timer whose promise resolves to `value` after some milliseconds.
    fn start(milliseconds: i32, value: &JsValue) -> Self {
        let mut id = None;
        let passed = Promise::new(&mut |resolve, _| {
            let window = window();
            id = window
                .set_timeout_with_callback_and_timeout_and_arguments_1(&resolve, milliseconds, value)
                .ok();
        });
        Self { passed, id }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            window().clear_timeout_with_handle(id);
        }
    }
}

/// Waits for some milliseconds.
pub(crate) async fn sleep(milliseconds: i32) {
    let timer = Timer::start(milliseconds, &JsValue::UNDEFINED);
    // A timer's promise is never rejected.
    let _ = JsFuture::from(timer.passed.clone()).await;
}

/// Waits for a promise, and returns nothing if that takes longer than some milliseconds.
///
/// # Errors
/// The reason of the promise's rejection.
pub(crate) async fn with_timeout(milliseconds: i32, promise: Promise) -> Result<Option<JsValue>, JsValue> {
    let late: JsValue = Object::new().into();
    let timer = Timer::start(milliseconds, &late);
    let first = Promise::race(&Array::of2(&promise, &timer.passed));
    let value = JsFuture::from(first).await?;
    Ok(Some(value).filter(|value| *value != late))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    async fn a_promise_may_take_its_time_but_not_longer() {
        let never = || Promise::new(&mut |_, _| {});
        assert_eq!(with_timeout(20, never()).await, Ok(None));
        assert_eq!(
            with_timeout(20_000, Promise::resolve(&JsValue::from(7))).await,
            Ok(Some(JsValue::from(7)))
        );
        assert_eq!(with_timeout(20_000, Promise::reject(&JsValue::from(8))).await, Err(JsValue::from(8)));
    }
}

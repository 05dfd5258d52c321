//! Answers what the app asks of the browser's storage, in order.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use super::future::SpawnedFuture;
use super::page_handle::PageHandle;
use super::store::Store;
use crate::app::{RunsMsg, StorageRequest};

/// Does one request after another.
#[derive(Default)]
pub(crate) struct RunStorage {
    requests: Rc<Requests>,
    running: Option<SpawnedFuture>,
}

#[derive(Default)]
struct Requests {
    store: Store,
    waiting: RefCell<VecDeque<StorageRequest>>,
    are_running: Cell<bool>,
}

impl RunStorage {
    /// Returns whether a request is running.
    pub(crate) fn is_busy(&self) -> bool {
        self.requests.are_running.get()
    }

    /// Does a request after those before it, and sends the answer to the app.
    pub(crate) fn request(&mut self, handle: &PageHandle, request: StorageRequest) {
        self.requests.waiting.borrow_mut().push_back(request);
        if !self.requests.are_running.replace(true) {
            let (requests, handle) = (Rc::clone(&self.requests), handle.clone());
            self.running = Some(SpawnedFuture::spawn(async move { requests.run(&handle).await }));
        }
    }
}

impl Requests {
    async fn run(&self, handle: &PageHandle) {
        while let Some(request) = self.next() {
            if let Some(event) = self.store.answer(request).await {
                handle.send(RunsMsg::Storage(event));
            }
        }
        self.are_running.set(false);
    }

    fn next(&self) -> Option<StorageRequest> {
        self.waiting.borrow_mut().pop_front()
    }
}

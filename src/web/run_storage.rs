//! Stores the run in the browser from one visit to the next.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::future::SpawnedFuture;
use super::page_handle::PageHandle;
use super::store::Store;
use crate::app::RunsMsg;

/// Stores the run, one request after another. A request replaces the one that waits.
#[derive(Clone, Default)]
pub(crate) struct RunStorage(Rc<Inner>);

enum Request {
    Save(Vec<u8>),
    Delete,
}

#[derive(Default)]
struct Inner {
    store: Cell<Option<Store>>,
    next: RefCell<Option<Request>>,
    running: RefCell<Option<SpawnedFuture>>,
    is_busy: Cell<bool>,
    /// The browser has refused, and the app was told: it is not asked again.
    is_refused: Cell<bool>,
}

impl RunStorage {
    /// Loads the run of an earlier visit, and sends it to the app.
    pub(crate) fn load(&self, handle: &PageHandle) {
        let (storage, sending) = (self.clone(), handle.clone());
        self.run(handle, async move {
            let store = Store::open().await?;
            let run = store.load().await;
            storage.0.store.set(Some(store));
            run?.into_iter().for_each(|bytes| sending.send(RunsMsg::Found(bytes)));
            Ok(())
        });
    }

    /// Returns whether a request is running.
    pub(crate) fn is_busy(&self) -> bool {
        self.0.is_busy.get()
    }

    /// Saves a run in place of the one before.
    pub(crate) fn save(&self, handle: &PageHandle, bytes: Vec<u8>) {
        self.request(handle, Request::Save(bytes));
    }

    /// Deletes the stored run.
    pub(crate) fn delete(&self, handle: &PageHandle) {
        self.request(handle, Request::Delete);
    }

    fn request(&self, handle: &PageHandle, request: Request) {
        if !self.0.is_refused.get() {
            self.0.next.replace(Some(request));
            self.run_next(handle);
        }
    }

    /// Runs the request that waits, unless another one is running.
    fn run_next(&self, handle: &PageHandle) {
        if self.0.is_busy.get() || self.0.is_refused.get() {
            return;
        }
        let (Some(request), Some(store)) = (self.0.next.take(), self.0.store.get()) else { return };
        self.run(handle, async move {
            match request {
                Request::Save(bytes) => store.save(bytes).await,
                Request::Delete => store.delete().await,
            }
        });
    }

    fn run(&self, handle: &PageHandle, request: impl Future<Output = Result<(), String>> + 'static) {
        let (storage, handle) = (self.clone(), handle.clone());
        self.0.is_busy.set(true);
        let running = SpawnedFuture::spawn(async move {
            if let Err(reason) = request.await
                && !storage.0.is_refused.replace(true)
            {
                handle.send(RunsMsg::Refused(reason));
            }
            storage.0.is_busy.set(false);
            storage.run_next(&handle);
        });
        self.0.running.replace(Some(running));
    }
}

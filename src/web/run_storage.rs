//! Keeps the run in the browser from one visit to the next.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::future::SpawnedFuture;
use super::page_handle::PageHandle;
use super::store::Store;
use crate::app::RunsMsg;

/// What is to be done with the one run that is kept.
#[derive(Debug)]
enum Order {
    Keep(Vec<u8>),
    Forget,
}

/// Keeps the run, one order after another. While one is carried out only the last of those that come is remembered: it
/// replaces the others anyway.
#[derive(Clone, Default)]
pub(crate) struct RunStorage(Rc<Inner>);

#[derive(Default)]
struct Inner {
    store: RefCell<Option<Store>>,
    next: RefCell<Option<Order>>,
    task: RefCell<Option<SpawnedFuture>>,
    is_busy: Cell<bool>,
    /// The browser has refused, and was told of: it is not asked again.
    is_refused: Cell<bool>,
}

impl RunStorage {
    /// Looks for a run from an earlier visit, and tells the app of it.
    pub(crate) fn find(&self, handle: &PageHandle) {
        let (storage, handle) = (self.clone(), handle.clone());
        self.0.is_busy.set(true);
        let finding = SpawnedFuture::spawn(async move {
            match storage.open_and_look().await {
                Ok(Some(bytes)) => handle.send(RunsMsg::Found(bytes)),
                Ok(None) => {}
                Err(reason) => storage.refuse(&handle, reason),
            }
            storage.0.is_busy.set(false);
            storage.go_on(&handle);
        });
        self.0.task.replace(Some(finding));
    }

    /// Returns whether an order is being carried out.
    pub(crate) fn is_busy(&self) -> bool {
        self.0.is_busy.get()
    }

    /// Keeps a run in place of the one before.
    pub(crate) fn keep(&self, handle: &PageHandle, bytes: Vec<u8>) {
        self.order(handle, Order::Keep(bytes));
    }

    /// Forgets the run that is kept.
    pub(crate) fn forget(&self, handle: &PageHandle) {
        self.order(handle, Order::Forget);
    }

    fn order(&self, handle: &PageHandle, order: Order) {
        if !self.0.is_refused.get() {
            self.0.next.replace(Some(order));
            self.go_on(handle);
        }
    }

    /// Carries out what was ordered last, unless something is being carried out.
    fn go_on(&self, handle: &PageHandle) {
        if self.0.is_busy.get() || self.0.is_refused.get() {
            return;
        }
        let Some(order) = self.0.next.take() else { return };
        self.0.is_busy.set(true);
        let (storage, handle) = (self.clone(), handle.clone());
        let task = SpawnedFuture::spawn(async move {
            if let Err(reason) = storage.carry_out(order).await {
                storage.refuse(&handle, reason);
            }
            storage.0.is_busy.set(false);
            storage.go_on(&handle);
        });
        self.0.task.replace(Some(task));
    }

    async fn open_and_look(&self) -> Result<Option<Vec<u8>>, String> {
        let store = Store::open().await?;
        let kept = store.kept().await;
        self.0.store.replace(Some(store));
        kept
    }

    async fn carry_out(&self, order: Order) -> Result<(), String> {
        let store = *self.0.store.borrow();
        let Some(store) = store else { return Ok(()) };
        match order {
            Order::Keep(bytes) => store.keep(bytes).await,
            Order::Forget => store.forget().await,
        }
    }

    fn refuse(&self, handle: &PageHandle, reason: String) {
        if !self.0.is_refused.replace(true) {
            handle.send(RunsMsg::Refused(reason));
        }
    }
}

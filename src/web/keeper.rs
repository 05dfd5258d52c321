//! Keeps the run in the browser from one visit to the next.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::gate::Gate;
use super::store::Store;
use super::task::Task;
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
pub(crate) struct Keeper(Rc<Inner>);

#[derive(Default)]
struct Inner {
    store: RefCell<Option<Store>>,
    next: RefCell<Option<Order>>,
    task: RefCell<Option<Task>>,
    is_busy: Cell<bool>,
    /// The browser has refused, and was told of: it is not asked again.
    is_refused: Cell<bool>,
}

impl Keeper {
    /// Looks for a run from an earlier visit, and tells the app of it.
    pub(crate) fn find(&self, gate: &Gate) {
        let (keeper, gate) = (self.clone(), gate.clone());
        self.0.is_busy.set(true);
        let finding = Task::spawn(async move {
            match keeper.open_and_look().await {
                Ok(Some(bytes)) => gate.send(RunsMsg::Found(bytes)),
                Ok(None) => {}
                Err(reason) => keeper.refuse(&gate, reason),
            }
            keeper.0.is_busy.set(false);
            keeper.go_on(&gate);
        });
        self.0.task.replace(Some(finding));
    }

    /// Keeps a run in place of the one before.
    pub(crate) fn keep(&self, gate: &Gate, bytes: Vec<u8>) {
        self.order(gate, Order::Keep(bytes));
    }

    /// Forgets the run that is kept.
    pub(crate) fn forget(&self, gate: &Gate) {
        self.order(gate, Order::Forget);
    }

    fn order(&self, gate: &Gate, order: Order) {
        if !self.0.is_refused.get() {
            self.0.next.replace(Some(order));
            self.go_on(gate);
        }
    }

    /// Carries out what was ordered last, unless something is being carried out.
    fn go_on(&self, gate: &Gate) {
        if self.0.is_busy.get() || self.0.is_refused.get() {
            return;
        }
        let Some(order) = self.0.next.take() else { return };
        self.0.is_busy.set(true);
        let (keeper, gate) = (self.clone(), gate.clone());
        let task = Task::spawn(async move {
            if let Err(reason) = keeper.carry_out(order).await {
                keeper.refuse(&gate, reason);
            }
            keeper.0.is_busy.set(false);
            keeper.go_on(&gate);
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

    fn refuse(&self, gate: &Gate, reason: String) {
        if !self.0.is_refused.replace(true) {
            gate.send(RunsMsg::Refused(reason));
        }
    }
}

//! The one run that the browser keeps between visits, in `IndexedDB`.
//!
//! Each operation opens the database, does its work in one transaction and closes the database again. So no tab ever
//! holds the database while it is idle: tabs cannot block each other, and a connection that the browser has closed
//! (because the visitor cleared the site's data, say) is never used.
//!
//! A run is stored in parts, because the browser copies each value in one go, and the page stands still meanwhile: 34 MB
//! took 50 ms.

use std::cell::Cell;
use std::rc::Rc;

use idb::{Database, Factory, ObjectStore, ObjectStoreParams, Transaction, TransactionMode};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{DomException, IdbDatabase, IdbOpenDbRequest, IdbRequest, IdbTransaction};

use super::fetch::reason;
use super::future::with_timeout;

/// The database of the page, the version of its layout, and its only table: the parts of the run by their number.
const DATABASE: &str = "bottleneck";
const VERSION: u32 = 1;
const TABLE: &str = "runs";

/// The bytes of a part: about a millisecond's work for the browser.
const PART: usize = 1 << 20;

/// How long the browser may take to open the database, in milliseconds. Some never answer.
const PATIENCE: i32 = 5_000;

/// The place where one run is kept. Clones are the same place, and so are the stores of other tabs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Store {
    database: &'static str,
}

impl Store {
    /// Finds out whether the browser keeps anything for this page.
    ///
    /// # Errors
    /// The reason, as the second half of a sentence, if storage is switched off, refused (as in some private windows)
    /// or does not answer.
    pub(crate) async fn open() -> Result<Self, String> {
        Self::named(DATABASE).await
    }

    async fn named(database: &'static str) -> Result<Self, String> {
        connect(database).await?;
        Ok(Self { database })
    }

    /// Keeps a run in place of the one that was kept before: after a failure that one is still there, whole.
    ///
    /// # Errors
    /// The reason, as the second half of a sentence, if the disk or the page's share of it is full, or if storage is
    /// refused.
    pub(crate) async fn keep(self, bytes: Vec<u8>) -> Result<(), String> {
        let connection = connect(self.database).await?;
        let change = Change::begin(&connection)?;
        let table = change.table()?;
        table.clear().map_err(why)?;
        for (number, part) in (0_u32..).zip(parts(&bytes)) {
            let request = table.put(&Uint8Array::from(part), Some(&number.into())).map_err(why)?;
            // The rest must wait for it: a whole run of requests at once would be one long task again.
            if settled(&JsValue::from(request).unchecked_into()).await.is_err() {
                break; // The change is undone, and committing it tells why.
            }
        }
        change.commit().await
    }

    /// The run that is kept, if there is one.
    ///
    /// # Errors
    /// The reason, as the second half of a sentence, if it cannot be read.
    pub(crate) async fn kept(self) -> Result<Option<Vec<u8>>, String> {
        let connection = connect(self.database).await?;
        let transaction = connection.begin(TransactionMode::ReadOnly)?;
        let request = table(&transaction)?.get_all(None, None).map_err(why)?;
        let values = answer(&JsValue::from(request).unchecked_into()).await?;
        // Whatever else is there was not put there by this page.
        let parts: Vec<Uint8Array> =
            Array::from(&values).iter().filter_map(|part| part.dyn_into().ok()).collect();
        if parts.is_empty() {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.length() as usize).sum());
        parts.iter().for_each(|part| bytes.extend(part.to_vec()));
        Ok(Some(bytes))
    }

    /// Keeps nothing any longer.
    ///
    /// # Errors
    /// The reason, as the second half of a sentence, if the run cannot be removed.
    pub(crate) async fn forget(self) -> Result<(), String> {
        let connection = connect(self.database).await?;
        let change = Change::begin(&connection)?;
        change.table()?.clear().map_err(why)?;
        change.commit().await
    }
}

/// `bytes` in parts, at least one: a run of no bytes is still a run.
fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let empty = bytes.is_empty().then_some(bytes);
    empty.into_iter().chain(bytes.chunks(PART))
}

/// A change of what is kept: the whole of it, or, if it is dropped before it is committed, nothing.
struct Change(IdbTransaction);

impl Change {
    fn begin(connection: &Connection) -> Result<Self, String> {
        connection.begin(TransactionMode::ReadWrite).map(|transaction| Self(transaction.into()))
    }

    fn table(&self) -> Result<ObjectStore, String> {
        table(&self.0.clone().into())
    }

    /// Waits until the change is on the disk. Only then has anything been kept: a full disk may show as late as here.
    async fn commit(self) -> Result<(), String> {
        let done = Promise::new(&mut |resolve, reject| {
            self.0.set_oncomplete(Some(&resolve));
            self.0.set_onabort(Some(&reject));
        });
        match JsFuture::from(done).await {
            Ok(_) => Ok(()),
            Err(_) => Err(sentence(self.0.error().map_or(JsValue::UNDEFINED, JsValue::from))),
        }
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        // Refused, and rightly, once the change is on the disk.
        let _ = self.0.abort();
    }
}

/// An open database, closed when dropped; transactions that have begun still run to their end.
struct Connection(Database);

impl Connection {
    fn begin(&self, mode: TransactionMode) -> Result<Transaction, String> {
        self.0.transaction(&[TABLE], mode).map_err(why)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Opens a database, which is created if need be.
async fn connect(name: &'static str) -> Result<Connection, String> {
    let waiting = Waiting(Rc::new(Cell::new(true)));
    let wanted = Rc::clone(&waiting.0);
    // A promise goes on by itself: if the caller is dropped meanwhile, the browser still finds the handlers it was given.
    let opening = future_to_promise(async move {
        let database = open(name).await?;
        if !wanted.get() {
            database.close();
        }
        Ok(database.into())
    });
    let database = with_timeout(PATIENCE, opening).await.map_err(sentence)?;
    let database = database.ok_or("the browser's storage does not answer")?;
    let database: IdbDatabase = database.unchecked_into();
    Ok(Connection(database.into()))
}

/// True until it is dropped: somebody waits.
struct Waiting(Rc<Cell<bool>>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

async fn open(name: &str) -> Result<IdbDatabase, JsValue> {
    let factory = Factory::new().map_err(thrown)?;
    let request: IdbOpenDbRequest = factory.open(name, Some(VERSION)).map_err(thrown)?.into();
    let mut upgrading = idb::request::OpenDatabaseRequest::from(request.clone());
    upgrading.on_upgrade_needed(|event| {
        // If this fails, so does every transaction, each with its reason.
        if let Ok(database) = idb::DatabaseEvent::database(&event) {
            let _ = database.create_object_store(TABLE, ObjectStoreParams::new());
        }
    });
    let database = settled(&request).await?;
    Ok(database.unchecked_into())
}

fn table(transaction: &Transaction) -> Result<ObjectStore, String> {
    transaction.object_store(TABLE).map_err(why)
}

/// The result of a request.
async fn answer(request: &IdbRequest) -> Result<JsValue, String> {
    settled(request).await.map_err(sentence)
}

/// The result of a request, or what it was refused with.
///
/// The browser calls the promise's own functions, which stay valid when the future is dropped. The futures of the crate
/// `idb` hand out functions that die with them, and a call of a dead function is an error of the page.
async fn settled(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let done = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(done).await {
        Ok(_) => request.result(),
        Err(_) => Err(request.error().ok().flatten().map_or(JsValue::UNDEFINED, JsValue::from)),
    }
}

/// The value that the browser threw.
fn thrown(error: idb::Error) -> JsValue {
    match error {
        idb::Error::IndexedDbNotFound(thrown)
        | idb::Error::IndexedDbOpenFailed(thrown)
        | idb::Error::TransactionOpenFailed(thrown)
        | idb::Error::ObjectStoreNotFound(thrown)
        | idb::Error::UpdateFailed(thrown)
        | idb::Error::AddFailed(thrown)
        | idb::Error::GetFailed(thrown)
        | idb::Error::DeleteFailed(thrown) => thrown,
        _ => JsValue::UNDEFINED,
    }
}

fn why(error: idb::Error) -> String {
    sentence(thrown(error))
}

/// What a failure means for the visitor.
fn sentence(thrown: JsValue) -> String {
    let name = thrown.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default();
    match name.as_str() {
        "QuotaExceededError" => "the browser has no more room for this page".to_owned(),
        "SecurityError" | "NotAllowedError" | "InvalidStateError" => {
            "the browser does not let this page store anything (a private window, or a setting)".to_owned()
        }
        "VersionError" => "another tab has stored it with a newer version of this page".to_owned(),
        _ if thrown.is_undefined() || thrown.is_null() => {
            "the browser offers this page no storage".to_owned()
        }
        _ => reason(thrown),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    async fn empty(name: &'static str) -> Store {
        let store = Store::named(name).await.expect("the browser stores");
        store.forget().await.expect("and forgets");
        store
    }

    fn dom_exception(name: &str) -> JsValue {
        DomException::new_with_message_and_name("as the browser puts it", name)
            .expect("a DOMException")
            .into()
    }

    #[wasm_bindgen_test]
    async fn what_was_kept_last_is_kept_until_it_is_forgotten() {
        let store = empty("test-kept").await;
        assert_eq!(store.kept().await, Ok(None));
        store.keep(vec![1, 2, 3]).await.unwrap();
        store.keep(vec![4; 70_000]).await.unwrap();
        // Another tab, or the same one after a reload.
        let other = Store::named("test-kept").await.unwrap();
        assert_eq!(other.kept().await, Ok(Some(vec![4; 70_000])));
        other.keep(vec![]).await.unwrap();
        assert_eq!(store.kept().await, Ok(Some(vec![])));
        store.forget().await.unwrap();
        assert_eq!(other.kept().await, Ok(None));
    }

    #[wasm_bindgen_test]
    async fn a_run_of_several_parts_comes_back_whole_and_a_shorter_one_leaves_nothing_of_it() {
        let store = empty("test-parts").await;
        let long: Vec<u8> = (0..3 * PART + 7).map(|i| (i / 1_000) as u8).collect();
        for run in [long.clone(), vec![8; PART], long, vec![9; PART + 1]] {
            store.keep(run.clone()).await.unwrap();
            assert!(store.kept().await == Ok(Some(run)));
        }
    }

    #[wasm_bindgen_test]
    async fn a_run_that_is_not_written_to_its_end_leaves_the_one_before() {
        let store = empty("test-half").await;
        store.keep(vec![1; 2 * PART]).await.unwrap();
        let connection = connect("test-half").await.unwrap();
        let change = Change::begin(&connection).unwrap();
        let table = change.table().unwrap();
        table.clear().unwrap();
        let first = table.put(&Uint8Array::from(&[2_u8; 9][..]), Some(&0.into())).unwrap();
        settled(&JsValue::from(first).unchecked_into()).await.unwrap();
        drop(change);
        assert!(store.kept().await == Ok(Some(vec![1; 2 * PART])));
    }

    #[wasm_bindgen_test]
    async fn an_idle_tab_blocks_no_other() {
        let store = empty("test-tabs").await;
        store.keep(vec![5]).await.unwrap();
        // A later version of the page opens a later version of the database, which must wait for every open connection.
        let factory = Factory::new().unwrap();
        let later: IdbOpenDbRequest = factory.open("test-tabs", Some(VERSION + 1)).unwrap().into();
        let opening = future_to_promise(async move { settled(&later).await });
        let opened = with_timeout(2_000, opening).await.unwrap().expect("nothing is in its way");
        // This version of the page says so, and does not wait.
        let refusal = store.keep(vec![6]).await.unwrap_err();
        assert!(refusal.contains("newer version"), "{refusal}");
        opened.unchecked_into::<IdbDatabase>().close();
    }

    #[wasm_bindgen_test]
    async fn a_future_that_is_dropped_leaves_the_page_quiet_and_the_store_usable() {
        let store = empty("test-dropped").await;
        for _ in 0..20 {
            // Begun, and dropped while the browser is at it.
            let mut keeping = Box::pin(store.keep(vec![6; 2 * PART]));
            let once = std::future::poll_fn(|context| {
                let _ = keeping.as_mut().poll(context);
                std::task::Poll::Ready(())
            });
            once.await;
        }
        store.keep(vec![7]).await.unwrap();
        assert_eq!(store.kept().await, Ok(Some(vec![7])));
    }

    #[wasm_bindgen_test]
    fn failures_are_told_in_words_for_the_visitor() {
        for (name, words) in [
            ("QuotaExceededError", "no more room"),
            ("SecurityError", "does not let this page store"),
            ("VersionError", "newer version"),
            ("UnknownError", "as the browser puts it"),
        ] {
            let sentence = sentence(dom_exception(name));
            assert!(sentence.contains(words), "{name}: {sentence}");
        }
    }
}

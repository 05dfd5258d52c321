//! The stored run, in `IndexedDB`.
//!
//! Each operation opens the database, makes one transaction and closes the database again: an idle tab blocks no other, and a
//! connection that the browser has closed, after the user cleared the site's data, is never used.
//!
//! A run is stored in parts, because the browser blocks the page while it copies a value: 50 ms for 34 MB.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{
    DomException, Event, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbTransactionMode,
};

use super::dom::window;
use super::fetch::reason;
use super::future::with_timeout;

/// The database, the version of its layout, and its only table: the parts of the run by their index.
const DATABASE: &str = "bottleneck";
const VERSION: u32 = 1;
const TABLE: &str = "runs";

/// The bytes of a part, which the browser copies in about a millisecond.
const PART: usize = 1 << 20;

/// How long the browser may take to open the database, in milliseconds. Some never answer.
const OPEN_TIMEOUT_MS: i32 = 5_000;

/// The store of one run. Stores of other tabs are the same place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Store {
    database: &'static str,
}

impl Store {
    /// Opens the store once, to find out whether the browser offers one.
    ///
    /// # Errors
    /// The reason, as the second half of a sentence, if storage is switched off, refused (as in some private windows) or does
    /// not answer.
    pub(crate) async fn open() -> Result<Self, String> {
        Self::named(DATABASE).await
    }

    async fn named(database: &'static str) -> Result<Self, String> {
        connect(database).await?;
        Ok(Self { database })
    }

    /// Stores a run in place of the one before, which a failure leaves whole.
    ///
    /// # Errors
    /// The reason, as the second half of a sentence, if the disk or the page's quota is full, or if storage is refused.
    pub(crate) async fn save(self, bytes: Vec<u8>) -> Result<(), String> {
        let connection = connect(self.database).await?;
        let change = Change::begin(&connection)?;
        let table = change.table()?;
        table.clear().map_err(sentence)?;
        for (index, part) in (0_u32..).zip(parts(&bytes)) {
            let request = table.put_with_key(&Uint8Array::from(part), &index.into()).map_err(sentence)?;
            // One at a time: many requests at once would be one long task again.
            if result(&request).await.is_err() {
                break; // The change is undone, and committing it tells why.
            }
        }
        change.commit().await
    }

    /// Returns the stored run, if there is one.
    ///
    /// # Errors
    /// The reason, as the second half of a sentence, if it cannot be read.
    pub(crate) async fn load(self) -> Result<Option<Vec<u8>>, String> {
        let connection = connect(self.database).await?;
        let transaction = connection.begin(IdbTransactionMode::Readonly)?;
        let table = transaction.object_store(TABLE).map_err(sentence)?;
        let values = result(&table.get_all().map_err(sentence)?).await.map_err(sentence)?;
        // Anything else was not stored by this page.
        let parts: Vec<Uint8Array> =
            Array::from(&values).iter().filter_map(|part| part.dyn_into().ok()).collect();
        if parts.is_empty() {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.length() as usize).sum());
        parts.iter().for_each(|part| bytes.extend(part.to_vec()));
        Ok(Some(bytes))
    }

    /// Deletes the stored run.
    ///
    /// # Errors
    /// The reason, as the second half of a sentence, if it cannot be deleted.
    pub(crate) async fn delete(self) -> Result<(), String> {
        let connection = connect(self.database).await?;
        let change = Change::begin(&connection)?;
        change.table()?.clear().map_err(sentence)?;
        change.commit().await
    }
}

/// Splits `bytes` into parts, at least one: an empty run is still a run.
fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let empty = bytes.is_empty().then_some(bytes);
    empty.into_iter().chain(bytes.chunks(PART))
}

/// A transaction that is rolled back if it is dropped before it is committed.
struct Change(IdbTransaction);

impl Change {
    fn begin(connection: &Connection) -> Result<Self, String> {
        connection.begin(IdbTransactionMode::Readwrite).map(Self)
    }

    fn table(&self) -> Result<IdbObjectStore, String> {
        self.0.object_store(TABLE).map_err(sentence)
    }

    /// Waits until the change is on the disk: a full disk may fail as late as here.
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
        // It fails once the change is committed.
        let _ = self.0.abort();
    }
}

/// An open database, closed when it is dropped, after its transactions.
struct Connection(IdbDatabase);

impl Connection {
    fn begin(&self, mode: IdbTransactionMode) -> Result<IdbTransaction, String> {
        self.0.transaction_with_str_and_mode(TABLE, mode).map_err(sentence)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Opens a database, or creates it.
async fn connect(name: &'static str) -> Result<Connection, String> {
    let waiting = Waiting(Rc::new(Cell::new(true)));
    let is_wanted = Rc::clone(&waiting.0);
    // A promise runs to its end even if the caller is dropped, so the browser finds the handlers it was given.
    let opening = future_to_promise(async move {
        let database = open(name).await?;
        if !is_wanted.get() {
            database.close();
        }
        Ok(database.into())
    });
    let database = with_timeout(OPEN_TIMEOUT_MS, opening).await.map_err(sentence)?;
    let database = database.ok_or("the browser's storage does not answer")?;
    Ok(Connection(database.unchecked_into()))
}

/// True until it is dropped: the caller still waits.
struct Waiting(Rc<Cell<bool>>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

async fn open(name: &str) -> Result<IdbDatabase, JsValue> {
    let factory = window().indexed_db()?.ok_or(JsValue::UNDEFINED)?;
    let request: IdbOpenDbRequest = factory.open_with_u32(name, VERSION)?;
    let upgraded = request.clone();
    let create = Closure::once_into_js(move |_: Event| {
        // If this fails, so does every transaction, each with its reason.
        if let Ok(database) = upgraded.result() {
            let _ = database.unchecked_into::<IdbDatabase>().create_object_store(TABLE);
        }
    });
    request.set_onupgradeneeded(Some(create.unchecked_ref()));
    result(&request).await.map(JsCast::unchecked_into)
}

/// Waits for the result of a request, or the error it failed with.
///
/// The handlers are a promise's own functions, which stay valid when the future is dropped.
async fn result(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let done = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(done).await {
        Ok(_) => request.result(),
        Err(_) => Err(request.error().ok().flatten().map_or(JsValue::UNDEFINED, JsValue::from)),
    }
}

/// Says what a failure means for the user.
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
        let store = Store::named(name).await.expect("a store");
        store.delete().await.expect("an empty one");
        store
    }

    fn dom_exception(name: &str) -> JsValue {
        DomException::new_with_message_and_name("as the browser puts it", name)
            .expect("a DOMException")
            .into()
    }

    #[wasm_bindgen_test]
    async fn the_last_run_is_stored_until_it_is_deleted() {
        let store = empty("test-kept").await;
        assert_eq!(store.load().await, Ok(None));
        store.save(vec![1, 2, 3]).await.unwrap();
        store.save(vec![4; 70_000]).await.unwrap();
        // Another tab, or the same one after a reload.
        let other = Store::named("test-kept").await.unwrap();
        assert_eq!(other.load().await, Ok(Some(vec![4; 70_000])));
        other.save(vec![]).await.unwrap();
        assert_eq!(store.load().await, Ok(Some(vec![])));
        store.delete().await.unwrap();
        assert_eq!(other.load().await, Ok(None));
    }

    #[wasm_bindgen_test]
    async fn a_long_run_is_loaded_whole_and_replaced_by_a_shorter_one() {
        let store = empty("test-parts").await;
        let long: Vec<u8> = (0..3 * PART + 7).map(|i| (i / 1_000) as u8).collect();
        for run in [long.clone(), vec![8; PART], long, vec![9; PART + 1]] {
            store.save(run.clone()).await.unwrap();
            assert!(store.load().await == Ok(Some(run)));
        }
    }

    #[wasm_bindgen_test]
    async fn an_incomplete_save_leaves_the_run_before() {
        let store = empty("test-half").await;
        store.save(vec![1; 2 * PART]).await.unwrap();
        let connection = connect("test-half").await.unwrap();
        let change = Change::begin(&connection).unwrap();
        let table = change.table().unwrap();
        table.clear().unwrap();
        result(&table.put_with_key(&Uint8Array::from(&[2_u8; 9][..]), &0.into()).unwrap()).await.unwrap();
        drop(change);
        assert!(store.load().await == Ok(Some(vec![1; 2 * PART])));
    }

    #[wasm_bindgen_test]
    async fn an_idle_tab_blocks_no_other() {
        let store = empty("test-tabs").await;
        store.save(vec![5]).await.unwrap();
        // A later version of the page opens a later version of the database, which waits for every open connection.
        let factory = window().indexed_db().unwrap().unwrap();
        let later = factory.open_with_u32("test-tabs", VERSION + 1).unwrap();
        let opening = future_to_promise(async move { result(&later).await });
        let opened = with_timeout(2_000, opening).await.unwrap().expect("no open connection");
        // This version of the page fails instead of waiting.
        let refusal = store.save(vec![6]).await.unwrap_err();
        assert!(refusal.contains("newer version"), "{refusal}");
        opened.unchecked_into::<IdbDatabase>().close();
    }

    #[wasm_bindgen_test]
    async fn a_dropped_save_throws_nothing_and_leaves_the_store_usable() {
        let store = empty("test-dropped").await;
        for _ in 0..20 {
            // Dropped after it has begun.
            let mut saving = Box::pin(store.save(vec![6; 2 * PART]));
            let once = std::future::poll_fn(|context| {
                let _ = saving.as_mut().poll(context);
                std::task::Poll::Ready(())
            });
            once.await;
        }
        store.save(vec![7]).await.unwrap();
        assert_eq!(store.load().await, Ok(Some(vec![7])));
    }

    #[wasm_bindgen_test]
    fn failures_are_explained_to_the_user() {
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

//! The stored runs, in `IndexedDB`.
//!
//! A run is a header, a file and checkpoints, which one transaction writes together; the user's own images are a file. One connection
//! stays open; the browser may close it, and a tab with a later version of the page does.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;

use idb::{
    Database, DatabaseEvent, Error, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, TransactionMode,
};
use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{DomException, IdbRequest, IdbTransaction, Performance, StorageManager};

use super::dom::window;
use super::fetch::reason;
use super::future::with_timeout;
use crate::app::{
    IMAGES_KEY, LAST_VISIT_KEY, RunWrite, StorageEvent, StorageRequest, StoredRun, Write, WriteOutcome,
};
use crate::files::RunHeader;

/// The database, and the version of its layout.
const DATABASE: &str = "bottleneck";
const VERSION: u32 = 2;

/// The headers as JSON, by the keys of their runs.
const HEADERS: &str = "headers";

/// The parts of the files, by key and index.
const FILES: &str = "files";

/// The checkpoints, by key and step.
const CHECKPOINTS: &str = "checkpoints";

/// The only table of version 1: the parts of the only run, by index.
const LAST_VISIT: &str = "runs";

const TABLES: [&str; 4] = [HEADERS, FILES, CHECKPOINTS, LAST_VISIT];

/// The bytes of a part. The browser blocks the page while it copies a value: 50 ms for 34 MB.
const PART: usize = 1 << 20;

/// The bytes that are written before the answers are awaited. The browser blocks the page while it copies them, on slow processors ten
/// milliseconds for a third of it.
const BYTES_AT_ONCE: usize = 1 << 19;

/// How long the browser may take to open the database, in milliseconds. Some never answer.
const TIMEOUT_MS: i32 = 5_000;

/// The name of the error if the disk is full, or what the browser grants this page.
const FULL: &str = "QuotaExceededError";

/// The store of all runs. Stores of other tabs are the same place.
pub(crate) struct Store {
    database: &'static str,
    connection: Cell<Option<Connection>>,
}

impl Default for Store {
    fn default() -> Self {
        Self::named(DATABASE)
    }
}

impl Store {
    fn named(database: &'static str) -> Self {
        Self { database, connection: Cell::default() }
    }

    /// Returns the answer to a request, if it has one.
    pub(crate) async fn answer(&self, request: StorageRequest) -> Option<StorageEvent> {
        let answer = match request {
            StorageRequest::List => self.list().await.map(Some),
            StorageRequest::Write(run) => {
                let file = run.file.as_ref().map(|file| &*file.file);
                Ok(Some(self.write(&run.header.slot.key, file, Some(&run)).await))
            }
            StorageRequest::WriteImages(key, content) => {
                Ok(Some(self.write(&key, Some(&content), None).await))
            }
            StorageRequest::Read(key) => self.read(key).await.map(Some),
            StorageRequest::Delete(key, before) => self.delete(&key, before).await.map(|()| None),
        };
        answer.unwrap_or_else(|error| Some(StorageEvent::Refused(sentence(thrown(error)))))
    }

    async fn list(&self) -> Result<StorageEvent, Error> {
        let transaction = self.begin(TransactionMode::ReadOnly).await?;
        let headers = entries(&transaction.table(HEADERS)?, None).await?;
        let headers = headers
            .iter()
            .filter_map(|(key, json)| Some((key.as_string()?, json.as_string().unwrap_or_default())));
        let of_images = KeyRange::lower_bound(&Array::of1(&IMAGES_KEY.into()), None)?;
        let ids = transaction.table(FILES)?.get_all_keys(Some(of_images.into()), None)?;
        let ids = Array::from(&result(ids.into()).await?);
        let keys = ids.iter().filter_map(|id| Array::from(&id).get(0).as_string());
        let mut images: Vec<String> = keys.filter(|key| key.starts_with(IMAGES_KEY)).collect();
        images.dedup();
        let last_visit = join(entries(&transaction.table(LAST_VISIT)?, None).await?);
        Ok(StorageEvent::Listed {
            headers: headers.collect(),
            images,
            last_visit: Some(last_visit).filter(|bytes| !bytes.is_empty()),
            quota: quota().await,
        })
    }

    /// Writes a file, and what else belongs to it if it is a run.
    async fn write(&self, key: &str, file: Option<&[u8]>, run: Option<&RunWrite>) -> StorageEvent {
        let (outcome, blocked) = timed(self.try_to_write(key, file, run)).await;
        let outcome = match outcome.map_err(thrown) {
            Ok(refusal) => refusal.unwrap_or(WriteOutcome::Done(blocked)),
            Err(thrown) if name(&thrown) == FULL => WriteOutcome::Full,
            Err(thrown) => WriteOutcome::Refused(sentence(thrown)),
        };
        StorageEvent::Written(key.to_owned(), outcome)
    }

    /// Writes, or returns why the run must not be written.
    async fn try_to_write(
        &self,
        key: &str,
        file: Option<&[u8]>,
        run: Option<&RunWrite>,
    ) -> Result<Option<WriteOutcome>, Error> {
        let transaction = self.begin(TransactionMode::ReadWrite).await?;
        let headers = transaction.table(HEADERS)?;
        if let Some(run) = run {
            match last_write(&headers, key).await? {
                Some(last) if run.before != Some(last) && last.0 != run.header.slot.visit => {
                    return Ok(Some(WriteOutcome::Conflict));
                }
                None if file.is_none() => return Ok(Some(WriteOutcome::Gone)),
                _ => {}
            }
        }
        let mut puts = Puts::default();
        if let Some(file) = file {
            let files = transaction.table(FILES)?;
            for (index, part) in parts(file).enumerate() {
                puts.put(&files, &id(key, index as f64), part).await?;
            }
            delete(&files, ids_from(key, parts(file).count() as f64)?)?.await?;
        }
        let table = transaction.table(CHECKPOINTS)?;
        for checkpoint in run.iter().flat_map(|run| &run.checkpoints) {
            puts.put(&table, &id(key, checkpoint.step as f64), &checkpoint.encode()).await?;
        }
        puts.finish().await?;
        if let Some(RunWrite { header, dropped, .. }) = run {
            let deletes = dropped.iter().map(|&step| delete(&table, id(key, step as f64)));
            all(deletes.collect::<Result<_, _>>()?).await?;
            if key == LAST_VISIT_KEY {
                result(transaction.table(LAST_VISIT)?.clear()?.into()).await?;
            }
            put(&headers, &key.into(), &header.to_json().into())?.await?;
        }
        transaction.commit().await?;
        Ok(None)
    }

    async fn read(&self, key: String) -> Result<StorageEvent, Error> {
        let transaction = self.begin(TransactionMode::ReadOnly).await?;
        // A run with a value that cannot be read is lost.
        let run = transaction.read(&key).await.unwrap_or_default();
        Ok(StorageEvent::Read(key, run))
    }

    async fn delete(&self, key: &str, before: Write) -> Result<(), Error> {
        let transaction = self.begin(TransactionMode::ReadWrite).await?;
        let headers = transaction.table(HEADERS)?;
        // Nobody else has written a header that cannot be read.
        if last_write(&headers, key).await?.is_none_or(|last| last == before) {
            delete(&headers, JsValue::from(key))?.await?;
            delete(&transaction.table(FILES)?, ids_from(key, 0.0)?)?.await?;
            delete(&transaction.table(CHECKPOINTS)?, ids_from(key, 0.0)?)?.await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Begins a transaction, on a new connection if the last one is closed.
    async fn begin(&self, mode: TransactionMode) -> Result<Transaction, Error> {
        if let Some(connection) = self.connection.take()
            && let Ok(transaction) = connection.begin(mode)
        {
            self.connection.set(Some(connection));
            return Ok(transaction);
        }
        let connection = Connection::open(self.database).await?;
        let transaction = connection.begin(mode)?;
        self.connection.set(Some(connection));
        Ok(transaction)
    }
}

/// A transaction, which is rolled back if it is dropped before it is committed, and the promise of its end.
struct Transaction(IdbTransaction, Promise);

impl Transaction {
    fn table(&self, name: &str) -> Result<ObjectStore, Error> {
        idb::Transaction::from(self.0.clone()).object_store(name)
    }

    /// Reads the file and the checkpoints of a run.
    async fn read(&self, key: &str) -> Result<Option<StoredRun>, Error> {
        let parts = entries(&self.table(FILES)?, Some(ids_from(key, 0.0)?)).await?;
        if parts.is_empty() {
            return Ok(None);
        }
        let checkpoints = entries(&self.table(CHECKPOINTS)?, Some(ids_from(key, 0.0)?)).await?;
        let step = |id: &JsValue| Array::from(id).get(1).as_f64().unwrap_or_default() as u64;
        let checkpoints = checkpoints.into_iter().map(|entry| (step(&entry.0), join(vec![entry])));
        Ok(Some(StoredRun { file: join(parts), checkpoints: checkpoints.collect() }))
    }

    /// Waits until the changes are on the disk: a full disk may fail as late as here.
    async fn commit(self) -> Result<(), Error> {
        // Both ends resolve it, so that the browser reports no rejection of a transaction that is dropped.
        let _ = JsFuture::from(self.1.clone()).await;
        self.0.error().map_or(Ok(()), |error| Err(Error::DomException(error)))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // It fails once the transaction is over.
        let _ = self.0.abort();
    }
}

/// An open database, closed when it is dropped, after its transactions.
struct Connection(Database);

impl Connection {
    /// Opens a database, or creates it.
    async fn open(name: &'static str) -> Result<Self, Error> {
        let waiting = Waiting(Rc::new(Cell::new(true)));
        let is_wanted = Rc::clone(&waiting.0);
        // A promise runs to its end even if the caller is dropped, so the browser finds the handlers it was given.
        let opening = future_to_promise(async move {
            let database = Database::try_from(open(name).await.map_err(thrown)?).map_err(thrown)?;
            if !is_wanted.get() {
                database.close();
            }
            Ok(database.into())
        });
        let opened = with_timeout(TIMEOUT_MS, opening).await.map_err(Error::IndexedDbOpenFailed)?;
        let silence = || Error::IndexedDbOpenFailed("the browser's storage does not answer".into());
        let mut database = Database::try_from(opened.ok_or_else(silence)?)?;
        // A later version of the page waits until every connection is closed.
        database.on_version_change(|event| {
            if let Ok(database) = event.database() {
                database.close();
            }
        });
        Ok(Self(database))
    }

    fn begin(&self, mode: TransactionMode) -> Result<Transaction, Error> {
        let transaction = IdbTransaction::from(self.0.transaction(&TABLES, mode)?);
        // Listened to from the beginning: a slow page may come to its commit after the end.
        let done = Promise::new(&mut |resolve, _| {
            transaction.set_oncomplete(Some(&resolve));
            transaction.set_onabort(Some(&resolve));
        });
        Ok(Transaction(transaction, done))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// True until it is dropped: the caller still waits.
struct Waiting(Rc<Cell<bool>>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

async fn open(name: &str) -> Result<JsValue, Error> {
    let mut request = Factory::new()?.open(name, Some(VERSION))?;
    request.on_upgrade_needed(|event| {
        let Ok(database) = event.database() else { return };
        let names = database.store_names();
        for table in TABLES.iter().filter(|&table| !names.iter().any(|name| name == table)) {
            // If this fails, so does every transaction, each with its reason.
            let _ = database.create_object_store(table, ObjectStoreParams::new());
        }
    });
    request.forget_callbacks();
    result(request.into()).await
}

/// Returns the keys and values of a table, or of a range of it, each value by a request of its own: a run at once would be too much
/// for a message in some browsers.
async fn entries(table: &ObjectStore, range: Option<KeyRange>) -> Result<Vec<(JsValue, JsValue)>, Error> {
    let keys = result(table.get_all_keys(range.map(Query::from), None)?.into()).await?;
    let keys: Vec<JsValue> = Array::from(&keys).iter().collect();
    let get = |key: &JsValue| Ok(result(table.get(key.clone())?.into()));
    let values = all(keys.iter().map(get).collect::<Result<_, Error>>()?).await?;
    Ok(keys.into_iter().zip(values).collect())
}

fn put(table: &ObjectStore, key: &JsValue, value: &JsValue) -> Result<Answer, Error> {
    Ok(result(table.put(value, Some(key))?.into()))
}

fn delete(table: &ObjectStore, query: impl Into<Query>) -> Result<Answer, Error> {
    Ok(result(table.delete(query)?.into()))
}

/// Values that are written a few at a time: the browser blocks the page while it copies them, but each answer takes a frame while
/// the page trains.
#[derive(Default)]
struct Puts {
    answers: Vec<Answer>,
    bytes: usize,
}

impl Puts {
    async fn put(&mut self, table: &ObjectStore, key: &JsValue, bytes: &[u8]) -> Result<(), Error> {
        self.answers.push(put(table, key, &Uint8Array::from(bytes))?);
        self.bytes += bytes.len();
        if self.bytes >= BYTES_AT_ONCE { self.finish().await } else { Ok(()) }
    }

    async fn finish(&mut self) -> Result<(), Error> {
        self.bytes = 0;
        all(std::mem::take(&mut self.answers)).await.map(drop)
    }
}

/// The result of a request, to be awaited.
type Answer = Pin<Box<dyn Future<Output = Result<JsValue, Error>>>>;

/// Waits for the results of requests that were made together.
async fn all(answers: Vec<Answer>) -> Result<Vec<JsValue>, Error> {
    let mut values = Vec::with_capacity(answers.len());
    for answer in answers {
        values.push(answer.await?);
    }
    Ok(values)
}

/// Returns the result of a request, which is listened to from now on.
///
/// The handlers are a promise's own functions, which stay valid when the future is dropped. Those of the futures of `idb` do not.
fn result(request: JsValue) -> Answer {
    let request: IdbRequest = request.unchecked_into();
    let done = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    Box::pin(async move {
        match JsFuture::from(done).await {
            Ok(_) => request.result().map_err(Error::RequestResultNotFound),
            Err(_) => {
                Err(request.error().ok().flatten().map_or(Error::DomExceptionNotFound, Error::DomException))
            }
        }
    })
}

/// Returns the last write of a run, if it has a header that can be read.
async fn last_write(headers: &ObjectStore, key: &str) -> Result<Option<Write>, Error> {
    let json = result(headers.get(JsValue::from(key))?.into()).await?.as_string();
    let header = json.and_then(|json| RunHeader::parse(&json).ok());
    Ok(header.map(|header| (header.slot.visit, header.slot.written)))
}

/// Returns the key of a part or of a checkpoint.
fn id(key: &str, index: f64) -> JsValue {
    Array::of2(&key.into(), &index.into()).into()
}

/// Returns the keys of a run from an index on: an array is larger than any number.
fn ids_from(key: &str, index: f64) -> Result<KeyRange, Error> {
    KeyRange::bound(&id(key, index), &Array::of2(&key.into(), &Array::new()).into(), None, None)
}

/// Splits `bytes` into parts, at least one: an empty file is still a file.
fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let empty = bytes.is_empty().then_some(bytes);
    empty.into_iter().chain(bytes.chunks(PART))
}

/// Joins parts. Other values were not stored by this page.
fn join(parts: Vec<(JsValue, JsValue)>) -> Vec<u8> {
    let parts: Vec<Uint8Array> = parts.into_iter().filter_map(|(_, part)| part.dyn_into().ok()).collect();
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.length() as usize).sum());
    parts.iter().for_each(|part| bytes.extend(part.to_vec()));
    bytes
}

/// Returns the bytes that the browser grants this page. It does not say so to a page that is not served securely.
async fn quota() -> Option<f64> {
    let storage = Reflect::get(&window().navigator(), &"storage".into()).ok()?;
    let estimate = storage.dyn_into::<StorageManager>().ok()?.estimate().ok()?;
    let estimate = with_timeout(TIMEOUT_MS, estimate).await.ok()??;
    Reflect::get(&estimate, &"quota".into()).ok()?.as_f64()
}

/// Returns the output of a future, and how long it has blocked the page, in milliseconds.
async fn timed<T>(future: impl Future<Output = T>) -> (T, f64) {
    let clock = window().performance();
    let now = || clock.as_ref().map_or(0.0, Performance::now);
    let (mut future, mut blocked) = (pin!(future), 0.0);
    let output = poll_fn(|context| {
        let start = now();
        let poll = future.as_mut().poll(context);
        blocked += now() - start;
        poll
    });
    let output = output.await;
    (output, blocked)
}

/// Returns what the browser has thrown.
fn thrown(error: Error) -> JsValue {
    match error {
        Error::DomException(thrown) => thrown.into(),
        Error::ClearFailed(thrown)
        | Error::DeleteFailed(thrown)
        | Error::GetAllKeysFailed(thrown)
        | Error::GetFailed(thrown)
        | Error::IndexedDbNotFound(thrown)
        | Error::IndexedDbOpenFailed(thrown)
        | Error::KeyRangeCreateFailed(thrown)
        | Error::ObjectStoreNotFound(thrown)
        | Error::RequestResultNotFound(thrown)
        | Error::TransactionOpenFailed(thrown)
        | Error::UpdateFailed(thrown) => thrown,
        _ => "the browser gave no reason".into(),
    }
}

fn name(thrown: &JsValue) -> String {
    thrown.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default()
}

/// Says what a failure means for the user.
fn sentence(thrown: JsValue) -> String {
    match name(&thrown).as_str() {
        FULL => "the browser has no more room for this page".to_owned(),
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
    use std::task::Poll;

    use js_sys::Function;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;
    use crate::app::{Checkpoint, RunFile};
    use crate::files::Slot;

    wasm_bindgen_test_configure!(run_in_browser);

    /// The visits of two tabs.
    const VISITS: [u32; 2] = [7, 8];

    async fn empty(database: &'static str) -> Store {
        unblocked(Factory::new().unwrap().delete(database).unwrap().into()).await;
        Store::named(database)
    }

    /// Waits for the result of a request that an open connection would block.
    async fn unblocked(request: JsValue) -> JsValue {
        let promise = future_to_promise(async move { result(request).await.map_err(thrown) });
        with_timeout(2_000, promise).await.unwrap().expect("no open connection")
    }

    fn checkpoint(step: u64) -> Rc<Checkpoint> {
        Rc::new(Checkpoint { step, examples: 50 * step, parameters: vec![0.5; step as usize] })
    }

    /// A write by the first tab, at a time, after one at another time.
    fn write(key: &str, written: u64, before: Option<u64>, file: Option<Vec<u8>>) -> Box<RunWrite> {
        let slot = Slot { key: key.to_owned(), visit: VISITS[0], written, ..Slot::default() };
        Box::new(RunWrite {
            header: RunHeader { name: format!("at {written}"), slot, ..RunHeader::default() },
            before: before.map(|before| (VISITS[0], before)),
            file: file.map(|file| Rc::new(RunFile { file, checkpoints: Vec::new() })),
            checkpoints: Vec::new(),
            dropped: Vec::new(),
        })
    }

    impl Store {
        async fn writes(&self, write: Box<RunWrite>) -> WriteOutcome {
            let key = write.header.slot.key.clone();
            match self.answer(StorageRequest::Write(write)).await {
                Some(StorageEvent::Written(written, outcome)) if written == key => outcome,
                answer => panic!("{answer:?}"),
            }
        }

        /// Writes a run, and returns how long that has blocked the page.
        async fn wrote(&self, write: Box<RunWrite>) -> f64 {
            match self.writes(write).await {
                WriteOutcome::Done(blocked) => blocked,
                outcome => panic!("{outcome:?}"),
            }
        }

        /// Returns the key and the name of each run.
        async fn names(&self) -> Vec<(String, String)> {
            let Some(StorageEvent::Listed { headers, .. }) = self.answer(StorageRequest::List).await else {
                panic!("no list");
            };
            let name = |json: String| RunHeader::parse(&json).unwrap().name;
            headers.into_iter().map(|(key, json)| (key, name(json))).collect()
        }

        async fn images(&self) -> Vec<String> {
            match self.answer(StorageRequest::List).await {
                Some(StorageEvent::Listed { images, .. }) => images,
                answer => panic!("{answer:?}"),
            }
        }

        async fn last_visit(&self) -> Option<Vec<u8>> {
            match self.answer(StorageRequest::List).await {
                Some(StorageEvent::Listed { last_visit, .. }) => last_visit,
                answer => panic!("{answer:?}"),
            }
        }

        async fn reads(&self, key: &str) -> Option<StoredRun> {
            match self.answer(StorageRequest::Read(key.to_owned())).await {
                Some(StorageEvent::Read(read, run)) if read == key => run,
                answer => panic!("{answer:?}"),
            }
        }

        async fn file(&self, key: &str) -> Option<Vec<u8>> {
            self.reads(key).await.map(|run| run.file)
        }
    }

    /// Opens a version of a database as another page would, which does not close it.
    async fn open_version(database: &str, version: u32, table: &'static str) -> Database {
        let mut request = Factory::new().unwrap().open(database, Some(version)).unwrap();
        request.on_upgrade_needed(move |event| {
            let database = event.database().unwrap();
            if !database.store_names().iter().any(|name| name == table) {
                database.create_object_store(table, ObjectStoreParams::new()).unwrap();
            }
        });
        request.forget_callbacks();
        Database::try_from(unblocked(request.into()).await).unwrap()
    }

    fn run(length: usize, seed: usize) -> Vec<u8> {
        (0..length).map(|i| (i / 1_000 + seed) as u8).collect()
    }

    #[wasm_bindgen_test]
    async fn images_have_a_key_of_their_own_and_come_back_whole() {
        let store = empty("test-images").await;
        store.wrote(write("a", 1, None, Some(run(5, 2)))).await;
        let images = run(2 * PART + 9, 3);
        let key = format!("{IMAGES_KEY}7-{}", images.len());
        let request = StorageRequest::WriteImages(key.clone(), Rc::new(images.clone()));
        let written = store.answer(request).await;
        assert!(matches!(written, Some(StorageEvent::Written(of, WriteOutcome::Done(_))) if of == key));
        assert_eq!((store.images().await, store.file(&key).await), (vec![key.clone()], Some(images)));
        store.answer(StorageRequest::Delete(key.clone(), Write::default())).await;
        assert_eq!((store.images().await, store.file(&key).await), (vec![], None));
        assert_eq!(store.file("a").await, Some(run(5, 2)));
    }

    #[wasm_bindgen_test]
    async fn a_run_comes_back_whole_after_a_reload() {
        let store = empty("test-round").await;
        assert_eq!((store.names().await, store.file("a").await), (vec![], None));
        let long = run(3 * PART + 7, 1);
        let mut first = write("a", 1, None, Some(long.clone()));
        first.checkpoints = [0, 3, 20].map(checkpoint).into();
        let start = window().performance().unwrap().now();
        let blocked = store.wrote(first).await;
        let took = window().performance().unwrap().now() - start;
        assert!(blocked > 0.0 && blocked <= took, "{blocked} of {took} ms");
        // Keys that begin alike, and an empty file.
        store.wrote(write("a2", 2, None, Some(run(5, 2)))).await;
        store.wrote(write("", 3, None, Some(vec![]))).await;
        drop(store);

        let store = Store::named("test-round");
        let names = [("", "at 3"), ("a", "at 1"), ("a2", "at 2")];
        assert_eq!(store.names().await, names.map(|(key, name)| (key.to_owned(), name.to_owned())));
        let StoredRun { file, checkpoints } = store.reads("a").await.unwrap();
        assert!(file == long, "{} bytes", file.len());
        assert_eq!(checkpoints, [0, 3, 20].map(|step| (step, checkpoint(step).encode())));
        assert_eq!(store.reads("a2").await, Some(StoredRun { file: run(5, 2), checkpoints: vec![] }));
        assert_eq!(store.reads("").await, Some(StoredRun::default()));

        // A later write brings new checkpoints and drops others; one of the header alone leaves the file.
        let mut second = write("a", 4, Some(1), Some(run(9, 3)));
        (second.checkpoints, second.dropped) = (vec![checkpoint(40)], vec![3]);
        store.wrote(second).await;
        store.wrote(write("a", 5, Some(4), None)).await;
        let steps = [0, 20, 40].map(|step| (step, checkpoint(step).encode()));
        assert_eq!(store.reads("a").await, Some(StoredRun { file: run(9, 3), checkpoints: steps.into() }));
        assert_eq!(store.names().await[1].1, "at 5");
    }

    #[wasm_bindgen_test]
    async fn a_shorter_file_leaves_nothing_of_a_longer_one() {
        let store = empty("test-parts").await;
        let mut before = None;
        for (written, length) in [3 * PART + 7, PART, 2 * PART, 0, PART + 1, 1].into_iter().enumerate() {
            let (written, file) = (written as u64, run(length, written));
            store.wrote(write("a", written, before, Some(file.clone()))).await;
            assert!(store.file("a").await == Some(file), "{length} bytes");
            before = Some(written);
        }
    }

    #[wasm_bindgen_test]
    async fn a_tab_does_not_overwrite_what_another_has_written() {
        let mine = empty("test-tabs").await;
        let theirs = Store::named("test-tabs");
        let by_them = |written, before: Option<Write>, file| {
            let mut write = write("a", written, None, Some(file));
            (write.header.slot.visit, write.before) = (VISITS[1], before);
            write
        };
        mine.wrote(write("a", 1, None, Some(vec![1]))).await;
        // They have not seen it, or have seen it and continue it.
        assert_eq!(theirs.writes(by_them(2, None, vec![2])).await, WriteOutcome::Conflict);
        theirs.wrote(by_them(3, Some((VISITS[0], 1)), vec![3])).await;
        assert_eq!(mine.writes(write("a", 4, Some(1), Some(vec![4]))).await, WriteOutcome::Conflict);
        assert_eq!(mine.writes(write("a", 4, Some(1), None)).await, WriteOutcome::Conflict);
        assert_eq!(mine.file("a").await, Some(vec![3]));
        // The same tab knows its own writes, even those without an answer yet.
        theirs.wrote(by_them(5, None, vec![5])).await;
        assert_eq!(mine.file("a").await, Some(vec![5]));

        // Only what is unchanged is deleted.
        let delete = |before| StorageRequest::Delete("a".to_owned(), before);
        assert_eq!(mine.answer(delete((VISITS[0], 1))).await, None);
        assert_eq!(mine.file("a").await, Some(vec![5]));
        assert_eq!(mine.answer(delete((VISITS[1], 5))).await, None);
        assert_eq!((theirs.names().await, theirs.reads("a").await), (vec![], None));
        assert_eq!(theirs.writes(write("a", 6, Some(5), None)).await, WriteOutcome::Gone);
        // A run whose file is at hand is written again.
        theirs.wrote(by_them(6, Some((VISITS[1], 5)), vec![6])).await;
        assert_eq!(mine.file("a").await, Some(vec![6]));
    }

    #[wasm_bindgen_test]
    async fn wherever_a_write_is_dropped_the_run_before_is_whole() {
        let store = empty("test-dropped").await;
        let old = run(2 * PART, 1);
        let mut first = write("a", 1, None, Some(old.clone()));
        first.checkpoints = [1, 2].map(checkpoint).into();
        store.wrote(first).await;
        let mut polls = 0;
        let is_done = loop {
            polls += 1;
            let mut second = write("a", 2, Some(1), Some(run(PART + 1, 2)));
            (second.checkpoints, second.dropped) = (vec![checkpoint(3)], vec![1]);
            let mut writing = Box::pin(store.writes(second));
            let mut left = polls;
            let outcome = poll_fn(|context| {
                left -= 1;
                match writing.as_mut().poll(context) {
                    Poll::Pending if left > 0 => Poll::Pending,
                    poll => Poll::Ready(poll.is_ready()),
                }
            });
            if outcome.await {
                break polls;
            }
            drop(writing);
            let StoredRun { file, checkpoints } = store.reads("a").await.unwrap();
            // The changes may be on the disk before the promise says so.
            if store.names().await[0].1 == "at 1" {
                assert!(file == old, "dropped after {polls} polls");
                assert_eq!(checkpoints, [1, 2].map(|step| (step, checkpoint(step).encode())));
            }
        };
        assert!(is_done > 6, "{is_done} polls: the write was never dropped half way");
        let steps = [2, 3].map(|step| (step, checkpoint(step).encode()));
        assert!(
            store.reads("a").await == Some(StoredRun { file: run(PART + 1, 2), checkpoints: steps.into() })
        );
    }

    #[wasm_bindgen_test]
    async fn a_full_disk_is_reported_and_leaves_the_run_before() {
        let store = empty("test-full").await;
        store.wrote(write("a", 1, None, Some(vec![1; 2 * PART]))).await;
        // The browser of this database is full after one more part, until `put` is itself again.
        let body = "const put = IDBObjectStore.prototype.put;
            let room = 1;
            IDBObjectStore.prototype.put = function (...args) {
                if (this.transaction.db.name === 'test-full' && room-- <= 0) throw new DOMException('', 'QuotaExceededError');
                return put.apply(this, args);
            };
            return () => { IDBObjectStore.prototype.put = put; };";
        let restore: Function =
            Function::new_no_args(body).call0(&JsValue::NULL).expect("a function").unchecked_into();
        let next = || write("a", 2, Some(1), Some(vec![2; 2 * PART]));
        let outcome = store.writes(next()).await;
        restore.call0(&JsValue::NULL).unwrap();
        assert_eq!(outcome, WriteOutcome::Full);
        assert!(store.file("a").await == Some(vec![1; 2 * PART]));
        store.wrote(next()).await;
        assert!(store.file("a").await == Some(vec![2; 2 * PART]));
    }

    #[wasm_bindgen_test]
    async fn the_run_of_an_earlier_version_is_listed_until_it_is_written() {
        empty("test-earlier").await;
        let earlier = open_version("test-earlier", 1, LAST_VISIT).await;
        let transaction = earlier.transaction(&[LAST_VISIT], TransactionMode::ReadWrite).unwrap();
        let table = transaction.object_store(LAST_VISIT).unwrap();
        let file = run(11 * PART + 3, 4);
        for (index, part) in parts(&file).enumerate() {
            put(&table, &(index as f64).into(), &Uint8Array::from(part)).unwrap().await.unwrap();
        }
        earlier.close();
        drop(transaction);
        let store = Store::named("test-earlier");
        assert!(store.last_visit().await.as_ref() == Some(&file));
        store.wrote(write("another", 1, None, Some(vec![1]))).await;
        let as_row = |before| write(LAST_VISIT_KEY, 2, before, Some(file.clone()));
        let other = Store::named("test-earlier");
        assert!(other.last_visit().await.as_ref() == Some(&file), "in every tab, after a reload");
        store.wrote(as_row(None)).await;
        assert_eq!((store.last_visit().await, other.last_visit().await), (None, None));
        assert!(store.file(LAST_VISIT_KEY).await.as_ref() == Some(&file));
        assert_eq!(store.names().await.len(), 2);
    }

    #[wasm_bindgen_test]
    async fn an_idle_tab_blocks_no_later_version() {
        let store = empty("test-idle").await;
        store.wrote(write("a", 1, None, Some(vec![5]))).await;
        // Another tab deletes the database, and this one makes it anew.
        let other = empty("test-idle").await;
        assert_eq!(store.names().await, []);
        store.wrote(write("a", 1, None, Some(vec![6]))).await;
        assert_eq!(other.file("a").await, Some(vec![6]));
        // A later version of the page waits for every open connection, and this version fails instead of waiting.
        let later = open_version("test-idle", VERSION + 1, "more").await;
        let WriteOutcome::Refused(reason) = store.writes(write("a", 2, Some(1), None)).await else {
            panic!("it was written");
        };
        assert!(reason.contains("newer version"), "{reason}");
        let requests = [
            StorageRequest::List,
            StorageRequest::Read("a".to_owned()),
            StorageRequest::Delete("a".to_owned(), (VISITS[0], 1)),
        ];
        for request in requests {
            assert_eq!(other.answer(request).await, Some(StorageEvent::Refused(reason.clone())));
        }
        later.close();
    }

    #[wasm_bindgen_test]
    async fn a_browser_that_does_not_answer_is_asked_again() {
        empty("test-silent").await;
        // A page that keeps an earlier version open.
        let earlier = open_version("test-silent", 1, LAST_VISIT).await;
        let store = Store::named("test-silent");
        let silent = "the browser's storage does not answer".to_owned();
        assert_eq!(store.writes(write("a", 1, None, Some(vec![1]))).await, WriteOutcome::Refused(silent));
        earlier.close();
        store.wrote(write("a", 1, None, Some(vec![2]))).await;
        assert_eq!(store.file("a").await, Some(vec![2]));
        // The connection that came too late is closed.
        open_version("test-silent", VERSION + 1, "more").await.close();
    }

    #[wasm_bindgen_test]
    async fn damaged_values_are_listed_and_can_be_deleted() {
        let store = empty("test-damaged").await;
        store.wrote(write("a", 1, None, Some(vec![1]))).await;
        let transaction = store.begin(TransactionMode::ReadWrite).await.unwrap();
        put(&transaction.table(HEADERS).unwrap(), &"a".into(), &"{".into()).unwrap().await.unwrap();
        put(&transaction.table(HEADERS).unwrap(), &"b".into(), &7.into()).unwrap().await.unwrap();
        put(&transaction.table(FILES).unwrap(), &id("b", 0.0), &"text".into()).unwrap().await.unwrap();
        transaction.commit().await.unwrap();
        let Some(StorageEvent::Listed { headers, quota, .. }) = store.answer(StorageRequest::List).await
        else {
            panic!("no list");
        };
        assert_eq!(headers, [("a", "{"), ("b", "")].map(|(key, json)| (key.to_owned(), json.to_owned())));
        assert!(quota.is_some_and(|quota| quota > 1e6), "{quota:?}");
        assert_eq!(store.file("b").await, Some(vec![]));
        for key in ["a", "b"] {
            let delete = StorageRequest::Delete(key.to_owned(), Write::default());
            assert_eq!((store.answer(delete).await, store.reads(key).await), (None, None));
        }
        assert_eq!(store.names().await, []);
    }

    #[wasm_bindgen_test]
    fn failures_are_explained_to_the_user() {
        for (name, words) in [
            ("QuotaExceededError", "no more room"),
            ("SecurityError", "does not let this page store"),
            ("VersionError", "newer version"),
            ("UnknownError", "as the browser puts it"),
        ] {
            let exception = DomException::new_with_message_and_name("as the browser puts it", name).unwrap();
            let sentence = sentence(thrown(Error::DomException(exception)));
            assert!(sentence.contains(words), "{name}: {sentence}");
        }
        let sentence = sentence(thrown(Error::IndexedDbNotFound(JsValue::UNDEFINED)));
        assert!(sentence.contains("no storage"), "{sentence}");
    }
}

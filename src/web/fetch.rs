//! Files from the network or the user, as streams of bytes.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, File, ReadableStream, ReadableStreamDefaultReader, ReadableStreamReadResult,
    RequestInit, Response,
};

use super::dom::window;
use super::future::with_timeout;

/// The largest chunk in bytes: browsers send a file from their cache in one piece.
const CHUNK: u32 = 256 * 1024;

/// The time limits of a download.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The longest wait for the response and between two chunks, in milliseconds. Without it the browser decides, and some
    /// wait for minutes. The time that `on_chunk` takes does not count.
    pub(crate) silence: Option<i32>,
}

/// Downloads `url` in chunks. Each is read after `on_chunk` is done with the one before, so that only the browser buffers.
/// Dropping the future cancels the download.
///
/// # Errors
/// The reason, as the second half of a sentence, if the server cannot be reached, does not have the file, or stops sending.
pub(crate) async fn stream(
    url: &str,
    limits: Limits,
    on_chunk: impl AsyncFnMut(Vec<u8>),
) -> Result<(), String> {
    let download = Download(AbortController::new().map_err(reason)?);
    let init = RequestInit::new();
    init.set_signal(Some(&download.0.signal()));
    let promise = window().fetch_with_str_and_init(url, &init);
    let response: Response = limits.wait(promise).await?.unchecked_into();
    if !response.ok() {
        let status = format!("the server answered {} {}", response.status(), response.status_text());
        return Err(status.trim_end().to_owned());
    }
    let body = response.body().ok_or("the server sent an empty response")?;
    read(&body, limits, on_chunk).await
}

/// Reads a file in chunks, each after `on_chunk` is done with the one before. Dropping the future cancels the reading.
///
/// # Errors
/// The reason, as the second half of a sentence, if the file cannot be read to its end.
pub(crate) async fn read_file(file: &File, on_chunk: impl AsyncFnMut(Vec<u8>)) -> Result<(), String> {
    read(&file.stream(), Limits::default(), on_chunk).await
}

async fn read(
    stream: &ReadableStream,
    limits: Limits,
    mut on_chunk: impl AsyncFnMut(Vec<u8>),
) -> Result<(), String> {
    let mut reader = Reader::new(stream)?;
    while let Some(bytes) = reader.next(limits).await? {
        for start in (0..bytes.length()).step_by(CHUNK as usize) {
            // `subarray` clamps the end.
            on_chunk(bytes.subarray(start, start + CHUNK).to_vec()).await;
        }
    }
    Ok(())
}

impl Limits {
    async fn wait(self, promise: Promise) -> Result<JsValue, String> {
        match self.silence {
            None => JsFuture::from(promise).await.map_err(reason),
            Some(limit) => with_timeout(limit, promise)
                .await
                .map_err(reason)?
                .ok_or_else(|| format!("the server sent nothing for {} seconds", f64::from(limit) / 1000.0)),
        }
    }
}

/// A request that is aborted when this is dropped, unless it is complete.
struct Download(AbortController);

impl Drop for Download {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A reader that cancels its stream when it is dropped, unless it has ended.
struct Reader {
    reader: ReadableStreamDefaultReader,
    ended: bool,
}

impl Reader {
    fn new(stream: &ReadableStream) -> Result<Self, String> {
        Ok(Self { reader: ReadableStreamDefaultReader::new(stream).map_err(reason)?, ended: false })
    }

    async fn next(&mut self, limits: Limits) -> Result<Option<Uint8Array>, String> {
        let result: ReadableStreamReadResult = limits.wait(self.reader.read()).await?.unchecked_into();
        if result.get_done() == Some(true) {
            self.ended = true;
            return Ok(None);
        }
        let bytes = result.get_value().dyn_into().map_err(|_| "the response was not bytes")?;
        Ok(Some(bytes))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if !self.ended {
            ignore(self.reader.cancel());
        }
    }
}

/// Ignores the result of a promise. Without a handler its rejection would be an error of the page.
fn ignore(promise: Promise) {
    wasm_bindgen_futures::spawn_local(async {
        let _ = JsFuture::from(promise).await;
    });
}

/// Returns the message of a thrown value.
pub(crate) fn reason(thrown: JsValue) -> String {
    let message = js_sys::Reflect::get(&thrown, &JsValue::from_str("message"));
    let message = message.ok().and_then(|message| message.as_string()).filter(|text| !text.is_empty());
    let message = message.or_else(|| thrown.as_string());
    // It ends a sentence, which has a full stop.
    let message = message.map(|text| text.trim_end_matches('.').to_owned());
    message.unwrap_or_else(|| "the browser gave no reason".to_owned())
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use js_sys::{Function, Reflect};
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::super::future::{SpawnedFuture, sleep};
    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    /// Makes a stream of `chunks` chunks of `length` bytes that then ends or sends nothing more. It counts the pulls in `pulled`
    /// and sets `cancelled`.
    fn source(chunks: u32, length: u32, ends: bool) -> ReadableStream {
        let body = format!(
            "const stream = new ReadableStream({{
                 pull(controller) {{
                     stream.pulled += 1;
                     if (stream.pulled <= {chunks}) controller.enqueue(new Uint8Array({length}).fill(stream.pulled));
                     else if ({ends}) controller.close();
                     else return new Promise(() => {{}});
                 }},
                 cancel() {{ stream.cancelled = true; }},
             }}, {{ highWaterMark: 0 }});
             stream.pulled = 0;
             stream.cancelled = false;
             return stream;"
        );
        Function::new_no_args(&body).call0(&JsValue::NULL).expect("a stream").unchecked_into()
    }

    fn get(stream: &ReadableStream, name: &str) -> JsValue {
        Reflect::get(stream, &JsValue::from_str(name)).expect("a property")
    }

    fn data_url(length: usize) -> String {
        format!("data:application/octet-stream,{}", "a".repeat(length))
    }

    #[wasm_bindgen_test]
    async fn all_bytes_arrive_in_order_and_in_pieces() {
        let (sizes, sum) = (RefCell::new(Vec::new()), Cell::new(0));
        let stream = source(2, CHUNK + 1, true);
        read(&stream, Limits { silence: Some(5_000) }, async |chunk: Vec<u8>| {
            sizes.borrow_mut().push(chunk.len());
            sum.set(sum.get() + chunk.iter().map(|&byte| u32::from(byte)).sum::<u32>());
        })
        .await
        .unwrap();
        assert_eq!(sizes.take(), [CHUNK as usize, 1, CHUNK as usize, 1]);
        assert_eq!(sum.get(), 3 * (CHUNK + 1));
        assert_eq!(get(&stream, "cancelled"), JsValue::FALSE, "it has ended");
    }

    #[wasm_bindgen_test]
    async fn the_reader_waits_for_a_busy_page() {
        let stream = source(100, 8, true);
        let most_ahead = Cell::new(0.0_f64);
        let taken = Cell::new(0);
        read(&stream, Limits::default(), async |_| {
            sleep(2).await;
            taken.set(taken.get() + 1);
            let pulled = get(&stream, "pulled").as_f64().expect("a count");
            most_ahead.set(most_ahead.get().max(pulled - f64::from(taken.get())));
        })
        .await
        .unwrap();
        assert_eq!(taken.get(), 100);
        assert_eq!(most_ahead.get(), 0.0, "chunks were read ahead");
    }

    #[wasm_bindgen_test]
    async fn a_silent_server_times_out_but_a_busy_page_does_not() {
        let stream = source(2, 8, false);
        let taken = Cell::new(0);
        let outcome = read(&stream, Limits { silence: Some(100) }, async |_| {
            sleep(200).await;
            taken.set(taken.get() + 1);
        })
        .await;
        assert_eq!(outcome, Err("the server sent nothing for 0.1 seconds".to_owned()));
        assert_eq!(taken.get(), 2);
        assert_eq!(get(&stream, "cancelled"), JsValue::TRUE);
    }

    #[wasm_bindgen_test]
    async fn a_dropped_reading_is_cancelled_immediately() {
        // Dropped while it waits for the source, then while it waits for the page.
        for page_is_slow in [false, true] {
            let stream = source(1, 8, false);
            let reading = stream.clone();
            let task = SpawnedFuture::spawn(async move {
                let _ = read(&reading, Limits::default(), async |_| {
                    if page_is_slow {
                        sleep(60_000).await;
                    }
                })
                .await;
            });
            sleep(30).await;
            drop(task);
            assert_eq!(get(&stream, "cancelled"), JsValue::TRUE, "the page was slow: {page_is_slow}");
        }
    }

    #[wasm_bindgen_test]
    async fn a_download_arrives_or_its_failure_is_returned() {
        let bytes = RefCell::new(Vec::new());
        let limits = Limits { silence: Some(4_000) };
        stream(&data_url(1_000), limits, async |chunk| bytes.borrow_mut().extend(chunk)).await.unwrap();
        assert_eq!(bytes.take(), [b'a'; 1_000]);
        let missing = stream("no/such/file", limits, async |_| {}).await.unwrap_err();
        assert!(missing.contains("404"), "{missing}");
    }
}

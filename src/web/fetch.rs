//! Files, from the net or from the user, as streams of bytes.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, File, ReadableStream, ReadableStreamDefaultReader, ReadableStreamReadResult,
    RequestInit, Response,
};

use super::dom::window;

/// The most bytes handed over at a time; browsers give a whole file from their cache in one piece.
const CHUNK: u32 = 256 * 1024;

/// Downloads `url`, and hands its bytes over as they arrive. Dropping the future ends the download.
///
/// # Errors
/// The reason, as the second half of a sentence, if the server cannot be reached, does not have the file, or falls
/// silent before its end.
pub(crate) async fn stream(url: &str, on_chunk: impl FnMut(Vec<u8>)) -> Result<(), String> {
    let download = Download(AbortController::new().map_err(reason)?);
    let init = RequestInit::new();
    init.set_signal(Some(&download.0.signal()));
    let promise = window().fetch_with_str_and_init(url, &init);
    let response: Response = JsFuture::from(promise).await.map_err(reason)?.unchecked_into();
    if !response.ok() {
        return Err(format!("the server answered {} {}", response.status(), response.status_text()));
    }
    let body = response.body().ok_or("the server answered nothing")?;
    read(&body, on_chunk).await
}

/// Reads a file of the user's, and hands its bytes over. Dropping the future ends the reading.
///
/// # Errors
/// The reason, if the file cannot be read, or not to its end.
pub(crate) async fn read_file(file: &File, on_chunk: impl FnMut(Vec<u8>)) -> Result<(), String> {
    read(&file.stream(), on_chunk).await
}

async fn read(stream: &ReadableStream, mut on_chunk: impl FnMut(Vec<u8>)) -> Result<(), String> {
    let mut reader = Reader::new(stream)?;
    while let Some(bytes) = reader.next().await? {
        for start in (0..bytes.length()).step_by(CHUNK as usize) {
            // An end beyond the end is the end.
            on_chunk(bytes.subarray(start, start + CHUNK).to_vec());
        }
    }
    Ok(())
}

/// A request that is called off if it is dropped; one that has been answered does not mind.
struct Download(AbortController);

impl Drop for Download {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A reader that cancels its stream unless it has come to its end.
struct Reader {
    reader: ReadableStreamDefaultReader,
    ended: bool,
}

impl Reader {
    fn new(stream: &ReadableStream) -> Result<Self, String> {
        Ok(Self { reader: ReadableStreamDefaultReader::new(stream).map_err(reason)?, ended: false })
    }

    async fn next(&mut self) -> Result<Option<Uint8Array>, String> {
        let result = JsFuture::from(self.reader.read()).await;
        self.ended = true;
        let result: ReadableStreamReadResult = result.map_err(reason)?.unchecked_into();
        if result.get_done() == Some(true) {
            return Ok(None);
        }
        let bytes = result.get_value().dyn_into().map_err(|_| "what arrived is not made of bytes")?;
        self.ended = false;
        Ok(Some(bytes))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if !self.ended {
            forget(self.reader.cancel());
        }
    }
}

/// Lets a promise end as it may: if nobody listened to it, its failure would count as an error of the page.
fn forget(promise: Promise) {
    wasm_bindgen_futures::spawn_local(async {
        let _ = JsFuture::from(promise).await;
    });
}

/// What a thrown value says.
pub(crate) fn reason(thrown: JsValue) -> String {
    let message = js_sys::Reflect::get(&thrown, &JsValue::from_str("message"));
    let message = message.ok().and_then(|message| message.as_string()).filter(|text| !text.is_empty());
    message.or_else(|| thrown.as_string()).unwrap_or_else(|| "the browser gives no reason".to_owned())
}

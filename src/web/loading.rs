//! Loads datasets: what is served with the page, MNIST, and the user's files.

use js_sys::{Array, Promise, Uint8Array};
use serde_json::Value;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use super::dom;
use super::future::{SpawnedFuture, sleep};
use super::page_handle::PageHandle;
use super::{fetch, picture};
use crate::app::{DatasetChoice, DatasetMsg, MnistFile, Ticket};
use crate::data::import::is_picture_name;

/// The file in which the build says whether MNIST is served with the page.
const MANIFEST: &str = "data/manifest.json";

/// How long it may take to load, in milliseconds; then the page uses its built-in digits.
const MANIFEST_TIMEOUT_MS: i32 = 4_000;

/// A reader waits while more bytes than this wait to be parsed.
const MAX_BACKLOG: usize = 4 << 20;

/// The largest number of small files that are read together, and the largest size of a small file, in bytes.
const MAX_FILES_TOGETHER: usize = 64;
const MAX_SMALL_FILE_BYTES: f64 = 65_536.0;

/// How long a reader waits before it checks again, in milliseconds.
const BACKLOG_CHECK_MS: i32 = 15;

/// Reads the manifest, and tells the app whether MNIST is served with the page.
pub(crate) fn read_manifest(handle: PageHandle) -> SpawnedFuture {
    SpawnedFuture::spawn(async move {
        let mut bytes = Vec::new();
        // A file and a sandboxed frame have an origin that may fetch nothing: the browser would complain.
        if !dom::has_opaque_origin() {
            let limits = fetch::Limits { silence: Some(MANIFEST_TIMEOUT_MS) };
            // Without an answer nothing is served.
            let _ = fetch::stream(MANIFEST, limits, async |chunk: Vec<u8>| bytes.extend(chunk)).await;
        }
        let manifest = serde_json::from_slice::<Value>(&bytes).ok();
        let is_served = |choice: DatasetChoice| {
            let value = manifest.as_ref().and_then(|manifest| manifest.get(choice.name()));
            value.and_then(Value::as_bool).unwrap_or_default()
        };
        for choice in [DatasetChoice::FashionMnist, DatasetChoice::Kmnist] {
            if is_served(choice) {
                handle.send(DatasetMsg::ServedBeside(choice));
            }
        }
        handle.send(DatasetMsg::Served(is_served(DatasetChoice::Mnist)));
    })
}

/// Downloads the files of a folder in parallel. A future that is dropped cancels its download.
pub(crate) fn download(handle: &PageHandle, ticket: Ticket, folder: &'static str) -> Vec<SpawnedFuture> {
    let download = |file: MnistFile| {
        let handle = handle.clone();
        SpawnedFuture::spawn(async move {
            let on_chunk = async |chunk| {
                handle.send(DatasetMsg::MnistChunk(ticket, file, chunk));
                wait_for_parser(&handle).await;
            };
            match fetch::stream(&file.path(folder), fetch::Limits::default(), on_chunk).await {
                Ok(()) => handle.send(DatasetMsg::MnistEnd(ticket, file)),
                Err(reason) => handle.send(DatasetMsg::MnistFailed(ticket, file, reason)),
            }
        })
    };
    MnistFile::ALL.map(download).into()
}

/// Reads the user's files in their order: a large one in chunks, small ones together. Pictures are not read here.
pub(crate) fn read_files(
    handle: PageHandle,
    ticket: Ticket,
    paths: &[String],
    files: &[File],
) -> SpawnedFuture {
    let is_read = |number: &usize| !is_picture_name(&paths[*number]);
    let (numbers, files): (Vec<_>, Vec<_>) =
        (0..files.len()).filter(is_read).map(|number| (number, files[number].clone())).unzip();
    SpawnedFuture::spawn(async move {
        let mut next = 0;
        while let Some(file) = files.get(next) {
            let number = numbers[next];
            let small = files[next..]
                .iter()
                .take(MAX_FILES_TOGETHER)
                .take_while(|file| file.size() <= MAX_SMALL_FILE_BYTES);
            let buffers: Array = small.map(|file| file.array_buffer()).collect();
            // If one of them cannot be read, the first is read by itself, so that the failing one is named.
            if buffers.length() > 0
                && let Ok(buffers) = JsFuture::from(Promise::all(&buffers)).await
            {
                for buffer in Array::from(&buffers).iter() {
                    let number = numbers[next];
                    handle.send(DatasetMsg::FileChunk(ticket, number, Uint8Array::new(&buffer).to_vec()));
                    handle.send(DatasetMsg::FileEnd(ticket, number));
                    next += 1;
                }
                wait_for_parser(&handle).await;
                continue;
            }
            next += 1;
            let on_chunk = async |chunk| {
                handle.send(DatasetMsg::FileChunk(ticket, number, chunk));
                wait_for_parser(&handle).await;
            };
            match fetch::read_file(file, on_chunk).await {
                Ok(()) => handle.send(DatasetMsg::FileEnd(ticket, number)),
                Err(reason) => return handle.send(DatasetMsg::FileFailed(ticket, file.name(), reason)),
            }
        }
    })
}

/// Decodes a picture in the user's files.
pub(crate) fn decode(handle: PageHandle, ticket: Ticket, index: usize, file: Blob) -> SpawnedFuture {
    SpawnedFuture::spawn(async move {
        let picture = picture::decode(&file).await;
        handle.send(DatasetMsg::PictureDecoded(ticket, index, picture));
    })
}

/// Waits while the backlog exceeds [`MAX_BACKLOG`], so that a large file is never in memory as a whole.
async fn wait_for_parser(handle: &PageHandle) {
    while handle.read(|app| app.dataset().backlog() > MAX_BACKLOG) == Some(true) {
        sleep(BACKLOG_CHECK_MS).await;
    }
}

//! Bytes on their way to the app.

use web_sys::File;

use super::future::{SpawnedFuture, sleep};
use super::page_handle::PageHandle;
use super::{fetch, picture};
use crate::app::{DatasetMsg, MnistFile, Ticket};
use crate::data::picture::is_picture;

/// Where the build says whether MNIST is served with the page.
const MANIFEST: &str = "data/manifest.json";

/// How long that may take, in milliseconds; then the page draws digits of its own.
const PATIENCE: i32 = 4_000;

/// The bytes that may wait to be parsed before a reader waits.
const BACKLOG: usize = 4 << 20;

/// How long a reader waits before it looks again, in milliseconds.
const PAUSE: i32 = 15;

/// Asks what is served with the page, and tells the app.
pub(crate) fn ask_what_is_served(handle: PageHandle) -> SpawnedFuture {
    SpawnedFuture::spawn(async move {
        let mut bytes = Vec::new();
        let limits = fetch::Limits { silence: Some(PATIENCE) };
        let answered = fetch::stream(MANIFEST, limits, async |chunk: Vec<u8>| bytes.extend(chunk)).await;
        let manifest = answered.ok().and_then(|()| serde_json::from_slice::<Manifest>(&bytes).ok());
        handle.send(DatasetMsg::Served(manifest.is_some_and(|manifest| manifest.mnist)));
    })
}

/// What the build has put next to the page.
#[derive(serde::Deserialize)]
struct Manifest {
    mnist: bool,
}

/// Downloads the files of MNIST, all at once. Dropping the tasks ends the downloads.
pub(crate) fn download_mnist(handle: &PageHandle, ticket: Ticket) -> Vec<SpawnedFuture> {
    let download = |file: MnistFile| {
        let handle = handle.clone();
        SpawnedFuture::spawn(async move {
            let on_chunk = async |chunk| {
                handle.send(DatasetMsg::MnistChunk(ticket, file, chunk));
                until_parsed(&handle).await;
            };
            match fetch::stream(file.path(), fetch::Limits::default(), on_chunk).await {
                Ok(()) => handle.send(DatasetMsg::MnistEnd(ticket, file)),
                Err(reason) => handle.send(DatasetMsg::MnistFailed(ticket, file, reason)),
            }
        })
    };
    MnistFile::ALL.map(download).into()
}

/// Reads files of the visitor's, one after another.
pub(crate) fn read_files(handle: PageHandle, ticket: Ticket, files: Vec<File>) -> SpawnedFuture {
    SpawnedFuture::spawn(async move {
        for (number, file) in files.iter().enumerate() {
            let outcome = if is_picture("", &file.name()) {
                picture::read(file).await.map(|pixels| {
                    handle.send(DatasetMsg::FilePicture(ticket, number, Box::new(pixels)));
                })
            } else {
                let on_chunk = async |chunk| {
                    handle.send(DatasetMsg::FileChunk(ticket, number, chunk));
                    until_parsed(&handle).await;
                };
                fetch::read_file(file, on_chunk)
                    .await
                    .map(|()| handle.send(DatasetMsg::FileEnd(ticket, number)))
            };
            if let Err(reason) = outcome {
                return handle.send(DatasetMsg::FileFailed(ticket, file.name(), reason));
            }
        }
    })
}

/// Waits while much of what has come is not parsed yet: a large file is never in memory as a whole.
async fn until_parsed(handle: &PageHandle) {
    while handle.read(|app| app.dataset().backlog() > BACKLOG) == Some(true) {
        sleep(PAUSE).await;
    }
}

//! Bytes on their way to the app.

use web_sys::File;

use super::Gate;
use super::dom::window;
use super::fetch::{self, Limits};
use super::task::Task;
use crate::app::{MnistFile, Msg, Ticket};

/// Where the build says whether MNIST is served beside the page.
const MANIFEST: &str = "data/manifest.json";

/// How long the manifest is waited for: without it, the page draws digits of its own.
const MANIFEST_LIMITS: Limits = Limits { silence: Some(4_000) };

/// Asks what is served beside the page, and opens the app with it.
pub(crate) fn open(gate: Gate) -> Task {
    Task::spawn(async move {
        let mut bytes = Vec::new();
        let answered = fetch::stream(MANIFEST, MANIFEST_LIMITS, async |chunk| bytes.extend(chunk)).await;
        let manifest = answered.ok().and_then(|()| serde_json::from_slice::<Manifest>(&bytes).ok());
        let mnist_served = manifest.is_some_and(|manifest| manifest.mnist);
        let fragment = window().location().hash().unwrap_or_default();
        gate.send(Msg::Open { fragment, mnist_served });
    })
}

/// What the build has put beside the page.
#[derive(serde::Deserialize)]
struct Manifest {
    mnist: bool,
}

/// Downloads the files of MNIST, all at once. Dropping the tasks ends the downloads.
pub(crate) fn download_mnist(gate: &Gate, ticket: Ticket) -> Vec<Task> {
    let download = |file: MnistFile| {
        let gate = gate.clone();
        Task::spawn(async move {
            let on_chunk = async |chunk| gate.send(Msg::MnistChunk(ticket, file, chunk));
            match fetch::stream(file.path(), Limits::default(), on_chunk).await {
                Ok(()) => gate.send(Msg::MnistEnd(ticket, file)),
                Err(reason) => gate.send(Msg::MnistFailed(ticket, file, reason)),
            }
        })
    };
    MnistFile::ALL.map(download).into()
}

/// Reads files of the visitor's, one after another.
pub(crate) fn read_files(gate: Gate, ticket: Ticket, files: Vec<File>) -> Task {
    Task::spawn(async move {
        for (number, file) in files.iter().enumerate() {
            let on_chunk = async |chunk| gate.send(Msg::OwnChunk(ticket, number, chunk));
            match fetch::read_file(file, on_chunk).await {
                Ok(()) => gate.send(Msg::OwnEnd(ticket, number)),
                Err(reason) => return gate.send(Msg::OwnFailed(ticket, reason)),
            }
        }
    })
}

//! The files in folders that are dropped on the page.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

/// Returns all files at and below some entries, with their paths.
///
/// # Errors
/// What the browser throws if it cannot read a folder.
pub(crate) async fn files(mut entries: Vec<FileSystemEntry>) -> Result<Vec<(String, File)>, JsValue> {
    let mut files = Vec::new();
    while let Some(entry) = entries.pop() {
        // Not by `dyn_into`: Chromium has no global names for these classes.
        if entry.is_file() {
            let file: &FileSystemFileEntry = entry.unchecked_ref();
            let found = Promise::new(&mut |resolve, reject| {
                file.file_with_callback_and_callback(&resolve, &reject);
            });
            let path = entry.full_path().trim_start_matches('/').to_owned();
            files.push((path, JsFuture::from(found).await?.unchecked_into()));
        } else {
            let folder: &FileSystemDirectoryEntry = entry.unchecked_ref();
            let reader = folder.create_reader();
            loop {
                let mut thrown = Ok(());
                let listed = Promise::new(&mut |resolve, reject| {
                    thrown = reader.read_entries_with_callback_and_callback(&resolve, &reject);
                });
                thrown?;
                // A hundred at a time, until there are none.
                let listed: Array = JsFuture::from(listed).await?.unchecked_into();
                if listed.length() == 0 {
                    break;
                }
                entries.extend(listed.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
            }
        }
    }
    Ok(files)
}

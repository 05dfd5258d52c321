//! The direction of the house: `nn <- data <- trainer <- snapshot <- app <- web`, and only `web` knows a browser.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms that it may not know.
const DIRECTIONS: [(&str, &[&str]); 10] = [
    (
        "nn",
        &["data", "trainer", "preset", "snapshot", "history", "plot", "raster", "budget", "app", "web", "js"],
    ),
    (
        "data",
        &["nn", "trainer", "preset", "snapshot", "history", "plot", "raster", "budget", "app", "web", "js"],
    ),
    ("trainer.rs", &["preset", "snapshot", "history", "plot", "raster", "budget", "app", "web", "js"]),
    ("snapshot", &["preset", "history", "plot", "raster", "budget", "app", "web", "js"]),
    ("preset.rs", &["snapshot", "history", "plot", "raster", "budget", "app", "web", "js"]),
    (
        "history.rs",
        &["nn", "data", "trainer", "snapshot", "preset", "plot", "raster", "budget", "app", "web", "js"],
    ),
    ("plot.rs", &["nn", "data", "trainer", "snapshot", "preset", "budget", "app", "web", "js"]),
    ("raster.rs", &["nn", "trainer", "preset", "snapshot", "history", "plot", "budget", "app", "web", "js"]),
    (
        "budget.rs",
        &["nn", "data", "trainer", "preset", "snapshot", "history", "plot", "raster", "app", "web", "js"],
    ),
    ("app", &["web", "js", "raster", "budget"]),
];

/// Crates that only the browser's side may name.
const BROWSER: [&str; 6] =
    ["web_sys", "js_sys", "wasm_bindgen", "getrandom", "console_error_panic_hook", "wasm_bindgen_futures"];

/// Ways to a clock, to entropy or to the outside that the core must not take.
const OUTSIDE: [&str; 6] = ["std::time", "std::fs", "std::net", "std::env", "std::thread", "rand::rng("];

fn sources(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("the sources can be read") {
            sources(&entry.expect("the sources can be read").path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        found.push(path.to_owned());
    }
}

/// The files of a room, each with its code: without comments, and without its tests.
fn code_of(room: &str) -> Vec<(PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&source.join(room), &mut files);
    if let Some(folder) = room.strip_suffix(".rs") {
        let folder = source.join(folder);
        if folder.is_dir() {
            sources(&folder, &mut files);
        }
    }
    assert!(!files.is_empty(), "{room} has no sources");
    let is_test = |file: &PathBuf| {
        file.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests"))
    };
    let code = |file: PathBuf| {
        let text = fs::read_to_string(&file).expect("the sources can be read");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        (file, code)
    };
    files.into_iter().filter(|file| !is_test(file)).map(code).collect()
}

#[test]
fn no_arrow_runs_back() {
    for (room, unknown) in DIRECTIONS {
        for (file, code) in code_of(room) {
            for other in unknown {
                let names =
                    [format!("crate::{other}::"), format!("crate::{other};"), format!("crate::{{{other}")];
                let found = names.iter().find(|name| code.contains(name.as_str()));
                assert!(found.is_none(), "{} knows {other}", file.display());
            }
        }
    }
}

#[test]
fn only_the_browsers_side_knows_a_browser() {
    for (room, _) in DIRECTIONS {
        for (file, code) in code_of(room) {
            for name in BROWSER.iter().chain(&OUTSIDE) {
                assert!(!code.contains(name), "{} names {name}", file.display());
            }
        }
    }
}

#[test]
fn files_stay_small() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 30, "{} sources", files.len());
    for file in files {
        let lines = fs::read_to_string(&file).expect("the sources can be read").lines().count();
        assert!(lines <= 450, "{} has {lines} lines", file.display());
    }
}

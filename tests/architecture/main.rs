//! The architecture: the direction of imports between rooms and parts, and no import circles.

#![cfg(not(target_arch = "wasm32"))]

mod sources;

use std::collections::BTreeSet;

use sources::{Names, Sources};

/// The rooms, each with the others that it may import.
const ROOMS: [(&str, &[&str]); 8] = [
    ("nn", &[]),
    ("data", &["nn"]),
    ("train", &["nn", "data"]),
    ("files", &["nn", "data", "train"]),
    ("view", &[]),
    ("app", &["nn", "data", "train", "files", "view"]),
    ("web", &["nn", "data", "train", "files", "view", "app"]),
    ("js", &["nn", "data", "train", "files"]),
];

/// Rooms that run without a browser, a clock or a source of entropy.
const PURE: [&str; 6] = ["nn", "data", "train", "files", "view", "app"];

/// The parts of `app`, files or folders. None imports another: `app` itself connects them.
const PARTS: [&str; 6] = ["runs", "dataset", "controls", "plane", "inspect", "messages"];

/// Crates of the browser, which only `web` and `js` may name.
const BROWSER: [&str; 7] = [
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "getrandom",
    "console_error_panic_hook",
    "wasm_bindgen_futures",
    "idb",
];

/// Clocks, entropy and input, which only `web` and `js` may name.
const OUTSIDE: [&str; 6] = ["std::time", "std::fs", "std::net", "std::env", "std::thread", "rand::rng"];

fn names(path: &str) -> Names {
    path.split("::").map(str::to_owned).collect()
}

/// Returns the uses of `to` below the module `from`, as sentences.
fn uses(sources: &Sources, from: &str, to: &str) -> Vec<String> {
    let (from, to) = (names(from), names(to));
    let modules = sources.below(&from);
    let uses = modules.flat_map(|module| {
        let paths =
            module.used.iter().filter(|path| path.starts_with(&to) || sources.home(path).starts_with(&to));
        paths.map(|path| format!("{} uses {}", module.file, path.join("::")))
    });
    uses.collect()
}

#[test]
fn rooms_import_only_the_rooms_that_they_may() {
    let sources = Sources::read();
    for (room, known) in ROOMS {
        assert!(sources.below(&names(room)).next().is_some(), "{room} has no sources");
        let unknown =
            ROOMS.iter().map(|(other, _)| *other).filter(|other| *other != room && !known.contains(other));
        let found: Vec<_> = unknown.flat_map(|other| uses(&sources, room, other)).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn the_parts_of_the_app_do_not_import_each_other() {
    let sources = Sources::read();
    for part in PARTS {
        assert!(sources.below(&names(&format!("app::{part}"))).next().is_some(), "{part} has no sources");
        for other in PARTS.into_iter().filter(|&other| other != part) {
            let found = uses(&sources, &format!("app::{part}"), &format!("app::{other}"));
            assert!(found.is_empty(), "{found:#?}");
        }
    }
}

#[test]
fn only_the_browsers_side_names_a_browser_or_a_clock() {
    let sources = Sources::read();
    for room in PURE {
        for module in sources.below(&names(room)) {
            for name in BROWSER.iter().chain(&OUTSIDE) {
                let found = module.foreign.iter().find(|path| path.starts_with(&names(name)));
                assert!(found.is_none(), "{} names {name}", module.file);
            }
        }
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles = Sources::read().circles();
    assert!(circles.is_empty(), "{circles:#?}");
}

/// A crate of a few files.
fn toy(files: &[(&str, &str)]) -> Sources {
    Sources::parse(files.iter().map(|&(file, text)| (file.to_owned(), text.to_owned())).collect())
}

#[test]
fn every_way_to_write_an_import_is_read() {
    for text in [
        "use crate::b;",
        "use crate::b::Thing;",
        "use crate::{c, b};",
        "use crate::{c::{self, d}, b::{Thing as Other, more}};",
        "use crate::b as other;",
        "use super::super::b::Thing;",
        "use super::{super::b, x};",
        "use crate::b::*;",
        "pub use crate::b::Thing; fn f(_: Thing) {}",
        "fn f() { crate::b::call(); }",
        "fn f(x: &crate::b::Thing) {}",
        "fn f() { println!(\"{}\", crate::b::call(1)); }",
        "mod inner { use super::super::super::b::Thing; }",
        "pub use crate::b::Thing; fn f() { Thing::new() }",
        "impl crate::b::Trait for u8 {}",
    ] {
        let files = [("lib.rs", "mod a; mod b;"), ("a/mod.rs", "mod x;"), ("a/x.rs", text), ("b.rs", "")];
        assert_eq!(uses(&toy(&files), "a", "b").len().min(1), 1, "{text}");
    }
    for text in [
        "#[cfg(test)] mod tests { use crate::b; }",
        "#[cfg(test)] use crate::b;",
        "use crate::bb::Thing;",
        "// use crate::b;",
        "const B: &str = \"crate::b\";",
        "use b::Thing;",
        "pub use crate::b::Thing;",
        "#[cfg(test)] fn f() { crate::b::call() } fn g() {}",
    ] {
        let files = [("lib.rs", "mod a; mod b;"), ("a/mod.rs", "mod x;"), ("a/x.rs", text), ("b.rs", "")];
        assert_eq!(uses(&toy(&files), "a", "b"), [""; 0], "{text}");
    }
}

#[test]
fn re_exports_are_followed() {
    let sources = toy(&[
        ("lib.rs", "mod app;"),
        ("app/mod.rs", "mod run; mod plane; pub use plane::Camera as View;"),
        ("app/run.rs", "use super::View;"),
        ("app/plane.rs", "pub struct Camera;"),
    ]);
    assert_eq!(uses(&sources, "app::run", "app::plane"), ["app/run.rs uses app::View"]);
}

#[test]
fn circles_are_found_between_siblings_and_through_others() {
    let circles = |files: &[(&str, &str)]| toy(files).circles();
    // Siblings, by the name that the parent gives.
    let siblings = [
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
        ("a.rs", "use super::B; pub struct A(B);"),
        ("b.rs", "use crate::a::A; pub struct B(Option<Box<A>>);"),
    ];
    let pair = BTreeSet::from(["a.rs".to_owned(), "b.rs".to_owned()]);
    assert_eq!(circles(&siblings), BTreeSet::from([pair]));
    let three = [
        ("lib.rs", "mod a; mod b;"),
        ("a/mod.rs", "mod x; mod y;"),
        ("a/x.rs", "fn f() { super::y::g() }"),
        ("a/y.rs", "use crate::b::h;"),
        ("b.rs", "use crate::a::x::f;"),
    ];
    assert_eq!(circles(&three).first().map(BTreeSet::len), Some(3));
    // A parent that uses its children, which use its own definitions, is no circle.
    let family = [
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod x; mod y; use x::X; pub use y::Y; pub const SIDE: usize = 1; fn f(_: X, _: Y) {}"),
        ("a/x.rs", "use super::SIDE; pub struct X([u8; SIDE]);"),
        ("a/y.rs", "use super::{SIDE, x::X}; pub struct Y(X, [u8; SIDE]);"),
    ];
    assert_eq!(circles(&family), BTreeSet::new());
    // What a parent only imports is not its own.
    let imported = [
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod x; mod y; use y::Y; fn f(_: Y) {}"),
        ("a/x.rs", "use super::Y; pub struct X(Y);"),
        ("a/y.rs", "use super::x::X; pub struct Y(Option<Box<X>>);"),
    ];
    assert_eq!(circles(&imported).len(), 1);
}

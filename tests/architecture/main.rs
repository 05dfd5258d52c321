//! The architecture: which rooms may know which, parts of `app` that do not know each other, no import

#![cfg(not(target_arch = "wasm32"))]

mod circles;
mod sources;

use std::collections::BTreeSet;

use circles::circles;
use sources::{Names, Sources};

/// The rooms, each with all that it may know of the others.
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

/// The parts of `app`: none knows another, and `app` itself connects them. A part may be a file or a folder.
const PARTS: [&str; 6] = ["runs", "dataset", "controls", "plane", "inspect", "messages"];

/// Crates that only the browser's side may name.
const BROWSER: [&str; 6] =
    ["web_sys", "js_sys", "wasm_bindgen", "getrandom", "console_error_panic_hook", "wasm_bindgen_futures"];

/// Ways to a clock, to entropy or to the outside that the core must not take.
const OUTSIDE: [&str; 6] = ["std::time", "std::fs", "std::net", "std::env", "std::thread", "rand::rng"];

/// The most lines of a file. A file has one subject, and is not cut up because it is long; but no subject is this long.
const MOST_LINES: usize = 700;

fn names(path: &str) -> Names {
    path.split("::").map(str::to_owned).collect()
}

/// Uses of `to` below the module `from`, as sentences.
fn uses(sources: &Sources, from: &str, to: &str) -> Vec<String> {
    let (from, to) = (names(from), names(to));
    let modules = sources.below(&from);
    let uses = modules.flat_map(|(_, module)| {
        let paths =
            module.used.iter().filter(|path| path.starts_with(&to) || sources.home(path).starts_with(&to));
        paths.map(|path| format!("{} uses {}", module.file, path.join("::")))
    });
    uses.collect()
}

#[test]
fn no_arrow_runs_back() {
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
fn the_parts_of_the_app_do_not_know_each_other() {
    let sources = Sources::read();
    for part in PARTS {
        for other in PARTS.into_iter().filter(|&other| other != part) {
            let found = uses(&sources, &format!("app::{part}"), &format!("app::{other}"));
            assert!(found.is_empty(), "{found:#?}");
        }
    }
}

#[test]
fn only_the_browsers_side_knows_a_browser() {
    let sources = Sources::read();
    for room in PURE {
        for (_, module) in sources.below(&names(room)) {
            for name in BROWSER.iter().chain(&OUTSIDE) {
                let found = module.foreign.iter().find(|path| path.starts_with(&names(name)));
                assert!(found.is_none(), "{} names {name}", module.file);
            }
        }
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let found = circles(&Sources::read());
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn files_stay_within_bounds() {
    let sources = Sources::read();
    assert!(sources.iter().count() > 30, "{} sources", sources.iter().count());
    for (_, module) in sources.iter() {
        assert!(module.lines <= MOST_LINES, "{} has {} lines", module.file, module.lines);
    }
}

/// A crate of a few files.
fn toy(files: &[(&str, &str)]) -> Sources {
    Sources::parse(files.iter().map(|&(file, text)| (file.to_owned(), text.to_owned())))
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
    ] {
        let files = [("lib.rs", "mod a; mod b;"), ("a/mod.rs", "mod x;"), ("a/x.rs", text), ("b.rs", "")];
        assert_eq!(uses(&toy(&files), "a", "b"), [""; 0], "{text}");
    }
}

#[test]
fn a_detour_by_a_re_export_is_no_way_out() {
    let sources = toy(&[
        ("lib.rs", "mod app;"),
        ("app/mod.rs", "mod run; mod plane; pub use plane::Camera as View;"),
        ("app/run.rs", "use super::View;"),
        ("app/plane.rs", "pub struct Camera;"),
    ]);
    assert_eq!(uses(&sources, "app::run", "app::plane"), ["app/run.rs uses app::View"]);
}

#[test]
fn clocks_are_found_in_groups_as_well() {
    for text in ["use std::{fmt, time::Instant};", "fn f() { std::time::Instant::now(); }", "use std::time;"]
    {
        let sources = toy(&[("lib.rs", text)]);
        let (_, module) = sources.iter().next().unwrap();
        assert!(module.foreign.iter().any(|path| path.starts_with(&names("std::time"))), "{text}");
    }
}

#[test]
fn circles_are_found_between_siblings_and_by_detours() {
    let none: [BTreeSet<String>; 0] = [];
    // Siblings, by the name that the parent gives.
    let siblings = [
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
        ("a.rs", "use super::B; pub struct A(B);"),
        ("b.rs", "use crate::a::A; pub struct B(Option<Box<A>>);"),
    ];
    let pair = BTreeSet::from(["a.rs".to_owned(), "b.rs".to_owned()]);
    assert_eq!(circles(&toy(&siblings)), [pair]);
    // Three files, one of them far away.
    let three = [
        ("lib.rs", "mod a; mod b;"),
        ("a/mod.rs", "mod x; mod y;"),
        ("a/x.rs", "fn f() { super::y::g() }"),
        ("a/y.rs", "use crate::b::h;"),
        ("b.rs", "use crate::a::x::f;"),
    ];
    assert_eq!(circles(&toy(&three))[0].len(), 3);
    // A parent that uses its children, which use what it defines: one subject.
    let family = [
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod x; mod y; use x::X; pub use y::Y; pub const SIDE: usize = 1; fn f(_: X, _: Y) {}"),
        ("a/x.rs", "use super::SIDE; pub struct X([u8; SIDE]);"),
        ("a/y.rs", "use super::{SIDE, x::X}; pub struct Y(X, [u8; SIDE]);"),
    ];
    assert_eq!(circles(&toy(&family)), none);
    // What a parent only imports is not its own.
    let imported = [
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod x; mod y; use y::Y; fn f(_: Y) {}"),
        ("a/x.rs", "use super::Y; pub struct X(Y);"),
        ("a/y.rs", "use super::x::X; pub struct Y(Option<Box<X>>);"),
    ];
    assert_eq!(circles(&toy(&imported)).len(), 1);
}

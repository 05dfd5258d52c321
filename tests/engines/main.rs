//! The built page in Firefox and in WebKit: a dozen things that a person does, each in both.
//!
//! `tests/page/` looks closer, in Chromium. Where a browser is not installed a line says so; on Linux `make browser` installs
//! both.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the tests of the page in Chromium use the rest")]
mod support;

use std::io::{self, Write};
use std::sync::Mutex;

use support::driver::Engine;

/// Makes a test for each engine of functions that take one.
macro_rules! in_each_engine {
    ($($test:ident),* $(,)?) => {
        mod firefox {
            $(#[test]
            fn $test() {
                crate::run(crate::support::driver::Engine::Firefox, super::$test);
            })*
        }
        mod webkit {
            $(#[test]
            fn $test() {
                crate::run(crate::support::driver::Engine::WebKit, super::$test);
            })*
        }
    };
}

mod files;
mod learning;
mod pad;
mod plane;
mod record;

/// What has been said to be missing.
static MISSING: Mutex<Vec<&str>> = Mutex::new(vec![]);

/// Runs a test in an engine, or says once that the engine is not here.
fn run(engine: Engine, test: fn(Engine)) {
    let Some(program) = engine.lacks() else { return test(engine) };
    let mut missing = MISSING.lock().expect("nothing panics meanwhile");
    if !missing.contains(&program) {
        missing.push(program);
        // Written past the harness, which would swallow it as long as the test passes.
        let name = engine.name();
        let _ = writeln!(
            io::stderr(),
            "Left out: the page in {name}, for there is no {program} (`make browser`)."
        );
    }
}

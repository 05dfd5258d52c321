//! The built page in Firefox and in WebKit. `tests/page/` tests more of it, in Chromium.
//!
//! A browser that is not installed is left out with a message; on Linux `make browser` installs both.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the tests of the page in Chromium use the rest")]
mod support;

#[path = "../support/runs.rs"]
#[expect(dead_code, reason = "the browser computes the hashes")]
mod runs;

use std::io::{self, Write};
use std::sync::Mutex;

use support::driver::Engine;

/// Makes a test for each engine of each function.
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

mod bits;
mod files;
mod learning;
mod pad;
mod plane;
mod storage;

/// The programs that were reported as missing.
static MISSING: Mutex<Vec<&str>> = Mutex::new(vec![]);

/// Runs a test in an engine, or reports once that the engine is missing.
fn run(engine: Engine, test: fn(Engine)) {
    let Some(program) = engine.missing_program() else { return test(engine) };
    let mut missing = MISSING.lock().expect("nothing panics meanwhile");
    if !missing.contains(&program) {
        missing.push(program);
        // Written past the harness, which hides the output of tests that pass.
        let name = engine.name();
        let _ = writeln!(
            io::stderr(),
            "Left out: the page in {name}, because {program} is missing (`make browser`)."
        );
    }
}

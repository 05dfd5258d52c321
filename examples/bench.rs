//! Runs the benchmark page in headless Chromium (`make bench`), or serves it (`make bench-page`).
//!
//! The page is `benches/page/`; it measures and writes the tables itself. `scripts/bench.sh` assembles the served files.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "the tests of the page use the rest")]
mod support;

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    if std::env::args().any(|argument| argument == "--serve") {
        bench::serve();
    } else {
        bench::run();
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod bench {
    use std::path::{Path, PathBuf};
    use std::time::Duration;
    use std::{env, fs, thread};

    use serde_json::Value;

    use crate::support::browser::Browser;
    use crate::support::driver::Engine;
    use crate::support::server::Server;

    /// The port of the served page, next to 8080 of Bottleneck's.
    const PORT: u16 = 8081;

    /// The interval at which the page's status is read, which costs it some milliseconds.
    const POLL: Duration = Duration::from_secs(1);

    /// Returns the folder of the served files and the results.
    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench")
    }

    pub(super) fn serve() {
        let server = Server::isolated(folder().join("site"), PORT);
        println!("The bench is at {}; end with Ctrl-C.", server.url("page/"));
        loop {
            thread::park();
        }
    }

    pub(super) fn run() {
        let server = Server::isolated(folder().join("site"), 0);
        let browser = Browser::open(Engine::Chromium, (1000, 1400));
        let rounds = env::var("ROUNDS").unwrap_or_else(|_| "3".to_owned());
        assert!(
            rounds.parse().is_ok_and(|n: u32| n > 0),
            "ROUNDS should be a whole number from 1 on, not {rounds:?}"
        );
        browser.goto(&server.url(&format!("page/#rounds={rounds}")));
        let text = |script: &str| browser.js(script).as_str().unwrap_or_default().to_owned();

        let mut printed = String::new();
        let state = loop {
            let status = text("return document.querySelector('#status').textContent");
            if status != printed {
                println!("{status}");
                printed = status;
            }
            let state = text("return document.body.dataset.state");
            if matches!(state.as_str(), "done" | "failed") {
                break state;
            }
            thread::sleep(POLL);
        };
        assert_eq!(state, "done", "{}", text("return document.querySelector('#status').textContent"));

        let table = text("return window.markdown");
        println!("\n{table}\n{}", text("return document.querySelector('#notes').innerText"));
        let report: Value = browser.js("return window.report");
        save("results.md", table.as_bytes());
        save("results.json", format!("{report:#}\n").as_bytes());
        browser.screenshot(&folder().join("page.png"));
        println!("\nThe tables, all figures and a screenshot are in {}.", folder().display());
    }

    fn save(name: &str, bytes: &[u8]) {
        let path = folder().join(name);
        fs::write(&path, bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
}

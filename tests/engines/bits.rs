//! The same bits as natively.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use crate::runs;
use crate::support::driver::Engine;
use crate::support::pool::Lease;
use crate::support::server::Server;

in_each_engine! { every_run_has_its_recorded_hash }

/// A folder with a page that shows the hashes, and the program built for it.
static FOLDER: LazyLock<&Path> = LazyLock::new(|| {
    let folder = Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/bits"));
    let target = folder.ancestors().nth(2).expect("it is in a folder of the target folder");
    let build =
        "build --quiet --locked --bin bits --features bits --target wasm32-unknown-unknown --target-dir";
    run(env!("CARGO"), build, target);
    let program = target.join("wasm32-unknown-unknown/debug/bits.wasm");
    run("wasm-bindgen", &format!("{} --target web --out-dir", program.display()), folder);
    fs::write(folder.join("start.js"), "import init from './bits.js'; init();").expect("a script");
    fs::write(folder.join("index.html"), "<body><script type=module src=start.js></script>").expect("a page");
    folder
});

/// Runs a program with `arguments` and `last`, which may contain spaces.
fn run(program: &str, arguments: &str, last: &Path) {
    let mut command = Command::new(program);
    command.args(arguments.split(' ')).arg(last).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap_or_else(|e| panic!("{program}: {e} (`make tools` installs it)"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn every_run_has_its_recorded_hash(engine: Engine) {
    let server = Server::isolated(FOLDER.to_path_buf(), 0);
    let browser = Lease::take(engine, (800, 600));
    browser.goto(&server.url("index.html"));
    browser.wait_until("document.body.textContent.includes('1,000')", 120.0, "the hashes");
    let table = browser.js("return document.body.textContent");
    runs::assert_recorded(table.as_str().expect("a text"));
}

//! The page as one HTML file, opened without a server and in the frame of a learning platform.

use std::fs;

use serde_json::json;

use crate::support::page::{Data, Opening, Page};
use crate::support::server::dist;

/// The maximum size of the file, in bytes.
const MAX_BYTES: usize = 900_000;

#[test]
fn one_file_trains_without_a_server_and_in_a_sandboxed_frame() {
    let path = dist().join("bottleneck.html");
    let html = fs::read_to_string(&path).expect("`make single` writes the file");
    assert!(html.len() <= MAX_BYTES, "{} bytes", html.len());

    let page = Page::blank(Opening::on(Data::Synthetic));
    page.browser.goto(&format!("file://{}", path.display()));
    page.wait("state === 'training' && dataset === 'strokes' && step > 10", 30.0, "it trains from a file");
    page.press("Pause");
    page.wait("state === 'paused'", 5.0, "it obeys");
    page.assert_quiet();

    // As learning platforms embed it: with scripts alone, in an origin of its own.
    page.browser.goto("about:blank");
    let telling = html.replace(
        "</body>",
        "<script>setInterval(() => parent.postMessage({ ...document.getElementById('app').dataset,
             note: document.getElementById('runs-note').textContent }, '*'), 100)</script></body>",
    );
    page.browser.js_with(
        "addEventListener('message', (event) => { window.told = event.data; });
         const frame = document.createElement('iframe');
         Object.assign(frame, { width: 1200, height: 700, srcdoc: arguments[0] });
         frame.setAttribute('sandbox', 'allow-scripts');
         document.body.append(frame);",
        vec![json!(telling)],
    );
    let trains = "window.told?.state === 'training' && Number(window.told.step) > 10";
    page.browser.wait_until(trains, 30.0, "it trains in the frame");
    let note = "window.told.note === 'Not kept after this visit.'";
    page.browser.wait_until(note, 10.0, "the list says what the frame cannot do");
}

//! A page that cannot start says why, where one looks, and nothing on it looks alive.

use std::fs;

use serde_json::json;

use crate::support::page::{Data, Opening, Page};
use crate::support::server::{Fault, built, dist};

/// Waits for the notice of a page that has failed, and returns it.
fn failure(page: &Page, what: &str) -> String {
    page.wait("state === 'failed'", 20.0, what);
    let alive = "return ['fieldset:not(:disabled)', '#progress-label:not([hidden])', '#progress:not([hidden])', '#notice[hidden]']
        .filter((css) => document.querySelector(css))";
    assert_eq!(page.browser.js(alive), json!([]), "{what}: something looks alive");
    page.notice()
}

fn failure_of(opening: Opening, what: &str) -> String {
    failure(&Page::open(opening), what)
}

/// Returns the built page, changed.
fn index(change: impl FnOnce(String) -> String) -> Vec<u8> {
    change(fs::read_to_string(dist().join("index.html")).expect("the built page")).into_bytes()
}

#[test]
fn a_browser_that_cannot_run_the_page_is_told_what_it_lacks() {
    let none = "WebAssembly.validate = () => false;
        for (const way of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'])
            WebAssembly[way] = () => Promise.reject(new WebAssembly.CompileError('unknown opcode'));";
    let notice = failure_of(Opening::on(Data::Synthetic).script(none), "no SIMD");
    assert!(notice.contains("WebAssembly with SIMD") && notice.contains("2023"), "{notice}");

    let opening = Opening::on(Data::Synthetic).script("delete window.WebAssembly");
    let notice = failure_of(opening, "no WebAssembly");
    assert!(notice.contains("no WebAssembly") && notice.contains("Lockdown"), "{notice}");
}

#[test]
fn a_policy_a_file_and_a_frame_that_forbid_the_program_are_named() {
    let strict = index(|page| page.replace(" 'wasm-unsafe-eval'", ""));
    let opening = Opening::on(Data::Synthetic).fault("index.html", Fault::Instead(strict));
    let notice = failure_of(opening, "a policy");
    assert!(notice.contains("security policy") && notice.contains("'wasm-unsafe-eval'"), "{notice}");

    let page = Page::blank(Opening::on(Data::Synthetic));
    page.browser.goto(&format!("file://{}", dist().join("index.html").display()));
    let notice = failure(&page, "a file");
    assert!(notice.contains("opened as a file") && notice.contains("web server"), "{notice}");

    let host = "<iframe id=app data-state=loading sandbox=allow-scripts src=index.html width=1200 height=700></iframe>
        <script src=host.js></script>";
    let script = "addEventListener('message', (event) => { window.told = event.data; })";
    let tell =
        "setInterval(() => parent.postMessage(document.getElementById('notice-text').textContent, '*'), 100)";
    let opening = Opening::on(Data::Synthetic)
        .script(tell)
        .fault("host.html", Fault::Instead(host.into()))
        .fault("host.js", Fault::Instead(script.into()));
    let page = Page::blank(opening);
    page.browser.goto(&page.server.url("host.html"));
    let told = "window.told?.includes('allow-same-origin')";
    page.browser.wait_until(told, 20.0, "the frame says what its sandbox needs");
}

#[test]
fn scripts_of_the_wrong_type_are_named() {
    let opening = Opening::on(Data::Synthetic).fault("start.js", Fault::As("text/plain"));
    let notice = failure_of(opening, "start.js is no script");
    assert!(notice.contains("sends start.js as text/plain, not as JavaScript"), "{notice}");

    // Without any script, the style sheet says so after a while.
    let page = Page::open(
        Opening::on(Data::Synthetic)
            .still()
            .fault("boot.js", Fault::As("text/plain"))
            .fault("start.js", Fault::As("text/plain")),
    );
    let late = "getComputedStyle(document.querySelector('.late')).visibility === 'visible'
        && document.querySelector('.late').checkVisibility()";
    page.browser.wait_until(late, 25.0, "it says that the scripts may have the wrong type");
    assert!(page.text(".late").contains("with the wrong type"));
}

#[test]
fn a_cached_page_of_another_version_is_loaded_once_more() {
    let name = built("_bg.wasm").pop().expect("the program").replace("_bg.wasm", "");
    let old =
        || index(|page| page.replace(&name, "bottleneck-0123456789abcdef").replace("integrity=", "data-x="));
    let page = Page::open(Opening::on(Data::Few).fault("index.html", Fault::Once(old())));
    page.wait("state === 'training' && step > 0", 20.0, "the page of this version has started");
    assert!(!page.is_visible(".late"));

    let opening = Opening::on(Data::Few).fault("index.html", Fault::Instead(old()));
    let notice = failure_of(opening, "the files are gone");
    assert!(notice.contains("not of this version"), "{notice}");
}

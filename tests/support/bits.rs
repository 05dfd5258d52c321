//! Prints the hashes of short runs, or shows them if it runs in a page: the program that tests build for other instruction sets and
//! engines.

#[path = "runs.rs"]
#[allow(dead_code, reason = "the tests compare with the recorded hashes")]
mod runs;

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    runs::lines().for_each(|line| print!("{line}"));
}

#[cfg(target_arch = "wasm32")]
fn main() {
    wasm_bindgen_futures::spawn_local(async {
        let table = runs::lines_in_turns().await;
        let body = web_sys::window().and_then(|window| window.document()).and_then(|page| page.body());
        body.expect("a page").set_text_content(Some(&table));
    });
}

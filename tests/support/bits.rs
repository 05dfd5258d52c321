//! Prints the hashes of short runs, or shows them if it runs in a page: the program that tests build for other instruction sets and
//! engines.

#[path = "runs.rs"]
#[allow(dead_code, reason = "the tests compare with the recorded hashes")]
mod runs;

fn main() {
    let table = runs::table();
    #[cfg(not(target_arch = "wasm32"))]
    print!("{table}");
    #[cfg(target_arch = "wasm32")]
    {
        let body = web_sys::window().and_then(|window| window.document()).and_then(|page| page.body());
        body.expect("a page").set_text_content(Some(&table));
    }
}

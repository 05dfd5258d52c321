//! The page's entry: hands over to the library.

#[cfg(target_arch = "wasm32")]
fn main() {
    bottleneck::web::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    println!("Bottleneck is a web page: `make serve` builds it and serves it on http://127.0.0.1:8080");
}

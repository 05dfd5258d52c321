//! Serves the built page over HTTP, from a sub-path and with faults to order.

use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{env, fs};

use tiny_http::{Header, Method, Request, Response, Server as Http};

/// Where the page is served: not at the root, since `dist/` must work from any sub-path.
const SUB_PATH: &str = "/some/where/";

/// Bytes that a throttled answer hands over at once.
const THROTTLED_CHUNK: usize = 16 * 1024;

/// What is done to a file on its way to the browser.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Other bytes are sent in its place.
    Instead(Vec<u8>),
    /// It ends after so many bytes, as a whole answer.
    Truncated(usize),
    /// A pause follows every 16 KiB.
    Throttled(Duration),
}

/// One answer that was given: the path below the sub-path, and the HTTP status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) path: String,
    pub(crate) status: u16,
}

/// A file server on a free port of 127.0.0.1; it stops when dropped.
pub(crate) struct Server {
    http: Arc<Http>,
    log: Arc<Mutex<Vec<Answer>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the built page, with `faults` by path below its root (`data/manifest.json`).
    pub(crate) fn start(faults: HashMap<String, Fault>) -> Self {
        let root = dist();
        assert!(root.join("index.html").is_file(), "{} holds no page: `make dist` builds it", root.display());
        let http = Arc::new(Http::http("127.0.0.1:0").expect("a free port"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let site = Arc::new(Site { root, faults, log: Arc::clone(&log) });
        let requests = Arc::clone(&http);
        let thread = thread::spawn(move || {
            for request in requests.incoming_requests() {
                let site = Arc::clone(&site);
                thread::spawn(move || site.answer(request));
            }
        });
        Self { http, log, thread: Some(thread) }
    }

    /// The address of the page, its fragment included.
    pub(crate) fn url(&self, fragment: &str) -> String {
        format!("http://{}{SUB_PATH}{fragment}", self.http.server_addr())
    }

    /// Everything answered so far.
    pub(crate) fn answers(&self) -> Vec<Answer> {
        self.log.lock().expect("no answer panicked").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.http.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The built page: `$DIST_DIR`, or `dist/` beside `Cargo.toml`.
pub(crate) fn dist() -> PathBuf {
    env::var_os("DIST_DIR").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("dist"), PathBuf::from)
}

struct Site {
    root: PathBuf,
    faults: HashMap<String, Fault>,
    log: Arc<Mutex<Vec<Answer>>>,
}

impl Site {
    fn answer(&self, request: Request) {
        let url = request.url().split(['?', '#']).next().unwrap_or_default();
        let path = match url.strip_prefix(SUB_PATH) {
            Some("") => "index.html".to_owned(),
            Some(path) => path.to_owned(),
            // Asked outside of the page's own folder: that is a defect which the log must show.
            None => url.to_owned(),
        };
        let fault = self.faults.get(&path);
        let body = match fault {
            Some(Fault::Instead(bytes)) => Some(bytes.clone()),
            _ => self.read(&path),
        };
        let status = if body.is_some() { 200 } else { 404 };
        self.log.lock().expect("no answer panicked").push(Answer { path: path.clone(), status });

        let mut body = body.unwrap_or_default();
        if let Some(Fault::Truncated(length)) = fault {
            body.truncate(*length);
        }
        let pause = if let Some(Fault::Throttled(pause)) = fault { *pause } else { Duration::ZERO };
        let length = body.len();
        let reader: Box<dyn Read + Send> = match *request.method() {
            Method::Head => Box::new(std::io::empty()),
            _ => Box::new(Slow { bytes: Cursor::new(body), pause }),
        };
        let headers = vec![header("Content-Type", mime(&path)), header("Cache-Control", "no-store")];
        // A browser that went away is no fault of the server.
        let _ = request.respond(
            Response::new(status.into(), headers, reader, Some(length), None)
                .with_chunked_threshold(usize::MAX),
        );
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let path = Path::new(path);
        let inside = path.components().all(|component| matches!(component, Component::Normal(_)));
        if inside { fs::read(self.root.join(path)).ok() } else { None }
    }
}

/// Bytes that pause after every chunk.
struct Slow {
    bytes: Cursor<Vec<u8>>,
    pause: Duration,
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.pause.is_zero() {
            return self.bytes.read(buffer);
        }
        thread::sleep(self.pause);
        let length = buffer.len().min(THROTTLED_CHUNK);
        self.bytes.read(&mut buffer[..length])
    }
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("a header of plain ASCII")
}

fn mime(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "css" => "text/css",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

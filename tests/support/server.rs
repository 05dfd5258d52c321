//! Serves the built page over HTTP, from a sub-path and with faults on request.
//!
//! Each connection has a thread and one answer: with fewer threads, connections that the browser keeps open could block others
//! for ever.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{env, fs};

use super::idx::gzip;

/// Where the page is served: not at the root, since `dist/` must work from any sub-path.
const SUB_PATH: &str = "/some/where/";

/// The bytes between two pauses of a throttled answer.
const THROTTLED_CHUNK: usize = 16 * 1024;

/// The strictest policy under which the page runs. The console reports violations.
const POLICY: &str = "Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
                      img-src 'self' data: blob:; object-src 'none'; base-uri 'none'\r\n";

/// The headers that make a page cross-origin isolated.
const ISOLATION: &str =
    "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Embedder-Policy: require-corp\r\n";

/// The ports used so far. None is used twice, so that no page finds what another has stored.
static TAKEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A fault of one file.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Other bytes are sent.
    Instead(Vec<u8>),
    /// Other bytes are sent the first time.
    Once(Vec<u8>),
    /// It is sent as another type, which the browser has to believe.
    As(&'static str),
    /// It ends after this many bytes, as if that were all.
    Truncated(usize),
    /// A pause follows every 16 KiB.
    Throttled(Duration),
}

/// An answer: the path below the sub-path and the HTTP status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) path: String,
    pub(crate) status: u16,
}

/// A file server on 127.0.0.1; it stops when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    site: Arc<Site>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the built page on a free port, with other `files` and with `faults`, both by path (`data/manifest.json`).
    pub(crate) fn start(files: HashMap<String, Vec<u8>>, faults: HashMap<String, Fault>) -> Self {
        let root = dist();
        assert!(root.join("index.html").is_file(), "{} holds no page: `make dist` builds it", root.display());
        Self::serve(0, Site { root, files, faults: Mutex::new(faults), base: SUB_PATH, ..Site::default() })
    }

    /// Serves a folder cross-origin isolated, as WebAssembly threads need it. Port 0 means a free one.
    pub(crate) fn isolated(root: PathBuf, port: u16) -> Self {
        Self::serve(port, Site { root, isolated: true, base: "/", ..Site::default() })
    }

    fn serve(port: u16, site: Site) -> Self {
        let (listener, address) = loop {
            let listener =
                TcpListener::bind(("127.0.0.1", port)).unwrap_or_else(|e| panic!("port {port}: {e}"));
            let address = listener.local_addr().expect("the address of a listener");
            if TAKEN.lock().unwrap_or_else(PoisonError::into_inner).insert(address.port()) || port != 0 {
                break (listener, address);
            }
        };
        let site = Arc::new(site);
        let served = Arc::clone(&site);
        let thread = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if served.stopped.load(Ordering::Relaxed) {
                    break;
                }
                let site = Arc::clone(&served);
                // It fails if the browser has closed the connection.
                thread::spawn(move || drop(site.answer(&stream)));
            }
        });
        Self { address, site, thread: Some(thread) }
    }

    /// Returns the address of the site followed by `rest`, a path or a fragment.
    pub(crate) fn url(&self, rest: &str) -> String {
        format!("http://{}{}{rest}", self.address, self.site.base)
    }

    /// Removes the fault of a file.
    pub(crate) fn mend(&self, path: &str) {
        self.site.faults.lock().expect("no answer panicked").remove(path);
    }

    /// Returns the answers so far.
    pub(crate) fn answers(&self) -> Vec<Answer> {
        self.site.log.lock().expect("no answer panicked").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.site.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread, which waits for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Returns the folder of the built page: `$DIST_DIR`, or `dist/` beside `Cargo.toml`.
pub(crate) fn dist() -> PathBuf {
    env::var_os("DIST_DIR").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("dist"), PathBuf::from)
}

/// Returns the gzipped size of the page's program, WebAssembly and JavaScript, in bytes.
pub(crate) fn program_bytes() -> usize {
    let programs = [".wasm", ".js"].into_iter().flat_map(built);
    programs.map(|name| gzip(&fs::read(dist().join(name)).expect("a file of the page")).len()).sum()
}

/// Returns the names of the built page's files with this ending.
pub(crate) fn built(ending: &str) -> Vec<String> {
    let files = fs::read_dir(dist()).expect("the built page");
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names.filter(|name| name.ends_with(ending)).collect()
}

#[derive(Default)]
struct Site {
    root: PathBuf,
    /// Files in place of those below the root.
    files: HashMap<String, Vec<u8>>,
    /// The path of the root in addresses.
    base: &'static str,
    faults: Mutex<HashMap<String, Fault>>,
    isolated: bool,
    log: Mutex<Vec<Answer>>,
    stopped: AtomicBool,
}

impl Site {
    /// Reads a request and answers it. Only `GET` and `HEAD` come, neither with a body.
    fn answer(&self, stream: &TcpStream) -> io::Result<()> {
        let mut lines = BufReader::new(stream).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        // The headers have to be read before the connection is closed.
        for line in lines {
            if line?.is_empty() {
                break;
            }
        }
        let mut words = request.split(' ');
        let (Some(method), Some(url)) = (words.next(), words.next()) else { return Ok(()) };

        let url = url.split(['?', '#']).next().unwrap_or_default();
        let path = match url.strip_prefix(self.base) {
            Some(path) if path.is_empty() || path.ends_with('/') => format!("{path}index.html"),
            Some(path) => path.to_owned(),
            // The page must not ask for this: the log shows it.
            None => url.to_owned(),
        };
        let mut faults = self.faults.lock().expect("no answer panicked");
        let fault = faults.get(&path).cloned();
        if let Some(Fault::Once(_)) = &fault {
            faults.remove(&path);
        }
        drop(faults);
        let body = match &fault {
            Some(Fault::Instead(bytes) | Fault::Once(bytes)) => Some(bytes.clone()),
            _ => self.read(&path),
        };
        let (status, reason) = if body.is_some() { (200, "OK") } else { (404, "Not Found") };
        self.log.lock().expect("no answer panicked").push(Answer { path: path.clone(), status });

        let mut body = body.unwrap_or_default();
        if let Some(Fault::Truncated(length)) = &fault {
            body.truncate(*length);
        }
        let mime = if let Some(Fault::As(other)) = &fault { other } else { mime(&path) };
        let length = body.len();
        let headers = match &fault {
            Some(Fault::As(_)) => "X-Content-Type-Options: nosniff\r\n",
            _ if self.isolated => ISOLATION,
            _ => POLICY,
        };
        let mut stream = stream;
        write!(
            stream,
            "HTTP/1.1 {status} {reason}\r\nContent-Type: {mime}\r\nContent-Length: {length}\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n{headers}\r\n"
        )?;
        match fault {
            _ if method == "HEAD" => Ok(()),
            Some(Fault::Throttled(pause)) => body.chunks(THROTTLED_CHUNK).try_for_each(|chunk| {
                thread::sleep(pause);
                stream.write_all(chunk)
            }),
            _ => stream.write_all(&body),
        }
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        if let Some(bytes) = self.files.get(path) {
            return Some(bytes.clone());
        }
        let path = Path::new(path);
        let inside = path.components().all(|component| matches!(component, Component::Normal(_)));
        if inside { fs::read(self.root.join(path)).ok() } else { None }
    }
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

//! The browser engines, and their drivers as child processes with one session each.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use fantoccini::error::NewSessionError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

use super::wait::wait_for;

/// A browser's engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    /// Firefox as Tor Browser and LibreWolf set it up, against tracking.
    ResistantFirefox,
    WebKit,
}

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox | Self::ResistantFirefox => "Firefox",
            Self::WebKit => "WebKit",
        }
    }

    /// Returns the name of the driver's program.
    fn driver(self) -> &'static str {
        match self {
            Self::Chromium => "chromedriver",
            Self::Firefox | Self::ResistantFirefox => "geckodriver",
            Self::WebKit => "WebKitWebDriver",
        }
    }

    /// Returns the names of the other program that the engine needs. WebKit's test browser has no headless mode.
    fn companions(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &[],
            Self::Firefox | Self::ResistantFirefox => {
                &["firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"]
            }
            Self::WebKit => &["Xvfb"],
        }
    }

    /// Returns the first of its programs that is not installed.
    pub(crate) fn missing_program(self) -> Option<&'static str> {
        let paths: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
        let is_here = |program: &&str| paths.iter().any(|path| path.join(program).is_file());
        let companions = self.companions();
        if !is_here(&self.driver()) {
            return Some(self.driver());
        }
        companions.first().filter(|_| !companions.iter().any(is_here)).copied()
    }

    /// Returns the capabilities of a session: a window of `width` by `height` CSS px and a folder for downloads.
    fn capabilities(self, (width, height): (u32, u32), profile: &TempDir) -> Value {
        match self {
            Self::Chromium => {
                let config: Value =
                    serde_json::from_str(include_str!("../../webdriver.json")).expect("webdriver.json");
                let mut options = config["goog:chromeOptions"].clone();
                let args = options["args"].as_array_mut().expect("the browser's arguments");
                args.push(json!(format!("--user-data-dir={}", profile.path().display())));
                args.push(json!(format!("--window-size={width},{height}")));
                json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } })
            }
            Self::Firefox | Self::ResistantFirefox => json!({ "moz:firefoxOptions": {
                "args": ["-headless", format!("--width={width}"), format!("--height={height}")],
                "prefs": {
                    "browser.download.folderList": 2,
                    "browser.download.dir": downloads(profile),
                    "dom.w3c_touch_events.enabled": 1,
                    "privacy.resistFingerprinting": self == Self::ResistantFirefox,
                },
            } }),
            Self::WebKit => json!({}),
        }
    }
}

/// Returns the folder for downloads of a browser with this profile.
fn downloads(profile: &TempDir) -> PathBuf {
    profile.path().join("Downloads")
}

/// A driver on a free port, with a profile folder of its own; killed when dropped.
pub(crate) struct Driver {
    engine: Engine,
    driver: Child,
    screen: Option<Child>,
    port: u16,
    profile: TempDir,
}

impl Driver {
    pub(crate) fn start(engine: Engine) -> Self {
        let program = engine.driver();
        let profile = TempDir::new().expect("a folder for the browser's profile");
        fs::create_dir(downloads(&profile)).expect("a folder for what is saved");
        let port = free_port();
        let mut command = Command::new(program);
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut screen = None;
        match engine {
            Engine::Chromium => {}
            // All would listen on the same port, for a protocol that is not used here.
            Engine::Firefox | Engine::ResistantFirefox => drop(command.arg("--websocket-port=0")),
            Engine::WebKit => {
                let (child, display) = virtual_screen();
                command.env("DISPLAY", format!(":{display}")).env("HOME", profile.path());
                screen = Some(child);
            }
        }
        let driver = command
            .spawn()
            .unwrap_or_else(|e| panic!("{program}: {e} (`make browser` installs it, or says how)"));
        let listens = || TcpStream::connect(("127.0.0.1", port)).ok();
        drop(wait_for(10.0, || format!("{program} listens"), listens));
        Self { engine, driver, screen, port, profile }
    }

    /// Opens a browser of `size` CSS px.
    ///
    /// # Errors
    /// If the driver does not answer, or not as a driver would.
    pub(crate) async fn session(&self, size: (u32, u32)) -> Result<Client, NewSessionError> {
        let Value::Object(capabilities) = self.engine.capabilities(size, &self.profile) else {
            unreachable!("capabilities are an object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await?;
        if self.engine == Engine::WebKit {
            client.set_window_rect(0, 0, size.0, size.1).await.expect("a window of that size");
        }
        Ok(client)
    }

    /// Returns the folder for downloads.
    pub(crate) fn downloads(&self) -> PathBuf {
        downloads(&self.profile)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for child in [Some(&mut self.driver), self.screen.as_mut()].into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Returns a port that is not in use.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("the address of a listener").port()
}

/// Starts a virtual screen and returns its number.
fn virtual_screen() -> (Child, String) {
    let mut child = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb (`make browser` installs it, or says how)");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let display = lines.map_while(Result::ok).next().expect("Xvfb says which screen it is");
    (child, display)
}

/// Asks for the console's lines since the last request.
#[derive(Debug)]
pub(crate) struct Console;

/// A command of the `DevTools` protocol.
#[derive(Debug)]
pub(crate) struct DevTools {
    pub(crate) command: &'static str,
    pub(crate) parameters: Value,
}

impl WebDriverCompatibleCommand for Console {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        of_session(base, session, "se/log")
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        of_session(base, session, "goog/cdp/execute")
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}

fn of_session(base: &Url, session: Option<&str>, command: &str) -> Result<Url, ParseError> {
    base.join(&format!("session/{}/{command}", session.unwrap_or_default()))
}

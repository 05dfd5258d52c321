//! The page as its tests see it: `data-` attributes, labels and ids (the contract of the page's markup).

use std::collections::HashMap;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use fantoccini::elements::Element;
use serde_json::{Value, json};

use super::browser::LISTENER;
use super::driver::Engine;
use super::pool::Lease;
use super::server::{Fault, Server, dist};

/// Each page has a processor, as there is a thread of tests for each; but where figures are measured, one page has them all.
static PROCESSORS: RwLock<()> = RwLock::new(());

enum Turn {
    Beside { _others: RwLockReadGuard<'static, ()> },
    Alone { _all: RwLockWriteGuard<'static, ()> },
}

impl Turn {
    fn wait(is_alone: bool) -> Self {
        if is_alone {
            Self::Alone { _all: PROCESSORS.write().unwrap_or_else(PoisonError::into_inner) }
        } else {
            Self::Beside { _others: PROCESSORS.read().unwrap_or_else(PoisonError::into_inner) }
        }
    }
}

/// What the page learns from when it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    Mnist,
    Strokes,
}

impl Data {
    /// MNIST if the built page has it, else the strokes.
    ///
    /// # Panics
    ///
    /// Where MNIST was promised (in CI, or by `MNIST_DIR`): its tests must not pass without it.
    pub(crate) fn best() -> Self {
        if mnist_is_built_in() {
            return Self::Mnist;
        }
        let promised = env::var_os("MNIST_DIR").is_some() || env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!promised, "MNIST was promised, yet {} is built without it", dist().display());
        // Written past the harness, which would swallow it as long as the test passes.
        let _ =
            writeln!(io::stderr(), "Without MNIST (`make data` fetches it) this is tested on the strokes.");
        Self::Strokes
    }

    /// The value of `data-dataset`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Strokes => "strokes",
        }
    }
}

/// Where screenshots are left.
pub(crate) fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/page")
}

fn mnist_is_built_in() -> bool {
    let manifest = fs::read(dist().join("data/manifest.json")).unwrap_or_default();
    serde_json::from_slice::<Value>(&manifest).is_ok_and(|manifest| manifest["mnist"] == true)
}

/// How a page is opened.
pub(crate) struct Opening {
    engine: Engine,
    data: Data,
    fragment: String,
    size: (u32, u32),
    faults: Vec<(&'static str, Fault)>,
    script: String,
    is_alone: bool,
}

impl Opening {
    pub(crate) fn on(data: Data) -> Self {
        Self {
            engine: Engine::Chromium,
            data,
            fragment: String::new(),
            size: (1440, 1000),
            faults: vec![],
            script: String::new(),
            is_alone: false,
        }
    }

    /// In another browser than Chromium.
    pub(crate) fn engine(self, engine: Engine) -> Self {
        Self { engine, ..self }
    }

    /// With no other page beside it: its figures are measured.
    pub(crate) fn alone(self) -> Self {
        Self { is_alone: true, ..self }
    }

    /// With a script that runs before the page's own.
    pub(crate) fn script(mut self, source: &str) -> Self {
        self.script += source;
        self
    }

    /// With settings in the URL: `#preset=blog`.
    pub(crate) fn fragment(self, fragment: &str) -> Self {
        Self { fragment: fragment.to_owned(), ..self }
    }

    /// At this many steps a second: a page that trains as fast as it can is slow to answer its driver.
    pub(crate) fn speed(self, steps: u16) -> Self {
        let before = if self.fragment.is_empty() { "#" } else { "&" };
        Self { fragment: format!("{}{before}speed={steps}", self.fragment), ..self }
    }

    /// In a window of `width` by `height` CSS px.
    pub(crate) fn size(self, width: u32, height: u32) -> Self {
        Self { size: (width, height), ..self }
    }

    /// With a file that the server spoils.
    pub(crate) fn fault(mut self, path: &'static str, fault: Fault) -> Self {
        self.faults.push((path, fault));
        self
    }
}

/// An open page, with the server behind it; a test that fails leaves a screenshot.
pub(crate) struct Page {
    pub(crate) browser: Lease,
    pub(crate) server: Server,
    fragment: String,
    _turn: Turn,
}

impl Page {
    /// Opens the page and waits for nothing.
    pub(crate) fn open(opening: Opening) -> Self {
        let page = Self::blank(opening);
        page.load();
        page
    }

    /// Makes everything ready to [`load`](Self::load) the page.
    pub(crate) fn blank(opening: Opening) -> Self {
        let turn = Turn::wait(opening.is_alone);
        let mut faults: HashMap<String, Fault> =
            opening.faults.into_iter().map(|(path, fault)| (path.to_owned(), fault)).collect();
        if opening.data == Data::Strokes {
            faults.insert("data/manifest.json".to_owned(), Fault::Instead(br#"{"mnist": false}"#.to_vec()));
        }
        let listener = if opening.engine == Engine::Chromium { "" } else { LISTENER };
        let script = format!("{listener}{}", opening.script);
        if !script.is_empty() {
            let page = fs::read_to_string(dist().join("index.html")).expect("the built page");
            let page = page.replacen("<head>", "<head><script src=\"test.js\"></script>", 1);
            faults.insert("index.html".to_owned(), Fault::Instead(page.into_bytes()));
            let script = format!("{{{script}}}");
            faults.insert("test.js".to_owned(), Fault::Instead(script.into_bytes()));
        }
        let server = Server::start(faults);
        let browser = Lease::take(opening.engine, opening.size);
        Self { browser, server, fragment: opening.fragment, _turn: turn }
    }

    /// Navigates to the page.
    pub(crate) fn load(&self) {
        self.browser.goto(&self.server.url(&self.fragment));
    }

    /// Opens it and waits for the first training steps.
    pub(crate) fn training(opening: Opening) -> Self {
        let page = Self::open(opening);
        page.wait("state === 'training' && step > 0", 15.0, "training starts by itself");
        page
    }

    /// Waits until a condition on the attributes of `#app` holds; each is a variable, numbers as numbers.
    pub(crate) fn wait(&self, condition: &str, seconds: f64, what: &str) {
        self.browser.wait_until(&self.condition(condition), seconds, what);
    }

    fn condition(&self, condition: &str) -> String {
        let names = "state, dataset, step, epoch, images, examples, trainLoss, testLoss";
        format!(
            "(() => {{ const app = document.querySelector('#app'); if (!app) return false;
               const of = (text) => text === '' ? NaN : isNaN(text) ? text : Number(text);
               const {{ {names} }} = Object.fromEntries(
                   Object.entries({{ ...app.dataset }}).map(([name, text]) => [name, of(text)]));
               return {condition}; }})()"
        )
    }

    fn summary(&self) -> String {
        let script = "return JSON.stringify({ ...document.querySelector('#app')?.dataset, notice: \
                      document.querySelector('#notice-text')?.textContent.trim() })";
        self.browser.js(script).as_str().unwrap_or_default().to_owned()
    }

    /// An attribute of `#app`: `data("test-loss")`.
    pub(crate) fn data(&self, name: &str) -> String {
        self.attribute("#app", &format!("data-{name}"))
    }

    /// A number among them; NaN where there is none.
    pub(crate) fn number(&self, name: &str) -> f64 {
        self.data(name).parse().unwrap_or(f64::NAN)
    }

    pub(crate) fn attribute(&self, css: &str, name: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? null";
        let value = self.browser.js_with(script, vec![json!(css), json!(name)]);
        value.as_str().unwrap_or_else(|| panic!("{css} has no {name}")).to_owned()
    }

    /// The text of an element as it is seen.
    pub(crate) fn text(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0]).innerText";
        self.browser.js_with(script, vec![json!(css)]).as_str().unwrap_or_default().to_owned()
    }

    /// The sentence on the page, empty while there is none to be seen.
    pub(crate) fn notice(&self) -> String {
        let script = "const text = document.querySelector('#notice-text');
                      return text && text.checkVisibility() ? text.textContent.trim() : ''";
        self.browser.js(script).as_str().unwrap_or_default().to_owned()
    }

    /// Waits for a sentence and returns it.
    pub(crate) fn wait_for_notice(&self, what: &str) -> String {
        self.wait_for_another_notice("", what)
    }

    /// Waits for a sentence other than `before` and returns it.
    pub(crate) fn wait_for_another_notice(&self, before: &str, what: &str) -> String {
        let end = Instant::now() + Duration::from_secs(5);
        loop {
            let notice = self.notice();
            if !notice.is_empty() && notice != before {
                return notice;
            }
            assert!(Instant::now() < end, "no new sentence: {what}; there is {notice:?}");
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// The button with this text or label.
    pub(crate) fn button(&self, name: &str) -> Element {
        let script = "const name = arguments[0];
            return [...document.querySelectorAll('button, [role=button]')].find((button) =>
                button.checkVisibility()
                && (button.getAttribute('aria-label') ?? button.textContent).trim() === name) ?? null";
        self.browser.element(script, name)
    }

    /// Presses a button once it can be pressed.
    pub(crate) fn press(&self, name: &str) {
        let button = self.button(name);
        self.browser.wait_until_enabled(&button, name);
        self.browser.click(&button);
    }

    /// Pauses training.
    pub(crate) fn pause(&self) {
        self.press("Pause");
        self.wait("state === 'paused'", 5.0, "Pause pauses");
    }

    /// Asks the page to move nothing by itself, so that its pictures come to rest at once; or lets it move again.
    pub(crate) fn keep_still(&self, is_still: bool) {
        let value = if is_still { "reduce" } else { "no-preference" };
        let wish = json!({ "features": [{ "name": "prefers-reduced-motion", "value": value }] });
        self.browser.devtools("Emulation.setEmulatedMedia", wish);
    }

    /// The field with this label.
    pub(crate) fn field(&self, label: &str) -> Element {
        let script = "const label = arguments[0];
            const text = (node) => [...node.childNodes]
                .filter((child) => !child.matches?.('input, select, output'))
                .map((child) => child.textContent).join('').trim();
            return [...document.querySelectorAll('input:not([type=range]), select, textarea')].find((field) =>
                field.getAttribute('aria-label') === label
                || [...(field.labels ?? [])].some((of) => text(of) === label)) ?? null";
        self.browser.element(script, label)
    }

    /// The value of the field with this label.
    pub(crate) fn value(&self, label: &str) -> String {
        self.browser.value(&self.field(label))
    }

    /// Gives the field with this label a value, as a person would.
    pub(crate) fn set(&self, label: &str, value: &str) {
        self.browser.fill(&self.field(label), value);
    }

    /// A point of an element, given in fractions of its width and height, in CSS px of the viewport.
    pub(crate) fn point(&self, css: &str, x: f64, y: f64) -> (f64, f64) {
        let script = "const of = document.querySelector(arguments[0]);
                      of.scrollIntoView({ block: 'center', behavior: 'instant' });
                      const box = of.getBoundingClientRect();
                      return [box.left + arguments[1] * box.width, box.top + arguments[2] * box.height]";
        let at = self.browser.js_with(script, vec![json!(css), json!(x), json!(y)]);
        // WebDriver's actions take whole pixels.
        (at[0].as_f64().expect("x").round(), at[1].as_f64().expect("y").round())
    }

    /// The point that is decoded.
    pub(crate) fn z(&self) -> (f64, f64) {
        let of = |name| self.attribute("#decoded", name).parse().unwrap_or(f64::NAN);
        (of("data-z1"), of("data-z2"))
    }

    /// Lets some frames pass.
    pub(crate) fn pass(&self, frames: u32) {
        let script = "return new Promise((resolve) => {
                const after = (frames) => frames === 0 ? resolve() : requestAnimationFrame(() => after(frames - 1));
                after(arguments[0]);
            })";
        self.browser.js_with(script, vec![frames.into()]);
    }

    /// The point that is decoded, once it rests: on a busy machine it may lag behind the pointer.
    pub(crate) fn settled_z(&self) -> (f64, f64) {
        self.settled(
            "document.querySelector('#decoded').dataset.z1 + document.querySelector('#decoded').dataset.z2",
        );
        self.z()
    }

    /// All pixels of a canvas, once they rest.
    pub(crate) fn settled_pixels(&self, css: &str) -> String {
        self.settled(&format!("document.querySelector('{css}').toDataURL()"))
    }

    /// The text that an expression comes to, once it has been the same for a while: what is under way, as a measurement, takes some
    /// frames, and what glides changes in each of them.
    pub(crate) fn settled(&self, expression: &str) -> String {
        let script = format!(
            "return new Promise((resolve, reject) => {{
                const begin = performance.now();
                let last = null, since = begin, frames = 0;
                const look = () => {{
                    const now = {expression}, time = performance.now();
                    frames += 1;
                    if (now !== last) [last, since, frames] = [now, time, 0];
                    if (frames >= 60 && time - since >= 1e3) resolve(now);
                    else if (time - begin > 25e3) reject(new Error('it never rests'));
                    else requestAnimationFrame(look);
                }};
                look();
            }})"
        );
        self.browser.js(&script).as_str().expect("a text").to_owned()
    }

    /// All pixels of a canvas, as text to compare.
    pub(crate) fn pixels(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0]).toDataURL()";
        self.browser.js_with(script, vec![json!(css)]).as_str().expect("a canvas").to_owned()
    }

    /// Frames from a movement of the pointer over the plane to another z.
    pub(crate) fn frames_until_decoded(&self) -> u64 {
        let frames = self.browser.js(
            "return new Promise((resolve) => {
                const plane = document.querySelector('#latent'), decoded = document.querySelector('#decoded');
                const box = plane.getBoundingClientRect();
                const before = decoded.dataset.z1;
                let frames = 0;
                const look = () => {
                    if (decoded.dataset.z1 !== before || frames > 60) resolve(frames);
                    else { frames += 1; requestAnimationFrame(look); }
                };
                plane.dispatchEvent(new PointerEvent('pointermove', {
                    clientX: box.left + box.width * (0.2 + 0.6 * Math.random()), clientY: box.top + box.height / 2,
                    pointerId: 1, pointerType: 'mouse', isPrimary: true, bubbles: true }));
                requestAnimationFrame(look);
            })",
        );
        frames.as_u64().expect("a count")
    }

    /// Drops files onto the page.
    pub(crate) fn drop_files(&self, files: &[(&str, Vec<u8>)]) {
        let script = "const transfer = new DataTransfer();
            for (const [name, bytes] of arguments[0])
                transfer.items.add(new File([Uint8Array.from(bytes)], name));
            for (const type of ['dragenter', 'dragover', 'drop'])
                document.querySelector('#app').dispatchEvent(new DragEvent(type,
                    { dataTransfer: transfer, bubbles: true, cancelable: true }))";
        self.browser.js_with(script, vec![json!(files)]);
    }

    /// Fails if anything was warned of, or worse, since the page was opened.
    pub(crate) fn assert_quiet(&self) {
        let loud: Vec<_> = self
            .browser
            .console()
            .into_iter()
            .filter(|line| matches!(line.level.as_str(), "SEVERE" | "WARNING"))
            .collect();
        assert!(loud.is_empty(), "the console is not quiet: {loud:#?}");
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if thread::panicking() {
            let name = thread::current().name().unwrap_or("page").replace("::", "-");
            let path = screenshots().join(format!("{name}.png"));
            // The browser may be what failed: a second panic would abort all other tests.
            let _ = panic::catch_unwind(AssertUnwindSafe(|| {
                self.browser.screenshot(&path);
                eprintln!("what was to be seen: {}; {}", path.display(), self.summary());
            }));
        }
    }
}

/// The bytes of a file, once it is there.
pub(crate) fn arrived(path: &Path, seconds: f64) -> Vec<u8> {
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    loop {
        match fs::read(path) {
            Ok(bytes) if !bytes.is_empty() => return bytes,
            _ => assert!(Instant::now() < end, "{} does not arrive", path.display()),
        }
        thread::sleep(Duration::from_millis(30));
    }
}

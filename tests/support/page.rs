//! The page as its tests see it: `data-` attributes, labels and ids.

use std::collections::HashMap;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::{env, fs, thread};

use fantoccini::elements::Element;
use serde_json::{Value, json};

use super::browser::LISTENER;
use super::driver::Engine;
use super::idx;
use super::pool::Lease;
use super::server::{Fault, Server, dist};
use super::wait::wait_for;

/// Tests run in parallel, but one that measures how fast something is runs alone.
static CPU: RwLock<()> = RwLock::new(());

enum Turn {
    Beside { _others: RwLockReadGuard<'static, ()> },
    Alone { _all: RwLockWriteGuard<'static, ()> },
}

impl Turn {
    fn wait(is_alone: bool) -> Self {
        if is_alone {
            Self::Alone { _all: CPU.write().unwrap_or_else(PoisonError::into_inner) }
        } else {
            Self::Beside { _others: CPU.read().unwrap_or_else(PoisonError::into_inner) }
        }
    }
}

/// The dataset that the page opens with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    /// All of MNIST.
    Mnist,
    /// [`FEW`] synthetic digits, served in place of MNIST: they are there at once.
    Few,
    /// The page's built-in digits.
    Synthetic,
}

/// The training and test images of [`Data::Few`].
pub(crate) const FEW: (u32, u32) = (1_000, 500);

/// The files of [`Data::Few`], by path.
static FEW_FILES: LazyLock<HashMap<String, Vec<u8>>> = LazyLock::new(|| {
    let mut files = HashMap::from([("data/manifest.json".to_owned(), br#"{"mnist": true}"#.to_vec())]);
    for (name, first, count) in [("train", 0, FEW.0), ("t10k", FEW.0, FEW.1)] {
        let (images, labels) = idx::digits(first, count);
        files.insert(format!("data/mnist/{name}-images-idx3-ubyte.gz"), images);
        files.insert(format!("data/mnist/{name}-labels-idx1-ubyte.gz"), labels);
    }
    files
});

impl Data {
    /// Returns MNIST if the built page has it, else the built-in digits.
    ///
    /// # Panics
    /// If MNIST is missing although it was promised (in CI, or by `MNIST_DIR`).
    pub(crate) fn best() -> Self {
        if mnist_is_built_in() {
            return Self::Mnist;
        }
        let promised = env::var_os("MNIST_DIR").is_some() || env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!promised, "MNIST was promised, yet {} is built without it", dist().display());
        // Written past the harness, which hides the output of tests that pass.
        let _ = writeln!(io::stderr(), "Without MNIST (`make data`) this is tested on the built-in digits.");
        Self::Synthetic
    }

    /// Returns the value of `data-dataset`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mnist | Self::Few => "mnist",
            Self::Synthetic => "strokes",
        }
    }
}

/// Returns the folder for screenshots.
pub(crate) fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/page")
}

fn mnist_is_built_in() -> bool {
    let manifest = fs::read(dist().join("data/manifest.json")).unwrap_or_default();
    serde_json::from_slice::<Value>(&manifest).is_ok_and(|manifest| manifest["mnist"] == true)
}

/// The way to open a page.
pub(crate) struct Opening {
    engine: Engine,
    data: Data,
    fragment: String,
    size: (u32, u32),
    faults: Vec<(&'static str, Fault)>,
    script: String,
    media: Vec<[&'static str; 2]>,
    mobile: Option<(u32, u32)>,
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
            media: vec![],
            mobile: None,
            is_alone: false,
        }
    }

    /// In another engine than Chromium.
    pub(crate) fn engine(self, engine: Engine) -> Self {
        Self { engine, ..self }
    }

    /// While no other test runs.
    pub(crate) fn alone(self) -> Self {
        Self { is_alone: true, ..self }
    }

    /// With a script that runs before the page's own.
    pub(crate) fn script(self, source: &str) -> Self {
        Self { script: source.to_owned(), ..self }
    }

    /// With a media feature such as `prefers-reduced-motion`, in Chromium.
    pub(crate) fn media(mut self, feature: &'static str, value: &'static str) -> Self {
        self.media.push([feature, value]);
        self
    }

    /// On a phone's screen of `width` by `height` CSS px, in Chromium.
    pub(crate) fn mobile(self, width: u32, height: u32) -> Self {
        Self { mobile: Some((width, height)), ..self }
    }

    /// With nothing that moves by itself.
    pub(crate) fn still(self) -> Self {
        self.media("prefers-reduced-motion", "reduce")
    }

    /// With settings in the URL: `#preset=blog`.
    pub(crate) fn fragment(self, fragment: &str) -> Self {
        Self { fragment: fragment.to_owned(), ..self }
    }

    /// At this many steps a second: at full speed the page answers its driver slowly.
    pub(crate) fn speed(self, steps: u16) -> Self {
        self.and(&format!("speed={steps}"))
    }

    fn and(self, setting: &str) -> Self {
        let separator = if self.fragment.is_empty() { "#" } else { "&" };
        Self { fragment: format!("{}{separator}{setting}", self.fragment), ..self }
    }

    /// In a window of `width` by `height` CSS px.
    pub(crate) fn size(self, width: u32, height: u32) -> Self {
        Self { size: (width, height), ..self }
    }

    /// With a fault of a file.
    pub(crate) fn fault(mut self, path: &'static str, fault: Fault) -> Self {
        self.faults.push((path, fault));
        self
    }
}

/// An open page and its server. A test that fails leaves a screenshot.
pub(crate) struct Page {
    pub(crate) browser: Lease,
    pub(crate) server: Server,
    fragment: String,
    _turn: Turn,
}

/// A function that opens the groups and menus around an element, and returns the element.
const REVEAL: &str = "const reveal = (element) => {
    for (let box = element.closest('details:not([open])'); box; box = box.parentElement.closest('details:not([open])')) {
        box.open = true;
    }
    return element;
};";

impl Page {
    /// Opens the page.
    pub(crate) fn open(opening: Opening) -> Self {
        let page = Self::blank(opening);
        page.load();
        page
    }

    /// Prepares everything to [`load`](Self::load) the page.
    pub(crate) fn blank(opening: Opening) -> Self {
        let turn = Turn::wait(opening.is_alone);
        let mut faults: HashMap<String, Fault> =
            opening.faults.into_iter().map(|(path, fault)| (path.to_owned(), fault)).collect();
        let files = if opening.data == Data::Few { FEW_FILES.clone() } else { HashMap::new() };
        if opening.data == Data::Synthetic {
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
        let server = Server::start(files, faults);
        let browser = Lease::take(opening.engine, opening.size);
        let page = Self { browser, server, fragment: opening.fragment, _turn: turn };
        if !opening.media.is_empty() {
            page.emulate_media(&opening.media);
        }
        if let Some(size) = opening.mobile {
            page.emulate_screen(size, 2, true);
        }
        page
    }

    /// Navigates to the page.
    pub(crate) fn load(&self) {
        self.browser.goto(&self.server.url(&self.fragment));
    }

    /// Opens the page, lets it make `steps` steps, and waits until it is idle. The same settings always lead to the same page.
    pub(crate) fn rested(opening: Opening, steps: u32) -> Self {
        let page = Self::open(opening.and(&format!("stop={steps}")));
        page.wait(&format!("state === 'paused' && step === {steps}"), 30.0, "it stops by itself");
        page.browser.js("document.querySelector('#notice-close').click()");
        page.idle();
        page
    }

    /// Opens the page and waits for the first training steps.
    pub(crate) fn training(opening: Opening) -> Self {
        let page = Self::open(opening);
        page.wait("state === 'training' && step > 0", 15.0, "training starts by itself");
        page
    }

    /// Waits until nothing is left to compute or to draw.
    pub(crate) fn idle(&self) {
        self.browser.wait_until("document.querySelector('#app').dataset.idle === 'true'", 20.0, "it is idle");
    }

    /// Waits until a condition on the `data-` attributes of `#app` holds. Each is a variable, such as `testLoss`.
    pub(crate) fn wait(&self, condition: &str, seconds: f64, what: &str) {
        self.browser.wait_until(&self.condition(condition), seconds, what);
    }

    fn condition(&self, condition: &str) -> String {
        let names = "state, dataset, step, epoch, images, examples, trainLoss, testLoss, runs, shownStep";
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

    /// Returns an attribute of `#app`: `data("test-loss")`.
    pub(crate) fn data(&self, name: &str) -> String {
        self.attribute("#app", &format!("data-{name}"))
    }

    /// Returns an attribute of `#app` as a number, or NaN.
    pub(crate) fn number(&self, name: &str) -> f64 {
        self.data(name).parse().unwrap_or(f64::NAN)
    }

    pub(crate) fn attribute(&self, css: &str, name: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? null";
        let value = self.browser.js_with(script, vec![json!(css), json!(name)]);
        value.as_str().unwrap_or_else(|| panic!("{css} has no {name}")).to_owned()
    }

    /// Returns the text of an element, as it is shown.
    pub(crate) fn text(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0]).innerText";
        self.browser.js_with(script, vec![json!(css)]).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the text of an element contains `part`.
    pub(crate) fn wait_for_text(&self, css: &str, part: &str, what: &str) {
        let contains = "document.querySelector(arguments[0]).textContent.includes(arguments[1])";
        self.browser.wait_until_with(contains, vec![json!(css), json!(part)], 10.0, what);
    }

    /// Returns whether an element is visible.
    pub(crate) fn is_visible(&self, css: &str) -> bool {
        self.browser.js(&format!("return {}", visible(css))) == json!(true)
    }

    /// Waits until an element is visible.
    pub(crate) fn wait_until_visible(&self, css: &str, what: &str) {
        self.browser.wait_until(&visible(css), 10.0, what);
    }

    /// Waits until an element is hidden.
    pub(crate) fn wait_until_hidden(&self, css: &str, what: &str) {
        self.browser.wait_until(&format!("!{}", visible(css)), 10.0, what);
    }

    /// Waits until an expression is true of the element `$`.
    pub(crate) fn wait_until_of(&self, css: &str, expression: &str, what: &str) {
        let expression = expression.replace('$', "document.querySelector(arguments[0])");
        self.browser.wait_until_with(&expression, vec![json!(css)], 10.0, what);
    }

    /// Moves the focus to an element.
    pub(crate) fn focus(&self, css: &str) {
        let script = format!("{REVEAL} reveal(document.querySelector(arguments[0])).focus()");
        self.browser.js_with(&script, vec![json!(css)]);
    }

    /// Opens the groups and menus around an element.
    pub(crate) fn reveal(&self, css: &str) {
        let script = format!("{REVEAL} reveal(document.querySelector(arguments[0]))");
        self.browser.js_with(&script, vec![json!(css)]);
    }

    /// Moves a slider to a part of its way, from 0 to 1.
    pub(crate) fn slide(&self, css: &str, place: f64) {
        let script = "const slider = document.querySelector(arguments[0]);
            slider.value = Number(slider.min) + arguments[1] * (slider.max - slider.min);
            slider.dispatchEvent(new Event('input', { bubbles: true }))";
        self.browser.js_with(script, vec![json!(css), json!(place)]);
    }

    /// Returns the notice, or nothing.
    pub(crate) fn notice(&self) -> String {
        let script = "const text = document.querySelector('#notice-text');
                      return text && text.checkVisibility() ? text.textContent.trim() : ''";
        self.browser.js(script).as_str().unwrap_or_default().to_owned()
    }

    /// Waits for a notice and returns it.
    pub(crate) fn wait_for_notice(&self, what: &str) -> String {
        self.wait_for_another_notice("", what)
    }

    /// Waits for a notice other than `before` and returns it.
    pub(crate) fn wait_for_another_notice(&self, before: &str, what: &str) -> String {
        let another = || Some(self.notice()).filter(|notice| !notice.is_empty() && notice != before);
        wait_for(5.0, || format!("no new notice after {before:?}: {what}"), another)
    }

    /// Returns the button with this text or label.
    pub(crate) fn button(&self, name: &str) -> Element {
        let script = format!(
            "{REVEAL} const name = arguments[0];
            const named = [...document.querySelectorAll('button, [role=button]')].filter((button) =>
                (button.getAttribute('aria-label') ?? button.textContent).trim() === name);
            return named.find((button) => button.checkVisibility())
                ?? named.filter((button) => !button.closest('[hidden]')).map(reveal)[0] ?? null"
        );
        self.browser.element(&script, name)
    }

    /// Presses a button once it is enabled.
    pub(crate) fn press(&self, name: &str) {
        let button = self.button(name);
        self.browser.wait_until_enabled(&button, name);
        self.browser.click(&button);
    }

    /// Closes the notice, and waits until the focus has moved on, which would close a menu.
    pub(crate) fn close_notice(&self) {
        self.press("Close");
        let has_moved =
            "document.querySelector('#notice').hidden && !document.activeElement.matches('body, #notice *')";
        self.browser.wait_until(has_moved, 5.0, "the notice is closed");
    }

    /// Pauses training.
    pub(crate) fn pause(&self) {
        self.press("Pause");
        self.wait("state === 'paused'", 5.0, "Pause pauses");
    }

    /// Emulates media features.
    pub(crate) fn emulate_media(&self, features: &[[&str; 2]]) {
        let features: Vec<_> =
            features.iter().map(|[name, value]| json!({ "name": name, "value": value })).collect();
        self.browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Emulates a screen of `width` by `height` CSS px with `scale` pixels in each.
    pub(crate) fn emulate_screen(&self, (width, height): (u32, u32), scale: u32, is_mobile: bool) {
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_mobile });
        self.browser.devtools("Emulation.setDeviceMetricsOverride", screen);
        // A page without a viewport, as an empty one, is wider.
        let is_so = format!("!document.querySelector('#app') || innerWidth === {width}");
        self.browser.wait_until(&is_so, 5.0, "the screen has its size");
    }

    /// Returns the field with this label.
    pub(crate) fn field(&self, label: &str) -> Element {
        let script = format!(
            "{REVEAL} const label = arguments[0];
            const text = (node) => [...node.childNodes]
                .filter((child) => !child.matches?.('input, select, output'))
                .map((child) => child.textContent).join('').trim();
            const field = [...document.querySelectorAll('input:not([type=range]), select, textarea')].find((field) =>
                field.getAttribute('aria-label') === label
                || [...(field.labels ?? [])].some((of) => text(of) === label));
            return field ? reveal(field) : null"
        );
        self.browser.element(&script, label)
    }

    /// Returns the labels of the list of runs, once it is drawn.
    pub(crate) fn runs(&self) -> Vec<String> {
        let drawn = "document.querySelectorAll('#runs .run-open').length === Number(document.querySelector('#app').dataset.runs)";
        self.browser.wait_until(drawn, 5.0, "the list is drawn");
        let script = "return [...document.querySelectorAll('#runs .run-open')].map(row => row.ariaLabel)";
        serde_json::from_value(self.browser.js(script)).expect("labels")
    }

    /// Continues with the run in the first row whose label contains `part`.
    pub(crate) fn open_run(&self, part: &str) {
        let script = "[...document.querySelectorAll('#runs .run-open')].some(row => row.ariaLabel.includes(arguments[0]))";
        self.browser.wait_until_with(script, vec![part.into()], 5.0, part);
        self.browser.js_with(
            "[...document.querySelectorAll('#runs .run-open')].find(row => row.ariaLabel.includes(arguments[0])).click()",
            vec![part.into()],
        );
    }

    /// Presses Ctrl and a key on the plane.
    pub(crate) fn chord(&self, key: &str, code: &str, shift: bool) {
        let script = "document.querySelector('#latent').focus();
            document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], code: arguments[1],
                ctrlKey: true, shiftKey: arguments[2], bubbles: true, cancelable: true }))";
        self.browser.js_with(script, vec![key.into(), code.into(), shift.into()]);
    }

    /// Returns the value of the field with this label.
    pub(crate) fn value(&self, label: &str) -> String {
        self.browser.value(&self.field(label))
    }

    /// Sets the field with this label.
    pub(crate) fn set(&self, label: &str, value: &str) {
        self.browser.fill(&self.field(label), value);
    }

    /// Scrolls to an element and returns the point at fractions of its width and height, in CSS px of the viewport.
    pub(crate) fn point(&self, css: &str, x: f64, y: f64) -> (f64, f64) {
        let script = "const of = document.querySelector(arguments[0]);
                      of.scrollIntoView({ block: 'center', behavior: 'instant' });
                      const box = of.getBoundingClientRect();
                      return [box.left + arguments[1] * box.width, box.top + arguments[2] * box.height]";
        let at = self.browser.js_with(script, vec![json!(css), json!(x), json!(y)]);
        // WebDriver's actions take whole pixels.
        (at[0].as_f64().expect("x").round(), at[1].as_f64().expect("y").round())
    }

    /// Returns the decoded point.
    pub(crate) fn z(&self) -> (f64, f64) {
        let of = |name| self.attribute("#decoded", name).parse().unwrap_or(f64::NAN);
        (of("data-z1"), of("data-z2"))
    }

    /// Returns the pixels of a canvas, as text to compare.
    pub(crate) fn pixels(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0]).toDataURL()";
        self.browser.js_with(script, vec![json!(css)]).as_str().expect("a canvas").to_owned()
    }

    /// Waits until a canvas differs from `before`, and returns its pixels.
    pub(crate) fn wait_for_other_pixels(&self, css: &str, before: &str, what: &str) -> String {
        let differs = "document.querySelector(arguments[0]).toDataURL() !== arguments[1]";
        self.browser.wait_until_with(differs, vec![json!(css), json!(before)], 10.0, what);
        self.pixels(css)
    }

    /// Returns the number of colours on a canvas.
    pub(crate) fn colors(&self, css: &str) -> u64 {
        self.browser.js(&format!("return {}", colors(css))).as_u64().expect("a count")
    }

    /// Counts the frames from a movement of the pointer over the plane to another decoded point.
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

    /// Drops files on the page.
    pub(crate) fn drop_files(&self, files: &[(&str, Vec<u8>)]) {
        let script = "const transfer = new DataTransfer();
            for (const [name, bytes] of arguments[0])
                transfer.items.add(new File([Uint8Array.from(bytes)], name));
            for (const type of ['dragenter', 'dragover', 'drop'])
                document.querySelector('#app').dispatchEvent(new DragEvent(type,
                    { dataTransfer: transfer, bubbles: true, cancelable: true }))";
        self.browser.js_with(script, vec![json!(files)]);
    }

    /// Asserts that the console has no warnings or errors.
    pub(crate) fn assert_quiet(&self) {
        let lines: Vec<_> = self
            .browser
            .console()
            .into_iter()
            .filter(|line| matches!(line.level.as_str(), "SEVERE" | "WARNING"))
            .collect();
        assert!(lines.is_empty(), "the console is not quiet: {lines:#?}");
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if thread::panicking() {
            let name = thread::current().name().unwrap_or("page").replace("::", "-");
            let path = screenshots().join(format!("{name}.png"));
            // The browser itself may have failed, and a second panic would abort all other tests.
            let _ = panic::catch_unwind(AssertUnwindSafe(|| {
                self.browser.screenshot(&path);
                eprintln!("screenshot: {}; {}", path.display(), self.summary());
            }));
        }
    }
}

/// Returns an expression that is true if an element is visible.
fn visible(css: &str) -> String {
    format!("Boolean(document.querySelector('{css}')?.checkVisibility({{ visibilityProperty: true }}))")
}

/// Returns an expression for the number of colours on a canvas.
pub(crate) fn colors(css: &str) -> String {
    format!(
        "(() => {{
            const canvas = document.querySelector('{css}');
            const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
            copy.drawImage(canvas, 0, 0);
            const {{ data }} = copy.getImageData(0, 0, canvas.width, canvas.height);
            return new Set(new Uint32Array(data.buffer)).size;
        }})()"
    )
}

/// Waits for a file and returns its bytes.
pub(crate) fn wait_for_file(path: &Path, seconds: f64) -> Vec<u8> {
    let read = || fs::read(path).ok().filter(|bytes| !bytes.is_empty());
    wait_for(seconds, || format!("{} arrives", path.display()), read)
}

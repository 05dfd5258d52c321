//! A browser without a screen over `WebDriver`, as plain blocking calls.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, thread};

use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions,
};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tokio::runtime::{self, Runtime};

use super::driver::{Console, DevTools, Driver, Engine};

/// The key under which `WebDriver` hands over an element (W3C `WebDriver`, section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How often a browser is opened before that is a failure.
const ATTEMPTS: u32 = 3;

/// How much longer everything may take on a busy machine: only a test that fails waits so long.
const BUSY: f64 = 3.0;

/// Between one look and the next while waiting.
const POLL: Duration = Duration::from_millis(30);

/// Keeps what the console is told, and what nobody has caught, where the driver does not: it has to run before the page does.
pub(crate) const LISTENER: &str = "
    const keep = (message) => sessionStorage.setItem('loud', JSON.stringify([...heard(), String(message)]));
    const heard = () => JSON.parse(sessionStorage.getItem('loud') ?? '[]');
    for (const level of ['error', 'warn']) {
        const plain = console[level];
        console[level] = (...told) => { keep(told.join(' ')); plain.apply(console, told); };
    }
    addEventListener('error', (event) => keep(event.message ?? `${event.target.outerHTML} is missing`), true);
    addEventListener('unhandledrejection', (event) => keep(event.reason));
    addEventListener('securitypolicyviolation', (event) => keep(`${event.violatedDirective}: ${event.blockedURI}`));
";

/// One browser window; closed, with its driver, when dropped.
///
/// Whatever `WebDriver` refuses is a panic with its reason: a test can do nothing else about it.
pub(crate) struct Browser {
    engine: Engine,
    client: Client,
    runtime: Runtime,
    driver: Driver,
}

/// A line of the browser's console.
#[derive(Clone, Debug)]
pub(crate) struct ConsoleLine {
    pub(crate) level: String,
    pub(crate) message: String,
}

impl Browser {
    /// Opens a window of `size` CSS px.
    pub(crate) fn open(engine: Engine, size: (u32, u32)) -> Self {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        // Between the choice of a free port and its use, another driver may have taken it.
        let (driver, client) = (1..=ATTEMPTS)
            .find_map(|attempt| {
                let driver = Driver::start(engine);
                match runtime.block_on(driver.session(size)) {
                    Ok(client) => Some((driver, client)),
                    Err(reason) if attempt == ATTEMPTS => panic!("{} does not open: {reason}", engine.name()),
                    Err(_) => None,
                }
            })
            .expect("the last attempt opens, or panics");
        Self { engine, client, runtime, driver }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    /// Gives the window another size, in CSS px.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        self.runtime.block_on(self.client.set_window_size(width, height)).expect("a window of that size");
    }

    /// Leaves the page for an empty one, in a tab of its own where the engine keeps something with the tab, as an overridden
    /// screen, and forgets what the console was told. What a page has stored stays: no other page has its address.
    ///
    /// # Errors
    /// If the browser does not answer any more.
    pub(crate) fn leave(&self) -> Result<(), CmdError> {
        self.runtime.block_on(async {
            if self.engine == Engine::WebKit {
                return self.client.goto("about:blank").await;
            }
            let old = self.client.window().await?;
            let new = self.client.new_window(true).await?;
            self.client.switch_to_window(old).await?;
            self.client.close_window().await?;
            self.client.switch_to_window(new.handle).await?;
            if self.engine == Engine::Chromium {
                self.client.issue_cmd(Console).await?;
                // A tab in the background has no focus, so that keys would not go where a page has put it.
                let front = DevTools { command: "Page.bringToFront", parameters: json!({}) };
                self.client.issue_cmd(front).await?;
            }
            Ok(())
        })
    }

    /// Where what is saved is left; Chromium has to be told.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.driver.downloads()
    }

    pub(crate) fn goto(&self, url: &str) {
        self.runtime.block_on(self.client.goto(url)).expect("the page opens");
    }

    /// Runs the body of a function, `return` included, and gives back what it returns.
    pub(crate) fn js(&self, body: &str) -> Value {
        self.js_with(body, vec![])
    }

    /// The same with `arguments`; a promise is waited for.
    pub(crate) fn js_with(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.runtime.block_on(self.client.execute(body, arguments)).unwrap_or_else(|e| panic!("{body}\n{e}"))
    }

    /// The element that a script returns.
    pub(crate) fn element(&self, body: &str, argument: &str) -> Element {
        let found = self.js_with(body, vec![json!(argument)]);
        let id = found[ELEMENT].as_str().unwrap_or_else(|| panic!("the page has no {argument:?}: {found}"));
        Element::from_element_id(self.client.clone(), id.to_owned().into())
    }

    pub(crate) fn find(&self, css: &str) -> Element {
        let found = self.runtime.block_on(self.client.find(Locator::Css(css)));
        found.unwrap_or_else(|e| panic!("no {css}: {e}"))
    }

    /// Clicks as a person would: scrolled into view, and refused if something lies above it.
    pub(crate) fn click(&self, element: &Element) {
        if self.engine == Engine::WebKit {
            // Its driver refuses what the page has been scrolled away from.
            self.js_with(
                "arguments[0].scrollIntoView({ block: 'nearest', behavior: 'instant' })",
                vec![json!(element)],
            );
        }
        self.runtime.block_on(element.click()).expect("a click");
    }

    /// Chooses the option with this value, or replaces the text of a field and confirms it.
    pub(crate) fn fill(&self, field: &Element, value: &str) {
        let filled = self.runtime.block_on(async {
            if field.tag_name().await? == "select" {
                return field.select_by_value(value).await;
            }
            // By Ctrl-A, Firefox would take for held what is typed after it.
            self.client.execute("arguments[0].focus(); arguments[0].select()", vec![json!(field)]).await?;
            field.send_keys(&format!("{value}{}", Key::Enter)).await
        });
        filled.unwrap_or_else(|e| panic!("cannot set {value:?}: {e}"));
    }

    /// The value of a field.
    pub(crate) fn value(&self, element: &Element) -> String {
        self.runtime.block_on(element.prop("value")).expect("a field").unwrap_or_default()
    }

    /// Moves the mouse to `(x, y)`, in CSS px of the viewport.
    pub(crate) fn hover(&self, at: (f64, f64)) {
        self.perform(MouseActions::new("mouse".to_owned()).then(move_to(at)));
    }

    /// Moves the mouse to `(x, y)` and clicks.
    pub(crate) fn click_at(&self, at: (f64, f64)) {
        let mouse = MouseActions::new("mouse".to_owned()).then(move_to(at));
        self.perform(mouse.then(down()).then(up()));
    }

    /// Clicks twice at once.
    pub(crate) fn double_click_at(&self, at: (f64, f64)) {
        let mouse = MouseActions::new("mouse".to_owned()).then(move_to(at));
        self.perform(mouse.then(down()).then(up()).then(down()).then(up()));
    }

    /// Drags with the mouse.
    pub(crate) fn drag(&self, from: (f64, f64), to: (f64, f64)) {
        let mouse = MouseActions::new("mouse".to_owned()).then(move_to(from)).then(down());
        let drawn = PointerAction::MoveTo { duration: Some(Duration::from_millis(100)), x: to.0, y: to.1 };
        self.perform(mouse.then(drawn).then(up()));
    }

    /// Turns the wheel by `pixels`, downward if positive, with Ctrl or without.
    pub(crate) fn wheel(&self, (x, y): (f64, f64), pixels: f64, ctrl: bool) {
        let turned = json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": pixels,
            "modifiers": if ctrl { 2 } else { 0 } });
        self.devtools("Input.dispatchMouseEvent", turned);
    }

    /// Puts two fingers down and draws them apart, or together.
    pub(crate) fn pinch(&self, from: [(f64, f64); 2], to: [(f64, f64); 2]) {
        let touch = |kind: &str, points: Vec<(f64, f64)>| {
            let points =
                points.into_iter().enumerate().map(|(id, (x, y))| json!({ "x": x, "y": y, "id": id }));
            let points: Vec<_> = points.collect();
            self.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points }));
        };
        touch("touchStart", vec![from[0]]);
        touch("touchStart", from.to_vec());
        for step in 1..=5 {
            let way = |a: f64, b: f64| a + (b - a) * f64::from(step) / 5.0;
            let at = |i: usize| (way(from[i].0, to[i].0), way(from[i].1, to[i].1));
            touch("touchMove", vec![at(0), at(1)]);
        }
        touch("touchEnd", vec![]);
    }

    /// Types characters on whatever has the focus.
    pub(crate) fn type_text(&self, text: &str) {
        let keyboard = text.chars().fold(KeyActions::new("keyboard".to_owned()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.perform(keyboard);
    }

    /// Puts a finger down at `from`, draws it to `to` and lifts it.
    pub(crate) fn swipe(&self, from: (f64, f64), to: (f64, f64)) {
        let finger = TouchActions::new("finger".to_owned()).then(move_to(from)).then(down());
        let drawn = PointerAction::MoveTo { duration: Some(Duration::from_millis(100)), x: to.0, y: to.1 };
        self.perform(finger.then(drawn).then(up()));
    }

    /// Presses keys one after another on whatever has the focus.
    pub(crate) fn press(&self, keys: &[Key]) {
        let keyboard = keys.iter().fold(KeyActions::new("keyboard".to_owned()), |actions, key| {
            let value = char::from(*key);
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.perform(keyboard);
    }

    fn perform(&self, actions: impl Into<fantoccini::actions::ActionSequence>) {
        let actions = fantoccini::actions::Actions::from(actions.into());
        self.runtime.block_on(self.client.perform_actions(actions)).expect("input");
    }

    /// Waits until a control can be used: a click on one that cannot goes nowhere.
    pub(crate) fn wait_until_enabled(&self, control: &Element, name: &str) {
        let control = json!(control);
        self.wait_for("!arguments[0].disabled", vec![control], 5.0, &format!("{name:?} is enabled"));
    }

    /// Waits until the expression is true; on a busy machine, [`BUSY`] times as long as on a quiet one.
    pub(crate) fn wait_until(&self, expression: &str, seconds: f64, what: &str) {
        self.wait_for(expression, vec![], seconds, what);
    }

    fn wait_for(&self, expression: &str, arguments: Vec<Value>, seconds: f64, what: &str) {
        let seconds = BUSY * seconds;
        let end = Instant::now() + Duration::from_secs_f64(seconds);
        while self.js_with(&format!("return Boolean({expression})"), arguments.clone()) != json!(true) {
            assert!(Instant::now() < end, "not within {seconds} s: {what}\n({expression})");
            thread::sleep(POLL);
        }
    }

    /// What the console was told since the last call; where [`LISTENER`] has to hear it, of warnings and errors alone.
    pub(crate) fn console(&self) -> Vec<ConsoleLine> {
        if self.engine != Engine::Chromium {
            let heard = self
                .js("const loud = sessionStorage.getItem('loud'); sessionStorage.removeItem('loud');
                 return JSON.parse(loud ?? '[]')");
            let heard: Vec<String> = serde_json::from_value(heard).expect("a list of sentences");
            let line = |message| ConsoleLine { level: "WARNING".to_owned(), message };
            return heard.into_iter().map(line).collect();
        }
        let lines = self.runtime.block_on(self.client.issue_cmd(Console)).expect("the console");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .map(|line| ConsoleLine { level: text(&line["level"]), message: text(&line["message"]) })
            .collect()
    }

    /// Sends a command of the `DevTools` protocol.
    pub(crate) fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        let sent = self.runtime.block_on(self.client.issue_cmd(DevTools { command, parameters }));
        sent.unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    /// Lets another tab hide this one for a while.
    pub(crate) fn hide_for(&self, away: Duration) {
        self.runtime
            .block_on(async {
                let page = self.client.window().await?;
                let other = self.client.new_window(true).await?;
                self.client.switch_to_window(other.handle).await?;
                tokio::time::sleep(away).await;
                self.client.close_window().await?;
                self.client.switch_to_window(page).await
            })
            .expect("another tab");
    }

    /// Writes what is to be seen as a PNG.
    pub(crate) fn screenshot(&self, path: &Path) {
        let png = self.runtime.block_on(self.client.screenshot()).expect("a screenshot");
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("a folder for the screenshot");
        }
        fs::write(path, png).expect("the screenshot is written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Killing the driver alone would leave the browser running.
        let _ = self.runtime.block_on(self.client.clone().close());
    }
}

fn move_to((x, y): (f64, f64)) -> PointerAction {
    PointerAction::MoveTo { duration: None, x, y }
}

fn down() -> PointerAction {
    PointerAction::Down { button: MOUSE_BUTTON_LEFT }
}

fn up() -> PointerAction {
    PointerAction::Up { button: MOUSE_BUTTON_LEFT }
}

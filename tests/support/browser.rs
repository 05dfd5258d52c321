//! A headless browser, driven over `WebDriver` by blocking calls.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
use super::wait::wait_for;

/// The key under which `WebDriver` hands over an element (W3C `WebDriver`, section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The attempts to open a browser.
const ATTEMPTS: u32 = 3;

/// Watches an expression inside the page and resolves once it is true, or with false after a while: the driver's own limit for
/// scripts is 30 seconds.
const WATCH: &str = "
    const end = performance.now() + 5e3;
    return new Promise((resolve) => {
        const check = () => {
            let value = false;
            try { value = Boolean(EXPRESSION); } catch {}
            if (value || performance.now() > end) resolve(value);
            else setTimeout(check, 15);
        };
        check();
    })";

/// Records console messages and uncaught errors for engines whose driver does not. It has to run before the page's own scripts.
pub(crate) const LISTENER: &str = "
    const keep = (message) => sessionStorage.setItem('messages', JSON.stringify([...messages(), String(message)]));
    const messages = () => JSON.parse(sessionStorage.getItem('messages') ?? '[]');
    for (const level of ['error', 'warn']) {
        const log = console[level];
        console[level] = (...words) => { keep(words.join(' ')); log.apply(console, words); };
    }
    addEventListener('error', (event) => keep(event.message ?? `${event.target.outerHTML} is missing`), true);
    addEventListener('unhandledrejection', (event) => keep(event.reason));
    addEventListener('securitypolicyviolation', (event) => keep(`${event.violatedDirective}: ${event.blockedURI}`));
";

/// One browser window; closed, with its driver, when dropped.
///
/// Every error of `WebDriver` is a panic: a test can do nothing else about it.
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
        // Another driver may take the free port before this one does.
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

    /// Replaces the tab by an empty one, which clears everything but what the page has stored; WebKit keeps its tab. Every page
    /// has an address of its own, so that none finds what another has stored.
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

    /// Returns the folder for downloads. Chromium has to be told of it by `DevTools`.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.driver.downloads()
    }

    pub(crate) fn goto(&self, url: &str) {
        self.runtime.block_on(self.client.goto(url)).expect("the page opens");
    }

    /// Runs the body of a JavaScript function and returns its value.
    pub(crate) fn js(&self, body: &str) -> Value {
        self.js_with(body, vec![])
    }

    /// Runs the body of a function with `arguments` and returns its value; a promise is awaited.
    pub(crate) fn js_with(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.runtime.block_on(self.client.execute(body, arguments)).unwrap_or_else(|e| panic!("{body}\n{e}"))
    }

    /// Returns the element that a script returns.
    pub(crate) fn element(&self, body: &str, argument: &str) -> Element {
        let found = self.js_with(body, vec![json!(argument)]);
        let id = found[ELEMENT].as_str().unwrap_or_else(|| panic!("the page has no {argument:?}: {found}"));
        Element::from_element_id(self.client.clone(), id.to_owned().into())
    }

    pub(crate) fn find(&self, css: &str) -> Element {
        let found = self.runtime.block_on(self.client.find(Locator::Css(css)));
        found.unwrap_or_else(|e| panic!("no {css}: {e}"))
    }

    /// Scrolls an element into view and clicks it. Fails if something covers it.
    pub(crate) fn click(&self, element: &Element) {
        if self.engine == Engine::WebKit {
            // Its driver does not scroll to the element.
            self.js_with(
                "arguments[0].scrollIntoView({ block: 'nearest', behavior: 'instant' })",
                vec![json!(element)],
            );
        }
        self.runtime.block_on(element.click()).expect("a click");
    }

    /// Selects the option with this value, or replaces the text of a field and presses Enter.
    pub(crate) fn fill(&self, field: &Element, value: &str) {
        let filled = self.runtime.block_on(async {
            if field.tag_name().await? == "select" {
                return field.select_by_value(value).await;
            }
            // Ctrl-A would leave Ctrl pressed in Firefox.
            self.client.execute("arguments[0].focus(); arguments[0].select()", vec![json!(field)]).await?;
            field.send_keys(&format!("{value}{}", Key::Enter)).await
        });
        filled.unwrap_or_else(|e| panic!("cannot set {value:?}: {e}"));
    }

    /// Returns the value of a field.
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

    /// Double-clicks.
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

    /// Turns the wheel by `pixels`, downward if positive.
    pub(crate) fn wheel(&self, (x, y): (f64, f64), pixels: f64, ctrl: bool) {
        let turned = json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": pixels,
            "modifiers": if ctrl { 2 } else { 0 } });
        self.devtools("Input.dispatchMouseEvent", turned);
    }

    /// Moves two fingers.
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

    /// Types characters into the element with the focus.
    pub(crate) fn type_text(&self, text: &str) {
        let keyboard = text.chars().fold(KeyActions::new("keyboard".to_owned()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.perform(keyboard);
    }

    /// Moves a finger from `from` to `to`.
    pub(crate) fn swipe(&self, from: (f64, f64), to: (f64, f64)) {
        let finger = TouchActions::new("finger".to_owned()).then(move_to(from)).then(down());
        let drawn = PointerAction::MoveTo { duration: Some(Duration::from_millis(100)), x: to.0, y: to.1 };
        self.perform(finger.then(drawn).then(up()));
    }

    /// Presses keys, one after another, on the element with the focus.
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

    /// Waits until a control is enabled: a click on a disabled one does nothing.
    pub(crate) fn wait_until_enabled(&self, control: &Element, name: &str) {
        let control = json!(control);
        self.wait_until_with("!arguments[0].disabled", vec![control], 5.0, &format!("{name:?} is enabled"));
    }

    /// Waits until a JavaScript expression is true.
    pub(crate) fn wait_until(&self, expression: &str, seconds: f64, what: &str) {
        self.wait_until_with(expression, vec![], seconds, what);
    }

    /// Waits until a JavaScript expression with `arguments` is true. One that throws is false, and a page that is being left is
    /// asked again.
    pub(crate) fn wait_until_with(&self, expression: &str, arguments: Vec<Value>, seconds: f64, what: &str) {
        let script = format!("const arguments_ = arguments; {}", WATCH.replace("EXPRESSION", expression));
        let script = script.replace("arguments[", "arguments_[");
        let check = || {
            let found = self.runtime.block_on(self.client.execute(&script, arguments.clone()));
            found.is_ok_and(|value| value == json!(true)).then_some(())
        };
        wait_for(seconds, || format!("{what}\n({expression})"), check);
    }

    /// Returns the console's lines since the last call; of engines that need [`LISTENER`], only warnings and errors.
    pub(crate) fn console(&self) -> Vec<ConsoleLine> {
        if self.engine != Engine::Chromium {
            let messages = self.js("const messages = sessionStorage.getItem('messages');
                 sessionStorage.removeItem('messages');
                 return JSON.parse(messages ?? '[]')");
            let messages: Vec<String> = serde_json::from_value(messages).expect("a list of sentences");
            let line = |message| ConsoleLine { level: "WARNING".to_owned(), message };
            return messages.into_iter().map(line).collect();
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

    /// Opens another tab in front of this one, waits until this one is hidden, and comes back.
    pub(crate) fn hide_and_return(&self) {
        self.js("window.wasHidden = false;
             document.addEventListener('visibilitychange', () => { window.wasHidden ||= document.hidden; })");
        let page = self.runtime.block_on(self.client.window()).expect("a tab");
        self.runtime
            .block_on(async {
                let other = self.client.new_window(true).await?;
                self.client.switch_to_window(other.handle).await
            })
            .expect("another tab");
        self.wait_until("document.visibilityState === 'visible'", 5.0, "the other tab is in front");
        self.runtime
            .block_on(async {
                self.client.close_window().await?;
                self.client.switch_to_window(page).await
            })
            .expect("the tab is shown again");
        self.wait_until("window.wasHidden && !document.hidden", 5.0, "the tab was hidden");
    }

    /// Writes a screenshot as a PNG.
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

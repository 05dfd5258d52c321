//! Runs: the list, and the keys that go back to the run before.

use js_sys::Date;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Event, FocusEvent, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::{DrawContext, Panel, curve_color};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Row, RunsMsg, Version, letter};
use crate::view::colors::Theme;
use crate::web::dom::{self, DomError, id, window};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The attribute of a row that holds the key of its run.
const KEY: &str = "data-key";

/// The class of the field in which a run is renamed.
const RENAME: &str = "run-rename";

/// The milliseconds of a day.
const DAY_MS: f64 = 24.0 * 60.0 * 60.0 * 1_000.0;

/// The list of runs.
pub(super) struct Runs {
    document: Document,
    list: HtmlElement,
    note: HtmlElement,
    rows: Vec<RowElements>,
    throttle: RedrawThrottle<(Version, Version, Theme)>,
}

/// The elements of a row.
#[derive(Clone)]
struct RowElements {
    key: String,
    item: Element,
    tick: HtmlInputElement,
    open: Element,
    name: Element,
    details: Element,
    remove: HtmlElement,
}

impl RowElements {
    fn new(document: &Document, key: &str) -> Self {
        let item = dom::create(document, "li", "run");
        dom::set_attribute(&item, KEY, key);
        let tick: HtmlInputElement = dom::create(document, "input", "run-tick").unchecked_into();
        tick.set_type("checkbox");
        dom::set_attribute(&tick, "data-help", "Draws the curve of this run in the chart.");
        let open = dom::create_button(document, "run-open", "", "Continues with this run. F2 renames it.");
        let (name, details) = (dom::create(document, "span", ""), dom::create(document, "small", ""));
        let remove = dom::create_button(document, "run-remove quiet", "×", "Removes this run from the list.");
        dom::append(&open, &name);
        dom::append(&open, &details);
        for element in [tick.as_ref(), &open, &remove] {
            dom::append(&item, element);
        }
        Self { key: key.to_owned(), item, tick, open, name, details, remove: remove.unchecked_into() }
    }

    fn show(&self, app: &App, row: &Row, theme: &Theme) {
        let runs = app.runs();
        let mut label = runs.label(row);
        if let Some(written) = runs.earlier_visit(row) {
            label.push_str(&format!(", {}", time_text(written)));
        }
        let is_opening = runs.is_opening(row);
        if is_opening {
            label.push_str(", opening…");
        }
        dom::set_bool_attribute(&self.open, "aria-busy", is_opening);
        let name = row.name();
        dom::set_text(&self.name, name);
        // The space keeps the words apart where the text is read without its layout.
        let details = [" ", label[name.len()..].trim_start_matches([',', ':', ' '])].concat();
        dom::set_text(&self.details, &details);
        dom::set_attribute(&self.open, "aria-label", &label);
        if row.is_running() {
            dom::set_attribute(&self.open, "aria-current", "true");
        } else {
            dom::remove_attribute(&self.open, "aria-current");
        }
        dom::set_attribute(&self.tick, "aria-label", &format!("Curve of {name}"));
        dom::set_attribute(&self.remove, "aria-label", &format!("Remove {name}"));
        dom::set_visible(&self.remove, !row.is_running());
        self.tick.set_checked(row.tick().is_some());
        let color = row.tick().map_or_else(String::new, |color| curve_color(color, theme).to_string());
        dom::set_style(&self.item, "--c", &color);
    }
}

impl Runs {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            document: document.clone(),
            list: dom::element(document, id::RUNS)?,
            note: dom::element(document, id::RUNS_NOTE)?,
            rows: Vec::new(),
            throttle: RedrawThrottle::new(1),
        })
    }

    /// Adds and removes rows; those that stay keep their elements, and with them the focus.
    fn show_rows(&mut self, app: &App, theme: &Theme) {
        let rows = &mut self.rows;
        let keys: Vec<&str> = app.runs().rows().map(Row::key).collect();
        rows.retain(|row| {
            let stays = keys.contains(&row.key.as_str());
            if !stays {
                row.item.remove();
            }
            stays
        });
        for (index, row) in app.runs().rows().enumerate() {
            if rows.get(index).is_none_or(|elements| elements.key != row.key()) {
                let known = rows.iter().position(|elements| elements.key == row.key());
                let elements = known.map(|index| rows.remove(index));
                let elements = elements.unwrap_or_else(|| RowElements::new(&self.document, row.key()));
                let next = rows.get(index).map(|next| next.item.clone());
                // The list contains the next row, so this cannot fail.
                let _ = self.list.insert_before(&elements.item, next.as_deref());
                rows.insert(index, elements);
            }
            rows[index].show(app, row, theme);
        }
    }
}

impl Panel for Runs {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (clicking, ticking, renaming) = (handle.clone(), handle.clone(), handle.clone());
        let click = Listener::new(&self.list, "click", Mode::Passive, move |event: Event| {
            let Some(key) = dom::attribute_at(&event, KEY) else { return };
            if dom::closest(&event, ".run-open").is_some() {
                clicking.send(RunsMsg::Open(key));
            } else if dom::closest(&event, ".run-remove").is_some() {
                clicking.send(RunsMsg::Remove(key));
            }
        });
        let change = Listener::new(&self.list, "change", Mode::Passive, move |event: Event| {
            let ticked = dom::closest(&event, ".run-tick").and_then(dom::cast::<HtmlInputElement>);
            if let (Some(key), Some(tick)) = (dom::attribute_at(&event, KEY), ticked) {
                ticking.send(RunsMsg::Tick(key, tick.checked()));
            }
        });
        let document = self.document.clone();
        let rename = Listener::new(&self.list, "keydown", Mode::Active, move |event: KeyboardEvent| {
            let Some(item) = dom::closest(&event, "li") else { return };
            let field = dom::closest(&event, &format!(".{RENAME}")).and_then(dom::cast::<HtmlInputElement>);
            match (event.key().as_str(), field) {
                ("F2", None) => {
                    event.prevent_default();
                    begin_to_rename(&document, &item);
                }
                // The name is sent when the focus leaves the field.
                ("Enter", Some(_)) => {
                    // The same key would press the button that gets the focus.
                    event.prevent_default();
                    focus_row(&item);
                }
                ("Escape", Some(field)) => {
                    field.set_value(&field.default_value());
                    focus_row(&item);
                }
                _ => {}
            }
        });
        let leave = Listener::new(&self.list, "focusout", Mode::Passive, move |event: FocusEvent| {
            let field = dom::closest(&event, &format!(".{RENAME}")).and_then(dom::cast::<HtmlInputElement>);
            if let (Some(item), Some(field)) = (dom::closest(&event, "li"), field) {
                if let Some(key) = item.get_attribute(KEY) {
                    renaming.send(RunsMsg::Rename(key, field.value()));
                }
                field.remove();
            }
        });
        let handle = handle.clone();
        let keys = Listener::new(&self.document, "keydown", Mode::Active, move |event: KeyboardEvent| {
            // In a field these keys undo what was typed, and on the pad the last stroke.
            let is_elsewhere = dom::is_text_input(&event) || dom::closest(&event, "#pad").is_some();
            if let Some(msg) = key_msg(&event).filter(|_| !is_elsewhere) {
                event.prevent_default();
                handle.send(msg);
            }
        });
        vec![click, change, rename, leave, keys]
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        let key = (app.runs().version(), app.run().version(), context.theme);
        if !(context.writes_texts && self.throttle.is_due(key, true)) {
            return;
        }
        self.show_rows(app, &context.theme);
        let note = match (app.runs().are_kept(), app.runs().rows().count()) {
            (false, _) => "Not kept after this visit.",
            (true, 0) => "A run appears here with its first step.",
            (true, _) if is_safari() => {
                "Safari forgets runs after seven days without a visit: save those you need."
            }
            _ => "",
        };
        dom::set_text(&self.note, note);
        dom::set_visible(&self.note, !note.is_empty());
    }
}

/// Puts a field with the run's name in its row.
fn begin_to_rename(document: &Document, item: &Element) {
    let Some(name) = item.query_selector(".run-open span").ok().flatten() else { return };
    let field: HtmlInputElement = dom::create(document, "input", RENAME).unchecked_into();
    let name = name.text_content().unwrap_or_default();
    dom::set_attribute(&field, "aria-label", &format!("New name of {name}"));
    field.set_max_length(80);
    field.set_default_value(&name);
    dom::append(item, &field);
    dom::focus(&field);
    field.select();
}

fn focus_row(item: &Element) {
    let button = item.query_selector(".run-open").ok().flatten().and_then(dom::cast);
    button.iter().for_each(dom::focus);
}

/// Returns the message of a key, if it has one.
fn key_msg(event: &KeyboardEvent) -> Option<RunsMsg> {
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() || event.repeat() {
        return None;
    }
    match (letter(&event.key(), &event.code()), event.shift_key()) {
        (Some('z'), false) => Some(RunsMsg::Back),
        (Some('z'), true) | (Some('y'), false) => Some(RunsMsg::Forward),
        _ => None,
    }
}

/// Returns a time in milliseconds since 1970 as people say it: `14:05`, `yesterday 14:05`, `3 November 14:05`.
fn time_text(milliseconds: u64) -> String {
    let (then, now) = (Date::new(&JsValue::from_f64(milliseconds as f64)), Date::now());
    let day = |time: f64| String::from(Date::new(&JsValue::from_f64(time)).to_date_string());
    let clock = format!("{:02}:{:02}", then.get_hours(), then.get_minutes());
    let date = String::from(then.to_date_string());
    if date == day(now) {
        return clock;
    }
    if date == day(now - DAY_MS) {
        return format!("yesterday {clock}");
    }
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS.get(then.get_month() as usize).unwrap_or(&"");
    format!("{} {month} {clock}", then.get_date())
}

/// Returns whether the browser is Safari, or another one on a phone of Apple's, which deletes what pages store.
fn is_safari() -> bool {
    let vendor = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("vendor"));
    vendor.ok().and_then(|vendor| vendor.as_string()).is_some_and(|vendor| vendor.starts_with("Apple"))
}

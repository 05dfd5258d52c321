//! Elements that send a message and show state of the app, each described by one [`Row`] of a table; and the focus, when the
//! element that has it disappears.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::{Document, Element, Event, HtmlElement, Node};

use super::dom::{self, DomError};
use super::listener::{Listener, Mode};
use super::page_handle::PageHandle;
use crate::app::{App, Msg};

/// A row: an element, the message it sends, and what it shows.
pub(crate) struct Row {
    id: &'static str,
    sends: Option<(&'static str, Message)>,
    shows: &'static [Show],
    focuses: Option<&'static str>,
}

/// Makes the message for an event.
enum Message {
    Fixed(fn() -> Msg),
    From(fn(&Control, &App) -> Option<Msg>),
}

/// What an element shows of the app.
pub(crate) enum Show {
    /// Its text.
    Text(fn(&App) -> String),
    /// The value of a field, choice, slider or progress bar.
    Value(fn(&App) -> String),
    /// An attribute.
    Attribute(&'static str, fn(&App) -> String),
    /// An attribute that is there or not.
    Flag(&'static str, fn(&App) -> bool),
    /// Whether a toggle button is pressed.
    Pressed(fn(&App) -> bool),
    /// Whether it is visible.
    Visible(fn(&App) -> bool),
    /// Whether it is disabled.
    Disabled(fn(&App) -> bool),
    /// Whether a box is checked.
    Checked(fn(&App) -> bool),
    /// The options of a choice as values and titles, made again when the key changes.
    Options(fn(&App) -> String, fn(&App) -> Vec<(String, String)>),
}

/// Begins the row of an element.
pub(crate) const fn row(id: &'static str) -> Row {
    Row { id, sends: None, shows: &[], focuses: None }
}

impl Row {
    /// Sends a message for each click.
    pub(crate) const fn click(mut self, msg: fn() -> Msg) -> Self {
        self.sends = Some(("click", Message::Fixed(msg)));
        self
    }

    /// Sends a message, if there is one, for each event of a name.
    pub(crate) const fn on(mut self, event: &'static str, msg: fn(&Control, &App) -> Option<Msg>) -> Self {
        self.sends = Some((event, Message::From(msg)));
        self
    }

    /// Shows state of the app, in this order.
    pub(crate) const fn shows(mut self, shows: &'static [Show]) -> Self {
        self.shows = shows;
        self
    }

    /// Moves the focus to another element after an event: this one disappears.
    pub(crate) const fn focuses(mut self, id: &'static str) -> Self {
        self.focuses = Some(id);
        self
    }
}

/// The element of a row, as the source of an event.
pub(crate) struct Control(Element);

impl Control {
    /// Wraps an element.
    pub(crate) fn new(element: Element) -> Self {
        Self(element)
    }

    /// Returns the value of a field, choice or slider.
    pub(crate) fn value(&self) -> String {
        self.get("value").as_string().unwrap_or_default()
    }

    /// Sets the value, unless the control has it.
    pub(crate) fn set_value(&self, value: &str) {
        self.set("value", &value.into());
    }

    /// Returns the value as a number, NaN if it is none.
    pub(crate) fn number(&self) -> f64 {
        self.get("valueAsNumber").as_f64().unwrap_or(f64::NAN)
    }

    /// Returns a flag such as `checked` or `open`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).is_truthy()
    }

    fn get(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap_or_default()
    }

    /// Sets a property unless it has this value: a slider that is dragged, or a list that is open, is left alone.
    fn set(&self, name: &str, value: &JsValue) {
        if self.get(name) != *value {
            // It fails only for a frozen object.
            let _ = Reflect::set(&self.0, &name.into(), value);
        }
    }
}

/// The value an element shows.
#[derive(PartialEq)]
enum Shown {
    Flag(bool),
    Text(String),
}

/// A table whose elements are found.
pub(crate) struct Bindings(Vec<Rc<Binding>>);

struct Binding {
    row: &'static Row,
    control: Control,
    focuses: Option<HtmlElement>,
    /// What each of the row's [`Show`]s wrote last. What the user types stays until that changes.
    shown: RefCell<Vec<Option<Shown>>>,
}

impl Bindings {
    /// Finds the elements of a table.
    ///
    /// # Errors
    /// If the page lacks one of them.
    pub(crate) fn new(document: &Document, rows: &'static [Row]) -> Result<Self, DomError> {
        let mut bindings = Vec::with_capacity(rows.len());
        for row in rows {
            bindings.push(Rc::new(Binding {
                row,
                control: Control::new(dom::element(document, row.id)?),
                focuses: row.focuses.map(|id| dom::element(document, id)).transpose()?,
                shown: RefCell::new(row.shows.iter().map(|_| None).collect()),
            }));
        }
        Ok(Self(bindings))
    }

    /// Listens to the elements that send messages.
    pub(crate) fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let bind = |binding: &Rc<Binding>| {
            let (event, _) = binding.row.sends.as_ref()?;
            let (handle, source) = (handle.clone(), Rc::clone(binding));
            Some(Listener::new(&binding.control.0, event, Mode::Passive, move |_: Event| {
                let source = Rc::clone(&source);
                handle.with(move |page, _| source.send(&mut page.state().app));
            }))
        };
        self.0.iter().filter_map(bind).collect()
    }

    /// Shows what has changed.
    pub(crate) fn show(&self, app: &App) {
        self.0.iter().for_each(|binding| binding.show(app));
    }
}

impl Binding {
    fn send(&self, app: &mut App) {
        let msg = match &self.row.sends {
            Some((_, Message::Fixed(msg))) => Some(msg()),
            Some((_, Message::From(msg))) => msg(&self.control, app),
            None => None,
        };
        let Some(msg) = msg else { return };
        // The control shows what comes of its message, also where that is what it showed before.
        self.shown.borrow_mut().fill_with(|| None);
        app.update(msg);
        if let Some(element) = &self.focuses {
            dom::focus(element);
        }
    }

    fn show(&self, app: &App) {
        let mut shown = self.shown.borrow_mut();
        for index in 0..shown.len() {
            let show = &self.row.shows[index];
            let value = show.value(app);
            if shown[index].as_ref() != Some(&value) {
                self.control.show(show, &value, app);
                if let Show::Options(..) = show {
                    // New options have a selection of their own.
                    shown[index + 1..].fill_with(|| None);
                }
                shown[index] = Some(value);
            }
        }
    }
}

impl Show {
    fn value(&self, app: &App) -> Shown {
        match self {
            Self::Text(get) | Self::Value(get) | Self::Attribute(_, get) | Self::Options(get, _) => {
                Shown::Text(get(app))
            }
            Self::Flag(_, get)
            | Self::Pressed(get)
            | Self::Visible(get)
            | Self::Disabled(get)
            | Self::Checked(get) => Shown::Flag(get(app)),
        }
    }
}

impl Control {
    fn show(&self, show: &Show, value: &Shown, app: &App) {
        match (show, value) {
            (Show::Options(_, options), _) => {
                self.0.set_text_content(None);
                if let Some(select) = dom::cast(self.0.clone()) {
                    options(app).iter().for_each(|(value, title)| dom::add_option(&select, value, title));
                }
            }
            (Show::Text(_), Shown::Text(text)) => dom::set_text(&self.0, text),
            (Show::Value(_), Shown::Text(text)) => self.set_value(text),
            (Show::Attribute(name, _), Shown::Text(text)) => dom::set_attribute(&self.0, name, text),
            (Show::Flag(name, _), Shown::Flag(true)) => dom::set_attribute(&self.0, name, ""),
            (Show::Flag(name, _), _) => dom::remove_attribute(&self.0, name),
            (Show::Pressed(_), Shown::Flag(flag)) => dom::set_bool_attribute(&self.0, "aria-pressed", *flag),
            (Show::Visible(_), Shown::Flag(flag)) => self.set("hidden", &(!flag).into()),
            (Show::Disabled(_), Shown::Flag(flag)) => self.set("disabled", &(*flag).into()),
            (Show::Checked(_), Shown::Flag(flag)) => self.set("checked", &(*flag).into()),
            _ => {}
        }
    }
}

/// The elements that can have the focus.
const FOCUSABLE: &str =
    ":is(a[href], button, input, select, textarea, summary, [tabindex]):not([tabindex='-1'])";

/// What takes the focus from an element, on itself or around it.
const UNREACHABLE: &str = "[hidden], [data-empty], :disabled";

/// Returns whether an element can no longer have the focus: it is removed, hidden or disabled.
pub(crate) fn is_unreachable(element: &Element) -> bool {
    !element.is_connected() || element.closest(UNREACHABLE).is_ok_and(|cause| cause.is_some())
}

/// Keeps the focus on the page: when the element that has it disappears, its nearest neighbour gets it.
pub(crate) struct FocusKeeper {
    document: Document,
    /// The element that has the focus, and those around it, the innermost first.
    path: Rc<RefCell<Vec<Element>>>,
}

impl FocusKeeper {
    pub(crate) fn new(document: &Document) -> Self {
        Self { document: document.clone(), path: Rc::default() }
    }

    /// Listens to where the focus goes.
    pub(crate) fn bind(&self) -> Listener {
        let path = Rc::clone(&self.path);
        Listener::new(&self.document, "focusin", Mode::Passive, move |event: Event| {
            let focused = event.target().and_then(dom::cast::<Element>);
            let around = std::iter::successors(focused, |element| element.parent_element());
            path.replace(around.collect());
        })
    }

    /// Moves the focus if what had it has disappeared. Called after drawing.
    pub(crate) fn keep(&self) {
        let path = self.path.borrow();
        let Some(focused) = path.first() else { return };
        let body = self.document.body();
        let active = self.document.active_element().filter(|active| body.as_deref() != Some(active));
        let neighbour = match active {
            // The focus is in a frame, which is silent about it.
            Some(active) if active != *focused => return,
            _ if is_unreachable(focused) => neighbour(&path),
            Some(_) => return,
            // The user has pressed beside it.
            None => None,
        };
        // The focus that moves is heard, and writes the path.
        drop(path);
        match neighbour {
            Some(neighbour) => dom::focus(&neighbour),
            None => self.path.borrow_mut().clear(),
        }
    }
}

/// Returns the element beside the first of `path`, which has disappeared: in the innermost element around it that is still there,
/// the last before it, or else the first after it.
fn neighbour(path: &[Element]) -> Option<HtmlElement> {
    let mut around = path.windows(2).filter(|pair| !is_unreachable(&pair[1]));
    around.find_map(|pair| beside(&pair[0], &pair[1]))
}

fn beside(gone: &Element, around: &Element) -> Option<HtmlElement> {
    let candidates = around.query_selector_all(FOCUSABLE).ok()?;
    let candidates =
        (0..candidates.length()).filter_map(|index| dom::cast::<HtmlElement>(candidates.get(index)?));
    let is_shown = |element: &HtmlElement| {
        !gone.contains(Some(element))
            && !is_unreachable(element)
            && element.get_bounding_client_rect().width() > 0.0
    };
    let follows = |element: &HtmlElement| {
        gone.compare_document_position(element) & Node::DOCUMENT_POSITION_FOLLOWING != 0
    };
    let (after, before): (Vec<_>, Vec<_>) = candidates.filter(is_shown).partition(follows);
    before.into_iter().next_back().or_else(|| after.into_iter().next())
}

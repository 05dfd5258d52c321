//! What happens on the page, and what is done about it.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DragEvent, Event, EventTarget, FileList, HtmlInputElement, HtmlSelectElement};

use super::dom::{self, MissingElement, id, window};
use super::event::{Listener, Mode};
use super::frame::AnimationLoop;
use super::page::Page;
use super::task::Task;
use super::theme::ThemeSwitch;
use super::{Gate, controls, loading, pointer};
use crate::app::{Field, Msg};
use crate::snapshot::Format;

/// The class of the body while files are dragged over the page.
const DROPPING: &str = "dropping";

/// All that keeps the page going; it ends when this is dropped.
pub(crate) struct Wiring {
    _listeners: Vec<Listener>,
    _theme: ThemeSwitch,
    _opening: Task,
    _frames: AnimationLoop,
}

impl Wiring {
    /// Finds the page's elements, listens to them, and begins.
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let document = window().document().ok_or("the program has to run in a page")?;
        let clock = window().performance().ok_or("the browser has no clock for the program")?;
        let page = Page::new(&document, clock)?;
        let gate = Gate(Rc::new(RefCell::new(page)));

        let theming = gate.clone();
        let theme = ThemeSwitch::new(&document, move |theme| theming.with(|page| page.set_theme(theme)))?;
        gate.with(|page| page.set_theme(theme.theme()));

        let mut listeners = buttons(&gate, &document)?;
        listeners.extend(files(&gate, &document)?);
        listeners.extend(window_events(&gate, &document));
        {
            let page = gate.0.borrow();
            listeners.extend(page.controls().bind(&gate));
            listeners.extend(page.legend().bind(&gate));
            listeners.extend(pointer::on_plane(&gate, &page));
            listeners.extend(pointer::on_loss_chart(&gate, &page));
        }
        dom::enable_controls(&document);
        let drawing = gate.clone();
        let frames = AnimationLoop::start(move |timestamp| drawing.with(|page| page.frame(timestamp)));
        Ok(Self { _listeners: listeners, _theme: theme, _opening: loading::open(gate), _frames: frames })
    }
}

/// The buttons, but for those of the legend and the theme.
fn buttons(gate: &Gate, document: &Document) -> Result<Vec<Listener>, MissingElement> {
    let mut listeners = Vec::new();
    for (id, msg) in [
        (id::PLAY, Msg::TogglePlay),
        (id::STEP, Msg::Step),
        (id::RESET, Msg::Reset),
        (id::PINS_CLEAR, Msg::ClearPins),
        (id::NOTICE_ACTION, Msg::Act),
        (id::NOTICE_CLOSE, Msg::Dismiss),
    ] {
        let gate = gate.clone();
        let button: EventTarget = dom::element(document, id)?;
        listeners
            .push(Listener::new(&button, "click", Mode::Passive, move |_: Event| gate.send(msg.clone())));
    }

    let seeding = gate.clone();
    let button: EventTarget = dom::element(document, id::SEED_RANDOM)?;
    listeners.push(Listener::new(&button, "click", Mode::Passive, move |_: Event| {
        // Without a source of entropy, the seed stays as it is.
        if let Ok(seed) = getrandom::u32() {
            seeding.send(Msg::Set(Field::Seed, seed.to_string()));
        }
    }));

    let sharing = gate.clone();
    let button: EventTarget = dom::element(document, id::SHARE)?;
    let copying = RefCell::new(None);
    listeners.push(Listener::new(&button, "click", Mode::Passive, move |_: Event| {
        sharing.send(Msg::Share);
        copying.replace(Some(copy_address(sharing.clone())));
    }));

    let saving = gate.clone();
    let format: HtmlSelectElement = dom::element(document, id::FORMAT)?;
    for format_of_file in Format::ALL {
        controls::add_option(
            &format,
            format_of_file.extension(),
            &format!(".{}", format_of_file.extension()),
        );
    }
    let button: EventTarget = dom::element(document, id::SAVE)?;
    listeners.push(Listener::new(&button, "click", Mode::Passive, move |_: Event| {
        let chosen = format.value();
        if let Some(format) = Format::ALL.into_iter().find(|format| format.extension() == chosen) {
            saving.send(Msg::Save(format));
        }
    }));

    let logging = gate.clone();
    let log: HtmlInputElement = dom::element(document, id::LOSS_LOG)?;
    let source = log.clone();
    listeners.push(Listener::new(&log, "change", Mode::Passive, move |_: Event| {
        logging.with(|page| page.set_loss_log(source.checked()));
    }));
    Ok(listeners)
}

/// Copies the page's address, and says whether that could be done.
fn copy_address(gate: Gate) -> Task {
    Task::spawn(async move {
        let address = window().location().href().unwrap_or_default();
        // Where a page is not served securely, there is no clipboard.
        let clipboard = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard"));
        let copied = if clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
            JsFuture::from(window().navigator().clipboard().write_text(&address)).await.is_ok()
        } else {
            false
        };
        gate.send(Msg::Say(if copied {
            "The link to these settings is on the clipboard.".to_owned()
        } else {
            "The address of this page now holds these settings: copy it from the address bar.".to_owned()
        }));
    })
}

/// Files that are chosen or dropped.
fn files(gate: &Gate, document: &Document) -> Result<Vec<Listener>, MissingElement> {
    let chooser: HtmlInputElement = dom::element(document, id::FILES)?;
    let (choosing, source) = (gate.clone(), chooser.clone());
    let choose = Listener::new(&chooser, "change", Mode::Passive, move |_: Event| {
        take_files(&choosing, source.files());
        // Emptied, so that the same files can be chosen again.
        source.set_value("");
    });
    let mark = |document: &Document, dropping: bool| {
        if let Some(body) = document.body() {
            body.set_class_name(if dropping { DROPPING } else { "" });
        }
    };
    let page = document.clone();
    let over = Listener::new(document, "dragover", Mode::Active, move |event: DragEvent| {
        event.prevent_default();
        mark(&page, true);
    });
    let page = document.clone();
    let leave = Listener::new(document, "dragleave", Mode::Passive, move |event: DragEvent| {
        if event.related_target().is_none() {
            mark(&page, false);
        }
    });
    let (dropping, page) = (gate.clone(), document.clone());
    let drop = Listener::new(document, "drop", Mode::Active, move |event: DragEvent| {
        event.prevent_default();
        mark(&page, false);
        take_files(&dropping, event.data_transfer().and_then(|data| data.files()));
    });
    Ok(vec![choose, over, leave, drop])
}

fn take_files(gate: &Gate, files: Option<FileList>) {
    let Some(files) = files.filter(|files| files.length() > 0) else { return };
    let files = (0..files.length()).filter_map(|index| files.get(index)).collect();
    gate.with(|page| page.read_files(gate, files));
}

/// The fragment, and whether the tab is seen.
fn window_events(gate: &Gate, document: &Document) -> Vec<Listener> {
    let fragment = gate.clone();
    let hash = Listener::new(&window(), "hashchange", Mode::Passive, move |_: Event| {
        fragment.send(Msg::Fragment(window().location().hash().unwrap_or_default()));
    });
    let (seeing, page) = (gate.clone(), document.clone());
    let hidden_since = Cell::new(None);
    let visibility = Listener::new(document, "visibilitychange", Mode::Passive, move |event: Event| {
        let now = event.time_stamp();
        if page.hidden() {
            hidden_since.set(Some(now));
            seeing.send(Msg::Hidden);
        } else {
            seeing.send(Msg::Shown(now - hidden_since.take().unwrap_or(now)));
        }
    });
    vec![hash, visibility]
}

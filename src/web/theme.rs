//! Light or dark: as the system has it, until the button says otherwise.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, Element, Event, MediaQueryList, Storage};

use super::dom::{self, MissingElement, id, window};
use super::event::{Listener, Mode};
use crate::raster::Theme;

/// The attribute by which the style sheet is told, and the name under which the choice is remembered.
const ATTRIBUTE: &str = "data-theme";
const REMEMBERED: &str = "bottleneck-theme";

/// The page's theme, and its button.
#[derive(Debug)]
pub(crate) struct ThemeSwitch {
    shared: Rc<Shared>,
    _click: Listener,
    _system_change: Option<Listener>,
}

#[derive(Debug)]
struct Shared {
    root: Option<Element>,
    system: Option<MediaQueryList>,
    /// What was chosen, if anything was.
    chosen: Cell<Option<bool>>,
}

impl ThemeSwitch {
    /// Takes up what was chosen on an earlier visit, and calls `on_change` whenever the theme changes from now on.
    ///
    /// # Errors
    /// If the page lacks the button.
    pub(crate) fn new(
        document: &Document,
        on_change: impl Fn(Theme) + 'static,
    ) -> Result<Self, MissingElement> {
        let button: Element = dom::element(document, id::THEME)?;
        let system = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
        let remembered = storage().and_then(|storage| storage.get_item(REMEMBERED).ok().flatten());
        let chosen =
            remembered.and_then(|name| [true, false].into_iter().find(|&dark| name_of(dark) == name));
        let shared = Rc::new(Shared { root: document.document_element(), system, chosen: Cell::new(chosen) });
        shared.tell_style_sheet();
        let on_change = Rc::new(on_change);

        let click = {
            let (shared, on_change) = (Rc::clone(&shared), Rc::clone(&on_change));
            Listener::new(&button, "click", Mode::Passive, move |_: Event| {
                shared.choose(!shared.is_dark());
                on_change(shared.theme());
            })
        };
        let system_change = shared.system.as_ref().map(|system| {
            let shared = Rc::clone(&shared);
            Listener::new(system, "change", Mode::Passive, move |_: Event| {
                if shared.chosen.get().is_none() {
                    on_change(shared.theme());
                }
            })
        });
        Ok(Self { shared, _click: click, _system_change: system_change })
    }

    /// The colours to paint with now.
    pub(crate) fn theme(&self) -> Theme {
        self.shared.theme()
    }
}

impl Shared {
    fn is_dark(&self) -> bool {
        self.chosen.get().unwrap_or_else(|| self.system.as_ref().is_some_and(MediaQueryList::matches))
    }

    fn theme(&self) -> Theme {
        if self.is_dark() { Theme::DARK } else { Theme::LIGHT }
    }

    fn choose(&self, dark: bool) {
        self.chosen.set(Some(dark));
        self.tell_style_sheet();
        if let Some(storage) = storage() {
            // Where nothing may be stored, nothing is remembered.
            let _ = storage.set_item(REMEMBERED, name_of(dark));
        }
    }

    fn tell_style_sheet(&self) {
        if let (Some(root), Some(dark)) = (&self.root, self.chosen.get()) {
            dom::set_data(root, ATTRIBUTE, name_of(dark));
        }
    }
}

fn name_of(dark: bool) -> &'static str {
    if dark { "dark" } else { "light" }
}

/// The browser may forbid it, by a setting or in a sandbox.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

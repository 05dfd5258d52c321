//! The theme of the page: light, dark, or the system's; with more contrast for those who prefer it, and light on paper.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, Element, Event, EventTarget, MediaQueryList};

use super::dom::{self, DomError, id, window};
use super::listener::{Listener, Mode};
use super::page_handle::PageHandle;
use crate::view::colors::Theme;

/// The attribute that the style sheet reads, and the key of the stored choice. `www/boot.js` uses both before the page is first
/// painted.
const ATTRIBUTE: &str = "data-theme";
const STORAGE_KEY: &str = "bottleneck-theme";

/// The choices, in the order of the button.
const CHOICES: [&str; 3] = [SYSTEM, "light", DARK];
const SYSTEM: &str = "system";
const DARK: &str = "dark";

struct ThemeSwitch {
    root: Option<Element>,
    button: Element,
    /// Whether the system is dark, and whether the user prefers more contrast.
    system: Option<MediaQueryList>,
    contrast: Option<MediaQueryList>,
    is_printing: Cell<bool>,
    choice: Cell<&'static str>,
    handle: PageHandle,
}

/// Applies the stored choice, and listens to the button, to the system, and to printing.
///
/// # Errors
/// If the page lacks the button.
pub(crate) fn listeners(document: &Document, handle: &PageHandle) -> Result<Vec<Listener>, DomError> {
    let stored = dom::local_storage().and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten());
    let choice = CHOICES.into_iter().find(|choice| stored.as_deref() == Some(choice));
    let switch = Rc::new(ThemeSwitch {
        root: document.document_element(),
        button: dom::element(document, id::THEME)?,
        system: dom::media("(prefers-color-scheme: dark)"),
        contrast: dom::media("(prefers-contrast: more)"),
        is_printing: Cell::default(),
        choice: Cell::new(choice.unwrap_or(SYSTEM)),
        handle: handle.clone(),
    });
    switch.apply();
    let mut listeners = vec![Listener::new(&switch.button, "click", Mode::Passive, {
        let switch = Rc::clone(&switch);
        move |_: Event| switch.choose_next()
    })];
    let mut on = |target: &EventTarget, name, is_printing: Option<bool>| {
        let switch = Rc::clone(&switch);
        listeners.push(Listener::new(target, name, Mode::Passive, move |_: Event| {
            is_printing.into_iter().for_each(|is_printing| switch.is_printing.set(is_printing));
            switch.apply();
            if is_printing.is_some() {
                switch.handle.with(|page, _| page.paint_all());
            }
        }));
    };
    on(&window(), "beforeprint", Some(true));
    on(&window(), "afterprint", Some(false));
    for query in [&switch.system, &switch.contrast].into_iter().flatten() {
        on(query, "change", None);
    }
    Ok(listeners)
}

impl ThemeSwitch {
    fn choose_next(&self) {
        let index = CHOICES.iter().position(|choice| *choice == self.choice.get()).unwrap_or_default();
        let choice = CHOICES[(index + 1) % CHOICES.len()];
        self.choice.set(choice);
        self.apply();
        if let Some(storage) = dom::local_storage() {
            // Where nothing can be stored, the choice lasts until the page is closed.
            let _ = match choice {
                SYSTEM => storage.remove_item(STORAGE_KEY),
                _ => storage.set_item(STORAGE_KEY, choice),
            };
        }
    }

    /// Shows the choice on the button, and sets the colours of the style sheet and the canvases.
    fn apply(&self) {
        let choice = self.choice.get();
        let icon = match choice {
            "light" => "☀",
            DARK => "☾",
            _ => "◐",
        };
        dom::set_attribute(&self.button, "aria-label", &format!("Theme: {choice}"));
        dom::set_text(&self.button, icon);
        match &self.root {
            Some(root) if choice == SYSTEM => dom::remove_attribute(root, ATTRIBUTE),
            Some(root) => dom::set_attribute(root, ATTRIBUTE, choice),
            None => {}
        }
        let is_dark = match choice {
            SYSTEM => self.system.as_ref().is_some_and(MediaQueryList::matches),
            choice => choice == DARK,
        };
        let theme = match is_dark {
            // Paper is white.
            _ if self.is_printing.get() => Theme { paper: Theme::LIGHT.plane, ..Theme::LIGHT },
            true => Theme::DARK,
            false => Theme::LIGHT,
        };
        let has_contrast = self.contrast.as_ref().is_some_and(MediaQueryList::matches);
        let theme = if has_contrast { theme.with_more_contrast() } else { theme };
        self.handle.with(move |page, _| page.state().theme = theme);
    }
}

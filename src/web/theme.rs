//! Light, dark, or as the system has it.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, Element, Event, MediaQueryList, Storage};

use super::dom::{self, DomError, id, window};
use super::listener::{Listener, Mode};
use crate::view::colors::Theme;

/// The attribute that tells the style sheet, and the name under which the choice is stored. `www/boot.js` reads and sets
/// the same two before the page is first painted.
const ATTRIBUTE: &str = "data-theme";
const STORED: &str = "bottleneck-theme";

/// What the visitor wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    System,
    Light,
    Dark,
}

impl Choice {
    const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What the button turns to.
    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

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
    button: Element,
    system: Option<MediaQueryList>,
    choice: Cell<Choice>,
}

impl ThemeSwitch {
    /// Takes up what was chosen on an earlier visit, and calls `on_change` whenever the theme changes from now on.
    ///
    /// # Errors
    /// If the page lacks the button.
    pub(crate) fn new(document: &Document, on_change: impl Fn(Theme) + 'static) -> Result<Self, DomError> {
        let button: Element = dom::element(document, id::THEME)?;
        let system = dom::media("(prefers-color-scheme: dark)");
        let stored = storage().and_then(|storage| storage.get_item(STORED).ok().flatten());
        let choice = Choice::ALL.into_iter().find(|choice| stored.as_deref() == Some(choice.name()));
        let shared = Rc::new(Shared {
            root: document.document_element(),
            button,
            system,
            choice: Cell::new(choice.unwrap_or(Choice::System)),
        });
        shared.show();
        let on_change = Rc::new(on_change);

        let click = {
            let (shared, on_change) = (Rc::clone(&shared), Rc::clone(&on_change));
            Listener::new(&Rc::clone(&shared).button, "click", Mode::Passive, move |_: Event| {
                let before = shared.theme();
                shared.choose(shared.choice.get().next());
                if shared.theme() != before {
                    on_change(shared.theme());
                }
            })
        };
        let system_change = shared.system.as_ref().map(|system| {
            let shared = Rc::clone(&shared);
            Listener::new(system, "change", Mode::Passive, move |_: Event| {
                if shared.choice.get() == Choice::System {
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
    fn theme(&self) -> Theme {
        let is_dark = match self.choice.get() {
            Choice::System => self.system.as_ref().is_some_and(MediaQueryList::matches),
            Choice::Light => false,
            Choice::Dark => true,
        };
        if is_dark { Theme::DARK } else { Theme::LIGHT }
    }

    fn choose(&self, choice: Choice) {
        self.choice.set(choice);
        self.show();
        if let Some(storage) = storage() {
            // Where nothing may be stored, the choice lasts as long as the page.
            let _ = match choice {
                Choice::System => storage.remove_item(STORED),
                Choice::Light | Choice::Dark => storage.set_item(STORED, choice.name()),
            };
        }
    }

    /// Tells the style sheet and the button.
    fn show(&self) {
        let choice = self.choice.get();
        dom::set_text(&self.button, &format!("Theme: {}", choice.name()));
        match (&self.root, choice) {
            (Some(root), Choice::System) => {
                // It cannot fail: an attribute that is absent may be removed.
                let _ = root.remove_attribute(ATTRIBUTE);
            }
            (Some(root), _) => dom::set_attribute(root, ATTRIBUTE, choice.name()),
            (None, _) => {}
        }
    }
}

/// The browser may forbid it, by a setting or in a sandbox.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

//! Boxes that open and close: menus close when something else is used, and groups of settings remember whether they were open.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent};

use super::dom;
use super::listener::{Listener, Mode};

const MENU: &str = "details.menu[open]";
const GROUP: &str = "details[data-remember]";

/// The key of the stored list of open groups, by their ids.
const STORAGE_KEY: &str = "bottleneck-open-groups";

/// Opens the groups that were open, and listens to menus and groups.
pub(super) fn listeners(document: &Document) -> Vec<Listener> {
    let stored = dom::local_storage().and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten());
    let open = stored.unwrap_or_default();
    for group in all(document, GROUP) {
        if open.split(' ').any(|id| id == group.id()) {
            dom::set_attribute(&group, "open", "");
        }
    }
    let pressing = document.clone();
    let press = Listener::new(document, "pointerdown", Mode::Passive, move |event: Event| {
        close_menus(&pressing, event.target().and_then(dom::cast).as_ref());
    });
    let focusing = document.clone();
    let focus = Listener::new(document, "focusin", Mode::Passive, move |event: Event| {
        close_menus(&focusing, event.target().and_then(dom::cast).as_ref());
    });
    let typing = document.clone();
    let escape = Listener::new(document, "keydown", Mode::Passive, move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            for menu in all(&typing, MENU) {
                let summary =
                    menu.query_selector("summary").ok().flatten().and_then(dom::cast::<HtmlElement>);
                let has_focus = menu.contains(typing.active_element().as_deref());
                dom::remove_attribute(&menu, "open");
                summary.filter(|_| has_focus).as_ref().map(dom::focus);
            }
        }
    });
    let groups = all(document, GROUP).into_iter().map(|group| {
        let document = document.clone();
        Listener::new(&group, "toggle", Mode::Passive, move |_: Event| {
            let open = all(&document, GROUP).into_iter().filter(|group| group.has_attribute("open"));
            let ids: Vec<_> = open.map(|group| group.id()).collect();
            if let Some(storage) = dom::local_storage() {
                // Where nothing can be stored, the groups are closed in the next visit.
                let _ = storage.set_item(STORAGE_KEY, &ids.join(" "));
            }
        })
    });
    [press, focus, escape].into_iter().chain(groups).collect()
}

/// Closes the open menus that do not contain an element.
fn close_menus(document: &Document, used: Option<&Element>) {
    for menu in all(document, MENU) {
        if !used.is_some_and(|used| menu.contains(Some(used))) {
            dom::remove_attribute(&menu, "open");
        }
    }
}

fn all(document: &Document, selector: &str) -> Vec<Element> {
    let Ok(list) = document.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|index| list.get(index)?.dyn_into().ok()).collect()
}

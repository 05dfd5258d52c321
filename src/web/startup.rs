//! What happens on the page as a whole, and what is done about it.

use std::cell::Cell;
use std::error::Error;
use std::rc::Rc;

use web_sys::{Document, Event, HashChangeEvent};

use super::animation::AnimationLoop;
use super::dom::{self, window};
use super::future::{SpawnedFuture, sleep};
use super::help::Help;
use super::listener::{Listener, Mode};
use super::page::PageLoop;
use super::page_handle::PageHandle;
use super::theme::ThemeSwitch;
use super::{loading, url};
use crate::app::{Msg, PlaneMsg, PlaybackMsg};

/// All that keeps the page going; it ends when this is dropped.
pub(crate) struct RunningPage {
    _listeners: Vec<Listener>,
    _theme: ThemeSwitch,
    _opening: SpawnedFuture,
    _frames: AnimationLoop,
}

impl RunningPage {
    /// Finds the page's elements, listens to them, and begins; between the three the browser may answer the visitor.
    pub(crate) async fn new() -> Result<Self, Box<dyn Error>> {
        let document = window().document().ok_or("the program has to run in a page")?;
        let clock = window().performance().ok_or("the browser has no clock for the program")?;
        let handle = PageHandle::new(PageLoop::new(&document, clock)?);
        sleep(0).await;

        let theming = handle.clone();
        let theme = ThemeSwitch::new(&document, move |theme| {
            theming.with(move |page, _| page.set_theme(theme));
        })?;
        let now = theme.theme();
        handle.with(move |page, _| page.set_theme(now));

        let mut listeners = handle.bind();
        listeners.extend(window_events(&handle, &document));
        listeners.extend(watch_motion(&handle));
        listeners.extend(Help::listeners(&document)?);
        sleep(0).await;

        let fragment = window().location().hash().unwrap_or_default();
        url::choose_panels(&document, &fragment);
        handle.send(Msg::Open(fragment));
        handle.with(|page, handle| page.find_saved_run(handle));
        dom::enable_controls(&document);
        let drawing = handle.clone();
        let frames = AnimationLoop::start(move |timestamp| {
            drawing.with(move |page, _| page.frame(timestamp));
        });
        let opening = loading::ask_what_is_served(handle);
        Ok(Self { _listeners: listeners, _theme: theme, _opening: opening, _frames: frames })
    }
}

/// Events that tell that somebody is there.
const TOUCHES: [&str; 5] = ["pointermove", "pointerdown", "keydown", "wheel", "scroll"];

/// The app is told at most once in this many milliseconds.
const TOUCH_EVERY: f64 = 5_000.0;

/// The fragment, whether the tab is seen, and whether anybody is there.
fn window_events(handle: &PageHandle, document: &Document) -> Vec<Listener> {
    let (changing, page) = (handle.clone(), document.clone());
    let hash = Listener::new(&window(), "hashchange", Mode::Passive, move |event: HashChangeEvent| {
        // What was typed, and not what the address says by now: the page may have written its own settings meanwhile.
        let typed = event.new_url();
        let fragment = typed.split_once('#').map_or("", |(_, fragment)| fragment);
        url::choose_panels(&page, fragment);
        changing.send(Msg::Fragment(fragment.to_owned()));
    });
    let (seeing, page) = (handle.clone(), document.clone());
    let hidden_since = Cell::new(None);
    let visibility = Listener::new(document, "visibilitychange", Mode::Passive, move |event: Event| {
        let now = event.time_stamp();
        if page.hidden() {
            hidden_since.set(Some(now));
            seeing.send(PlaybackMsg::Hidden);
        } else {
            seeing.send(PlaybackMsg::Shown(now - hidden_since.take().unwrap_or(now)));
        }
    });
    let told = Rc::new(Cell::new(0.0));
    let touches = TOUCHES.map(|name| {
        let (handle, told) = (handle.clone(), Rc::clone(&told));
        Listener::new(document, name, Mode::Passive, move |event: Event| {
            let now = event.time_stamp();
            handle.with(move |page, _| page.touch(now));
            if now - told.get() >= TOUCH_EVERY {
                told.set(now);
                handle.send(PlaybackMsg::UserActive);
            }
        })
    });
    [hash, visibility].into_iter().chain(touches).collect()
}

/// Tells whether the visitor wants nothing to move by itself, now and whenever that changes.
fn watch_motion(handle: &PageHandle) -> Option<Listener> {
    let wish = dom::media("(prefers-reduced-motion: reduce)")?;
    handle.send(PlaneMsg::ReduceMotion(wish.matches()));
    let (handle, changed) = (handle.clone(), wish.clone());
    Some(Listener::new(&wish, "change", Mode::Passive, move |_: Event| {
        handle.send(PlaneMsg::ReduceMotion(changed.matches()));
    }))
}

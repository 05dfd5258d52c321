//! Starts the page, and listens to the window and the document.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::rc::Rc;

use js_sys::Date;
use web_sys::{Document, Event, HashChangeEvent};

use super::animation::AnimationLoop;
use super::disclosure;
use super::dom::{self, window};
use super::future::{SpawnedFuture, sleep};
use super::help::Help;
use super::listener::{Listener, Mode};
use super::page::PageLoop;
use super::page_handle::PageHandle;
use super::{loading, panel, sliders, theme, url};
use crate::app::{Msg, PlaneMsg, PlaybackMsg, RunsMsg, Visit};

/// The events that show that the user is active.
const INPUT_EVENTS: [&str; 6] = ["pointermove", "pointerdown", "pointerup", "keydown", "wheel", "scroll"];

/// Of these, the events whose effect is awaited: while a pointer moves, the network trains.
const AWAITED_EVENTS: [&str; 3] = ["pointerdown", "pointerup", "keydown"];

/// The shortest time between two messages about them, in milliseconds.
const ACTIVITY_INTERVAL_MS: f64 = 5_000.0;

/// All that keeps the page running; it stops when this is dropped.
pub(crate) struct RunningPage {
    _listeners: Vec<Listener>,
    _manifest: SpawnedFuture,
    _frames: AnimationLoop,
}

impl RunningPage {
    /// Makes a network and asks for its images, finds the elements, listens to them, and starts. Between these the browser may handle
    /// input, and images arrive.
    ///
    /// # Errors
    /// If the page lacks an element, or the browser something that the page needs.
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
        let document = window().document().ok_or("the program has to run in a page")?;
        let clock = window().performance().ok_or("the browser has no clock for the program")?;
        let visit = visit(clock.now());
        let page = Rc::new(RefCell::new(PageLoop::new(&document, clock)?));
        let handle = PageHandle::new(Rc::clone(&page));
        let fragment = window().location().hash().unwrap_or_default();
        url::choose_panels(&document, &fragment);
        handle.send(RunsMsg::Visit(visit));
        handle.send(Msg::Open(fragment));
        let manifest = loading::read_manifest(handle.clone());
        sleep(0).await;

        let panels = panel::all(&document).await?;
        page.borrow_mut().set_panels(panels);
        sleep(0).await;

        let mut listeners = page.borrow().bind(&handle);
        listeners.extend(theme::listeners(&document, &handle)?);
        listeners.extend(window_events(&handle, &document));
        listeners.extend(watch_motion(&handle));
        listeners.extend(Help::listeners(&document)?);
        listeners.extend(disclosure::listeners(&document));
        listeners.extend(sliders::listeners(&document));
        sleep(0).await;

        dom::enable_controls(&document);
        let frames = AnimationLoop::start(move |timestamp| {
            handle.with(move |page, _| page.frame(timestamp));
        });
        Ok(Self { _listeners: listeners, _manifest: manifest, _frames: frames })
    }
}

/// Describes this visit, from the time of the page's clock.
fn visit(now: f64) -> Visit {
    let date = Date::now();
    Visit {
        // Two tabs hardly open in the same millisecond.
        id: getrandom::u32().unwrap_or(date as u64 as u32),
        origin: date - now,
        is_phone: dom::media("(pointer: coarse)").is_some_and(|query| query.matches()),
    }
}

/// Listens to the fragment, the visibility of the tab, and the activity of the user.
fn window_events(handle: &PageHandle, document: &Document) -> Vec<Listener> {
    let (changing, page) = (handle.clone(), document.clone());
    let hash = Listener::new(&window(), "hashchange", Mode::Passive, move |event: HashChangeEvent| {
        // The event's URL: the page may have written another one meanwhile.
        let url = event.new_url();
        let fragment = url.split_once('#').map_or("", |(_, fragment)| fragment);
        url::choose_panels(&page, fragment);
        changing.send(Msg::Open(fragment.to_owned()));
    });
    let (showing, page) = (handle.clone(), document.clone());
    let hidden_since = Cell::new(None);
    let visibility = Listener::new(document, "visibilitychange", Mode::Passive, move |event: Event| {
        let now = event.time_stamp();
        if page.hidden() {
            hidden_since.set(Some(now));
            showing.send(PlaybackMsg::Hidden);
        } else {
            showing.send(PlaybackMsg::Shown(now - hidden_since.take().unwrap_or(now)));
        }
    });
    let last_sent = Rc::new(Cell::new(0.0));
    // The browser may end the page before anything is stored.
    let leaving = handle.clone();
    let leave = Listener::new(&window(), "pagehide", Mode::Passive, move |_: Event| {
        leaving.send(PlaybackMsg::Hidden);
    });
    let inputs = INPUT_EVENTS.map(|name| {
        let (handle, last_sent) = (handle.clone(), Rc::clone(&last_sent));
        Listener::new(document, name, Mode::Passive, move |event: Event| {
            let now = event.time_stamp();
            handle.with(move |page, _| {
                page.state().last_input = now;
                page.state().awaits_paint |= AWAITED_EVENTS.contains(&name);
            });
            if now - last_sent.get() >= ACTIVITY_INTERVAL_MS {
                last_sent.set(now);
                handle.send(PlaybackMsg::UserActive);
            }
        })
    });
    [hash, visibility, leave].into_iter().chain(inputs).collect()
}

/// Tells the app whether the user prefers reduced motion, now and whenever that changes.
fn watch_motion(handle: &PageHandle) -> Option<Listener> {
    let query = dom::media("(prefers-reduced-motion: reduce)")?;
    handle.send(PlaneMsg::ReduceMotion(query.matches()));
    let (handle, changed) = (handle.clone(), query.clone());
    Some(Listener::new(&query, "change", Mode::Passive, move |_: Event| {
        handle.send(PlaneMsg::ReduceMotion(changed.matches()));
    }))
}

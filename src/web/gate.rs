//! The one way to the page, for listeners, tasks and frames.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use web_sys::File;

use super::event::Listener;
use crate::app::{App, Msg};
use crate::view::colors::Theme;

/// What lies behind the gate: the page.
pub(crate) trait Host {
    /// The app.
    fn app(&mut self) -> &mut App;

    /// Makes calls to the gate of what happens on the page.
    fn bind(&self, gate: &Gate) -> Vec<Listener>;

    /// One frame, with the time that the browser gives it.
    fn frame(&mut self, timestamp: f64);

    /// Takes note that somebody points at something or presses a key, at a time in milliseconds.
    fn touch(&mut self, time: f64);

    /// Paints what is scrolled away, too, in the next `frames` frames that paint.
    fn paint_all(&mut self, frames: u32);

    /// Paints in other colours from now on.
    fn set_theme(&mut self, theme: Theme);

    /// Begins to read files of the visitor's.
    fn read_files(&mut self, gate: &Gate, files: Vec<File>);

    /// Looks for a run from an earlier visit.
    fn find_kept_run(&mut self, gate: &Gate);

    /// Does what the app asks of the browser.
    fn follow_effects(&mut self, gate: &Gate);
}

/// Something to do with the page.
type Call = Box<dyn FnOnce(&mut dyn Host, &Gate)>;

/// The one way to the page. What comes while the page is busy, as an event that the page itself causes, waits its turn.
#[derive(Clone)]
pub(crate) struct Gate(Rc<Inner>);

struct Inner {
    host: RefCell<Box<dyn Host>>,
    waiting: RefCell<VecDeque<Call>>,
}

impl Gate {
    /// The gate to a page.
    pub(crate) fn new(host: impl Host + 'static) -> Self {
        Self(Rc::new(Inner { host: RefCell::new(Box::new(host)), waiting: RefCell::default() }))
    }

    /// Tells the app that something has happened.
    pub(crate) fn send(&self, msg: impl Into<Msg>) {
        let msg = msg.into();
        self.with(move |host, _| host.app().update(msg));
    }

    /// Does something with the page as soon as it is free, and then what the app asks of the browser.
    pub(crate) fn with(&self, call: impl FnOnce(&mut dyn Host, &Self) + 'static) {
        self.0.waiting.borrow_mut().push_back(Box::new(call));
        // Whoever has the page now will go on with what waits.
        let Ok(mut host) = self.0.host.try_borrow_mut() else { return };
        while let Some(call) = self.next() {
            call(&mut **host, self);
            host.follow_effects(self);
        }
    }

    /// Looks something up in the app, unless the page is busy.
    pub(crate) fn selection<T>(&self, look: impl FnOnce(&App) -> T) -> Option<T> {
        self.0.host.try_borrow_mut().ok().map(|mut host| look(host.app()))
    }

    /// The listeners of the page.
    pub(crate) fn bind(&self) -> Vec<Listener> {
        self.0.host.borrow().bind(self)
    }

    fn next(&self) -> Option<Call> {
        self.0.waiting.borrow_mut().pop_front()
    }
}

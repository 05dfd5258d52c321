//! The one way to the page, for listeners, tasks and frames.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use web_sys::File;

use super::listener::Listener;
use crate::app::{App, Msg};
use crate::view::colors::Theme;

/// What lies behind the handle: the page.
pub(crate) trait Page {
    /// The app.
    fn app(&mut self) -> &mut App;

    /// Makes calls to the handle of what happens on the page.
    fn bind(&self, handle: &PageHandle) -> Vec<Listener>;

    /// One frame, with the time that the browser gives it.
    fn frame(&mut self, timestamp: f64);

    /// Takes note that somebody points at something or presses a key, at a time in milliseconds.
    fn touch(&mut self, time: f64);

    /// Paints what is scrolled away, too, in the next `frames` frames that paint.
    fn draw_offscreen(&mut self, frames: u32);

    /// Paints in other colours from now on.
    fn set_theme(&mut self, theme: Theme);

    /// Begins to read files of the visitor's.
    fn read_files(&mut self, handle: &PageHandle, files: Vec<File>);

    /// Looks for a run from an earlier visit.
    fn find_saved_run(&mut self, handle: &PageHandle);

    /// Does what the app asks of the browser.
    fn follow_effects(&mut self, handle: &PageHandle);
}

/// Something to do with the page.
type Call = Box<dyn FnOnce(&mut dyn Page, &PageHandle)>;

/// The one way to the page. What comes while the page is busy, as an event that the page itself causes, waits its turn.
#[derive(Clone)]
pub(crate) struct PageHandle(Rc<Inner>);

struct Inner {
    page: RefCell<Box<dyn Page>>,
    waiting: RefCell<VecDeque<Call>>,
}

impl PageHandle {
    /// The handle to a page.
    pub(crate) fn new(page: impl Page + 'static) -> Self {
        Self(Rc::new(Inner { page: RefCell::new(Box::new(page)), waiting: RefCell::default() }))
    }

    /// Tells the app that something has happened.
    pub(crate) fn send(&self, msg: impl Into<Msg>) {
        let msg = msg.into();
        self.with(move |page, _| page.app().update(msg));
    }

    /// Does something with the page as soon as it is free, and then what the app asks of the browser.
    pub(crate) fn with(&self, call: impl FnOnce(&mut dyn Page, &Self) + 'static) {
        self.0.waiting.borrow_mut().push_back(Box::new(call));
        // Whoever has the page now will go on with what waits.
        let Ok(mut page) = self.0.page.try_borrow_mut() else { return };
        while let Some(call) = self.next() {
            call(&mut **page, self);
            page.follow_effects(self);
        }
    }

    /// Looks something up in the app, unless the page is busy.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&App) -> T) -> Option<T> {
        self.0.page.try_borrow_mut().ok().map(|mut page| look(page.app()))
    }

    /// The listeners of the page.
    pub(crate) fn bind(&self) -> Vec<Listener> {
        self.0.page.borrow().bind(self)
    }

    fn next(&self) -> Option<Call> {
        self.0.waiting.borrow_mut().pop_front()
    }
}

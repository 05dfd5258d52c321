//! The handle by which listeners, futures and frames reach the page.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use web_sys::File;

use crate::app::{App, Msg};
use crate::view::colors::Theme;
use crate::view::raster::RgbaImage;

/// The page behind a handle.
pub(crate) trait Page {
    /// Returns the state that calls may change.
    fn state(&mut self) -> &mut PageState;

    /// Works and draws in an animation frame, at a time in milliseconds.
    fn frame(&mut self, timestamp: f64);

    /// Draws everything now, also what is off screen.
    fn paint_all(&mut self);

    /// Starts to read the user's files, each with its path.
    fn read_files(&mut self, handle: &PageHandle, files: Vec<(String, File)>);

    /// Returns the pixels of a canvas, by its id, if it shows nothing else.
    fn image(&self, id: &str) -> Option<&RgbaImage>;

    /// Does what the app asks of the browser.
    fn run_effects(&mut self, handle: &PageHandle);
}

/// The state of the page that calls may change.
pub(crate) struct PageState {
    /// The app.
    pub(crate) app: App,
    /// The colours to draw in.
    pub(crate) theme: Theme,
    /// The time of the user's last input, in milliseconds.
    pub(crate) last_input: f64,
    /// Whether a key or a press has come since the last frame.
    pub(crate) awaits_paint: bool,
    /// The frames in which canvases off screen are drawn, too.
    pub(crate) offscreen_frames: u32,
}

type Call = Box<dyn FnOnce(&mut dyn Page, &PageHandle)>;

/// A shared handle to the page. Calls that arrive while the page is busy, such as events that it causes itself, are queued.
#[derive(Clone)]
pub(crate) struct PageHandle(Rc<Inner>);

struct Inner {
    page: Rc<RefCell<dyn Page>>,
    queue: RefCell<VecDeque<Call>>,
}

impl PageHandle {
    /// Makes the handle of a page.
    pub(crate) fn new(page: Rc<RefCell<impl Page + 'static>>) -> Self {
        Self(Rc::new(Inner { page, queue: RefCell::default() }))
    }

    /// Sends a message to the app.
    pub(crate) fn send(&self, msg: impl Into<Msg>) {
        let msg = msg.into();
        self.with(move |page, _| page.state().app.update(msg));
    }

    /// Calls a function with the page as soon as it is free, and then runs the effects.
    pub(crate) fn with(&self, call: impl FnOnce(&mut dyn Page, &Self) + 'static) {
        self.0.queue.borrow_mut().push_back(Box::new(call));
        // The caller that has the page runs the queue.
        let Ok(mut page) = self.0.page.try_borrow_mut() else { return };
        while let Some(call) = self.next() {
            call(&mut *page, self);
            page.run_effects(self);
        }
    }

    /// Reads from the app, unless the page is busy.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&App) -> T) -> Option<T> {
        self.0.page.try_borrow_mut().ok().map(|mut page| read(&page.state().app))
    }

    fn next(&self) -> Option<Call> {
        self.0.queue.borrow_mut().pop_front()
    }
}

//! What can be saved: the run and its network, the codes, any picture, and films of the plane.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{Document, Event, HtmlCanvasElement, HtmlElement, HtmlSelectElement};

use super::{Paint, Panel};
use crate::app::{App, Msg, NoticeMsg, PlaneMsg, RunsMsg};
use crate::files::Format;
use crate::web::dom::{self, DomError, id, window};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;
use crate::web::saving;
use crate::web::video_recorder::{self, VideoRecorder};

/// The canvases whose pictures can be saved, and their names.
const PICTURES: [(&str, &str); 7] = [
    (id::LATENT, "plane"),
    (id::PIPELINE, "pipeline"),
    (id::DECODED, "decoded"),
    (id::RECONSTRUCTIONS, "reconstructions"),
    (id::LOSS, "loss"),
    (id::PINS, "pins"),
    (id::FILMSTRIP, "filmstrip"),
];

/// The values of the other options.
const CODES: &str = "codes";
const UNFOLDING: &str = "unfolding";
const WALK: &str = "walk";

/// The frames in which panels that were scrolled away are painted, so that their pictures are up to date.
const UNTIL_PAINTED: u32 = 6;

/// How fast the walker goes in a film if he stands still, in times around a second.
const STROLL: f32 = 0.1;

/// The choice, its button, and what is under way.
pub(super) struct Save {
    document: Document,
    choice: HtmlSelectElement,
    button: HtmlElement,
    /// A picture that is wanted, and in how many frames.
    picture: Rc<Cell<Option<(usize, u32)>>>,
    film: Rc<RefCell<Option<Recording>>>,
}

/// A film that is being made.
struct Recording {
    film: VideoRecorder,
    /// The frame's time at which it ends, in milliseconds; nothing if that is when the run has unfolded.
    end: Option<f64>,
}

impl Save {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let choice: HtmlSelectElement = dom::element(document, id::FORMAT)?;
        for format in Format::ALL {
            dom::add_option(&choice, format.extension(), &format!(".{}", format.extension()));
        }
        dom::add_option(&choice, CODES, "codes, .csv");
        for (canvas, name) in PICTURES {
            dom::add_option(&choice, canvas, &format!("{name}, .png"));
        }
        if video_recorder::is_possible() {
            dom::add_option(&choice, UNFOLDING, "replay, video");
            dom::add_option(&choice, WALK, "circle, video");
        }
        Ok(Self {
            document: document.clone(),
            choice,
            button: dom::element(document, id::SAVE)?,
            picture: Rc::default(),
            film: Rc::default(),
        })
    }
}

impl Panel for Save {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (handle, document, choice) = (handle.clone(), self.document.clone(), self.choice.clone());
        let (picture, film) = (Rc::clone(&self.picture), Rc::clone(&self.film));
        vec![Listener::new(&self.button, "click", Mode::Passive, move |_: Event| {
            if let Some(recording) = film.take() {
                return recording.film.finish();
            }
            let chosen = choice.value();
            if let Some(format) = Format::ALL.into_iter().find(|format| format.extension() == chosen) {
                handle.send(Msg::Save(format));
            } else if let Some(index) = PICTURES.iter().position(|(canvas, _)| *canvas == chosen) {
                picture.set(Some((index, UNTIL_PAINTED)));
                handle.with(|page, _| page.draw_offscreen(UNTIL_PAINTED));
            } else if chosen == CODES {
                handle.send(Msg::SaveCodes);
            } else {
                let (film, document) = (Rc::clone(&film), document.clone());
                handle.with(move |page, handle| match begin(page.app(), handle, &document, &chosen) {
                    Ok(recording) => drop(film.replace(Some(recording))),
                    Err(reason) => page
                        .app()
                        .update(NoticeMsg::Say(format!("The video could not be recorded: {reason}."))),
                });
            }
        })]
    }

    fn draw(&mut self, app: &mut App, _: &Paint) {
        let is_over = self.film.borrow().as_ref().is_some_and(|recording| {
            recording.film.take();
            recording.end.map_or(!app.timeline().is_replaying(), |end| now() >= end)
        });
        if is_over && let Some(recording) = self.film.take() {
            recording.film.finish();
        }
        dom::set_text(&self.button, if self.film.borrow().is_some() { "Stop" } else { "Save" });
        match self.picture.take() {
            Some((index, 0)) => {
                let (canvas, name) = PICTURES[index];
                let element: Result<HtmlCanvasElement, _> = dom::element(&self.document, canvas);
                let saved = element.map_err(|error| error.to_string());
                if let Err(reason) = saved.and_then(|element| saving::save_canvas(&element, name)) {
                    app.update(NoticeMsg::Say(format!("The picture could not be saved: {reason}.")));
                }
            }
            Some((index, frames)) => self.picture.set(Some((index, frames - 1))),
            None => {}
        }
    }
}

/// Begins a film, and what it shows.
fn begin(app: &mut App, handle: &PageHandle, document: &Document, scene: &str) -> Result<Recording, String> {
    let canvas = |id| dom::element::<HtmlCanvasElement>(document, id).map_err(|error| error.to_string());
    let sources = vec![canvas(id::LATENT)?, canvas(id::DECODED)?];
    let film = VideoRecorder::begin(handle, document, &format!("bottleneck-{scene}"), sources)?;
    if scene == UNFOLDING {
        if !app.timeline().is_replaying() {
            app.update(RunsMsg::Replay);
        }
        return Ok(Recording { film, end: None });
    }
    if app.plane().circle().is_none() {
        app.update(PlaneMsg::ToggleCircle);
    }
    if app.plane().circle().is_some_and(|walk| walk.speed == 0.0) {
        app.update(PlaneMsg::CircleSpeed(STROLL));
    }
    let speed = app.plane().circle().map_or(STROLL, |walk| walk.speed);
    Ok(Recording { film, end: Some(now() + 1000.0 / f64::from(speed)) })
}

/// The time, in milliseconds.
fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

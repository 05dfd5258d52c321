//! What can be saved: the run and its network, the codes, any picture, and films of the plane.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{Document, Event, HtmlCanvasElement, HtmlElement, HtmlSelectElement};

use super::{Paint, Panel};
use crate::app::{App, Msg, NoticeMsg, PlaneMsg, RunsMsg};
use crate::files::Format;
use crate::web::dom::{self, MissingElement, id, window};
use crate::web::event::{Listener, Mode};
use crate::web::film::{self, Film};
use crate::web::gate::Gate;
use crate::web::saving;

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
    film: Rc<RefCell<Option<Shot>>>,
}

/// A film that is being made.
struct Shot {
    film: Film,
    /// The frame's time at which it ends, in milliseconds; nothing if that is when the run has unfolded.
    end: Option<f64>,
}

impl Save {
    pub(super) fn new(document: &Document) -> Result<Self, MissingElement> {
        let choice: HtmlSelectElement = dom::element(document, id::FORMAT)?;
        for format in Format::ALL {
            dom::add_option(&choice, format.extension(), &format!(".{}", format.extension()));
        }
        dom::add_option(&choice, CODES, "codes, .csv");
        for (canvas, name) in PICTURES {
            dom::add_option(&choice, canvas, &format!("{name}, .png"));
        }
        if film::is_possible() {
            dom::add_option(&choice, UNFOLDING, "unfolding, film");
            dom::add_option(&choice, WALK, "walk, film");
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
    fn bind(&self, gate: &Gate) -> Vec<Listener> {
        let (gate, document, choice) = (gate.clone(), self.document.clone(), self.choice.clone());
        let (picture, film) = (Rc::clone(&self.picture), Rc::clone(&self.film));
        vec![Listener::new(&self.button, "click", Mode::Passive, move |_: Event| {
            if let Some(shot) = film.take() {
                return shot.film.finish();
            }
            let chosen = choice.value();
            if let Some(format) = Format::ALL.into_iter().find(|format| format.extension() == chosen) {
                gate.send(Msg::Save(format));
            } else if let Some(index) = PICTURES.iter().position(|(canvas, _)| *canvas == chosen) {
                picture.set(Some((index, UNTIL_PAINTED)));
                gate.with(|page, _| page.paint_all(UNTIL_PAINTED));
            } else if chosen == CODES {
                gate.send(Msg::SaveCodes);
            } else {
                let (film, document) = (Rc::clone(&film), document.clone());
                gate.with(move |page, gate| match begin(page.app(), gate, &document, &chosen) {
                    Ok(shot) => drop(film.replace(Some(shot))),
                    Err(reason) => page.app().update(NoticeMsg::Say(format!("There is no film: {reason}."))),
                });
            }
        })]
    }

    fn draw(&mut self, app: &mut App, _: &Paint) {
        let is_over = self.film.borrow().as_ref().is_some_and(|shot| {
            shot.film.take();
            shot.end.map_or(!app.timeline().is_replaying(), |end| now() >= end)
        });
        if is_over && let Some(shot) = self.film.take() {
            shot.film.finish();
        }
        dom::set_text(&self.button, if self.film.borrow().is_some() { "Stop" } else { "Save" });
        match self.picture.take() {
            Some((index, 0)) => {
                let (canvas, name) = PICTURES[index];
                let element: Result<HtmlCanvasElement, _> = dom::element(&self.document, canvas);
                let saved = element.map_err(|error| error.to_string());
                if let Err(reason) = saved.and_then(|element| saving::hand_over_picture(&element, name)) {
                    app.update(NoticeMsg::Say(format!("There is no picture: {reason}.")));
                }
            }
            Some((index, frames)) => self.picture.set(Some((index, frames - 1))),
            None => {}
        }
    }
}

/// Begins a film, and what it shows.
fn begin(app: &mut App, gate: &Gate, document: &Document, scene: &str) -> Result<Shot, String> {
    let canvas = |id| dom::element::<HtmlCanvasElement>(document, id).map_err(|error| error.to_string());
    let sources = vec![canvas(id::LATENT)?, canvas(id::DECODED)?];
    let film = Film::begin(gate, document, &format!("bottleneck-{scene}"), sources)?;
    if scene == UNFOLDING {
        if !app.timeline().is_replaying() {
            app.update(RunsMsg::Replay);
        }
        return Ok(Shot { film, end: None });
    }
    if app.plane().circle().is_none() {
        app.update(PlaneMsg::ToggleCircle);
    }
    if app.plane().circle().is_some_and(|walk| walk.speed == 0.0) {
        app.update(PlaneMsg::CircleSpeed(STROLL));
    }
    let speed = app.plane().circle().map_or(STROLL, |walk| walk.speed);
    Ok(Shot { film, end: Some(now() + 1000.0 / f64::from(speed)) })
}

/// The time, in milliseconds.
fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

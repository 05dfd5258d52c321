//! Files: those chosen or dropped, and those saved: runs, networks, codes, pictures and videos.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{
    DataTransfer, Document, DragEvent, Event, File, FileList, FileSystemEntry, HtmlCanvasElement,
    HtmlElement, HtmlInputElement, HtmlSelectElement,
};

use super::plane::MANIFOLD;
use super::{DrawContext, Panel};
use crate::app::{App, Msg, NoticeMsg, PlaneMsg, RunsMsg};
use crate::files::{Format, Script};
use crate::view::plot::group_digits;
use crate::web::canvas;
use crate::web::dom::{self, DomError, id, window};
use crate::web::folder;
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;
use crate::web::saving;
use crate::web::video_recorder::{self, VideoRecorder};

/// The class of the body while files are dragged over the page.
const DROPPING: &str = "dropping";

/// The pictures that can be saved, and their names: canvases, and what lies below one.
const PICTURES: [(&str, &str); 9] = [
    (id::LATENT, "plane"),
    (MANIFOLD, "manifold"),
    (id::PIPELINE, "pipeline"),
    (id::DECODED, "decoded"),
    (id::RECONSTRUCTIONS, "reconstructions"),
    (id::LAYER_VALUES, "weights"),
    (id::LOSS, "loss"),
    (id::PINS, "pins"),
    (id::FILMSTRIP, "filmstrip"),
];

/// The values of the other options.
const RUNS: &str = "runs";
const CURVES: &str = "curves";
const CODES: &str = "codes";
const REPLAY: &str = "unfolding";
const CIRCLE: &str = "walk";

/// The frames in which panels off screen are drawn before a picture is taken.
const FRAMES_BEFORE_PICTURE: u32 = 6;

/// The speed in a video of a circle whose point stands still, in turns per second.
const VIDEO_SPEED: f32 = 0.1;

/// The file inputs, the drop target, and the choice of a format to save.
pub(super) struct Files {
    document: Document,
    inputs: [HtmlInputElement; 2],
    choice: HtmlSelectElement,
    button: HtmlElement,
    picture: Rc<RefCell<Option<PendingPicture>>>,
    recording: Rc<RefCell<Option<Recording>>>,
}

/// A picture to be taken after some frames.
struct PendingPicture {
    /// Its index in [`PICTURES`].
    index: usize,
    frames: u32,
    handle: PageHandle,
}

/// A video that is being recorded.
struct Recording {
    recorder: VideoRecorder,
    /// When it ends, in milliseconds; a replay ends by itself.
    end: Option<f64>,
    handle: PageHandle,
}

impl Recording {
    /// Has the next frame draw what is recorded also where it is out of sight.
    fn draw_offscreen(&self) {
        self.handle.with(|page, _| page.state().offscreen_frames = 1);
    }

    fn finish(&self) {
        self.recorder.finish();
        self.handle.send(PlaneMsg::Recording(false));
    }
}

impl Files {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let choice: HtmlSelectElement = dom::element(document, id::FORMAT)?;
        for format in Format::ALL {
            dom::add_option(&choice, format.extension(), &format!(".{}", format.extension()));
        }
        for script in Script::ALL {
            dom::add_option(&choice, script.suffix(), script.title());
        }
        dom::add_option(&choice, RUNS, "all runs, .zip");
        dom::add_option(&choice, CURVES, "curves, .csv");
        dom::add_option(&choice, CODES, "codes, .csv");
        for (canvas, name) in PICTURES {
            dom::add_option(&choice, canvas, &format!("{name}, .png"));
        }
        if video_recorder::is_supported() {
            dom::add_option(&choice, REPLAY, "replay, video");
            dom::add_option(&choice, CIRCLE, "circle, video");
        }
        Ok(Self {
            document: document.clone(),
            inputs: [dom::element(document, id::FILES)?, dom::element(document, id::FOLDER)?],
            choice,
            button: dom::element(document, id::SAVE)?,
            picture: Rc::default(),
            recording: Rc::default(),
        })
    }

    /// Saves the picture that is pending, once its canvas is up to date.
    fn save_picture(&self) {
        let Some(mut pending) = self.picture.take() else { return };
        if pending.frames > 0 {
            pending.frames -= 1;
            self.picture.replace(Some(pending));
            return;
        }
        let (id, name) = PICTURES[pending.index];
        let canvas = if id == MANIFOLD { id::LATENT } else { id };
        let element: Result<HtmlCanvasElement, _> = dom::element(&self.document, canvas);
        pending.handle.with(move |page, handle| {
            let saved = element.map_err(|error| error.to_string());
            let image = page.image(id);
            let saved = saved.and_then(|element| {
                let is_shown = element.offset_parent().is_some() && (id != MANIFOLD || image.is_some());
                if !is_shown {
                    return Err(format!("the page does not show the {name} now"));
                }
                saving::save_picture(&element, image, name)
            });
            if let Err(reason) = saved {
                let text = format!("The picture could not be saved: {reason}.");
                handle.send(NoticeMsg::Keep(text));
            }
            canvas::paint_finest(false);
        });
    }
}

impl Panel for Files {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let mut listeners: Vec<_> = self.inputs.iter().map(|input| on_choice(handle, input)).collect();
        listeners.extend(on_drop(handle, &self.document));
        let (handle, document, choice) = (handle.clone(), self.document.clone(), self.choice.clone());
        let (picture, recording) = (Rc::clone(&self.picture), Rc::clone(&self.recording));
        listeners.push(Listener::new(&self.button, "click", Mode::Passive, move |_: Event| {
            if let Some(recording) = recording.take() {
                return recording.finish();
            }
            let chosen = choice.value();
            if let Some(format) = Format::ALL.into_iter().find(|format| format.extension() == chosen) {
                handle.send(Msg::Save(format));
            } else if let Some(index) = PICTURES.iter().position(|(canvas, _)| *canvas == chosen) {
                let frames = FRAMES_BEFORE_PICTURE;
                canvas::paint_finest(true);
                picture.replace(Some(PendingPicture { index, frames, handle: handle.clone() }));
                handle.with(move |page, _| page.state().offscreen_frames = frames);
            } else if let Some(script) = Script::ALL.into_iter().find(|script| script.suffix() == chosen) {
                handle.send(Msg::SaveScript(script));
            } else if chosen == CODES {
                handle.send(Msg::SaveCodes);
            } else if chosen == RUNS {
                handle.send(Msg::SaveRuns);
            } else if chosen == CURVES {
                handle.send(Msg::SaveCurves);
            } else {
                let (recording, document) = (Rc::clone(&recording), document.clone());
                handle.with(move |page, handle| {
                    match record(&mut page.state().app, handle, &document, &chosen) {
                        Ok(begun) => {
                            begun.draw_offscreen();
                            recording.replace(Some(begun));
                        }
                        Err(reason) => {
                            let text = format!("The video could not be recorded: {reason}.");
                            page.state().app.update(NoticeMsg::Keep(text));
                        }
                    }
                });
            }
        }));
        listeners
    }

    fn draw(&mut self, app: &App, _: &DrawContext) {
        let is_over = self.recording.borrow().as_ref().is_some_and(|recording| {
            recording.recorder.add_frame(&format!("step {}", group_digits(app.shown_step())));
            recording.draw_offscreen();
            recording.end.map_or(!app.runs().timeline().is_replaying(), |end| now() >= end)
        });
        if is_over && let Some(recording) = self.recording.take() {
            recording.finish();
        }
        dom::set_text(&self.button, if self.recording.borrow().is_some() { "Stop" } else { "Save" });
        self.save_picture();
    }
}

fn on_choice(handle: &PageHandle, input: &HtmlInputElement) -> Listener {
    let (handle, source) = (handle.clone(), input.clone());
    Listener::new(input, "change", Mode::Passive, move |_: Event| {
        read(&handle, source.files());
        // Cleared, so that the same files can be chosen again.
        source.set_value("");
    })
}

/// Listens to files that are dropped. Other drags, such as text into a field, are left to the browser.
fn on_drop(handle: &PageHandle, document: &Document) -> [Listener; 3] {
    let mark = |document: &Document, is_dropping: bool| {
        if let Some(body) = document.body() {
            body.set_class_name(if is_dropping { DROPPING } else { "" });
        }
    };
    let page = document.clone();
    let over = Listener::new(document, "dragover", Mode::Active, move |event: DragEvent| {
        if has_files(&event) {
            event.prevent_default();
            mark(&page, true);
        }
    });
    let page = document.clone();
    let leave = Listener::new(document, "dragleave", Mode::Passive, move |event: DragEvent| {
        if event.related_target().is_none() {
            mark(&page, false);
        }
    });
    let (handle, page) = (handle.clone(), document.clone());
    let drop = Listener::new(document, "drop", Mode::Active, move |event: DragEvent| {
        mark(&page, false);
        if has_files(&event) {
            event.prevent_default();
            let Some(data) = event.data_transfer() else { return };
            let folders = folders(&data);
            if folders.is_empty() {
                return read(&handle, data.files());
            }
            let handle = handle.clone();
            wasm_bindgen_futures::spawn_local(async move {
                match folder::files(folders).await {
                    Ok(files) => read_all(&handle, files),
                    Err(_) => {
                        let text = "The browser cannot read this folder: choose it with the button Folder.";
                        handle.send(NoticeMsg::Keep(text.to_owned()));
                    }
                }
            });
        }
    });
    [over, leave, drop]
}

fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.includes(&"Files".into(), 0))
}

fn read(handle: &PageHandle, files: Option<FileList>) {
    let Some(files) = files.filter(|files| files.length() > 0) else { return };
    let files = (0..files.length()).filter_map(|index| files.get(index)?.dyn_into().ok());
    read_all(handle, files.map(|file| (path(&file), file)).collect());
}

fn read_all(handle: &PageHandle, files: Vec<(String, File)>) {
    handle.with(|page, handle| page.read_files(handle, files));
}

/// Returns the path of a file in the folder that was chosen, or its name.
fn path(file: &File) -> String {
    let path = js_sys::Reflect::get(file, &"webkitRelativePath".into()).ok();
    path.and_then(|path| path.as_string()).filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
}

/// Returns everything that is dropped, if a folder is among it.
fn folders(data: &DataTransfer) -> Vec<FileSystemEntry> {
    let items = data.items();
    let entries = (0..items.length()).filter_map(|index| items.get(index)?.webkit_get_as_entry().ok()?);
    let entries: Vec<_> = entries.collect();
    if entries.iter().any(FileSystemEntry::is_directory) { entries } else { Vec::new() }
}

/// Starts to record a replay or a circle, and starts what is recorded.
fn record(app: &mut App, handle: &PageHandle, document: &Document, scene: &str) -> Result<Recording, String> {
    let canvas = |id| dom::element::<HtmlCanvasElement>(document, id).map_err(|error| error.to_string());
    let sources = vec![canvas(id::LATENT)?, canvas(id::DECODED)?];
    let recorder = VideoRecorder::start(handle, &format!("bottleneck-{scene}"), sources)?;
    let handle = handle.clone();
    // A video moves even where the user prefers that nothing does.
    app.update(PlaneMsg::Recording(true));
    if scene == REPLAY {
        if !app.runs().timeline().is_replaying() {
            app.update(RunsMsg::Replay);
        }
        return Ok(Recording { recorder, end: None, handle });
    }
    if app.plane().circle().is_none() {
        app.update(PlaneMsg::ToggleCircle);
    }
    if app.plane().circle().is_some_and(|circle| circle.speed == 0.0) {
        app.update(PlaneMsg::CircleSpeed(VIDEO_SPEED));
    }
    let speed = app.plane().circle().map_or(VIDEO_SPEED, |circle| circle.speed);
    Ok(Recording { recorder, end: Some(now() + 1000.0 / f64::from(speed)), handle })
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

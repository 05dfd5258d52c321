//! What comes into the app, what an update has changed, and what the app asks of the browser.

use bitflags::bitflags;

use super::controls::{Speed, StepSize};
use super::dataset::{MnistFile, Ticket};
use super::inspect::{LayerEdit, PadMsg, Quantity};
use super::plane::{Coloring, GestureEvent, Handle, Shown, View};
use super::settings::Field;
use crate::data::PIXELS;
use crate::files::Format;

bitflags! {
    /// What an update has changed. [`App`](super::App) tells each part once, in a fixed order.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Changes: u8 {
        /// Another run is trained.
        const RUN = 1;
        /// Other images are trained on and shown.
        const DATASET = 1 << 1;
        /// The images of the dataset are all here, or there are the first ones to train on.
        const DATASET_LOADED = 1 << 2;
        /// The run has other parameters.
        const PARAMETERS = 1 << 3;
        /// Views show another step of the run.
        const SHOWN_STEP = 1 << 4;
        /// The URL tells other settings.
        const URL = 1 << 5;
        /// Training pauses, continues, or has another speed.
        const PACE = 1 << 6;
    }
}

/// Something that only the browser can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Download the files of MNIST.
    Download(Ticket),
    /// Replace the URL's fragment.
    UpdateUrl(String),
    /// Copy a link with this fragment to the clipboard.
    CopyLink(String),
    /// Copy HTML to the clipboard that embeds the page with this fragment in another page.
    CopyEmbed(String),
    /// Save a file on the user's disk.
    SaveFile(SavedFile),
    /// Store a run for the next visit, in place of the one stored before.
    StoreRun(Vec<u8>),
    /// Delete the stored run.
    DeleteStoredRun,
}

/// A file for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFile {
    /// The suggested name.
    pub name: String,
    /// The contents.
    pub bytes: Vec<u8>,
}

/// Something that has happened, for [`App::update`](super::App::update).
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// The page has opened with this URL fragment, with or without its `#`.
    Open(String),
    /// The URL's fragment has changed.
    Fragment(String),
    /// A field was set to a value, as text.
    Set(Field, String),
    /// For the playback.
    Playback(PlaybackMsg),
    /// For the datasets.
    Dataset(DatasetMsg),
    /// For the plane.
    Plane(PlaneMsg),
    /// For the layer inspector, the errors and the samples.
    Inspect(InspectMsg),
    /// For the drawing pad.
    Pad(PadMsg),
    /// For the runs.
    Runs(RunsMsg),
    /// For the notices.
    Notice(NoticeMsg),
    /// Start an experiment: its name, and its settings as a fragment.
    StartExperiment(String, String),
    /// Copy a link to the settings.
    Share,
    /// Copy HTML that embeds the page, with these settings, in another page.
    Embed,
    /// Save a table of the digits' codes.
    SaveCodes,
    /// Save the run as a file.
    Save(Format),
}

/// Play, pause, speed, stops, and the browser's tab.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlaybackMsg {
    /// Play, or pause.
    TogglePlay,
    /// Make one step, or as many as *Step* is set to.
    Step,
    /// Set how far *Step* goes.
    StepSize(StepSize),
    /// Set the speed.
    Speed(Speed),
    /// Stop at this step, or at none.
    StopAt(Option<u64>),
    /// Stop at a plateau, or not.
    StopAtPlateau(bool),
    /// The user has touched the page: pointer, keys or scrolling.
    UserActive,
    /// Restart training.
    Reset,
    /// The tab is hidden.
    Hidden,
    /// The tab is shown again, after this many milliseconds.
    Shown(f64),
}

/// Downloads and the user's files.
#[derive(Clone, Debug, PartialEq)]
pub enum DatasetMsg {
    /// Whether MNIST is served with the page.
    Served(bool),
    /// A chunk of a file of MNIST has arrived.
    MnistChunk(Ticket, MnistFile, Vec<u8>),
    /// A file of MNIST has ended.
    MnistEnd(Ticket, MnistFile),
    /// A file of MNIST could not be downloaded, and why.
    MnistFailed(Ticket, MnistFile, String),
    /// Download MNIST again.
    Retry,
    /// The user has chosen files of these names.
    FilesChosen(Ticket, Vec<String>),
    /// A chunk of one of these files has been read.
    FileChunk(Ticket, usize, Vec<u8>),
    /// One of these files was a picture, and these are its pixels.
    FilePicture(Ticket, usize, Box<[u8; PIXELS]>),
    /// One of these files has ended.
    FileEnd(Ticket, usize),
    /// One of these files could not be read: its name, and why.
    FileFailed(Ticket, String, String),
}

/// Pointer and keys on the plane. Points are fractions of the picture's side, from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlaneMsg {
    /// The pointer is at a point, or has left the plane.
    PointAt(Option<[f32; 2]>),
    /// Move the pointed-at place by fractions of the plane's half width.
    Nudge(f32, f32),
    /// Pin the digit nearest to a point, or the point itself if no digit is within reach.
    Pick {
        /// The point.
        at: [f32; 2],
        /// The largest distance of the digit, as a fraction of the side.
        reach: f32,
    },
    /// Pin the pointed-at place.
    PinFocus,
    /// Pin a test digit, by its index.
    PinDigit(usize),
    /// Remove all pins.
    ClearPins,
    /// Show or hide a class.
    ToggleClass(u8),
    /// Show all classes.
    ShowAllClasses,
    /// Show another unit on the x axis (0) or the y axis (1).
    Axis(usize, usize),
    /// Show another layer, or the principal components.
    View(View),
    /// Show or hide something on the plane.
    Toggle(Shown),
    /// Color the points by class or by error.
    Color(Coloring),
    /// Zoom about a point.
    Zoom {
        /// The point.
        at: [f32; 2],
        /// The factor; below one zooms out.
        factor: f32,
        /// Whether to animate it: for a single step, not for one of many small ones.
        smoothly: bool,
    },
    /// Pan right and down.
    Pan(f32, f32),
    /// Show all digits.
    Fit,
    /// A double click has ended at a point.
    DoublePick([f32; 2]),
    /// Remove a pin, counted from zero.
    RemovePin(usize),
    /// Remove the pin nearest to the pointed-at place, if it is within this reach.
    RemovePinHere(f32),
    /// Show one class alone, or all again.
    Isolate(u8),
    /// Highlight a class, or none.
    Highlight(Option<u8>),
    /// Show or hide the path from A to B.
    TogglePath,
    /// Show or hide the circle.
    ToggleCircle,
    /// Set the speed of the point on the circle, in turns per second.
    CircleSpeed(f32),
    /// Center the circle on the origin, with the median distance of the digits as its radius.
    CircleAroundOrigin,
    /// Drag a handle to a point.
    DragHandle(Handle, [f32; 2]),
    /// Move a handle by fractions of the plane's half width.
    NudgeHandle(Handle, f32, f32),
    /// Animate nothing, or animate again.
    ReduceMotion(bool),
    /// Start the showcase.
    Tour,
}

impl From<GestureEvent> for PlaneMsg {
    fn from(event: GestureEvent) -> Self {
        match event {
            GestureEvent::Point(at) => Self::PointAt(Some(at)),
            GestureEvent::Click { at, reach } => Self::Pick { at, reach },
            GestureEvent::DoubleClick(at) => Self::DoublePick(at),
            GestureEvent::Pan(dx, dy) => Self::Pan(dx, dy),
            GestureEvent::Zoom(at, factor) => Self::Zoom { at, factor, smoothly: false },
        }
    }
}

/// The layer inspector, the errors and the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InspectMsg {
    /// Open a layer, or close it if it is open.
    Toggle(usize),
    /// Close the open layer.
    Close,
    /// Change a layer, which restarts training.
    Edit(LayerEdit),
    /// Show weights or gradients of the open layer.
    Show(Quantity),
    /// Show the next units of the open layer, or the previous ones.
    Turn(bool),
    /// The errors are visible, or no longer.
    Errors(bool),
    /// Draw samples from the prior.
    Sample,
}

/// Undo, the timeline, curves, and the stored run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunsMsg {
    /// Bring back the run before this one.
    Undo,
    /// Bring back the run that was undone last.
    Redo,
    /// Show the run at a place between its beginning (0) and now (1).
    Seek(f64),
    /// Replay the run from its beginning to now, or stop the replay.
    Replay,
    /// Continue from the shown step.
    Branch,
    /// Keep the curve of this run.
    KeepCurve,
    /// Remove a kept curve, by its number.
    DropCurve(u64),
    /// The browser has a run of an earlier visit.
    Found(Vec<u8>),
    /// Continue with that run.
    GoOn,
    /// Delete that run.
    Decline,
    /// The browser does not store runs, and why.
    Refused(String),
}

/// The notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeMsg {
    /// The browser's side has something to say.
    Say(String),
    /// The notice's button was pressed.
    Act,
    /// The notice was closed.
    Dismiss,
}

macro_rules! from_part {
    ($($variant:ident($part:ident)),*) => {$(
        impl From<$part> for Msg {
            fn from(msg: $part) -> Self {
                Self::$variant(msg)
            }
        }
    )*};
}

from_part!(
    Playback(PlaybackMsg),
    Dataset(DatasetMsg),
    Plane(PlaneMsg),
    Inspect(InspectMsg),
    Pad(PadMsg),
    Runs(RunsMsg),
    Notice(NoticeMsg)
);

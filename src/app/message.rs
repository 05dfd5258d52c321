//! What can happen to the page, group_digits by the part that it is for.

use super::controls::{Speed, StepSize};
use super::dataset::{MnistFile, Ticket};
use super::inspect::{LayerEdit, PadMsg, Quantity};
use super::plane::{Coloring, GestureEvent, Handle, Shown, View};
use super::settings::Field;
use crate::data::PIXELS;
use crate::files::Format;

/// Something that has happened; [`App::update`](super::App::update) knows what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// The page has opened, with the URL's fragment, with or without its `#`.
    Open(String),
    /// The URL's fragment has changed.
    Fragment(String),
    /// A field was set to a value, as text.
    Set(Field, String),
    /// For the transport.
    Playback(PlaybackMsg),
    /// For the images.
    Dataset(DatasetMsg),
    /// For the plane.
    Plane(PlaneMsg),
    /// For what looks into the network.
    Inspect(InspectMsg),
    /// For the drawing pad.
    Pad(PadMsg),
    /// For what remembers runs.
    Record(RunsMsg),
    /// For the notices.
    Notice(NoticeMsg),
    /// An experiment is to be set up: its name, and its settings as a fragment.
    StartExperiment(String, String),
    /// A link to the settings is wanted.
    Share,
    /// Markup is wanted that shows the page, with these settings, inside another page.
    Embed,
    /// A table of the digits' codes is wanted.
    SaveCodes,
    /// A file of what is trained is wanted.
    Save(Format),
}

/// Play and pause, how fast and how far, and the tab.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlaybackMsg {
    /// Play, or pause.
    TogglePlay,
    /// Make a step, or as many as *Step* is set to.
    Step,
    /// How far *Step* goes.
    StepSize(StepSize),
    /// Go at another speed.
    Speed(Speed),
    /// Stop at this step, or at none.
    StopAt(Option<u64>),
    /// Stop at a plateau, or not.
    StopAtPlateau(bool),
    /// Somebody is here: the pointer, the keys or the page have moved.
    UserActive,
    /// Begin again.
    Reset,
    /// The tab is hidden.
    Hidden,
    /// The tab is shown again, after this many milliseconds.
    Shown(f64),
}

/// What comes of downloads and of files that are given.
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
    /// MNIST is to be downloaded once more.
    Retry,
    /// The visitor has given files of these names.
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

/// What pointer and keys do on the plane. Points of its picture are in parts of its side, from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlaneMsg {
    /// The pointer is at a point of the picture, or has left it.
    PointAt(Option<[f32; 2]>),
    /// A key moves what is pointed at, by parts of the plane's half width.
    Nudge(f32, f32),
    /// The digit nearest to a point is pinned, or the point if no digit is within reach.
    Pick {
        /// The point.
        at: [f32; 2],
        /// How far a digit may be from it, in parts of the side.
        reach: f32,
    },
    /// What is pointed at is pinned.
    PinFocus,
    /// A test digit is pinned, by its index.
    PinDigit(usize),
    /// All pins are removed.
    ClearPins,
    /// A class is shown or hidden.
    ToggleClass(u8),
    /// All classes are shown.
    ShowAllClasses,
    /// Another number of the code, or another output of the layer, is shown across (0) or up (1).
    Axis(usize, usize),
    /// Something else of the network is shown.
    View(View),
    /// Something is shown on the plane, or hidden.
    Toggle(Shown),
    /// Colours say something else.
    Color(Coloring),
    /// One looks closer about a point.
    Zoom {
        /// The point.
        at: [f32; 2],
        /// How many times closer; farther below one.
        factor: f32,
        /// Within some frames: a single step, rather than one of many small ones.
        smoothly: bool,
    },
    /// The plane is dragged right and down.
    Pan(f32, f32),
    /// All digits are shown again.
    Fit,
    /// A double click has ended at a point.
    DoublePick([f32; 2]),
    /// The pin of a number, counted from zero, is removed.
    RemovePin(usize),
    /// The pin that is nearest to what is pointed at is removed, if it is within this reach.
    RemovePinHere(f32),
    /// A class is shown alone, or all again.
    Isolate(u8),
    /// A class stands out, or none.
    Highlight(Option<u8>),
    /// The path from A to B is laid, or taken away.
    TogglePath,
    /// The circle to walk around is drawn, or taken away.
    ToggleCircle,
    /// How many times around the walker goes in a second.
    CircleSpeed(f32),
    /// The walk leads around zero, as far from it as the digit in the middle of all.
    CircleAroundOrigin,
    /// A handle is dragged to a point.
    DragHandle(Handle, [f32; 2]),
    /// A key moves a handle, by parts of the plane's half width.
    NudgeHandle(Handle, f32, f32),
    /// Nothing may move by itself, or it may again.
    ReduceMotion(bool),
    /// The visitor is shown around, until somebody points.
    Tour,
}

impl From<GestureEvent> for PlaneMsg {
    fn from(touch: GestureEvent) -> Self {
        match touch {
            GestureEvent::Point(at) => Self::PointAt(Some(at)),
            GestureEvent::Click { at, reach } => Self::Pick { at, reach },
            GestureEvent::DoubleClick(at) => Self::DoublePick(at),
            GestureEvent::Pan(dx, dy) => Self::Pan(dx, dy),
            GestureEvent::Zoom(at, factor) => Self::Zoom { at, factor, smoothly: false },
        }
    }
}

/// What is done with single layers, with errors and with samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InspectMsg {
    /// A layer is opened, or closed if it is open.
    Toggle(usize),
    /// The open layer is closed.
    Close,
    /// A layer is changed, which begins a new run.
    Edit(LayerEdit),
    /// Other numbers of the open layer are shown.
    Show(Quantity),
    /// More of its units are shown: those after them, or those before.
    Turn(bool),
    /// Somebody looks at the errors, or no longer does.
    Errors(bool),
    /// Samples from the prior are drawn.
    Sample,
}

/// Undo, the timeline, curves, and the run that the browser keeps.
#[derive(Clone, Debug, PartialEq)]
pub enum RunsMsg {
    /// The run before this one is wanted back.
    Undo,
    /// What was undone is wanted back.
    Redo,
    /// A moment of the run is to be looked at, from its beginning (0) to now (1).
    Seek(f64),
    /// The run is to unfold from its beginning to now, or to stop where that has come to.
    Replay,
    /// The run is to go on from the moment that is looked at.
    Branch,
    /// The curve of this run is to be kept.
    KeepCurve,
    /// A curve that was kept, by its number, is no longer wanted.
    DropCurve(u64),
    /// The browser has kept a run from an earlier visit.
    Found(Vec<u8>),
    /// That run is to go on.
    GoOn,
    /// That run is not wanted.
    Decline,
    /// The browser refuses to keep runs, and why.
    Refused(String),
}

/// What is done about a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeMsg {
    /// The browser's side has something to say.
    Say(String),
    /// The notice's button was pressed.
    Act,
    /// The notice was closed.
    Dismiss,
}

macro_rules! for_a_part {
    ($($group:ident($part:ident)),*) => {$(
        impl From<$part> for Msg {
            fn from(msg: $part) -> Self {
                Self::$group(msg)
            }
        }
    )*};
}

for_a_part!(
    Playback(PlaybackMsg),
    Dataset(DatasetMsg),
    Plane(PlaneMsg),
    Inspect(InspectMsg),
    Pad(PadMsg),
    Record(RunsMsg),
    Notice(NoticeMsg)
);

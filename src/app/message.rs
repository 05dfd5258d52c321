//! What comes into the app, what an update has changed, and what the app asks of the browser.

use bitflags::bitflags;

use super::controls::{Speed, StepSize};
use super::dataset::{DecodedPicture, MnistFile, PictureRequest, Ticket};
use super::inspect::{InspectMsg, PadMsg};
use super::lessons::LessonMsg;
use super::plane::PlaneMsg;
use super::runs::{StorageEvent, StorageRequest, Visit};
use super::settings::{DatasetChoice, Field};
use crate::data::import::Adjustment;
use crate::files::{Format, Script};

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
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Download the files of MNIST.
    Download(Ticket),
    /// Decode a picture in the user's files.
    Decode(Ticket, PictureRequest),
    /// Replace the URL's fragment.
    UpdateUrl(String),
    /// Copy a link with this fragment to the clipboard.
    CopyLink(String),
    /// Copy HTML to the clipboard that embeds the page with this fragment in another page.
    CopyEmbed(String),
    /// Save a file on the user's disk.
    SaveFile(SavedFile),
    /// Read or write the runs that the browser stores.
    Storage(StorageRequest),
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
    /// The page has opened with this URL fragment, with or without its `#`, or the URL has changed to it.
    Open(String),
    /// A field was set to a value, as text.
    Set(Field, String),
    /// A step to stop at was typed; nothing for none.
    SetStop(String),
    /// A width was typed for a layer, by its index.
    SetWidth(usize, String),
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
    /// For the lessons and the tour.
    Lesson(LessonMsg),
    /// Copy a link to the settings.
    Share,
    /// Copy HTML that embeds the page, with these settings, in another page.
    Embed,
    /// Save a table of the digits' codes.
    SaveCodes,
    /// Save a script that rebuilds the network in another library.
    SaveScript(Script),
    /// Save the run as a file.
    Save(Format),
    /// Save all runs as an archive.
    SaveRuns,
    /// Save the curves of the chart as a table.
    SaveCurves,
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
    /// Another dataset is served as well; said before [`Served`](Self::Served).
    ServedBeside(DatasetChoice),
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
    /// A picture in one of these files was decoded, or could not be.
    PictureDecoded(Ticket, usize, Option<DecodedPicture>),
    /// Stop reading these files.
    CancelFiles,
    /// Read the user's own images inverted or transposed, or as they are.
    Adjust(Adjustment),
    /// One of these files has ended.
    FileEnd(Ticket, usize),
    /// One of these files could not be read: its name, and why.
    FileFailed(Ticket, String, String),
}

/// The list of runs, and the timeline of the running one.
#[derive(Clone, Debug, PartialEq)]
pub enum RunsMsg {
    /// The page has opened in this visit.
    Visit(Visit),
    /// Continue with a run, by its key.
    Open(String),
    /// Continue with the run that was running before this one.
    Back,
    /// Continue with the run that was running after this one, before going back.
    Forward,
    /// Remove a run, by its key.
    Remove(String),
    /// Keep the user's own images in the browser, or no longer.
    KeepImages(bool),
    /// Draw the curve of a run in the chart, or no longer.
    Tick(String, bool),
    /// Rename a run.
    Rename(String, String),
    /// Set a setting back to what it was before its mark, by the index of the mark.
    Revert(usize),
    /// Show the recorded step nearest to this one, or the present if the run has not come so far.
    Seek(u64),
    /// Show the step that was recorded this many before or after the shown one.
    SeekBy(isize),
    /// Show the present.
    Now,
    /// Replay the run from its beginning to now, or stop the replay.
    Replay,
    /// Continue from the shown step.
    Branch,
    /// The browser's storage has answered.
    Storage(StorageEvent),
}

/// The notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeMsg {
    /// The browser's side has something to say.
    Say(String),
    /// The browser's side tells of a file: that stays until it is closed.
    Keep(String),
    /// The notice has the pointer or the focus, or no longer.
    Hold(bool),
    /// The notice's button was pressed.
    Act,
    /// The notice's second button was pressed.
    ActOtherwise,
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
    Notice(NoticeMsg),
    Lesson(LessonMsg)
);

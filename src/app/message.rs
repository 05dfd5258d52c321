//! What can happen to the page.

use super::plane::Pin;
use super::settings::Field;
use super::source::MnistFile;
use crate::snapshot::Format;

/// Tells the chunks of one download or one choice of files from those of an earlier one that was given up.
pub type Ticket = u64;

/// Something that has happened; [`App::update`](super::App::update) knows what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// The page has opened, with the URL's fragment, and with or without MNIST beside it.
    Open {
        /// The fragment, with or without its `#`.
        fragment: String,
        /// Whether MNIST can be downloaded.
        mnist_served: bool,
    },
    /// The URL's fragment has changed.
    Fragment(String),
    /// Play, or pause.
    TogglePlay,
    /// Train on one batch.
    Step,
    /// Begin again.
    Reset,
    /// A setting was turned to a value, as text.
    Set(Field, String),
    /// The pointer is at a place of the plane, or has left it.
    PointAt(Option<[f32; 2]>),
    /// A key moves what is pointed at, by parts of the plane's half width.
    Nudge(f32, f32),
    /// A point is pinned.
    Pin(Pin),
    /// What is pointed at is pinned.
    PinFocus,
    /// All pins are removed.
    ClearPins,
    /// A class is shown or hidden.
    ToggleClass(u8),
    /// All classes are shown.
    ShowAllClasses,
    /// A chunk of a file of MNIST has arrived.
    MnistChunk(Ticket, MnistFile, Vec<u8>),
    /// A file of MNIST has ended.
    MnistEnd(Ticket, MnistFile),
    /// A file of MNIST could not be downloaded, and why.
    MnistFailed(Ticket, MnistFile, String),
    /// The visitor has given files of these names.
    OwnFiles(Ticket, Vec<String>),
    /// A chunk of one of these files has been read.
    OwnChunk(Ticket, usize, Vec<u8>),
    /// One of these files has ended.
    OwnEnd(Ticket, usize),
    /// One of these files could not be read, and why.
    OwnFailed(Ticket, String),
    /// What is trained is to be kept in a file.
    Save(Format),
    /// The settings are to be in the page's address.
    Share,
    /// The browser's side has something to say.
    Say(String),
    /// The tab is hidden.
    Hidden,
    /// The tab is shown again, after so many milliseconds.
    Shown(f64),
    /// The notice's button was pressed.
    Act,
    /// The notice was closed.
    Dismiss,
}

//! What the app asks of the browser.

use super::dataset::Ticket;

/// Something that only the browser can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Download the files of MNIST.
    Download(Ticket),
    /// Put a fragment into the page's address.
    Address(String),
    /// Put a link with this fragment on the clipboard.
    Copy(String),
    /// Put markup on the clipboard that shows the page with this fragment inside another page.
    CopyEmbed(String),
    /// Hand a file to the visitor.
    SaveFile(SavedFile),
    /// Keep a run for the next visit, in place of the one kept before.
    Keep(Vec<u8>),
    /// Forget the run that was kept.
    Forget,
}

/// A file for the visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

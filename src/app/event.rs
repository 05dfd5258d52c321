//! What happens to one part that others have to hear of.

/// Something that has happened to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Another run has taken the place of the one before.
    Restarted,
    /// The network has other parameters.
    Trained,
    /// Another moment of the run is looked at.
    OtherSubject,
    /// Other images are trained on and shown.
    OtherImages,
    /// All images are here.
    ImagesComplete,
    /// What is wrong with the run has changed.
    TroubleChanged,
}

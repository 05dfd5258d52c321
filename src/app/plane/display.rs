//! What the plane shows, and what its colours stand for.

/// A part of the picture that can be shown or hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// A point for each digit.
    Points,
    /// The images of the digits.
    Thumbnails,
    /// The decoded manifold behind the points.
    Manifold,
    /// An arrow along each digit's negative gradient.
    Gradients,
}

/// What the colour of a digit stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coloring {
    /// Its class.
    #[default]
    Class,
    /// Its reconstruction error.
    Error,
}

/// The visible overlays and the colouring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Display {
    /// See [`Overlay::Points`].
    pub points: bool,
    /// See [`Overlay::Thumbnails`].
    pub thumbnails: bool,
    /// See [`Overlay::Manifold`].
    pub manifold: bool,
    /// See [`Overlay::Gradients`].
    pub gradients: bool,
    /// What colours stand for.
    pub coloring: Coloring,
}

impl Default for Display {
    fn default() -> Self {
        Self { points: true, thumbnails: false, manifold: true, gradients: false, coloring: Coloring::Class }
    }
}

impl Display {
    /// Returns whether an overlay is visible.
    pub fn has(&self, overlay: Overlay) -> bool {
        match overlay {
            Overlay::Points => self.points,
            Overlay::Thumbnails => self.thumbnails,
            Overlay::Manifold => self.manifold,
            Overlay::Gradients => self.gradients,
        }
    }

    /// Shows or hides an overlay.
    pub fn toggle(&mut self, overlay: Overlay) {
        let field = match overlay {
            Overlay::Points => &mut self.points,
            Overlay::Thumbnails => &mut self.thumbnails,
            Overlay::Manifold => &mut self.manifold,
            Overlay::Gradients => &mut self.gradients,
        };
        *field = !*field;
    }
}

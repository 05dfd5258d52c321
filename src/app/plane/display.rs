//! What is shown on the plane, and in which colours.

/// Something that can be shown on the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A point for each digit.
    Points,
    /// The pictures of the digits.
    Thumbnails,
    /// What the decoder draws all over it.
    Manifold,
    /// Where each digit is pulled.
    Pull,
}

/// What the colour of a digit says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coloring {
    /// Its class.
    #[default]
    Class,
    /// How well it is reconstructed.
    Error,
}

/// What is shown, and in which colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Display {
    /// See [`Shown::Points`].
    pub points: bool,
    /// See [`Shown::Thumbnails`].
    pub thumbnails: bool,
    /// See [`Shown::Manifold`].
    pub manifold: bool,
    /// See [`Shown::Pull`].
    pub pull: bool,
    /// What colours say.
    pub coloring: Coloring,
}

impl Default for Display {
    fn default() -> Self {
        Self { points: true, thumbnails: false, manifold: true, pull: false, coloring: Coloring::Class }
    }
}

impl Display {
    /// Whether something is shown.
    #[must_use]
    pub fn has(&self, shown: Shown) -> bool {
        match shown {
            Shown::Points => self.points,
            Shown::Thumbnails => self.thumbnails,
            Shown::Manifold => self.manifold,
            Shown::Pull => self.pull,
        }
    }

    /// Shows something or hides it.
    pub fn toggle(&mut self, shown: Shown) {
        let field = match shown {
            Shown::Points => &mut self.points,
            Shown::Thumbnails => &mut self.thumbnails,
            Shown::Manifold => &mut self.manifold,
            Shown::Pull => &mut self.pull,
        };
        *field = !*field;
    }
}

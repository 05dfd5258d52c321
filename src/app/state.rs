//! What the page is doing, in figures, and what has to be drawn of it.

/// What the page is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is nothing to train on yet.
    Loading,
    /// It waits for someone to press Play or to come back to the tab.
    Paused,
    /// It learns.
    Training,
    /// The loss has left all bounds.
    Diverged,
}

impl State {
    /// The name, as the page's `data-state` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Paused => "paused",
            Self::Training => "training",
            Self::Diverged => "diverged",
        }
    }
}

/// What has changed since it was last drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dirty {
    /// State and figures.
    pub figures: bool,
    /// The settings' controls, the legend and the notice.
    pub controls: bool,
    /// The loss chart.
    pub loss: bool,
    /// The reconstructions.
    pub reconstructions: bool,
    /// The latent plane.
    pub plane: bool,
    /// What the decoder draws behind it.
    pub manifold: bool,
    /// The decoded digit, the selected one and the pins.
    pub decoded: bool,
}

impl Dirty {
    /// Everything.
    pub const ALL: Self = Self {
        figures: true,
        controls: true,
        loss: true,
        reconstructions: true,
        plane: true,
        manifold: true,
        decoded: true,
    };

    /// Nothing.
    pub const NONE: Self = Self {
        figures: false,
        controls: false,
        loss: false,
        reconstructions: false,
        plane: false,
        manifold: false,
        decoded: false,
    };

    /// What has changed here or there.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            figures: self.figures || other.figures,
            controls: self.controls || other.controls,
            loss: self.loss || other.loss,
            reconstructions: self.reconstructions || other.reconstructions,
            plane: self.plane || other.plane,
            manifold: self.manifold || other.manifold,
            decoded: self.decoded || other.decoded,
        }
    }

    /// What has changed here and not there.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self {
            figures: self.figures && !other.figures,
            controls: self.controls && !other.controls,
            loss: self.loss && !other.loss,
            reconstructions: self.reconstructions && !other.reconstructions,
            plane: self.plane && !other.plane,
            manifold: self.manifold && !other.manifold,
            decoded: self.decoded && !other.decoded,
        }
    }
}

/// The figures of the transport bar and of the page's `data-` attributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Steps made.
    pub step: u64,
    /// Examples seen.
    pub examples: u64,
    /// Examples seen, in multiples of the training images.
    pub epoch: f64,
    /// Training error, smoothed: MSE per pixel.
    pub train_mse: Option<f32>,
    /// Test error over all held-out images: MSE per pixel.
    pub test_mse: Option<f32>,
    /// Steps per second.
    pub steps_per_second: Option<f64>,
    /// Examples per second.
    pub examples_per_second: Option<f64>,
    /// Training images in memory.
    pub images: usize,
}

//! Whether the page trains, waits or rests.

use super::version::Version;

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

/// What was pressed: Play, Pause or Step; and whether the tab is seen.
#[derive(Clone, Copy, Debug)]
pub struct Transport {
    playing: bool,
    hidden: bool,
    steps_wanted: u32,
    version: Version,
}

impl Default for Transport {
    fn default() -> Self {
        Self { playing: true, hidden: false, steps_wanted: 0, version: Version::default() }
    }
}

impl Transport {
    /// Whether Play was pressed last, rather than Pause.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Whether the tab is hidden.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// Whether training goes on by itself.
    #[must_use]
    pub fn trains(&self) -> bool {
        self.playing && !self.hidden
    }

    /// Whether a single step is wanted.
    #[must_use]
    pub fn wants_step(&self) -> bool {
        self.steps_wanted > 0
    }

    /// The number of changes.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Plays or pauses.
    pub fn play(&mut self, playing: bool) {
        self.playing = playing;
        self.version.bump();
    }

    /// Pauses and asks for a step.
    pub fn want_step(&mut self) {
        self.playing = false;
        self.steps_wanted = self.steps_wanted.saturating_add(1);
        self.version.bump();
    }

    /// Takes note that a step was made.
    pub fn stepped(&mut self) {
        self.steps_wanted = self.steps_wanted.saturating_sub(1);
    }

    /// Asks for no more steps.
    pub fn cancel_steps(&mut self) {
        self.steps_wanted = 0;
    }

    /// Hides the tab or shows it.
    pub fn set_hidden(&mut self, hidden: bool) {
        self.hidden = hidden;
        self.version.bump();
    }
}

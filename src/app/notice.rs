//! What the page has to say, in a sentence.

/// A sentence, and a button beside it where there is something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// What the button does.
    pub action: Option<Action>,
}

/// What the button of a notice does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Goes back to the last good parameters, with a tenth of the learning rate.
    Recover,
}

impl Action {
    /// The button's label.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Recover => "Back to the last good parameters, at a tenth of the rate",
        }
    }
}

impl Notice {
    /// A sentence by itself.
    #[must_use]
    pub fn say(text: impl Into<String>) -> Self {
        Self { text: text.into(), action: None }
    }

    /// A run has diverged.
    #[must_use]
    pub fn diverged(step: u64, learning_rate: f32) -> Self {
        let text = format!(
            "The loss left all bounds at step {step}, so training has stopped. A learning rate of {learning_rate} \
             is more than this network bears: try a lower one."
        );
        Self { text, action: Some(Action::Recover) }
    }

    /// The tab was hidden for so many milliseconds.
    #[must_use]
    pub fn away(milliseconds: f64) -> Self {
        let seconds = (milliseconds / 1_000.0).round().max(1.0) as u64;
        let duration = match (seconds / 60, seconds % 60) {
            (0, s) => format!("{s} s"),
            (m, s) => format!("{m} min {s} s"),
        };
        Self::say(format!("Training paused while this tab was hidden, for {duration}; now it goes on."))
    }
}

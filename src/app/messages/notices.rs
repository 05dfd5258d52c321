//! The notices of the page.

use crate::app::tracked::Version;

/// A sentence, with buttons if there is something to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// The button's action, and its label.
    pub action: Option<(Action, String)>,
    /// A second button, for something else to do.
    pub alternative: Option<(Action, String)>,
    /// The notice is removed once this is no longer true.
    valid_while: Option<Condition>,
    /// Whether it stays until it is closed. One with a button does, too.
    stays: bool,
}

/// The action of a notice's button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Rolls back to the last good parameters and their learning rate.
    Recover,
    /// Downloads MNIST again.
    Retry,
    /// Brings back the run that was removed last.
    RestoreRun,
    /// Trains the run on the images that are here, in place of its own.
    TrainOnThese,
    /// Starts a run on the few images that were given.
    TrainOnFew,
    /// Shows the next of the given images.
    ShowNext,
    /// Stops reading the user's files.
    CancelFiles,
    /// Keeps the activations that were taken for the user's network.
    KeepActivations,
    /// Takes the second-best guess of the activations.
    OtherActivations,
}

/// A condition under which a notice is true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// Training continues by itself.
    Playing,
    /// Training has stopped at this step.
    StoppedAt(u64),
    /// The run has made this step.
    Past(u64),
    /// The learning rate.
    LearningRate(f32),
    /// The schedule of the learning rate has come to its end.
    ScheduleEnded,
}

impl Notice {
    /// Creates a notice that goes by itself.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), action: None, alternative: None, valid_while: None, stays: false }
    }

    /// Adds a button, which keeps the notice until it is pressed or closed.
    pub fn with_button(self, action: Action, label: impl Into<String>) -> Self {
        Self { action: Some((action, label.into())), ..self }
    }

    /// Adds a second button.
    pub fn with_second_button(self, action: Action, label: impl Into<String>) -> Self {
        Self { alternative: Some((action, label.into())), ..self }
    }

    /// Removes the notice as soon as a condition is no longer true.
    pub fn valid_while(self, condition: Condition) -> Self {
        Self { valid_while: Some(condition), ..self }
    }

    /// Keeps the notice until it is closed: for files and storage.
    pub fn until_closed(self) -> Self {
        Self { stays: true, ..self }
    }
}

impl From<&str> for Notice {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Notice {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// The notices: the newest first, one at a time.
///
/// A notice is removed when its condition is no longer true, and after eight seconds on the page unless it
/// [stays until it is closed](Notice::until_closed). It stays while it has the pointer or the focus. One that goes by itself
/// is replaced by the next one once it was seen.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    /// The last is shown.
    queue: Vec<Entry>,
    is_hovered_or_focused: bool,
    version: Version,
}

#[derive(Clone, Debug)]
struct Entry {
    notice: Notice,
    /// How long it was shown, in milliseconds.
    shown_ms: f64,
    seen: bool,
}

impl Entry {
    fn stays(&self) -> bool {
        self.notice.stays || self.notice.action.is_some()
    }
}

/// The largest number of notices in the queue.
const MAX_QUEUED: usize = 8;

/// How long a notice that goes by itself is shown, in milliseconds.
const SHOWN_MS: f64 = 8_000.0;

impl Notices {
    /// Adds a notice, or a sentence that goes by itself.
    pub fn say(&mut self, notice: impl Into<Notice>) {
        let notice = notice.into();
        if let Some((action, _)) = notice.action {
            self.withdraw(action);
        }
        self.version.bump();
        self.queue.retain(|entry| entry.notice != notice && (entry.stays() || !entry.seen));
        if self.queue.len() == MAX_QUEUED {
            self.queue.remove(0);
        }
        self.queue.push(Entry { notice, shown_ms: 0.0, seen: false });
    }

    /// Adds a sentence with a button, in place of an earlier one with the same action.
    pub fn offer(&mut self, text: impl Into<String>, action: Action, label: impl Into<String>) {
        self.say(Notice::new(text).with_button(action, label));
    }

    /// Returns whether a notice with this action waits.
    pub fn offers(&self, action: Action) -> bool {
        self.queue.iter().any(|entry| entry.notice.action.as_ref().is_some_and(|(other, _)| *other == action))
    }

    /// Removes the notice with this action.
    pub fn withdraw(&mut self, action: Action) {
        self.version.bump();
        self.queue.retain(|entry| entry.notice.action.as_ref().is_none_or(|(other, _)| *other != action));
    }

    /// Removes the notices whose conditions are no longer true, except one with the pointer or the focus.
    pub fn retain(&mut self, is_true: impl Fn(Condition) -> bool) {
        let count = self.queue.len();
        let shown = self.queue.pop_if(|_| self.is_hovered_or_focused);
        self.queue.retain(|entry| entry.notice.valid_while.is_none_or(&is_true));
        self.queue.extend(shown);
        if self.queue.len() < count {
            self.version.bump();
        }
    }

    /// Returns the notice to be shown.
    pub fn shown(&self) -> Option<&Notice> {
        self.queue.last().map(|entry| &entry.notice)
    }

    /// Returns the version of the last change.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Removes the shown notice.
    pub fn dismiss(&mut self) {
        self.version.bump();
        self.queue.pop();
        // Browsers may send no pointerleave for a hidden element.
        self.is_hovered_or_focused &= !self.queue.is_empty();
    }

    /// Sets whether the shown notice has the pointer or the focus.
    pub fn set_hovered_or_focused(&mut self, is_hovered_or_focused: bool) {
        self.is_hovered_or_focused = is_hovered_or_focused;
    }

    /// Records that the shown notice is on the page for `elapsed` more milliseconds, and removes it when its time is over.
    pub fn frame(&mut self, elapsed: f64) {
        let counts = !self.is_hovered_or_focused;
        let Some(entry) = self.queue.last_mut() else { return };
        // Time counts only after the first frame that showed it.
        entry.shown_ms += if entry.seen && counts { elapsed } else { 0.0 };
        entry.seen = true;
        if entry.shown_ms >= SHOWN_MS && !entry.stays() {
            self.dismiss();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(notices: &Notices) -> &str {
        notices.shown().map_or("", |notice| &notice.text)
    }

    /// Shows the notices for this many seconds.
    fn pass(notices: &mut Notices, seconds: usize) {
        (0..100 * seconds).for_each(|_| notices.frame(10.0));
    }

    #[test]
    fn the_newest_notice_is_shown_and_unseen_ones_wait() {
        let mut notices = Notices::default();
        notices.say("one");
        notices.say("two");
        assert_eq!(shown(&notices), "two");
        notices.dismiss();
        assert_eq!(shown(&notices), "one");
        notices.frame(0.0);
        notices.say("three");
        notices.dismiss();
        assert_eq!(shown(&notices), "");
    }

    #[test]
    fn a_notice_with_a_button_stays_until_it_is_closed_or_withdrawn() {
        let mut notices = Notices::default();
        notices.offer("diverged", Action::Recover, "roll back");
        notices.frame(0.0);
        notices.say("by the way");
        notices.dismiss();
        assert_eq!(shown(&notices), "diverged");
        notices.offer("still diverged", Action::Recover, "roll back");
        notices.dismiss();
        assert_eq!(shown(&notices), "");
        notices.offer("again", Action::Recover, "roll back");
        notices.offer("offline", Action::Retry, "try again");
        notices.withdraw(Action::Retry);
        assert_eq!(shown(&notices), "again");
    }

    #[test]
    fn a_notice_goes_after_eight_seconds_unless_it_tells_of_files_or_asks_for_a_decision() {
        for (notice, stays) in [
            (Notice::new("refused"), false),
            (Notice::new("stopped").valid_while(Condition::Playing), false),
            (Notice::new("saved").until_closed(), true),
            (Notice::new("offline").with_button(Action::Retry, "Try again"), true),
        ] {
            let mut notices = Notices::default();
            notices.say(notice.clone());
            pass(&mut notices, 7);
            assert_eq!(notices.shown(), Some(&notice));
            let version = notices.version();
            pass(&mut notices, 2);
            assert_eq!(
                (notices.shown().is_some(), notices.version() == version),
                (stays, stays),
                "{notice:?}"
            );
        }
        // The time of one that waits begins when it is shown.
        let mut notices = Notices::default();
        notices.say("one");
        notices.say("two");
        pass(&mut notices, 9);
        assert_eq!(shown(&notices), "one");
        pass(&mut notices, 9);
        assert_eq!(shown(&notices), "");
    }

    #[test]
    fn a_notice_does_not_go_while_it_has_the_pointer_or_the_focus() {
        let mut notices = Notices::default();
        notices.say(Notice::new("stopped").valid_while(Condition::StoppedAt(5)));
        notices.set_hovered_or_focused(true);
        pass(&mut notices, 60);
        notices.retain(|_| false);
        assert_eq!(shown(&notices), "stopped");
        notices.set_hovered_or_focused(false);
        pass(&mut notices, 7);
        assert_eq!(shown(&notices), "stopped");
        notices.retain(|_| false);
        assert_eq!(shown(&notices), "");
    }

    #[test]
    fn a_notice_goes_when_what_it_says_no_longer_holds() {
        let mut notices = Notices::default();
        notices.say("no fact");
        notices.say(Notice::new("the rate is 2").valid_while(Condition::LearningRate(2.0)).until_closed());
        notices.say(Notice::new("stopped").valid_while(Condition::StoppedAt(5)));
        let version = notices.version();
        notices.retain(|_| true);
        assert_eq!((notices.version(), shown(&notices)), (version, "stopped"));
        notices.retain(|fact| fact == Condition::StoppedAt(5));
        assert_eq!((notices.version() == version, notices.queue.len()), (false, 2));
        notices.retain(|_| false);
        assert_eq!((shown(&notices), notices.queue.len()), ("no fact", 1));
    }

    #[test]
    fn the_number_of_waiting_notices_is_bounded() {
        let mut notices = Notices::default();
        (0..50).for_each(|number| notices.say(number.to_string()));
        assert_eq!((shown(&notices), notices.queue.len()), ("49", MAX_QUEUED));
    }
}

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
    /// What has to hold, or else the notice goes.
    fact: Option<Fact>,
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
    /// Shows the next of them.
    ShowNext,
    /// Stops reading the user's files.
    CancelFiles,
    /// Keeps the activations that were taken for the user's network.
    KeepActivations,
    /// Takes the second best ones.
    OtherActivations,
}

/// A fact that a notice tells of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact {
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
        Self { text: text.into(), action: None, alternative: None, fact: None, stays: false }
    }

    /// Adds a button, which keeps the notice until it is pressed or closed.
    pub fn with_button(self, action: Action, label: impl Into<String>) -> Self {
        Self { action: Some((action, label.into())), ..self }
    }

    /// Adds a second button.
    pub fn or(self, action: Action, label: impl Into<String>) -> Self {
        Self { alternative: Some((action, label.into())), ..self }
    }

    /// Lets the notice go as soon as a fact no longer holds.
    pub fn while_holds(self, fact: Fact) -> Self {
        Self { fact: Some(fact), ..self }
    }

    /// Keeps the notice until it is closed: it tells of files or of storage.
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
/// A notice goes when its fact no longer holds, and after eight seconds on the page unless it
/// [stays until it is closed](Notice::until_closed). It does not go while it has the pointer or the focus. One that goes by itself
/// is replaced by the next one once it was seen.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    /// The last is shown.
    waiting: Vec<Entry>,
    /// Whether the shown notice has the pointer or the focus.
    held: bool,
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

/// The largest number of waiting notices.
const MAX_WAITING: usize = 8;

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
        self.waiting.retain(|entry| entry.notice != notice && (entry.stays() || !entry.seen));
        if self.waiting.len() == MAX_WAITING {
            self.waiting.remove(0);
        }
        self.waiting.push(Entry { notice, shown_ms: 0.0, seen: false });
    }

    /// Adds a sentence with a button, in place of an earlier one with the same action.
    pub fn offer(&mut self, text: impl Into<String>, action: Action, label: impl Into<String>) {
        self.say(Notice::new(text).with_button(action, label));
    }

    /// Returns whether a notice with this action waits.
    pub fn offers(&self, action: Action) -> bool {
        self.waiting
            .iter()
            .any(|entry| entry.notice.action.as_ref().is_some_and(|(other, _)| *other == action))
    }

    /// Removes the notice with this action.
    pub fn withdraw(&mut self, action: Action) {
        self.version.bump();
        self.waiting.retain(|entry| entry.notice.action.as_ref().is_none_or(|(other, _)| *other != action));
    }

    /// Removes the notices whose facts no longer hold.
    pub fn retain(&mut self, holds: impl Fn(Fact) -> bool) {
        let (count, last) = (self.waiting.len(), self.waiting.len().wrapping_sub(1));
        let mut index = 0;
        self.waiting.retain(|entry| {
            let is_held = self.held && index == last;
            index += 1;
            is_held || entry.notice.fact.is_none_or(&holds)
        });
        if self.waiting.len() < count {
            self.version.bump();
        }
    }

    /// Returns the notice to be shown.
    pub fn shown(&self) -> Option<&Notice> {
        self.waiting.last().map(|entry| &entry.notice)
    }

    /// Returns the version of the last change.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Removes the shown notice.
    pub fn dismiss(&mut self) {
        self.version.bump();
        self.waiting.pop();
        // The browser need not say that the pointer has left what is hidden.
        self.held &= !self.waiting.is_empty();
    }

    /// Sets whether the shown notice has the pointer or the focus.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// Records that the shown notice is on the page for `elapsed` more milliseconds, and removes it when its time is over.
    pub fn frame(&mut self, elapsed: f64) {
        let held = self.held;
        let Some(entry) = self.waiting.last_mut() else { return };
        // The frame before has drawn it only if it was there.
        entry.shown_ms += if entry.seen && !held { elapsed } else { 0.0 };
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
            (Notice::new("stopped").while_holds(Fact::Playing), false),
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
        notices.say(Notice::new("stopped").while_holds(Fact::StoppedAt(5)));
        notices.hold(true);
        pass(&mut notices, 60);
        notices.retain(|_| false);
        assert_eq!(shown(&notices), "stopped");
        notices.hold(false);
        pass(&mut notices, 7);
        assert_eq!(shown(&notices), "stopped");
        notices.retain(|_| false);
        assert_eq!(shown(&notices), "");
    }

    #[test]
    fn a_notice_goes_when_what_it_says_no_longer_holds() {
        let mut notices = Notices::default();
        notices.say("no fact");
        notices.say(Notice::new("the rate is 2").while_holds(Fact::LearningRate(2.0)).until_closed());
        notices.say(Notice::new("stopped").while_holds(Fact::StoppedAt(5)));
        let version = notices.version();
        notices.retain(|_| true);
        assert_eq!((notices.version(), shown(&notices)), (version, "stopped"));
        notices.retain(|fact| fact == Fact::StoppedAt(5));
        assert_eq!((notices.version() == version, notices.waiting.len()), (false, 2));
        notices.retain(|_| false);
        assert_eq!((shown(&notices), notices.waiting.len()), ("no fact", 1));
    }

    #[test]
    fn the_number_of_waiting_notices_is_bounded() {
        let mut notices = Notices::default();
        (0..50).for_each(|number| notices.say(number.to_string()));
        assert_eq!((shown(&notices), notices.waiting.len()), ("49", MAX_WAITING));
    }
}

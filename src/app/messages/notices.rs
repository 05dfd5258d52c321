//! The notices of the page.

use crate::app::tracked::Version;

/// A sentence, with a button if there is something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// The button's action, and its label.
    pub action: Option<(Action, String)>,
}

/// The action of a notice's button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Rolls back to the last good parameters and their learning rate.
    Recover,
    /// Downloads MNIST again.
    Retry,
    /// Restores the run before this one.
    Undo,
}

/// The notices: the newest first, one at a time.
///
/// A notice without a button is replaced by the next one once it was seen. One with a button stays until it is closed or
/// withdrawn.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    /// The last is shown.
    waiting: Vec<Entry>,
    version: Version,
}

#[derive(Clone, Debug)]
struct Entry {
    notice: Notice,
    seen: bool,
}

/// The largest number of waiting notices.
const MAX_WAITING: usize = 8;

impl Notices {
    /// Adds a sentence.
    pub fn say(&mut self, text: impl Into<String>) {
        self.push(Notice { text: text.into(), action: None });
    }

    /// Adds a sentence with a button, in place of an earlier one with the same action.
    pub fn offer(&mut self, text: impl Into<String>, action: Action, label: impl Into<String>) {
        self.withdraw(action);
        self.push(Notice { text: text.into(), action: Some((action, label.into())) });
    }

    /// Removes the notice with this action.
    pub fn withdraw(&mut self, action: Action) {
        self.version.bump();
        self.waiting.retain(|entry| entry.notice.action.as_ref().is_none_or(|(other, _)| *other != action));
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
    }

    /// Records that the shown notice was drawn.
    pub fn mark_seen(&mut self) {
        if let Some(entry) = self.waiting.last_mut() {
            entry.seen = true;
        }
    }

    fn push(&mut self, notice: Notice) {
        self.version.bump();
        self.waiting.retain(|entry| entry.notice != notice && (entry.notice.action.is_some() || !entry.seen));
        if self.waiting.len() == MAX_WAITING {
            self.waiting.remove(0);
        }
        self.waiting.push(Entry { notice, seen: false });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(notices: &Notices) -> &str {
        notices.shown().map_or("", |notice| &notice.text)
    }

    #[test]
    fn the_newest_notice_is_shown_and_unseen_ones_wait() {
        let mut notices = Notices::default();
        notices.say("one");
        notices.say("two");
        assert_eq!(shown(&notices), "two");
        notices.dismiss();
        assert_eq!(shown(&notices), "one");
        notices.mark_seen();
        notices.say("three");
        notices.dismiss();
        assert_eq!(shown(&notices), "");
    }

    #[test]
    fn a_notice_with_a_button_stays_until_it_is_closed_or_withdrawn() {
        let mut notices = Notices::default();
        notices.offer("diverged", Action::Recover, "roll back");
        notices.mark_seen();
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
    fn the_number_of_waiting_notices_is_bounded() {
        let mut notices = Notices::default();
        (0..50).for_each(|number| notices.say(number.to_string()));
        assert_eq!((shown(&notices), notices.waiting.len()), ("49", MAX_WAITING));
    }
}

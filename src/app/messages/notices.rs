//! What the page has to say, sentence by sentence.

use crate::app::tracked::Version;

/// A sentence, and a button next to it where there is something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// What the button does, and its label.
    pub action: Option<(Action, String)>,
}

/// What the button of a notice does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Goes back to the last good parameters and their rate.
    Recover,
    /// Downloads MNIST again.
    Retry,
    /// Brings back the run before this one.
    Undo,
}

/// The sentences to be read: the newest first, one at a time.
///
/// A sentence without a button makes way for the next once it was seen. One with a button stays until it is closed or its
/// cause is gone.
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

/// The most sentences that wait: what nobody reads piles up no further.
const MOST: usize = 8;

impl Notices {
    /// Says a sentence.
    pub fn say(&mut self, text: impl Into<String>) {
        self.push(Notice { text: text.into(), action: None });
    }

    /// Says a sentence with a button, in place of an earlier one whose button does the same.
    pub fn offer(&mut self, text: impl Into<String>, action: Action, label: impl Into<String>) {
        self.withdraw(action);
        self.push(Notice { text: text.into(), action: Some((action, label.into())) });
    }

    /// Takes back what was offered.
    pub fn withdraw(&mut self, action: Action) {
        self.version.bump();
        self.waiting.retain(|entry| entry.notice.action.as_ref().is_none_or(|(other, _)| *other != action));
    }

    /// The sentence to be shown.
    #[must_use]
    pub fn shown(&self) -> Option<&Notice> {
        self.waiting.last().map(|entry| &entry.notice)
    }

    /// The number of changes.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Closes the sentence that is shown.
    pub fn dismiss(&mut self) {
        self.version.bump();
        self.waiting.pop();
    }

    /// Takes note that what is shown was drawn.
    pub fn mark_seen(&mut self) {
        if let Some(entry) = self.waiting.last_mut() {
            entry.seen = true;
        }
    }

    fn push(&mut self, notice: Notice) {
        self.version.bump();
        self.waiting.retain(|entry| entry.notice != notice && (entry.notice.action.is_some() || !entry.seen));
        if self.waiting.len() == MOST {
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
    fn the_newest_is_shown_and_what_was_not_seen_waits() {
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
    fn an_offer_outlasts_sentences_until_it_is_closed_or_withdrawn() {
        let mut notices = Notices::default();
        notices.offer("broken", Action::Recover, "go back");
        notices.mark_seen();
        notices.say("by the way");
        notices.dismiss();
        assert_eq!(shown(&notices), "broken");
        notices.offer("still broken", Action::Recover, "go back");
        notices.dismiss();
        assert_eq!(shown(&notices), "");
        notices.offer("again", Action::Recover, "go back");
        notices.offer("offline", Action::Retry, "try again");
        notices.withdraw(Action::Retry);
        assert_eq!(shown(&notices), "again");
    }

    #[test]
    fn sentences_do_not_pile_up() {
        let mut notices = Notices::default();
        (0..50).for_each(|number| notices.say(number.to_string()));
        assert_eq!((shown(&notices), notices.waiting.len()), ("49", MOST));
    }
}

//! Lessons: a question, a run that answers it, and the answer. And the tour, which asks the user to do what the page is for.

mod answer;
mod lesson;
mod tour;

pub use answer::Answer;
pub use lesson::Lesson;
pub use tour::{Stop, Tour};

use super::settings::Settings;

/// Open or leave a lesson, or answer its question; take the tour, or leave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LessonMsg {
    /// Start a lesson.
    Open(Lesson),
    /// Choose an answer, by its index.
    Choose(usize),
    /// Start the tour.
    TakeTour,
    /// Leave the lesson, or the tour.
    Close,
}

/// The lesson that is open, or the tour.
#[derive(Debug, Default)]
pub struct Lessons {
    /// The lesson that is open.
    pub open: Option<OpenLesson>,
    /// The tour, while it is taken.
    pub tour: Option<Tour>,
}

/// A lesson in progress.
#[derive(Debug)]
pub struct OpenLesson {
    pub lesson: Lesson,
    /// The settings of its run: with others it is left.
    settings: Settings,
    /// The step at which it began.
    start: u64,
    /// The answer that the user has chosen, by its index.
    pub chosen: Option<usize>,
    /// The answer that the run has given.
    pub answer: Option<Answer>,
}

impl Lessons {
    /// Opens a lesson on a run with these settings, which is at step `start`.
    pub fn open(&mut self, lesson: Lesson, settings: Settings, start: u64) {
        self.tour = None;
        self.open = Some(OpenLesson { lesson, settings, start, chosen: None, answer: None });
    }

    /// Chooses an answer; only the first choice counts.
    pub fn choose(&mut self, choice: usize) {
        if let Some(open) = &mut self.open {
            open.chosen.get_or_insert(choice.min(open.lesson.script().choices.len() - 1));
        }
    }

    /// Returns the ids of the elements to look at.
    pub fn highlighted_ids(&self) -> &'static [&'static str] {
        let stop = self.tour.and_then(|tour| tour.stop);
        stop.map(Stop::highlighted_ids)
            .or_else(|| Some(self.open.as_ref()?.lesson.script().highlighted_ids))
            .unwrap_or_default()
    }

    /// Returns the title, and the text of the stop, the question or the answer.
    pub fn text(&self) -> Option<(String, String)> {
        if let Some(tour) = self.tour {
            let position = Stop::ALL.iter().position(|stop| Some(*stop) == tour.stop);
            return Some(match tour.stop.zip(position) {
                Some((stop, index)) => {
                    (format!("Tour, {} of {}", index + 1, Stop::ALL.len()), stop.sentence(tour.has_diverged()).to_owned())
                }
                None => (
                    "Tour".to_owned(),
                    "That is all: Now returns to the present. Below, Try has questions that this page answers.".to_owned(),
                ),
            });
        }
        let open = self.open.as_ref()?;
        let script = open.lesson.script();
        let text = match open.shown_answer() {
            Some((is_right, answer)) => {
                let verdict = if is_right { "Right." } else { "Not quite." };
                format!("{verdict} {}", answer.text)
            }
            None if open.chosen.is_none() => script.question.to_owned(),
            None => script.look.to_owned(),
        };
        Some((script.title.to_owned(), text))
    }

    /// Returns whether the lesson's run has other settings now.
    pub fn is_outdated(&self, settings: &Settings) -> bool {
        self.open.as_ref().is_some_and(|open| open.settings != *settings)
    }
}

impl OpenLesson {
    /// Returns the step at which the lesson began.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Returns what the run has answered, after the user.
    pub fn shown_answer(&self) -> Option<(bool, &Answer)> {
        let (chosen, answer) = (self.chosen?, self.answer.as_ref()?);
        Some((chosen == answer.right, answer))
    }
}
